package storage

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// FileCache is a cache of Amazon File Cache before S3 buckets or NFS file systems, in one
// zone, which nodes of all zones share: one for the class, or one for each claim. It is
// always encrypted. But for namespaces, mountOptions and maintenanceAt it can't be changed:
// another value makes another cache, and what wasn't exported is lost.
type FileCache struct {
	// Optional. Makes a cache for each claim, when it is claimed; AWS takes minutes.
	// Default false: one cache, which is there before, and a claim of the class's name in
	// each of the namespaces.
	PerClaim bool `json:"perClaim"`
	// Required, but with perClaim. The size in GiB: 1200, or a multiple of 2400.
	GiB int `json:"gib"`
	// Required. What is cached, up to 8, by the directory of the cache that it is seen
	// in, such as /data: all in S3, or all over NFS.
	Repositories map[string]CacheRepository `json:"repositories"`
	// Optional. The zone of the cache. Default the first of the network's zones.
	Zone string `json:"zone"`
	// Optional. The namespaces that get a claim, which must exist; not with perClaim.
	// Default none.
	Namespaces []string `json:"namespaces"`
	// Optional. The ARN of a KMS key in the cluster's region to encrypt with. Default the
	// account's key for FSx.
	KMSKeyArn string `json:"kmsKeyArn"`
	// Optional. When AWS patches the cache, as day, hour and minute in UTC, 1 being Monday:
	// 7:09:00. Default as AWS chooses.
	MaintenanceAt string `json:"maintenanceAt"`
	// Optional. Options of mount(8). Default [flock], without which files can't be locked.
	MountOptions []string `json:"mountOptions"`
}

// CacheRepository is what a directory of a cache shows.
type CacheRepository struct {
	// Required. s3://bucket/prefix/, or for NFS version 3 nfs://host/export, or nfs://host
	// with exports.
	Path string `json:"path"`
	// Optional. The exports of an NFS host, up to 500: [/home, /projects]. Default that of
	// the path.
	Exports []string `json:"exports"`
	// Optional. Addresses of up to 2 DNS servers that know the NFS host. Default those of
	// the VPC.
	DNSServers []string `json:"dnsServers"`
}

// What File Cache offers, which is one of each.
// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileCache.html
const (
	cacheType       = "LUSTRE"
	cacheVersion    = "2.12"
	cacheDeployment = "CACHE_1"
	cacheThroughput = 1000
	cacheMetadata   = 2400
	cacheNFS        = "NFS3"
)

const (
	maxRepositories = 8
	maxExports      = 500
	maxDNSServers   = 2
)

var (
	s3Path   = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^ ,{}\[\]]*)?$`)
	nfsPath  = regexp.MustCompile(`^nfs://[A-Za-z0-9.-]+(/[^ ,{}\[\]]*)?$`)
	fromRoot = regexp.MustCompile(`^/[^ ,{}\[\]]*$`)
)

func (FileCache) name() string    { return "fileCache" }
func (FileCache) driver() string  { return "fileCache" }
func (c FileCache) dynamic() bool { return c.PerClaim }

func (c FileCache) withDefaults() kind {
	c.Repositories, c.Namespaces, c.MountOptions = maps.Clone(c.Repositories), slices.Clone(c.Namespaces), slices.Clone(c.MountOptions)
	if c.MountOptions == nil {
		c.MountOptions = []string{"flock"}
	}
	return c
}

// paths are the cache's directories, in order.
func (c FileCache) paths() []string { return slices.Sorted(maps.Keys(c.Repositories)) }

func (r CacheRepository) isNFS() bool { return strings.HasPrefix(r.Path, "nfs://") }

func (c FileCache) validate() []problem.Problem {
	var list problem.List
	switch {
	case !c.PerClaim:
		lustreSize(&list, c.GiB, lustreStep)
	case c.GiB != 0:
		list.Add("gib", "claims say their size", "leave it out, or perClaim")
	}
	if c.PerClaim && len(c.Namespaces) > 0 {
		list.Add("namespaces", "claims are made by who needs a cache", "leave them out, or perClaim")
	}
	if n := len(c.Repositories); n < 1 || n > maxRepositories {
		list.Addf("repositories", fmt.Sprintf("name 1 to %d", maxRepositories), "there are %d", n)
	}
	before := ""
	for _, path := range c.paths() {
		at, repository := "repositories["+path+"]", c.Repositories[path]
		list.Under(at, repository.validate(path, len(c.Repositories)))
		switch {
		case before == "":
		case inside(path, before):
			list.Addf(at, "use directories apart", "is inside of %s", before)
			continue
		case repository.isNFS() != c.Repositories[before].isNFS():
			list.Addf(problem.Join(at, "path"), "use S3 for all, or NFS", "is of another kind than that of %s", before)
		}
		before = path
	}
	validateZone(&list, c.Zone)
	validateNamespaces(&list, c.Namespaces)
	validateKey(&list, c.KMSKeyArn)
	validateWeekly(&list, c.MaintenanceAt)
	return list.All()
}

// inside says whether one directory is in another.
func inside(path, other string) bool {
	return strings.HasPrefix(strings.TrimSuffix(path, "/")+"/", strings.TrimSuffix(other, "/")+"/")
}

// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_FileCacheDataRepositoryAssociation.html
func (r CacheRepository) validate(directory string, of int) []problem.Problem {
	var list problem.List
	if !fromRoot.MatchString(directory) {
		list.Add("", "is not a directory of the cache", "write it as /data")
	}
	if directory == "/" && (of > 1 || len(r.Exports) == 0) {
		list.Add("", "the whole cache can only show the exports of one NFS host", "use a directory such as /data, or name exports of nfs://host")
	}
	switch {
	case r.isNFS() && nfsPath.MatchString(r.Path):
	case !r.isNFS() && s3Path.MatchString(r.Path):
		if len(r.Exports)+len(r.DNSServers) > 0 {
			list.Add("path", "S3 has no exports and needs no DNS servers", "leave them out")
		}
	default:
		list.Addf("path", "write it as s3://bucket/prefix/ or nfs://host/export", "%q is not what can be cached", r.Path)
	}
	if len(r.Exports) > maxExports {
		list.Addf("exports", fmt.Sprintf("name up to %d", maxExports), "there are %d", len(r.Exports))
	}
	for i, export := range r.Exports {
		if !fromRoot.MatchString(export) {
			list.Addf(fmt.Sprintf("exports[%d]", i), "write it as /home", "%q is not an export", export)
		}
	}
	if len(r.DNSServers) > maxDNSServers {
		list.Addf("dnsServers", fmt.Sprintf("name up to %d", maxDNSServers), "there are %d", len(r.DNSServers))
	}
	for i, server := range r.DNSServers {
		if _, err := netip.ParseAddr(server); err != nil {
			list.Addf(fmt.Sprintf("dnsServers[%d]", i), "write it as 10.0.0.2", "%q is not an address", server)
		}
	}
	return list.All()
}

func (c FileCache) keys() []string { return keysOf(c.KMSKeyArn) }

// objects are the class of caches, or the claims of the one.
func (c FileCache) objects(o objectArgs) []kube.Object {
	if !c.PerClaim {
		return o.sharedVolumes(c.Namespaces, c.GiB, "fileCacheId", c.MountOptions)
	}
	parameters := map[string]any{
		"subnetId": o.made.names["subnetId"], "securityGroupIds": o.made.names["securityGroupId"],
		"fileCacheType": cacheType, "fileCacheTypeVersion": cacheVersion,
		"LustreConfiguration":        fmt.Sprintf("DeploymentType=%s,PerUnitStorageThroughput=%d,MetadataConfiguration={StorageCapacity=%d}", cacheDeployment, cacheThroughput, cacheMetadata),
		"dataRepositoryAssociations": c.associationTexts(), "copyTagsToDataRepositoryAssociations": "true", "extraTags": o.args.tagList(),
	}
	for key, text := range map[string]string{"kmsKeyId": c.KMSKeyArn, "weeklyMaintenanceStartTime": c.MaintenanceAt} {
		if text != "" {
			parameters[key] = text
		}
	}
	return []kube.Object{o.class(storageClass{parameters: parameters, mountOptions: c.MountOptions})}
}

// associationTexts are the repositories as the driver reads them.
// Source: https://github.com/kubernetes-sigs/aws-file-cache-csi-driver/blob/v0.1.0/pkg/cloud/cloud.go
func (c FileCache) associationTexts() string {
	var all []string
	for _, path := range c.paths() {
		repository := c.Repositories[path]
		text := "FileCachePath=" + path + ",DataRepositoryPath=" + repository.Path
		if repository.isNFS() {
			nfs := "Version=" + cacheNFS
			if len(repository.DNSServers) > 0 {
				nfs += ",DnsIps=[" + strings.Join(repository.DNSServers, ",") + "]"
			}
			text += ",NFS={" + nfs + "}"
		}
		if len(repository.Exports) > 0 {
			text += ",DataRepositorySubdirectories=[" + strings.Join(repository.Exports, ",") + "]"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}
