package karpenter

import (
	"fmt"
	"strings"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeController makes the controller's role and hands it to its service account.
func (c *Karpenter) makeController(ctx *pulumi.Context) error {
	name := c.name + "-karpenter-controller"
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Description:      pulumi.Sprintf("Karpenter of the EKS cluster %s", c.args.Cluster.Name),
		AssumeRolePolicy: pulumi.String(c.args.trust()),
		Tags:             tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("controller role: %w", err)
	}
	c.ControllerRoleArn = role.Arn
	policy, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: pulumi.All(c.queue.Arn, c.NodeRoleArn).ApplyT(func(arns []any) string {
			scope := scopeOf(arns[0].(string))
			scope.Cluster, scope.NodeRoleArn, scope.ZonalShift = c.args.Cluster.Name, arns[1].(string), c.args.ZonalShift
			return scope.Policy()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("controller policy: %w", err)
	}
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName:    c.args.Cluster.NameOutput,
		Namespace:      pulumi.String(c.args.Namespace),
		ServiceAccount: pulumi.String(c.args.ServiceAccount),
		RoleArn:        role.Arn,
		Tags:           tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("pod identity association: %w", err)
	}
	c.needs = append(c.needs, policy, association)
	return nil
}

// scopeOf reads partition, region and account from the queue's ARN, which is of the same
// place as all else.
func scopeOf(queueArn string) Scope {
	parts := append(strings.Split(queueArn, ":"), make([]string, 5)...)
	return Scope{Partition: parts[1], Region: parts[3], Account: parts[4], QueueArn: queueArn}
}
