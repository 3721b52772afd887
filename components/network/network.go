// Package network makes the VPC of a platform: subnets of every tier and zone as
// the address plan cuts them, ways out, endpoints of AWS services and flow logs.
// Or it takes a VPC that exists.
package network

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:network:Network"

// Args is what New needs.
type Args struct {
	Spec
	// Required. The name of the cluster that will live here: subnets carry it in
	// the tags by which load balancers and Karpenter find them.
	ClusterName string
	// Optional. How pods will get addresses: subnets that give prefixes keep room
	// for them. Default secondary addresses.
	CNI ipplan.CNI
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Network is the component. Its outputs are the ids that others refer to, those
// of subnets by name, such as private-a.
type Network struct {
	pulumi.ResourceState

	// VpcID is the VPC's id.
	VpcID pulumi.StringOutput `pulumi:"vpcId"`
	// ControlSubnetIDs are the subnets of the control plane's interfaces.
	ControlSubnetIDs pulumi.StringMapOutput `pulumi:"controlSubnetIds"`
	// PublicSubnetIDs are the load balancers' subnets.
	PublicSubnetIDs pulumi.StringMapOutput `pulumi:"publicSubnetIds"`
	// PrivateSubnetIDs are the nodes' subnets.
	PrivateSubnetIDs pulumi.StringMapOutput `pulumi:"privateSubnetIds"`
	// PodSubnetIDs are the pods' subnets, with custom networking.
	PodSubnetIDs pulumi.StringMapOutput `pulumi:"podSubnetIds"`
	// DataSubnetIDs are the data services' subnets.
	DataSubnetIDs pulumi.StringMapOutput `pulumi:"dataSubnetIds"`

	name      string
	args      Args
	plan      []ipplan.Subnet
	vpc       *ec2.Vpc
	ranges    map[string]pulumi.Resource
	gateway   *ec2.InternetGateway
	outward   *ec2.EgressOnlyInternetGateway
	subnets   map[string]pulumi.StringInput
	nats      map[string]*ec2.NatGateway
	tables    []*ec2.RouteTable
	endpoints *ec2.SecurityGroup
	egress    []pulumi.Resource
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
	c := &Network{
		name: name, args: full, plan: full.Subnets(full.CNI),
		ranges: map[string]pulumi.Resource{}, subnets: map[string]pulumi.StringInput{}, nats: map[string]*ec2.NatGateway{},
	}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	for _, step := range c.steps() {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("network %q: %w", name, err)
		}
	}
	c.ControlSubnetIDs, c.PublicSubnetIDs = c.idsOf(ipplan.Control), c.idsOf(ipplan.Public)
	c.PrivateSubnetIDs, c.PodSubnetIDs, c.DataSubnetIDs = c.idsOf(ipplan.Private), c.idsOf(ipplan.Pods), c.idsOf(ipplan.Data)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"vpcId": c.VpcID, "controlSubnetIds": c.ControlSubnetIDs, "publicSubnetIds": c.PublicSubnetIDs,
		"privateSubnetIds": c.PrivateSubnetIDs, "podSubnetIds": c.PodSubnetIDs, "dataSubnetIds": c.DataSubnetIDs,
	})
}

// steps are what is made, in order.
func (c *Network) steps() []func(*pulumi.Context) error {
	if c.args.Existing != nil {
		return []func(*pulumi.Context) error{c.adopt}
	}
	return []func(*pulumi.Context) error{
		c.makeVpc, c.makeRanges, c.makeGateways, c.makeSubnets, c.makePublicRoutes, c.makeNATs, c.makePrivateRoutes,
		c.makeIsolatedRoutes, c.makeEndpoints, c.makeFlowLogs,
	}
}

// Ref is the handle by which other components use this network.
func (c *Network) Ref() ref.Network {
	handle := ref.Network{
		VpcID:   c.VpcID,
		Zones:   c.args.Zones,
		Control: c.refs(ipplan.Control), Public: c.refs(ipplan.Public), Private: c.refs(ipplan.Private),
		Pods: c.refs(ipplan.Pods), Data: c.refs(ipplan.Data),
		Egress: c.egress,
	}
	if len(handle.Control) == 0 {
		handle.Control = handle.Private
	}
	if len(handle.Data) == 0 {
		handle.Data = handle.Private
	}
	return handle
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
	list.Under("cni", a.CNI.WithDefaults().Validate())
	return list.Err("network")
}

// of are the subnets of a tier, in name order.
func (c *Network) of(tier ipplan.Tier) []ipplan.Subnet {
	var found []ipplan.Subnet
	for _, subnet := range c.plan {
		if subnet.Tier == tier {
			found = append(found, subnet)
		}
	}
	slices.SortFunc(found, func(a, b ipplan.Subnet) int { return strings.Compare(a.Name, b.Name) })
	return found
}

func (c *Network) refs(tier ipplan.Tier) ref.Subnets {
	var subnets ref.Subnets
	for _, s := range c.of(tier) {
		subnets = append(subnets, ref.Subnet{Name: s.Name, Zone: s.Zone, ID: c.subnets[s.Name]})
	}
	return subnets
}

func (c *Network) idsOf(tier ipplan.Tier) pulumi.StringMapOutput {
	ids := pulumi.StringMap{}
	for _, s := range c.of(tier) {
		ids[s.Name] = c.subnets[s.Name]
	}
	return ids.ToStringMapOutput()
}

func (c *Network) childName(key string) string { return c.name + "-" + key }

func (c *Network) tags(name string) pulumi.StringMap { return tags.Named(c.args.Tags, name) }
