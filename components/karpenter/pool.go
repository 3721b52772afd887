package karpenter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Pool is which nodes are made, for which pods, and how many at most. Nodes run Linux.
type Pool struct {
	// Optional. The node class. Default the only one, or the one called default.
	NodeClass string `json:"nodeClass"`
	// Optional. Processor architectures: amd64, arm64. With both, images of containers must
	// be there for both. Default [amd64].
	Architectures []string `json:"architectures"`
	// Optional. How instances are paid: on-demand, spot. Of both, Karpenter takes Spot
	// first, which needs the account's service-linked role AWSServiceRoleForEC2Spot. Default
	// [on-demand].
	CapacityTypes []string `json:"capacityTypes"`
	// Optional. Categories of instances: c, m, r, t, g. Default [c, m, r] on Nitro, where no
	// families or types are named.
	InstanceCategories []string `json:"instanceCategories"`
	// Optional. Families of instances: [m7i, m7a]. Default any.
	InstanceFamilies []string `json:"instanceFamilies"`
	// Optional. Instance types: [m7i.large, m7i.xlarge], instead of categories and families.
	// Default any.
	InstanceTypes []string `json:"instanceTypes"`
	// Optional. The oldest generation, such as 6 for m6i and newer. Default any.
	MinInstanceGeneration int `json:"minInstanceGeneration"`
	// Optional. Availability zones: [eu-west-1a]. Default all of the node class's subnets.
	Zones []string `json:"zones"`
	// Optional. Further requirements, by labels of Karpenter's or your own. Default none.
	Requirements []Requirement `json:"requirements"`
	// Optional. Kubernetes labels of the nodes. Default none.
	Labels map[string]string `json:"labels"`
	// Optional. Taints of the nodes. Default none.
	Taints []Taint `json:"taints"`
	// Optional. Taints that nodes start with and that something else, such as a DaemonSet,
	// takes away; pods need not tolerate them. Default none.
	StartupTaints []Taint `json:"startupTaints"`
	// Optional. The most that the pool's nodes are together. Default {cpu: "100"}.
	Limits Limits `json:"limits"`
	// Optional. Which pool is tried first where a pod fits several: the heaviest, 1 to 100.
	// Default none, which is lighter than 1.
	Weight int `json:"weight"`
	// Optional. When nodes are replaced or removed though nothing is wrong with them.
	// Default as its fields say.
	Disruption Disruption `json:"disruption"`
	// Optional. The age at which a node is drained, such as 720h, whatever the budgets say;
	// Never keeps it. Default 720h: a node is never older than 30 days.
	ExpireAfter string `json:"expireAfter"`
	// Optional. How long a drain may take, such as 48h. Then pods go, whatever their
	// disruption budgets say. With Never one pod can keep a node, and an old image, for ever.
	// Default 48h.
	TerminationGracePeriod string `json:"terminationGracePeriod"`
}

// Limits bound a pool: beyond them Karpenter makes no node. Nodes that start at the same
// moment can exceed them.
// Source: https://karpenter.sh/docs/concepts/nodepools/#speclimits
type Limits struct {
	// Optional. Processors, such as "100". Default 100, where no limit is given.
	CPU string `json:"cpu"`
	// Optional. Memory, such as 400Gi. Default none.
	Memory string `json:"memory"`
	// Optional. Nodes, 1 or more. Default none.
	Nodes int `json:"nodes"`
}

// never is how Karpenter writes a duration without end.
const never = "Never"

// The forms of the CRD. A duration of 0 is asked for apart.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/apis/crds/karpenter.sh_nodepools.yaml
var (
	quantity       = regexp.MustCompile(`^(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$`)
	duration       = regexp.MustCompile(`^([0-9]+(s|m|h))+$`)
	instanceType   = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	instanceFamily = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	category       = regexp.MustCompile(`^[a-z]+$`)
)

// WithDefaults returns a copy in which every value left out has its default.
func (p Pool) WithDefaults(class string) Pool {
	text(&p.NodeClass, class)
	p.Architectures = orElse(p.Architectures, "amd64")
	p.CapacityTypes = orElse(p.CapacityTypes, "on-demand")
	if p.InstanceFamilies == nil && p.InstanceTypes == nil {
		p.InstanceCategories = orElse(p.InstanceCategories, "c", "m", "r")
	}
	p.Labels, p.Taints, p.StartupTaints = maps.Clone(p.Labels), slices.Clone(p.Taints), slices.Clone(p.StartupTaints)
	p.Requirements = slices.Clone(p.Requirements)
	if p.Limits == (Limits{}) {
		p.Limits.CPU = "100"
	}
	p.Disruption = p.Disruption.WithDefaults()
	text(&p.ExpireAfter, "720h")
	text(&p.TerminationGracePeriod, "48h")
	return p
}

// Validate lists what is wrong with the values as written; call WithDefaults first.
// Paths are relative to the pool.
func (p Pool) Validate() []problem.Problem {
	var list problem.List
	p.validateInstances(&list)
	for i, requirement := range p.Requirements {
		list.Under(fmt.Sprintf("requirements[%d]", i), requirement.validate())
	}
	validateLabels(&list, p.Labels)
	seen := map[[2]string]bool{}
	validateTaints(&list, "taints", p.Taints, seen)
	validateTaints(&list, "startupTaints", p.StartupTaints, seen)
	for path, value := range map[string]string{"limits.cpu": p.Limits.CPU, "limits.memory": p.Limits.Memory} {
		if value != "" && !quantity.MatchString(value) {
			list.Addf(path, `write a quantity such as "100" or 400Gi`, "%q is not one", value)
		}
	}
	if p.Limits.Nodes < 0 {
		list.Addf("limits.nodes", "use 1 or more, or leave it out", "%d is out of range", p.Limits.Nodes)
	}
	if p.Weight < 0 || p.Weight > 100 {
		list.Addf("weight", "use 1 to 100, or leave it out", "%d is out of range", p.Weight)
	}
	validateDuration(&list, "expireAfter", p.ExpireAfter, "720h, or Never")
	validateDuration(&list, "terminationGracePeriod", p.TerminationGracePeriod, "48h, or Never")
	list.Under("disruption", p.Disruption.Validate())
	return list.All()
}

func (p Pool) validateInstances(list *problem.List) {
	validateAmong(list, "architectures", p.Architectures, "amd64", "arm64")
	validateAmong(list, "capacityTypes", p.CapacityTypes, "on-demand", "spot")
	validateForm(list, "instanceCategories", "letters such as c, m or r", p.InstanceCategories, category)
	validateForm(list, "instanceFamilies", "families such as m7i", p.InstanceFamilies, instanceFamily)
	validateForm(list, "instanceTypes", "types such as m7i.large", p.InstanceTypes, instanceType)
	validateForm(list, "zones", "zones such as eu-west-1a", p.Zones, form.Name)
	if p.MinInstanceGeneration < 0 || p.MinInstanceGeneration > 99 {
		list.Addf("minInstanceGeneration", "use 1 or more, such as 6", "%d is out of range", p.MinInstanceGeneration)
	}
	if len(p.InstanceTypes) > 0 && (len(p.InstanceFamilies) > 0 || len(p.InstanceCategories) > 0 || p.MinInstanceGeneration > 0) {
		list.Add("instanceTypes", "says all about instances, and so do instanceCategories, instanceFamilies or minInstanceGeneration", "keep one of the two")
	}
	p.validateArchitectures(list)
}

// validateArchitectures lists the types and families of which the pool can make no node.
func (p Pool) validateArchitectures(list *problem.List) {
	for path, names := range map[string][]string{"instanceFamilies": p.InstanceFamilies, "instanceTypes": p.InstanceTypes} {
		for i, name := range names {
			architecture := "amd64"
			if form.Arm(name) {
				architecture = "arm64"
			}
			if !slices.Contains(p.Architectures, architecture) {
				list.Addf(fmt.Sprintf("%s[%d]", path, i), "remove it, or add "+architecture+" to architectures", "%s is for %s, and the pool is not", name, architecture)
			}
		}
	}
}
