package nodegroups

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// image is what the component knows of an image that EKS offers.
type image struct {
	arm bool
	// disk is the device that holds images and pods: the root volume, or
	// Bottlerocket's second one beside its read-only system.
	disk string
	// system is Bottlerocket's first volume; empty where the disk holds all.
	system string
	// maxPods renders user data that sets the kubelet's maxPods.
	maxPods func(int) string
}

// images are the images of managed groups by the names that EKS gives them.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
var images = map[string]image{
	"AL2023_x86_64_STANDARD":     {disk: "/dev/xvda", maxPods: nodeadm},
	"AL2023_ARM_64_STANDARD":     {disk: "/dev/xvda", maxPods: nodeadm, arm: true},
	"AL2023_x86_64_NVIDIA":       {disk: "/dev/xvda", maxPods: nodeadm},
	"AL2023_ARM_64_NVIDIA":       {disk: "/dev/xvda", maxPods: nodeadm, arm: true},
	"AL2023_x86_64_NEURON":       {disk: "/dev/xvda", maxPods: nodeadm},
	"BOTTLEROCKET_x86_64":        {disk: "/dev/xvdb", system: "/dev/xvda", maxPods: bottlerocket},
	"BOTTLEROCKET_ARM_64":        {disk: "/dev/xvdb", system: "/dev/xvda", maxPods: bottlerocket, arm: true},
	"BOTTLEROCKET_x86_64_NVIDIA": {disk: "/dev/xvdb", system: "/dev/xvda", maxPods: bottlerocket},
	"BOTTLEROCKET_ARM_64_NVIDIA": {disk: "/dev/xvdb", system: "/dev/xvda", maxPods: bottlerocket, arm: true},
}

// defaultImage is the image of a group that names none.
const defaultImage = "AL2023_x86_64_STANDARD"

// nodeadm sets what a node of Amazon Linux 2023 can't know by itself: how many
// pods it holds under the address plan. EKS adds what joins the node to the cluster.
// Source: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
func nodeadm(maxPods int) string {
	return fmt.Sprintf(`MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      maxPods: %d

--//--
`, maxPods)
}

// bottlerocket sets the same in Bottlerocket's settings.
// Source: https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/#max-pods
func bottlerocket(maxPods int) string {
	return fmt.Sprintf("[settings.kubernetes]\nmax-pods = %d\n", maxPods)
}

// armType is the form of the types with processors of Arm: a "g" behind the
// generation. Held against Cluster Autoscaler's list of 2026-01-22, 1,108 types, it
// is right for all.
var armType = regexp.MustCompile(`^(a1|[a-z]+\d+[a-z]*g[a-z]*)\.`)

func (g Group) validateImage(list *problem.List) {
	problem.OneOf(list, "amiType", g.AMIType, slices.Sorted(maps.Keys(images))...)
	chosen, known := images[g.AMIType]
	for i, name := range g.InstanceTypes {
		if known && armType.MatchString(name) != chosen.arm {
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
