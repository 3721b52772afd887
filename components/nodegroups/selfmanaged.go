package nodegroups

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeSelfManaged makes an Auto Scaling group and its launch template. A changed
// template, a new image among it, replaces the instances in turn; Kubernetes learns
// of it when the instance shuts down, and gives its pods the time of a shutdown.
func (c *NodeGroups) makeSelfManaged(ctx *pulumi.Context, key string, group Group) (pulumi.Resource, pulumi.StringOutput, error) {
	template, err := c.makeTemplate(ctx, key, group)
	if err != nil {
		return nil, pulumi.StringOutput{}, err
	}
	overrides := autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArray{}
	for _, instanceType := range group.InstanceTypes {
		overrides = append(overrides, autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs{InstanceType: pulumi.String(instanceType)})
	}
	made, err := autoscaling.NewGroup(ctx, c.name+"-"+key, &autoscaling.GroupArgs{
		NamePrefix:         pulumi.String(c.args.Cluster.Name + "-" + key + "-"),
		MinSize:            pulumi.Int(*group.Min),
		MaxSize:            pulumi.Int(*group.Max),
		DesiredCapacity:    pulumi.Int(*group.Desired),
		VpcZoneIdentifiers: group.subnets(c.args.Network.Private).IDs(),
		MixedInstancesPolicy: autoscaling.GroupMixedInstancesPolicyArgs{
			InstancesDistribution: group.distribution(),
			LaunchTemplate: autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs{
				LaunchTemplateSpecification: autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs{
					LaunchTemplateId: template.ID(),
					Version:          template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
				},
				Overrides: overrides,
			},
		},
		CapacityRebalance: pulumi.Bool(group.CapacityType != onDemand),
		// Rebalancing zones would end nodes full of pods without a word to Kubernetes.
		// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
		SuspendedProcesses: pulumi.ToStringArray([]string{"AZRebalance"}),
		InstanceRefresh: autoscaling.GroupInstanceRefreshArgs{
			Strategy: pulumi.String("Rolling"),
			Preferences: autoscaling.GroupInstanceRefreshPreferencesArgs{
				MinHealthyPercentage: pulumi.Int(100 - group.MaxUnavailablePercent),
				MaxHealthyPercentage: pulumi.Int(100 + group.SurgePercent),
			},
		},
		Tags: c.groupTags(key, group),
	}, pulumi.Parent(c),
		pulumi.DependsOn(c.nodesNeed(c.roles[group.class()])),
		pulumi.IgnoreChanges([]string{"desiredCapacity"}))
	if err != nil {
		return nil, pulumi.StringOutput{}, fmt.Errorf("Auto Scaling group: %w", err)
	}
	return made, made.Name, nil
}

// distribution says how much of a group is on demand.
func (g Group) distribution() autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs {
	base, percent := 0, 100
	switch g.CapacityType {
	case spot:
		percent = 0
	case mixed:
		base, percent = *g.OnDemandBase, *g.OnDemandPercent
	}
	return autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs{
		OnDemandBaseCapacity:                pulumi.Int(base),
		OnDemandPercentageAboveBaseCapacity: pulumi.Int(percent),
		OnDemandAllocationStrategy:          pulumi.String("prioritized"),
		SpotAllocationStrategy:              pulumi.String("price-capacity-optimized"),
	}
}

// groupTags are the stack's, the cluster's mark of ownership, without which nothing
// takes the instances for its nodes, and what Cluster Autoscaler reads: that it may
// scale the group, and what a node that is not there yet would have.
// Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md#auto-discovery-setup
func (c *NodeGroups) groupTags(key string, group Group) autoscaling.GroupTagArray {
	const discovery = "k8s.io/cluster-autoscaler/"
	instances := map[string]string{"Name": c.args.Cluster.Name + "-" + key, "kubernetes.io/cluster/" + c.args.Cluster.Name: "owned"}
	maps.Copy(instances, c.args.Tags)
	own := map[string]string{discovery + "enabled": "true", discovery + c.args.Cluster.Name: "owned"}
	own[discovery+"node-template/resources/ephemeral-storage"] = strconv.Itoa(group.DiskGiB) + "Gi"
	if pods := c.args.maxPods(key); pods > 0 {
		own[discovery+"node-template/resources/pods"] = strconv.Itoa(pods)
	}
	for label, value := range group.Labels {
		own[discovery+"node-template/label/"+label] = value
	}
	for _, taint := range group.kubernetesTaints() {
		own[discovery+"node-template/taint/"+taint.Key] = taint.Value + ":" + taint.Effect
	}
	var all autoscaling.GroupTagArray
	for _, some := range []struct {
		tags      map[string]string
		instances bool
	}{{instances, true}, {own, false}} {
		for _, name := range sortedKeys(some.tags) {
			all = append(all, autoscaling.GroupTagArgs{
				Key: pulumi.String(name), Value: pulumi.String(some.tags[name]), PropagateAtLaunch: pulumi.Bool(some.instances),
			})
		}
	}
	return all
}
