package network_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func args(change func(*network.Args)) *network.Args {
	a := &network.Args{
		Spec:        network.Spec{CIDR: "10.10.0.0/16", Zones: []string{"ap-northeast-2c", "ap-northeast-2a"}},
		ClusterName: "demo",
		Tags:        map[string]string{"team": "platform"},
	}
	if change != nil {
		change(a)
	}
	return a
}

func run(t *testing.T, a *network.Args, options ...recorder.Option) *recorder.Recorder {
	t.Helper()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		n, err := network.New(ctx, "demo", a)
		if err == nil {
			assert.Equal(t, []string{"ap-northeast-2a", "ap-northeast-2c"}, n.Ref().Zones, "zones are in order")
		}
		return err
	}, options...)
	require.NoError(t, err)
	return r
}

func TestNetworkInUpdateAndPreview(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, args(nil), options...)
			assert.Len(t, r.OfType("aws:ec2/subnet:Subnet"), 4)
			assert.Len(t, r.OfType("aws:ec2/natGateway:NatGateway"), 2)
			assert.Len(t, r.OfType("aws:ec2/route:Route"), 3)
			component := r.Get(network.Token, "demo")
			require.NotNil(t, component)
			for _, res := range r.All() {
				assert.True(t, res.URN == component.URN || res.Parent == component.URN, "%s belongs to the component", res.URN)
			}
		})
	}
}

func TestSubnetsCarryTheTagsOfLoadBalancersAndTheirCluster(t *testing.T) {
	t.Parallel()
	r := run(t, args(nil))
	public := r.Get("aws:ec2/subnet:Subnet", "demo-public-a")
	private := r.Get("aws:ec2/subnet:Subnet", "demo-private-a")
	require.NotNil(t, public)
	require.NotNil(t, private)
	assert.Equal(t, map[string]any{
		"Name": "demo-public-a", "team": "platform", "kubernetes.io/role/elb": "1", "kubernetes.io/cluster/demo": "shared",
	}, public.Inputs["tags"])
	assert.Equal(t, map[string]any{
		"Name": "demo-private-a", "team": "platform", "kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/demo": "shared",
	}, private.Inputs["tags"])
	assert.NotContains(t, public.Inputs, "mapPublicIpOnLaunch", "nothing gets a public address unasked")
}

func TestWaysOut(t *testing.T) {
	t.Parallel()
	for nat, want := range map[network.NAT]struct {
		gateways int
		viaC     any
	}{
		network.NATPerZone: {2, "NatGateway:demo-nat-c"},
		network.NATSingle:  {1, "NatGateway:demo-nat-a"},
		network.NATNone:    {0, nil},
	} {
		t.Run(string(nat), func(t *testing.T) {
			t.Parallel()
			r := run(t, args(func(a *network.Args) { a.NAT = nat }))
			assert.Len(t, r.OfType("aws:ec2/natGateway:NatGateway"), want.gateways)
			assert.Len(t, r.OfType("aws:ec2/eip:Eip"), want.gateways)
			if want.viaC == nil {
				assert.Nil(t, r.Get("aws:ec2/route:Route", "demo-private-c"))
				return
			}
			assert.Equal(t, want.viaC, r.Get("aws:ec2/route:Route", "demo-private-c").Inputs["natGatewayId"])
		})
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*network.Args)
		want   []string
	}{
		"everything at once": {func(a *network.Args) {
			a.ClusterName, a.CIDR, a.NAT, a.Zones = "", "ten", "two", []string{"here"}
		}, []string{"clusterName: is empty", `cidr: "ten" is not an IPv4 range; write it as 10.0.0.0/16`,
			`nat: "two" is not known; use one of perZone, single, none`, "zones: EKS needs two zones", `"here" is not an availability zone's name`}},
		"a zone twice":         {func(a *network.Args) { a.Zones = []string{"eu-west-1a", "eu-west-1a"} }, []string{"zones: eu-west-1a is named twice; name each zone once"}},
		"two regions":          {func(a *network.Args) { a.Zones = []string{"eu-west-1a", "eu-west-2b"} }, []string{"eu-west-2b is not in eu-west-1; use zones of eu-west-1"}},
		"bits behind":          {func(a *network.Args) { a.CIDR = "10.0.1.0/16" }, []string{"10.0.1.0/16 has bits set behind the prefix; write 10.0.0.0/16"}},
		"too small":            {func(a *network.Args) { a.CIDR = "10.0.0.0/24" }, []string{"10.0.0.0/24 is a /24; use a prefix from /16 to /20"}},
		"IPv6":                 {func(a *network.Args) { a.CIDR = "fd00::/16" }, []string{`"fd00::/16" is not an IPv4 range`}},
		"a range to avoid":     {func(a *network.Args) { a.AvoidCIDRs = []string{"10.10.128.0/17"} }, []string{"cidr: 10.10.0.0/16 overlaps 10.10.128.0/17 of avoidCidrs"}},
		"a bad range to avoid": {func(a *network.Args) { a.AvoidCIDRs = []string{"office"} }, []string{`avoidCidrs: "office" is not an IPv4 range`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := network.New(ctx, "demo", args(test.change))
				return err
			})
			require.Error(t, err)
			for _, text := range test.want {
				assert.ErrorContains(t, err, text)
			}
			assert.Empty(t, r.All(), "nothing is registered")
		})
	}
}

func TestNoArgumentsIsAnError(t *testing.T) {
	t.Parallel()
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := network.New(ctx, "demo", nil)
		return err
	})
	assert.ErrorContains(t, err, "network: args are required")
}
