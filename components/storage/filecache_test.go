package storage_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const cacheType = "aws:fsx/fileCache:FileCache"

type repositories = map[string]storage.CacheRepository

var (
	lake  = repositories{"/lake": {Path: "s3://lake/raw/"}, "/models": {Path: "s3://models"}}
	filer = repositories{"/": {Path: "nfs://filer.example.com", Exports: []string{"/home", "/projects"}, DNSServers: []string{"10.0.0.2"}}}
)

func TestSharedFileCache(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"cache": {FileCache: &storage.FileCache{GiB: 1200, Repositories: lake, Namespaces: []string{"train"}, KMSKeyArn: keyArn, MaintenanceAt: "7:09:00"}}}, nil,
		recorder.Answer(cacheType, object{"fileCacheId": "fc-1", "dnsName": "fc-1.fsx.eu-west-1.amazonaws.com", "lustreConfigurations": []any{object{
			"deploymentType": "CACHE_1", "perUnitStorageThroughput": 1000, "metadataConfigurations": []any{}, "mountName": "abcdef",
		}}}))
	require.NoError(t, err)
	cache := r.Get(cacheType, "demo-storage-cache")
	require.NotNil(t, cache)
	assert.Equal(t, object{
		"fileCacheType": "LUSTRE", "fileCacheTypeVersion": "2.12", "storageCapacity": 1200.0, "copyTagsToDataRepositoryAssociations": true, "kmsKeyId": keyArn,
		"subnetIds": []any{"subnet-a"}, "securityGroupIds": []any{"SecurityGroup:demo-storage-cache"},
		"lustreConfigurations": []any{object{
			"deploymentType": "CACHE_1", "perUnitStorageThroughput": 1000.0, "metadataConfigurations": []any{object{"storageCapacity": 2400.0}}, "weeklyMaintenanceStartTime": "7:09:00",
		}},
		"dataRepositoryAssociations": []any{
			object{"fileCachePath": "/lake", "dataRepositoryPath": "s3://lake/raw/"}, object{"fileCachePath": "/models", "dataRepositoryPath": "s3://models"},
		},
		"tags": object{"Name": "demo-cache", "team": "platform"},
	}, cache.Inputs)
	assert.Len(t, r.OfType(inboundType), 2, "its servers call nodes")
	volume := r.Get(volumeType, "demo-classes/train.cache")
	require.NotNil(t, volume)
	assert.Equal(t, object{"driver": "filecache.csi.aws.com", "volumeHandle": "fc-1-train", "volumeAttributes": object{
		"dnsname": "fc-1.fsx.eu-west-1.amazonaws.com", "mountname": "abcdef",
	}}, volume.Inputs["spec"].(object)["csi"])
	assert.Contains(t, volume.DependsOn, cache.URN)
}

func TestFileCachePreviews(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"cache": {FileCache: &storage.FileCache{GiB: 1200, Repositories: filer, Namespaces: []string{"train"}}}}, nil, recorder.Preview())
	require.NoError(t, err)
	require.NotNil(t, r.Get(volumeType, "demo-classes/train.cache"))
	assert.Equal(t, []any{object{
		"fileCachePath": "/", "dataRepositoryPath": "nfs://filer.example.com", "dataRepositorySubdirectories": []any{"/home", "/projects"},
		"nfs": []any{object{"version": "NFS3", "dnsIps": []any{"10.0.0.2"}}},
	}}, r.Get(cacheType, "demo-storage-cache").Inputs["dataRepositoryAssociations"])
}

func TestFileCachePerClaim(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		of   repositories
		want string
	}{
		"s3":  {lake, "FileCachePath=/lake,DataRepositoryPath=s3://lake/raw/ FileCachePath=/models,DataRepositoryPath=s3://models"},
		"nfs": {filer, "FileCachePath=/,DataRepositoryPath=nfs://filer.example.com,NFS={Version=NFS3,DnsIps=[10.0.0.2]},DataRepositorySubdirectories=[/home,/projects]"},
	} {
		r, err := run(t, classes{"cache": {FileCache: &storage.FileCache{PerClaim: true, Repositories: test.of, KMSKeyArn: keyArn}}}, nil)
		require.NoError(t, err)
		assert.Empty(t, r.OfType(cacheType))
		class := r.Get(classType, "demo-classes/cache").Inputs
		assert.Equal(t, object{
			"subnetId": "subnet-a", "securityGroupIds": "SecurityGroup:demo-storage-cache", "fileCacheType": "LUSTRE", "fileCacheTypeVersion": "2.12",
			"LustreConfiguration":        "DeploymentType=CACHE_1,PerUnitStorageThroughput=1000,MetadataConfiguration={StorageCapacity=2400}",
			"dataRepositoryAssociations": test.want, "copyTagsToDataRepositoryAssociations": "true", "kmsKeyId": keyArn,
			"extraTags": "kubernetes.io/cluster/demo=owned,team=platform",
		}, class["parameters"], name)
		assert.Equal(t, false, class["allowVolumeExpansion"])
		golden(t, "file-cache-per-claim-"+name, r.Get(rolePolicy, "demo-storage-file-cache-csi").Inputs["policy"])
	}
}

// A cache reads NFS from its own network, and S3 not.
func TestFileCacheSecurity(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{
		"s3": {FileCache: &storage.FileCache{GiB: 1200, Repositories: lake}}, "nfs": {FileCache: &storage.FileCache{GiB: 1200, Repositories: filer}},
	}, nil)
	require.NoError(t, err)
	s3, nfs := r.Get(groupType, "demo-storage-s3").Inputs, r.Get(groupType, "demo-storage-nfs").Inputs
	assert.Equal(t, s3["ingress"], nfs["ingress"])
	assert.Len(t, s3["egress"], 2)
	assert.Len(t, r.OfType(inboundType), 4)
	assert.Equal(t, object{"description": "NFS servers and DNS", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": []any{"0.0.0.0/0"}}, nfs["egress"].([]any)[2])
}

func TestFileCachePolicy(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"cache": {FileCache: &storage.FileCache{GiB: 1200, Repositories: lake}}}, nil)
	require.NoError(t, err)
	golden(t, "file-cache", r.Get(rolePolicy, "demo-storage-file-cache-csi").Inputs["policy"])
}

func TestBadFileCache(t *testing.T) {
	t.Parallel()
	const at = "classes.a.fileCache."
	many := repositories{}
	for _, letter := range strings.Split("abcdefghi", "") {
		many["/"+letter] = storage.CacheRepository{Path: "s3://lake/" + letter}
	}
	of := func(path string, r storage.CacheRepository) storage.FileCache {
		return storage.FileCache{GiB: 1200, Repositories: repositories{path: r}}
	}
	for name, test := range map[string]struct {
		is   storage.FileCache
		want []string
	}{
		"nothing": {storage.FileCache{}, []string{at + "gib: 0 is not a size that AWS has; use 1200 or a multiple of 2400", at + "repositories: there are 0; name 1 to 8"}},
		"many":    {storage.FileCache{GiB: 1200, Repositories: many}, []string{at + "repositories: there are 9; name 1 to 8"}},
		"path":    {of("/a", storage.CacheRepository{Path: "http://x"}), []string{at + `repositories[/a].path: "http://x" is not what can be cached; write it as s3://bucket/prefix/ or nfs://host/export`}},
		"cache's": {of("a", storage.CacheRepository{Path: "s3://lake"}), []string{at + "repositories[a]: is not a directory of the cache; write it as /data"}},
		"root":    {of("/", storage.CacheRepository{Path: "s3://lake"}), []string{at + "repositories[/]: the whole cache can only show the exports of one NFS host"}},
		"mixed": {storage.FileCache{GiB: 1200, Repositories: repositories{"/a": {Path: "s3://lake"}, "/b": {Path: "nfs://x/y"}}},
			[]string{at + "repositories[/b].path: is of another kind than that of /a; use S3 for all, or NFS"}},
		"inside": {storage.FileCache{GiB: 1200, Repositories: repositories{"/a": {Path: "s3://lake"}, "/a/b": {Path: "s3://models"}}},
			[]string{at + "repositories[/a/b]: is inside of /a; use directories apart"}},
		"S3's": {of("/a", storage.CacheRepository{Path: "s3://lake", Exports: []string{"/x"}}), []string{at + "repositories[/a].path: S3 has no exports"}},
		"exports": {of("/a", storage.CacheRepository{Path: "nfs://x", Exports: []string{"home"}, DNSServers: []string{"a", "10.0.0.1", "10.0.0.2"}}), []string{
			at + `repositories[/a].exports[0]: "home" is not an export`, at + `repositories[/a].dnsServers: there are 3; name up to 2`, at + `repositories[/a].dnsServers[0]: "a" is not an address`,
		}},
		"per claim": {storage.FileCache{PerClaim: true, GiB: 1200, Repositories: lake, Namespaces: []string{"a"}}, []string{at + "gib: claims say their size", at + "namespaces: claims are made by"}},
		"the rest": {storage.FileCache{GiB: 1200, Repositories: lake, Zone: "x", KMSKeyArn: "x", MaintenanceAt: "x", Namespaces: []string{"X"}}, []string{
			at + `zone: "x"`, at + `kmsKeyArn: "x"`, at + `maintenanceAt: "x"`, at + `namespaces[0]: "X"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {FileCache: &test.is}}, nil)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.Empty(t, r.All())
		})
	}
}
