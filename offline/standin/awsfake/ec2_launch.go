package awsfake

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

// ec2Launch is how instances start. The enumerations are those of the SDK's
// doc comments on LaunchTemplate and its nested types.
var ec2Launch = map[string]*row{
	"aws:ec2/launchTemplate:LaunchTemplate": {
		args: ec2.LaunchTemplateArgs{}, state: ec2.LaunchTemplate{},
		atMostOne: [][]string{
			{"name", "namePrefix"}, {"instanceType", "instanceRequirements"},
			{"defaultVersion", "updateDefaultVersion"}, {"securityGroupNames", "vpcSecurityGroupIds"},
		},
		rules: []rule{
			{"name", matching(regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`), "must have 3 to 128 letters, digits or ().-/_")},
			{"userData", isBase64},
			{"imageId", matching(regexp.MustCompile(`^(ami-|resolve:ssm:).+`), "must be an AMI id or resolve:ssm:<parameter>")},
			{"instanceInitiatedShutdownBehavior", oneOf("stop", "terminate")},
			{"metadataOptions.httpEndpoint", oneOf("enabled", "disabled")},
			{"metadataOptions.httpTokens", oneOf("optional", "required")},
			{"metadataOptions.httpProtocolIpv6", oneOf("enabled", "disabled")},
			{"metadataOptions.instanceMetadataTags", oneOf("enabled", "disabled")},
			{"metadataOptions.httpPutResponseHopLimit", between(1, 64)},
			{"blockDeviceMappings.*.ebs.volumeType", oneOf("standard", "gp2", "gp3", "io1", "io2", "sc1", "st1")},
			{"blockDeviceMappings.*.ebs.throughput", between(125, 1000)},
			{"blockDeviceMappings.*.ebs.volumeSize", between(1, 65536)},
			{"blockDeviceMappings.*.ebs.encrypted", oneOf("true", "false")},
			{"tagSpecifications.*.resourceType", oneOf("instance", "volume", "network-interface", "spot-instances-request")},
		},
		name:  &autoname{property: "name", prefix: "namePrefix", max: 128},
		Rules: delta.Rules{Replace: []string{"name", "namePrefix"}, Sets: []string{"vpcSecurityGroupIds", "securityGroupNames"}},
		id:    ec2ID("lt"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "launch-template/"+t.id), "latestVersion": 1, "defaultVersion": 1,
				"metadataOptions": map[string]any{},
			}
		},
		updated: nextVersion,
		unique: []unique{{[]string{"name"}, message{
			"InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use: %s"}}},
		yields: true, // a template is only read when an instance starts
	},
}

// nextVersion: every update of a template is a new version of it.
func nextVersion(old resource.PropertyMap, t thing) map[string]any {
	latest := 1.0
	if v := old["latestVersion"]; v.IsNumber() {
		latest = v.NumberValue()
	}
	changed := map[string]any{"latestVersion": latest + 1}
	if t.hasTrue("updateDefaultVersion") {
		changed["defaultVersion"] = latest + 1
	}
	return changed
}
