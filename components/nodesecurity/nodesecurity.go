// Package nodesecurity makes the security group of nodes and pods, with one set of
// rules that follows from what is installed: nodes reach each other, and the control
// plane reaches the kubelet and the webhooks, and nothing else of them.
//
// The group does not have the cluster's ownership tag. Only the one that EKS makes
// has it: load balancer controllers stop at two.
package nodesecurity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:nodesecurity:NodeSecurity"

// Args is what New needs.
type Args struct {
	Spec
	// Required. The network of the nodes.
	Network ref.Network
	// Required. The cluster that the nodes join.
	Cluster ref.Cluster
	// Optional. What is installed, by the names of add-ons and charts: it decides the
	// ports at which the control plane calls. Default nothing but the kubelet.
	Installed []string
	// Optional. There are Fargate profiles: their pods are in EKS's own group, which
	// nodes then reach, and are reached from. Default false.
	Fargate bool
	// Optional. Nodes and pods have IPv6 addresses, too. Default false.
	IPv6 bool
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// NodeSecurity is the component.
type NodeSecurity struct {
	pulumi.ResourceState

	// SecurityGroupID is the group of nodes and pods.
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`

	rules []pulumi.Resource
}

// rule is one rule of a group.
type rule struct {
	// in is the group that has the rule; from the one that it lets in.
	in, from pulumi.StringInput
	// port is the TCP port; 0 is everything.
	port int
	why  string
}

// New makes the group. It reports every problem of args at once, before anything is
// registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*NodeSecurity, error) {
	if args == nil {
		return nil, errors.New("nodesecurity: args are required")
	}
	full := *args
	full.Spec, full.Tags = args.Spec.WithDefaults(), maps.Clone(args.Tags)
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &NodeSecurity{}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("nodesecurity %q: %w", name, err)
	}
	group, err := ec2.NewSecurityGroup(ctx, name+"-nodes", &ec2.SecurityGroupArgs{
		Description: pulumi.Sprintf("Nodes and pods of the EKS cluster %s", full.Cluster.Name),
		VpcId:       full.Network.VpcID,
		Tags:        tags.Named(full.Tags, name+"-nodes"),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("nodesecurity %q: security group: %w", name, err)
	}
	c.SecurityGroupID = group.ID().ToStringOutput()
	if err := c.letOut(ctx, name, full); err != nil {
		return nil, fmt.Errorf("nodesecurity %q: way out: %w", name, err)
	}
	rules := full.rules(c.SecurityGroupID)
	for _, key := range slices.Sorted(maps.Keys(rules)) {
		made, err := vpc.NewSecurityGroupIngressRule(ctx, name+"-"+key, rules[key].args(full.Tags, name+"-"+key), pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("nodesecurity %q: rule %s: %w", name, key, err)
		}
		c.rules = append(c.rules, made)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"securityGroupId": c.SecurityGroupID})
}

// letOut lets nodes and pods reach everything: images, AWS, other services.
func (c *NodeSecurity) letOut(ctx *pulumi.Context, name string, args Args) error {
	everywhere := map[string]vpc.SecurityGroupEgressRuleArgs{"-nodes-out": {CidrIpv4: pulumi.String("0.0.0.0/0")}}
	if args.IPv6 {
		everywhere["-nodes-out-ipv6"] = vpc.SecurityGroupEgressRuleArgs{CidrIpv6: pulumi.String("::/0")}
	}
	for _, suffix := range slices.Sorted(maps.Keys(everywhere)) {
		rule := everywhere[suffix]
		rule.Description, rule.IpProtocol = pulumi.String("Nodes and pods to everywhere"), pulumi.String("-1")
		rule.SecurityGroupId, rule.Tags = c.SecurityGroupID, tags.Named(args.Tags, name+suffix)
		made, err := vpc.NewSecurityGroupEgressRule(ctx, name+suffix, &rule, pulumi.Parent(c))
		if err != nil {
			return err
		}
		c.rules = append(c.rules, made)
	}
	return nil
}

// Resources are the rules: no node joins without them.
func (c *NodeSecurity) Resources() []pulumi.Resource { return c.rules }

// rules are what is let in, by the name of the rule.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
func (a Args) rules(nodes pulumi.StringInput) map[string]rule {
	control := a.Cluster.SecurityGroupID
	rules := map[string]rule{
		"nodes-among-themselves":     {nodes, nodes, 0, "Nodes and pods among themselves"},
		"nodes-to-control-plane-443": {control, nodes, 443, "Nodes and pods to the API server"},
	}
	for _, port := range catalog.Called(a.Installed, a.WebhookPorts) {
		rules["nodes-from-control-plane-"+strconv.Itoa(port.Number)] = rule{nodes, control, port.Number, "Control plane to " + strings.Join(port.Callers, ", ")}
	}
	if a.Fargate {
		rules["nodes-from-fargate"] = rule{nodes, control, 0, "Pods on Fargate to nodes"}
		rules["nodes-to-fargate"] = rule{control, nodes, 0, "Nodes to pods on Fargate"}
	}
	return rules
}

func (r rule) args(common map[string]string, name string) *vpc.SecurityGroupIngressRuleArgs {
	args := &vpc.SecurityGroupIngressRuleArgs{
		Description: pulumi.String(r.why), SecurityGroupId: r.in, ReferencedSecurityGroupId: r.from.ToStringOutput(),
		IpProtocol: pulumi.String("-1"), Tags: tags.Named(common, name),
	}
	if r.port > 0 {
		args.IpProtocol, args.FromPort, args.ToPort = pulumi.String("tcp"), pulumi.Int(r.port), pulumi.Int(r.port)
	}
	return args
}

func (a Args) validate() error {
	var list problem.List
	list.Under("", a.Spec.Validate())
	if a.Group != GroupOwn {
		list.Add("group", "is EKS's own, so there is nothing to make", "leave this component out, or set it to own")
	}
	if a.Network.VpcID == nil {
		list.Add("network", "lacks the VPC's id", "hand over a network's Ref()")
	}
	if a.Cluster.SecurityGroupID == nil {
		list.Add("cluster", "lacks its security group", "hand over a cluster's Ref()")
	}
	return list.Err("nodesecurity")
}
