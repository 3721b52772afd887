package ipplan_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPlanThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	blueGreen := ipplan.Budget{Upgrades: []string{"rolling", "blueGreen"}}
	group := func(most int) map[string]ipplan.Group {
		return map[string]ipplan.Group{"general": {InstanceTypes: []string{"m5.large"}, Max: most}}
	}
	for name, test := range map[string]struct {
		change func(*ipplan.Input)
		want   string
	}{
		"too many nodes": {func(in *ipplan.Input) { in.Network.CIDR, in.NodeGroups = "10.0.0.0/20", group(60) },
			"network.cidr: each of the subnets private-a, private-b, private-c (/23) needs 692 addresses and has 507 addresses in the middle of a rolling upgrade; make it a /19, or move the pods out of it"},
		"fits until it is upgraded": {func(in *ipplan.Input) {
			in.Network.CIDR, in.Network.Budget, in.NodeGroups = "10.0.0.0/20", blueGreen, group(30)
		}, "needs 632 addresses and has 507 addresses in the middle of a blue/green upgrade; make it a /19"},
		"fits until it has grown": {func(in *ipplan.Input) {
			in.Network.CIDR, in.Network.Budget, in.NodeGroups = "10.0.0.0/20", ipplan.Budget{GrowthPercent: 100, Upgrades: []string{}}, group(30)
		}, "needs 632 addresses and has 507 addresses with every group at its maximum"},
		"no VPC is wide enough": {func(in *ipplan.Input) { in.NodeGroups = group(1000) },
			"a /15 would do, and AWS allows a /16 at most: move the pods out of it: cni.customNetworking with network.secondary {pods: {cidr: 100.64.0.0/16, tier: pods}}"},
		"nodes alone are too many": {func(in *ipplan.Input) {
			in.CNI, in.Network.CIDR = custom, "10.0.0.0/16"
			in.NodeGroups = map[string]ipplan.Group{"general": {Kind: ipplan.Fargate, Max: 60000}}
		}, "AWS allows a /16 at most: add a range to network.secondary with tier: private"},
		"pods' range": {func(in *ipplan.Input) {
			in.CNI, in.NodeGroups = custom, group(100)
			in.Network.Secondary = map[string]ipplan.Range{"pods": {CIDR: "100.64.0.0/20", Tier: ipplan.Pods}}
		}, "network.secondary.pods.cidr: each of the subnets pods-a, pods-b, pods-c (/23) needs 720 addresses and has 507 addresses in the middle of a rolling upgrade; make it a /19, or give each zone a range of its own (zone), or lower the groups' max"},
		"prefixes": {func(in *ipplan.Input) { in.CNI, in.Network.CIDR, in.NodeGroups = prefixes, "10.0.0.0/20", group(6) },
			"(/23) needs 36 addresses and 32 prefixes of 16 and has 60 addresses and 27 prefixes of 16 in the middle of a rolling upgrade; make it a /19"},
		"one zone's group": {func(in *ipplan.Input) {
			in.Network.CIDR = "10.0.0.0/20"
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 30, Zones: []string{"eu-west-1b"}}
		}, "network.cidr: subnet private-b (/23) needs 992 addresses"},
		"load balancers": {func(in *ipplan.Input) {
			in.Network.CIDR, in.Network.Budget.PublicLoadBalancers = "10.0.0.0/20", new(10)
		}, "network.cidr: each of the subnets public-a, public-b, public-c (/26) needs 81 addresses and has 59 addresses at its normal size; make it a /19"},
		"data services": {func(in *ipplan.Input) { in.Network.CIDR, in.Network.Budget.DataPerZone = "10.0.0.0/20", new(60) },
			"data-a, data-b, data-c (/26) needs 60 addresses and has 59"},
		"full of the platform's own": {func(in *ipplan.Input) {
			in.SystemPodsPerNode = 4
			in.NodeGroups["tiny"] = ipplan.Group{InstanceTypes: []string{"t3.nano"}, Max: 1}
		}, "nodeGroups.tiny.instanceTypes: t3.nano holds 4 pods, and the platform's own are 4; use a larger type, or prefix delegation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := ipplan.New(input(test.change))
			require.NotNil(t, plan, "a plan that doesn't fit can still be read: %s", text(problems))
			assert.Contains(t, text(problems), test.want)
		})
	}
}

func TestWhatDoesNotFitStandsOutInTheTable(t *testing.T) {
	t.Parallel()
	plan, _ := ipplan.New(input(func(in *ipplan.Input) {
		in.Network.CIDR = "10.0.0.0/20"
		in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 60}
	}))
	assert.Contains(t, plan.Table(), "DOES NOT FIT: -185")
}

var madeWider = regexp.MustCompile(`network\.cidr: .*; make it a /(\d+),`)

// What the refusal says would do does, and one size smaller does not.
func TestTheNamedRangeWouldDo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range 500 {
		in := input(func(in *ipplan.Input) {
			in.CNI = []ipplan.CNI{secondary, prefixes}[random.IntN(2)]
			in.Network.CIDR = fmt.Sprintf("10.0.0.0/%d", 18+random.IntN(3))
			in.Network.Budget.GrowthPercent = random.IntN(100)
			in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 1 + random.IntN(200)}
		})
		_, problems := ipplan.New(in)
		match := madeWider.FindStringSubmatch(text(problems))
		if match == nil {
			continue
		}
		refused++
		in.Network.CIDR = "10.0.0.0/" + match[1]
		_, problems = ipplan.New(in)
		assert.Empty(t, problems, "%+v", in)
		var bits int
		_, err := fmt.Sscan(match[1], &bits)
		require.NoError(t, err)
		in.Network.CIDR = fmt.Sprintf("10.0.0.0/%d", bits+1)
		_, problems = ipplan.New(in)
		assert.NotEmpty(t, problems, "%+v", in)
	}
	assert.Greater(t, refused, 50, "some plans were refused")
}

// A second private range gives a zone more room, and the plan shares it out.
func TestASecondRangeAddsRoom(t *testing.T) {
	t.Parallel()
	in := input(func(in *ipplan.Input) {
		in.Network.CIDR = "10.0.0.0/20"
		in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 60}
	})
	_, problems := ipplan.New(in)
	require.NotEmpty(t, problems)
	in.Network.Secondary = map[string]ipplan.Range{"more": {CIDR: "10.1.0.0/20", Tier: ipplan.Private}}
	plan, problems := ipplan.New(in)
	require.Empty(t, problems)
	total := map[string]int{}
	for _, subnet := range plan.Subnets {
		if subnet.Tier == ipplan.Private && subnet.Zone == zones[0] {
			total[subnet.Name] = subnet.Need[ipplan.Rolling].Total()
		}
	}
	assert.Equal(t, map[string]int{"private-a": 507, "more-a": 185}, total)
}

func TestRangesOfOneZone(t *testing.T) {
	t.Parallel()
	in := input(func(in *ipplan.Input) {
		in.CNI = custom
		in.Network.Secondary = map[string]ipplan.Range{}
		for i, zone := range in.Network.Zones {
			in.Network.Secondary[fmt.Sprint("pods", i)] = ipplan.Range{CIDR: fmt.Sprintf("100.%d.0.0/16", 64+i), Tier: ipplan.Pods, Zone: zone}
		}
	})
	plan, problems := ipplan.New(in)
	require.Empty(t, problems)
	assert.Equal(t, "pods1-b", plan.ENIConfigs[1].Subnet)
	for _, subnet := range plan.Subnets {
		if subnet.Tier == ipplan.Pods {
			assert.Equal(t, 16, subnet.CIDR.Bits())
		}
	}
}

func TestAnExistingVPC(t *testing.T) {
	t.Parallel()
	existing := func(change func(*ipplan.Existing)) ipplan.Input {
		e := &ipplan.Existing{VpcID: "vpc-0123456789abcdef0", Private: map[string]ipplan.ExistingSubnet{
			zones[0]: {ID: "subnet-0000000a", CIDR: "10.0.0.0/22", Free: new(900)},
			zones[1]: {ID: "subnet-0000000b", CIDR: "10.0.4.0/22"},
			zones[2]: {ID: "subnet-0000000c"},
		}}
		if change != nil {
			change(e)
		}
		return input(func(in *ipplan.Input) { in.Network.CIDR, in.Network.Existing = "", e })
	}
	plan, problems := ipplan.New(existing(nil))
	require.Empty(t, problems)
	has := map[string]int{}
	for _, subnet := range plan.Subnets {
		if subnet.Known {
			has[subnet.ID] = subnet.Has.Total()
		}
		// Control plane, data, internal load balancers and others share it with the nodes.
		assert.Equal(t, 6+16+2*8+16+30, subnet.Need[ipplan.Normal].Total())
	}
	assert.Equal(t, map[string]int{"subnet-0000000a": 900, "subnet-0000000b": 1019}, has, "the third is not known")
	assert.Contains(t, plan.Table(), "unknown")

	_, problems = ipplan.New(existing(func(e *ipplan.Existing) {
		e.Private[zones[0]] = ipplan.ExistingSubnet{ID: "subnet-0000000a", Free: new(10)}
	}))
	assert.Contains(t, text(problems), "network.existing.private.eu-west-1a: subnet subnet-0000000a needs 179 addresses and has 10 addresses in the middle of a rolling upgrade; name a subnet with a /24 or wider")
}
