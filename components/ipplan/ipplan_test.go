package ipplan_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var zones = []string{"eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d", "eu-west-1e", "eu-west-1f"}

// input is a plan of three zones and one group, changed. With custom networking
// it has a range for pods.
func input(change func(*ipplan.Input)) ipplan.Input {
	in := ipplan.Input{
		Network:    ipplan.VPC{CIDR: "10.0.0.0/16", Zones: zones[:3]},
		NodeGroups: map[string]ipplan.Group{"general": {InstanceTypes: []string{"m5.large"}, Min: 3, Max: 6}},
	}
	if change != nil {
		change(&in)
	}
	if in.CNI.CustomNetworking && in.Network.Secondary == nil && in.Network.Existing == nil {
		in.Network.Secondary = map[string]ipplan.Range{"pods": {CIDR: "100.64.0.0/16", Tier: ipplan.Pods}}
	}
	return in
}

func text(problems []problem.Problem) string {
	if err := problem.Error("plan", problems); err != nil {
		return err.Error()
	}
	return ""
}

// The example that docs/address-plan.md works through.
func TestNeedInEverySituationByHand(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(example())
	require.Empty(t, problems)
	group := plan.Groups["general"]
	assert.Equal(t, ipplan.GroupPlan{
		MaxPods: 29, DecidedBy: "m5.large", ForApplications: 26, Private: ipplan.Amount{Addresses: 30},
		Nodes: map[ipplan.Situation]int{ipplan.Normal: 3, ipplan.Maximum: 9, ipplan.Rolling: 15, ipplan.BlueGreen: 18},
	}, group)
	need := map[ipplan.Tier]map[ipplan.Situation]int{}
	for _, subnet := range plan.Subnets {
		if strings.HasSuffix(subnet.Name, "-a") {
			need[subnet.Tier] = map[ipplan.Situation]int{}
			for _, when := range ipplan.Situations {
				need[subnet.Tier][when] = subnet.Need[when].Total()
				assert.Equal(t, subnet.Has.Total()-subnet.Need[when].Total(), subnet.Free[when].Total())
			}
		}
	}
	const besides = 2*8 + 2 + 16 // internal load balancers, endpoints, others
	assert.Equal(t, map[ipplan.Tier]map[ipplan.Situation]int{
		ipplan.Private: {ipplan.Normal: 30 + besides, ipplan.Maximum: 3*30 + besides, ipplan.Rolling: 5*30 + besides, ipplan.BlueGreen: 6*30 + besides},
		ipplan.Public:  {ipplan.Normal: 17, ipplan.Maximum: 17, ipplan.Rolling: 17, ipplan.BlueGreen: 17},
		ipplan.Control: {ipplan.Normal: 6, ipplan.Maximum: 6, ipplan.Rolling: 11, ipplan.BlueGreen: 11},
		ipplan.Data:    {ipplan.Normal: 16, ipplan.Maximum: 16, ipplan.Rolling: 16, ipplan.BlueGreen: 16},
	}, need)
}

func TestNodesOfAnUpgrade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		group              ipplan.Group
		rolling, blueGreen int
	}{
		"EKS starts two nodes a zone":       {ipplan.Group{Max: 10}, 16, 20},
		"or as many as may be unavailable":  {ipplan.Group{Max: 100, MaxUnavailable: 33}, 133, 200},
		"fewer where the group has a zone":  {ipplan.Group{Max: 10, Zones: zones[:1]}, 12, 20},
		"a self-managed group one":          {ipplan.Group{Max: 10, Kind: ipplan.SelfManaged}, 11, 20},
		"or what it says":                   {ipplan.Group{Max: 10, Surge: new(0)}, 10, 20},
		"Fargate replaces pods in no order": {ipplan.Group{Max: 10, Kind: ipplan.Fargate}, 10, 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.group.Kind != ipplan.Fargate {
				test.group.InstanceTypes = []string{"m5.large"}
			}
			plan, problems := ipplan.New(input(func(in *ipplan.Input) { in.NodeGroups["general"] = test.group }))
			require.Empty(t, problems)
			assert.Equal(t, test.rolling, plan.Groups["general"].Nodes[ipplan.Rolling])
			assert.Equal(t, test.blueGreen, plan.Groups["general"].Nodes[ipplan.BlueGreen])
		})
	}
}

func TestENIConfigs(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(input(func(in *ipplan.Input) { in.CNI = custom }))
	require.Empty(t, problems)
	assert.Equal(t, []ipplan.ENIConfig{
		{Name: "eu-west-1a", Subnet: "pods-a"}, {Name: "eu-west-1b", Subnet: "pods-b"}, {Name: "eu-west-1c", Subnet: "pods-c"},
	}, plan.ENIConfigs)
	plan, problems = ipplan.New(input(nil))
	require.Empty(t, problems)
	assert.Empty(t, plan.ENIConfigs, "only with custom networking")
}

// For every size of VPC and set of zones: nothing overlaps, nothing leaves its
// range, nothing is smaller than AWS allows, and neither a zone, a tier, a range
// nor a group that is added moves a subnet.
func TestNothingThatIsAddedMovesASubnet(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, cidr := range []string{"10.0.0.0/16", "10.64.128.0/17", "172.16.64.0/18", "192.168.96.0/19", "10.255.240.0/20"} {
		more := map[string]ipplan.Range{
			"pods":   {CIDR: "100.64.0.0/16", Tier: ipplan.Pods},
			"more":   {CIDR: "100.65.16.0/20", Tier: ipplan.Private},
			"single": {CIDR: "100.65.32.0/23", Tier: ipplan.Private, Zone: zones[0]},
		}
		full := ranges(t, ipplan.VPC{CIDR: cidr, Zones: zones, Secondary: more}, ipplan.CNI{}, nil)
		for range 200 {
			some := ipplan.VPC{CIDR: cidr, Zones: pick(random, zones, 2), Secondary: map[string]ipplan.Range{}}
			for name, r := range more {
				if r.Zone != "" {
					r.Zone = some.Zones[0]
				}
				if random.IntN(2) == 0 && (r.Zone == "" || r.Zone == zones[0]) {
					some.Secondary[name] = r
				}
			}
			groups := map[string]ipplan.Group{}
			for i := range random.IntN(4) {
				groups[fmt.Sprint("g", i)] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 1 + random.IntN(50)}
			}
			for name, one := range ranges(t, some, ipplan.CNI{PrefixDelegation: random.IntN(2) == 0}, groups) {
				assert.Equal(t, full[name], one, "%s moved", name)
			}
		}
	}
}

// ranges plans and checks what holds of every plan.
func ranges(t *testing.T, network ipplan.VPC, cni ipplan.CNI, groups map[string]ipplan.Group) map[string]netip.Prefix {
	t.Helper()
	plan, problems := ipplan.New(ipplan.Input{Network: network, CNI: cni, NodeGroups: groups})
	require.NotNil(t, plan, text(problems))
	sound(t, network, plan)
	byName := map[string]netip.Prefix{}
	for _, subnet := range plan.Subnets {
		byName[subnet.Name] = subnet.CIDR
	}
	return byName
}

// sound checks that no subnets overlap, and that each lies in its range and is no
// smaller than AWS allows.
func sound(t *testing.T, network ipplan.VPC, plan *ipplan.Plan) {
	t.Helper()
	whole := map[string]netip.Prefix{"cidr": netip.MustParsePrefix(network.CIDR)}
	for name, secondary := range network.Secondary {
		whole["secondary."+name] = netip.MustParsePrefix(secondary.CIDR)
	}
	names := map[string]bool{}
	for i, one := range plan.Subnets {
		assert.False(t, names[one.Name], "%s twice", one.Name)
		names[one.Name] = true
		in := whole[one.Range]
		assert.True(t, in.Contains(one.CIDR.Addr()) && one.CIDR.Bits() >= in.Bits() && one.CIDR == one.CIDR.Masked(), "%s is not in %s", one.CIDR, in)
		assert.LessOrEqual(t, one.CIDR.Bits(), 28, "AWS refuses %s", one.CIDR)
		for _, other := range plan.Subnets[i+1:] {
			assert.False(t, one.CIDR.Overlaps(other.CIDR), "%s %s overlaps %s %s", one.Name, one.CIDR, other.Name, other.CIDR)
		}
		for _, reservation := range one.Reservations {
			assert.True(t, one.CIDR.Contains(reservation.Addr()) && reservation.Bits() > one.CIDR.Bits())
		}
	}
}

func pick(random *rand.Rand, from []string, least int) []string {
	shuffled := append([]string{}, from...)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled[:least+random.IntN(len(from)-least+1)]
}

func TestTableShowsWhatAReviewerAsks(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(input(func(in *ipplan.Input) {
		in.CNI = both
		in.Network.CIDR = "172.17.0.0/16"
		in.NodeGroups["pods"] = ipplan.Group{Kind: ipplan.Fargate, Max: 4}
	}))
	require.Empty(t, problems)
	table := plan.Table()
	for _, want := range []string{
		"subnet", "172.17.0.0/19", "pods-a", "100.64.0.0/19", "blue/green", "free is what the worst of normal, maximum, rolling leaves",
		"m5.large", "110", "1 + 129 for pods", "fargate", "ENIConfig eu-west-1a: pods of that zone's nodes are in pods-a",
		"warning: network.cidr: 172.17.0.0/16 overlaps 172.17.0.0/16, the bridge of Docker",
	} {
		assert.Contains(t, table, want)
	}
	assert.NotContains(t, table, "DOES NOT FIT")
}

func BenchmarkPlan(b *testing.B) {
	for _, groups := range []int{15, 60, 240} {
		in := input(func(in *ipplan.Input) {
			in.Network.Zones, in.CNI = zones, both
			for i := range groups {
				in.NodeGroups[fmt.Sprint("group-", i)] = ipplan.Group{InstanceTypes: []string{"m5.large", "m5a.large", "m6i.large"}, Max: 1}
			}
		})
		b.Run(fmt.Sprintf("6 zones, %d groups", groups), func(b *testing.B) {
			for b.Loop() {
				if plan, _ := ipplan.New(in); plan == nil {
					b.Fatal("no plan")
				}
			}
		})
	}
}
