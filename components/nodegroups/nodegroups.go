// Package nodegroups makes the managed node groups of a cluster: one role, and a
// launch template and a node group for each name.
package nodegroups

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:nodegroups:NodeGroups"

// Args is what New needs.
type Args struct {
	// Required. The groups by name: 1 to 20 lower-case letters, digits and hyphens.
	Groups map[string]Group
	// Required. The cluster to join.
	Cluster ref.Cluster
	// Required. The network whose private subnets hold the nodes.
	Network ref.Network
	// Optional. The most pods of a node by group, from the address plan. Default
	// what EKS computes for the instance type, which knows of no custom networking.
	MaxPods map[string]int
	// Optional. Let nodes give pods IPv6 addresses. Default false.
	IPv6 bool
	// Optional. Tags of every resource, instances and volumes included. Default none.
	Tags map[string]string
}

// NodeGroups is the component.
type NodeGroups struct {
	pulumi.ResourceState

	// RoleArn is the role of every node.
	RoleArn pulumi.StringOutput `pulumi:"roleArn"`
	// Names are the groups' physical names by the names given.
	Names pulumi.StringMapOutput `pulumi:"names"`

	name        string
	args        Args
	role        *iam.Role
	attachments []pulumi.Resource
	groups      map[string]*eks.NodeGroup
}

// New makes the groups. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*NodeGroups, error) {
	if args == nil {
		return nil, errors.New("nodegroups: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &NodeGroups{name: name, args: full, groups: map[string]*eks.NodeGroup{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("nodegroups %q: %w", name, err)
	}
	if err := c.makeRole(ctx); err != nil {
		return nil, fmt.Errorf("nodegroups %q: %w", name, err)
	}
	names, groups := pulumi.StringMap{}, Expand(full.Groups)
	for _, key := range sortedKeys(groups) {
		if err := c.makeGroup(ctx, key, groups[key]); err != nil {
			return nil, fmt.Errorf("nodegroups %q: group %q: %w", name, key, err)
		}
		names[key] = c.groups[key].NodeGroupName
	}
	c.RoleArn = c.role.Arn
	c.Names = names.ToStringMapOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"roleArn": c.RoleArn, "names": c.Names})
}

// Resources are the node groups: what needs nodes depends on them.
func (c *NodeGroups) Resources() []pulumi.Resource {
	var groups []pulumi.Resource
	for _, key := range sortedKeys(c.groups) {
		groups = append(groups, c.groups[key])
	}
	return groups
}

func (a Args) withDefaults() Args {
	groups := make(map[string]Group, len(a.Groups))
	for name, group := range a.Groups {
		groups[name] = group.WithDefaults()
	}
	a.Groups, a.Tags = groups, maps.Clone(a.Tags)
	return a
}

func (a Args) validate() error {
	var list problem.List
	list.Under("groups", ValidateGroups(a.Groups))
	for _, name := range sortedKeys(a.MaxPods) {
		if _, known := a.Groups[name]; !known || a.MaxPods[name] < 1 {
			list.Addf(problem.Join("maxPods", name), "give 1 or more for a group of groups", "%d pods for group %q can't be", a.MaxPods[name], name)
		}
	}
	list.Under("groups", ValidateVersions(a.Groups, a.Cluster.Version))
	if a.Cluster.NameOutput == nil || a.Cluster.Version == "" {
		list.Add("cluster", "lacks a name or a version", "hand over a cluster's Ref()")
	}
	if len(a.Network.Private) == 0 {
		list.Add("network", "has no private subnets", "hand over a network's Ref()")
	}
	var names []string
	for _, subnet := range a.Network.Private {
		names = append(names, subnet.Name)
	}
	list.Under("groups", ValidateSubnets(a.Groups, names))
	return list.Err("nodegroups")
}

// ValidateGroups lists what is wrong with groups that have their defaults. Paths
// begin with the group's name.
func ValidateGroups(groups map[string]Group) []problem.Problem {
	var list problem.List
	if len(groups) == 0 {
		list.Add("", "there is no node group", "name one: {general: {instanceTypes: [m7i.large]}}")
	}
	for _, name := range sortedKeys(groups) {
		if !groupName.MatchString(name) {
			list.Add(name, "can't be a group's name", "use 1 to 20 lower-case letters, digits and hyphens")
		}
		list.Under(name, groups[name].Validate())
		if _, taken := groups[name+greenSuffix]; taken && groups[name].BlueGreen != nil {
			list.Addf(name+greenSuffix, "use another name", "is what the second group of %s is called", name)
		}
	}
	return list.All()
}

// ValidateVersions lists the groups whose nodes are newer than their control plane,
// or too far behind. Paths begin with the group's name.
func ValidateVersions(groups map[string]Group, controlPlane string) []problem.Problem {
	var list problem.List
	for _, name := range sortedKeys(groups) {
		upgrade.CheckSkew(&list, name+".version", controlPlane, groups[name].Version)
		if groups[name].BlueGreen != nil {
			upgrade.CheckSkew(&list, name+".blueGreen.green.version", controlPlane, groups[name].BlueGreen.Green.Version)
		}
	}
	return list.All()
}

// ValidateSubnets lists the subnets of groups that are not among a network's
// private ones. Paths begin with the group's name.
func ValidateSubnets(groups map[string]Group, private []string) []problem.Problem {
	var list problem.List
	for _, name := range sortedKeys(groups) {
		for i, subnet := range groups[name].Subnets {
			if !slices.Contains(private, subnet) {
				list.Addf(fmt.Sprintf("%s.subnets[%d]", name, i), "use some of "+strings.Join(private, ", "), "%q is not a private subnet", subnet)
			}
		}
	}
	return list.All()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// nodePolicies are what a node itself may do. Images are pulled, never pushed;
// the Systems Manager agent replaces SSH.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
var nodePolicies = []string{
	"AmazonEKSWorkerNodePolicy",
	"AmazonEKS_CNI_Policy",
	"AmazonEC2ContainerRegistryPullOnly",
	"AmazonSSMManagedInstanceCore",
}

// ipv6Policy is what the VPC CNI does for pods with IPv6 addresses: AWS has no
// managed policy for it.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html#cni-iam-role-create-ipv6-policy
const ipv6Policy = `{"Version":"2012-10-17","Statement":[` +
	`{"Effect":"Allow","Action":["ec2:AssignIpv6Addresses","ec2:DescribeInstances","ec2:DescribeTags","ec2:DescribeNetworkInterfaces","ec2:DescribeInstanceTypes"],"Resource":"*"},` +
	`{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:*:ec2:*:*:network-interface/*"}]}`

const trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (c *NodeGroups) makeRole(ctx *pulumi.Context) (err error) {
	c.role, err = iam.NewRole(ctx, c.name, &iam.RoleArgs{
		Description:      pulumi.Sprintf("Nodes of the EKS cluster %s", c.args.Cluster.Name),
		AssumeRolePolicy: pulumi.String(trustEC2),
		Tags:             tags.Named(c.args.Tags, c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("role: %w", err)
	}
	for _, policy := range nodePolicies {
		attachment, err := iam.NewRolePolicyAttachment(ctx, c.name+"-"+policy, &iam.RolePolicyAttachmentArgs{
			Role:      c.role.Name,
			PolicyArn: pulumi.Sprintf("arn:%s:iam::aws:policy/%s", c.args.Network.Partition(), policy),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("role policy %s: %w", policy, err)
		}
		c.attachments = append(c.attachments, attachment)
	}
	if c.args.IPv6 {
		policy, err := iam.NewRolePolicy(ctx, c.name+"-cni-ipv6", &iam.RolePolicyArgs{
			Role: c.role.Name, Policy: pulumi.String(ipv6Policy),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("role policy for IPv6: %w", err)
		}
		c.attachments = append(c.attachments, policy)
	}
	return nil
}
