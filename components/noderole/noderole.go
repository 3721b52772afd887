// Package noderole makes the IAM role of nodes for the components that make nodes:
// the role with its policies, and where EKS does not start the nodes, the instance
// profile and the access entry.
package noderole

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Args is what New needs.
type Args struct {
	// Required. What the role is for.
	Description string
	// Required. The partition of the managed policies' ARNs: aws.
	Partition string
	// Optional. The trust policy. Default EC2's: instances take the role.
	Trust string
	// Optional. The managed policies by name. Default what nodes need.
	Policies []string
	// Optional. Let nodes give pods IPv6 addresses. Default false.
	IPv6 bool
	// Optional. The type of the access entry, EC2_LINUX or EC2_WINDOWS, for nodes that EKS
	// does not start. Default none: EKS makes it.
	Entry string
	// Optional. The cluster of the access entry. Required with Entry.
	ClusterName pulumi.StringInput
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Role is a role with what its nodes need beside it.
type Role struct {
	*iam.Role
	// Profile hands the role to instances that EKS does not start; nil for others.
	Profile *iam.InstanceProfile
	// Needs are its policies, profile and access entry: no node joins without.
	Needs []pulumi.Resource
}

// policies are what a node itself may do. Images are pulled, never pushed; the
// Systems Manager agent replaces SSH.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
var policies = []string{
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

// New makes the role as a child of the component that makes its nodes.
func New(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) (*Role, error) {
	if args.Trust == "" {
		args.Trust = trustEC2
	}
	if args.Policies == nil {
		args.Policies = policies
	}
	made, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Description: pulumi.String(args.Description), AssumeRolePolicy: pulumi.String(args.Trust), Tags: tags.Named(args.Tags, name),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, err
	}
	role := &Role{Role: made}
	for _, policy := range args.Policies {
		attachment, err := iam.NewRolePolicyAttachment(ctx, name+"-"+policy, &iam.RolePolicyAttachmentArgs{
			Role:      made.Name,
			PolicyArn: pulumi.Sprintf("arn:%s:iam::aws:policy/%s", args.Partition, policy),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", policy, err)
		}
		role.Needs = append(role.Needs, attachment)
	}
	if args.IPv6 {
		policy, err := iam.NewRolePolicy(ctx, name+"-cni-ipv6", &iam.RolePolicyArgs{
			Role: made.Name, Policy: pulumi.String(ipv6Policy),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("policy for IPv6: %w", err)
		}
		role.Needs = append(role.Needs, policy)
	}
	if args.Entry == "" {
		return role, nil
	}
	return role, role.letIn(ctx, name, args, parent)
}

// letIn lets instances that EKS does not start take the role and join the cluster.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func (r *Role) letIn(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) (err error) {
	r.Profile, err = iam.NewInstanceProfile(ctx, name, &iam.InstanceProfileArgs{
		Role: r.Name, Tags: tags.Named(args.Tags, name),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("instance profile: %w", err)
	}
	entry, err := eks.NewAccessEntry(ctx, name, &eks.AccessEntryArgs{
		ClusterName:  args.ClusterName,
		PrincipalArn: r.Arn,
		Type:         pulumi.String(args.Entry),
		Tags:         tags.Named(args.Tags, name),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("access entry: %w", err)
	}
	r.Needs = append(r.Needs, r.Profile, entry)
	return nil
}
