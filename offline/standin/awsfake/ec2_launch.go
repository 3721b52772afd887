package awsfake

import (
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

const templateType = "aws:ec2/launchTemplate:LaunchTemplate"

// ec2Launch is how instances start. The enumerations are those of the SDK's
// doc comments on LaunchTemplate and its nested types.
var ec2Launch = map[string]*row{
	templateType: {
		args: ec2.LaunchTemplateArgs{}, result: ec2.LaunchTemplate{},
		atMostOne: [][]string{
			{"name", "namePrefix"}, {"instanceType", "instanceRequirements"},
			{"defaultVersion", "updateDefaultVersion"}, {"securityGroupNames", "vpcSecurityGroupIds"},
			{"iamInstanceProfile.arn", "iamInstanceProfile.name"},
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
			// EC2 allows 2000 by now; this version of the provider still refuses it.
			// Source: https://github.com/hashicorp/terraform-provider-aws/issues/44762
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
		free:    true,
		unique: []unique{{[]string{"name"}, message{
			"InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use: %s"}}},
		yields: true, // a template is only read when an instance starts
	},
}

// notInVersion lists the inputs that are no part of a template's versions.
var notInVersion = []resource.PropertyKey{"tags", "defaultVersion", "updateDefaultVersion"}

// nextVersion: every change of what a template launches is a new version.
func nextVersion(old resource.PropertyMap, changed []resource.PropertyKey, t thing) map[string]any {
	latest := 1.0
	if v := old["latestVersion"]; v.IsNumber() {
		latest = v.NumberValue()
	}
	outputs := map[string]any{}
	if slices.ContainsFunc(changed, func(key resource.PropertyKey) bool { return !slices.Contains(notInVersion, key) }) {
		latest++
		outputs["latestVersion"] = latest
	}
	if t.hasTrue("updateDefaultVersion") && len(changed) > 0 {
		outputs["defaultVersion"] = latest
	}
	return outputs
}

// template finds the launch template that an id or a name means.
func (t thing) template(id, name string) (world.Object, error) {
	if template, found := t.objects.Find(t.region, templateType, id); found {
		return template, nil
	}
	for _, object := range t.objects.All() {
		if name != "" && object.Scope == t.region && object.Type == templateType && object.Inputs["name"] == name {
			return object, nil
		}
	}
	if name == "" {
		return world.Object{}, notFound["lt"].about(id)
	}
	return world.Object{}, awsError("InvalidLaunchTemplateName.NotFoundException",
		"The specified launch template, with template name %s, does not exist.", name)
}

// launches gives what a template says of an input that is plain text, or "".
func launches(template world.Object, property string) string {
	value, _ := template.Inputs[property].(string)
	return value
}

// profileOf gives the name of a template's instance profile where it is one of the
// simulated account, or "".
func profileOf(template world.Object) string {
	profile, _ := template.Inputs["iamInstanceProfile"].(map[string]any)
	if name, given := profile["name"].(string); given {
		return name
	}
	arn, _ := profile["arn"].(string)
	return lastSegment(ofAccount("instance-profile")(arn, nil))
}
