package ipplan

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// The CNIs.
const (
	// PluginAWS is the Amazon VPC CNI: pods have addresses of the VPC.
	PluginAWS = "aws"
	// PluginCilium is Cilium with an overlay network.
	PluginCilium = "cilium"
	// PluginCalico is Calico with an overlay network and its eBPF data plane.
	PluginCalico = "calico"
)

// DefaultPodCIDR is the range of an overlay network: a part of the shared address
// space of RFC 6598, which few networks use, with room for 4,096 nodes of Cilium's.
const DefaultPodCIDR = "100.64.0.0/12"

// What a node takes of an overlay network, in blocks.
const (
	// CiliumBlockBits is the length of a node's block, Cilium's own default.
	CiliumBlockBits = 24
	// CalicoBlockBits is the length of a block, Calico's own default; a node takes as
	// many as its pods need.
	CalicoBlockBits = 26
)

// overlayBlocks are the lengths of the blocks, by CNI, with what one holds.
var overlayBlocks = map[string]int{PluginCilium: CiliumBlockBits, PluginCalico: CalicoBlockBits}

// Overlay says whether pods have addresses of their own network, outside the VPC.
func (c CNI) Overlay() bool { return overlayBlocks[c.Plugin] > 0 }

// WithDefaults returns a copy in which every value left out has its default.
func (c CNI) WithDefaults() CNI {
	if c.Plugin == "" {
		c.Plugin = PluginAWS
	}
	if c.Overlay() && c.PodCIDR == "" {
		c.PodCIDR = DefaultPodCIDR
	}
	return c
}

// validateOverlay refuses what belongs to one CNI and is asked of another.
func (c CNI) validateOverlay(list *problem.List) {
	problem.OneOf(list, "plugin", c.Plugin, PluginAWS, PluginCilium, PluginCalico)
	if !c.Overlay() {
		if c.PodCIDR != "" {
			list.Add("podCidr", "has no effect with the VPC CNI: pods have addresses of the VPC", "remove it, or choose another plugin")
		}
		return
	}
	for _, own := range []struct {
		key   string
		given bool
	}{
		{"customNetworking", c.CustomNetworking}, {"prefixDelegation", c.PrefixDelegation}, {"ipv6", c.IPv6},
		{"warmEniTarget", c.WarmENITarget != nil}, {"warmIpTarget", c.WarmIPTarget != nil},
		{"minimumIpTarget", c.MinimumIPTarget != nil}, {"warmPrefixTarget", c.WarmPrefixTarget != nil},
	} {
		if own.given {
			list.Addf(own.key, "remove it, or use plugin: aws", "is a setting of the VPC CNI, and the plugin is %s", c.Plugin)
		}
	}
	if pods := ParseCIDR(list, "podCidr", c.PodCIDR); pods.IsValid() && (pods.Bits() > CiliumBlockBits-2 || pods.Bits() < 8) {
		list.Addf("podCidr", fmt.Sprintf("use a /8 to /%d", CiliumBlockBits-2), "%s is a /%d", pods, pods.Bits())
	}
}

// checkOverlay holds an overlay network against the VPC, which must not have its
// addresses, and against the nodes that take their blocks of it.
func (in Input) checkOverlay(list *problem.List, plan *Plan) {
	if !in.CNI.Overlay() {
		return
	}
	pods := parsed(in.CNI.PodCIDR)
	for _, own := range in.ranges() {
		if own.cidr.IsValid() && own.cidr.Overlaps(pods) {
			list.Addf("cni.podCidr", "use a range outside it", "%s overlaps %s %s: pods could not reach what is there", pods, own.path, own.cidr)
		}
	}
	bits, worst, needed := overlayBlocks[in.CNI.Plugin], Normal, 0
	for _, when := range plan.Enforced {
		blocks := 0
		for _, group := range plan.Groups {
			blocks += group.Nodes[when] * ceil(group.MaxPods, 1<<(32-bits))
		}
		if blocks > needed {
			worst, needed = when, blocks
		}
	}
	if has := 1 << (bits - pods.Bits()); needed > has {
		list.Addf("cni.podCidr", "use a wider range, or lower the groups' max", "%s holds %d blocks of /%d, and the nodes take %d %s", pods, has, bits, needed, phrases[worst])
	}
}

// ranges are all that the VPC has, and what it must keep clear of.
func (in Input) ranges() []namedRange {
	ranges := append([]namedRange{{"network.cidr", parsed(in.Network.CIDR)}}, in.Network.secondaryRanges()...)
	for i, text := range in.Network.AvoidCIDRs {
		ranges = append(ranges, namedRange{fmt.Sprintf("network.avoidCidrs[%d]", i), parsed(text)})
	}
	for _, subnet := range in.Network.unsafeSubnets() {
		if subnet.ID != "" {
			ranges = append(ranges, namedRange{"network." + subnet.Range, subnet.CIDR})
		}
	}
	return ranges
}
