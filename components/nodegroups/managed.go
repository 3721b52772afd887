package nodegroups

import (
	"fmt"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeManaged makes a group that EKS manages, and its launch template. EKS prefixes
// the group's name with a unique one, so a group that must be replaced is made before
// the old one goes.
func (c *NodeGroups) makeManaged(ctx *pulumi.Context, key string, group Group) (pulumi.Resource, pulumi.StringOutput, error) {
	template, err := c.makeTemplate(ctx, key, group)
	if err != nil {
		return nil, pulumi.StringOutput{}, err
	}
	role := c.roles[group.class()]
	args := &eks.NodeGroupArgs{
		ClusterName:         c.args.Cluster.NameOutput,
		NodeGroupNamePrefix: pulumi.String(key + "-"),
		NodeRoleArn:         role.Arn,
		SubnetIds:           group.subnets(c.args.Network.Private).IDs(),
		CapacityType:        pulumi.String(group.CapacityType),
		InstanceTypes:       pulumi.ToStringArray(group.InstanceTypes),
		LaunchTemplate: eks.NodeGroupLaunchTemplateArgs{
			Id:      template.ID(),
			Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		ScalingConfig: eks.NodeGroupScalingConfigArgs{
			MinSize:     pulumi.Int(*group.Min),
			MaxSize:     pulumi.Int(*group.Max),
			DesiredSize: pulumi.Int(*group.Desired),
		},
		UpdateConfig: eks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(group.MaxUnavailablePercent)},
		Labels:       pulumi.ToStringMap(group.Labels),
		Taints:       group.managedTaints(),
		Tags:         tags.Named(c.args.Tags, c.args.Cluster.Name+"-"+key),
	}
	// An image of one's own has its version and its release in itself: EKS takes neither.
	if group.AMIID == "" {
		args.AmiType, args.Version = pulumi.String(group.AMIType), pulumi.String(c.minor(group))
	}
	if group.AMIRelease != "" {
		args.ReleaseVersion = pulumi.String(group.AMIRelease)
	}
	made, err := eks.NewNodeGroup(ctx, c.name+"-"+key, args, pulumi.Parent(c),
		pulumi.DependsOn(c.nodesNeed(role)),
		// What scales the group owns its size: an update must not reset it.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}))
	if err != nil {
		return nil, pulumi.StringOutput{}, fmt.Errorf("node group: %w", err)
	}
	return made, made.NodeGroupName, nil
}
