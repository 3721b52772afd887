package rules

// Exemption lets one workload be what a rule forbids.
type Exemption struct {
	// Rule is the rule's ID.
	Rule string
	// Kind, Namespace and Name are the workload's.
	Kind, Namespace, Name string
	// Reason says why it can't be otherwise.
	Reason string
}

// exemptions are the platform's own. Agents of a CNI change the network of their node.
var exemptions = []Exemption{
	{"pod-security-baseline", "DaemonSet", "kube-system", "cilium", "The agent loads eBPF programs and writes the node's CNI configuration."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "cilium-envoy", "The proxy shares the node's network with the agent."},
	{"pod-security-baseline", "Deployment", "kube-system", "cilium-operator", "It runs on the node's network, because pods have none before it."},
	{"pod-security-baseline", "Deployment", "tigera-operator", "tigera-operator", "It runs on the node's network, because pods have none before it."},

	// Drivers mount volumes on their node, into the kubelet's directories.
	{"pod-security-baseline", "DaemonSet", "kube-system", "ebs-csi-node", "It mounts devices into the kubelet's directory."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "efs-csi-node", "It mounts NFS on the node, from the node's network."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "s3-csi-node", "It opens FUSE devices and sees the node's processes."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "fsx-csi-node", "It mounts file systems on the node."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "fsx-openzfs-csi-node", "It mounts file systems on the node."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "file-cache-csi-node", "It mounts caches on the node, from the node's network."},
	{"pod-security-baseline", "Deployment", "kube-system", "file-cache-csi-controller", "The chart puts it on the node's network, and no value changes that."},

	{"rbac-no-wildcards", "ClusterRole", "", "external-dns", "Where DNSEndpoints are a source, the chart gives it every verb on their status, and no value changes that."},
}

// Exemptions lists them.
func Exemptions() []Exemption { return append([]Exemption{}, exemptions...) }

// exempt says whether a resource is exempt from a rule. A name that is not known, or
// secret, is none of the list.
func exempt(rule Rule, r Resource) bool {
	if !r.Type.Kubernetes() {
		return false
	}
	metadata := r.Inputs.Get("metadata")
	name, _ := metadata.Get("name").Text()
	namespace, _ := metadata.Get("namespace").Text()
	for _, e := range exemptions {
		if e.Rule == rule.ID && e.Kind == r.Type.Kind && e.Namespace == namespace && e.Name == name {
			return true
		}
	}
	return false
}
