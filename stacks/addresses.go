package stacks

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// AddressPlan computes the addresses that this configuration has and needs.
func (c Config) AddressPlan() (*ipplan.Plan, []problem.Problem) {
	groups := map[string]ipplan.Group{}
	for name, group := range c.nodeGroups() {
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

// nodeGroups are the node groups, with one for each zone where a group asks for it.
func (c Config) nodeGroups() map[string]nodegroups.Group {
	return nodegroups.PerZone(c.NodeGroups, c.privateSubnets())
}

// privateSubnets are the subnets of nodes by name and zone, before they exist.
func (c Config) privateSubnets() ref.Subnets {
	var private ref.Subnets
	for _, subnet := range c.Network.Subnets(c.CNI.CNI) {
		if subnet.Tier == ipplan.Private {
			private = append(private, ref.Subnet{Name: subnet.Name, Zone: subnet.Zone})
		}
	}
	return private
}

// addressesOf is what the address plan needs to know of a group.
func (c Config) addressesOf(g nodegroups.Group) ipplan.Group {
	var zones []string
	for _, subnet := range c.privateSubnets() {
		if slices.Contains(g.Subnets, subnet.Name) {
			zones = append(zones, subnet.Zone)
		}
	}
	types := g.InstanceTypes
	if g.BlueGreen != nil {
		types = slices.Concat(types, g.BlueGreen.Green.InstanceTypes)
	}
	group := ipplan.Group{
		Kind:          g.Kind,
		Windows:       g.Windows(),
		Zones:         slices.Compact(slices.Sorted(slices.Values(zones))),
		InstanceTypes: types,
		Min:           *g.Min, Max: *g.Max, Desired: *g.Desired,
		MaxUnavailable: max(1, percent(*g.Max, g.MaxUnavailablePercent)),
	}
	if g.Kind == ipplan.SelfManaged {
		group.Surge = new(percent(*g.Max, g.SurgePercent))
	}
	return group
}

// percent is a share of nodes, rounded up.
func percent(nodes, share int) int { return (nodes*share + 99) / 100 }

// maxPods is the most pods of a node by group.
func maxPods(plan *ipplan.Plan) map[string]int {
	pods := make(map[string]int, len(plan.Groups))
	for name, group := range plan.Groups {
		if group.DecidedBy != "" { // Fargate has no node that could be told
			pods[name] = group.MaxPods
		}
	}
	return pods
}
