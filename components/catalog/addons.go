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

// every stands for all minors.
const every = ""

// addonVersions are the versions of managed add-ons by minor, as read from May to
// October 2026. The first is the one that EKS chose by itself in September 2026.
// Sources: https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html,
// https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html and what
// `aws eks describe-addon-versions` printed in public reports of those months.
var addonVersions = map[string]map[string][]string{
	"vpc-cni":                {every: {"v1.22.4-eksbuild.3", "v1.23.1-eksbuild.1", "v1.23.2-eksbuild.1"}},
	"eks-pod-identity-agent": {every: {"v1.3.10-eksbuild.3", "v1.4.0-eksbuild.3"}},
	"kube-proxy": {
		"1.33": {"v1.33.10-eksbuild.29", "v1.33.10-eksbuild.2", "v1.33.10-eksbuild.13", "v1.33.10-eksbuild.25"},
		"1.34": {"v1.34.6-eksbuild.29", "v1.34.6-eksbuild.2", "v1.34.6-eksbuild.13", "v1.34.6-eksbuild.25"},
		"1.35": {"v1.35.3-eksbuild.29", "v1.35.3-eksbuild.2", "v1.35.3-eksbuild.13", "v1.35.3-eksbuild.25"},
		"1.36": {"v1.36.0-eksbuild.25", "v1.36.0-eksbuild.14", "v1.36.0-eksbuild.21", "v1.36.0-eksbuild.45"},
	},
	"coredns": {
		"1.33": {"v1.12.4-eksbuild.38", "v1.12.4-eksbuild.18", "v1.13.2-eksbuild.4"},
		"1.34": {"v1.12.4-eksbuild.38", "v1.13.2-eksbuild.4", "v1.13.2-eksbuild.11"},
		"1.35": {"v1.13.2-eksbuild.31", "v1.13.2-eksbuild.4", "v1.14.3-eksbuild.3"},
		"1.36": {"v1.14.3-eksbuild.23", "v1.14.3-eksbuild.3", "v1.14.3-eksbuild.16", "v1.14.6-eksbuild.4", "v1.14.7-eksbuild.10", "v1.14.7-eksbuild.11"},
	},
}

// AddonVersions lists the versions of a managed add-on that the catalogue knows for a
// minor, the default first.
func AddonVersions(addon, minor string) []string {
	return slices.Concat(addonVersions[addon][every], addonVersions[addon][minor])
}
