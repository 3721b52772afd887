package ipplan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// allot gives each pool's need to its subnets, the first one first.
func (in Input) allot(plan *Plan) {
	pools := map[pool][]*Subnet{}
	for i := range plan.Subnets {
		subnet := &plan.Subnets[i]
		subnet.Need, subnet.Free = map[Situation]Amount{}, map[Situation]Amount{}
		key := pool{subnet.Tier, subnet.Zone}
		pools[key] = append(pools[key], subnet)
	}
	for _, when := range Situations {
		need := in.demand(plan.Groups, when)
		for key, subnets := range pools {
			left := need[key]
			for i, subnet := range subnets {
				took := subnet.take(left, i == len(subnets)-1)
				left = left.minus(took)
				if subnet.Has.Prefixes == 0 {
					took = Amount{Addresses: took.Total()}
				}
				subnet.Need[when] = took
				subnet.Free[when] = subnet.Has.minus(took)
			}
		}
	}
}

// take is what a subnet gives of a need; the last of a pool takes all that is left.
func (s *Subnet) take(need Amount, last bool) Amount {
	if last {
		return need
	}
	if s.Has.Prefixes > 0 {
		return Amount{min(need.Addresses, s.Has.Addresses), min(need.Prefixes, s.Has.Prefixes)}
	}
	prefixes := min(need.Prefixes, s.Has.Addresses/prefixSize)
	return Amount{min(need.Addresses, s.Has.Addresses-prefixes*prefixSize), prefixes}
}

// shortage is a range whose subnets can't give what a situation needs.
type shortage struct {
	path    string
	what    string
	bits    int
	when    Situation
	subnets []string
}

// checkFit refuses a plan that does not fit, once a range and situation: the
// worst of the enforced situations, with all subnets that are short alike.
func (in Input) checkFit(list *problem.List, plan *Plan) {
	var found []shortage
	for i := range plan.Subnets {
		subnet := &plan.Subnets[i]
		if !subnet.Known {
			continue
		}
		one, short := plan.shortageOf(subnet)
		if !short {
			continue
		}
		same := slices.IndexFunc(found, func(s shortage) bool { return s.path == one.path && s.what == one.what && s.when == one.when })
		if same >= 0 {
			found[same].subnets = append(found[same].subnets, one.subnets...)
			continue
		}
		found = append(found, one)
	}
	for _, s := range found {
		subject := "subnet " + s.subnets[0]
		if len(s.subnets) > 1 {
			subject = "each of the subnets " + strings.Join(s.subnets, ", ")
		}
		list.Addf("network."+s.path, in.remedy(s), "%s %s %s", subject, s.what, phrases[s.when])
	}
}

var phrases = map[Situation]string{
	Normal:    "at its normal size",
	Maximum:   "with every group at its maximum",
	Rolling:   "in the middle of a rolling upgrade",
	BlueGreen: "in the middle of a blue/green upgrade",
}

// shortageOf is the worst shortage of a subnet.
func (p *Plan) shortageOf(subnet *Subnet) (shortage, bool) {
	worst, short := Normal, false
	for _, when := range p.Enforced {
		if subnet.Free[when].short() && (!short || subnet.Need[when].Total() > subnet.Need[worst].Total()) {
			worst, short = when, true
		}
	}
	need := subnet.Need[worst]
	what := fmt.Sprintf("(/%d) needs %s and has %s", subnet.CIDR.Bits(), need.text(), subnet.Has.text())
	if !subnet.CIDR.IsValid() {
		what = fmt.Sprintf("needs %s and has %s", need.text(), subnet.Has.text())
	}
	name := subnet.Name
	if subnet.ID != "" {
		name = subnet.ID
	}
	return shortage{subnet.path(), what, subnet.smallest(need), worst, []string{name}}, short
}

// path is where the range of a subnet is written.
func (s *Subnet) path() string {
	if s.ID != "" || s.Range == "cidr" {
		return s.Range
	}
	return s.Range + ".cidr"
}

func (a Amount) text() string {
	if a.Prefixes == 0 {
		return fmt.Sprintf("%d addresses", a.Addresses)
	}
	return fmt.Sprintf("%d addresses and %d prefixes of %d", a.Addresses, a.Prefixes, prefixSize)
}

// smallest is the length of the smallest range from which this subnet would be
// cut large enough; less than a /16 when AWS has none.
func (s *Subnet) smallest(need Amount) int {
	cut := s.CIDR.Bits() - s.rangeBits()
	for bits := 28; bits > 0; bits-- {
		wider := Subnet{ID: s.ID, Tier: s.Tier, CIDR: netip.PrefixFrom(netip.IPv4Unspecified(), bits)}
		wider.measure(CNI{PrefixDelegation: s.Has.Prefixes > 0, CustomNetworking: s.Tier == Pods})
		if !wider.Has.minus(need).short() {
			return bits - cut
		}
	}
	return 0
}

// rangeBits is the length of the range that a subnet is cut from.
func (s *Subnet) rangeBits() int {
	switch {
	case s.ID != "":
		return s.CIDR.Bits()
	case s.Range == "cidr":
		return s.CIDR.Bits() - cuts[s.Tier].bits
	case s.whole:
		return s.CIDR.Bits()
	default:
		return s.CIDR.Bits() - secondaryBits
	}
}

// remedy says what would do.
func (in Input) remedy(s shortage) string {
	other := "add a range to network.secondary with tier: private"
	switch {
	case in.Network.Existing != nil:
		return fmt.Sprintf("name a subnet with a /%d or wider, or lower the groups' max", s.bits)
	case strings.HasPrefix(s.path, "secondary."):
		other = "give each zone a range of its own (zone), or lower the groups' max"
	case !in.CNI.CustomNetworking:
		other = "move the pods out of it: cni.customNetworking with network.secondary {pods: {cidr: 100.64.0.0/16, tier: pods}}"
	}
	if s.bits < widestVPC {
		return fmt.Sprintf("a /%d would do, and AWS allows a /%d at most: %s", s.bits, widestVPC, other)
	}
	return fmt.Sprintf("make it a /%d, or %s", s.bits, other)
}
