package network

import (
	"encoding/binary"
	"net/netip"
)

// Tier is what a subnet is for.
type Tier string

const (
	// Public subnets hold internet-facing load balancers and NAT gateways, nothing else.
	Public Tier = "public"
	// Private subnets hold nodes, pods and the control plane's interfaces.
	Private Tier = "private"
)

// Subnet is one subnet of a layout.
type Subnet struct {
	// Tier is what it is for.
	Tier Tier
	// Zone is its availability zone.
	Zone string
	// CIDR is its range.
	CIDR netip.Prefix
}

// Key names the subnet in its network: the tier and the zone's letter, "private-a".
func (s Subnet) Key() string { return string(s.Tier) + "-" + string(zoneLetter(s.Zone)) }

// A VPC is cut in eight slots. Zone "a" has its private subnet in slot 0, "f" in
// slot 5. Slot 6 stays free for tiers to come; slot 7 is cut in eight again and
// holds the public subnets: they only need room for load balancers.
const (
	slotBits   = 3
	publicSlot = 7
)

// Layout computes the subnets of a valid spec: per zone one public, one private.
// The range of a subnet depends on the VPC's range and the zone's letter only.
func (s Spec) Layout() []Subnet {
	vpc := netip.MustParsePrefix(s.CIDR)
	publics := cut(vpc, publicSlot)
	var subnets []Subnet
	for _, zone := range s.Zones {
		slot := uint32(zoneLetter(zone) - 'a')
		subnets = append(subnets,
			Subnet{Tier: Public, Zone: zone, CIDR: cut(publics, slot)},
			Subnet{Tier: Private, Zone: zone, CIDR: cut(vpc, slot)})
	}
	return subnets
}

// cut returns the n-th of the eight equal parts of a range.
func cut(whole netip.Prefix, n uint32) netip.Prefix {
	bits := whole.Bits() + slotBits
	start := whole.Addr().As4()
	address := binary.BigEndian.Uint32(start[:]) + n<<(32-bits)
	var part [4]byte
	binary.BigEndian.PutUint32(part[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(part), bits)
}

// natZone is the zone whose NAT gateway serves a zone; empty when there is none.
func (s Spec) natZone(zone string) string {
	switch s.NAT {
	case NATPerZone:
		return zone
	case NATSingle:
		return s.Zones[0]
	default:
		return ""
	}
}
