package storage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fsx"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// OpenZFS is a file system of Amazon FSx for OpenZFS, which nodes of all zones share over
// NFS. Each claim gets a volume of its own on it, with snapshots; claims must ask for 1Gi,
// whatever they store. It is always encrypted.
type OpenZFS struct {
	// Required. The size in GiB, for all volumes, 64 to 524288. It can only grow.
	GiB int `json:"gib"`
	// Optional. SINGLE_AZ_1 or SINGLE_AZ_2 for one server in one zone, SINGLE_AZ_HA_1 or
	// SINGLE_AZ_HA_2 for two, MULTI_AZ_1 for two in two zones; those with 2 have a cache
	// and more throughput. It can't be changed: another value makes another file system.
	// Default SINGLE_AZ_HA_2.
	Deployment string `json:"deployment"`
	// Optional. Throughput in MB a second: 64, 128, 256, 512, 1024, 2048, 3072, 4096 for
	// SINGLE_AZ_1 and SINGLE_AZ_HA_1; 160, 320, 640, 1280, 2560, 3840, 5120, 7680, 10240
	// for others. Default the least.
	Throughput int `json:"throughput"`
	// Optional. Operations a second of the disks, more than 3 for each GiB. Default 3 for
	// each GiB.
	IOPS int `json:"iops"`
	// Optional. The zone of the file system, and with MULTI_AZ_1 of the server that is used
	// as long as it works. Default the first of the network's zones.
	Zone string `json:"zone"`
	// Required for MULTI_AZ_1, and only there. The route tables of the subnets of nodes
	// and pods: AWS writes into them where the file system is.
	RouteTableIDs []string `json:"routeTableIds"`
	// Optional. What volumes are compressed with: ZSTD, LZ4 or NONE. Default ZSTD.
	Compression string `json:"compression"`
	// Optional. How much each volume can hold, in GiB. Default all that there is.
	QuotaGiB int `json:"quotaGiB"`
	// Optional. Keeps a snapshot in AWS when its VolumeSnapshot is deleted. Default false.
	SnapshotsRetain bool `json:"snapshotsRetain"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt with. It can't be
	// changed. Default the account's key for FSx.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Days to keep daily backups of the file system, 0 for none up to 90.
	// Default 7.
	BackupDays *int `json:"backupDays"`
	// Optional. When backups are made, in UTC: 03:00. Default as AWS chooses.
	BackupAt string `json:"backupAt"`
	// Optional. When AWS patches the file system, as day, hour and minute in UTC, 1 being
	// Monday: 7:09:00. Default as AWS chooses.
	MaintenanceAt string `json:"maintenanceAt"`
	// Optional. Options of mount(8). Default NFS 4.1 with 1 MiB for each read and write.
	MountOptions []string `json:"mountOptions"`
}

const (
	singleAZ1   = "SINGLE_AZ_1"
	singleAZ2   = "SINGLE_AZ_2"
	singleAZHA1 = "SINGLE_AZ_HA_1"
	singleAZHA2 = "SINGLE_AZ_HA_2"
	multiAZ1    = "MULTI_AZ_1"
	multiAZ2    = "MULTI_AZ_2"
)

// openzfsThroughputs are those of a deployment. Source for them and the sizes:
// https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemOpenZFSConfiguration.html
var openzfsThroughputs = map[string][]int{
	singleAZ1: zfsFirst, singleAZHA1: zfsFirst, singleAZ2: zfsSecond, singleAZHA2: zfsSecond, multiAZ1: zfsSecond,
}

var (
	zfsFirst  = []int{64, 128, 256, 512, 1024, 2048, 3072, 4096}
	zfsSecond = []int{160, 320, 640, 1280, 2560, 3840, 5120, 7680, 10240}
)

const (
	zfsMinGiB = 64
	zfsMaxGiB = 524288
	// iopsPerGiB come with a disk.
	iopsPerGiB = 3
)

// openzfsPorts are those of NFS.
// Source: https://docs.aws.amazon.com/fsx/latest/OpenZFSGuide/limit-access-security-groups.html
var openzfsPorts = both(
	port{from: 111, use: "Remote procedure calls of NFS"},
	port{from: 2049, use: "NFS"},
	port{from: 20001, to: 20003, use: "Mounts, states and locks of NFS"},
)

// nfsMountOptions are as AWS recommends.
// Source: https://docs.aws.amazon.com/fsx/latest/OpenZFSGuide/performance.html
var nfsMountOptions = []string{"nfsvers=4.1", "rsize=1048576", "wsize=1048576", "timeo=600"}

func (OpenZFS) name() string   { return "openzfs" }
func (OpenZFS) driver() string { return "openzfs" }
func (OpenZFS) dynamic() bool  { return true }

func (z OpenZFS) withDefaults() kind {
	z.Deployment, z.Compression = cmp.Or(z.Deployment, singleAZHA2), cmp.Or(z.Compression, "ZSTD")
	if of := openzfsThroughputs[z.Deployment]; z.Throughput == 0 && len(of) > 0 {
		z.Throughput = of[0]
	}
	if z.BackupDays == nil {
		z.BackupDays = new(backupDays)
	}
	z.RouteTableIDs, z.MountOptions = slices.Clone(z.RouteTableIDs), slices.Clone(z.MountOptions)
	if z.MountOptions == nil {
		z.MountOptions = slices.Clone(nfsMountOptions)
	}
	return z
}

func (z OpenZFS) validate() []problem.Problem {
	var list problem.List
	if of, known := openzfsThroughputs[z.Deployment]; known {
		oneOfNumbers(&list, "throughput", z.Throughput, of, z.Deployment)
		validateRoutes(&list, z.Deployment == multiAZ1, z.RouteTableIDs)
	} else {
		problem.OneOf(&list, "deployment", z.Deployment, slices.Sorted(maps.Keys(openzfsThroughputs))...)
	}
	if z.GiB < zfsMinGiB || z.GiB > zfsMaxGiB {
		list.Addf("gib", fmt.Sprintf("use %d to %d", zfsMinGiB, zfsMaxGiB), "%d is out of range", z.GiB)
	}
	validateIOPS(&list, z.IOPS, z.GiB)
	problem.OneOf(&list, "compression", z.Compression, "ZSTD", "LZ4", "NONE")
	if z.QuotaGiB < 0 || z.QuotaGiB > z.GiB {
		list.Addf("quotaGiB", fmt.Sprintf("use 1 to %d, or leave it out", z.GiB), "%d is out of range", z.QuotaGiB)
	}
	validateZone(&list, z.Zone)
	validateKey(&list, z.KMSKeyArn)
	upkeep{z.BackupDays, z.BackupAt, z.MaintenanceAt}.validate(&list)
	return list.All()
}

// validateIOPS: what comes with a disk can't be taken away.
// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_DiskIopsConfiguration.html
func validateIOPS(list *problem.List, iops, gib int) {
	if least := iopsPerGiB * gib; iops != 0 && iops < least {
		list.Addf("iops", fmt.Sprintf("use at least %d, or leave it out", least), "%d is less than comes with %d GiB", iops, gib)
	}
}

func (z OpenZFS) keys() []string { return keysOf(z.KMSKeyArn) }

func (z OpenZFS) snapshots() *snapshots { return &snapshots{retain: z.SnapshotsRetain} }

func (z OpenZFS) make(m maker) (made, error) {
	subnet, err := m.subnet(z.Zone)
	if err != nil {
		return made{}, err
	}
	args := z.args(m)
	args.SubnetIds = pulumi.StringArray{subnet.ID}
	if z.Deployment == multiAZ1 {
		other, err := m.otherSubnet(subnet)
		if err != nil {
			return made{}, err
		}
		args.SubnetIds = pulumi.StringArray{subnet.ID, other.ID}
		args.PreferredSubnetId, args.RouteTableIds = subnet.ID.ToStringOutput().ToStringPtrOutput(), pulumi.ToStringArray(z.RouteTableIDs)
	}
	group, ready, err := m.securityGroupAndRules(openzfsPorts)
	if err != nil {
		return made{}, err
	}
	args.SecurityGroupIds = inGroup(group.ID())
	system, err := fsx.NewOpenZfsFileSystem(m.ctx, m.name, args, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("file system: %w", err)
	}
	return made{names: map[string]pulumi.StringInput{"rootVolumeId": system.RootVolumeId}, ready: append(ready, system)}, nil
}

func (z OpenZFS) args(m maker) *fsx.OpenZfsFileSystemArgs {
	args := &fsx.OpenZfsFileSystemArgs{
		DeploymentType: pulumi.String(z.Deployment), StorageType: pulumi.String(ssd), StorageCapacity: pulumi.Int(z.GiB),
		ThroughputCapacity: pulumi.Int(z.Throughput), KmsKeyId: optional(z.KMSKeyArn),
		AutomaticBackupRetentionDays: pulumi.Int(*z.BackupDays), DailyAutomaticBackupStartTime: optional(z.BackupAt),
		SkipFinalBackup: pulumi.Bool(*z.BackupDays == 0), WeeklyMaintenanceStartTime: optional(z.MaintenanceAt),
		CopyTagsToBackups: pulumi.Bool(true), CopyTagsToVolumes: pulumi.Bool(true),
		RootVolumeConfiguration: &fsx.OpenZfsFileSystemRootVolumeConfigurationArgs{
			CopyTagsToSnapshots: pulumi.Bool(true), DataCompressionType: pulumi.String(z.Compression),
		},
		Tags: tags.Named(m.args.Tags, m.physical()),
	}
	if z.IOPS != 0 {
		args.DiskIopsConfiguration = &fsx.OpenZfsFileSystemDiskIopsConfigurationArgs{Mode: pulumi.String(userProvisioned), Iops: pulumi.Int(z.IOPS)}
	}
	return args
}

// nfsExport lets clients, which are those that the security group lets in, write as root:
// the kubelet gives a new volume to the pod's fsGroup.
// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_OpenZFSClientConfiguration.html
const nfsExport = `[{"ClientConfigurations":[{"Clients":"*","Options":["rw","crossmnt","no_root_squash"]}]}]`

// objects is the class of volumes. A volume that has snapshots stays until they are gone.
// Source: https://github.com/kubernetes-sigs/aws-fsx-openzfs-csi-driver/blob/v1.2.0/docs/parameters.md
func (z OpenZFS) objects(o objectArgs) []kube.Object {
	parameters := map[string]any{
		"ResourceType": "volume", "ParentVolumeId": pulumi.Sprintf("%q", o.made.names["rootVolumeId"]), "CopyTagsToSnapshots": "true",
		"DataCompressionType": strconv.Quote(z.Compression), "NfsExports": nfsExport, "Tags": o.args.tagJSON(),
	}
	if z.QuotaGiB != 0 {
		parameters["StorageCapacityQuotaGiB"] = strconv.Itoa(z.QuotaGiB)
	}
	return []kube.Object{o.class(storageClass{parameters: parameters, mountOptions: z.MountOptions})}
}

// tagJSON is the stack's and the cluster's tags as FSx takes them.
func (a Args) tagJSON() string {
	type tag struct{ Key, Value string }
	marks := a.marks()
	list := make([]tag, 0, len(marks))
	for _, key := range slices.Sorted(maps.Keys(marks)) {
		list = append(list, tag{key, marks[key]})
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings can always be written
	}
	return string(text)
}
