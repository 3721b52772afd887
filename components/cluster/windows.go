package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// allowWindows lets the control plane give addresses to pods on Windows nodes, which
// have no CNI of their own that could.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
func (c *Cluster) allowWindows(ctx *pulumi.Context) error {
	if !c.args.Windows {
		return nil
	}
	role := c.control.EksCluster.RoleArn().ApplyT(func(arn string) string {
		return arn[strings.LastIndex(arn, "/")+1:]
	}).(pulumi.StringOutput)
	_, err := iam.NewRolePolicyAttachment(ctx, c.name+"-windows", &iam.RolePolicyAttachmentArgs{
		Role:      role,
		PolicyArn: pulumi.Sprintf("arn:%s:iam::aws:policy/AmazonEKSVPCResourceController", c.args.Network.Partition()),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("role policy for Windows: %w", err)
	}
	return nil
}
