package network

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (c *Network) makeVpc(ctx *pulumi.Context) (err error) {
	c.vpc, err = ec2.NewVpc(ctx, c.name, &ec2.VpcArgs{
		CidrBlock: pulumi.String(c.args.CIDR),
		// EKS needs both for nodes to register and for private endpoints.
		EnableDnsHostnames:           pulumi.Bool(true),
		EnableDnsSupport:             pulumi.Bool(true),
		AssignGeneratedIpv6CidrBlock: optional(c.args.IPv6),
		Tags:                         c.tags(c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("vpc: %w", err)
	}
	c.VpcID = c.vpc.ID().ToStringOutput()
	// The VPC's default group allows its members everything; emptied, nothing
	// gains by being put in it by mistake.
	_, err = ec2.NewDefaultSecurityGroup(ctx, c.name, &ec2.DefaultSecurityGroupArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.name + "-default-closed"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("default security group: %w", err)
	}
	return nil
}

// optional sets a switch only where it is on, so that a plan shows what was asked for.
func optional(on bool) pulumi.BoolPtrInput {
	if !on {
		return nil
	}
	return pulumi.Bool(true)
}

// makeRanges adds the secondary ranges to the VPC.
func (c *Network) makeRanges(ctx *pulumi.Context) error {
	for _, name := range slices.Sorted(maps.Keys(c.args.Secondary)) {
		association, err := ec2.NewVpcIpv4CidrBlockAssociation(ctx, c.childName(name), &ec2.VpcIpv4CidrBlockAssociationArgs{
			VpcId:     c.vpc.ID(),
			CidrBlock: pulumi.String(c.args.Secondary[name].CIDR),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("range %q: %w", name, err)
		}
		c.ranges["secondary."+name] = association
	}
	return nil
}

// makeGateways makes the ways to the internet: one both ways for public subnets,
// and with IPv6, where nothing translates addresses, one outwards for the others.
func (c *Network) makeGateways(ctx *pulumi.Context) (err error) {
	c.gateway, err = ec2.NewInternetGateway(ctx, c.name, &ec2.InternetGatewayArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("internet gateway: %w", err)
	}
	if !c.args.IPv6 || c.args.NAT == NATNone {
		return nil
	}
	c.outward, err = ec2.NewEgressOnlyInternetGateway(ctx, c.name, &ec2.EgressOnlyInternetGatewayArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("egress-only internet gateway: %w", err)
	}
	return nil
}
