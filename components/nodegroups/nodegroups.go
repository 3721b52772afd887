// Package nodegroups makes the managed node groups of a cluster: one role, and a
// launch template and a node group for each name.
package nodegroups

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
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
	names := pulumi.StringMap{}
	for _, key := range sortedKeys(full.Groups) {
		if err := c.makeGroup(ctx, key, full.Groups[key]); err != nil {
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
	if a.Cluster.NameOutput == nil || a.Cluster.Version == "" {
		list.Add("cluster", "lacks a name or a version", "hand over a cluster's Ref()")
	}
	if len(a.Network.PrivateSubnetIDs) == 0 {
		list.Add("network", "has no private subnets", "hand over a network's Ref()")
	}
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
	return nil
}
