package upgrade

// api is a version of some kinds that Kubernetes has deprecated.
type api struct {
	version string
	kinds   []string
	// deprecated and removed are the minors behind "1.", removed 0 while none is named.
	deprecated, removed int
	// use is what to write instead: a version, with the kind where that is another;
	// empty where there is none. from is its minor where a cluster may be older.
	use  string
	from int
}

// apisKnownTo is the newest minor of which this table knows what Kubernetes deprecates.
const apisKnownTo = 37

// apis are the deprecated API versions of Kubernetes, by group, as read in November
// 2026: those that k8s.io/api 0.37 says of its types, against which a test holds
// them, and those that it no longer has.
// Sources: https://pkg.go.dev/k8s.io/api@v0.37.2 (APILifecycleDeprecated, APILifecycleRemoved),
// of older versions k8s.io/api@v0.21.0 to v0.36.0, and
// https://kubernetes.io/docs/reference/using-api/deprecation-guide/
var apis = []api{
	// Source: https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/
	{version: "v1", kinds: []string{"Endpoints"}, deprecated: 33, use: "discovery.k8s.io/v1 EndpointSlice"},
	// Source: https://github.com/kubernetes/kubernetes/pull/93570
	{version: "v1", kinds: []string{"ComponentStatus"}, deprecated: 19},

	{version: "admission.k8s.io/v1beta1", kinds: []string{"AdmissionReview"}, deprecated: 19, removed: 22, use: "admission.k8s.io/v1"},

	{version: "admissionregistration.k8s.io/v1alpha1", kinds: validating, deprecated: 29, removed: 32, use: "admissionregistration.k8s.io/v1"},
	{version: "admissionregistration.k8s.io/v1beta1", kinds: validating, deprecated: 31, removed: 34, use: "admissionregistration.k8s.io/v1"},
	{version: "admissionregistration.k8s.io/v1alpha1", kinds: mutating, deprecated: 35, removed: 38, use: "admissionregistration.k8s.io/v1", from: 36},
	{version: "admissionregistration.k8s.io/v1beta1", kinds: mutating, deprecated: 37, removed: 40, use: "admissionregistration.k8s.io/v1"},
	{version: "admissionregistration.k8s.io/v1beta1", kinds: []string{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}, deprecated: 16, removed: 22, use: "admissionregistration.k8s.io/v1"},

	{version: "apidiscovery.k8s.io/v2beta1", kinds: []string{"APIGroupDiscovery"}, deprecated: 32, removed: 35, use: "apidiscovery.k8s.io/v2"},
	{version: "apiextensions.k8s.io/v1beta1", kinds: []string{"CustomResourceDefinition"}, deprecated: 16, removed: 22, use: "apiextensions.k8s.io/v1"},
	{version: "apiregistration.k8s.io/v1beta1", kinds: []string{"APIService"}, deprecated: 19, removed: 22, use: "apiregistration.k8s.io/v1"},

	{version: "apps/v1beta1", kinds: []string{"ControllerRevision", "Deployment", "StatefulSet"}, deprecated: 8, removed: 16, use: "apps/v1"},
	{version: "apps/v1beta1", kinds: []string{"DeploymentRollback"}, deprecated: 8, removed: 16},
	{version: "apps/v1beta1", kinds: []string{"Scale"}, deprecated: 8, removed: 16, use: "autoscaling/v1"},
	{version: "apps/v1beta2", kinds: []string{"ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}, deprecated: 9, removed: 16, use: "apps/v1"},
	{version: "apps/v1beta2", kinds: []string{"Scale"}, deprecated: 9, removed: 16, use: "autoscaling/v1"},

	{version: "authentication.k8s.io/v1beta1", kinds: []string{"TokenReview"}, deprecated: 19, removed: 22, use: "authentication.k8s.io/v1"},
	{version: "authentication.k8s.io/v1alpha1", kinds: []string{"SelfSubjectReview"}, deprecated: 29, removed: 32, use: "authentication.k8s.io/v1"},
	{version: "authentication.k8s.io/v1beta1", kinds: []string{"SelfSubjectReview"}, deprecated: 30, removed: 33, use: "authentication.k8s.io/v1"},
	{version: "authorization.k8s.io/v1beta1", kinds: []string{"LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"}, deprecated: 19, removed: 22, use: "authorization.k8s.io/v1"},

	{version: "autoscaling/v2beta1", kinds: []string{"HorizontalPodAutoscaler"}, deprecated: 22, removed: 25, use: "autoscaling/v2"},
	{version: "autoscaling/v2beta2", kinds: []string{"HorizontalPodAutoscaler"}, deprecated: 23, removed: 26, use: "autoscaling/v2"},
	{version: "batch/v1beta1", kinds: []string{"CronJob"}, deprecated: 21, removed: 25, use: "batch/v1"},

	{version: "certificates.k8s.io/v1beta1", kinds: []string{"CertificateSigningRequest"}, deprecated: 19, removed: 22, use: "certificates.k8s.io/v1"},
	{version: "certificates.k8s.io/v1alpha1", kinds: []string{"ClusterTrustBundle"}, deprecated: 34, removed: 37, use: "certificates.k8s.io/v1beta1"},
	{version: "certificates.k8s.io/v1beta1", kinds: []string{"ClusterTrustBundle", "PodCertificateRequest"}, deprecated: 37, removed: 40, use: "certificates.k8s.io/v1"},

	{version: "coordination.k8s.io/v1beta1", kinds: []string{"Lease"}, deprecated: 19, removed: 22, use: "coordination.k8s.io/v1"},
	{version: "coordination.k8s.io/v1alpha2", kinds: []string{"LeaseCandidate"}, deprecated: 35, removed: 38, use: "coordination.k8s.io/v1beta1"},
	{version: "coordination.k8s.io/v1beta1", kinds: []string{"LeaseCandidate"}, deprecated: 36, removed: 39},

	{version: "discovery.k8s.io/v1beta1", kinds: []string{"EndpointSlice"}, deprecated: 21, removed: 25, use: "discovery.k8s.io/v1"},
	{version: "events.k8s.io/v1beta1", kinds: []string{"Event"}, deprecated: 22, removed: 25, use: "events.k8s.io/v1"},

	{version: "extensions/v1beta1", kinds: []string{"DaemonSet", "Deployment", "ReplicaSet"}, deprecated: 8, removed: 16, use: "apps/v1"},
	{version: "extensions/v1beta1", kinds: []string{"DeploymentRollback"}, deprecated: 8, removed: 16},
	{version: "extensions/v1beta1", kinds: []string{"Ingress"}, deprecated: 14, removed: 22, use: "networking.k8s.io/v1"},
	{version: "extensions/v1beta1", kinds: []string{"NetworkPolicy"}, deprecated: 9, removed: 16, use: "networking.k8s.io/v1"},
	{version: "extensions/v1beta1", kinds: []string{"PodSecurityPolicy"}, deprecated: 11, removed: 16, use: podSecurity},
	{version: "extensions/v1beta1", kinds: []string{"Scale"}, deprecated: 2, removed: 16, use: "autoscaling/v1"},

	{version: "flowcontrol.apiserver.k8s.io/v1alpha1", kinds: flows, deprecated: 20, removed: 21, use: "flowcontrol.apiserver.k8s.io/v1"},
	{version: "flowcontrol.apiserver.k8s.io/v1beta1", kinds: flows, deprecated: 23, removed: 26, use: "flowcontrol.apiserver.k8s.io/v1"},
	{version: "flowcontrol.apiserver.k8s.io/v1beta2", kinds: flows, deprecated: 26, removed: 29, use: "flowcontrol.apiserver.k8s.io/v1"},
	{version: "flowcontrol.apiserver.k8s.io/v1beta3", kinds: flows, deprecated: 29, removed: 32, use: "flowcontrol.apiserver.k8s.io/v1"},

	{version: "networking.k8s.io/v1beta1", kinds: []string{"Ingress", "IngressClass"}, deprecated: 19, removed: 22, use: "networking.k8s.io/v1"},
	{version: "networking.k8s.io/v1alpha1", kinds: []string{"IPAddress", "ServiceCIDR"}, deprecated: 30, removed: 33, use: "networking.k8s.io/v1"},
	{version: "networking.k8s.io/v1beta1", kinds: []string{"IPAddress", "ServiceCIDR"}, deprecated: 34, removed: 37, use: "networking.k8s.io/v1"},
	{version: "node.k8s.io/v1beta1", kinds: []string{"RuntimeClass"}, deprecated: 22, removed: 25, use: "node.k8s.io/v1"},

	{version: "policy/v1beta1", kinds: []string{"Eviction"}, deprecated: 22, removed: 25, use: "policy/v1"},
	{version: "policy/v1beta1", kinds: []string{"PodDisruptionBudget"}, deprecated: 21, removed: 25, use: "policy/v1"},
	{version: "policy/v1beta1", kinds: []string{"PodSecurityPolicy"}, deprecated: 21, removed: 25, use: podSecurity},
	{version: "rbac.authorization.k8s.io/v1beta1", kinds: []string{"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}, deprecated: 17, removed: 22, use: "rbac.authorization.k8s.io/v1"},

	{version: "resource.k8s.io/v1alpha3", kinds: claims, deprecated: 34, removed: 34, use: "resource.k8s.io/v1", from: 34},
	{version: "resource.k8s.io/v1beta1", kinds: claims, deprecated: 35, removed: 38, use: "resource.k8s.io/v1"},
	{version: "resource.k8s.io/v1beta2", kinds: claims, deprecated: 36, removed: 39, use: "resource.k8s.io/v1"},
	{version: "resource.k8s.io/v1alpha3", kinds: []string{"DeviceTaintRule"}, deprecated: 36, removed: 39, use: "resource.k8s.io/v1beta2", from: 36},

	{version: "scheduling.k8s.io/v1beta1", kinds: []string{"PriorityClass"}, deprecated: 14, removed: 22, use: "scheduling.k8s.io/v1"},

	{version: "storage.k8s.io/v1alpha1", kinds: []string{"CSIStorageCapacity", "VolumeAttachment"}, deprecated: 21, removed: 24, use: "storage.k8s.io/v1"},
	{version: "storage.k8s.io/v1beta1", kinds: []string{"CSIDriver", "StorageClass", "VolumeAttachment"}, deprecated: 19, removed: 22, use: "storage.k8s.io/v1"},
	{version: "storage.k8s.io/v1beta1", kinds: []string{"CSINode"}, deprecated: 17, removed: 22, use: "storage.k8s.io/v1"},
	{version: "storage.k8s.io/v1beta1", kinds: []string{"CSIStorageCapacity"}, deprecated: 24, removed: 27, use: "storage.k8s.io/v1"},
	{version: "storage.k8s.io/v1alpha1", kinds: []string{"VolumeAttributesClass"}, deprecated: 32, removed: 35, use: "storage.k8s.io/v1", from: 34},
	{version: "storage.k8s.io/v1beta1", kinds: []string{"VolumeAttributesClass"}, deprecated: 34, removed: 37, use: "storage.k8s.io/v1"},
	{version: "storagemigration.k8s.io/v1alpha1", kinds: []string{"StorageVersionMigration"}, deprecated: 33, removed: 35, use: "storagemigration.k8s.io/v1beta1", from: 35},
	{version: "storagemigration.k8s.io/v1beta1", kinds: []string{"StorageVersionMigration"}, deprecated: 37, removed: 40, use: "storagemigration.k8s.io/v1"},
}

// Kinds that move together.
var (
	validating = []string{"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
	mutating   = []string{"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}
	flows      = []string{"FlowSchema", "PriorityLevelConfiguration"}
	claims     = []string{"DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"}
)

// podSecurity is what came instead of PodSecurityPolicy.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
const podSecurity = "the namespace's pod-security.kubernetes.io labels"
