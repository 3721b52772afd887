package awsfake

import (
	"fmt"
	"regexp"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

const groupType = "aws:autoscaling/group:Group"

// Parts of a group that are deep inside.
const (
	refresh      = "instanceRefresh.preferences."
	mixture      = "mixedInstancesPolicy.instancesDistribution."
	mixtureStart = "mixedInstancesPolicy.launchTemplate."
)

// autoscalingRows: the enumerations are those of the SDK's doc comments on Group
// and its nested types, and of what these name.
var autoscalingRows = map[string]*row{
	groupType: {
		args: autoscaling.GroupArgs{}, result: autoscaling.Group{},
		exactlyOne: [][]string{{"launchTemplate", "mixedInstancesPolicy", "launchConfiguration"}},
		atLeastOne: [][]string{{"vpcZoneIdentifiers", "availabilityZones"}},
		atMostOne: [][]string{
			{"name", "namePrefix"}, {"vpcZoneIdentifiers", "availabilityZones"}, {"launchTemplate.id", "launchTemplate.name"},
			{mixtureStart + "launchTemplateSpecification.launchTemplateId", mixtureStart + "launchTemplateSpecification.launchTemplateName"},
			{"trafficSources", "loadBalancers"}, {"trafficSources", "targetGroupArns"},
		},
		rules: append(hookRules("initialLifecycleHooks.*."),
			rule{"name", matching(regexp.MustCompile(`^.{1,255}$`), "must have 1 to 255 characters")},
			rule{"tags.*", isGroupTag},
			rule{"desiredCapacityType", oneOf("units", "vcpu", "memory-mib")},
			rule{"healthCheckType", oneOf("EC2", "ELB")},
			rule{"enabledMetrics.*", oneOf(groupMetrics...)},
			rule{"metricsGranularity", oneOf("1Minute")},
			rule{"suspendedProcesses.*", oneOf("Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AZRebalance",
				"AlarmNotification", "ScheduledActions", "AddToLoadBalancer", "InstanceRefresh")},
			rule{"terminationPolicies.*", matching(regexp.MustCompile(`^(OldestInstance|NewestInstance|OldestLaunchConfiguration|`+
				`ClosestToNextInstanceHour|OldestLaunchTemplate|AllocationStrategy|Default|arn:aws[a-z-]*:lambda:.+)$`), "is no termination policy")},
			rule{"maxInstanceLifetime", zeroOr(between(86400, 31536000))},
			rule{"waitForCapacityTimeout", isDuration},
			rule{"instanceMaintenancePolicy.minHealthyPercentage", between(-1, 100)},
			rule{"instanceMaintenancePolicy.maxHealthyPercentage", matching(regexp.MustCompile(`^(-1|1\d\d|200)$`), "must be -1 or 100 to 200")},
			rule{"instanceRefresh.strategy", oneOf("Rolling")},
			rule{refresh + "minHealthyPercentage", between(0, 100)},
			rule{refresh + "maxHealthyPercentage", between(100, 200)},
			rule{refresh + "scaleInProtectedInstances", oneOf("Refresh", "Ignore", "Wait")},
			rule{refresh + "standbyInstances", oneOf("Terminate", "Ignore", "Wait")},
			rule{mixture + "onDemandAllocationStrategy", oneOf("prioritized", "lowest-price")},
			rule{mixture + "onDemandPercentageAboveBaseCapacity", between(0, 100)},
			rule{mixture + "spotAllocationStrategy", oneOf("lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized")},
			rule{mixtureStart + "overrides.*.weightedCapacity", matching(regexp.MustCompile(`^[1-9]\d{0,2}$`), "must be 1 to 999")},
			rule{"availabilityZoneDistribution.capacityDistributionStrategy", oneOf("balanced-only", "balanced-best-effort")},
			rule{"capacityReservationSpecification.capacityReservationPreference", oneOf("default", "capacity-reservations-only", "capacity-reservations-first", "none")},
			rule{"warmPool.poolState", oneOf("Stopped", "Running", "Hibernated")}),
		cross: crossGroup,
		name:  &autoname{property: "name", prefix: "namePrefix", max: 255},
		Rules: delta.Rules{
			Replace: []string{"name", "namePrefix", "initialLifecycleHooks"},
			Sets: []string{
				"vpcZoneIdentifiers", "availabilityZones", "enabledMetrics", "suspendedProcesses", "tags", "initialLifecycleHooks",
				"loadBalancers", "targetGroupArns", "trafficSources", "instanceRefresh.triggers",
			},
		},
		defaults: map[string]any{
			"healthCheckGracePeriod": 300, "metricsGranularity": "1Minute", "waitForCapacityTimeout": "10m", "forceDelete": false,
			"forceDeleteWarmPool": false, "ignoreFailedScalingActivities": false, "protectFromScaleIn": false,
		},
		id:      idFrom("", "name"),
		outputs: groupOutputs,
		taken:   message{"AlreadyExists", "AutoScalingGroup by this name already exists - A group with the name %s already exists"},
		admit:   admitGroup,
		amend:   again(admitGroup),
	},
	"aws:autoscaling/lifecycleHook:LifecycleHook": {
		args: autoscaling.LifecycleHookArgs{}, result: autoscaling.LifecycleHook{},
		rules: hookRules(""),
		name:  &autoname{property: "name", max: 255},
		Rules: delta.Rules{Replace: []string{"name"}},
		// The provider's id is the name alone, which several groups may use: here
		// it is what the provider imports a hook by.
		id:      idFrom("/", "autoscalingGroupName", "name"),
		outputs: func(thing) map[string]any { return map[string]any{"defaultResult": "ABANDON"} },
		references: []reference{{
			property: "autoscalingGroupName", typ: groupType,
			missing: message{"ValidationError", "AutoScalingGroup name not found - AutoScalingGroup %s not found"},
		}},
		goesWith: "autoscalingGroupName",
	},
}

// groupMetrics is the list that the SDK has as autoscaling.Metric.
var groupMetrics = []string{
	"GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances", "GroupInServiceCapacity",
	"GroupPendingInstances", "GroupPendingCapacity", "GroupStandbyInstances", "GroupStandbyCapacity",
	"GroupTerminatingInstances", "GroupTerminatingCapacity", "GroupTotalInstances", "GroupTotalCapacity",
	"WarmPoolDesiredCapacity", "WarmPoolWarmedCapacity", "WarmPoolPendingCapacity", "WarmPoolTerminatingCapacity",
	"WarmPoolTotalCapacity", "GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity",
}

// hookRules are the rules for lifecycle hooks, of their own and inside a group.
// Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html
func hookRules(at string) []rule {
	return []rule{
		{at + "name", matching(regexp.MustCompile(`^[A-Za-z0-9\-_/]{1,255}$`), "must have 1 to 255 letters, digits or -_/")},
		{at + "lifecycleTransition", oneOf("autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING")},
		{at + "defaultResult", oneOf("CONTINUE", "ABANDON")},
		{at + "heartbeatTimeout", between(30, 7200)},
	}
}

// isGroupTag judges one tag of a group, where tags are a list.
func isGroupTag(v resource.PropertyValue) string {
	if !v.IsObject() || v.ContainsUnknowns() {
		return ""
	}
	return tagFailure(props.String(v.ObjectValue(), "key"), props.String(v.ObjectValue(), "value"))
}

var isDuration = onText(func(s string) string {
	if _, err := time.ParseDuration(s); err != nil {
		return fmt.Sprintf("expected a duration such as 10m, got %q", s)
	}
	return ""
})

// crossSizes: minimum, desired and maximum size in that order.
func crossSizes(in resource.PropertyMap) []failure {
	low, lowKnown := number(in, "minSize")
	high, highKnown := number(in, "maxSize")
	desired, desiredKnown := number(in, "desiredCapacity")
	switch {
	case !lowKnown || !highKnown:
	case low > high:
		return []failure{wrong(fmt.Sprintf("ValidationError: Max bound, %v, must be greater than or equal to min bound, %v", high, low), "maxSize")}
	case desiredKnown && (desired < low || desired > high):
		return []failure{wrong(fmt.Sprintf(
			"ValidationError: Desired capacity:%v must be between the specified min size:%v and max size:%v", desired, low, high), "desiredCapacity")}
	}
	return nil
}

func groupOutputs(t thing) map[string]any {
	desired, _ := number(t.in, "minSize")
	outputs := map[string]any{
		"arn":             t.arn("autoscaling", "autoScalingGroup:"+t.uuid("group")+":autoScalingGroupName/"+t.str("name")),
		"desiredCapacity": desired, "defaultCooldown": 300, "healthCheckType": "EC2",
		"serviceLinkedRoleArn":             iamARN("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
		"availabilityZones":                t.zonesOf(t.strs("vpcZoneIdentifiers")),
		"availabilityZoneDistribution":     map[string]any{"capacityDistributionStrategy": "balanced-best-effort"},
		"capacityReservationSpecification": map[string]any{"capacityReservationPreference": "default"},
		"loadBalancers":                    []any{}, "targetGroupArns": []any{}, "trafficSources": []any{}, "vpcZoneIdentifiers": []any{},
	}
	if given(t.in, "launchTemplate") {
		template, _ := t.template(t.str("launchTemplate", "id"), t.str("launchTemplate", "name"))
		outputs["launchTemplate"] = map[string]any{"id": template.ID, "name": template.Inputs["name"], "version": "$Default"}
	}
	return outputs
}

// admitGroup asks for a launch template that instances can start from.
func admitGroup(t thing) error {
	id, name := t.str("launchTemplate", "id"), t.str("launchTemplate", "name")
	if given(t.in, "mixedInstancesPolicy") {
		at := []string{"mixedInstancesPolicy", "launchTemplate", "launchTemplateSpecification"}
		id, name = t.str(append(at, "launchTemplateId")...), t.str(append(at, "launchTemplateName")...)
	}
	if given(t.in, "launchConfiguration") {
		return nil
	}
	if id == "" && name == "" {
		return awsError("ValidationError", "Valid requests must contain either launchTemplateId or LaunchTemplateName")
	}
	template, err := t.template(id, name)
	if err != nil {
		return err
	}
	profile := profileOf(template)
	if _, found := t.objects.Find(globalScope, profileType, profile); profile != "" && !found {
		return awsError("ValidationError", "You must use a valid fully-formed launch template. "+
			"Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", profile)
	}
	return nil
}
