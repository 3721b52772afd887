package karpenter

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/noderole"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeNodeRole makes the role of the nodes: one of their own, so that the controller can
// hand out this role and no other.
func (c *Karpenter) makeNodeRole(ctx *pulumi.Context) error {
	role, err := noderole.New(ctx, c.name+"-karpenter-node", noderole.Args{
		Description: "Nodes that Karpenter makes for the EKS cluster " + c.args.Cluster.Name, Partition: c.args.Network.Partition(),
		IPv6: c.args.IPv6, Entry: "EC2_LINUX", ClusterName: c.args.Cluster.NameOutput, Tags: c.args.Tags,
	}, c)
	if err != nil {
		return fmt.Errorf("node role: %w", err)
	}
	c.NodeRoleArn, c.InstanceProfile, c.needs = role.Arn, role.Profile.Name, role.Needs
	return nil
}
