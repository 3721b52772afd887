package ipplan

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// Tier is what a subnet is for.
type Tier string

const (
	// Control subnets hold the control plane's interfaces, nothing else.
	Control Tier = "control"
	// Public subnets hold internet-facing load balancers and NAT gateways, nothing else.
	Public Tier = "public"
	// Private subnets hold nodes, internal load balancers and endpoints, and pods
	// without custom networking.
	Private Tier = "private"
	// Pods subnets hold the pods' interfaces under custom networking.
	Pods Tier = "pods"
	// Data subnets hold databases, brokers and caches.
	Data Tier = "data"
)

// Subnet is one subnet of a plan.
type Subnet struct {
	// Name names the subnet in its VPC: the tier, or the secondary range, and the
	// zone's letter, "private-a".
	Name string `json:"name"`
	// Tier is what it is for.
	Tier Tier `json:"tier"`
	// Zone is its availability zone.
	Zone string `json:"zone"`
	// CIDR is its range; invalid for an existing subnet whose range is unknown.
	CIDR netip.Prefix `json:"cidr"`
	// Range is the key of the range it is cut from, "cidr" or "secondary.pods"; the
	// subnet's own path for an existing one.
	Range string `json:"range"`
	// ID is the subnet's id where it exists already.
	ID string `json:"id,omitempty"`
	// Reservations are the parts of the range kept for prefixes, so that single
	// addresses never break a /28 apart.
	Reservations []netip.Prefix `json:"reservations,omitempty"`
	// whole says that the subnet is its whole range.
	whole bool
	// Known says whether its addresses are known; those of an existing subnet may not be.
	Known bool `json:"known"`
	// Has is what it can give.
	Has Amount `json:"has"`
	// Need is what each situation takes of it.
	Need map[Situation]Amount `json:"need"`
	// Free is what each situation leaves; negative where it doesn't fit.
	Free map[Situation]Amount `json:"free"`
}

// Amount is a number of addresses: single ones, and prefixes of 16.
type Amount struct {
	// Addresses are single addresses.
	Addresses int `json:"addresses"`
	// Prefixes are /28 blocks of 16 addresses.
	Prefixes int `json:"prefixes,omitempty"`
}

// Total is all addresses, those in prefixes included.
func (a Amount) Total() int { return a.Addresses + prefixSize*a.Prefixes }

func (a Amount) plus(b Amount) Amount {
	return Amount{a.Addresses + b.Addresses, a.Prefixes + b.Prefixes}
}
func (a Amount) minus(b Amount) Amount {
	return Amount{a.Addresses - b.Addresses, a.Prefixes - b.Prefixes}
}
func (a Amount) times(n int) Amount { return Amount{a.Addresses * n, a.Prefixes * n} }
func (a Amount) short() bool        { return a.Addresses < 0 || a.Prefixes < 0 }

// cuts say where a zone's subnets lie in the VPC's first range /p: the n-th part
// of 2^bits, n = first + the zone's letter. Zones a to f have an eighth each for
// nodes (0-5). The seventh eighth holds the data services; the last holds the
// public subnets, and at its end the control plane's, which are a /28 where the
// VPC is a /20. Nothing depends on which zones or groups there are, so nothing
// that is added moves anything.
var cuts = map[Tier]struct{ bits, first int }{
	Private: {bits: 3, first: 0},
	Data:    {bits: 6, first: 48},
	Public:  {bits: 6, first: 56},
	Control: {bits: 8, first: 248},
}

// secondaryBits is the cut of a secondary range: an eighth a zone.
const secondaryBits = 3

// Subnets lists the subnets of a valid VPC in the order of their ranges.
func (v VPC) Subnets(cni CNI) []Subnet {
	subnets := v.unsafeSubnets()
	for i := range subnets {
		subnets[i].measure(cni)
	}
	slices.SortFunc(subnets, func(a, b Subnet) int {
		return cmp.Or(a.CIDR.Addr().Compare(b.CIDR.Addr()), cmp.Compare(a.Name, b.Name))
	})
	return subnets
}

// unsafeSubnets lists what can be listed of a VPC that may not be valid.
func (v VPC) unsafeSubnets() []Subnet {
	if v.Existing != nil {
		return v.Existing.subnets()
	}
	var subnets []Subnet
	zones := slices.DeleteFunc(slices.Clone(v.Zones), func(zone string) bool { return !zoneName.MatchString(zone) })
	primary, err := netip.ParsePrefix(v.CIDR)
	for _, zone := range zones {
		for _, tier := range slices.Sorted(maps.Keys(cuts)) {
			if err != nil || !primary.Addr().Is4() || primary.Bits() > smallestVPC {
				break
			}
			cut := cuts[tier]
			subnets = append(subnets, newSubnet(string(tier), tier, zone, part(primary, cut.bits, cut.first+letterIndex(zone)), "cidr"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.Secondary)) {
		subnets = append(subnets, v.Secondary[name].subnets(name, zones)...)
	}
	return subnets
}

func (r Range) subnets(name string, zones []string) []Subnet {
	whole, err := netip.ParsePrefix(r.CIDR)
	if err != nil || !whole.Addr().Is4() || whole.Bits() > 32-secondaryBits {
		return nil
	}
	var subnets []Subnet
	for _, zone := range zones {
		switch r.Zone {
		case "":
			subnets = append(subnets, newSubnet(name, r.Tier, zone, part(whole, secondaryBits, letterIndex(zone)), "secondary."+name))
		case zone:
			subnet := newSubnet(name, r.Tier, zone, whole, "secondary."+name)
			subnet.whole = true
			subnets = append(subnets, subnet)
		}
	}
	return subnets
}

func (e Existing) subnets() []Subnet {
	var subnets []Subnet
	for tier, byZone := range e.byTier() {
		for zone, given := range byZone {
			if !zoneName.MatchString(zone) {
				continue
			}
			subnet := newSubnet(string(tier), tier, zone, netip.Prefix{}, "existing."+string(tier)+"."+zone)
			subnet.ID = given.ID
			if cidr, err := netip.ParsePrefix(given.CIDR); err == nil && cidr.Addr().Is4() {
				subnet.CIDR = cidr
			}
			if given.Free != nil {
				subnet.Known, subnet.Has = true, Amount{Addresses: *given.Free}
			}
			subnets = append(subnets, subnet)
		}
	}
	return subnets
}

func newSubnet(name string, tier Tier, zone string, cidr netip.Prefix, from string) Subnet {
	return Subnet{Name: name + "-" + zone[len(zone)-1:], Tier: tier, Zone: zone, CIDR: cidr, Range: from}
}

// measure computes what a subnet can give. Where nodes take prefixes, its first
// eighth stays for single addresses and the rest is reserved for prefixes; the
// last prefix holds the address that AWS keeps.
func (s *Subnet) measure(cni CNI) {
	switch {
	case s.Known || !s.CIDR.IsValid():
		return // an existing subnet: counted by its owner, or unknown
	case s.ID == "" && cni.usesPrefixes(s.Tier):
		s.Reservations = []netip.Prefix{part(s.CIDR, 3, 1), part(s.CIDR, 2, 1), part(s.CIDR, 1, 1)}
		s.Has = Amount{Addresses: size(s.CIDR)/8 - reservedFirst, Prefixes: size(s.CIDR)*7/8/prefixSize - 1}
	default:
		s.Has = Amount{Addresses: size(s.CIDR) - reservedFirst - reservedLast}
	}
	s.Known = true
}

// letterIndex is the place of a zone among the six that a VPC has room for.
func letterIndex(zone string) int { return int(zone[len(zone)-1] - 'a') }
