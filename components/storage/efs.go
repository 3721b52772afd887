package storage

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// EFS is a file system of Amazon EFS: nodes of all zones share it over NFS. Each claim gets
// a directory of its own, behind an access point. What is stored and what is sent is always
// encrypted.
type EFS struct {
	// Optional. A file system that exists, with mount targets that nodes reach, by id:
	// fs-0123456789abcdef0. Without throughput to backups below, which are its own.
	// Default one is made.
	FileSystemID string `json:"fileSystemId"`
	// Optional. How throughput is bought: elastic, bursting or provisioned. Default
	// elastic.
	ThroughputMode string `json:"throughputMode"`
	// Required for provisioned. Throughput in MiB a second, 1 to 3414. Default none.
	Throughput int `json:"throughput"`
	// Optional. generalPurpose, or maxIO for bursting and provisioned throughput, which
	// is slower for each operation. It can't be changed: another value makes another file
	// system. Default generalPurpose.
	PerformanceMode string `json:"performanceMode"`
	// Optional. Days without access after which a file goes to cheaper storage: 1, 7, 14,
	// 30, 60, 90, 180, 270, 365; -1 for never. It comes back when it is read. Default 30.
	InfrequentDays int `json:"infrequentDays"`
	// Optional. Days without access after which a file is archived, as infrequentDays, and
	// more of them; for elastic throughput only. Default never.
	ArchiveDays int `json:"archiveDays"`
	// Optional. Leave out the daily backups by AWS Backup, which are kept for 35 days.
	// Default false.
	NoBackups bool `json:"noBackups"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt files with. It
	// can't be changed: another value makes another file system. Default the account's key
	// for EFS.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Permissions of a volume's directory, octal. Default "700".
	DirectoryPerms string `json:"directoryPerms"`
	// Optional. The first of the user and group ids of volumes: each has one of its own,
	// whoever the pod runs as. 1 to 4294967295. Default 50000.
	FirstGID int `json:"firstGid"`
	// Optional. The last of them. Default 60000.
	LastGID int `json:"lastGid"`
	// Optional. The directory that volumes' directories are made in. Default
	// /<cluster>/<class>, so that clusters can share a file system.
	BasePath string `json:"basePath"`
	// Optional. Options of mount(8). TLS is on by itself. Default none.
	MountOptions []string `json:"mountOptions"`
}

const (
	elastic        = "elastic"
	provisioned    = "provisioned"
	generalPurpose = "generalPurpose"
	never          = -1
)

// lifecycleDays are what EFS takes.
// Source: https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html
var lifecycleDays = []int{1, 7, 14, 30, 60, 90, 180, 270, 365}

// maxProvisioned is in MiB a second, and a quota that AWS can raise.
// Source: https://docs.aws.amazon.com/efs/latest/ug/limits.html
const maxProvisioned = 3414

// The driver's own range, as long as there can be access points.
// Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/pkg/driver/controller.go
const (
	firstGID = 50000
	lastGID  = 60000
	maxGID   = 1<<32 - 1
)

var (
	octal = regexp.MustCompile(`^[0-7]{3,4}$`)
	// Source: https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html
	directory = regexp.MustCompile(`^(/[^/$#<>;` + "`" + `|&?{}^*\n]+){1,3}$`)
)

func (EFS) name() string   { return "efs" }
func (EFS) driver() string { return "efs" }
func (EFS) dynamic() bool  { return true }

func (e EFS) withDefaults() kind {
	if e.FileSystemID == "" {
		e.ThroughputMode = cmp.Or(e.ThroughputMode, elastic)
		e.PerformanceMode = cmp.Or(e.PerformanceMode, generalPurpose)
		e.InfrequentDays = cmp.Or(e.InfrequentDays, 30)
		e.ArchiveDays = cmp.Or(e.ArchiveDays, never)
	}
	e.DirectoryPerms = cmp.Or(e.DirectoryPerms, "700")
	if e.FirstGID == 0 && e.LastGID == 0 {
		e.FirstGID, e.LastGID = firstGID, lastGID
	}
	e.MountOptions = slices.Clone(e.MountOptions)
	return e
}

func (e EFS) validate() []problem.Problem {
	var list problem.List
	if e.FileSystemID != "" {
		list.Under("", e.validateExisting())
	} else {
		list.Under("", e.validateMade())
	}
	if !octal.MatchString(e.DirectoryPerms) {
		list.Addf("directoryPerms", `write it as "700"`, "%q is not octal", e.DirectoryPerms)
	}
	if e.FirstGID < 1 || e.LastGID > maxGID || e.FirstGID > e.LastGID {
		list.Addf("firstGid", fmt.Sprintf("give firstGid and lastGid, 1 to %d", maxGID), "%d to %d is no range of ids", e.FirstGID, e.LastGID)
	}
	if e.BasePath != "" && !directory.MatchString(e.BasePath) {
		list.Addf("basePath", "write it as /volumes, with up to 3 levels", "%q is not a directory that EFS takes", e.BasePath)
	}
	return list.All()
}

// validateExisting refuses what only a file system that is made has.
func (e EFS) validateExisting() []problem.Problem {
	var list problem.List
	if !fileSystemID.MatchString(e.FileSystemID) {
		list.Addf("fileSystemId", "write it as fs-0123456789abcdef0", "%q is not a file system's id", e.FileSystemID)
	}
	for path, set := range map[string]bool{
		"throughputMode": e.ThroughputMode != "", "throughput": e.Throughput != 0, "performanceMode": e.PerformanceMode != "",
		"infrequentDays": e.InfrequentDays != 0, "archiveDays": e.ArchiveDays != 0, "noBackups": e.NoBackups, "kmsKeyArn": e.KMSKeyArn != "",
	} {
		if set {
			list.Add(path, "is that of a file system which is made, and fileSystemId names one", "leave one of them out")
		}
	}
	return list.All()
}

func (e EFS) validateMade() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "throughputMode", e.ThroughputMode, elastic, "bursting", provisioned)
	problem.OneOf(&list, "performanceMode", e.PerformanceMode, generalPurpose, "maxIO")
	if e.ThroughputMode == elastic && e.PerformanceMode == "maxIO" {
		list.Add("performanceMode", "maxIO has no elastic throughput", "use generalPurpose, or another throughputMode")
	}
	switch {
	case e.ThroughputMode != provisioned && e.Throughput != 0:
		list.Addf("throughput", "leave it out, or use provisioned", "%s throughput can't be chosen", e.ThroughputMode)
	case e.ThroughputMode == provisioned && (e.Throughput < 1 || e.Throughput > maxProvisioned):
		list.Addf("throughput", fmt.Sprintf("use 1 to %d", maxProvisioned), "%d is out of range", e.Throughput)
	}
	for path, days := range map[string]int{"infrequentDays": e.InfrequentDays, "archiveDays": e.ArchiveDays} {
		if days != never && !slices.Contains(lifecycleDays, days) {
			list.Addf(path, fmt.Sprintf("use one of %v, or -1 for never", lifecycleDays), "%d is not what EFS offers", days)
		}
	}
	if e.ArchiveDays != never && (e.ThroughputMode != elastic || e.InfrequentDays == never || e.ArchiveDays <= e.InfrequentDays) {
		list.Add("archiveDays", "comes after infrequentDays, with elastic throughput", "raise it, or leave it out")
	}
	validateKey(&list, e.KMSKeyArn)
	return list.All()
}

// objects is the class of directories.
func (e EFS) objects(o objectArgs) []kube.Object {
	return []kube.Object{o.class(storageClass{mountOptions: e.MountOptions, parameters: map[string]any{
		"provisioningMode": "efs-ap",
		"fileSystemId":     o.made.names["fileSystemId"],
		"directoryPerms":   e.DirectoryPerms,
		"gidRangeStart":    strconv.Itoa(e.FirstGID),
		"gidRangeEnd":      strconv.Itoa(e.LastGID),
		"basePath":         cmp.Or(e.BasePath, "/"+o.args.Cluster.Name+"/"+o.name),
	}})}
}
