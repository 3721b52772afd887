package storage_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	fileSystem  = "aws:efs/fileSystem:FileSystem"
	mountTarget = "aws:efs/mountTarget:MountTarget"
	accessType  = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	backupType  = "aws:efs/backupPolicy:BackupPolicy"
	groupType   = "aws:ec2/securityGroup:SecurityGroup"
)

func TestEFSIsMade(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"shared": {EFS: &storage.EFS{}}}, nil)
	require.NoError(t, err)
	system := r.Get(fileSystem, "demo-storage-shared")
	require.NotNil(t, system)
	assert.Equal(t, object{
		"encrypted": true, "performanceMode": "generalPurpose", "throughputMode": "elastic", "tags": object{"Name": "demo-shared", "team": "platform"},
		"lifecyclePolicies": []any{object{"transitionToIa": "AFTER_30_DAYS"}, object{"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"}},
	}, system.Inputs)
	assert.False(t, system.RetainOnDelete)
	assert.Equal(t, object{"status": "ENABLED"}, r.Get(backupType, "demo-storage-shared").Inputs["backupPolicy"])
	golden(t, "efs-access", r.Get(accessType, "demo-storage-shared").Inputs["policy"])

	group := r.Get(groupType, "demo-storage-shared")
	require.NotNil(t, group)
	rule := group.Inputs["ingress"].([]any)[0].(object)
	assert.EqualValues(t, 2049, rule["fromPort"])
	assert.Equal(t, []any{"sg-0123456789abcdef0"}, rule["securityGroups"])

	require.Len(t, r.OfType(mountTarget), 2, "a zone takes one")
	for name, subnet := range map[string]string{"private-a": "subnet-a", "private-b": "subnet-b"} {
		target := r.Get(mountTarget, "demo-storage-shared-"+name)
		require.NotNil(t, target, name)
		assert.Equal(t, subnet, target.Inputs["subnetId"])
		assert.Equal(t, []any{recorder.ID(groupType, "demo-storage-shared")}, target.Inputs["securityGroups"])
	}
}

func TestEFSAsAsked(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"shared": {Reclaim: "Retain", EFS: &storage.EFS{
		ThroughputMode: "provisioned", Throughput: 64, PerformanceMode: "maxIO", InfrequentDays: 1, NoBackups: true, KMSKeyArn: keyArn,
	}}, "cold": {EFS: &storage.EFS{ArchiveDays: 90}}, "hot": {EFS: &storage.EFS{InfrequentDays: -1}}}, nil)
	require.NoError(t, err)
	system := r.Get(fileSystem, "demo-storage-shared")
	assert.True(t, system.RetainOnDelete, "what is retained outlives its class")
	assert.False(t, r.Get(groupType, "demo-storage-shared").RetainOnDelete, "a group that stays holds up the VPC")
	assert.InDelta(t, 64, system.Inputs["provisionedThroughputInMibps"], 0)
	assert.Equal(t, keyArn, system.Inputs["kmsKeyId"])
	assert.Equal(t, "AFTER_1_DAY", system.Inputs["lifecyclePolicies"].([]any)[0].(object)["transitionToIa"])
	assert.Equal(t, object{"status": "DISABLED"}, r.Get(backupType, "demo-storage-shared").Inputs["backupPolicy"])
	assert.Contains(t, r.Get(fileSystem, "demo-storage-cold").Inputs["lifecyclePolicies"], object{"transitionToArchive": "AFTER_90_DAYS"})
	assert.Empty(t, r.Get(fileSystem, "demo-storage-hot").Inputs["lifecyclePolicies"])
}

// Nobody gets a class before its file system can be mounted.
func TestEFSClass(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"shared": {Default: true, EFS: &storage.EFS{}}}, nil, options...)
			require.NoError(t, err)
			class := r.Get(classType, "demo-classes/shared")
			require.NotNil(t, class)
			for _, target := range append(r.OfType(mountTarget), r.OfType(accessType)...) {
				assert.Contains(t, class.DependsOn, target.URN)
			}
			assert.Contains(t, class.DependsOn, r.Get("test:index:Thing", "chart").URN)
			assert.Equal(t, "Immediate", class.Inputs["volumeBindingMode"])
			assert.Equal(t, false, class.Inputs["allowVolumeExpansion"])
			want := object{"provisioningMode": "efs-ap", "directoryPerms": "700", "gidRangeStart": "50000", "gidRangeEnd": "60000", "basePath": "/demo/shared"}
			if mode == "update" {
				want["fileSystemId"] = recorder.ID(fileSystem, "demo-storage-shared")
			}
			assert.Equal(t, want, class.Inputs["parameters"])
		})
	}
}

func TestEFSThatExists(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"shared": {EFS: &storage.EFS{
		FileSystemID: "fs-0123456789abcdef0", DirectoryPerms: "770", FirstGID: 1000, LastGID: 2000, BasePath: "/apps", MountOptions: []string{"noac"},
	}}}, nil)
	require.NoError(t, err)
	for _, made := range r.All() {
		assert.False(t, strings.HasPrefix(made.Type, "aws:efs") || made.Type == groupType, made.Name)
	}
	class := r.Get(classType, "demo-classes/shared").Inputs
	assert.Equal(t, object{
		"provisioningMode": "efs-ap", "fileSystemId": "fs-0123456789abcdef0", "directoryPerms": "770", "gidRangeStart": "1000", "gidRangeEnd": "2000", "basePath": "/apps",
	}, class["parameters"])
	assert.Equal(t, []any{"noac"}, class["mountOptions"])
	golden(t, "efs", r.Get(rolePolicy, "demo-storage-efs-csi").Inputs["policy"])
	assert.Empty(t, r.OfType(snapshotType))
}

func TestBadEFS(t *testing.T) {
	t.Parallel()
	const at, exists = "classes.a.efs.", "fs-0123456789abcdef0"
	for name, test := range map[string]struct {
		is   storage.EFS
		want string
	}{
		"id":            {storage.EFS{FileSystemID: "x"}, at + `fileSystemId: "x" is not a file system's id`},
		"mode of one":   {storage.EFS{FileSystemID: exists, ThroughputMode: "elastic"}, at + "throughputMode: is that of a file system which is made"},
		"key of one":    {storage.EFS{FileSystemID: exists, KMSKeyArn: keyArn}, at + "kmsKeyArn: is that of a file system which is made"},
		"backups":       {storage.EFS{FileSystemID: exists, NoBackups: true}, at + "noBackups: is that of a file system which is made"},
		"mode":          {storage.EFS{ThroughputMode: "fast"}, at + "throughputMode: "},
		"performance":   {storage.EFS{PerformanceMode: "fast"}, at + "performanceMode: "},
		"elastic maxIO": {storage.EFS{PerformanceMode: "maxIO"}, at + "performanceMode: maxIO has no elastic throughput; use generalPurpose, or another throughputMode"},
		"throughput":    {storage.EFS{Throughput: 1}, at + "throughput: elastic throughput can't be chosen; leave it out, or use provisioned"},
		"none":          {storage.EFS{ThroughputMode: "provisioned"}, at + "throughput: 0 is out of range; use 1 to 3414"},
		"days":          {storage.EFS{InfrequentDays: 2}, at + "infrequentDays: 2 is not what EFS offers; use one of [1 7 14 30 60 90 180 270 365], or -1 for never"},
		"archive first": {storage.EFS{ArchiveDays: 14}, at + "archiveDays: comes after infrequentDays"},
		"archive":       {storage.EFS{ArchiveDays: 90, ThroughputMode: "bursting"}, at + "archiveDays: comes after infrequentDays, with elastic throughput"},
		"key":           {storage.EFS{KMSKeyArn: "x"}, at + `kmsKeyArn: "x" is not the ARN of a key`},
		"permissions":   {storage.EFS{DirectoryPerms: "rwx"}, at + `directoryPerms: "rwx" is not octal; write it as "700"`},
		"ids":           {storage.EFS{FirstGID: 5}, at + "firstGid: 5 to 0 is no range of ids"},
		"path":          {storage.EFS{BasePath: "/a/b/c/d"}, at + `basePath: "/a/b/c/d" is not a directory that EFS takes`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {EFS: &test.is}}, nil)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
}
