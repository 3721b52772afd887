package ipplan_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An overlay network takes one address of the VPC for a node, and its pods are as
// many as EKS recommends, whatever the instance type's interfaces hold.
func TestOverlayNetworks(t *testing.T) {
	t.Parallel()
	for plugin, cidr := range map[string]string{ipplan.PluginCilium: "", ipplan.PluginCalico: "10.96.0.0/16"} {
		in := input(func(in *ipplan.Input) {
			in.CNI = ipplan.CNI{Plugin: plugin, PodCIDR: cidr}
			in.NodeGroups = map[string]ipplan.Group{"small": {InstanceTypes: []string{"t3.small"}, Max: 3}, "large": {InstanceTypes: []string{"m7i.16xlarge"}, Max: 3}}
		})
		plan, problems := ipplan.New(in)
		require.Empty(t, problems, plugin)
		assert.Equal(t, 110, plan.Groups["small"].MaxPods, plugin)
		assert.Equal(t, 250, plan.Groups["large"].MaxPods, plugin)
		for name, group := range plan.Groups {
			assert.Equal(t, ipplan.Amount{Addresses: 1}, group.Private, name)
			assert.Zero(t, group.Pods, name)
		}
	}
}

func TestOverlayNetworksThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cni  ipplan.CNI
		want string
	}{
		"unknown":           {ipplan.CNI{Plugin: "flannel"}, `cni.plugin: "flannel" is not known; use one of aws, cilium, calico`},
		"range without":     {ipplan.CNI{PodCIDR: "10.96.0.0/16"}, "cni.podCidr: has no effect with the VPC CNI"},
		"no range":          {ipplan.CNI{Plugin: "cilium", PodCIDR: "pods"}, `cni.podCidr: "pods" is not an IPv4 range`},
		"narrow":            {ipplan.CNI{Plugin: "cilium", PodCIDR: "10.96.0.0/24"}, "cni.podCidr: 10.96.0.0/24 is a /24; use a /8 to /22"},
		"the VPC's":         {ipplan.CNI{Plugin: "calico", PodCIDR: "10.0.128.0/17"}, "cni.podCidr: 10.0.128.0/17 overlaps network.cidr 10.0.0.0/16"},
		"too many nodes":    {ipplan.CNI{Plugin: "cilium", PodCIDR: "10.96.0.0/22"}, "cni.podCidr: 10.96.0.0/22 holds 4 blocks of /24, and the nodes take 16 in the middle of a rolling upgrade"},
		"too many pods":     {ipplan.CNI{Plugin: "calico", PodCIDR: "10.96.0.0/22"}, "cni.podCidr: 10.96.0.0/22 holds 16 blocks of /26, and the nodes take 32 in the middle of a rolling upgrade"},
		"prefixes":          {ipplan.CNI{Plugin: "cilium", PrefixDelegation: true}, "cni.prefixDelegation: is a setting of the VPC CNI, and the plugin is cilium"},
		"custom networking": {ipplan.CNI{Plugin: "calico", CustomNetworking: true}, "cni.customNetworking: is a setting of the VPC CNI"},
		"warm addresses":    {ipplan.CNI{Plugin: "calico", WarmIPTarget: new(5)}, "cni.warmIpTarget: is a setting of the VPC CNI"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := ipplan.New(input(func(in *ipplan.Input) {
				in.CNI, in.NodeGroups = test.cni, map[string]ipplan.Group{"general": {InstanceTypes: []string{"m7i.large"}, Max: 10}}
			}))
			assert.Contains(t, text(problems), test.want)
		})
	}
}

// Pods on Windows share the addresses of the node's first interface.
func TestWindowsNodes(t *testing.T) {
	t.Parallel()
	group := ipplan.Group{InstanceTypes: []string{"m5.xlarge", "m5.large"}, Max: 3, Windows: true}
	windows := func(in *ipplan.Input) {
		in.NodeGroups, in.SystemPodsPerNode = map[string]ipplan.Group{"windows": group}, 3
	}
	plan, problems := ipplan.New(input(windows))
	require.Empty(t, problems)
	got := plan.Groups["windows"]
	assert.Equal(t, 9, got.MaxPods, "m5.large has 10 addresses on an interface")
	assert.Equal(t, "m5.large", got.DecidedBy)
	assert.Equal(t, 9, got.ForApplications, "no DaemonSet of the platform's is for Windows")
	assert.Equal(t, 15, got.Private.Addresses, "m5.xlarge takes the most")

	for name, cni := range map[string]ipplan.CNI{"custom networking": custom, "IPv6": {IPv6: true}, "an overlay": {Plugin: ipplan.PluginCilium}} {
		_, problems := ipplan.New(input(func(in *ipplan.Input) { windows(in); in.CNI = cni }))
		assert.Contains(t, text(problems), "nodeGroups.windows.windows: excludes custom networking, IPv6 and other CNIs", name)
	}
	_, problems = ipplan.New(input(func(in *ipplan.Input) {
		in.CNI.Plugin, in.NodeGroups = ipplan.PluginCalico, map[string]ipplan.Group{"batch": {Kind: ipplan.Fargate, Max: 5}}
	}))
	assert.Contains(t, text(problems), "nodeGroups.batch.kind: can't be fargate without the VPC CNI")
}
