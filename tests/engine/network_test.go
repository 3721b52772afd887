package engine_test

import (
	"context"
	"testing"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changed is the stack's program with a changed configuration, as it is when the
// program runs.
func changed(change func(*stacks.Config)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg, err := stacks.Load(ctx)
		if err != nil {
			return err
		}
		change(cfg)
		cfg.Charts = noCharts
		platform, err := stacks.New(ctx, cfg)
		if err == nil {
			platform.Export(ctx)
		}
		return err
	}
}

// What is added to a running stack, a zone, a range and a group, replaces nothing.
func TestAddingToARunningStackReplacesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	change := func(*stacks.Config) {}
	r := open(t, "dev", changed(func(c *stacks.Config) { change(c) }))
	_, err := r.Up(ctx)
	require.NoError(t, err)

	grow := func(c *stacks.Config) {
		c.Network.Zones = append(c.Network.Zones, "ap-northeast-2b")
		c.Network.Secondary = map[string]ipplan.Range{"more": {CIDR: "10.11.0.0/16", Tier: ipplan.Private}}
		c.NodeGroups["batch"] = nodegroups.Group{InstanceTypes: []string{"m7i.large"}}.WithDefaults()
	}
	change = grow
	_, err = r.Up(ctx)
	require.Error(t, err)
	require.Contains(t, r.output.String(), "But the exact set of AZs 'ap-northeast-2a,ap-northeast-2c' must be provided", "as EKS answers")

	change = func(c *stacks.Config) {
		grow(c)
		c.Cluster.Zones = []string{"ap-northeast-2a", "ap-northeast-2c"}
		general := c.NodeGroups["general"]
		general.Subnets = []string{"private-a", "private-c"}
		c.NodeGroups["general"] = general
	}
	preview, err := r.Preview(ctx)
	require.NoError(t, err)
	operations := map[string]int{}
	for _, res := range preview.Plan {
		operations[res.Operation]++
		assert.Contains(t, []string{"same", "create", "update"}, res.Operation, res.URN)
		if res.Type == "aws:eks/cluster:Cluster" {
			assert.Equal(t, "same", res.Operation, "the control plane stays as it is")
		}
	}
	assert.NotZero(t, operations["create"])
	_, err = r.Up(ctx)
	require.NoError(t, err)
	require.NoError(t, r.Destroy(ctx))
	assert.Empty(t, r.world(t, "dev"), "nothing is left over")
}

// A dual-stack VPC without NAT: pods with IPv6 addresses, AWS through endpoints only.
func TestPrivateDualStackNetwork(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := open(t, "dev", changed(func(c *stacks.Config) {
		c.CNI.PrefixDelegation, c.CNI.IPv6, c.Network.IPv6 = false, true, true
		c.Network.NAT, c.Network.Endpoints = network.NATNone, []string{"private"}
		c.Cluster.IdentityProvider = new(cluster.IdentityProvider{IssuerURL: "https://login.example.com", ClientID: "kubernetes"}.WithDefaults())
		c.Network.FlowLogs = network.FlowLogs{To: network.ToS3, BucketArn: "arn:aws:s3:::log-archive"}
	}))
	_, err := r.Up(ctx)
	require.NoError(t, err)
	held := r.world(t, "dev")
	assert.Contains(t, held, "aws:ec2/vpcEndpoint:VpcEndpoint eks-platform-dev-ecr.dkr")
	assert.Contains(t, held, "aws:ec2/flowLog:FlowLog eks-platform-dev-flow-logs")
	assert.NotContains(t, held, "aws:ec2/natGateway:NatGateway eks-platform-dev-nat-a")
	preview, err := r.Preview(ctx)
	require.NoError(t, err)
	for _, res := range preview.Plan {
		assert.Equal(t, "same", res.Operation, res.URN)
	}
	require.NoError(t, r.Destroy(ctx))
	assert.Empty(t, r.world(t, "dev"), "nothing is left over")
}

// A VPC that exists is planned with tags on its subnets, and with nothing else.
func TestPreviewInAnExistingVPC(t *testing.T) {
	t.Parallel()
	r := open(t, "dev", changed(func(c *stacks.Config) {
		c.Network = network.Spec{VPC: ipplan.VPC{Zones: c.Network.Zones, Existing: &ipplan.Existing{
			VpcID: "vpc-0123456789abcdef0",
			Private: map[string]ipplan.ExistingSubnet{
				"ap-northeast-2a": {ID: "subnet-0123456789abcdefa", Free: new(4000)}, "ap-northeast-2c": {ID: "subnet-0123456789abcdefc"},
			},
		}}}.WithDefaults()
	}))
	preview, err := r.Preview(context.Background())
	require.NoError(t, err)
	tags := 0
	for _, res := range preview.Plan {
		if res.Type == "aws:ec2/tag:Tag" {
			tags++
		}
		assert.NotContains(t, []string{"aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable"}, res.Type)
	}
	assert.Equal(t, 6, tags, "role, cluster and Karpenter on two subnets")
	group := find(t, preview.Plan, "aws:eks/nodeGroup:NodeGroup", "eks-platform-dev-general")
	assert.Equal(t, []any{"subnet-0123456789abcdefa", "subnet-0123456789abcdefc"}, group.Inputs["subnetIds"])
}
