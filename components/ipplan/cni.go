package ipplan

import (
	"regexp"
	"strconv"

	"github.com/aws/amazon-vpc-cni-k8s/pkg/vpc"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// CNI says how pods get addresses: by default the VPC CNI gives each a secondary
// address of its node's interfaces.
type CNI struct {
	// Optional. aws (the Amazon VPC CNI), cilium or calico. The last two give pods
	// addresses of an overlay network of their own, and do kube-proxy's work with eBPF.
	// Can't be changed later. Default aws.
	Plugin string `json:"plugin"`
	// Optional. The range of the overlay network of cilium and calico, outside the VPC and
	// all that pods must reach. Can't be changed later. Default 100.64.0.0/12.
	PodCIDR string `json:"podCidr"`
	// Optional. Pods get addresses of subnets of their own, in a secondary range,
	// with security groups of their own; nodes take one address each from the
	// private subnets. The node's first interface then serves no pods. Default false.
	CustomNetworking bool `json:"customNetworking"`
	// Optional. Interfaces take prefixes of 16 addresses instead of single ones, so
	// that a node holds more pods. Instance types must be built on Nitro. Default false.
	PrefixDelegation bool `json:"prefixDelegation"`
	// Optional. Pods get IPv6 addresses only, one /80 prefix an interface. Can't be
	// combined with the other two. Default false.
	IPv6 bool `json:"ipv6"`
	// Optional. Interfaces kept attached and unused on every node (WARM_ENI_TARGET).
	// Default 1. Of no effect with prefixes or a warm address target.
	WarmENITarget *int `json:"warmEniTarget"`
	// Optional. Addresses kept free on every node (WARM_IP_TARGET): fewer idle
	// addresses, more calls to EC2. Default none.
	WarmIPTarget *int `json:"warmIpTarget"`
	// Optional. Addresses that a node takes from the start (MINIMUM_IP_TARGET).
	// Default none.
	MinimumIPTarget *int `json:"minimumIpTarget"`
	// Optional. Prefixes kept free on every node (WARM_PREFIX_TARGET). Default 1.
	WarmPrefixTarget *int `json:"warmPrefixTarget"`
}

// Validate lists what is wrong with the values; call WithDefaults first.
func (c CNI) Validate() []problem.Problem {
	var list problem.List
	c.validateOverlay(&list)
	if c.IPv6 && (c.CustomNetworking || c.PrefixDelegation) {
		list.Add("ipv6", "excludes custom networking and IPv4 prefixes: pods have no IPv4 address of the VPC", "keep one of the three")
	}
	for _, target := range []struct {
		key      string
		value    *int
		smallest int
	}{
		{"warmEniTarget", c.WarmENITarget, 0}, {"warmIpTarget", c.WarmIPTarget, 1},
		{"minimumIpTarget", c.MinimumIPTarget, 1}, {"warmPrefixTarget", c.WarmPrefixTarget, 1},
	} {
		if target.value != nil && (*target.value < target.smallest || *target.value > 250) {
			list.Addf(target.key, "use "+strconv.Itoa(target.smallest)+" to 250", "%d is out of range", *target.value)
		}
	}
	if c.WarmPrefixTarget != nil && !c.PrefixDelegation {
		list.Add("warmPrefixTarget", "has no effect without prefixDelegation", "remove it, or set prefixDelegation: true")
	}
	return list.All()
}

// usesPrefixes says whether a tier's subnets give prefixes.
func (c CNI) usesPrefixes(tier Tier) bool {
	if !c.PrefixDelegation {
		return false
	}
	if c.CustomNetworking {
		return tier == Pods
	}
	return tier == Private
}

// Two pods of every node have the node's own address: the CNI and kube-proxy.
const hostPods = 2

// The most pods that EKS recommends, and gives its managed groups: 110, and 250
// with more than 30 vCPUs.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
const (
	fewPods  = 110
	manyPods = 250
)

// DefaultWarmPrefixes is how many prefixes a node keeps free.
const DefaultWarmPrefixes = 1

// limits are what an instance type's interfaces can hold.
type limits struct {
	interfaces, addresses int
	nitro                 bool
}

// limitsOf looks an instance type up in the VPC CNI's own table.
func limitsOf(instanceType string) (limits, bool) {
	entry, ok := vpc.GetInstance(instanceType)
	return limits{entry.ENILimit, entry.IPv4Limit, entry.HypervisorType == "nitro" || entry.IsBareMetal}, ok
}

// MaxPods is the most pods that a node of an instance type can hold by its
// addresses: interfaces × (addresses − 1) + 2, where custom networking leaves the
// first interface out and a prefix counts 16. Overlay networks set no limit: the
// result is what EKS recommends at most. It is false for a type that the VPC CNI does
// not know.
func (c CNI) MaxPods(instanceType string) (int, bool) {
	l, ok := limitsOf(instanceType)
	if !ok {
		return 0, false
	}
	if c.Overlay() {
		return manyPods, true
	}
	each := 1
	if c.PrefixDelegation || c.IPv6 {
		each = prefixSize
	}
	return c.podInterfaces(l)*(l.addresses-1)*each + hostPods, true
}

// RecommendedPods is MaxPods within what EKS recommends: 110, or 250 for a type
// with more than 30 vCPUs.
func (c CNI) RecommendedPods(instanceType string) (int, bool) {
	pods, ok := c.MaxPods(instanceType)
	if manyCPUs(instanceType) {
		return min(pods, manyPods), ok
	}
	return min(pods, fewPods), ok
}

// podInterfaces are the interfaces that serve pods.
func (c CNI) podInterfaces(l limits) int {
	if c.CustomNetworking {
		return l.interfaces - 1
	}
	return l.interfaces
}

var (
	multiple  = regexp.MustCompile(`[.-](\d+)xl(?:arge)?$`)
	bareMetal = regexp.MustCompile(`\.metal$`)
	smallIron = regexp.MustCompile(`^(a1|mac.*)\.metal$`)
)

// manyCPUs says whether a type has more than 30 vCPUs. The CNI's table has no
// vCPUs, the size's name has: an xlarge is 4, bare metal is the family's whole
// machine. Held against Cluster Autoscaler's list of 2026-01-22 (1,108 types), the
// rule is wrong for a1.metal and Apple's machines only.
func manyCPUs(instanceType string) bool {
	if match := multiple.FindStringSubmatch(instanceType); match != nil {
		count, err := strconv.Atoi(match[1])
		return err == nil && count*4 > 30
	}
	return bareMetal.MatchString(instanceType) && !smallIron.MatchString(instanceType)
}

// node is what one node takes of its zone's subnets.
type node struct{ private, pods Amount }

// nodeOf computes what a node takes while it is full of pods.
func (c CNI) nodeOf(l limits, maxPods int) node {
	own := Amount{Addresses: 1}
	if c.IPv6 || c.Overlay() {
		return node{private: own}
	}
	taken := c.taken(c.podInterfaces(l), l.addresses-1, max(maxPods-hostPods, 0))
	if c.CustomNetworking {
		return node{private: own, pods: taken}
	}
	return node{private: taken}
}

// taken is what interfaces with so many places each take for so many pods: each
// interface has an address of its own.
func (c CNI) taken(interfaces, places, pods int) Amount {
	atLeast := orElse(c.MinimumIPTarget, 0)
	targets := c.WarmIPTarget != nil || c.MinimumIPTarget != nil
	wanted := max(atLeast, pods+orElse(c.WarmIPTarget, 0))
	switch {
	case c.PrefixDelegation:
		prefixes := ceil(pods, prefixSize) + orElse(c.WarmPrefixTarget, DefaultWarmPrefixes)
		if targets {
			prefixes = ceil(wanted, prefixSize)
		}
		prefixes = min(prefixes, interfaces*places)
		return Amount{Addresses: max(1, ceil(prefixes, places)), Prefixes: prefixes}
	case targets:
		addresses := min(wanted, interfaces*places)
		return Amount{Addresses: addresses + max(1, ceil(addresses, places))}
	default:
		attached := min(interfaces, ceil(pods, places)+orElse(c.WarmENITarget, 1))
		return Amount{Addresses: max(1, attached) * (places + 1)}
	}
}

func orElse(value *int, otherwise int) int {
	if value == nil {
		return otherwise
	}
	return *value
}

// ceil divides, rounding up; nothing divided by nothing is nothing.
func ceil(n, by int) int {
	if by <= 0 {
		return 0
	}
	return (n + by - 1) / by
}
