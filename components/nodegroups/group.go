package nodegroups

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeGroup makes one group and its launch template. EKS prefixes the group's
// name with a unique one, so a group that must be replaced is made before the
// old one goes.
func (c *NodeGroups) makeGroup(ctx *pulumi.Context, key string, group Group) error {
	name := c.name + "-" + key
	template, err := ec2.NewLaunchTemplate(ctx, name, c.templateArgs(key, group), pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("launch template: %w", err)
	}
	needs := append(append([]pulumi.Resource{}, c.attachments...), c.args.Cluster.NodesNeed...)
	needs = append(needs, c.args.Network.Egress...)
	args := &eks.NodeGroupArgs{
		ClusterName:         c.args.Cluster.NameOutput,
		NodeGroupNamePrefix: pulumi.String(key + "-"),
		NodeRoleArn:         c.role.Arn,
		SubnetIds:           c.subnetsOf(group).IDs(),
		Version:             pulumi.String(cmp.Or(group.Version, c.args.Cluster.Version)),
		AmiType:             pulumi.String(group.AMIType),
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
		Taints:       group.taints(),
		Tags:         tags.Named(c.args.Tags, c.args.Cluster.Name+"-"+key),
	}
	if group.AMIRelease != "" {
		args.ReleaseVersion = pulumi.String(group.AMIRelease)
	}
	c.groups[key], err = eks.NewNodeGroup(ctx, name, args, pulumi.Parent(c),
		pulumi.DependsOn(needs),
		// What scales the group owns its size: an update must not reset it.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}))
	if err != nil {
		return fmt.Errorf("node group: %w", err)
	}
	return nil
}

// disks are the volumes of a node, all encrypted. The size of a system's own
// volume is the image's.
func disks(group Group) ec2.LaunchTemplateBlockDeviceMappingArray {
	encrypted := ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
		VolumeType:          pulumi.String("gp3"),
		Encrypted:           pulumi.String("true"),
		DeleteOnTermination: pulumi.String("true"),
	}
	sized := encrypted
	sized.VolumeSize = pulumi.Int(group.DiskGiB)
	sized.Iops, sized.Throughput = number(group.DiskIOPS), number(group.DiskThroughput)
	chosen := images[group.AMIType]
	volumes := ec2.LaunchTemplateBlockDeviceMappingArray{
		ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(chosen.disk), Ebs: sized},
	}
	if chosen.system != "" {
		volumes = append(volumes, ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(chosen.system), Ebs: encrypted})
	}
	return volumes
}

// number sets a number only where one is given.
func number(value int) pulumi.IntPtrInput {
	if value == 0 {
		return nil
	}
	return pulumi.Int(value)
}

// maxPods are the pods of a group's nodes; a second group has the first one's.
func (a Args) maxPods(key string) int {
	if _, first := a.Groups[key]; first {
		return a.MaxPods[key]
	}
	return a.MaxPods[strings.TrimSuffix(key, greenSuffix)]
}

// subnetsOf are the subnets of a group's nodes.
func (c *NodeGroups) subnetsOf(group Group) ref.Subnets {
	if len(group.Subnets) == 0 {
		return c.args.Network.Private
	}
	var chosen ref.Subnets
	for _, subnet := range c.args.Network.Private {
		if slices.Contains(group.Subnets, subnet.Name) {
			chosen = append(chosen, subnet)
		}
	}
	return chosen
}

// templateArgs sets what a node group can't: metadata only with a session token
// and one hop away, so that pods don't get the node's credentials, and an
// encrypted root volume.
func (c *NodeGroups) templateArgs(key string, group Group) *ec2.LaunchTemplateArgs {
	own := tags.Named(c.args.Tags, c.args.Cluster.Name+"-"+key)
	tagged := ec2.LaunchTemplateTagSpecificationArray{}
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		tagged = append(tagged, ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String(kind), Tags: own})
	}
	args := &ec2.LaunchTemplateArgs{
		Description: pulumi.Sprintf("Nodes %s of the EKS cluster %s", key, c.args.Cluster.Name),
		MetadataOptions: ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings:  disks(group),
		TagSpecifications:    tagged,
		UpdateDefaultVersion: pulumi.Bool(true),
		Tags:                 own,
	}
	if group.SSHKey != "" {
		args.KeyName = pulumi.String(group.SSHKey)
	}
	if pods := c.args.maxPods(key); pods > 0 {
		args.UserData = pulumi.String(base64.StdEncoding.EncodeToString([]byte(images[group.AMIType].maxPods(pods))))
	}
	return args
}
