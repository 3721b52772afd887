package storage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// EBS are volumes of Amazon EBS: each is in one zone and used by one node at a time. They
// are always encrypted.
type EBS struct {
	// Optional. The volumes' type: gp3, io2, or of the older ones gp2, io1, st1, sc1.
	// Default gp3.
	Type string `json:"type"`
	// Required for io1 and io2. Operations a second of each volume: gp3 3000 to 80000,
	// io2 100 to 256000, io1 100 to 64000; other types have none of their own. AWS caps
	// them by size: 500 for a GiB of gp3, 1000 of io2, 50 of io1. Default gp3's own 3000.
	IOPS int `json:"iops"`
	// Optional. Throughput of each volume in MiB a second, 125 to 2000, for gp3 only, and
	// up to a quarter of iops. Default gp3's own 125.
	Throughput int `json:"throughput"`
	// Optional. The file system that volumes are formatted with: ext4 or xfs. Default
	// ext4.
	FSType string `json:"fsType"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt volumes with; its
	// key policy must let the account's IAM policies decide. Default the account's key for
	// EBS, which must be that of AWS then.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Options of mount(8): [noatime]. Default none.
	MountOptions []string `json:"mountOptions"`
	// Optional. Keeps a snapshot in AWS when its VolumeSnapshot is deleted. Default false.
	SnapshotsRetain bool `json:"snapshotsRetain"`
	// Optional. How volumes can be changed while pods use them, by name: a claim asks for
	// it with volumeAttributesClassName: <class>-<name>. Needs Kubernetes 1.34. Default
	// none.
	Modes map[string]EBSMode `json:"modes"`
	// Optional. Volumes that exist, by the name of the claim that is made for each.
	// Default none.
	Volumes map[string]EBSVolume `json:"volumes"`
}

// EBSMode is what a volume can be changed to.
type EBSMode struct {
	// Optional. The type to change to. Default the class's.
	Type string `json:"type"`
	// Required for io1 and io2. Operations a second, as in the class. Default gp3's own
	// 3000.
	IOPS int `json:"iops"`
	// Optional. Throughput in MiB a second, as in the class. Default gp3's own 125.
	Throughput int `json:"throughput"`
}

// EBSVolume is a volume that exists.
type EBSVolume struct {
	// Required. The volume's id: vol-0123456789abcdef0.
	ID string `json:"id"`
	// Required. The availability zone that it is in: ap-northeast-2a.
	Zone string `json:"zone"`
	// Required. Its size in GiB, within the limits of its type.
	GiB int `json:"gib"`
	// Optional. The namespace of its claim, which must exist. Default default.
	Namespace string `json:"namespace"`
	// Optional. Hands the device over as it is, without a file system. Default false.
	Block bool `json:"block"`
}

// What EBS calls them.
const (
	gp3 = "gp3"
	io1 = "io1"
	io2 = "io2"
)

// ebsType is what EBS takes for a type.
type ebsType struct {
	// minGiB and maxGiB bound the size.
	minGiB, maxGiB int
	// minIOPS and maxIOPS bound the operations a second; 0 where they can't be chosen.
	minIOPS, maxIOPS int
	// maxThroughput is in MiB a second; 0 where it can't be chosen.
	maxThroughput int
	// needsIOPS says that there is no default.
	needsIOPS bool
}

// ebsTypes are the types that pods can use; magnetic volumes are left out.
// Sources: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html,
// https://aws.amazon.com/about-aws/whats-new/2025/09/amazon-ebs-size-provisioned-performance-gp3-volumes/
var ebsTypes = map[string]ebsType{
	gp3:   {minGiB: 1, maxGiB: 65536, minIOPS: gp3IOPS, maxIOPS: 80000, maxThroughput: 2000},
	io2:   {minGiB: 4, maxGiB: 65536, minIOPS: 100, maxIOPS: 256000, needsIOPS: true},
	io1:   {minGiB: 4, maxGiB: 16384, minIOPS: 100, maxIOPS: 64000, needsIOPS: true},
	"gp2": {minGiB: 1, maxGiB: 16384},
	"st1": {minGiB: 125, maxGiB: 16384},
	"sc1": {minGiB: 125, maxGiB: 16384},
}

// What gp3 has by itself, and how many operations a MiB a second needs.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
const (
	gp3IOPS           = 3000
	gp3Throughput     = 125
	iopsPerThroughput = 4
)

func (EBS) name() string   { return "ebs" }
func (EBS) driver() string { return "ebs" }
func (EBS) dynamic() bool  { return true }

func (e EBS) withDefaults() kind {
	e.Type = cmp.Or(e.Type, gp3)
	e.FSType = cmp.Or(e.FSType, "ext4")
	e.MountOptions = slices.Clone(e.MountOptions)
	e.Modes, e.Volumes = maps.Clone(e.Modes), maps.Clone(e.Volumes)
	for name, mode := range e.Modes {
		mode.Type = cmp.Or(mode.Type, e.Type)
		e.Modes[name] = mode
	}
	for name, volume := range e.Volumes {
		volume.Namespace = cmp.Or(volume.Namespace, defaultNamespace)
		e.Volumes[name] = volume
	}
	return e
}

func (e EBS) validate() []problem.Problem {
	var list problem.List
	list.Under("", performance(e.Type, e.IOPS, e.Throughput))
	problem.OneOf(&list, "fsType", e.FSType, "ext4", "xfs")
	validateKey(&list, e.KMSKeyArn)
	for _, name := range slices.Sorted(maps.Keys(e.Modes)) {
		path, mode := problem.Join("modes", name), e.Modes[name]
		validateName(&list, path, name)
		list.Under(path, performance(mode.Type, mode.IOPS, mode.Throughput))
	}
	ids := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(e.Volumes)) {
		path, volume := problem.Join("volumes", name), e.Volumes[name]
		validateName(&list, path, name)
		list.Under(path, volume.validate(e.Type))
		if other, twice := ids[volume.ID]; twice && volume.ID != "" {
			list.Addf(problem.Join(path, "id"), "leave one", "%s is that of %s, too", volume.ID, other)
		}
		ids[volume.ID] = name
	}
	return list.All()
}

// performance lists what is wrong with a type and what is asked of it.
func performance(name string, iops, throughput int) []problem.Problem {
	var list problem.List
	limits, known := ebsTypes[name]
	if !known {
		problem.OneOf(&list, "type", name, gp3, io2, "gp2", io1, "st1", "sc1")
		return list.All()
	}
	switch {
	case iops == 0 && limits.needsIOPS:
		list.Addf("iops", fmt.Sprintf("write %d to %d", limits.minIOPS, limits.maxIOPS), "%s needs it", name)
	case iops != 0 && limits.maxIOPS == 0:
		list.Addf("iops", "leave it out, or use gp3 or io2", "%s has none to choose", name)
	case iops != 0 && (iops < limits.minIOPS || iops > limits.maxIOPS):
		list.Addf("iops", fmt.Sprintf("use %d to %d", limits.minIOPS, limits.maxIOPS), "%d is out of range for %s", iops, name)
	}
	most := cmp.Or(iops, gp3IOPS) / iopsPerThroughput
	switch {
	case throughput == 0:
	case limits.maxThroughput == 0:
		list.Addf("throughput", "leave it out, or use gp3", "%s has none to choose", name)
	case throughput < gp3Throughput || throughput > limits.maxThroughput:
		list.Addf("throughput", fmt.Sprintf("use %d to %d", gp3Throughput, limits.maxThroughput), "%d is out of range for %s", throughput, name)
	case throughput > most:
		list.Addf("throughput", fmt.Sprintf("use up to %d, or raise iops", most), "%d is too much for %d operations a second", throughput, cmp.Or(iops, gp3IOPS))
	}
	return list.All()
}

func (v EBSVolume) validate(of string) []problem.Problem {
	var list problem.List
	if !volumeID.MatchString(v.ID) {
		list.Addf("id", "write it as vol-0123456789abcdef0", "%q is not a volume's id", v.ID)
	}
	if !zoneName.MatchString(v.Zone) {
		list.Addf("zone", "write it as ap-northeast-2a", "%q is not an availability zone", v.Zone)
	}
	validateName(&list, "namespace", v.Namespace)
	if limits, known := ebsTypes[of]; known && (v.GiB < limits.minGiB || v.GiB > limits.maxGiB) {
		list.Addf("gib", fmt.Sprintf("use %d to %d", limits.minGiB, limits.maxGiB), "%d is out of range for %s", v.GiB, of)
	}
	return list.All()
}

func (e EBS) claims() []string {
	var claims []string
	for name, volume := range e.Volumes {
		claims = append(claims, volume.Namespace+"/"+name)
	}
	return claims
}

func (e EBS) keys() []string { return keysOf(e.KMSKeyArn) }

func (e EBS) snapshots() *snapshots { return &snapshots{retain: e.SnapshotsRetain} }

func (e EBS) modeNames() []string { return slices.Sorted(maps.Keys(e.Modes)) }

// objects are the classes of volumes and of changes, and the volumes that exist.
// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/parameters.md
func (e EBS) objects(o objectArgs) []kube.Object {
	parameters := settings(e.Type, e.IOPS, e.Throughput)
	parameters["encrypted"] = "true"
	parameters["csi.storage.k8s.io/fstype"] = e.FSType
	if e.KMSKeyArn != "" {
		parameters["kmsKeyId"] = e.KMSKeyArn
	}
	all := []kube.Object{o.class(storageClass{parameters: parameters, zonal: true, expandable: true, mountOptions: e.MountOptions})}
	for _, name := range e.modeNames() {
		mode := e.Modes[name]
		all = append(all, o.mode(name, settings(mode.Type, mode.IOPS, mode.Throughput)))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Volumes)) {
		v := e.Volumes[name]
		all = append(all, o.volume(volume{
			name: name, namespace: v.Namespace, handle: v.ID, gib: v.GiB, fsType: e.FSType, block: v.Block, zone: v.Zone, mountOptions: e.MountOptions,
		}, true)...)
	}
	return all
}

// settings are the parameters that a volume can be changed by. gp3's own values are
// written, so that a change back is one.
func settings(name string, iops, throughput int) map[string]any {
	parameters := map[string]any{"type": name}
	if name == gp3 {
		iops, throughput = cmp.Or(iops, gp3IOPS), cmp.Or(throughput, gp3Throughput)
	}
	for key, value := range map[string]int{"iops": iops, "throughput": throughput} {
		if value > 0 {
			parameters[key] = strconv.Itoa(value)
		}
	}
	return parameters
}
