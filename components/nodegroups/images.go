package nodegroups

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/megazonecloud/eks-platform/components/userdata"
)

// image is what the component knows of an image.
type image struct {
	system userdata.System
	arm    bool
	// parameter is the public Systems Manager parameter that names the image's id;
	// {minor} and {release} stand for the Kubernetes minor and the image's release.
	parameter string
	// newest stands for the release where none is given; empty where the parameter
	// has no release.
	newest string
	// release turns the release as EKS writes it into the parameter's; nil where they
	// are the same.
	release func(minor, release string) string
	// from is the oldest Kubernetes minor that has the image; empty where all have.
	from string
	// unmanaged: EKS does not offer the image to its managed groups.
	unmanaged bool
}

// al2023, bottlerocket, windows and ubuntu make the rows of an operating system.
// Sources: https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html and
// the pages of the other systems beside it; the resolvers of
// https://github.com/eksctl-io/eksctl/blob/main/pkg/ami/ssm_resolver.go and
// https://github.com/aws/karpenter-provider-aws/tree/main/pkg/providers/amifamily as of
// August 2026, for releases and for what each minor has.
func al2023(architecture, variant string) image {
	return image{
		system: userdata.AL2023, arm: architecture == "arm64", newest: "recommended",
		parameter: "/aws/service/eks/optimized-ami/{minor}/amazon-linux-2023/" + architecture + "/" + variant + "/{release}/image_id",
		// 1.35.0-20260114 is amazon-eks-node-al2023-x86_64-standard-1.35-v20260114.
		release: func(minor, release string) string {
			return strings.Join([]string{"amazon-eks-node-al2023", architecture, variant, minor, "v" + release[strings.LastIndex(release, "-")+1:]}, "-")
		},
	}
}

func bottlerocket(architecture, variant string) image {
	return image{
		system: userdata.Bottlerocket, arm: architecture == "arm64", newest: "latest",
		parameter: "/aws/service/bottlerocket/aws-k8s-{minor}" + variant + "/" + architecture + "/{release}/image_id",
	}
}

func windows(release, edition, from string) image {
	return image{
		from: from, system: userdata.Windows,
		parameter: "/aws/service/ami-windows-latest/Windows_Server-" + release + "-English-" + edition + "-EKS_Optimized-{minor}/image_id",
	}
}

func ubuntu(release, architecture, volume, from string) image {
	return image{
		from: from, system: userdata.Ubuntu, arm: architecture == "arm64", newest: "current", unmanaged: true,
		parameter: "/aws/service/canonical/ubuntu/eks/" + release + "/{minor}/stable/{release}/" + architecture + "/hvm/" + volume + "/ami-id",
	}
}

// images are those that groups may name: EKS's by the names of its API, Canonical's
// in the same form.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
var images = map[string]image{
	"AL2023_x86_64_STANDARD":     al2023("x86_64", "standard"),
	"AL2023_ARM_64_STANDARD":     al2023("arm64", "standard"),
	"AL2023_x86_64_NVIDIA":       al2023("x86_64", "nvidia"),
	"AL2023_ARM_64_NVIDIA":       al2023("arm64", "nvidia"),
	"AL2023_x86_64_NEURON":       al2023("x86_64", "neuron"),
	"BOTTLEROCKET_x86_64":        bottlerocket("x86_64", ""),
	"BOTTLEROCKET_ARM_64":        bottlerocket("arm64", ""),
	"BOTTLEROCKET_x86_64_NVIDIA": bottlerocket("x86_64", "-nvidia"),
	"BOTTLEROCKET_ARM_64_NVIDIA": bottlerocket("arm64", "-nvidia"),
	"WINDOWS_CORE_2019_x86_64":   windows("2019", "Core", ""),
	"WINDOWS_FULL_2019_x86_64":   windows("2019", "Full", ""),
	"WINDOWS_CORE_2022_x86_64":   windows("2022", "Core", ""),
	"WINDOWS_FULL_2022_x86_64":   windows("2022", "Full", ""),
	"WINDOWS_CORE_2025_x86_64":   windows("2025", "Core", "1.35"),
	"WINDOWS_FULL_2025_x86_64":   windows("2025", "Full", "1.35"),
	"UBUNTU_22_04_x86_64":        ubuntu("22.04", "amd64", "ebs-gp2", ""),
	"UBUNTU_22_04_ARM_64":        ubuntu("22.04", "arm64", "ebs-gp2", ""),
	"UBUNTU_24_04_x86_64":        ubuntu("24.04", "amd64", "ebs-gp3", ""),
	"UBUNTU_24_04_ARM_64":        ubuntu("24.04", "arm64", "ebs-gp3", ""),
	"UBUNTU_26_04_x86_64":        ubuntu("26.04", "amd64", "ebs-gp3", "1.35"),
	"UBUNTU_26_04_ARM_64":        ubuntu("26.04", "arm64", "ebs-gp3", "1.35"),
}

// defaultImage is the image of a group that names none.
const defaultImage = "AL2023_x86_64_STANDARD"

// image is the group's own; an unknown one is like the default.
func (g Group) image() image {
	if chosen, known := images[g.AMIType]; known {
		return chosen
	}
	return images[defaultImage]
}

// checkImage notes an image that nodes of a minor can't have.
func (g Group) checkImage(list *problem.List, path, minor string) {
	from := g.image().from
	if behind, known := upgrade.Behind(minor, from); known && behind > 0 && g.Kind != ipplan.Fargate && g.AMIID == "" {
		list.Addf(path, "use another image, or a newer minor", "%s is for Kubernetes %s and newer, and the nodes have %s", g.AMIType, from, minor)
	}
}

// Windows says whether the group's nodes run Windows.
func (g Group) Windows() bool {
	return g.Kind != ipplan.Fargate && g.image().system == userdata.Windows
}

// devicesOf are the devices that hold images and pods, and a system's own volume
// where that is another.
var devicesOf = map[userdata.System]struct{ pods, own string }{
	userdata.AL2023:       {pods: "/dev/xvda"},
	userdata.Bottlerocket: {pods: "/dev/xvdb", own: "/dev/xvda"},
	userdata.Ubuntu:       {pods: "/dev/sda1"},
	userdata.Windows:      {pods: "/dev/sda1"},
}

func (i image) defaultDisk() int {
	if i.system == userdata.Windows {
		return 100
	}
	return 50
}

// Windows images are of 50 GiB.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-windows-workers.html
func (i image) smallestDisk() int {
	if i.system == userdata.Windows {
		return 50
	}
	return 20
}

// imageID is what the launch template of a group names as its image: an id, or the
// parameter that EC2 resolves whenever a node starts.
// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
func (g Group) imageID(minor string) string {
	if g.AMIID != "" {
		return g.AMIID
	}
	chosen, release := g.image(), g.AMIRelease
	switch {
	case release == "":
		release = chosen.newest
	case chosen.release != nil:
		release = chosen.release(minor, release)
	}
	return "resolve:ssm:" + strings.NewReplacer("{minor}", minor, "{release}", release).Replace(chosen.parameter)
}

func (g Group) validateImage(list *problem.List) {
	problem.OneOf(list, "amiType", g.AMIType, slices.Sorted(maps.Keys(images))...)
	chosen, known := images[g.AMIType]
	switch {
	case g.AMIID != "" && !form.ImageID.MatchString(g.AMIID):
		list.Addf("amiId", "write it as ami-0123456789abcdef0", "%q is not an image's id", g.AMIID)
	case g.AMIID != "" && g.AMIRelease != "":
		list.Add("amiRelease", "has no effect with amiId", "remove one of them")
	case chosen.unmanaged && g.Kind == ipplan.Managed && g.AMIID == "":
		list.Addf("amiType", "use kind: selfManaged, or name the image with amiId", "%s is not an image that EKS starts by itself", g.AMIType)
	case known && chosen.newest == "" && g.Kind == ipplan.SelfManaged && g.AMIRelease != "":
		list.Add("amiRelease", "is not to be had for self-managed Windows nodes: AWS publishes the newest image only", "remove it, or pin an image with amiId")
	}
	for i, name := range g.InstanceTypes {
		if known && form.Arm(name) != chosen.arm {
			list.Addf(fmt.Sprintf("instanceTypes[%d]", i), "use types and an amiType of one architecture",
				"%s is for %s, and %s for %s", name, architecture(!chosen.arm), g.AMIType, architecture(chosen.arm))
		}
	}
}

func architecture(arm bool) string {
	if arm {
		return "arm64"
	}
	return "x86_64"
}
