package awsfake

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// crossGroup judges sizes, and how instances are replaced and bought.
func crossGroup(in resource.PropertyMap) []failure {
	return slices.Concat(crossSizes(in), crossHealth(in), crossSpot(in))
}

// widestHealth is how far the two percentages may lie apart that bound how many of
// a group's instances are in service while others replace them.
// Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
// Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMaintenancePolicy.html
const widestHealth = 100

// crossHealth holds the lower percentage against the upper, in a refresh with the
// defaults that the provider sends, which are those of the SDK's doc comments.
func crossHealth(in resource.PropertyMap) []failure {
	failures := healthRange(in, "instanceMaintenancePolicy")
	preferences, _ := props.Get(in, "instanceRefresh", "preferences")
	if !preferences.IsObject() {
		return failures
	}
	whole := resource.PropertyMap{"minHealthyPercentage": resource.NewNumberProperty(90), "maxHealthyPercentage": resource.NewNumberProperty(100)}
	for name, value := range preferences.ObjectValue() {
		whole[name] = value
	}
	in = resource.PropertyMap{"instanceRefresh": resource.NewObjectProperty(resource.PropertyMap{"preferences": resource.NewObjectProperty(whole)})}
	return append(failures, healthRange(in, "instanceRefresh", "preferences")...)
}

// healthRange judges one pair; a maintenance policy is cleared by -1 in both.
func healthRange(in resource.PropertyMap, at ...string) []failure {
	low, lowKnown := number(in, append(at[:len(at):len(at)], "minHealthyPercentage")...)
	high, highKnown := number(in, append(at[:len(at):len(at)], "maxHealthyPercentage")...)
	path := append(toPath(at), "maxHealthyPercentage")
	switch {
	case !lowKnown || !highKnown:
		return nil
	case (low < 0) != (high < 0):
		return []failure{wrong("must be -1 together with minHealthyPercentage", path...)}
	case high-low > widestHealth:
		return []failure{wrong(fmt.Sprintf("must be at most %d more than minHealthyPercentage, got %v and %v", widestHealth, low, high), path...)}
	}
	return nil
}

// crossSpot: only one strategy looks at a number of pools.
func crossSpot(in resource.PropertyMap) []failure {
	pools, given := number(in, "mixedInstancesPolicy", "instancesDistribution", "spotInstancePools")
	strategy := props.String(in, "mixedInstancesPolicy", "instancesDistribution", "spotAllocationStrategy")
	if !given || pools == 0 || strategy == "" || strategy == "lowest-price" {
		return nil
	}
	return []failure{wrong("can only be given with the spotAllocationStrategy lowest-price, not "+strategy,
		"mixedInstancesPolicy", "instancesDistribution", "spotInstancePools")}
}
