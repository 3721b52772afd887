package catalog

import "slices"

// The managed add-ons of a cluster, in the two waves in which they can work:
// nodes don't become ready without the first, the second needs nodes to run on.
var (
	// AddonsBeforeNodes are the CNI, kube-proxy and the Pod Identity agent: DaemonSets.
	AddonsBeforeNodes = []string{"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
	// AddonsAfterNodes is DNS: a Deployment, which stays degraded without nodes.
	AddonsAfterNodes = []string{"coredns"}
)

// Addons lists all managed add-ons of a cluster.
func Addons() []string { return slices.Concat(AddonsBeforeNodes, AddonsAfterNodes) }
