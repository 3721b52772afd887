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

// exemptions are the platform's own: agents that change the network of their node.
var exemptions = []Exemption{
	{"pod-security-baseline", "DaemonSet", "kube-system", "cilium", "The agent loads eBPF programs and writes the node's CNI configuration."},
	{"pod-security-baseline", "DaemonSet", "kube-system", "cilium-envoy", "The proxy shares the node's network with the agent."},
	{"pod-security-baseline", "Deployment", "kube-system", "cilium-operator", "It runs on the node's network, because pods have none before it."},
	{"pod-security-baseline", "Deployment", "tigera-operator", "tigera-operator", "It runs on the node's network, because pods have none before it."},
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
