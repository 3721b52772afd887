package network

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Where a route leads that leaves the VPC.
const (
	everywhere     = "0.0.0.0/0"
	everywhereIPv6 = "::/0"
)

// isolated is the route table of the tiers that have no way out: the control
// plane's interfaces and the data services.
const isolated = "isolated"

// makePublicRoutes gives the public subnets one table, with routes through the
// internet gateway.
func (c *Network) makePublicRoutes(ctx *pulumi.Context) error {
	key := string(ipplan.Public)
	table, err := c.makeTable(ctx, key)
	if err != nil {
		return err
	}
	if err := c.makeRoute(ctx, key, &ec2.RouteArgs{
		RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(everywhere), GatewayId: c.gateway.ID(),
	}); err != nil {
		return err
	}
	if c.args.IPv6 {
		if err := c.makeRoute(ctx, key+"-ipv6", &ec2.RouteArgs{
			RouteTableId: table.ID(), DestinationIpv6CidrBlock: pulumi.String(everywhereIPv6), GatewayId: c.gateway.ID(),
		}); err != nil {
			return err
		}
	}
	return c.associate(ctx, table, c.of(ipplan.Public))
}

// makeNATs makes the NAT gateways, each in its zone's public subnet.
func (c *Network) makeNATs(ctx *pulumi.Context) error {
	for _, public := range c.of(ipplan.Public) {
		zone := public.Zone
		if c.args.natZone(zone) != zone {
			continue
		}
		name := c.childName("nat-" + letterOf(zone))
		address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{
			Domain: pulumi.String("vpc"),
			Tags:   c.tags(name),
		}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.gateway}))
		if err != nil {
			return fmt.Errorf("address of the NAT gateway in %s: %w", zone, err)
		}
		c.nats[zone], err = ec2.NewNatGateway(ctx, name, &ec2.NatGatewayArgs{
			AllocationId: address.AllocationId,
			SubnetId:     c.subnets[public.Name],
			Tags:         c.tags(name),
		}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.gateway}))
		if err != nil {
			return fmt.Errorf("NAT gateway in %s: %w", zone, err)
		}
	}
	return nil
}

// makePrivateRoutes gives each zone a table for its private and pods subnets, so
// that the zone can leave through its own gateway.
func (c *Network) makePrivateRoutes(ctx *pulumi.Context) error {
	for _, zone := range c.args.Zones {
		key := string(ipplan.Private) + "-" + letterOf(zone)
		table, err := c.makeTable(ctx, key)
		if err != nil {
			return err
		}
		if nat, ok := c.nats[c.args.natZone(zone)]; ok {
			if err := c.makeRoute(ctx, key, &ec2.RouteArgs{
				RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(everywhere), NatGatewayId: nat.ID(),
			}); err != nil {
				return err
			}
		}
		if c.outward != nil {
			if err := c.makeRoute(ctx, key+"-ipv6", &ec2.RouteArgs{
				RouteTableId: table.ID(), DestinationIpv6CidrBlock: pulumi.String(everywhereIPv6), EgressOnlyGatewayId: c.outward.ID(),
			}); err != nil {
				return err
			}
		}
		var subnets []ipplan.Subnet
		for _, s := range append(c.of(ipplan.Private), c.of(ipplan.Pods)...) {
			if s.Zone == zone {
				subnets = append(subnets, s)
			}
		}
		if err := c.associate(ctx, table, subnets); err != nil {
			return err
		}
	}
	return nil
}

// makeIsolatedRoutes gives the other tiers one table without a way out.
func (c *Network) makeIsolatedRoutes(ctx *pulumi.Context) error {
	table, err := c.makeTable(ctx, isolated)
	if err != nil {
		return err
	}
	return c.associate(ctx, table, append(c.of(ipplan.Control), c.of(ipplan.Data)...))
}

func (c *Network) makeTable(ctx *pulumi.Context, key string) (*ec2.RouteTable, error) {
	table, err := ec2.NewRouteTable(ctx, c.childName(key), &ec2.RouteTableArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.childName(key)),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("route table %s: %w", key, err)
	}
	c.tables = append(c.tables, table)
	return table, nil
}

func (c *Network) makeRoute(ctx *pulumi.Context, key string, args *ec2.RouteArgs) error {
	route, err := ec2.NewRoute(ctx, c.childName(key), args, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("route %s: %w", key, err)
	}
	c.egress = append(c.egress, route)
	return nil
}

func (c *Network) associate(ctx *pulumi.Context, table *ec2.RouteTable, subnets []ipplan.Subnet) error {
	for _, s := range subnets {
		association, err := ec2.NewRouteTableAssociation(ctx, c.childName(s.Name), &ec2.RouteTableAssociationArgs{
			SubnetId:     c.subnets[s.Name],
			RouteTableId: table.ID(),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("route table association %s: %w", s.Name, err)
		}
		c.egress = append(c.egress, association)
	}
	return nil
}
