package nodegroups

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// class is a kind of nodes that has a role of its own: an access entry has one type,
// and EKS makes the entries of what it starts by itself.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
type class struct {
	// suffix ends the names of the role and what belongs to it.
	suffix string
	// entry is the type of the access entry; empty where EKS makes it.
	entry string
}

var (
	managedLinux   = class{}
	managedWindows = class{suffix: "-windows"}
	selfLinux      = class{suffix: "-self", entry: "EC2_LINUX"}
	selfWindows    = class{suffix: "-self-windows", entry: "EC2_WINDOWS"}
	fargatePods    = class{suffix: "-fargate"}
)

// name is what the class is called in the component's outputs.
func (c class) name() string { return cmp.Or(strings.TrimPrefix(c.suffix, "-"), "managed") }

func (g Group) class() class {
	switch {
	case g.Kind == ipplan.Fargate:
		return fargatePods
	case g.Kind == ipplan.SelfManaged && g.Windows():
		return selfWindows
	case g.Kind == ipplan.SelfManaged:
		return selfLinux
	case g.Windows():
		return managedWindows
	default:
		return managedLinux
	}
}

// role is a role with what its nodes need beside it.
type role struct {
	*iam.Role
	// needs are its policies and its access entry: no node joins without.
	needs []pulumi.Resource
	// profile hands the role to instances that EKS does not start.
	profile *iam.InstanceProfile
}

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

// makeRoles makes a role for each class that a group has.
func (c *NodeGroups) makeRoles(ctx *pulumi.Context, groups map[string]Group) error {
	for _, key := range sortedKeys(groups) {
		class := groups[key].class()
		if _, made := c.roles[class]; made {
			continue
		}
		made, err := c.makeRole(ctx, class)
		if err != nil {
			return fmt.Errorf("role%s: %w", strings.ReplaceAll(class.suffix, "-", " "), err)
		}
		c.roles[class] = made
	}
	return nil
}

func (c *NodeGroups) makeRole(ctx *pulumi.Context, class class) (*role, error) {
	name, trust, policies := c.name+class.suffix, trustEC2, nodePolicies
	if class == fargatePods {
		trust, policies = c.trustFargate(), []string{"AmazonEKSFargatePodExecutionRolePolicy"}
	}
	made, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Description:      pulumi.Sprintf("Nodes of the EKS cluster %s", c.args.Cluster.Name),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	r := &role{Role: made}
	for _, policy := range policies {
		attachment, err := iam.NewRolePolicyAttachment(ctx, name+"-"+policy, &iam.RolePolicyAttachmentArgs{
			Role:      made.Name,
			PolicyArn: pulumi.Sprintf("arn:%s:iam::aws:policy/%s", c.args.Network.Partition(), policy),
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", policy, err)
		}
		r.needs = append(r.needs, attachment)
	}
	if c.args.IPv6 && class != fargatePods {
		policy, err := iam.NewRolePolicy(ctx, name+"-cni-ipv6", &iam.RolePolicyArgs{
			Role: made.Name, Policy: pulumi.String(ipv6Policy),
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("policy for IPv6: %w", err)
		}
		r.needs = append(r.needs, policy)
	}
	if class.entry == "" {
		return r, nil
	}
	return r, c.letIn(ctx, r, class)
}

// letIn lets instances that EKS does not start take the role and join the cluster.
func (c *NodeGroups) letIn(ctx *pulumi.Context, r *role, class class) (err error) {
	name := c.name + class.suffix
	r.profile, err = iam.NewInstanceProfile(ctx, name, &iam.InstanceProfileArgs{
		Role: r.Name, Tags: tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("instance profile: %w", err)
	}
	entry, err := eks.NewAccessEntry(ctx, name, &eks.AccessEntryArgs{
		ClusterName:  c.args.Cluster.NameOutput,
		PrincipalArn: r.Arn,
		Type:         pulumi.String(class.entry),
		Tags:         tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("access entry: %w", err)
	}
	r.needs = append(r.needs, entry)
	return nil
}
