// Package ipplan computes the address plan of an EKS cluster before anything
// exists: the subnets of every tier and zone, how many pods a node can hold, and
// how many addresses each subnet needs at its normal size, at its maximum, and in
// the middle of an upgrade. A plan that does not fit is refused with the subnet,
// what it needs, what it has, and what would do.
//
// It imports nothing of Pulumi: any program can plan with it. docs/address-plan.md
// works one plan through by hand.
package ipplan

import "github.com/megazonecloud/eks-platform/components/problem"

// Input is what a plan is computed from. It is plain data and can be read from
// JSON; its paths are those of a stack's configuration.
type Input struct {
	// Optional. The region that the zones must be in. Default that of the first zone.
	Region string `json:"region"`
	// Required. The VPC's ranges and zones.
	Network VPC `json:"network"`
	// Optional. How pods get addresses. Default secondary addresses of the nodes' interfaces.
	CNI CNI `json:"cni"`
	// Required. The node groups by name.
	NodeGroups map[string]Group `json:"nodeGroups"`
	// Optional. Pods that the platform itself runs on every node. They count in
	// what a node holds for applications. Default 0.
	SystemPodsPerNode int `json:"systemPodsPerNode"`
	// Optional. Interface endpoints of the VPC: each takes an address of every
	// zone's private subnet. Default 0.
	InterfaceEndpoints int `json:"interfaceEndpoints"`
}

// Plan is what New computed.
type Plan struct {
	// Subnets are the subnets in the order of their ranges, with what each has and needs.
	Subnets []Subnet `json:"subnets"`
	// Groups are the node groups by name.
	Groups map[string]GroupPlan `json:"groups"`
	// ENIConfigs say, with custom networking, which subnet a zone's pods use.
	ENIConfigs []ENIConfig `json:"eniConfigs,omitempty"`
	// Enforced are the situations in which the plan has to fit.
	Enforced []Situation `json:"enforced"`
	// Warnings are what works but will hurt.
	Warnings []problem.Problem `json:"warnings,omitempty"`
}

// ENIConfig names the subnet that holds the pods of a zone's nodes. The VPC CNI
// finds it by the node's zone.
type ENIConfig struct {
	// Name is the zone.
	Name string `json:"name"`
	// Subnet is the name of the subnet.
	Subnet string `json:"subnet"`
}

// New computes a plan. The problems are all that is wrong: with the input, or,
// where the input is sound, with how it fits. The plan is nil only when the input
// is not sound, so that a plan that doesn't fit can still be read.
func New(in Input) (*Plan, []problem.Problem) {
	in = in.WithDefaults()
	if problems := in.Validate(); len(problems) > 0 {
		return nil, problems
	}
	plan := &Plan{
		Subnets:  in.Network.Subnets(in.CNI),
		Groups:   in.groupPlans(),
		Enforced: in.Network.Budget.enforced(),
		Warnings: in.Network.warnings(),
	}
	var list problem.List
	in.checkGroups(&list, plan)
	in.allot(plan)
	in.checkFit(&list, plan)
	in.checkOverlay(&list, plan)
	if in.CNI.CustomNetworking {
		for _, zone := range in.Network.Zones {
			subnet := plan.find(Pods, zone)
			plan.ENIConfigs = append(plan.ENIConfigs, ENIConfig{Name: zone, Subnet: subnet.Name})
		}
	}
	return plan, list.All()
}

// find is a zone's first subnet of a tier.
func (p *Plan) find(tier Tier, zone string) *Subnet {
	for i := range p.Subnets {
		if p.Subnets[i].Tier == tier && p.Subnets[i].Zone == zone {
			return &p.Subnets[i]
		}
	}
	return nil
}

// WithDefaults returns a copy in which every value left out has its default.
func (in Input) WithDefaults() Input {
	in.Network, in.CNI = in.Network.WithDefaults(), in.CNI.WithDefaults()
	groups := make(map[string]Group, len(in.NodeGroups))
	for name, group := range in.NodeGroups {
		groups[name] = group.withDefaults()
	}
	in.NodeGroups = groups
	return in
}

// Validate lists what is wrong with the input, fit aside.
func (in Input) Validate() []problem.Problem {
	var list problem.List
	list.Under("network", in.Network.Validate(in.Region))
	list.Under("cni", in.CNI.Validate())
	in.validateTogether(&list)
	for name, group := range in.NodeGroups {
		list.Under(problem.Join("nodeGroups", name), group.Validate(in.CNI, in.Network.Zones))
	}
	for _, count := range []struct {
		path  string
		value int
	}{{"systemPodsPerNode", in.SystemPodsPerNode}, {"interfaceEndpoints", in.InterfaceEndpoints}} {
		if count.value < 0 || count.value > maxCount {
			list.Addf(count.path, "use 0 or more", "%d can't be counted", count.value)
		}
	}
	return list.All()
}

// validateTogether holds the VPC against what the CNI needs of it.
func (in Input) validateTogether(list *problem.List) {
	if !in.CNI.CustomNetworking {
		return
	}
	held := map[string]int{}
	for _, subnet := range in.Network.unsafeSubnets() {
		if subnet.Tier == Pods {
			held[subnet.Zone]++
		}
	}
	for _, zone := range in.Network.Zones {
		if held[zone] != 1 {
			list.Addf("network.secondary", "add {pods: {cidr: 100.64.0.0/16, tier: pods}}, or one range a zone with zone: "+zone,
				"custom networking needs one subnet for the pods of %s, there are %d", zone, held[zone])
		}
	}
}
