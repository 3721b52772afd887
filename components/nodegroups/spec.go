package nodegroups

import (
	"maps"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Group decides the shape of one node group. It is plain data: what it yields is
// known before anything exists.
type Group struct {
	// Optional. Who starts the nodes: managed (EKS, which drains them, too),
	// selfManaged (an Auto Scaling group of this library's), or fargate (AWS, one node
	// for each pod that the selectors match). Default managed.
	Kind ipplan.Kind `json:"kind"`
	// Required. The EC2 instance types, all of one processor architecture. Spot
	// groups do best with several. None for Fargate.
	InstanceTypes []string `json:"instanceTypes"`
	// Optional. The Kubernetes minor of the nodes, quoted: not newer than the control
	// plane's, and up to three older. Default the control plane's.
	Version string `json:"version"`
	// Optional. The image: AL2023 or BOTTLEROCKET, _x86_64 or _ARM_64, with _STANDARD
	// (AL2023 only), _NVIDIA, or _NEURON (AL2023_x86_64 only) behind it;
	// WINDOWS_CORE_2022_x86_64 and the like; UBUNTU_24_04_x86_64 and the like, for
	// selfManaged or with amiId. Default AL2023_x86_64_STANDARD.
	AMIType string `json:"amiType"`
	// Optional. The release of the image, such as 1.35.0-20260114, so that an update
	// comes when this changes and not before. Default the newest: of a managed group at
	// its last update, of a self-managed one whenever a node starts.
	AMIRelease string `json:"amiRelease"`
	// Optional. An image of your own that starts like amiType's, by id:
	// ami-0123456789abcdef0. Default the one that amiType and amiRelease name.
	AMIID string `json:"amiId"`
	// Optional. ON_DEMAND, SPOT, or MIXED for selfManaged. Default ON_DEMAND.
	CapacityType string `json:"capacityType"`
	// Optional. With MIXED, the nodes that are always on demand. Default 0.
	OnDemandBase *int `json:"onDemandBase"`
	// Optional. With MIXED, the share of further nodes that are on demand, in percent.
	// Default 50.
	OnDemandPercent *int `json:"onDemandPercent"`
	// Optional. The fewest nodes, 0 or more. Default 1; 0 for Fargate.
	Min *int `json:"min"`
	// Optional. The most nodes, 1 or more. Default 3, or min where that is more. For
	// Fargate the pods that the address plan has room for; nothing enforces them.
	Max *int `json:"max"`
	// Optional. The nodes to start with, from min to max. Afterwards the group's
	// size belongs to what scales it. Default min.
	Desired *int `json:"desired"`
	// Optional. One group for each zone, called general-a, general-c, with these sizes
	// each: for pods whose volumes are in one zone, so that a scaler starts nodes
	// where the volume is. Default false: one group over all zones.
	PerZone bool `json:"perZone"`
	// Optional. The private subnets of the nodes by name: [private-a, private-c]. EKS
	// never changes them, so another list replaces the group: before the network
	// gains a zone or a private range, name here what the group has. Default all.
	Subnets []string `json:"subnets"`
	// Optional. Size of the gp3 volume that holds a node's images and pods, in GiB,
	// 20 (Windows 50) to 16384. Default 50; Windows 100.
	DiskGiB int `json:"diskGiB"`
	// Optional. Its operations a second, 3000 to 80000. Default 3000, gp3's own.
	DiskIOPS int `json:"diskIops"`
	// Optional. Its throughput in MiB a second, 125 to 1000, which is all that the AWS
	// provider takes in a launch template. Default 125, gp3's own.
	DiskThroughput int `json:"diskThroughput"`
	// Optional. The name of an EC2 key pair for SSH. Default none: Systems Manager
	// opens sessions without one.
	SSHKey string `json:"sshKey"`
	// Optional. Share of the nodes that an update may replace at a time, in
	// percent, 1 to 100. Default 33.
	MaxUnavailablePercent int `json:"maxUnavailablePercent"`
	// Optional. Share of nodes that an update of a self-managed group may start above
	// its size, in percent, 0 to 100; EKS decides it for managed ones. Default 0.
	SurgePercent int `json:"surgePercent"`
	// Optional. Kubernetes labels of the nodes. Default none.
	Labels map[string]string `json:"labels"`
	// Optional. Taints of the nodes. Default none; {key: os, value: windows, effect:
	// NO_SCHEDULE} for Windows, where most pods can't run.
	Taints []Taint `json:"taints"`
	// Optional. A second group that takes over from this one, for upgrades that can be
	// taken back until the last step. Default none.
	BlueGreen *BlueGreen `json:"blueGreen"`
	// Optional. Required for Fargate, 1 to 5: the pods that run there. Default none.
	Selectors []Selector `json:"selectors"`
}

// capacityTypes are those of the EKS API, and a mixture for Auto Scaling groups.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
const (
	onDemand = "ON_DEMAND"
	spot     = "SPOT"
	mixed    = "MIXED"
)

// windowsTaint keeps pods that say nothing of their system off Windows nodes.
var windowsTaint = Taint{Key: "os", Value: "windows", Effect: "NO_SCHEDULE"}

// WithDefaults returns a copy in which every value left out has its default.
func (g Group) WithDefaults() Group {
	g.Labels = maps.Clone(g.Labels)
	if g.Kind == "" {
		g.Kind = ipplan.Managed
	}
	if g.Min == nil {
		g.Min = new(1)
		if g.Kind == ipplan.Fargate {
			g.Min = new(0)
		}
	}
	if g.Max == nil {
		g.Max = new(max(3, *g.Min))
	}
	if g.Desired == nil {
		g.Desired = new(*g.Min)
	}
	if g.Kind != ipplan.Fargate {
		return g.withNodeDefaults()
	}
	return g
}

// withNodeDefaults fills in what only EC2 instances have.
func (g Group) withNodeDefaults() Group {
	if g.AMIType == "" {
		g.AMIType = defaultImage
	}
	if g.CapacityType == "" {
		g.CapacityType = onDemand
	}
	if g.CapacityType == mixed {
		g.OnDemandBase, g.OnDemandPercent = orElse(g.OnDemandBase, 0), orElse(g.OnDemandPercent, 50)
	}
	if g.DiskGiB == 0 {
		g.DiskGiB = g.image().defaultDisk()
	}
	if g.MaxUnavailablePercent == 0 {
		g.MaxUnavailablePercent = 33
	}
	if g.Taints == nil && g.Windows() {
		g.Taints = []Taint{windowsTaint}
	}
	return g
}

func orElse(value *int, otherwise int) *int {
	if value == nil {
		return new(otherwise)
	}
	return value
}

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the group.
func (g Group) Validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "kind", string(g.Kind), string(ipplan.Managed), string(ipplan.SelfManaged), string(ipplan.Fargate))
	g.validateKind(&list)
	g.validateSizes(&list)
	if g.Kind == ipplan.Fargate {
		g.validateSelectors(&list)
		return list.All()
	}
	list.Under("", ipplan.ValidateTypes(g.InstanceTypes, ipplan.CNI{}))
	if g.Version != "" {
		problem.OneOf(&list, "version", g.Version, catalog.KubernetesVersions()...)
	}
	g.validateImage(&list)
	g.validateDisk(&list)
	g.validateTaints(&list)
	g.validateBlueGreen(&list)
	g.validateCapacity(&list)
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
	if g.Kind != ipplan.Fargate && (g.MaxUnavailablePercent < 1 || g.MaxUnavailablePercent > 100) {
		list.Addf("maxUnavailablePercent", "use 1 to 100", "%d is out of range", g.MaxUnavailablePercent)
	}
	if g.SurgePercent < 0 || g.SurgePercent > 100 {
		list.Addf("surgePercent", "use 0 to 100", "%d is out of range", g.SurgePercent)
	} else if g.SurgePercent > 0 && g.SurgePercent+g.MaxUnavailablePercent > 100 {
		// Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
		list.Addf("surgePercent", "lower one of them", "%d and maxUnavailablePercent %d are more than 100 together, which EC2 Auto Scaling refuses", g.SurgePercent, g.MaxUnavailablePercent)
	}
}

func (g Group) validateCapacity(list *problem.List) {
	if g.Kind == ipplan.Managed && g.CapacityType == mixed {
		list.Add("capacityType", "can't be MIXED for a managed group", "use kind: selfManaged, or two groups")
		return
	}
	problem.OneOf(list, "capacityType", g.CapacityType, onDemand, spot, mixed)
	if g.CapacityType != mixed {
		for path, value := range map[string]*int{"onDemandBase": g.OnDemandBase, "onDemandPercent": g.OnDemandPercent} {
			if value != nil {
				list.Add(path, "has no effect without capacityType MIXED", "remove it, or set capacityType: MIXED")
			}
		}
		return
	}
	if *g.OnDemandBase < 0 || *g.OnDemandBase > *g.Max {
		list.Addf("onDemandBase", "use 0 to max", "%d is out of range", *g.OnDemandBase)
	}
	if *g.OnDemandPercent < 0 || *g.OnDemandPercent > 100 {
		list.Addf("onDemandPercent", "use 0 to 100", "%d is out of range", *g.OnDemandPercent)
	}
}
