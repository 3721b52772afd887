package karpenter

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// NodeClass is how nodes are made: image, network and disks.
type NodeClass struct {
	// Optional. The image, as in the spec's ami. Default that.
	AMI string `json:"ami"`
	// Optional. Images of your own that start like those of ami's family, by id:
	// [ami-0123456789abcdef0], one for each processor architecture. Default none.
	AMIIDs []string `json:"amiIds"`
	// Optional. The private subnets of the nodes by name: [private-a, private-c]. Default
	// all.
	Subnets []string `json:"subnets"`
	// Optional. Up to 4 security groups of the nodes besides the cluster's own, by id.
	// None may have the tag kubernetes.io/cluster/<name>: of several such groups on a node
	// the load balancer controller can't tell which is the cluster's. Default none.
	SecurityGroupIDs []string `json:"securityGroupIds"`
	// Optional. Size of the encrypted gp3 volume that holds a node's images and pods, in
	// GiB, 20 to 16384. Default 50.
	DiskGiB int `json:"diskGiB"`
	// Optional. Its operations a second, 3000 to 80000. Default 3000, gp3's own.
	DiskIOPS int `json:"diskIops"`
	// Optional. Its throughput in MiB a second, 125 to 2000. Default 125, gp3's own.
	DiskThroughput int `json:"diskThroughput"`
	// Optional. Puts images, logs and the pods' temporary files on the NVMe disks of
	// instances that have some, as one RAID 0; what is on them goes with the node. Default
	// false: on the volume.
	InstanceStore bool `json:"instanceStore"`
	// Optional. Measure instances every minute instead of every five, at CloudWatch's
	// price. Default false.
	DetailedMonitoring bool `json:"detailedMonitoring"`
	// Optional. What instances are told when they start, up to 16384 bytes together with
	// what Karpenter adds: a NodeConfig, a script or a MIME archive for al2023, TOML for
	// bottlerocket. Karpenter's own settings win. Default none.
	UserData string `json:"userData"`
}

// family is what the component knows of a family of images.
type family struct {
	// name is the family's name in the API of Karpenter.
	name string
	// pods and own are the devices that hold images and pods, and the system's own volume
	// where that is another.
	pods, own string
	// foreign begins user data that is another family's.
	foreign []string
}

// families are the families whose images AWS pins by release and builds for all minors
// that EKS offers.
// Source: https://karpenter.sh/docs/concepts/nodeclasses/#specamifamily
var families = map[string]family{
	"al2023":       {name: "AL2023", pods: "/dev/xvda", foreign: []string{"[settings"}},
	"bottlerocket": {name: "Bottlerocket", pods: "/dev/xvdb", own: "/dev/xvda", foreign: []string{"#!", "MIME-Version:", "Content-Type:", "apiVersion:"}},
}

// ownGiB is the size of the volume of Bottlerocket's system: it must be named, since
// volumes that are listed take the place of Karpenter's own list.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/providers/amifamily/bottlerocket.go
const ownGiB = 4

// alias is a family with a release, in the forms in which AWS numbers them.
// Sources: https://github.com/awslabs/amazon-eks-ami/releases,
// https://github.com/bottlerocket-os/bottlerocket/releases
var alias = regexp.MustCompile(`^(al2023@(v\d{8}|latest)|bottlerocket@(v?\d+\.\d+\.\d+|latest))$`)

const aliasFix = "write a family and a release, such as al2023@v20260114 or bottlerocket@v1.46.0"

// maxUserData is in bytes.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
const maxUserData = 16384

// WithDefaults returns a copy in which every value left out has its default.
func (n NodeClass) WithDefaults(ami string) NodeClass {
	text(&n.AMI, ami)
	n.DiskGiB = cmp.Or(n.DiskGiB, 50)
	n.DiskIOPS = cmp.Or(n.DiskIOPS, form.GP3IOPS)
	n.DiskThroughput = cmp.Or(n.DiskThroughput, form.GP3Throughput)
	n.AMIIDs, n.Subnets, n.SecurityGroupIDs = slices.Clone(n.AMIIDs), slices.Clone(n.Subnets), slices.Clone(n.SecurityGroupIDs)
	return n
}

// family is that of the image; an unknown one is like al2023.
func (n NodeClass) family() family {
	name, _, _ := strings.Cut(n.AMI, "@")
	if found, known := families[name]; known {
		return found
	}
	return families["al2023"]
}

// Validate lists what is wrong with the values as written, the image excepted, which may
// be the spec's; call WithDefaults first. Paths are relative to the node class.
func (n NodeClass) Validate() []problem.Problem {
	var list problem.List
	validateIDs(&list, "amiIds", "ami-0123456789abcdef0", n.AMIIDs, form.ImageID)
	validateIDs(&list, "securityGroupIds", "sg-0123456789abcdef0", n.SecurityGroupIDs, form.SecurityGroupID)
	if len(n.SecurityGroupIDs) > form.MaxInterfaceGroups {
		list.Addf("securityGroupIds", fmt.Sprintf("use up to %d", form.MaxInterfaceGroups), "there are %d", len(n.SecurityGroupIDs))
	}
	if n.Subnets != nil && len(n.Subnets) == 0 {
		list.Add("subnets", "is empty, so nodes have no place", "name some, or leave it out for all")
	}
	list.Under("", form.GP3{GiB: n.DiskGiB, IOPS: n.DiskIOPS, Throughput: n.DiskThroughput}.Validate(20, form.GP3MaxThroughput))
	if len(n.UserData) > maxUserData {
		list.Addf("userData", fmt.Sprintf("use up to %d", maxUserData), "has %d bytes", len(n.UserData))
	}
	for _, start := range n.family().foreign {
		if strings.HasPrefix(strings.TrimSpace(n.UserData), start) {
			list.Addf("userData", "write what the image's family reads, or use another ami", "begins with %q, which %s does not read", start, n.family().name)
		}
	}
	return list.All()
}

func validateIDs(list *problem.List, path, example string, ids []string, form *regexp.Regexp) {
	for i, id := range ids {
		switch {
		case !form.MatchString(id):
			list.Addf(fmt.Sprintf("%s[%d]", path, i), "write it as "+example, "%q is not an id", id)
		case slices.Contains(ids[:i], id):
			list.Addf(fmt.Sprintf("%s[%d]", path, i), "keep one", "%s is there twice", id)
		}
	}
}

// subnetsOf are the subnets of the class's nodes among a network's private ones.
func (n NodeClass) subnetsOf(private ref.Subnets) ref.Subnets {
	if n.Subnets == nil {
		return private
	}
	var chosen ref.Subnets
	for _, subnet := range private {
		if slices.Contains(n.Subnets, subnet.Name) {
			chosen = append(chosen, subnet)
		}
	}
	return chosen
}
