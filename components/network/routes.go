package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const everywhere = "0.0.0.0/0"

// makePublicRoutes gives the public subnets one table, with a route through the
// internet gateway.
func (c *Network) makePublicRoutes(ctx *pulumi.Context) error {
	table, err := c.makeTable(ctx, string(Public))
	if err != nil {
		return err
	}
	route, err := ec2.NewRoute(ctx, c.childName(string(Public)), &ec2.RouteArgs{
		RouteTableId:         table.ID(),
		DestinationCidrBlock: pulumi.String(everywhere),
		GatewayId:            c.gateway.ID(),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("public route: %w", err)
	}
	c.egress = append(c.egress, route)
	for _, zone := range c.args.Zones {
		if err := c.associate(ctx, Public, zone, table); err != nil {
			return err
		}
	}
	return nil
}

// makeNATs makes the NAT gateways, each in its zone's public subnet.
func (c *Network) makeNATs(ctx *pulumi.Context) error {
	for _, zone := range c.args.Zones {
		if c.args.natZone(zone) != zone {
			continue
		}
		name := c.childName("nat-" + string(zoneLetter(zone)))
		address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{
			Domain: pulumi.String("vpc"),
			Tags:   c.tags(name),
		}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.gateway}))
		if err != nil {
			return fmt.Errorf("address of the NAT gateway in %s: %w", zone, err)
		}
		c.nats[zone], err = ec2.NewNatGateway(ctx, name, &ec2.NatGatewayArgs{
			AllocationId: address.AllocationId,
			SubnetId:     c.subnets[Public][zone].ID(),
			Tags:         c.tags(name),
		}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.gateway}))
		if err != nil {
			return fmt.Errorf("NAT gateway in %s: %w", zone, err)
		}
	}
	return nil
}

// makePrivateRoutes gives each zone's private subnet a table of its own, so that
// the zone can leave through its own gateway.
func (c *Network) makePrivateRoutes(ctx *pulumi.Context) error {
	for _, zone := range c.args.Zones {
		key := Subnet{Tier: Private, Zone: zone}.Key()
		table, err := c.makeTable(ctx, key)
		if err != nil {
			return err
		}
		if nat, ok := c.nats[c.args.natZone(zone)]; ok {
			route, err := ec2.NewRoute(ctx, c.childName(key), &ec2.RouteArgs{
				RouteTableId:         table.ID(),
				DestinationCidrBlock: pulumi.String(everywhere),
				NatGatewayId:         nat.ID(),
			}, pulumi.Parent(c))
			if err != nil {
				return fmt.Errorf("route of %s: %w", key, err)
			}
			c.egress = append(c.egress, route)
		}
		if err := c.associate(ctx, Private, zone, table); err != nil {
			return err
		}
	}
	return nil
}

func (c *Network) makeTable(ctx *pulumi.Context, key string) (*ec2.RouteTable, error) {
	table, err := ec2.NewRouteTable(ctx, c.childName(key), &ec2.RouteTableArgs{
		VpcId: c.vpc.ID(),
		Tags:  c.tags(c.childName(key)),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("route table %s: %w", key, err)
	}
	return table, nil
}

func (c *Network) associate(ctx *pulumi.Context, tier Tier, zone string, table *ec2.RouteTable) error {
	key := Subnet{Tier: tier, Zone: zone}.Key()
	association, err := ec2.NewRouteTableAssociation(ctx, c.childName(key), &ec2.RouteTableAssociationArgs{
		SubnetId:     c.subnets[tier][zone].ID(),
		RouteTableId: table.ID(),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("route table association %s: %w", key, err)
	}
	c.egress = append(c.egress, association)
	return nil
}
