package storage

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Lustre is a file system of Amazon FSx for Lustre, in one zone, which nodes of all zones
// share: one for the class, or one for each claim. What is stored is always encrypted, and
// what is sent is wherever the nodes' instance types can.
type Lustre struct {
	// Optional. Makes a file system for each claim, when it is claimed; AWS takes minutes.
	// Default false: one file system, which is there before, and a claim of the class's
	// name in each of the namespaces.
	PerClaim bool `json:"perClaim"`
	// Required, but with perClaim. The size in GiB: 1200, or a multiple of 2400; on HDD a
	// multiple of 6000 (throughput 12) or 1800 (throughput 40). It can only grow.
	GiB int `json:"gib"`
	// Optional. PERSISTENT_2, or PERSISTENT_1 where a region lacks that; SCRATCH_2 for data
	// that may be lost with a server. It can't be changed: another value makes another file
	// system. Default PERSISTENT_2.
	Deployment string `json:"deployment"`
	// Optional. SSD, or HDD for PERSISTENT_1. It can't be changed. Default SSD.
	Storage string `json:"storage"`
	// Optional. Throughput in MB a second for each TiB: PERSISTENT_2 125, 250, 500, 1000;
	// PERSISTENT_1 50, 100, 200, on HDD 12, 40; SCRATCH_2 has no choice. Default the
	// least.
	Throughput int `json:"throughput"`
	// Optional. Metadata operations a second, for PERSISTENT_2: 1500, 3000, 6000, or a
	// multiple of 12000 up to 192000. Default as AWS scales it with the size.
	MetadataIOPS int `json:"metadataIops"`
	// Optional. The zone of the file system. Default the first of the network's zones.
	Zone string `json:"zone"`
	// Optional. The namespaces that get a claim, which must exist; not with perClaim.
	// Default none.
	Namespaces []string `json:"namespaces"`
	// Optional. Leave out compression by LZ4. Default false.
	NoCompression bool `json:"noCompression"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt with, not for
	// SCRATCH_2. It can't be changed. Default the account's key for FSx.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Days to keep daily backups, 0 for none up to 90. SCRATCH_2 has none.
	// Default 7.
	BackupDays *int `json:"backupDays"`
	// Optional. When backups are made, in UTC: 03:00. Default as AWS chooses.
	BackupAt string `json:"backupAt"`
	// Optional. When AWS patches the file system, as day, hour and minute in UTC, 1 being
	// Monday: 7:09:00. Default as AWS chooses.
	MaintenanceAt string `json:"maintenanceAt"`
	// Optional. Options of mount(8). Default [flock], without which files can't be locked.
	MountOptions []string `json:"mountOptions"`
}

// The deployments. SCRATCH_1 is left out: it can't encrypt what is sent, nor grow.
const (
	persistent1 = "PERSISTENT_1"
	persistent2 = "PERSISTENT_2"
	scratch2    = "SCRATCH_2"
)

// lustreVersion is the one that AWS recommends, and the one that nodes' kernels know.
// Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/lustre-client-matrix.html
const lustreVersion = "2.15"

// lustreType is what a deployment has on a kind of storage.
type lustreType struct {
	// throughputs are what can be chosen; none where there is no choice.
	throughputs []int
	// steps are those of the size, by throughput; 2400 for others.
	steps map[int]int
}

// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemLustreConfiguration.html
var lustreTypes = map[string]lustreType{
	persistent2 + ssd: {throughputs: []int{125, 250, 500, 1000}},
	persistent1 + ssd: {throughputs: []int{50, 100, 200}},
	persistent1 + hdd: {throughputs: []int{12, 40}, steps: map[int]int{12: 6000, 40: 1800}},
	scratch2 + ssd:    {},
}

const lustreStep = 2400

func (Lustre) name() string    { return "lustre" }
func (Lustre) driver() string  { return "lustre" }
func (l Lustre) dynamic() bool { return l.PerClaim }

func (l Lustre) withDefaults() kind {
	l.Deployment, l.Storage = cmp.Or(l.Deployment, persistent2), cmp.Or(l.Storage, ssd)
	if of := lustreTypes[l.Deployment+l.Storage]; l.Throughput == 0 && len(of.throughputs) > 0 {
		l.Throughput = of.throughputs[0]
	}
	if l.BackupDays == nil && l.Deployment != scratch2 {
		l.BackupDays = new(backupDays)
	}
	l.Namespaces, l.MountOptions = slices.Clone(l.Namespaces), slices.Clone(l.MountOptions)
	if l.MountOptions == nil {
		l.MountOptions = []string{"flock"}
	}
	return l
}

func (l Lustre) validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "deployment", l.Deployment, persistent2, persistent1, scratch2)
	problem.OneOf(&list, "storage", l.Storage, ssd, hdd)
	if of, known := lustreTypes[l.Deployment+l.Storage]; known {
		l.validateChoice(&list, of)
	} else if !list.Has("deployment") && !list.Has("storage") {
		list.Addf("storage", "use SSD, or PERSISTENT_1", "%s has no %s", l.Deployment, l.Storage)
	}
	if l.MetadataIOPS != 0 {
		l.validateMetadata(&list)
	}
	validateZone(&list, l.Zone)
	validateNamespaces(&list, l.Namespaces)
	validateKey(&list, l.KMSKeyArn)
	upkeep{l.BackupDays, l.BackupAt, l.MaintenanceAt}.validate(&list)
	if l.Deployment == scratch2 {
		l.validateScratch(&list)
	}
	return list.All()
}

// validateChoice: size and throughput go together.
func (l Lustre) validateChoice(list *problem.List, of lustreType) {
	switch {
	case len(of.throughputs) == 0 && l.Throughput != 0:
		list.Addf("throughput", "leave it out", "%s has none to choose", l.Deployment)
	case len(of.throughputs) > 0:
		oneOfNumbers(list, "throughput", l.Throughput, of.throughputs, l.Deployment+" on "+l.Storage)
	}
	switch {
	case !l.PerClaim:
		lustreSize(list, l.GiB, cmp.Or(of.steps[l.Throughput], lustreStep))
	case l.GiB != 0:
		list.Add("gib", "claims say their size", "leave it out, or perClaim")
	}
	if l.PerClaim && len(l.Namespaces) > 0 {
		list.Add("namespaces", "claims are made by who needs a file system", "leave them out, or perClaim")
	}
}

// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemLustreMetadataConfiguration.html
func (l Lustre) validateMetadata(list *problem.List) {
	const step, most = 12000, 192000
	switch small := slices.Contains([]int{1500, 3000, 6000}, l.MetadataIOPS); {
	case l.Deployment != persistent2:
		list.Addf("metadataIops", "leave it out, or use PERSISTENT_2", "%s has none to choose", l.Deployment)
	case !small && (l.MetadataIOPS < step || l.MetadataIOPS > most || l.MetadataIOPS%step != 0):
		list.Addf("metadataIops", fmt.Sprintf("use 1500, 3000, 6000, or a multiple of %d up to %d", step, most), "%d is not what AWS has", l.MetadataIOPS)
	}
}

// validateScratch: a scratch file system has no copy of its data, nor a key of one's own.
// Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/encryption-at-rest.html
func (l Lustre) validateScratch(list *problem.List) {
	for path, set := range map[string]bool{
		"backupDays": l.BackupDays != nil && *l.BackupDays != 0, "backupAt": l.BackupAt != "", "kmsKeyArn": l.KMSKeyArn != "",
	} {
		if set {
			list.Add(path, "is not for SCRATCH_2", "leave it out, or use PERSISTENT_2")
		}
	}
}

func (l Lustre) keys() []string { return keysOf(l.KMSKeyArn) }

// objects are the class of file systems, or the claims of the one.
func (l Lustre) objects(o objectArgs) []kube.Object {
	if !l.PerClaim {
		return o.sharedVolumes(l.Namespaces, l.GiB, "fileSystemId", l.MountOptions)
	}
	return []kube.Object{o.class(storageClass{parameters: l.parameters(o), expandable: true, mountOptions: l.MountOptions})}
}

// Source: https://github.com/kubernetes-sigs/aws-fsx-csi-driver/blob/v1.9.0/examples/kubernetes/dynamic_provisioning/README.md
func (l Lustre) parameters(o objectArgs) map[string]any {
	parameters := map[string]any{
		"subnetId": o.made.names["subnetId"], "securityGroupIds": o.made.names["securityGroupId"],
		"deploymentType": l.Deployment, "storageType": l.Storage, "fileSystemTypeVersion": lustreVersion,
		"dataCompressionType": l.compression(), "extraTags": o.args.tagList(),
	}
	texts := map[string]string{
		"kmsKeyId": l.KMSKeyArn, "weeklyMaintenanceStartTime": l.MaintenanceAt, "dailyAutomaticBackupStartTime": l.BackupAt,
	}
	if l.Throughput != 0 {
		texts["perUnitStorageThroughput"] = strconv.Itoa(l.Throughput)
	}
	if l.Storage == hdd {
		texts["driveCacheType"] = driveCache
	}
	if l.BackupDays != nil {
		texts["automaticBackupRetentionDays"], texts["copyTagsToBackups"] = strconv.Itoa(*l.BackupDays), "true"
	}
	if l.Deployment == persistent2 {
		texts["metadataConfigurationMode"] = automatic
	}
	if l.MetadataIOPS != 0 {
		texts["metadataConfigurationMode"], texts["metadataIops"] = userProvisioned, strconv.Itoa(l.MetadataIOPS)
	}
	for key, text := range texts {
		if text != "" {
			parameters[key] = text
		}
	}
	return parameters
}
