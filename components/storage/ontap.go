package storage

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// ONTAP is a file system of Amazon FSx for NetApp ONTAP with one storage virtual machine.
// Trident makes a volume on it for each claim, with snapshots and clones. It is always
// encrypted.
type ONTAP struct {
	// Required. The ARN of a secret in AWS Secrets Manager, in the cluster's region, which
	// exists: {"username": "vsadmin", "password": "…"}, 8 to 50 characters with letters and
	// digits. The virtual machine gets this password, and Trident reads it there.
	CredentialsArn string `json:"credentialsArn"`
	// Required. The size of the SSDs in GiB, at least 1024 for each pair of servers: up to
	// 196608 for SINGLE_AZ_1 and MULTI_AZ_1, 524288 for MULTI_AZ_2 and for each pair of
	// SINGLE_AZ_2, 1048576 in all. It can only grow.
	GiB int `json:"gib"`
	// Optional. nfs for volumes that nodes share, iscsi for block devices of one node at a
	// time. Default nfs.
	Protocol string `json:"protocol"`
	// Optional. SINGLE_AZ_1 or SINGLE_AZ_2 for pairs of servers in one zone, MULTI_AZ_1 or
	// MULTI_AZ_2 for a pair in two zones; those with 2 are newer and faster. It can't be
	// changed: another value makes another file system. Default SINGLE_AZ_1.
	Deployment string `json:"deployment"`
	// Optional. Throughput in MB a second of each pair: 128, 256, 512, 1024, 2048, 4096 for
	// SINGLE_AZ_1 and MULTI_AZ_1; 384, 768, 1536, 3072, 6144 for others, without 384 and
	// 768 where there are more pairs than one. Default the least.
	Throughput int `json:"throughput"`
	// Optional. Pairs of servers, 1 to 12 for SINGLE_AZ_2, 1 to 6 of them with iscsi.
	// Default 1.
	Pairs int `json:"pairs"`
	// Optional. Operations a second of the disks, more than 3 for each GiB. Default 3 for
	// each GiB.
	IOPS int `json:"iops"`
	// Optional. The zone of the server that is used as long as it works. Default the first
	// of the network's zones.
	Zone string `json:"zone"`
	// Required for two zones, and only there. The route tables of the subnets of nodes and
	// pods: AWS writes into them where the file system is.
	RouteTableIDs []string `json:"routeTableIds"`
	// Optional. The file system of block devices: ext4 or xfs. Default ext4.
	FSType string `json:"fsType"`
	// Optional. Keeps a snapshot when its VolumeSnapshot is deleted. Default false.
	SnapshotsRetain bool `json:"snapshotsRetain"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt with. It can't be
	// changed. Default the account's key for FSx.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Days to keep daily backups, 0 for none up to 90. Default 7.
	BackupDays *int `json:"backupDays"`
	// Optional. When backups are made, in UTC: 03:00. Default as AWS chooses.
	BackupAt string `json:"backupAt"`
	// Optional. When AWS patches the file system, as day, hour and minute in UTC, 1 being
	// Monday: 7:09:00. Default as AWS chooses.
	MaintenanceAt string `json:"maintenanceAt"`
	// Optional. Options of mount(8). Default NFS 4.1 for nfs, none for iscsi.
	MountOptions []string `json:"mountOptions"`
}

// The protocols.
const (
	overNFS   = "nfs"
	overISCSI = "iscsi"
)

// ontapType is what a deployment takes.
type ontapType struct {
	// throughputs are for each pair; spread those where there are more pairs.
	throughputs, spread []int
	// pairs is the most, pairGiB the most for each, and maxGiB the most in all.
	pairs, pairGiB, maxGiB int
	// zones says that there are two.
	zones bool
}

// Sources: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemOntapConfiguration.html,
// https://www.pulumi.com/registry/packages/aws/api-docs/fsx/ontapfilesystem/
var ontapTypes = map[string]ontapType{
	singleAZ1: {throughputs: ontapFirst, pairs: 1, pairGiB: 196608, maxGiB: 196608},
	multiAZ1:  {throughputs: ontapFirst, pairs: 1, pairGiB: 196608, maxGiB: 196608, zones: true},
	singleAZ2: {throughputs: ontapSecond, spread: ontapSecond[2:], pairs: 12, pairGiB: 524288, maxGiB: 1048576},
	multiAZ2:  {throughputs: ontapSecond, pairs: 1, pairGiB: 524288, maxGiB: 524288, zones: true},
}

var (
	ontapFirst  = []int{128, 256, 512, 1024, 2048, 4096}
	ontapSecond = []int{384, 768, 1536, 3072, 6144}
)

const (
	ontapPairGiB = 1024
	// blockPairs is how many pairs serve block devices.
	blockPairs = 6
)

var secretArn = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$`)

// ontapManagement is where Trident asks for volumes; ontapPorts are those of the protocols.
// Source: https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/limit-access-security-groups.html
var (
	ontapManagement = port{protocol: tcp, from: 443, use: "Management of ONTAP"}
	ontapPorts      = map[string][]port{
		overNFS: both(
			port{from: 111, use: "Remote procedure calls of NFS"},
			port{from: 635, use: "Mounts of NFS"},
			port{from: 2049, use: "NFS"},
			port{from: 4045, to: 4046, use: "Locks and states of NFS"},
		),
		overISCSI: {{protocol: tcp, from: 3260, use: "iSCSI"}},
	}
)

func (ONTAP) name() string   { return "ontap" }
func (ONTAP) driver() string { return "ontap" }
func (ONTAP) dynamic() bool  { return true }

func (n ONTAP) withDefaults() kind {
	n.Protocol, n.Deployment, n.Pairs = cmp.Or(n.Protocol, overNFS), cmp.Or(n.Deployment, singleAZ1), cmp.Or(n.Pairs, 1)
	if of := n.throughputs(); n.Throughput == 0 && len(of) > 0 {
		n.Throughput = of[0]
	}
	if n.Protocol == overISCSI {
		n.FSType = cmp.Or(n.FSType, "ext4")
	}
	if n.BackupDays == nil {
		n.BackupDays = new(backupDays)
	}
	n.RouteTableIDs, n.MountOptions = slices.Clone(n.RouteTableIDs), slices.Clone(n.MountOptions)
	if n.MountOptions == nil && n.Protocol == overNFS {
		n.MountOptions = []string{"nfsvers=4.1"}
	}
	return n
}

func (n ONTAP) throughputs() []int {
	of := ontapTypes[n.Deployment]
	if n.Pairs > 1 && len(of.spread) > 0 {
		return of.spread
	}
	return of.throughputs
}

func (n ONTAP) validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "protocol", n.Protocol, overNFS, overISCSI)
	if of, known := ontapTypes[n.Deployment]; known {
		n.validateSize(&list, of)
		oneOfNumbers(&list, "throughput", n.Throughput, n.throughputs(), n.Deployment)
		validateRoutes(&list, of.zones, n.RouteTableIDs)
	} else {
		problem.OneOf(&list, "deployment", n.Deployment, slices.Sorted(maps.Keys(ontapTypes))...)
	}
	if !secretArn.MatchString(n.CredentialsArn) {
		list.Addf("credentialsArn", "write the whole ARN, with the six characters at its end: arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:ontap-AbCdEf",
			"%q is not the ARN of a secret", n.CredentialsArn)
	}
	switch {
	case n.Protocol == overNFS && n.FSType != "":
		list.Add("fsType", "volumes over NFS have none to choose", "leave it out, or use iscsi")
	case n.Protocol == overISCSI:
		problem.OneOf(&list, "fsType", n.FSType, "ext4", "xfs")
	}
	validateIOPS(&list, n.IOPS, n.GiB)
	validateZone(&list, n.Zone)
	validateKey(&list, n.KMSKeyArn)
	upkeep{n.BackupDays, n.BackupAt, n.MaintenanceAt}.validate(&list)
	return list.All()
}

func (n ONTAP) validateSize(list *problem.List, of ontapType) {
	most := of.pairs
	if n.Protocol == overISCSI {
		most = min(most, blockPairs)
	}
	if n.Pairs < 1 || n.Pairs > most {
		list.Addf("pairs", fmt.Sprintf("use up to %d", most), "%d is out of range for %s over %s", n.Pairs, n.Deployment, n.Protocol)
		return
	}
	if low, high := ontapPairGiB*n.Pairs, min(of.pairGiB*n.Pairs, of.maxGiB); n.GiB < low || n.GiB > high {
		list.Addf("gib", fmt.Sprintf("use %d to %d", low, high), "%d is out of range for %s", n.GiB, n.Deployment)
	}
}

func (n ONTAP) keys() []string { return keysOf(n.KMSKeyArn) }

func (n ONTAP) snapshots() *snapshots { return &snapshots{retain: n.SnapshotsRetain} }

// ontapBackend is Trident's driver for a protocol.
var ontapBackend = map[string]string{overNFS: "ontap-nas", overISCSI: "ontap-san"}

// objects are Trident's backend, which is called after the class, and the class.
// Source: https://docs.netapp.com/us-en/trident/trident-use/trident-fsx-storage-backend.html
func (n ONTAP) objects(o objectArgs) []kube.Object {
	spec := map[string]any{
		"version": 1, "backendName": o.name, "storageDriverName": ontapBackend[n.Protocol], "svm": o.made.names["virtualMachine"],
		"aws":         map[string]any{"apiRegion": o.args.Cluster.Place.Region, "fsxFilesystemID": o.made.names["fileSystemId"]},
		"credentials": map[string]any{"name": n.CredentialsArn, "type": "awsarn"},
	}
	class := storageClass{expandable: true, mountOptions: n.MountOptions, parameters: map[string]any{
		"backendType": ontapBackend[n.Protocol], "storagePools": o.name + ":.*",
	}}
	if n.Protocol == overNFS {
		// Each volume is exported to the nodes that use it.
		spec["autoExportPolicy"] = true
	} else {
		class.parameters["fsType"] = n.FSType
	}
	return []kube.Object{
		kube.New("trident.netapp.io/v1", "TridentBackendConfig", tridentNamespace, o.name, map[string]any{"spec": spec}),
		o.class(class),
	}
}
