package storage_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	lustreType   = "aws:fsx/lustreFileSystem:LustreFileSystem"
	inboundType  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	lustreSystem = "LustreFileSystem:demo-storage-scratch"
)

var lustreOutputs = recorder.Answer(lustreType, object{"dnsName": "fs-1.fsx.eu-west-1.amazonaws.com", "mountName": "abcdef"})

func sharedLustre() classes {
	return classes{"scratch": {Lustre: &storage.Lustre{GiB: 1200, Namespaces: []string{"train", "infer"}, Zone: "eu-west-1b"}}}
}

func claimedLustre() classes {
	return classes{"scratch": {Lustre: &storage.Lustre{PerClaim: true, Throughput: 250, MetadataIOPS: 24000, KMSKeyArn: keyArn, BackupAt: "03:00", MaintenanceAt: "7:09:00"}}}
}

func TestSharedLustre(t *testing.T) {
	t.Parallel()
	r, err := run(t, sharedLustre(), nil, lustreOutputs)
	require.NoError(t, err)
	system := r.Get(lustreType, "demo-storage-scratch")
	require.NotNil(t, system)
	assert.Equal(t, object{
		"deploymentType": "PERSISTENT_2", "storageType": "SSD", "storageCapacity": 1200.0, "perUnitStorageThroughput": 125.0,
		"fileSystemTypeVersion": "2.15", "dataCompressionType": "LZ4", "metadataConfiguration": object{"mode": "AUTOMATIC"},
		"subnetIds": "subnet-b", "securityGroupIds": []any{"SecurityGroup:demo-storage-scratch"},
		"automaticBackupRetentionDays": 7.0, "copyTagsToBackups": true, "skipFinalBackup": false,
		"tags": object{"Name": "demo-scratch", "team": "platform"},
	}, system.Inputs)
	assert.True(t, system.RetainOnDelete, "what is there before claims outlives the class")
	assert.Empty(t, r.OfType(classType), "no claim makes a file system")
	for _, namespace := range []string{"infer", "train"} {
		volume, claim := r.Get(volumeType, "demo-classes/"+namespace+".scratch"), r.Get(claimType, "demo-classes/"+namespace+"/scratch")
		require.NotNil(t, volume)
		require.NotNil(t, claim)
		spec := volume.Inputs["spec"].(object)
		assert.Equal(t, []any{"ReadWriteMany"}, spec["accessModes"])
		assert.Equal(t, []any{"flock"}, spec["mountOptions"])
		assert.Equal(t, object{"driver": "fsx.csi.aws.com", "volumeHandle": lustreSystem + "-" + namespace, "volumeAttributes": object{
			"dnsname": "fs-1.fsx.eu-west-1.amazonaws.com", "mountname": "abcdef",
		}}, spec["csi"])
		assert.Contains(t, volume.DependsOn, system.URN)
		for _, rule := range r.OfType(inboundType) {
			assert.Contains(t, volume.DependsOn, rule.URN, "nothing is mounted before servers can call back")
		}
	}
}

// Clients of Lustre are servers, too: it is open both ways, and for nobody else.
func TestLustreSecurity(t *testing.T) {
	t.Parallel()
	r, err := run(t, sharedLustre(), func(a *storage.Args) { a.Cluster.NodeSecurityGroupID = pulumi.String("sg-nodes") })
	require.NoError(t, err)
	group := r.Get(groupType, "demo-storage-scratch").Inputs
	var ports []any
	for from, to := range map[float64]float64{988: 988, 1018: 1023} {
		ports = append(ports, object{"description": "Lustre", "protocol": "tcp", "fromPort": from, "toPort": to, "self": true, "securityGroups": []any{"sg-nodes"}})
	}
	assert.ElementsMatch(t, ports, group["ingress"])
	assert.ElementsMatch(t, ports, group["egress"])
	rules := r.OfType(inboundType)
	require.Len(t, rules, 2)
	back := r.Get(inboundType, "demo-storage-scratch-to-nodes-1018").Inputs
	assert.Equal(t, "sg-nodes", back["securityGroupId"])
	assert.Equal(t, "SecurityGroup:demo-storage-scratch", back["referencedSecurityGroupId"])
	assert.Equal(t, []any{1018.0, 1023.0, "tcp"}, []any{back["fromPort"], back["toPort"], back["ipProtocol"]})
}

func TestLustrePerClaim(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, claimedLustre(), nil, options...)
			require.NoError(t, err)
			assert.Empty(t, r.OfType(lustreType))
			assert.Empty(t, r.OfType(claimType))
			class := r.Get(classType, "demo-classes/scratch").Inputs
			assert.Equal(t, true, class["allowVolumeExpansion"])
			want := object{
				"subnetId": "subnet-a", "deploymentType": "PERSISTENT_2", "storageType": "SSD", "fileSystemTypeVersion": "2.15", "dataCompressionType": "LZ4",
				"perUnitStorageThroughput": "250", "metadataConfigurationMode": "USER_PROVISIONED", "metadataIops": "24000", "kmsKeyId": keyArn,
				"automaticBackupRetentionDays": "7", "copyTagsToBackups": "true", "dailyAutomaticBackupStartTime": "03:00", "weeklyMaintenanceStartTime": "7:09:00",
				"extraTags": "kubernetes.io/cluster/demo=owned,team=platform",
			}
			if mode == "update" {
				want["securityGroupIds"] = "SecurityGroup:demo-storage-scratch"
			}
			got := class["parameters"].(object)
			if mode == "preview" {
				delete(got, "securityGroupIds") // not known yet
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestLustreOfOtherTypes(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{
		"cold": {Lustre: &storage.Lustre{GiB: 6000, Deployment: "PERSISTENT_1", Storage: "HDD", BackupDays: new(0), NoCompression: true}},
		"tmp":  {Lustre: &storage.Lustre{GiB: 2400, Deployment: "SCRATCH_2"}},
	}, nil)
	require.NoError(t, err)
	cold := r.Get(lustreType, "demo-storage-cold").Inputs
	assert.Equal(t, []any{"READ", 12.0, "NONE", true}, []any{cold["driveCacheType"], cold["perUnitStorageThroughput"], cold["dataCompressionType"], cold["skipFinalBackup"]})
	assert.NotContains(t, cold, "metadataConfiguration")
	tmp := r.Get(lustreType, "demo-storage-tmp").Inputs
	for _, key := range []string{"automaticBackupRetentionDays", "perUnitStorageThroughput", "metadataConfiguration", "copyTagsToBackups"} {
		assert.NotContains(t, tmp, key)
	}
	parts, err := run(t, classes{"cold": {Lustre: &storage.Lustre{PerClaim: true, Deployment: "PERSISTENT_1", Storage: "HDD"}}}, nil)
	require.NoError(t, err)
	assert.Equal(t, "READ", parts.Get(classType, "demo-classes/cold").Inputs["parameters"].(object)["driveCacheType"])
}

func TestLustrePolicy(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]classes{"lustre": sharedLustre(), "lustre-per-claim": claimedLustre()} {
		r, err := run(t, of, nil)
		require.NoError(t, err)
		golden(t, name, r.Get(rolePolicy, "demo-storage-fsx-csi").Inputs["policy"])
	}
}

func TestBadLustre(t *testing.T) {
	t.Parallel()
	const at = "classes.a.lustre."
	for name, test := range map[string]struct {
		is   storage.Lustre
		want []string
	}{
		"size":             {storage.Lustre{}, []string{at + "gib: 0 is not a size that AWS has; use 1200 or a multiple of 2400"}},
		"step":             {storage.Lustre{GiB: 3600}, []string{at + "gib: 3600 is not a size that AWS has; use 1200 or a multiple of 2400"}},
		"HDD's step":       {storage.Lustre{Deployment: "PERSISTENT_1", Storage: "HDD", GiB: 1200, Throughput: 40}, []string{at + "gib: 1200 is not a size that AWS has; use a multiple of 1800"}},
		"HDD":              {storage.Lustre{GiB: 1200, Storage: "HDD"}, []string{at + "storage: PERSISTENT_2 has no HDD; use SSD, or PERSISTENT_1"}},
		"deployment":       {storage.Lustre{GiB: 1200, Deployment: "SCRATCH_1"}, []string{at + `deployment: "SCRATCH_1" is not known`}},
		"storage":          {storage.Lustre{GiB: 1200, Storage: "tape"}, []string{at + `storage: "tape" is not known`}},
		"throughput":       {storage.Lustre{GiB: 1200, Throughput: 200}, []string{at + "throughput: 200 is not what PERSISTENT_2 on SSD has; use one of 125 250 500 1000"}},
		"scratch":          {storage.Lustre{GiB: 1200, Deployment: "SCRATCH_2", Throughput: 125}, []string{at + "throughput: SCRATCH_2 has none to choose; leave it out"}},
		"scratch's copies": {storage.Lustre{GiB: 1200, Deployment: "SCRATCH_2", BackupDays: new(7), BackupAt: "03:00", KMSKeyArn: keyArn}, []string{at + "backupDays: is not for SCRATCH_2", at + "backupAt: is not", at + "kmsKeyArn: is not"}},
		"metadata":         {storage.Lustre{GiB: 1200, MetadataIOPS: 4000}, []string{at + "metadataIops: 4000 is not what AWS has; use 1500, 3000, 6000, or a multiple of 12000 up to 192000"}},
		"metadata of 1":    {storage.Lustre{GiB: 1200, Deployment: "PERSISTENT_1", MetadataIOPS: 1500}, []string{at + "metadataIops: PERSISTENT_1 has none to choose"}},
		"zone":             {storage.Lustre{GiB: 1200, Zone: "a"}, []string{at + `zone: "a" is not an availability zone; write it as ap-northeast-2a`}},
		"namespaces":       {storage.Lustre{GiB: 1200, Namespaces: []string{"A", "b", "b"}}, []string{at + `namespaces[0]: "A" is not a name`, at + "namespaces[2]: b is named twice; leave one"}},
		"key":              {storage.Lustre{GiB: 1200, KMSKeyArn: "x"}, []string{at + `kmsKeyArn: "x" is not the ARN of a key`}},
		"days":             {storage.Lustre{GiB: 1200, BackupDays: new(91)}, []string{at + "backupDays: 91 is out of range; use 0 for no backups, up to 90"}},
		"times":            {storage.Lustre{GiB: 1200, BackupAt: "24:00", MaintenanceAt: "0:00:00"}, []string{at + `backupAt: "24:00" is not a time of day`, at + `maintenanceAt: "0:00:00" is not a time of the week`}},
		"no backups":       {storage.Lustre{GiB: 1200, BackupDays: new(0), BackupAt: "03:00"}, []string{at + "backupAt: there are no backups; leave it out, or raise backupDays"}},
		"per claim":        {storage.Lustre{PerClaim: true, GiB: 1200, Namespaces: []string{"a"}}, []string{at + "gib: claims say their size", at + "namespaces: claims are made by who needs a file system"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {Lustre: &test.is}}, nil)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.Empty(t, r.All())
		})
	}
}

func TestZoneWithoutSubnet(t *testing.T) {
	t.Parallel()
	for kind, class := range map[string]storage.Class{
		"lustre":    {Lustre: &storage.Lustre{GiB: 1200, Zone: "eu-west-1c"}},
		"openzfs":   {OpenZFS: &storage.OpenZFS{GiB: 64, Zone: "eu-west-1c"}},
		"ontap":     {ONTAP: &storage.ONTAP{GiB: 1024, CredentialsArn: credentials, Zone: "eu-west-1c"}},
		"fileCache": {FileCache: &storage.FileCache{GiB: 1200, Repositories: lake, Zone: "eu-west-1c"}},
	} {
		_, err := run(t, classes{"a": class}, nil, vsadmin)
		require.ErrorContains(t, err, "the network has no private subnet in eu-west-1c; it has some in eu-west-1a, eu-west-1b", kind)
	}
	_, err := run(t, classes{"a": {OpenZFS: &storage.OpenZFS{GiB: 64, Deployment: "MULTI_AZ_1", RouteTableIDs: []string{"rtb-01234567"}}}}, func(a *storage.Args) {
		a.Network.Private = ref.Subnets{a.Network.Private[0]}
	})
	require.ErrorContains(t, err, "the network has no private subnet outside of eu-west-1a; it has some in eu-west-1a")
}
