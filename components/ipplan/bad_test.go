package ipplan_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	secondaries := func(ranges ...ipplan.Range) func(*ipplan.Input) {
		return func(in *ipplan.Input) {
			in.Network.Secondary = map[string]ipplan.Range{}
			for i, r := range ranges {
				in.Network.Secondary[fmt.Sprint("r", i)] = r
			}
		}
	}
	pods := func(cidr string) ipplan.Range { return ipplan.Range{CIDR: cidr, Tier: ipplan.Pods} }
	for name, test := range map[string]struct {
		change func(*ipplan.Input)
		want   string
	}{
		"no range":       {func(in *ipplan.Input) { in.Network.CIDR = "ten" }, `network.cidr: "ten" is not an IPv4 range; write it as 10.0.0.0/16`},
		"IPv6":           {func(in *ipplan.Input) { in.Network.CIDR = "fd00::/16" }, `"fd00::/16" is not an IPv4 range`},
		"unaligned":      {func(in *ipplan.Input) { in.Network.CIDR = "10.0.1.0/16" }, "network.cidr: 10.0.1.0/16 has bits set behind the prefix; write 10.0.0.0/16"},
		"too small":      {func(in *ipplan.Input) { in.Network.CIDR = "10.0.0.0/24" }, "10.0.0.0/24 is a /24; use a prefix from /16 to /20"},
		"too wide":       {func(in *ipplan.Input) { in.Network.CIDR = "10.0.0.0/8" }, "10.0.0.0/8 is a /8; use a prefix from /16 to /20"},
		"loopback":       {func(in *ipplan.Input) { in.Network.CIDR = "127.0.0.0/16" }, "AWS refuses 127.0.0.0/16: it is in 127.0.0.0/8 (loopback); use a private range"},
		"link-local":     {func(in *ipplan.Input) { in.Network.CIDR = "169.254.0.0/16" }, "instance metadata"},
		"multicast":      {func(in *ipplan.Input) { in.Network.CIDR = "224.0.0.0/16" }, "multicast"},
		"avoided":        {func(in *ipplan.Input) { in.Network.AvoidCIDRs = []string{"10.0.128.0/17"} }, "network.cidr: 10.0.0.0/16 overlaps 10.0.128.0/17 of avoidCidrs"},
		"avoided pods":   {func(in *ipplan.Input) { in.CNI, in.Network.AvoidCIDRs = custom, []string{"100.64.8.0/24"} }, "network.secondary.pods.cidr: 100.64.0.0/16 overlaps 100.64.8.0/24 of avoidCidrs"},
		"bad avoided":    {func(in *ipplan.Input) { in.Network.AvoidCIDRs = []string{"office"} }, `network.avoidCidrs[0]: "office" is not an IPv4 range`},
		"six ranges":     {secondaries(pods("100.64.0.0/16"), pods("100.65.0.0/16"), pods("100.66.0.0/16"), pods("100.67.0.0/16"), pods("100.68.0.0/16")), "network.secondary: a VPC has 5 ranges at most, this names 5 besides cidr"},
		"overlap":        {secondaries(pods("10.0.0.0/16")), "network.secondary.r0.cidr: 10.0.0.0/16 overlaps cidr 10.0.0.0/16; use a range outside it"},
		"overlap two":    {secondaries(pods("100.64.0.0/16"), pods("100.64.240.0/20")), "network.secondary.r1.cidr: 100.64.240.0/20 overlaps secondary.r0.cidr 100.64.0.0/16"},
		"other block":    {secondaries(pods("172.16.0.0/16")), "AWS does not add 172.16.0.0/16 to a VPC that begins with 10.0.0.0/16"},
		"public range":   {secondaries(pods("198.18.0.0/16")), "use a range in 100.64.0.0/10, or in the same block as cidr"},
		"tier":           {secondaries(ipplan.Range{CIDR: "100.64.0.0/16", Tier: "pod"}), `network.secondary.r0.tier: "pod" is not known; use one of pods, private`},
		"range's zone":   {secondaries(ipplan.Range{CIDR: "100.64.0.0/16", Tier: "pods", Zone: "eu-west-1f"}), `network.secondary.r0.zone: "eu-west-1f" is not among the zones`},
		"range's name":   {func(in *ipplan.Input) { in.Network.Secondary = map[string]ipplan.Range{"data": pods("100.64.0.0/16")} }, "network.secondary.data: can't be a range's name"},
		"one zone":       {func(in *ipplan.Input) { in.Network.Zones = zones[:1] }, "network.zones: EKS needs two zones, this names 1"},
		"zone twice":     {func(in *ipplan.Input) { in.Network.Zones = []string{zones[0], zones[0]} }, "eu-west-1a is named twice"},
		"zone elsewhere": {func(in *ipplan.Input) { in.Region = "eu-west-2" }, "eu-west-1a is not in eu-west-2; use zones of eu-west-2"},
		"no zone":        {func(in *ipplan.Input) { in.Network.Zones = []string{"here", "eu-west-1a"} }, `"here" is not an availability zone's name`},
		"type": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.larg"}, Max: 1}
		}, `nodeGroups.general.instanceTypes[0]: "m5.larg" is not an instance type that the VPC CNI knows`},
		"no type": {func(in *ipplan.Input) { in.NodeGroups["general"] = ipplan.Group{Max: 1} }, "names no instance type"},
		"not Nitro": {func(in *ipplan.Input) {
			in.CNI, in.NodeGroups["general"] = prefixes, ipplan.Group{InstanceTypes: []string{"t2.large"}, Max: 1}
		}, "t2.large takes no prefixes: it is not built on Nitro"},
		"Fargate's type": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Kind: ipplan.Fargate, Max: 1}
		}, "has no meaning for Fargate"},
		"kind": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Kind: "spot", Max: 1}
		}, `"spot" is not known; use one of managed, selfManaged, fargate`},
		"sizes": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Min: 3, Max: 1}
		}, "min 3, desired 3 and max 1 can't be sizes"},
		"surge": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 1, Surge: new(-1)}
		}, "surge: -1 is out of range"},
		"unavailable": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 1, MaxUnavailable: -1}
		}, "maxUnavailable: -1 is out of range"},
		"group's zone": {func(in *ipplan.Input) {
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 1, Zones: []string{"eu-west-1f"}}
		}, "eu-west-1f is not among the zones"},
		"pods nowhere":  {func(in *ipplan.Input) { in.CNI, in.Network.Secondary = custom, map[string]ipplan.Range{} }, "network.secondary: custom networking needs one subnet for the pods of eu-west-1a, there are 0; add {pods: {cidr: 100.64.0.0/16, tier: pods}}"},
		"pods twice":    {func(in *ipplan.Input) { in.CNI = custom; secondaries(pods("100.64.0.0/16"), pods("100.65.0.0/16"))(in) }, "needs one subnet for the pods of eu-west-1a, there are 2"},
		"IPv6 and more": {func(in *ipplan.Input) { in.CNI = ipplan.CNI{IPv6: true, PrefixDelegation: true} }, "cni.ipv6: excludes custom networking and IPv4 prefixes"},
		"warm target":   {func(in *ipplan.Input) { in.CNI.WarmIPTarget = new(0) }, "cni.warmIpTarget: 0 is out of range; use 1 to 250"},
		"idle target":   {func(in *ipplan.Input) { in.CNI.WarmPrefixTarget = new(1) }, "cni.warmPrefixTarget: has no effect without prefixDelegation"},
		"growth":        {func(in *ipplan.Input) { in.Network.Budget.GrowthPercent = -1 }, "network.budget.growthPercent: -1 is out of range"},
		"upgrade":       {func(in *ipplan.Input) { in.Network.Budget.Upgrades = []string{"canary"} }, `network.budget.upgrades: "canary" is not known; use one of rolling, blueGreen`},
		"count":         {func(in *ipplan.Input) { in.Network.Budget.DataPerZone = new(-1) }, "network.budget.dataPerZone: -1 can't be counted"},
		"endpoints":     {func(in *ipplan.Input) { in.InterfaceEndpoints = -1 }, "interfaceEndpoints: -1 can't be counted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := ipplan.New(input(test.change))
			assert.Nil(t, plan)
			assert.Contains(t, text(problems), test.want)
			for _, p := range problems {
				assert.NotEmpty(t, p.Path)
				assert.NotEmpty(t, p.Fix, "%s says what to do", p.Path)
			}
		})
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, problems := ipplan.New(input(func(in *ipplan.Input) {
		in.Network.CIDR, in.Network.Zones, in.CNI.WarmENITarget = "10.0.0.1/16", []string{"eu-west-1a"}, new(-1)
		in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"x"}, Max: 1}
	}))
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	assert.Equal(t, []string{"cni.warmEniTarget", "network.cidr", "network.zones", "nodeGroups.general.instanceTypes[0]"}, paths)
}

func TestBadExistingVPC(t *testing.T) {
	t.Parallel()
	_, problems := ipplan.New(input(func(in *ipplan.Input) {
		in.Network.CIDR, in.Network.AvoidCIDRs = "", []string{"10.9.0.0/16"}
		in.Network.Secondary = map[string]ipplan.Range{"pods": {CIDR: "100.64.0.0/16", Tier: ipplan.Pods}}
		in.Network.Existing = &ipplan.Existing{VpcID: "mine", Private: map[string]ipplan.ExistingSubnet{
			zones[0]: {ID: "subnet-0000000a", CIDR: "10.0.0.1/22", Free: new(-1)},
			zones[1]: {ID: "subnet-0000000a"},
			zones[5]: {ID: "left"},
		}}
	}))
	for _, want := range []string{
		`network.existing.vpcId: "mine" is not a VPC's id; write it as vpc-0123456789abcdef0`,
		"network.existing.private: has no subnet in eu-west-1c; add eu-west-1c: {id: subnet-...}, or take the zone out of zones",
		"network.existing.private: has a subnet in eu-west-1f, which is not among the zones",
		"network.existing.private.eu-west-1a.cidr: 10.0.0.1/22 has bits set behind the prefix",
		"network.existing.private.eu-west-1a.free: -1 can't be counted",
		"network.existing.private.eu-west-1b.id: subnet-0000000a is already existing.private.eu-west-1a",
		`network.existing.private.eu-west-1f.id: "left" is not a subnet's id`,
		"network.secondary: is not made in a VPC that exists",
		"network.avoidCidrs: is of no use with a VPC that exists",
	} {
		assert.Contains(t, text(problems), want)
	}
}

func TestDockersBridgeIsAWarning(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(input(func(in *ipplan.Input) { in.Network.CIDR = "172.17.0.0/16" }))
	require.Empty(t, problems)
	require.Len(t, plan.Warnings, 1)
	assert.Contains(t, plan.Warnings[0].String(), "network.cidr: 172.17.0.0/16 overlaps 172.17.0.0/16, the bridge of Docker: a host that runs Docker (build runners, Cloud9, SageMaker) can't reach addresses in it")
}

func TestAPublicRangeIsAWarning(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(input(func(in *ipplan.Input) { in.Network.CIDR = "8.8.0.0/16" }))
	require.Empty(t, problems)
	require.Len(t, plan.Warnings, 1)
	assert.Contains(t, plan.Warnings[0].String(), "network.cidr: 8.8.0.0/16 is public: whoever has it on the internet can't be reached from here")
}

// Whatever the input, the answer is a sound plan or a list of problems.
func FuzzPlan(f *testing.F) {
	for _, cni := range []ipplan.CNI{secondary, prefixes, custom, both, ipv6} {
		text, err := json.Marshal(input(func(in *ipplan.Input) { in.CNI = cni }))
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"network":{"cidr":"0.0.0.0/0","zones":["","a"],"secondary":{"pods":{"cidr":"::/0"}},"existing":{"private":{"":{}}}},"nodeGroups":{"":{}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var in ipplan.Input
		if json.Unmarshal(text, &in) != nil {
			t.Skip()
		}
		plan, problems := ipplan.New(in)
		if plan == nil {
			assert.NotEmpty(t, problems)
			return
		}
		assert.NotEmpty(t, plan.Table())
		if in.Network.Existing == nil {
			sound(t, in.Network.WithDefaults(), plan)
		}
	})
}

// A range that is taken is aligned IPv4; all else is a problem with a fix.
func FuzzParseCIDR(f *testing.F) {
	for _, text := range []string{"10.0.0.0/16", "10.0.0.1/16", "::/0", "", "10.0.0.0/33", "10.0.0.0/-1", "::ffff:10.0.0.0/112"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var list problem.List
		cidr := ipplan.ParseCIDR(&list, "cidr", text)
		if !cidr.IsValid() {
			require.Len(t, list.All(), 1)
			assert.NotEmpty(t, list.All()[0].Fix)
			return
		}
		assert.Empty(t, list.All())
		assert.True(t, cidr.Addr().Is4() && cidr == cidr.Masked())
		again, err := netip.ParsePrefix(cidr.String())
		require.NoError(t, err)
		assert.Equal(t, cidr, again)
	})
}
