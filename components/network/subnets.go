package network

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Load balancers find their subnets by these tags.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
var roleTag = map[Tier]string{
	Public:  "kubernetes.io/role/elb",
	Private: "kubernetes.io/role/internal-elb",
}

func (c *Network) makeVpc(ctx *pulumi.Context) (err error) {
	c.vpc, err = ec2.NewVpc(ctx, c.name, &ec2.VpcArgs{
		CidrBlock: pulumi.String(c.args.CIDR),
		// EKS needs both for nodes to register and for private endpoints.
		EnableDnsHostnames: pulumi.Bool(true),
		EnableDnsSupport:   pulumi.Bool(true),
		Tags:               c.tags(c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("vpc: %w", err)
	}
	// The VPC's default group allows its members everything; emptied, nothing
	// gains by being put in it by mistake.
	_, err = ec2.NewDefaultSecurityGroup(ctx, c.name, &ec2.DefaultSecurityGroupArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.name + "-default-closed"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("default security group: %w", err)
	}
	c.gateway, err = ec2.NewInternetGateway(ctx, c.name, &ec2.InternetGatewayArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("internet gateway: %w", err)
	}
	return nil
}

func (c *Network) makeSubnets(ctx *pulumi.Context) error {
	for _, s := range c.args.Layout() {
		labels := c.tags(c.childName(s.Key()))
		labels[roleTag[s.Tier]] = pulumi.String("1")
		labels["kubernetes.io/cluster/"+c.args.ClusterName] = pulumi.String("shared")
		subnet, err := ec2.NewSubnet(ctx, c.childName(s.Key()), &ec2.SubnetArgs{
			VpcId:            c.vpc.ID(),
			AvailabilityZone: pulumi.String(s.Zone),
			CidrBlock:        pulumi.String(s.CIDR.String()),
			Tags:             labels,
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("subnet %s: %w", s.Key(), err)
		}
		c.subnets[s.Tier][s.Zone] = subnet
	}
	return nil
}

func (c *Network) childName(key string) string { return c.name + "-" + key }

func (c *Network) tags(name string) pulumi.StringMap { return tags.Named(c.args.Tags, name) }
