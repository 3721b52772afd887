package storage_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fullEBS() classes {
	return classes{
		"gp3": {Default: true, EBS: &storage.EBS{}},
		"fast": {Reclaim: "Retain", EBS: &storage.EBS{
			Type: "io2", IOPS: 10000, FSType: "xfs", KMSKeyArn: keyArn, MountOptions: []string{"noatime"}, SnapshotsRetain: true,
			Modes: map[string]storage.EBSMode{"calm": {IOPS: 1000}, "cheap": {Type: "gp3"}},
			Volumes: map[string]storage.EBSVolume{
				"archive": {ID: "vol-0123456789abcdef0", Zone: "eu-west-1a", GiB: 100, Namespace: "shop"},
				"raw":     {ID: "vol-0123456789abcdef1", Zone: "eu-west-1b", GiB: 20, Block: true},
			},
		}},
	}
}

func TestEBSClasses(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, fullEBS(), nil, options...)
			require.NoError(t, err)
			assert.Len(t, r.OfType(classType), 2)
			assert.Equal(t, object{
				"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "ebs.csi.aws.com", "reclaimPolicy": "Delete",
				"allowVolumeExpansion": true, "volumeBindingMode": "WaitForFirstConsumer",
				"metadata": object{"name": "gp3", "labels": object{"team": "platform"}, "annotations": object{"storageclass.kubernetes.io/is-default-class": "true"}},
				"parameters": object{
					"type": "gp3", "iops": "3000", "throughput": "125", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4",
				},
			}, r.Get(classType, "demo-classes/gp3").Inputs)
			fast := r.Get(classType, "demo-classes/fast").Inputs
			assert.Equal(t, "Retain", fast["reclaimPolicy"])
			assert.Equal(t, []any{"noatime"}, fast["mountOptions"])
			assert.NotContains(t, fast["metadata"], "annotations", "one class is the default")
			assert.Equal(t, object{
				"type": "io2", "iops": "10000", "encrypted": "true", "kmsKeyId": keyArn, "csi.storage.k8s.io/fstype": "xfs",
			}, fast["parameters"])
		})
	}
}

func TestEBSModes(t *testing.T) {
	t.Parallel()
	r, err := run(t, fullEBS(), nil)
	require.NoError(t, err)
	require.Len(t, r.OfType(modeType), 2)
	calm := r.Get(modeType, "demo-classes/fast-calm").Inputs
	assert.Equal(t, "ebs.csi.aws.com", calm["driverName"])
	assert.Equal(t, object{"type": "io2", "iops": "1000"}, calm["parameters"])
	assert.Equal(t, object{"type": "gp3", "iops": "3000", "throughput": "125"}, r.Get(modeType, "demo-classes/fast-cheap").Inputs["parameters"])
}

func TestEBSVolumesThatExist(t *testing.T) {
	t.Parallel()
	r, err := run(t, fullEBS(), nil)
	require.NoError(t, err)
	volume := r.Get(volumeType, "demo-classes/shop.archive")
	require.NotNil(t, volume)
	assert.Equal(t, object{
		"accessModes": []any{"ReadWriteOnce"}, "capacity": object{"storage": "100Gi"}, "volumeMode": "Filesystem", "storageClassName": "fast",
		"persistentVolumeReclaimPolicy": "Retain", "mountOptions": []any{"noatime"},
		"claimRef": object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": "shop", "name": "archive"},
		"csi":      object{"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0123456789abcdef0", "fsType": "xfs"},
		"nodeAffinity": object{"required": object{"nodeSelectorTerms": []any{object{"matchExpressions": []any{
			object{"key": "topology.kubernetes.io/zone", "operator": "In", "values": []any{"eu-west-1a"}},
		}}}}},
	}, volume.Inputs["spec"])
	assert.Equal(t, []string{"spec.capacity"}, volume.IgnoreChanges, "a volume that has grown stays as it is")
	claim := r.Get(claimType, "demo-classes/shop/archive")
	require.NotNil(t, claim)
	assert.Equal(t, object{
		"accessModes": []any{"ReadWriteOnce"}, "resources": object{"requests": object{"storage": "100Gi"}}, "volumeMode": "Filesystem",
		"storageClassName": "fast", "volumeName": "shop.archive",
	}, claim.Inputs["spec"])
	assert.Contains(t, claim.DependsOn, volume.URN)
	assert.Contains(t, volume.DependsOn, r.Get(classType, "demo-classes/fast").URN)

	raw := r.Get(volumeType, "demo-classes/default.raw").Inputs["spec"].(object)
	assert.Equal(t, "Block", raw["volumeMode"])
	assert.NotContains(t, raw["csi"], "fsType", "a device has no file system")
	assert.NotContains(t, raw, "mountOptions", "a device is not mounted")
	assert.Equal(t, "Block", r.Get(claimType, "demo-classes/default/raw").Inputs["spec"].(object)["volumeMode"])
}

func TestEBSSnapshots(t *testing.T) {
	t.Parallel()
	r, err := run(t, fullEBS(), nil)
	require.NoError(t, err)
	require.Len(t, r.OfType(snapshotType), 2)
	first := r.Get(snapshotType, "demo-classes/gp3").Inputs
	assert.Equal(t, "ebs.csi.aws.com", first["driver"])
	assert.Equal(t, "Delete", first["deletionPolicy"])
	assert.Equal(t, object{"snapshot.storage.kubernetes.io/is-default-class": "true"}, first["metadata"].(object)["annotations"])
	second := r.Get(snapshotType, "demo-classes/fast").Inputs
	assert.Equal(t, "Retain", second["deletionPolicy"])
	assert.NotContains(t, second["metadata"], "annotations")
}

func TestEBSPolicy(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]classes{"ebs": {"gp3": {EBS: &storage.EBS{}}}, "ebs-full": fullEBS()} {
		r, err := run(t, of, nil)
		require.NoError(t, err)
		golden(t, name, r.Get(rolePolicy, "demo-storage-ebs-csi").Inputs["policy"])
	}
}

func TestBadEBS(t *testing.T) {
	t.Parallel()
	const at = "classes.a.ebs."
	for name, test := range map[string]struct {
		is   storage.EBS
		want string
	}{
		"type":              {storage.EBS{Type: "standard"}, at + `type: `},
		"no iops":           {storage.EBS{Type: "io2"}, at + "iops: io2 needs it; write 100 to 256000"},
		"iops of gp2":       {storage.EBS{Type: "gp2", IOPS: 3000}, at + "iops: gp2 has none to choose"},
		"little iops":       {storage.EBS{IOPS: 2999}, at + "iops: 2999 is out of range for gp3; use 3000 to 80000"},
		"much iops":         {storage.EBS{Type: "io1", IOPS: 64001}, at + "iops: 64001 is out of range for io1; use 100 to 64000"},
		"throughput of io2": {storage.EBS{Type: "io2", IOPS: 100, Throughput: 125}, at + "throughput: io2 has none to choose"},
		"throughput":        {storage.EBS{IOPS: 80000, Throughput: 2001}, at + "throughput: 2001 is out of range for gp3; use 125 to 2000"},
		"ratio":             {storage.EBS{Throughput: 751}, at + "throughput: 751 is too much for 3000 operations a second; use up to 750, or raise iops"},
		"file system":       {storage.EBS{FSType: "ext3"}, at + "fsType: "},
		"key":               {storage.EBS{KMSKeyArn: "alias/x"}, at + `kmsKeyArn: "alias/x" is not the ARN of a key`},
		"mode":              {storage.EBS{Modes: map[string]storage.EBSMode{"m": {IOPS: 1}}}, at + "modes.m.iops: 1 is out of range for gp3"},
		"mode's name":       {storage.EBS{Modes: map[string]storage.EBSMode{"M": {}}}, at + `modes.M: "M" is not a name`},
		"volume's id":       {volumes(storage.EBSVolume{ID: "x", Zone: "eu-west-1a", GiB: 1}), at + `volumes.v.id: "x" is not a volume's id; write it as vol-0123456789abcdef0`},
		"volume's zone":     {volumes(storage.EBSVolume{ID: "vol-01234567", Zone: "eu-west-1", GiB: 1}), at + `volumes.v.zone: "eu-west-1" is not an availability zone`},
		"volume's size":     {volumes(storage.EBSVolume{ID: "vol-01234567", Zone: "eu-west-1a", GiB: 65537}), at + "volumes.v.gib: 65537 is out of range for gp3; use 1 to 65536"},
		"namespace":         {volumes(storage.EBSVolume{ID: "vol-01234567", Zone: "eu-west-1a", GiB: 1, Namespace: "X"}), at + `volumes.v.namespace: "X" is not a name`},
		"volume twice": {storage.EBS{Volumes: map[string]storage.EBSVolume{
			"v": {ID: "vol-01234567", Zone: "eu-west-1a", GiB: 1}, "w": {ID: "vol-01234567", Zone: "eu-west-1a", GiB: 1},
		}}, at + "volumes.w.id: vol-01234567 is that of v, too"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {EBS: &test.is}}, nil)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
}

func volumes(one storage.EBSVolume) storage.EBS {
	return storage.EBS{Volumes: map[string]storage.EBSVolume{"v": one}}
}
