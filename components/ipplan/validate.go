package ipplan

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// The widest VPC range that AWS allows is a /16; in less than a /20 the control
// plane's subnets would be smaller than AWS's smallest, a /28. A VPC has five
// ranges at most.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const (
	widestVPC    = 16
	smallestVPC  = 20
	smallestZone = 23
	maxVPCRanges = 5
	maxCount     = 100_000
	maxGrowth    = 1000
	eksZones     = 2
)

// zoneName is the form of an availability zone's name. Local Zones and
// Wavelength Zones, which EKS nodes can only partly use, have longer names.
var zoneName = regexp.MustCompile(`^([a-z]{2}(?:-[a-z]+)+-\d)([a-f])$`)

var (
	rangeName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	vpcID     = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetID  = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
)

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the VPC. The region may be empty: then the first
// zone decides it.
func (v VPC) Validate(region string) []problem.Problem {
	var list problem.List
	v.validateZones(&list, region)
	v.Budget.validate(&list)
	var ranges []namedRange
	if v.CIDR != "" || v.Existing == nil {
		if cidr := ParseCIDR(&list, "cidr", v.CIDR); cidr.IsValid() {
			checkRange(&list, "cidr", cidr, smallestVPC)
			ranges = append(ranges, namedRange{"cidr", cidr})
		}
	}
	ranges = v.validateSecondary(&list, ranges)
	for i, text := range v.AvoidCIDRs {
		path := fmt.Sprintf("avoidCidrs[%d]", i)
		avoided := ParseCIDR(&list, path, text)
		for _, own := range ranges {
			if avoided.IsValid() && own.cidr.Overlaps(avoided) {
				list.Addf(own.path, "use a range outside it", "%s overlaps %s of avoidCidrs", own.cidr, avoided)
			}
		}
	}
	if v.Existing != nil {
		v.validateExisting(&list)
	}
	return list.All()
}

// namedRange is a range and the path it stands at.
type namedRange struct {
	path string
	cidr netip.Prefix
}

func (v VPC) validateZones(list *problem.List, region string) {
	if len(v.Zones) < eksZones {
		list.Addf("zones", "name two or more availability zones of the region", "EKS needs two zones, this names %d", len(v.Zones))
	}
	seen := map[string]bool{}
	for _, zone := range v.Zones {
		if seen[zone] {
			list.Addf("zones", "name each zone once", "%s is named twice", zone)
			continue
		}
		seen[zone] = true
		match := zoneName.FindStringSubmatch(zone)
		if match != nil && region == "" {
			region = match[1]
		}
		switch {
		case match == nil:
			list.Addf("zones", "write the zone's name, such as ap-northeast-2a", "%q is not an availability zone's name", zone)
		case match[1] != region:
			list.Addf("zones", "use zones of "+region, "%s is not in %s", zone, region)
		}
	}
}

// checkRange notes what AWS, or the cut into subnets, refuses of an aligned range.
func checkRange(list *problem.List, path string, cidr netip.Prefix, smallest int) {
	if cidr.Bits() < widestVPC || cidr.Bits() > smallest {
		list.Addf(path, fmt.Sprintf("use a prefix from /%d to /%d", widestVPC, smallest), "%s is a /%d", cidr, cidr.Bits())
	}
	for _, no := range refused {
		if cidr.Overlaps(no.cidr) {
			list.Addf(path, "use a private range, such as "+DefaultCIDR, "AWS refuses %s: it is in %s (%s)", cidr, no.cidr, no.what)
		}
	}
}

func (v VPC) validateSecondary(list *problem.List, ranges []namedRange) []namedRange {
	if len(v.Secondary) >= maxVPCRanges {
		list.Addf("secondary", "merge some into wider ranges", "a VPC has %d ranges at most, this names %d besides cidr", maxVPCRanges, len(v.Secondary))
	}
	for _, name := range slices.Sorted(maps.Keys(v.Secondary)) {
		secondary, path := v.Secondary[name], problem.Join("secondary", name)
		_, reserved := cuts[Tier(name)]
		if !rangeName.MatchString(name) || reserved {
			list.Add(path, "can't be a range's name", "use up to 20 lower-case letters, digits and hyphens, a letter first, and no tier's name but pods")
		}
		problem.OneOf(list, problem.Join(path, "tier"), string(secondary.Tier), string(Pods), string(Private))
		smallest := smallestVPC
		if secondary.Zone != "" {
			smallest = smallestZone
			if !slices.Contains(v.Zones, secondary.Zone) {
				list.Addf(problem.Join(path, "zone"), "use one of "+strings.Join(v.Zones, ", "), "%q is not among the zones", secondary.Zone)
			}
		}
		path = problem.Join(path, "cidr")
		cidr := ParseCIDR(list, path, secondary.CIDR)
		if !cidr.IsValid() {
			continue
		}
		checkRange(list, path, cidr, smallest)
		for _, other := range ranges {
			if cidr.Overlaps(other.cidr) {
				list.Addf(path, "use a range outside it", "%s overlaps %s %s", cidr, other.path, other.cidr)
			}
		}
		if len(ranges) > 0 && ranges[0].path == "cidr" && !within(cidr, shared) && blockOf(cidr) != blockOf(ranges[0].cidr) {
			list.Addf(path, "use a range in 100.64.0.0/10, or in the same block as cidr",
				"AWS does not add %s to a VPC that begins with %s: they are in different blocks", cidr, ranges[0].cidr)
		}
		ranges = append(ranges, namedRange{path, cidr})
	}
	return ranges
}

func (v VPC) validateExisting(list *problem.List) {
	if !vpcID.MatchString(v.Existing.VpcID) {
		list.Addf("existing.vpcId", "write it as vpc-0123456789abcdef0", "%q is not a VPC's id", v.Existing.VpcID)
	}
	if len(v.Secondary) > 0 {
		list.Add("secondary", "is not made in a VPC that exists", "name the subnets in existing.pods or existing.private")
	}
	if len(v.AvoidCIDRs) > 0 {
		list.Add("avoidCidrs", "is of no use with a VPC that exists", "remove it")
	}
	used := map[string]string{}
	for _, tier := range []Tier{Private, Public, Control, Pods, Data} {
		byZone, path := v.Existing.byTier()[tier], problem.Join("existing", string(tier))
		if tier == Private || len(byZone) > 0 {
			v.validateZonesOf(list, path, byZone)
		}
		for _, zone := range slices.Sorted(maps.Keys(byZone)) {
			subnet, path := byZone[zone], problem.Join(path, zone)
			if !subnetID.MatchString(subnet.ID) {
				list.Addf(problem.Join(path, "id"), "write it as subnet-0123456789abcdef0", "%q is not a subnet's id", subnet.ID)
			} else if other, taken := used[subnet.ID]; taken {
				list.Addf(problem.Join(path, "id"), "give each tier and zone a subnet of its own", "%s is already %s", subnet.ID, other)
			}
			used[subnet.ID] = path
			if subnet.CIDR != "" {
				ParseCIDR(list, problem.Join(path, "cidr"), subnet.CIDR)
			}
			if subnet.Free != nil && (*subnet.Free < 0 || *subnet.Free > 1<<16) {
				list.Addf(problem.Join(path, "free"), "use 0 to 65536", "%d can't be counted", *subnet.Free)
			}
		}
	}
}

// validateZonesOf notes the zones that a tier of an existing VPC lacks or has too many.
func (v VPC) validateZonesOf(list *problem.List, path string, byZone map[string]ExistingSubnet) {
	for _, zone := range v.Zones {
		if _, ok := byZone[zone]; !ok {
			list.Addf(path, "add "+zone+": {id: subnet-...}, or take the zone out of zones", "has no subnet in %s", zone)
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(byZone)) {
		if !slices.Contains(v.Zones, zone) {
			list.Addf(path, "add the zone to zones, or remove the subnet", "has a subnet in %s, which is not among the zones", zone)
		}
	}
}

func (b Budget) validate(list *problem.List) {
	if b.GrowthPercent < 0 || b.GrowthPercent > maxGrowth {
		list.Addf("budget.growthPercent", "use 0 to 1000", "%d is out of range", b.GrowthPercent)
	}
	for _, kind := range b.Upgrades {
		problem.OneOf(list, "budget.upgrades", kind, string(Rolling), string(BlueGreen))
	}
	for _, count := range []struct {
		key   string
		value *int
	}{
		{"publicLoadBalancers", b.PublicLoadBalancers}, {"internalLoadBalancers", b.InternalLoadBalancers},
		{"privatePerZone", b.PrivatePerZone}, {"dataPerZone", b.DataPerZone},
	} {
		if count.value != nil && (*count.value < 0 || *count.value > maxCount) {
			list.Addf("budget."+count.key, "use 0 or more", "%d can't be counted", *count.value)
		}
	}
}

// warnings lists what AWS takes and people regret.
func (v VPC) warnings() []problem.Problem {
	var list problem.List
	for _, r := range append([]namedRange{{"network.cidr", parsed(v.CIDR)}}, v.secondaryRanges()...) {
		if r.cidr.IsValid() && !blockOf(r.cidr).IsValid() && !within(r.cidr, shared) {
			list.Addf(r.path, "use a private range unless these addresses are yours", "%s is public: whoever has it on the internet can't be reached from here", r.cidr)
		}
		if r.cidr.IsValid() && r.cidr.Overlaps(docker) {
			list.Addf(r.path, "use another range unless nothing of the kind will ever run here",
				"%s overlaps %s, the bridge of Docker: a host that runs Docker (build runners, Cloud9, SageMaker) can't reach addresses in it", r.cidr, docker)
		}
	}
	return list.All()
}

func (v VPC) secondaryRanges() []namedRange {
	var ranges []namedRange
	for _, name := range slices.Sorted(maps.Keys(v.Secondary)) {
		ranges = append(ranges, namedRange{"network.secondary." + name + ".cidr", parsed(v.Secondary[name].CIDR)})
	}
	return ranges
}

// parsed is a range; the zero prefix where the text is none.
func parsed(text string) netip.Prefix {
	cidr, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}
	}
	return cidr
}
