package ipplan

import (
	"slices"
)

// DefaultCIDR is the VPC's range where none is given.
const DefaultCIDR = "10.0.0.0/16"

// VPC is the part of a network that decides its addresses. It is plain data.
type VPC struct {
	// Optional. The VPC's IPv4 range, /16 to /20, aligned. Default 10.0.0.0/16;
	// with an existing VPC none, and only used to check other ranges against it.
	CIDR string `json:"cidr"`
	// Optional. Further ranges of the VPC by name, up to four. Each gives every zone
	// one more subnet, called after the range: pods-a. Default none.
	Secondary map[string]Range `json:"secondary"`
	// Required. The availability zones by name, two or more, each once:
	// [ap-northeast-2a, ap-northeast-2c]. A subnet's range depends on the zone's
	// letter only, so adding a zone moves no other.
	Zones []string `json:"zones"`
	// Optional. Ranges that the VPC must not overlap: peered VPCs, other stacks,
	// the company's network. Default none.
	AvoidCIDRs []string `json:"avoidCidrs"`
	// Optional. A VPC that exists, whose subnets are named instead of made. Default
	// none: the VPC is made.
	Existing *Existing `json:"existing"`
	// Optional. What the addresses have to last for.
	Budget Budget `json:"budget"`
}

// Range is a secondary range of a VPC.
type Range struct {
	// Required. The range, aligned, /16 to /20, or to /23 for one zone: in
	// 100.64.0.0/10, or in the private block that the VPC's first range is in.
	CIDR string `json:"cidr"`
	// Required. What its subnets are for: pods (custom networking) or private (more
	// room for nodes).
	Tier Tier `json:"tier"`
	// Optional. The zone that has the whole range as one subnet. Default every zone
	// has an eighth.
	Zone string `json:"zone"`
}

// Existing is a VPC that somebody else made.
type Existing struct {
	// Required. Its id, vpc-0123456789abcdef0.
	VpcID string `json:"vpcId"`
	// Required. Its private subnets by zone, one in every zone.
	Private map[string]ExistingSubnet `json:"private"`
	// Optional. Its public subnets by zone. Default none: no load balancer faces the internet.
	Public map[string]ExistingSubnet `json:"public"`
	// Optional. The subnets of the control plane's interfaces by zone. Default the private ones.
	Control map[string]ExistingSubnet `json:"control"`
	// Optional. The subnets of pods by zone, one in every zone with custom networking. Default none.
	Pods map[string]ExistingSubnet `json:"pods"`
	// Optional. The subnets of data services by zone. Default the private ones.
	Data map[string]ExistingSubnet `json:"data"`
}

// ExistingSubnet is a subnet that somebody else made.
type ExistingSubnet struct {
	// Required. Its id, subnet-0123456789abcdef0.
	ID string `json:"id"`
	// Optional. Its range. Default unknown: its addresses are not checked.
	CIDR string `json:"cidr"`
	// Optional. Its free addresses, AvailableIpAddressCount in what `aws ec2
	// describe-subnets` prints. Default all that the range has.
	Free *int `json:"free"`
}

// Budget says what the addresses have to last for, besides the node groups.
type Budget struct {
	// Optional. Growth of the node groups' maximum that must still fit, in percent.
	// Default 0; 25 in profile stg, 50 in prd.
	GrowthPercent int `json:"growthPercent"`
	// Optional. The kinds of upgrade that must fit while every group is at its
	// maximum: rolling, blueGreen. Default rolling; both in profiles stg and prd.
	Upgrades []string `json:"upgrades"`
	// Optional. Internet-facing load balancers expected. Default 2.
	PublicLoadBalancers *int `json:"publicLoadBalancers"`
	// Optional. Internal load balancers expected. Default 2.
	InternalLoadBalancers *int `json:"internalLoadBalancers"`
	// Optional. Other addresses kept free in every zone's private subnet: drivers'
	// mount targets, security and monitoring appliances. Default 16.
	PrivatePerZone *int `json:"privatePerZone"`
	// Optional. Addresses that data services (databases, brokers, caches) take in
	// every zone. Default 16.
	DataPerZone *int `json:"dataPerZone"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (v VPC) WithDefaults() VPC {
	if v.CIDR == "" && v.Existing == nil {
		v.CIDR = DefaultCIDR
	}
	v.Zones = slices.Clone(v.Zones)
	slices.Sort(v.Zones)
	v.Budget = v.Budget.withDefaults()
	return v
}

func (b Budget) withDefaults() Budget {
	if b.Upgrades == nil {
		b.Upgrades = []string{string(Rolling)}
	}
	for _, value := range []struct {
		of    **int
		count int
	}{{&b.PublicLoadBalancers, 2}, {&b.InternalLoadBalancers, 2}, {&b.PrivatePerZone, 16}, {&b.DataPerZone, 16}} {
		if *value.of == nil {
			*value.of = new(value.count)
		}
	}
	return b
}

// byTier are the subnets of an existing VPC.
func (e Existing) byTier() map[Tier]map[string]ExistingSubnet {
	return map[Tier]map[string]ExistingSubnet{
		Private: e.Private, Public: e.Public, Control: e.Control, Pods: e.Pods, Data: e.Data,
	}
}
