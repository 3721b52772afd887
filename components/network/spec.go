package network

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// NAT says how private subnets reach the internet.
type NAT string

const (
	// NATPerZone gives each zone a gateway of its own: a zone's failure stays in the zone.
	NATPerZone NAT = "perZone"
	// NATSingle shares the first zone's gateway: cheapest, and all egress falls with that zone.
	NATSingle NAT = "single"
	// NATNone gives private subnets no way out.
	NATNone NAT = "none"
)

// DefaultCIDR is the VPC's range where none is given.
const DefaultCIDR = "10.0.0.0/16"

// Spec decides the shape of a network. It is plain data: what it yields is known
// before anything exists.
type Spec struct {
	// Optional. The VPC's IPv4 range, /16 to /20, aligned. Default 10.0.0.0/16.
	CIDR string `json:"cidr"`
	// Required. The availability zones by name, two or more, each once:
	// [ap-northeast-2a, ap-northeast-2c]. A subnet's range depends on the zone's
	// letter only, so adding a zone moves no other.
	Zones []string `json:"zones"`
	// Optional. How private subnets reach the internet: perZone, single or none.
	// Default perZone.
	NAT NAT `json:"nat"`
	// Optional. Ranges that the VPC must not overlap: peered VPCs, other stacks,
	// the company's network. Default none.
	AvoidCIDRs []string `json:"avoidCidrs"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	if s.CIDR == "" {
		s.CIDR = DefaultCIDR
	}
	if s.NAT == "" {
		s.NAT = NATPerZone
	}
	s.Zones = slices.Clone(s.Zones)
	slices.Sort(s.Zones)
	return s
}

// The widest VPC that AWS allows is a /16; below a /20 a zone's private subnet
// would hold fewer than 500 addresses.
const (
	widestVpc   = 16
	smallestVpc = 20
)

// zoneName is the form of an availability zone's name. Local Zones and
// Wavelength Zones, which EKS nodes can only partly use, have longer names.
var zoneName = regexp.MustCompile(`^([a-z]{2}(?:-[a-z]+)+-\d)([a-f])$`)

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the spec. The region may be empty: then the
// first zone decides it.
func (s Spec) Validate(region string) []problem.Problem {
	var list problem.List
	vpc := validateCIDR(&list, "cidr", s.CIDR)
	if vpc.IsValid() && (vpc.Bits() < widestVpc || vpc.Bits() > smallestVpc) {
		list.Addf("cidr", "use a prefix from /16 to /20", "%s is a /%d", s.CIDR, vpc.Bits())
	}
	problem.OneOf(&list, "nat", string(s.NAT), string(NATPerZone), string(NATSingle), string(NATNone))
	s.validateZones(&list, region)
	s.validateAvoided(&list, vpc)
	return list.All()
}

func (s Spec) validateZones(list *problem.List, region string) {
	if len(s.Zones) < 2 {
		list.Addf("zones", "name two or more availability zones of the region", "EKS needs two zones, this names %d", len(s.Zones))
	}
	if region == "" && len(s.Zones) > 0 {
		region = regionOf(s.Zones[0])
	}
	seen := map[string]bool{}
	for _, zone := range s.Zones {
		if seen[zone] {
			list.Addf("zones", "name each zone once", "%s is named twice", zone)
			continue
		}
		seen[zone] = true
		match := zoneName.FindStringSubmatch(zone)
		switch {
		case match == nil:
			list.Addf("zones", "write the zone's name, such as ap-northeast-2a", "%q is not an availability zone's name", zone)
		case match[1] != region:
			list.Addf("zones", "use zones of "+region, "%s is not in %s", zone, region)
		}
	}
}

func (s Spec) validateAvoided(list *problem.List, vpc netip.Prefix) {
	for _, text := range s.AvoidCIDRs {
		avoided := validateCIDR(list, "avoidCidrs", text)
		if vpc.IsValid() && avoided.IsValid() && vpc.Overlaps(avoided) {
			list.Addf("cidr", "move the VPC to a range outside it", "%s overlaps %s of avoidCidrs", vpc, avoided)
		}
	}
}

// validateCIDR notes what is wrong with a range and returns it; the zero prefix
// when it can't be used.
func validateCIDR(list *problem.List, path, text string) netip.Prefix {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !prefix.Addr().Is4():
		list.Addf(path, "write it as 10.0.0.0/16", "%q is not an IPv4 range", text)
		return netip.Prefix{}
	case prefix != prefix.Masked():
		list.Addf(path, "write "+prefix.Masked().String(), "%s has bits set behind the prefix", text)
		return netip.Prefix{}
	}
	return prefix
}

// zoneLetter is what distinguishes a zone from the others of its region.
func zoneLetter(zone string) byte { return zone[len(zone)-1] }

// regionOf is the zone's name without its letter.
func regionOf(zone string) string { return strings.TrimRight(zone, "abcdef") }
