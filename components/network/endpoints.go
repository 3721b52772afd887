package network

import (
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The named sets of endpoints.
const (
	setGateways = "gateways"
	setPrivate  = "private"
)

// gatewayServices are reached through a route and cost nothing.
var gatewayServices = []string{"dynamodb", "s3"}

// privateServices are what nodes, the CNI, the load balancer controller, the
// autoscaler, drivers and people with Session Manager call in a cluster without
// NAT; images come from ECR, whose layers are in S3.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
var privateServices = []string{
	"autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "ssm", "ssmmessages", "sts",
}

// services are the services with an endpoint, in name order.
func (s Spec) services() []string {
	chosen := map[string]bool{}
	for _, name := range s.Endpoints {
		members := []string{name}
		switch name {
		case setGateways:
			members = gatewayServices
		case setPrivate:
			members = slices.Concat(gatewayServices, privateServices)
		}
		for _, service := range members {
			chosen[service] = true
		}
	}
	return slices.Sorted(maps.Keys(chosen))
}

// InterfaceEndpoints counts the endpoints that take an address in every zone.
func (s Spec) InterfaceEndpoints() int {
	count := 0
	for _, service := range s.services() {
		if !slices.Contains(gatewayServices, service) {
			count++
		}
	}
	return count
}

func (c *Network) makeEndpoints(ctx *pulumi.Context) error {
	if c.args.InterfaceEndpoints() > 0 {
		if err := c.makeEndpointGroup(ctx); err != nil {
			return err
		}
	}
	for _, service := range c.args.services() {
		args := &ec2.VpcEndpointArgs{
			VpcId:       c.vpc.ID(),
			ServiceName: pulumi.Sprintf("com.amazonaws.%s.%s", regionOf(c.args.Zones[0]), service),
			Tags:        c.tags(c.childName(service)),
		}
		if slices.Contains(gatewayServices, service) {
			args.VpcEndpointType = pulumi.String("Gateway")
			args.RouteTableIds = c.tableIDs()
		} else {
			args.VpcEndpointType = pulumi.String("Interface")
			args.PrivateDnsEnabled = pulumi.Bool(true)
			args.SubnetIds = c.endpointSubnets()
			args.SecurityGroupIds = pulumi.StringArray{c.endpoints.ID()}
		}
		endpoint, err := ec2.NewVpcEndpoint(ctx, c.childName(service), args, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("endpoint of %s: %w", service, err)
		}
		c.egress = append(c.egress, endpoint)
	}
	return nil
}

// makeEndpointGroup lets everything in the VPC reach the interface endpoints.
func (c *Network) makeEndpointGroup(ctx *pulumi.Context) (err error) {
	name := c.childName("endpoints")
	from := pulumi.StringArray{pulumi.String(c.args.CIDR)}
	for _, key := range slices.Sorted(maps.Keys(c.args.Secondary)) {
		from = append(from, pulumi.String(c.args.Secondary[key].CIDR))
	}
	c.endpoints, err = ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		Description: pulumi.String("HTTPS from the VPC to its interface endpoints"),
		VpcId:       c.vpc.ID(),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("HTTPS from the VPC"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			CidrBlocks: from,
		}},
		Tags: c.tags(name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("security group of the endpoints: %w", err)
	}
	return nil
}

// endpointSubnets are one private subnet a zone, which is all that AWS takes: the
// one of the VPC's first range.
func (c *Network) endpointSubnets() pulumi.StringArray {
	var ids pulumi.StringArray
	for _, s := range c.of(ipplan.Private) {
		if s.Range == "cidr" {
			ids = append(ids, c.subnets[s.Name])
		}
	}
	return ids
}

func (c *Network) tableIDs() pulumi.StringArray {
	var ids pulumi.StringArray
	for _, table := range c.tables {
		ids = append(ids, table.ID())
	}
	return ids
}
