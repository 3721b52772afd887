package ipplan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Kind says who starts the nodes of a group.
type Kind string

const (
	// Managed is an EKS managed node group.
	Managed Kind = "managed"
	// SelfManaged is an Auto Scaling group of the platform's own.
	SelfManaged Kind = "selfManaged"
	// Fargate is a Fargate profile: sizes count pods, each with an address of its own.
	Fargate Kind = "fargate"
)

// Group is one node group as the plan sees it.
type Group struct {
	// Required. The EC2 instance types, none for Fargate. The one that holds the
	// fewest pods decides for all.
	InstanceTypes []string `json:"instanceTypes"`
	// Optional. managed, selfManaged or fargate. Default managed.
	Kind Kind `json:"kind"`
	// Optional. The fewest nodes. Default 0.
	Min int `json:"min"`
	// Required. The most nodes, at least min and 1.
	Max int `json:"max"`
	// Optional. The usual number of nodes, from min to max. Default min.
	Desired int `json:"desired"`
	// Optional. Nodes that a rolling upgrade replaces at a time. Default 1.
	MaxUnavailable int `json:"maxUnavailable"`
	// Optional. Nodes that a rolling upgrade starts above the group's size. Default
	// EKS's own for managed groups: twice the zones, or maxUnavailable where that is
	// more; 1 for self-managed ones.
	Surge *int `json:"surge"`
	// Optional. The zones of the group. Default all.
	Zones []string `json:"zones"`
	// Optional. The nodes run Windows, which takes addresses of its first interface
	// only. Default false.
	Windows bool `json:"windows"`
}

// GroupPlan is what the plan says of a group.
type GroupPlan struct {
	// MaxPods is the most pods of a node, the kubelet's maxPods.
	MaxPods int `json:"maxPods"`
	// DecidedBy is the instance type that holds the fewest pods.
	DecidedBy string `json:"decidedBy,omitempty"`
	// ForApplications is MaxPods less the platform's own pods.
	ForApplications int `json:"forApplications"`
	// Private is what a full node takes of its private subnet.
	Private Amount `json:"private"`
	// Pods is what a full node takes of its pods subnet, with custom networking.
	Pods Amount `json:"pods"`
	// Nodes is the number of nodes in each situation.
	Nodes map[Situation]int `json:"nodes"`
}

func (g Group) withDefaults() Group {
	g.Kind = cmp.Or(g.Kind, Managed)
	g.Desired = cmp.Or(g.Desired, g.Min)
	g.MaxUnavailable = cmp.Or(g.MaxUnavailable, 1)
	return g
}

// Validate lists what is wrong with a group that has its defaults. Paths are
// relative to the group.
func (g Group) Validate(cni CNI, zones []string) []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "kind", string(g.Kind), string(Managed), string(SelfManaged), string(Fargate))
	if g.Kind != Fargate {
		list.Under("", ValidateTypes(g.InstanceTypes, cni))
	} else if len(g.InstanceTypes) > 0 {
		list.Add("instanceTypes", "has no meaning for Fargate", "remove it")
	}
	if g.Min < 0 || g.Max < 1 || g.Max < g.Min || g.Max > maxCount || g.Desired < g.Min || g.Desired > g.Max {
		list.Addf("max", "use 0 <= min <= desired <= max, and max at least 1", "min %d, desired %d and max %d can't be sizes", g.Min, g.Desired, g.Max)
	}
	if g.Windows && (cni.CustomNetworking || cni.IPv6 || cni.Overlay()) {
		list.Add("windows", "excludes custom networking, IPv6 and other CNIs: Windows nodes give pods IPv4 addresses of their own subnet", "leave the group out, or use the VPC CNI without them")
	}
	if g.Kind == Fargate && cni.Overlay() {
		list.Add("kind", "can't be fargate without the VPC CNI: Fargate's pods have addresses of the VPC", "leave the group out, or use plugin: aws")
	}
	if g.MaxUnavailable < 1 || g.MaxUnavailable > maxCount {
		list.Addf("maxUnavailable", "use 1 or more", "%d is out of range", g.MaxUnavailable)
	}
	if g.Surge != nil && (*g.Surge < 0 || *g.Surge > maxCount) {
		list.Addf("surge", "use 0 or more", "%d is out of range", *g.Surge)
	}
	for _, zone := range g.Zones {
		if !slices.Contains(zones, zone) {
			list.Addf("zones", "use some of "+strings.Join(zones, ", "), "%s is not among the zones", zone)
		}
	}
	return list.All()
}

// ValidateTypes lists what is wrong with the instance types of a group: types
// that the VPC CNI doesn't know, or that can't do what it is asked.
func ValidateTypes(types []string, cni CNI) []problem.Problem {
	var list problem.List
	if len(types) == 0 {
		list.Add("instanceTypes", "names no instance type", "name one or more, such as m7i.large")
	}
	for i, name := range types {
		path := fmt.Sprintf("instanceTypes[%d]", i)
		l, known := limitsOf(name)
		switch {
		case !known:
			list.Addf(path, "write an EC2 type such as m7i.large; one newer than the VPC CNI's table needs a newer amazon-vpc-cni-k8s in go.mod",
				"%q is not an instance type that the VPC CNI knows", name)
		case !l.nitro && (cni.PrefixDelegation || cni.IPv6):
			list.Addf(path, "use a type built on Nitro, such as m7i.large", "%s takes no prefixes: it is not built on Nitro", name)
		case !cni.Overlay() && cni.podInterfaces(l)*(l.addresses-1) < 1:
			list.Addf(path, "use a larger type", "%s has no address for a pod", name)
		}
	}
	return list.All()
}

// groupPlans computes what each group's nodes hold and take, and how many there are.
func (in Input) groupPlans() map[string]GroupPlan {
	plans := make(map[string]GroupPlan, len(in.NodeGroups))
	for name, group := range in.NodeGroups {
		plans[name] = in.groupPlan(group)
	}
	return plans
}

func (in Input) groupPlan(g Group) GroupPlan {
	plan := GroupPlan{Nodes: g.nodes(in.Network)}
	if g.Kind == Fargate {
		plan.MaxPods, plan.ForApplications, plan.Private = 1, 1, Amount{Addresses: 1}
		return plan
	}
	if g.Windows {
		in.windowsPlan(g, &plan)
		return plan
	}
	for _, name := range g.InstanceTypes {
		if pods, _ := in.CNI.RecommendedPods(name); plan.DecidedBy == "" || pods < plan.MaxPods {
			plan.MaxPods, plan.DecidedBy = pods, name
		}
	}
	plan.ForApplications = plan.MaxPods - in.SystemPodsPerNode
	for _, name := range g.InstanceTypes {
		l, _ := limitsOf(name)
		taken := in.CNI.nodeOf(l, plan.MaxPods)
		plan.Private, plan.Pods = most(plan.Private, taken.private), most(plan.Pods, taken.pods)
	}
	return plan
}

// windowsPlan is that of Windows nodes: their pods share the addresses of one
// interface, and the platform's own run beside them as services.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
func (in Input) windowsPlan(g Group, plan *GroupPlan) {
	for _, name := range g.InstanceTypes {
		l, _ := limitsOf(name)
		if pods := l.addresses - 1; plan.DecidedBy == "" || pods < plan.MaxPods {
			plan.MaxPods, plan.DecidedBy = pods, name
		}
		plan.Private = most(plan.Private, Amount{Addresses: l.addresses})
	}
	plan.ForApplications = plan.MaxPods
}

func most(a, b Amount) Amount {
	return Amount{max(a.Addresses, b.Addresses), max(a.Prefixes, b.Prefixes)}
}

// checkGroups refuses a group whose nodes are full before an application runs.
func (in Input) checkGroups(list *problem.List, plan *Plan) {
	for _, name := range slices.Sorted(maps.Keys(plan.Groups)) {
		if group := plan.Groups[name]; group.ForApplications < 1 {
			list.Addf(problem.Join("nodeGroups", name)+".instanceTypes", "use a larger type, or prefix delegation",
				"%s holds %d pods, and the platform's own are %d", group.DecidedBy, group.MaxPods, in.SystemPodsPerNode)
		}
	}
}
