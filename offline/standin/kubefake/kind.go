package kubefake

import (
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// kind is what a resource token says: kubernetes:apps/v1:Deployment.
type kind struct {
	group, version, name string
	// patch kinds change an object that somebody else made.
	patch bool
}

// notKinds are token groups of the provider that are no API groups: charts,
// manifests and kustomizations, which the platform does not use.
var notKinds = []string{"helm.sh", "yaml", "kustomize"}

// parseKind reads a token.
func parseKind(token string) (kind, error) {
	parts := strings.Split(token, ":")
	if len(parts) != 3 || parts[0] != "kubernetes" {
		return kind{}, status.Errorf(codes.Unimplemented, "the kubernetes stand-in does not know the token %s", token)
	}
	group, version, found := strings.Cut(parts[1], "/")
	for _, other := range notKinds {
		if group == other || !found {
			return kind{}, status.Errorf(codes.Unimplemented,
				"the kubernetes stand-in does not know %s: it stands in for API objects only (offline/standin/kubefake)", token)
		}
	}
	if group == "core" {
		group = ""
	}
	name := strings.TrimSuffix(parts[2], "Patch")
	return kind{group: group, version: version, name: name, patch: name != parts[2]}, nil
}

// apiVersion gives the field of that name.
func (k kind) apiVersion() string {
	if k.group == "" {
		return k.version
	}
	return k.group + "/" + k.version
}

// clusterScoped are the built-in kinds that live in no namespace, as `kubectl
// api-resources --namespaced=false` lists them.
var clusterScoped = map[string]bool{
	"/Namespace": true, "/Node": true, "/PersistentVolume": true, "/ComponentStatus": true,
	"apiextensions.k8s.io/CustomResourceDefinition": true, "apiregistration.k8s.io/APIService": true,
	"admissionregistration.k8s.io/MutatingWebhookConfiguration":     true,
	"admissionregistration.k8s.io/ValidatingWebhookConfiguration":   true,
	"admissionregistration.k8s.io/ValidatingAdmissionPolicy":        true,
	"admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": true,
	"admissionregistration.k8s.io/MutatingAdmissionPolicy":          true,
	"admissionregistration.k8s.io/MutatingAdmissionPolicyBinding":   true,
	"certificates.k8s.io/CertificateSigningRequest":                 true,
	"certificates.k8s.io/ClusterTrustBundle":                        true,
	"flowcontrol.apiserver.k8s.io/FlowSchema":                       true,
	"flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration":       true,
	"networking.k8s.io/IngressClass":                                true, "networking.k8s.io/IPAddress": true, "networking.k8s.io/ServiceCIDR": true,
	"node.k8s.io/RuntimeClass": true, "scheduling.k8s.io/PriorityClass": true,
	"rbac.authorization.k8s.io/ClusterRole": true, "rbac.authorization.k8s.io/ClusterRoleBinding": true,
	"resource.k8s.io/DeviceClass": true, "resource.k8s.io/ResourceSlice": true,
	"storage.k8s.io/StorageClass": true, "storage.k8s.io/CSIDriver": true, "storage.k8s.io/CSINode": true,
	"storage.k8s.io/VolumeAttachment": true, "storage.k8s.io/VolumeAttributesClass": true,
}

// builtInGroups are the API groups of Kubernetes itself without a dot.
var builtInGroups = map[string]bool{"": true, "apps": true, "autoscaling": true, "batch": true, "policy": true}

// defaultsToNamespace tells whether an object without a namespace lands in
// "default". Of custom resources that is not known, so they do not.
func (k kind) defaultsToNamespace() bool {
	builtIn := builtInGroups[k.group] || builtInDotted[k.group]
	return builtIn && !clusterScoped[k.group+"/"+k.name]
}

// builtInDotted are the others; *.k8s.io alone does not tell, as gateway.networking.k8s.io shows.
var builtInDotted = map[string]bool{
	"admissionregistration.k8s.io": true, "apiextensions.k8s.io": true, "apiregistration.k8s.io": true,
	"certificates.k8s.io": true, "coordination.k8s.io": true, "discovery.k8s.io": true, "events.k8s.io": true,
	"flowcontrol.apiserver.k8s.io": true, "networking.k8s.io": true, "node.k8s.io": true,
	"rbac.authorization.k8s.io": true, "resource.k8s.io": true, "scheduling.k8s.io": true, "storage.k8s.io": true,
}
