package network_test

import (
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	subnetType   = "aws:ec2/subnet:Subnet"
	routeType    = "aws:ec2/route:Route"
	endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint"
)

func args(change func(*network.Args)) *network.Args {
	a := &network.Args{
		Spec:        network.Spec{VPC: ipplan.VPC{CIDR: "10.10.0.0/16", Zones: []string{"ap-northeast-2c", "ap-northeast-2a"}}},
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
			assert.Equal(t, 2, n.Ref().Control.Zones())
			assert.Equal(t, 2, n.Ref().Private.Zones())
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
			assert.Len(t, r.OfType(subnetType), 8, "four tiers in two zones")
			assert.Len(t, r.OfType("aws:ec2/natGateway:NatGateway"), 2)
			assert.Len(t, r.OfType("aws:ec2/routeTable:RouteTable"), 4, "public, isolated and one a zone")
			assert.Len(t, r.OfType("aws:ec2/routeTableAssociation:RouteTableAssociation"), 8)
			assert.Len(t, r.OfType(routeType), 3)
			assert.Len(t, r.OfType(endpointType), 2, "the free ones")
			assert.Empty(t, r.OfType("aws:ec2/flowLog:FlowLog"))
			component := r.Get(network.Token, "demo")
			require.NotNil(t, component)
			for _, res := range r.All() {
				assert.True(t, res.URN == component.URN || res.Parent == component.URN, "%s belongs to the component", res.URN)
			}
		})
	}
}

func TestSubnetsOfEachTier(t *testing.T) {
	t.Parallel()
	r := run(t, args(nil))
	for name, want := range map[string]struct {
		cidr string
		tags map[string]any
	}{
		"demo-public-a": {"10.10.224.0/22", map[string]any{"kubernetes.io/role/elb": "1", "kubernetes.io/cluster/demo": "shared"}},
		"demo-private-c": {"10.10.64.0/19", map[string]any{
			"kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/demo": "shared", "karpenter.sh/discovery": "demo",
		}},
		"demo-control-a": {"10.10.248.0/24", map[string]any{}},
		"demo-data-c":    {"10.10.200.0/22", map[string]any{}},
	} {
		subnet := r.Get(subnetType, name)
		require.NotNil(t, subnet, name)
		want.tags["Name"], want.tags["team"] = name, "platform"
		assert.Equal(t, want.tags, subnet.Inputs["tags"], name)
		assert.Equal(t, want.cidr, subnet.Inputs["cidrBlock"], name)
		assert.NotContains(t, subnet.Inputs, "mapPublicIpOnLaunch", "nothing gets a public address unasked")
	}
}

// Only what nodes and pods need leads outside: the control plane's interfaces and
// the data services have no route out of the VPC.
func TestIsolatedSubnetsHaveNoWayOut(t *testing.T) {
	t.Parallel()
	r := run(t, args(nil))
	for _, route := range r.OfType(routeType) {
		assert.NotEqual(t, "RouteTable:demo-isolated", route.Inputs["routeTableId"])
	}
	for _, name := range []string{"demo-control-a", "demo-control-c", "demo-data-a", "demo-data-c"} {
		assert.Equal(t, "RouteTable:demo-isolated", r.Get("aws:ec2/routeTableAssociation:RouteTableAssociation", name).Inputs["routeTableId"])
	}
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
				assert.Nil(t, r.Get(routeType, "demo-private-c"))
				return
			}
			assert.Equal(t, want.viaC, r.Get(routeType, "demo-private-c").Inputs["natGatewayId"])
		})
	}
}

func TestPodsOfTheirOwnRange(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *network.Args) {
		a.CNI = ipplan.CNI{CustomNetworking: true, PrefixDelegation: true}
		a.Secondary = map[string]ipplan.Range{"pods": {CIDR: "100.64.0.0/16", Tier: ipplan.Pods}}
	}))
	added := r.Get("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "demo-pods")
	require.NotNil(t, added)
	pods := r.Get(subnetType, "demo-pods-c")
	require.NotNil(t, pods)
	assert.Equal(t, "100.64.64.0/19", pods.Inputs["cidrBlock"])
	assert.Contains(t, pods.DependsOn, added.URN, "the range is there first")
	assert.NotContains(t, pods.Inputs["tags"], "kubernetes.io/role/internal-elb", "load balancers stay out")
	assert.Equal(t, "RouteTable:demo-private-c", r.Get("aws:ec2/routeTableAssociation:RouteTableAssociation", "demo-pods-c").Inputs["routeTableId"])
	var reserved []string
	for _, reservation := range r.OfType("aws:ec2/subnetCidrReservation:SubnetCidrReservation") {
		assert.Equal(t, "prefix", reservation.Inputs["reservationType"])
		if reservation.Inputs["subnetId"] == "Subnet:demo-pods-c" {
			reserved = append(reserved, reservation.Inputs["cidrBlock"].(string))
		}
	}
	slices.Sort(reserved)
	assert.Equal(t, []string{"100.64.68.0/22", "100.64.72.0/21", "100.64.80.0/20"}, reserved, "all but the first eighth")
}

// Where a zone has several private subnets, the CNI may put pods in any.
func TestMoreRoomForNodes(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *network.Args) {
		a.Secondary = map[string]ipplan.Range{"more": {CIDR: "10.11.0.0/16", Tier: ipplan.Private}}
		a.Endpoints = []string{"sqs"}
	}))
	more := r.Get(subnetType, "demo-more-a").Inputs["tags"].(map[string]any)
	assert.Equal(t, "1", more["kubernetes.io/role/cni"])
	assert.Equal(t, "1", more["kubernetes.io/role/internal-elb"])
	endpoint := r.Get(endpointType, "demo-sqs")
	assert.Equal(t, []any{"Subnet:demo-private-a", "Subnet:demo-private-c"}, endpoint.Inputs["subnetIds"], "one subnet a zone")
	group := r.Get("aws:ec2/securityGroup:SecurityGroup", "demo-endpoints").Inputs["ingress"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"10.10.0.0/16", "10.11.0.0/16"}, group["cidrBlocks"])
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change     func(*network.Args)
		interfaces []string
		gateways   int
	}{
		"free ones unless asked": {nil, nil, 2},
		"none":                   {func(a *network.Args) { a.Endpoints = []string{} }, nil, 0},
		"one more":               {func(a *network.Args) { a.Endpoints = []string{"gateways", "sqs", "s3"} }, []string{"sqs"}, 2},
		"what a cluster without NAT needs": {func(a *network.Args) { a.NAT = network.NATNone }, []string{
			"autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "ssm", "ssmmessages", "sts",
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := args(test.change)
			r := run(t, a)
			var interfaces []string
			gateways := 0
			for _, endpoint := range r.OfType(endpointType) {
				if endpoint.Inputs["vpcEndpointType"] == "Gateway" {
					gateways++
					assert.Len(t, endpoint.Inputs["routeTableIds"], 4)
					continue
				}
				service := endpoint.Name[len("demo-"):]
				interfaces = append(interfaces, service)
				assert.Equal(t, "com.amazonaws.ap-northeast-2."+service, endpoint.Inputs["serviceName"])
				assert.Equal(t, true, endpoint.Inputs["privateDnsEnabled"])
				assert.Equal(t, []any{"SecurityGroup:demo-endpoints"}, endpoint.Inputs["securityGroupIds"])
			}
			slices.Sort(interfaces)
			assert.Equal(t, test.interfaces, interfaces)
			assert.Equal(t, test.gateways, gateways)
			assert.Equal(t, len(interfaces), a.WithDefaults().InterfaceEndpoints(), "the address plan counts them")
		})
	}
}

func TestFlowLogs(t *testing.T) {
	t.Parallel()
	const flowLog = "aws:ec2/flowLog:FlowLog"
	r := run(t, args(func(a *network.Args) { a.FlowLogs = network.FlowLogs{To: network.ToCloudWatch, RetentionDays: 30} }))
	assert.Equal(t, map[string]any{
		"vpcId": "Vpc:demo", "trafficType": "ALL", "logDestinationType": "cloud-watch-logs", "logDestination": "arn:aws:mock:::demo-flow-logs",
		"iamRoleArn": "arn:aws:mock:::demo-flow-logs", "tags": map[string]any{"Name": "demo-flow-logs", "team": "platform"},
	}, r.Get(flowLog, "demo-flow-logs").Inputs)
	group := r.Get("aws:cloudwatch/logGroup:LogGroup", "demo-flow-logs").Inputs
	assert.Equal(t, "/aws/vpc/demo/flow-logs", group["name"])
	assert.EqualValues(t, 30, group["retentionInDays"])
	assert.Equal(t, "arn:aws:mock:::demo-flow-logs", group["kmsKeyId"])
	const arn = "arn:aws:logs:ap-northeast-2:111122223333:log-group:/aws/vpc/demo/flow-logs"
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"Account","Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":"arn:aws:iam::111122223333:root"}},
		{"Sid":"Logs","Effect":"Allow","Resource":"*","Action":["kms:Encrypt*","kms:Decrypt*","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],
		 "Principal":{"Service":"logs.ap-northeast-2.amazonaws.com"},"Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"`+arn+`"}}}]}`,
		r.Get("aws:kms/key:Key", "demo-flow-logs").Inputs["policy"].(string))
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":["`+arn+`","`+arn+`:*"],
		"Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogGroups","logs:DescribeLogStreams"]}]}`,
		r.Get("aws:iam/rolePolicy:RolePolicy", "demo-flow-logs").Inputs["policy"].(string))
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"vpc-flow-logs.amazonaws.com"},
		"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}`,
		r.Get("aws:iam/role:Role", "demo-flow-logs").Inputs["assumeRolePolicy"].(string))

	r = run(t, args(func(a *network.Args) {
		a.FlowLogs = network.FlowLogs{To: network.ToS3, BucketArn: "arn:aws:s3:::log-archive/vpc", Traffic: "REJECT"}
	}))
	assert.Equal(t, map[string]any{
		"vpcId": "Vpc:demo", "trafficType": "REJECT", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::log-archive/vpc",
		"tags": map[string]any{"Name": "demo-flow-logs", "team": "platform"},
	}, r.Get(flowLog, "demo-flow-logs").Inputs)
	assert.Empty(t, r.OfType("aws:kms/key:Key"), "the bucket is somebody else's, and so is its key")
}

func TestDualStack(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *network.Args) {
		a.IPv6 = true
		a.Secondary = map[string]ipplan.Range{"pods": {CIDR: "100.64.0.0/16", Tier: ipplan.Pods}}
	}))
	assert.Equal(t, true, r.Get("aws:ec2/vpc:Vpc", "demo").Inputs["assignGeneratedIpv6CidrBlock"])
	ranges := map[any]string{}
	for _, subnet := range r.OfType(subnetType) {
		block, ok := subnet.Inputs["ipv6CidrBlock"]
		if subnet.Name == "demo-pods-a" || subnet.Name == "demo-pods-c" {
			assert.False(t, ok, "secondary ranges are for IPv4")
			continue
		}
		assert.Empty(t, ranges[block], "%s has the range of %s", subnet.Name, ranges[block])
		ranges[block] = subnet.Name
	}
	assert.Equal(t, "demo-private-a", ranges["2600:1f14:0:1200::/64"])
	assert.Equal(t, "demo-private-c", ranges["2600:1f14:0:1202::/64"])
	assert.Equal(t, "demo-public-a", ranges["2600:1f14:0:1208::/64"])
	assert.Equal(t, "EgressOnlyInternetGateway:demo", r.Get(routeType, "demo-private-a-ipv6").Inputs["egressOnlyGatewayId"])
	assert.Equal(t, "InternetGateway:demo", r.Get(routeType, "demo-public-ipv6").Inputs["gatewayId"])
}

func TestAnExistingVPCIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		n, err := network.New(ctx, "demo", &network.Args{ClusterName: "demo", Spec: network.Spec{VPC: ipplan.VPC{
			Zones: []string{"eu-west-1a", "eu-west-1b"},
			Existing: &ipplan.Existing{
				VpcID: "vpc-0123456789abcdef0",
				Private: map[string]ipplan.ExistingSubnet{
					"eu-west-1a": {ID: "subnet-0000000a", CIDR: "10.0.0.0/20"}, "eu-west-1b": {ID: "subnet-0000000b"},
				},
			},
		}}})
		if err == nil {
			handle := n.Ref()
			assert.Equal(t, handle.Private, handle.Control, "the control plane's interfaces share the private subnets")
			assert.Equal(t, handle.Private, handle.Data)
			assert.Empty(t, handle.Public)
			assert.Equal(t, pulumi.StringArray{pulumi.String("subnet-0000000a"), pulumi.String("subnet-0000000b")}, handle.Private.IDs())
		}
		return err
	})
	require.NoError(t, err)
	for _, res := range r.All() {
		if res.Custom {
			assert.Equal(t, "aws:ec2/tag:Tag", res.Type, "nothing is made but tags")
		}
	}
	tag := r.Get("aws:ec2/tag:Tag", "demo-private-a-karpenter.sh/discovery")
	require.NotNil(t, tag)
	assert.Equal(t, map[string]any{"resourceId": "subnet-0000000a", "key": "karpenter.sh/discovery", "value": "demo"}, tag.Inputs)
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	existing := &ipplan.Existing{VpcID: "vpc-0123456789abcdef0", Private: map[string]ipplan.ExistingSubnet{
		"ap-northeast-2a": {ID: "subnet-0000000a"}, "ap-northeast-2c": {ID: "subnet-0000000c"},
	}}
	for name, test := range map[string]struct {
		change func(*network.Args)
		want   []string
	}{
		"everything at once": {func(a *network.Args) {
			a.ClusterName, a.CIDR, a.NAT, a.Zones, a.CNI.WarmIPTarget = "", "ten", "two", []string{"here"}, new(0)
		}, []string{"clusterName: is empty", `cidr: "ten" is not an IPv4 range; write it as 10.0.0.0/16`,
			`nat: "two" is not known; use one of perZone, single, none`, "zones: EKS needs two zones", `"here" is not an availability zone's name`,
			"cni.warmIpTarget: 0 is out of range"}},
		"no way to images": {func(a *network.Args) {
			a.NAT, a.Endpoints = network.NATNone, []string{"gateways", "ecr.api", "ecr.dkr"}
		},
			[]string{"endpoints: without NAT nodes can't reach autoscaling, ec2, eks, eks-auth, elasticloadbalancing, kms, logs, ssm, ssmmessages, sts; add private, or use another nat"}},
		"endpoint's name":   {func(a *network.Args) { a.Endpoints = []string{"gateways", "S3!"} }, []string{`endpoints[1]: "S3!" can't be an endpoint`}},
		"flow logs nowhere": {func(a *network.Args) { a.FlowLogs.To = "kinesis" }, []string{`flowLogs.to: "kinesis" is not known; use one of cloudWatch, s3, none`}},
		"no bucket":         {func(a *network.Args) { a.FlowLogs.To = "s3" }, []string{`flowLogs.bucketArn: "" is not a bucket's ARN; write it as arn:aws:s3:::log-archive`}},
		"idle bucket":       {func(a *network.Args) { a.FlowLogs.BucketArn = "arn:aws:s3:::log-archive" }, []string{"flowLogs.bucketArn: has no effect with to: none"}},
		"retention":         {func(a *network.Args) { a.FlowLogs = network.FlowLogs{To: "cloudWatch", RetentionDays: 31} }, []string{"flowLogs.retentionDays: 31 is not one"}},
		"traffic":           {func(a *network.Args) { a.FlowLogs.Traffic = "SOME" }, []string{`flowLogs.traffic: "SOME" is not known`}},
		"what an existing VPC can't have": {func(a *network.Args) {
			a.CIDR, a.Existing, a.NAT, a.Endpoints, a.IPv6, a.FlowLogs.To = "", existing, "single", []string{"private"}, true, "s3"
		}, []string{"nat: is for a VPC that the platform makes", "endpoints: is for a VPC", "flowLogs: is for a VPC", "ipv6: is for a VPC"}},
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
