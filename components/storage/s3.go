package storage

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// S3 is a bucket of Amazon S3 that pods of all zones read and write as files, by
// Mountpoint. Claims make nothing: each is named in volumes. It is no full file system:
// files are written once, from start to end, and not changed.
type S3 struct {
	// Optional. A bucket that exists, in the cluster's region, by name. Default one is
	// made: <cluster>-<class>-<account>, private, versioned and encrypted.
	Bucket string `json:"bucket"`
	// Optional. The ARN of a KMS key in the cluster's region that the bucket's objects are
	// encrypted with. Default S3's own key.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. Further options of Mountpoint, without dashes: [uid=1000, allow-other].
	// Pods that are not root need uid or gid and allow-other. Default none.
	MountOptions []string `json:"mountOptions"`
	// Required. The volumes by the name of the claim that is made for each.
	Volumes map[string]S3Volume `json:"volumes"`
}

// S3Volume is a part of the bucket.
type S3Volume struct {
	// Optional. The namespace of its claim, which must exist. Default default.
	Namespace string `json:"namespace"`
	// Optional. What the names of its objects begin with, up to a slash: "models/".
	// Default all objects.
	Prefix string `json:"prefix"`
	// Optional. Let pods read only. Default false.
	ReadOnly bool `json:"readOnly"`
	// Optional. Let pods delete files. Default false, as Mountpoint's.
	AllowDelete bool `json:"allowDelete"`
	// Optional. Let pods write files anew. Default false, as Mountpoint's.
	AllowOverwrite bool `json:"allowOverwrite"`
}

// prefix is one that can't reach out of what it names.
var prefix = regexp.MustCompile(`^([A-Za-z0-9!_.'()-]+/)+$`)

// ownOptions are the options of Mountpoint that have a key of their own, or that say whose
// bucket it is.
// Source: https://github.com/awslabs/mountpoint-s3/blob/main/doc/CONFIGURATION.md
var ownOptions = []string{"prefix", "read-only", "allow-delete", "allow-overwrite", "region", "cache", "profile", "endpoint-url"}

func (S3) name() string   { return "s3" }
func (S3) driver() string { return "s3" }
func (S3) dynamic() bool  { return false }

func (s S3) withDefaults() kind {
	s.MountOptions = slices.Clone(s.MountOptions)
	s.Volumes = maps.Clone(s.Volumes)
	for name, volume := range s.Volumes {
		volume.Namespace = cmp.Or(volume.Namespace, defaultNamespace)
		s.Volumes[name] = volume
	}
	return s
}

func (s S3) validate() []problem.Problem {
	var list problem.List
	if s.Bucket != "" && !bucketName.MatchString(s.Bucket) {
		list.Addf("bucket", "write the bucket's name alone, without s3:// or an ARN", "%q is not the name of a bucket", s.Bucket)
	}
	validateKey(&list, s.KMSKeyArn)
	for i, option := range s.MountOptions {
		name, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimLeft(option, "-"), "=", " "), " ")
		if slices.Contains(ownOptions, name) {
			list.Addf(fmt.Sprintf("mountOptions[%d]", i), "leave it out, or use the volume's own keys", "%s is not for here", name)
		}
	}
	if len(s.Volumes) == 0 {
		list.Add("volumes", "is empty, and claims make no volumes of a bucket", "name one")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Volumes)) {
		path, volume := problem.Join("volumes", name), s.Volumes[name]
		validateName(&list, path, name)
		validateName(&list, problem.Join(path, "namespace"), volume.Namespace)
		if volume.Prefix != "" && !prefix.MatchString(volume.Prefix) {
			list.Addf(problem.Join(path, "prefix"), "write it as models/, of letters, digits and !_.'()-", "%q is not a prefix", volume.Prefix)
		}
		if volume.ReadOnly && (volume.AllowDelete || volume.AllowOverwrite) {
			list.Add(problem.Join(path, "readOnly"), "rules out allowDelete and allowOverwrite", "leave one of them out")
		}
	}
	return list.All()
}

func (s S3) claims() []string {
	var claims []string
	for name, volume := range s.Volumes {
		claims = append(claims, volume.Namespace+"/"+name)
	}
	return claims
}

func (s S3) keys() []string { return keysOf(s.KMSKeyArn) }

// objects are the volumes with their claims. Mountpoint ignores the size, which Kubernetes
// wants.
func (s S3) objects(o objectArgs) []kube.Object {
	var all []kube.Object
	for _, name := range slices.Sorted(maps.Keys(s.Volumes)) {
		v := s.Volumes[name]
		all = append(all, o.volume(volume{
			name: name, namespace: v.Namespace, handle: o.name + "." + v.Namespace + "." + name, gib: 1, shared: true, readOnly: v.ReadOnly,
			attributes: map[string]any{"bucketName": o.made.names["bucket"]}, mountOptions: s.options(v, o.args.Cluster.Place.Region),
		}, false)...)
	}
	return all
}

// options name the region, since pods can't ask the instance for it.
func (s S3) options(v S3Volume, region string) []string {
	options := []string{"region " + region}
	if v.Prefix != "" {
		options = append(options, "prefix "+v.Prefix)
	}
	for _, flag := range []struct {
		on   bool
		name string
	}{{v.ReadOnly, "read-only"}, {v.AllowDelete, "allow-delete"}, {v.AllowOverwrite, "allow-overwrite"}} {
		if flag.on {
			options = append(options, flag.name)
		}
	}
	return append(options, s.MountOptions...)
}

// bucketOf is the name of a class's bucket.
func (a Args) bucketOf(class string) string {
	return cmp.Or(a.Classes[class].S3.Bucket, strings.ToLower(a.Cluster.Name)+"-"+class+"-"+a.Cluster.Place.Account)
}
