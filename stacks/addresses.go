package stacks

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// AddressPlan computes the addresses that this configuration has and needs.
func (c Config) AddressPlan() (*ipplan.Plan, []problem.Problem) {
	groups := make(map[string]ipplan.Group, len(c.NodeGroups))
	for name, group := range c.NodeGroups {
		groups[name] = c.addressesOf(group)
	}
	return ipplan.New(ipplan.Input{
		Region:     c.Region,
		Network:    c.Network.VPC,
		CNI:        c.CNI.CNI,
		NodeGroups: groups,
		// One pod of each on every node.
		SystemPodsPerNode:  len(catalog.AddonsBeforeNodes),
		InterfaceEndpoints: c.Network.InterfaceEndpoints(),
	})
}

// addressesOf is what the address plan needs to know of a group.
func (c Config) addressesOf(g nodegroups.Group) ipplan.Group {
	var zones []string
	for _, subnet := range c.Network.Subnets(c.CNI.CNI) {
		if slices.Contains(g.Subnets, subnet.Name) {
			zones = append(zones, subnet.Zone)
		}
	}
	types := g.InstanceTypes
	if g.BlueGreen != nil {
		types = slices.Concat(types, g.BlueGreen.Green.InstanceTypes)
	}
	return ipplan.Group{
		Zones:         slices.Compact(slices.Sorted(slices.Values(zones))),
		InstanceTypes: types,
		Min:           *g.Min, Max: *g.Max, Desired: *g.Desired,
		MaxUnavailable: max(1, (*g.Max*g.MaxUnavailablePercent+99)/100),
	}
}

// maxPods is the most pods of a node by group.
func maxPods(plan *ipplan.Plan) map[string]int {
	pods := make(map[string]int, len(plan.Groups))
	for name, group := range plan.Groups {
		pods[name] = group.MaxPods
	}
	return pods
}
