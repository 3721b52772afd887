// Package storage makes the storage that pods ask for by class: file systems in AWS with
// the network access that nodes need, the CSI drivers with their roles, and the classes.
//
// It is three things around the drivers' charts: New makes the AWS side, Charts says which
// charts are installed, and NewClasses registers the classes that need both.
package storage

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Class is one kind of storage that pods ask for by its name: exactly one of ebs, efs,
// lustre, openzfs, ontap, fileCache and s3.
type Class struct {
	// Optional. Makes this the class of claims that name none; ebs, efs and ontap can be.
	// Default false; where no class is the default, claims must name one.
	Default bool `json:"default"`
	// Optional. What becomes of a volume whose claim is deleted: Delete or Retain. Default
	// Delete; Retain for storage that is there before the claim.
	Reclaim string `json:"reclaim"`
	// Optional. Volumes of Amazon EBS: block devices of one node in one zone.
	EBS *EBS `json:"ebs"`
	// Optional. A file system of Amazon EFS: shared by nodes of all zones.
	EFS *EFS `json:"efs"`
	// Optional. A file system of Amazon FSx for Lustre: shared, for high throughput.
	Lustre *Lustre `json:"lustre"`
	// Optional. A file system of Amazon FSx for OpenZFS: shared over NFS, with snapshots and
	// clones.
	OpenZFS *OpenZFS `json:"openzfs"`
	// Optional. A file system of Amazon FSx for NetApp ONTAP: shared over NFS, or block
	// devices over iSCSI.
	ONTAP *ONTAP `json:"ontap"`
	// Optional. A cache of Amazon File Cache before S3 buckets or NFS file systems.
	FileCache *FileCache `json:"fileCache"`
	// Optional. A bucket of Amazon S3 as a file system, by Mountpoint.
	S3 *S3 `json:"s3"`
}

// Reclaim policies.
const (
	reclaimDelete = "Delete"
	reclaimRetain = "Retain"
)

// kind is one of the seven.
type kind interface {
	// name is the key in Class.
	name() string
	// driver is the name of its row in drivers.
	driver() string
	// withDefaults returns a copy with the defaults filled in.
	withDefaults() kind
	// validate lists what is wrong; paths are keys of the kind.
	validate() []problem.Problem
	// dynamic says whether claims make volumes; else the volume is there before them.
	dynamic() bool
	// objects are those in the cluster, as plain data whose values may be outputs, such as
	// those in made.names. They are made with the helpers of objectArgs: class for a
	// StorageClass, volume for a PersistentVolume with its claim. Their names decide the
	// resources' names, so they must not depend on the order of lists. Each object waits for
	// the AWS side, the drivers' charts, and the objects before it.
	objects(o objectArgs) []kube.Object
}

// claimed are the kinds that make claims of their own, as namespace/name.
type claimed interface{ claims() []string }

// keyed are the kinds whose driver needs keys, by ARN.
type keyed interface{ keys() []string }

// moded are the kinds whose volumes can be changed to something, by name.
type moded interface{ modeNames() []string }

// kinds are those that the class names.
func (c Class) kinds() []kind {
	var named []kind
	if c.EBS != nil {
		named = append(named, *c.EBS)
	}
	if c.EFS != nil {
		named = append(named, *c.EFS)
	}
	if c.Lustre != nil {
		named = append(named, *c.Lustre)
	}
	if c.OpenZFS != nil {
		named = append(named, *c.OpenZFS)
	}
	if c.ONTAP != nil {
		named = append(named, *c.ONTAP)
	}
	if c.FileCache != nil {
		named = append(named, *c.FileCache)
	}
	if c.S3 != nil {
		named = append(named, *c.S3)
	}
	return named
}

// kind is the one kind of a class that was checked, defaults filled in.
func (c Class) kind() kind { return c.kinds()[0].withDefaults() }

// reclaim is the class's reclaim policy, defaults filled in.
func (c Class) reclaim() string {
	switch {
	case c.Reclaim != "":
		return c.Reclaim
	case c.kind().dynamic():
		return reclaimDelete
	default:
		return reclaimRetain
	}
}

// Validate lists what is wrong with classes. Paths begin with a class's name.
func Validate(classes map[string]Class) []problem.Problem {
	var list problem.List
	first, claims := "", map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		class := classes[name]
		if !form.Name.MatchString(name) {
			list.Addf(name, "use up to 63 lower-case letters, digits and hyphens", "%q can't name a storage class", name)
		}
		list.Under(name, class.validate())
		if class.Default && first != "" {
			list.Addf(problem.Join(name, "default"), "leave one", "%s is the default class, too", first)
		} else if class.Default {
			first = name
		}
		for _, claim := range class.claims() {
			if other, twice := claims[claim]; twice {
				list.Addf(problem.Join(name, "volumes"), "give one another name", "the claim %s is made by %s, too", claim, other)
			}
			claims[claim] = name
		}
	}
	return list.All()
}

// modesMinor is the first minor of Kubernetes in which volumes can be changed.
// Source: https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/
const modesMinor = 34

// ValidateFor lists what of classes a Kubernetes minor, such as "1.35", does not have.
func ValidateFor(classes map[string]Class, kubernetes string) []problem.Problem {
	var list problem.List
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		for _, is := range classes[name].kinds() {
			can, has := is.(moded)
			_, minor, _ := strings.Cut(kubernetes, ".")
			number, err := strconv.Atoi(minor)
			if has && len(can.modeNames()) > 0 && err == nil && number < modesMinor {
				list.Addf(problem.Join(name, is.name()+".modes"), fmt.Sprintf("leave them out until the cluster has 1.%d", modesMinor), "Kubernetes %s can't change volumes", kubernetes)
			}
		}
	}
	return list.All()
}

// claims are those that the class makes, sorted.
func (c Class) claims() []string {
	var claims []string
	for _, is := range c.kinds() {
		if makes, has := is.withDefaults().(claimed); has {
			claims = append(claims, makes.claims()...)
		}
	}
	slices.Sort(claims)
	return claims
}

func (c Class) validate() []problem.Problem {
	var list problem.List
	named := c.kinds()
	if len(named) != 1 {
		list.Addf("", "name one of ebs, efs, lustre, openzfs, ontap, fileCache, s3", "names %d kinds of storage", len(named))
		return list.All()
	}
	is := named[0].withDefaults()
	if c.Reclaim != "" {
		problem.OneOf(&list, "reclaim", c.Reclaim, reclaimDelete, reclaimRetain)
	}
	if c.Default && !slices.Contains(canBeDefault, is.name()) {
		list.Addf("default", "use one of "+strings.Join(canBeDefault, ", "), "%s can't be the class of claims that name none", is.name())
	}
	list.Under(is.name(), is.validate())
	return list.All()
}

var canBeDefault = []string{"ebs", "efs", "ontap"}
