// Package network makes the VPC of a platform: public subnets for load
// balancers, private subnets for nodes and pods, one of each a zone, and the way
// out through NAT gateways.
package network

import (
	"errors"
	"fmt"
	"maps"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:network:Network"

// Args is what New needs.
type Args struct {
	Spec
	// Required. The name of the cluster that will live here: subnets carry it in
	// the tags by which load balancers find them.
	ClusterName string
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Network is the component. Its outputs are the ids that others refer to.
type Network struct {
	pulumi.ResourceState

	// VpcID is the VPC's id.
	VpcID pulumi.StringOutput `pulumi:"vpcId"`
	// PublicSubnetIDs are the load balancer subnets' ids by zone.
	PublicSubnetIDs pulumi.StringMapOutput `pulumi:"publicSubnetIds"`
	// PrivateSubnetIDs are the node subnets' ids by zone.
	PrivateSubnetIDs pulumi.StringMapOutput `pulumi:"privateSubnetIds"`

	name    string
	args    Args
	vpc     *ec2.Vpc
	gateway *ec2.InternetGateway
	subnets map[Tier]map[string]*ec2.Subnet
	nats    map[string]*ec2.NatGateway
	egress  []pulumi.Resource
}

// New makes a network. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Network, error) {
	if args == nil {
		return nil, errors.New("network: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &Network{name: name, args: full, subnets: map[Tier]map[string]*ec2.Subnet{Public: {}, Private: {}}, nats: map[string]*ec2.NatGateway{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context) error{c.makeVpc, c.makeSubnets, c.makePublicRoutes, c.makeNATs, c.makePrivateRoutes} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("network %q: %w", name, err)
		}
	}
	c.VpcID = c.vpc.ID().ToStringOutput()
	c.PublicSubnetIDs = c.idsOf(Public).ToStringMapOutput()
	c.PrivateSubnetIDs = c.idsOf(Private).ToStringMapOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"vpcId": c.VpcID, "publicSubnetIds": c.PublicSubnetIDs, "privateSubnetIds": c.PrivateSubnetIDs,
	})
}

// Ref is the handle by which other components use this network.
func (c *Network) Ref() ref.Network {
	return ref.Network{
		VpcID:            c.VpcID,
		Zones:            c.args.Zones,
		PublicSubnetIDs:  c.idsOf(Public),
		PrivateSubnetIDs: c.idsOf(Private),
		Egress:           c.egress,
	}
}

func (a Args) withDefaults() Args {
	a.Spec = a.Spec.WithDefaults()
	a.Tags = maps.Clone(a.Tags)
	return a
}

func (a Args) validate() error {
	var list problem.List
	if a.ClusterName == "" {
		list.Add("clusterName", "is empty", "give the name of the cluster that will live here")
	}
	list.Under("", a.Spec.Validate(""))
	return list.Err("network")
}

func (c *Network) idsOf(tier Tier) pulumi.StringMap {
	ids := pulumi.StringMap{}
	for zone, subnet := range c.subnets[tier] {
		ids[zone] = subnet.ID().ToStringOutput()
	}
	return ids
}
