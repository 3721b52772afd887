package network_test

import (
	"net/netip"
	"testing"

	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/stretchr/testify/assert"
)

func layout(cidr string, zones ...string) map[string]netip.Prefix {
	ranges := map[string]netip.Prefix{}
	for _, s := range (network.Spec{CIDR: cidr, Zones: zones}).WithDefaults().Layout() {
		ranges[s.Key()] = s.CIDR
	}
	return ranges
}

func TestLayoutOfASlash16(t *testing.T) {
	t.Parallel()
	got := layout("10.10.0.0/16", "ap-northeast-2a", "ap-northeast-2c")
	assert.Equal(t, map[string]netip.Prefix{
		"private-a": netip.MustParsePrefix("10.10.0.0/19"),
		"private-c": netip.MustParsePrefix("10.10.64.0/19"),
		"public-a":  netip.MustParsePrefix("10.10.224.0/22"),
		"public-c":  netip.MustParsePrefix("10.10.232.0/22"),
	}, got)
}

// For every size and every set of zones: nothing overlaps, nothing leaves the
// VPC, nothing is smaller than AWS allows, and a zone that is added moves nothing.
func TestLayoutHoldsForEverySizeAndSetOfZones(t *testing.T) {
	t.Parallel()
	all := []string{"eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d", "eu-west-1e", "eu-west-1f"}
	for _, cidr := range []string{"10.0.0.0/16", "10.64.128.0/17", "172.16.64.0/18", "192.168.96.0/19", "10.255.240.0/20"} {
		vpc := netip.MustParsePrefix(cidr)
		full := layout(cidr, all...)
		for set := range 1 << len(all) {
			var zones []string
			for i, zone := range all {
				if set&(1<<i) != 0 {
					zones = append(zones, zone)
				}
			}
			ranges := layout(cidr, zones...)
			assert.Len(t, ranges, 2*len(zones))
			for key, one := range ranges {
				assert.Equal(t, full[key], one, "%s moved", key)
				assert.True(t, vpc.Contains(one.Addr()) && one.Bits() > vpc.Bits(), "%s leaves %s", one, vpc)
				assert.LessOrEqual(t, one.Bits(), 28, "AWS refuses %s", one)
				for other, two := range ranges {
					assert.False(t, key != other && one.Overlaps(two), "%s overlaps %s", one, two)
				}
			}
		}
	}
}
