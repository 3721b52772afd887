package awsfake

import (
	"slices"
	"strings"
)

// amendCluster keeps the zones of the control plane's interfaces as they were when
// the cluster was made.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
func amendCluster(old map[string]any, t thing) error {
	given, _ := old["vpcConfig"].(map[string]any)
	var before []string
	if ids, ok := given["subnetIds"].([]any); ok {
		for _, id := range ids {
			text, _ := id.(string)
			before = append(before, text)
		}
	}
	had, wants := t.zonesOf(before), t.zonesOf(t.strs("vpcConfig", "subnetIds"))
	if !slices.Equal(had, wants) {
		return awsError("InvalidParameterException", "Provided subnets belong to the AZs '%s'. But the exact set of AZs '%s' must be provided.",
			strings.Join(wants, ","), strings.Join(had, ","))
	}
	return nil
}

// zonesOf are the zones of subnets that the account has, in name order.
func (t thing) zonesOf(subnets []string) []string {
	var zones []string
	for _, id := range subnets {
		if subnet, found := t.objects.Find(t.region, subnetType, id); found {
			zone, _ := subnet.Inputs["availabilityZone"].(string)
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}
