package ipplan

import "slices"

// Situation is a moment for which addresses are counted.
type Situation string

const (
	// Normal is the groups at their desired size, as they are today.
	Normal Situation = "normal"
	// Maximum is the groups at their maximum, grown as the budget says.
	Maximum Situation = "maximum"
	// Rolling is the middle of a rolling upgrade of every group at its maximum.
	Rolling Situation = "rolling"
	// BlueGreen is the middle of a blue/green upgrade: every group at its maximum twice.
	BlueGreen Situation = "blueGreen"
)

// Situations are all of them, in the order in which they are shown.
var Situations = []Situation{Normal, Maximum, Rolling, BlueGreen}

// enforced are the situations in which a plan has to fit.
func (b Budget) enforced() []Situation {
	enforced := []Situation{Normal, Maximum}
	for _, kind := range []Situation{Rolling, BlueGreen} {
		if slices.Contains(b.Upgrades, string(kind)) {
			enforced = append(enforced, kind)
		}
	}
	return enforced
}

// nodes counts a group's nodes in each situation.
func (g Group) nodes(network VPC) map[Situation]int {
	most := ceil(g.Max*(100+network.Budget.GrowthPercent), 100)
	counts := map[Situation]int{Normal: g.Desired, Maximum: most, Rolling: most + g.surge(len(g.zones(network))), BlueGreen: 2 * most}
	if g.Kind == Fargate {
		counts[Rolling] = most // pods are replaced by their own workloads' rules
	}
	return counts
}

// surge counts the nodes that a rolling upgrade starts before it drains any.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
func (g Group) surge(zones int) int {
	switch {
	case g.Surge != nil:
		return *g.Surge
	case g.Kind == SelfManaged:
		return 1
	default:
		return max(2*zones, g.MaxUnavailable)
	}
}

func (g Group) zones(network VPC) []string {
	if len(g.Zones) > 0 {
		return g.Zones
	}
	return network.Zones
}

// What else takes addresses.
const (
	// An Application Load Balancer needs eight free addresses in a subnet.
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
	perLoadBalancer = 8
	// A NAT gateway has one.
	perNAT = 1
	// EKS wants six in a subnet of the control plane's interfaces, and five more
	// while it upgrades them.
	// Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
	perControl        = 6
	perControlUpgrade = 5
)

// pool names the subnets that share a need.
type pool struct {
	tier Tier
	zone string
}

// demand adds up what a situation takes of each pool. A group's nodes spread over
// its zones; a zone may have one more than another.
func (in Input) demand(groups map[string]GroupPlan, when Situation) map[pool]Amount {
	need := map[pool]Amount{}
	add := func(tier Tier, zone string, amount Amount) {
		need[pool{tier, zone}] = need[pool{tier, zone}].plus(amount)
	}
	budget := in.Network.Budget
	for _, zone := range in.Network.Zones {
		control := perControl
		if when == Rolling || when == BlueGreen {
			control += perControlUpgrade
		}
		add(in.tier(Control), zone, Amount{Addresses: control})
		add(in.tier(Data), zone, Amount{Addresses: *budget.DataPerZone})
		add(Public, zone, Amount{Addresses: perNAT + perLoadBalancer**budget.PublicLoadBalancers})
		add(Private, zone, Amount{Addresses: perLoadBalancer**budget.InternalLoadBalancers + in.InterfaceEndpoints + *budget.PrivatePerZone})
	}
	for name, group := range in.NodeGroups {
		zones, plan := group.zones(in.Network), groups[name]
		nodes := ceil(plan.Nodes[when], len(zones))
		for _, zone := range zones {
			add(Private, zone, plan.Private.times(nodes))
			add(Pods, zone, plan.Pods.times(nodes))
		}
	}
	return need
}

// tier is where something goes: in an existing VPC without such subnets, the
// private ones.
func (in Input) tier(wanted Tier) Tier {
	if in.Network.Existing != nil && len(in.Network.Existing.byTier()[wanted]) == 0 {
		return Private
	}
	return wanted
}
