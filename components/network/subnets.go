package network

import (
	"fmt"
	"net/netip"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tierTags are the tags by which others find the subnets of a tier: load
// balancers by role and cluster, Karpenter by the cluster's name, the VPC CNI by
// its role where a zone has several.
// Sources: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html,
// https://karpenter.sh/docs/concepts/nodeclasses/#specsubnetselectorterms,
// https://github.com/aws/amazon-vpc-cni-k8s#enable_subnet_discovery-v1180
func (c *Network) tierTags(tier ipplan.Tier) map[string]string {
	cluster := "kubernetes.io/cluster/" + c.args.ClusterName
	switch tier {
	case ipplan.Public:
		return map[string]string{"kubernetes.io/role/elb": "1", cluster: "shared"}
	case ipplan.Private:
		found := map[string]string{"kubernetes.io/role/internal-elb": "1", cluster: "shared", "karpenter.sh/discovery": c.args.ClusterName}
		if len(c.of(ipplan.Private)) > len(c.args.Zones) && !c.args.CNI.CustomNetworking {
			found["kubernetes.io/role/cni"] = "1"
		}
		return found
	default:
		return nil
	}
}

func (c *Network) makeSubnets(ctx *pulumi.Context) error {
	for _, s := range c.plan {
		labels := c.tags(c.childName(s.Name))
		for key, value := range c.tierTags(s.Tier) {
			labels[key] = pulumi.String(value)
		}
		args := &ec2.SubnetArgs{
			VpcId:            c.vpc.ID(),
			AvailabilityZone: pulumi.String(s.Zone),
			CidrBlock:        pulumi.String(s.CIDR.String()),
			Tags:             labels,
		}
		if number, ok := ipv6Number(s); ok && c.args.IPv6 {
			args.AssignIpv6AddressOnCreation = pulumi.Bool(true)
			args.Ipv6CidrBlock = c.ipv6Range(number)
		}
		var after []pulumi.Resource
		if association, ok := c.ranges[s.Range]; ok {
			after = append(after, association)
		}
		subnet, err := ec2.NewSubnet(ctx, c.childName(s.Name), args, pulumi.Parent(c), pulumi.DependsOn(after))
		if err != nil {
			return fmt.Errorf("subnet %s: %w", s.Name, err)
		}
		c.subnets[s.Name] = subnet.ID().ToStringOutput()
		if err := c.reserve(ctx, s, subnet); err != nil {
			return err
		}
	}
	return nil
}

// reserve keeps a subnet's blocks for prefixes, so that single addresses never
// break them apart.
func (c *Network) reserve(ctx *pulumi.Context, s ipplan.Subnet, subnet *ec2.Subnet) error {
	for _, block := range s.Reservations {
		name := fmt.Sprintf("%s-prefixes-%d", c.childName(s.Name), block.Bits())
		_, err := ec2.NewSubnetCidrReservation(ctx, name, &ec2.SubnetCidrReservationArgs{
			SubnetId:        subnet.ID(),
			CidrBlock:       pulumi.String(block.String()),
			ReservationType: pulumi.String("prefix"),
			Description:     pulumi.String("Prefixes of the VPC CNI"),
		}, pulumi.Parent(subnet))
		if err != nil {
			return fmt.Errorf("reservation of %s in subnet %s: %w", block, s.Name, err)
		}
	}
	return nil
}

// ipv6First numbers the first /64 of each tier in the VPC's /56: room for eight
// zones each, so that none moves. Secondary ranges are for IPv4 and have none.
var ipv6First = map[ipplan.Tier]byte{ipplan.Private: 0, ipplan.Public: 8, ipplan.Control: 16, ipplan.Data: 24}

// ipv6Number is the number of a subnet's /64, by its tier and its zone's letter.
func ipv6Number(s ipplan.Subnet) (byte, bool) {
	first, ok := ipv6First[s.Tier]
	return first + letterOf(s.Zone)[0] - 'a', ok && s.Range == "cidr"
}

func (c *Network) ipv6Range(number byte) pulumi.StringPtrOutput {
	return c.vpc.Ipv6CidrBlock.ApplyT(func(block string) (*string, error) {
		part, err := ipv6Part(block, number)
		return &part, err
	}).(pulumi.StringPtrOutput)
}

// ipv6Part is the n-th /64 of a /56.
func ipv6Part(block string, n byte) (string, error) {
	whole, err := netip.ParsePrefix(block)
	if err != nil || !whole.Addr().Is6() || whole.Bits() != 56 {
		return "", fmt.Errorf("the VPC's IPv6 range %q is not a /56", block)
	}
	address := whole.Addr().As16()
	address[7] = n
	return netip.PrefixFrom(netip.AddrFrom16(address), 64).String(), nil
}
