package nodegroups

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Group decides the shape of one managed node group. It is plain data: what it
// yields is known before anything exists.
type Group struct {
	// Required. The EC2 instance types, all of one processor architecture. Spot
	// groups do best with several.
	InstanceTypes []string `json:"instanceTypes"`
	// Optional. The Kubernetes minor of the nodes, quoted: not newer than the control
	// plane's, and up to three older. Default the control plane's.
	Version string `json:"version"`
	// Optional. The image: AL2023 or BOTTLEROCKET, _x86_64 or _ARM_64, with _STANDARD
	// (AL2023 only), _NVIDIA, or _NEURON (AL2023_x86_64 only) behind it. Default
	// AL2023_x86_64_STANDARD.
	AMIType string `json:"amiType"`
	// Optional. The release of the image, such as 1.35.0-20260114, so that an update
	// comes when this changes and not before. Default the newest at the last update.
	AMIRelease string `json:"amiRelease"`
	// Optional. ON_DEMAND or SPOT. Default ON_DEMAND.
	CapacityType string `json:"capacityType"`
	// Optional. The fewest nodes, 0 or more. Default 1.
	Min *int `json:"min"`
	// Optional. The most nodes, 1 or more. Default 3, or min where that is more.
	Max *int `json:"max"`
	// Optional. The nodes to start with, from min to max. Afterwards the group's
	// size belongs to what scales it. Default min.
	Desired *int `json:"desired"`
	// Optional. The private subnets of the nodes by name: [private-a, private-c]. EKS
	// never changes them, so another list replaces the group: before the network
	// gains a zone or a private range, name here what the group has. Default all.
	Subnets []string `json:"subnets"`
	// Optional. Size of the gp3 volume that holds a node's images and pods, in GiB,
	// 20 to 16384. Default 50.
	DiskGiB int `json:"diskGiB"`
	// Optional. Its operations a second, 3000 to 80000. Default 3000, gp3's own.
	DiskIOPS int `json:"diskIops"`
	// Optional. Its throughput in MiB a second, 125 to 2000. Default 125, gp3's own.
	DiskThroughput int `json:"diskThroughput"`
	// Optional. The name of an EC2 key pair for SSH. Default none: Systems Manager
	// opens sessions without one.
	SSHKey string `json:"sshKey"`
	// Optional. Share of the nodes that an update may replace at a time, in
	// percent, 1 to 100. Default 33.
	MaxUnavailablePercent int `json:"maxUnavailablePercent"`
	// Optional. Kubernetes labels of the nodes. Default none.
	Labels map[string]string `json:"labels"`
	// Optional. Taints of the nodes. Default none.
	Taints []Taint `json:"taints"`
	// Optional. A second group that takes over from this one, for upgrades that can be
	// taken back until the last step. Default none.
	BlueGreen *BlueGreen `json:"blueGreen"`
}

// capacityTypes are those of the EKS API.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
var capacityTypes = []string{"ON_DEMAND", "SPOT"}

// WithDefaults returns a copy in which every value left out has its default.
func (g Group) WithDefaults() Group {
	if g.AMIType == "" {
		g.AMIType = defaultImage
	}
	if g.CapacityType == "" {
		g.CapacityType = capacityTypes[0]
	}
	if g.Min == nil {
		g.Min = new(1)
	}
	if g.Max == nil {
		g.Max = new(max(3, *g.Min))
	}
	if g.Desired == nil {
		g.Desired = new(*g.Min)
	}
	if g.DiskGiB == 0 {
		g.DiskGiB = 50
	}
	if g.MaxUnavailablePercent == 0 {
		g.MaxUnavailablePercent = 33
	}
	g.Labels = maps.Clone(g.Labels)
	return g
}

var (
	groupName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	labelKey    = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	labelValue  = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$`)
	reservedKey = regexp.MustCompile(`^([a-z0-9.-]+\.)?(eks\.amazonaws\.com|kubernetes\.io|k8s\.io)/`)
)

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the group.
func (g Group) Validate() []problem.Problem {
	var list problem.List
	list.Under("", ipplan.ValidateTypes(g.InstanceTypes, ipplan.CNI{}))
	if g.Version != "" {
		problem.OneOf(&list, "version", g.Version, catalog.KubernetesVersions()...)
	}
	g.validateImage(&list)
	g.validateDisk(&list)
	g.validateTaints(&list)
	g.validateBlueGreen(&list)
	problem.OneOf(&list, "capacityType", g.CapacityType, capacityTypes...)
	g.validateSizes(&list)
	g.validateLabels(&list)
	return list.All()
}

func (g Group) validateSizes(list *problem.List) {
	if *g.Min < 0 {
		list.Addf("min", "use 0 or more", "%d is negative", *g.Min)
	}
	if *g.Max < 1 || *g.Max < *g.Min {
		list.Addf("max", "use at least min, and at least 1", "%d is less than that (min is %d)", *g.Max, *g.Min)
	}
	if *g.Desired < *g.Min || *g.Desired > *g.Max {
		list.Addf("desired", "use min to max", "%d is not between min %d and max %d", *g.Desired, *g.Min, *g.Max)
	}
	if g.MaxUnavailablePercent < 1 || g.MaxUnavailablePercent > 100 {
		list.Addf("maxUnavailablePercent", "use 1 to 100", "%d is out of range", g.MaxUnavailablePercent)
	}
}

// What a gp3 volume takes: 500 operations a second for a GiB, and 0.25 MiB a second
// for an operation.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
const (
	iopsPerGiB        = 500
	iopsPerThroughput = 4
	gp3IOPS           = 3000
)

func (g Group) validateDisk(list *problem.List) {
	for _, limit := range []struct {
		path             string
		value, low, high int
	}{{"diskGiB", g.DiskGiB, 20, 16384}, {"diskIops", cmp.Or(g.DiskIOPS, gp3IOPS), gp3IOPS, 80000}, {"diskThroughput", cmp.Or(g.DiskThroughput, 125), 125, 2000}} {
		if limit.value < limit.low || limit.value > limit.high {
			list.Addf(limit.path, fmt.Sprintf("use %d to %d", limit.low, limit.high), "%d is out of range", limit.value)
		}
	}
	if g.DiskIOPS > g.DiskGiB*iopsPerGiB {
		list.Addf("diskIops", fmt.Sprintf("use up to %d, or a larger disk", g.DiskGiB*iopsPerGiB), "%d is too much for %d GiB", g.DiskIOPS, g.DiskGiB)
	}
	if iops := cmp.Or(g.DiskIOPS, gp3IOPS); g.DiskThroughput*iopsPerThroughput > iops {
		list.Addf("diskThroughput", fmt.Sprintf("use up to %d, or raise diskIops", iops/iopsPerThroughput), "%d is too much for %d operations a second", g.DiskThroughput, iops)
	}
}

func (g Group) validateLabels(list *problem.List) {
	for _, key := range slices.Sorted(maps.Keys(g.Labels)) {
		path := problem.Join("labels", key)
		switch {
		case !labelKey.MatchString(key):
			list.Add(path, "is not a Kubernetes label key", "use letters, digits, '-', '_', '.', with an optional prefix/")
		case reservedKey.MatchString(key):
			list.Add(path, "has a prefix that EKS or Kubernetes keeps for itself", "use a prefix of your own")
		}
		if !labelValue.MatchString(g.Labels[key]) {
			list.Addf(path, "use up to 63 letters, digits, '-', '_', '.'", "%q is not a label value", g.Labels[key])
		}
	}
}
