package ref

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Subnet is one subnet of a network.
type Subnet struct {
	// Name names it in its network: the tier and the zone's letter, "private-a".
	Name string
	// Zone is its availability zone.
	Zone string
	// ID is its id.
	ID pulumi.StringInput
}

// Subnets are the subnets of a tier, in the order of their names.
type Subnets []Subnet

// IDs lists the subnets' ids.
func (s Subnets) IDs() pulumi.StringArray {
	ids := make(pulumi.StringArray, 0, len(s))
	for _, subnet := range s {
		ids = append(ids, subnet.ID)
	}
	return ids
}

// Zones counts the zones that have a subnet.
func (s Subnets) Zones() int {
	zones := map[string]bool{}
	for _, subnet := range s {
		zones[subnet.Zone] = true
	}
	return len(zones)
}

// Network is what others need to know of a VPC.
type Network struct {
	// VpcID is the VPC's id.
	VpcID pulumi.StringInput
	// Zones are the availability zones in use, in name order.
	Zones []string
	// Control are the subnets for the control plane's interfaces.
	Control Subnets
	// Public are the subnets for internet-facing load balancers; there may be none.
	Public Subnets
	// Private are the subnets for nodes, and for pods without custom networking.
	Private Subnets
	// Pods are the subnets for pods under custom networking; there may be none.
	Pods Subnets
	// Data are the subnets for databases, brokers and caches.
	Data Subnets
	// Egress are the resources without which a private subnet has no way out
	// (NAT gateways, routes, endpoints): what needs it depends on them.
	Egress []pulumi.Resource
}

// Partition is the AWS partition of the network's region, as ARNs begin with it.
func (n Network) Partition() string {
	if len(n.Zones) == 0 {
		return PartitionOf("")
	}
	return PartitionOf(n.Zones[0])
}

// PartitionOf is the AWS partition of a region or zone.
func PartitionOf(region string) string {
	for prefix, partition := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov"} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}
