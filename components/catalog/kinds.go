package catalog

import (
	"slices"
	"strconv"
	"strings"
)

// kindsOf are the kinds that a cluster serves of itself, by API version: the stable
// ones, which are on by default. The mark * says that the kind has no namespace, @ the
// minor that brought it, where that is younger than the oldest minor here.
// Source: the types of https://github.com/kubernetes/api (genclient:nonNamespaced,
// prerelease-lifecycle-gen:introduced) and of kube-aggregator.
var kindsOf = map[string]string{
	"v1": "ConfigMap Endpoints Event LimitRange Namespace* Node* PersistentVolume* PersistentVolumeClaim Pod PodTemplate " +
		"ReplicationController ResourceQuota Secret Service ServiceAccount",
	"admissionregistration.k8s.io/v1": "MutatingAdmissionPolicy*@1.36 MutatingAdmissionPolicyBinding*@1.36 MutatingWebhookConfiguration* " +
		"ValidatingAdmissionPolicy* ValidatingAdmissionPolicyBinding* ValidatingWebhookConfiguration*",
	"apiextensions.k8s.io/v1":         "CustomResourceDefinition*",
	"apiregistration.k8s.io/v1":       "APIService*",
	"apps/v1":                         "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
	"authentication.k8s.io/v1":        "TokenReview* SelfSubjectReview*",
	"authorization.k8s.io/v1":         "LocalSubjectAccessReview SelfSubjectAccessReview* SelfSubjectRulesReview* SubjectAccessReview*",
	"autoscaling/v1":                  "HorizontalPodAutoscaler",
	"autoscaling/v2":                  "HorizontalPodAutoscaler",
	"batch/v1":                        "CronJob Job",
	"certificates.k8s.io/v1":          "CertificateSigningRequest*",
	"coordination.k8s.io/v1":          "Lease",
	"discovery.k8s.io/v1":             "EndpointSlice",
	"events.k8s.io/v1":                "Event",
	"flowcontrol.apiserver.k8s.io/v1": "FlowSchema* PriorityLevelConfiguration*",
	"networking.k8s.io/v1":            "IPAddress* Ingress IngressClass* NetworkPolicy ServiceCIDR*",
	"node.k8s.io/v1":                  "RuntimeClass*",
	"policy/v1":                       "PodDisruptionBudget",
	"rbac.authorization.k8s.io/v1":    "ClusterRole* ClusterRoleBinding* Role RoleBinding",
	"resource.k8s.io/v1":              "DeviceClass*@1.34 ResourceClaim@1.34 ResourceClaimTemplate@1.34 ResourceSlice*@1.34",
	"scheduling.k8s.io/v1":            "PriorityClass*",
	"storage.k8s.io/v1":               "CSIDriver* CSINode* CSIStorageCapacity StorageClass* VolumeAttachment* VolumeAttributesClass*@1.34",
}

// Kind is one kind that a cluster serves of itself.
type Kind struct {
	// Name is the kind, such as "Deployment".
	Name string
	// Namespaced says whether its objects live in a namespace.
	Namespaced bool
	// Since is the minor that brought it; empty where all known minors have it.
	Since string
}

// kinds is kindsOf, read once.
var kinds = readKinds()

func readKinds() map[string][]Kind {
	read := make(map[string][]Kind, len(kindsOf))
	for version, list := range kindsOf {
		for entry := range strings.FieldsSeq(list) {
			name, since, _ := strings.Cut(entry, "@")
			plain := strings.TrimSuffix(name, "*")
			read[version] = append(read[version], Kind{Name: plain, Namespaced: plain == name, Since: since})
		}
	}
	return read
}

// KindOf finds a kind that clusters serve of themselves.
func KindOf(apiVersion, name string) (Kind, bool) {
	i := slices.IndexFunc(kinds[apiVersion], func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[apiVersion][i], true
}

// APIVersions lists what a cluster of a minor serves, as charts ask for it: the API
// versions ("apps/v1") and the kinds in them ("apps/v1/Deployment"), sorted.
func APIVersions(minor string) []string {
	var all []string
	for version, list := range kinds {
		before := len(all)
		for _, kind := range list {
			if kind.Since == "" || number(kind.Since) <= number(minor) {
				all = append(all, version+"/"+kind.Name)
			}
		}
		if len(all) > before {
			all = append(all, version)
		}
	}
	slices.Sort(all)
	return all
}

// number is the last part of a minor: 35 of "1.35".
func number(minor string) int {
	_, last, _ := strings.Cut(minor, ".")
	n, _ := strconv.Atoi(last)
	return n
}

// VersionsOf lists the API versions of a group that serve a kind, sorted.
func VersionsOf(group, name string) []string {
	var found []string
	for version := range kinds {
		of, _, grouped := strings.Cut(version, "/")
		if _, known := KindOf(version, name); known && (grouped && of == group || !grouped && group == "") {
			found = append(found, version)
		}
	}
	slices.Sort(found)
	return found
}
