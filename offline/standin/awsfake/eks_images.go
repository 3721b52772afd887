package awsfake

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// amiTypes is the enumeration AMITypes of the EKS API (API_Nodegroup).
var amiTypes = []string{
	"AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM",
	"AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA",
	"BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64_FIPS",
	"BOTTLEROCKET_ARM_64_NVIDIA", "BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
	"WINDOWS_CORE_2019_x86_64", "WINDOWS_FULL_2019_x86_64", "WINDOWS_CORE_2022_x86_64", "WINDOWS_FULL_2022_x86_64",
	"WINDOWS_CORE_2025_x86_64", "WINDOWS_FULL_2025_x86_64",
}

// ownImage is the type of an image that a launch template names.
const ownImage = "CUSTOM"

// What EKS says about a version and a release beside an image of one's own.
var (
	noVersion = message{"InvalidParameterException", "You cannot specify a kubernetes version to use when specifying an image id to use within the launch template."}
	noRelease = message{"InvalidParameterException", "The release version must not be given when the launch template has an image id."}
)

// crossImage: an image of one's own is in a launch template, and has its version
// and its release in itself.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
func crossImage(in resource.PropertyMap) []failure {
	if props.String(in, "amiType") != ownImage {
		return nil
	}
	var failures []failure
	if !given(in, "launchTemplate") {
		failures = append(failures, wrong(
			"InvalidParameterException: Launch template details can't be null for Custom ami type node group", "launchTemplate"))
	}
	if given(in, "version") {
		failures = append(failures, wrong(noVersion.String(), "version"))
	}
	if given(in, "releaseVersion") {
		failures = append(failures, wrong(noRelease.String(), "releaseVersion"))
	}
	return failures
}

// admitNodeGroup holds a node group against its launch template: what one of them
// says the other must not say.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
func admitNodeGroup(t thing) error {
	if !given(t.in, "launchTemplate") {
		return nil
	}
	id, name := t.str("launchTemplate", "id"), t.str("launchTemplate", "name")
	if id == "" && name == "" {
		return awsError("InvalidParameterException", "Either provide launch template ID or launch template name in the request.")
	}
	template, err := t.template(id, name)
	if err != nil {
		return err
	}
	image, amiType := launches(template, "imageId"), t.str("amiType")
	switch {
	case template.Inputs["iamInstanceProfile"] != nil:
		return awsError("InvalidParameterException", "Launch template %s should not specify an instance profile. "+
			"The noderole in your request will be used to construct an instance profile.", launches(template, "name"))
	case launches(template, "instanceType") != "" && given(t.in, "instanceTypes"):
		return awsError("InvalidRequestException", "Cannot specify instance types in launch template and API request")
	case image == "" && amiType == ownImage:
		return awsError("InvalidParameterException", "The launch template %s has no image id, which amiType CUSTOM asks for.", launches(template, "name"))
	case image != "" && amiType != "" && amiType != ownImage:
		return awsError("InvalidParameterException", "You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template.")
	case image != "" && given(t.in, "version"):
		return noVersion.about("")
	case image != "" && given(t.in, "releaseVersion"):
		return noRelease.about("")
	}
	return nil
}

// image gives what EKS reports of a node group's image: the id of one that a launch
// template names instead of a release, and no disk where there is a template.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
func (t thing) image() (amiType, release string, diskGiB int) {
	amiType, release, diskGiB = "AL2023_x86_64_STANDARD", clusterVersion(t)+".0-20250101", 20
	if !given(t.in, "launchTemplate") {
		return amiType, release, diskGiB
	}
	template, _ := t.template(t.str("launchTemplate", "id"), t.str("launchTemplate", "name"))
	if image := launches(template, "imageId"); image != "" {
		return ownImage, image, 0
	}
	return amiType, release, 0
}
