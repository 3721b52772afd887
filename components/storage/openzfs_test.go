package storage_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const openzfsType = "aws:fsx/openZfsFileSystem:OpenZfsFileSystem"

func zfs() classes { return classes{"home": {OpenZFS: &storage.OpenZFS{GiB: 128}}} }

func TestOpenZFS(t *testing.T) {
	t.Parallel()
	r, err := run(t, zfs(), nil, recorder.Answer(openzfsType, object{"rootVolumeId": "fsvol-1"}))
	require.NoError(t, err)
	system := r.Get(openzfsType, "demo-storage-home")
	require.NotNil(t, system)
	assert.Equal(t, object{
		"deploymentType": "SINGLE_AZ_HA_2", "storageType": "SSD", "storageCapacity": 128.0, "throughputCapacity": 160.0,
		"subnetIds": []any{"subnet-a"}, "securityGroupIds": []any{"SecurityGroup:demo-storage-home"},
		"automaticBackupRetentionDays": 7.0, "skipFinalBackup": false, "copyTagsToBackups": true, "copyTagsToVolumes": true,
		"rootVolumeConfiguration": object{"copyTagsToSnapshots": true, "dataCompressionType": "ZSTD"},
		"tags":                    object{"Name": "demo-home", "team": "platform"},
	}, system.Inputs)
	assert.False(t, system.RetainOnDelete)
	class := r.Get(classType, "demo-classes/home")
	require.NotNil(t, class)
	assert.Contains(t, class.DependsOn, system.URN)
	assert.Equal(t, "fsx.openzfs.csi.aws.com", class.Inputs["provisioner"])
	assert.Equal(t, false, class.Inputs["allowVolumeExpansion"])
	assert.Equal(t, []any{"nfsvers=4.1", "rsize=1048576", "wsize=1048576", "timeo=600"}, class.Inputs["mountOptions"])
	assert.Equal(t, object{
		"ResourceType": "volume", "ParentVolumeId": `"fsvol-1"`, "CopyTagsToSnapshots": "true", "DataCompressionType": `"ZSTD"`,
		"NfsExports": `[{"ClientConfigurations":[{"Clients":"*","Options":["rw","crossmnt","no_root_squash"]}]}]`,
		"Tags":       `[{"Key":"kubernetes.io/cluster/demo","Value":"owned"},{"Key":"team","Value":"platform"}]`,
	}, class.Inputs["parameters"])
	snapshots := r.Get(snapshotType, "demo-classes/home").Inputs
	assert.Equal(t, []any{"fsx.openzfs.csi.aws.com", "Delete"}, []any{snapshots["driver"], snapshots["deletionPolicy"]})
}

func TestOpenZFSPreviews(t *testing.T) {
	t.Parallel()
	r, err := run(t, zfs(), nil, recorder.Preview())
	require.NoError(t, err)
	assert.NotNil(t, r.Get(classType, "demo-classes/home"))
}

func TestOpenZFSInTwoZones(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"home": {Reclaim: "Retain", OpenZFS: &storage.OpenZFS{
		GiB: 1024, Deployment: "MULTI_AZ_1", Throughput: 320, IOPS: 4000, Zone: "eu-west-1b", RouteTableIDs: []string{"rtb-0123456789abcdef0"},
		Compression: "LZ4", QuotaGiB: 10, SnapshotsRetain: true, KMSKeyArn: keyArn, BackupDays: new(0), MaintenanceAt: "1:05:00", MountOptions: []string{"ro"},
	}}}, nil)
	require.NoError(t, err)
	system := r.Get(openzfsType, "demo-storage-home")
	in := system.Inputs
	assert.Equal(t, []any{"subnet-b", "subnet-a"}, in["subnetIds"])
	assert.Equal(t, "subnet-b", in["preferredSubnetId"])
	assert.Equal(t, []any{"rtb-0123456789abcdef0"}, in["routeTableIds"])
	assert.Equal(t, object{"mode": "USER_PROVISIONED", "iops": 4000.0}, in["diskIopsConfiguration"])
	assert.Equal(t, []any{keyArn, 0.0, true, "1:05:00"}, []any{in["kmsKeyId"], in["automaticBackupRetentionDays"], in["skipFinalBackup"], in["weeklyMaintenanceStartTime"]})
	assert.True(t, system.RetainOnDelete)
	class := r.Get(classType, "demo-classes/home").Inputs
	assert.Equal(t, "10", class["parameters"].(object)["StorageCapacityQuotaGiB"])
	assert.Equal(t, []any{"ro"}, class["mountOptions"])
	assert.Equal(t, "Retain", r.Get(snapshotType, "demo-classes/home").Inputs["deletionPolicy"])
}

func TestOpenZFSSecurity(t *testing.T) {
	t.Parallel()
	r, err := run(t, zfs(), nil)
	require.NoError(t, err)
	group := r.Get(groupType, "demo-storage-home").Inputs
	assert.Equal(t, map[string][]float64{"tcp": {111, 2049, 20001}, "udp": {111, 2049, 20001}}, openPorts(group))
	assert.Empty(t, group["egress"])
	assert.Empty(t, r.OfType(inboundType), "nodes are called by nobody")
}

// openPorts are the first ports of a group's rules, by protocol.
func openPorts(group object) map[string][]float64 {
	ports := map[string][]float64{}
	for _, rule := range group["ingress"].([]any) {
		protocol := rule.(object)["protocol"].(string)
		ports[protocol] = append(ports[protocol], rule.(object)["fromPort"].(float64))
	}
	return ports
}

func TestOpenZFSPolicy(t *testing.T) {
	t.Parallel()
	r, err := run(t, zfs(), nil)
	require.NoError(t, err)
	golden(t, "openzfs", r.Get(rolePolicy, "demo-storage-fsx-openzfs-csi").Inputs["policy"])
}

func TestBadOpenZFS(t *testing.T) {
	t.Parallel()
	const at = "classes.a.openzfs."
	for name, test := range map[string]struct {
		is   storage.OpenZFS
		want []string
	}{
		"size":       {storage.OpenZFS{GiB: 63}, []string{at + "gib: 63 is out of range; use 64 to 524288"}},
		"deployment": {storage.OpenZFS{GiB: 64, Deployment: "MULTI_AZ_2"}, []string{at + `deployment: "MULTI_AZ_2" is not known; use one of MULTI_AZ_1, SINGLE_AZ_1, SINGLE_AZ_2, SINGLE_AZ_HA_1, SINGLE_AZ_HA_2`}},
		"throughput": {storage.OpenZFS{GiB: 64, Throughput: 64}, []string{at + "throughput: 64 is not what SINGLE_AZ_HA_2 has; use one of 160 320 640"}},
		"iops":       {storage.OpenZFS{GiB: 1000, IOPS: 2999}, []string{at + "iops: 2999 is less than comes with 1000 GiB; use at least 3000, or leave it out"}},
		"routes":     {storage.OpenZFS{GiB: 64, Deployment: "MULTI_AZ_1"}, []string{at + "routeTableIds: a file system of two zones is reached by routes"}},
		"no routes":  {storage.OpenZFS{GiB: 64, RouteTableIDs: []string{"x"}}, []string{at + "routeTableIds: a file system of one zone needs no routes", at + `routeTableIds[0]: "x" is not a route table's id`}},
		"the rest": {storage.OpenZFS{GiB: 64, Compression: "GZIP", QuotaGiB: 65, Zone: "x", KMSKeyArn: "x", BackupAt: "3"}, []string{
			at + `compression: "GZIP" is not known`, at + "quotaGiB: 65 is out of range; use 1 to 64", at + `zone: "x"`, at + `kmsKeyArn: "x"`, at + `backupAt: "3"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {OpenZFS: &test.is}}, nil)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.Empty(t, r.All())
		})
	}
}
