package storage_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ontapType    = "aws:fsx/ontapFileSystem:OntapFileSystem"
	machineType  = "aws:fsx/ontapStorageVirtualMachine:OntapStorageVirtualMachine"
	backendType  = "kubernetes:trident.netapp.io/v1:TridentBackendConfig"
	credentials  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ontap-AbCdEf"
	secretLookup = "aws:secretsmanager/getSecretVersion:getSecretVersion"
)

func secret(text string) recorder.Option {
	return recorder.Answer(secretLookup, object{"secretString": text, "arn": credentials, "id": "x", "secretId": credentials, "versionId": "x"})
}

var vsadmin = secret(`{"username":"vsadmin","password":"correct-horse-1"}`)

func ontap() classes {
	return classes{
		"nas": {Default: true, ONTAP: &storage.ONTAP{GiB: 1024, CredentialsArn: credentials}},
		"san": {ONTAP: &storage.ONTAP{GiB: 2048, CredentialsArn: credentials, Protocol: "iscsi", Deployment: "SINGLE_AZ_2", Pairs: 2}},
	}
}

func TestONTAP(t *testing.T) {
	t.Parallel()
	r, err := run(t, ontap(), nil, vsadmin)
	require.NoError(t, err)
	system := r.Get(ontapType, "demo-storage-nas")
	require.NotNil(t, system)
	assert.Equal(t, object{
		"deploymentType": "SINGLE_AZ_1", "storageType": "SSD", "storageCapacity": 1024.0, "haPairs": 1.0, "throughputCapacityPerHaPair": 128.0,
		"preferredSubnetId": "subnet-a", "subnetIds": []any{"subnet-a"}, "securityGroupIds": []any{"SecurityGroup:demo-storage-nas"},
		"automaticBackupRetentionDays": 7.0, "tags": object{"Name": "demo-nas", "team": "platform"},
	}, system.Inputs)
	san := r.Get(ontapType, "demo-storage-san").Inputs
	assert.Equal(t, []any{2.0, 1536.0}, []any{san["haPairs"], san["throughputCapacityPerHaPair"]}, "pairs together are not the slow ones")

	machine := r.Get(machineType, "demo-storage-nas")
	require.NotNil(t, machine)
	assert.Equal(t, "correct-horse-1", machine.Inputs["svmAdminPassword"])
	assert.Contains(t, machine.Secrets, "svmAdminPassword")
	assert.Equal(t, []any{"trident", "UNIX", "OntapFileSystem:demo-storage-nas"},
		[]any{machine.Inputs["name"], machine.Inputs["rootVolumeSecurityStyle"], machine.Inputs["fileSystemId"]})
}

// A class takes the volumes of its own backend, which reads the password from the secret.
func TestONTAPClasses(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": {vsadmin}, "preview": {vsadmin, recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, ontap(), nil, options...)
			require.NoError(t, err)
			backend := r.Get(backendType, "demo-classes/trident/nas")
			require.NotNil(t, backend)
			spec := backend.Inputs["spec"].(object)
			aws := spec["aws"].(object)
			if mode == "update" {
				assert.Equal(t, "OntapFileSystem:demo-storage-nas", aws["fsxFilesystemID"])
			}
			assert.Equal(t, "eu-west-1", aws["apiRegion"])
			delete(spec, "aws")
			assert.Equal(t, object{
				"version": 1.0, "backendName": "nas", "storageDriverName": "ontap-nas", "svm": "trident", "autoExportPolicy": true,
				"credentials": object{"name": credentials, "type": "awsarn"},
			}, spec)
			assert.Contains(t, backend.DependsOn, r.Get(machineType, "demo-storage-nas").URN)
			class := r.Get(classType, "demo-classes/nas")
			assert.Equal(t, object{"backendType": "ontap-nas", "storagePools": "nas:.*"}, class.Inputs["parameters"])
			assert.Equal(t, []any{"nfsvers=4.1"}, class.Inputs["mountOptions"])
			assert.Contains(t, class.DependsOn, backend.URN)
			san := r.Get(classType, "demo-classes/san").Inputs
			assert.Equal(t, object{"backendType": "ontap-san", "storagePools": "san:.*", "fsType": "ext4"}, san["parameters"])
			assert.NotContains(t, san, "mountOptions")
			assert.NotContains(t, r.Get(backendType, "demo-classes/trident/san").Inputs["spec"], "autoExportPolicy")
			assert.Equal(t, "csi.trident.netapp.io", r.Get(snapshotType, "demo-classes/nas").Inputs["driver"])
		})
	}
}

func TestONTAPSecurity(t *testing.T) {
	t.Parallel()
	r, err := run(t, ontap(), nil, vsadmin)
	require.NoError(t, err)
	for name, want := range map[string]map[string][]float64{
		"nas": {"tcp": {443, 111, 635, 2049, 4045}, "udp": {111, 635, 2049, 4045}}, "san": {"tcp": {443, 3260}},
	} {
		assert.Equal(t, want, openPorts(r.Get(groupType, "demo-storage-"+name).Inputs), name)
	}
}

func TestONTAPInTwoZones(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"nas": {ONTAP: &storage.ONTAP{
		GiB: 1024, CredentialsArn: credentials, Deployment: "MULTI_AZ_2", IOPS: 5000, RouteTableIDs: []string{"rtb-0123456789abcdef0"}, KMSKeyArn: keyArn, BackupDays: new(30), BackupAt: "03:00",
	}}}, nil, vsadmin)
	require.NoError(t, err)
	in := r.Get(ontapType, "demo-storage-nas").Inputs
	assert.Equal(t, []any{"subnet-a", "subnet-b"}, in["subnetIds"], "another zone, not another subnet")
	assert.Equal(t, []any{"rtb-0123456789abcdef0"}, in["routeTableIds"])
	assert.Equal(t, []any{384.0, 30.0, "03:00", keyArn}, []any{in["throughputCapacityPerHaPair"], in["automaticBackupRetentionDays"], in["dailyAutomaticBackupStartTime"], in["kmsKeyId"]})
	assert.Equal(t, object{"mode": "USER_PROVISIONED", "iops": 5000.0}, in["diskIopsConfiguration"])
}

func TestONTAPCredentials(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"correct-horse-1": "credentialsArn: the secret is not JSON",
		`{"username":"fsxadmin","password":"my-secret-1"}`: "credentialsArn: the secret lacks the username vsadmin, or the password",
		`{"username":"vsadmin"}`:                           "credentialsArn: the secret lacks the username vsadmin, or the password",
	} {
		_, err := run(t, ontap(), nil, secret(text))
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "my-secret-1")
		assert.NotContains(t, err.Error(), "correct-horse-1")
	}
}

func TestONTAPPolicy(t *testing.T) {
	t.Parallel()
	r, err := run(t, ontap(), nil, vsadmin)
	require.NoError(t, err)
	golden(t, "trident", r.Get(rolePolicy, "demo-storage-trident").Inputs["policy"])
}

func TestBadONTAP(t *testing.T) {
	t.Parallel()
	const at = "classes.a.ontap."
	for name, test := range map[string]struct {
		is   storage.ONTAP
		want []string
	}{
		"nothing":    {storage.ONTAP{}, []string{at + "gib: 0 is out of range for SINGLE_AZ_1; use 1024 to 196608", at + `credentialsArn: "" is not the ARN of a secret`}},
		"short ARN":  {storage.ONTAP{GiB: 1024, CredentialsArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"}, []string{at + "credentialsArn: "}},
		"protocol":   {storage.ONTAP{GiB: 1024, Protocol: "smb"}, []string{at + `protocol: "smb" is not known; use one of nfs, iscsi`}},
		"deployment": {storage.ONTAP{GiB: 1024, Deployment: "MULTI_AZ_3"}, []string{at + `deployment: "MULTI_AZ_3" is not known`}},
		"throughput": {storage.ONTAP{GiB: 1024, Throughput: 384}, []string{at + "throughput: 384 is not what SINGLE_AZ_1 has; use one of 128 256"}},
		"spread":     {storage.ONTAP{GiB: 2048, Deployment: "SINGLE_AZ_2", Pairs: 2, Throughput: 768}, []string{at + "throughput: 768 is not what SINGLE_AZ_2 has; use one of 1536 3072 6144"}},
		"pairs":      {storage.ONTAP{GiB: 2048, Pairs: 2}, []string{at + "pairs: 2 is out of range for SINGLE_AZ_1 over nfs; use up to 1"}},
		"blocks":     {storage.ONTAP{GiB: 7168, Deployment: "SINGLE_AZ_2", Protocol: "iscsi", Pairs: 7}, []string{at + "pairs: 7 is out of range for SINGLE_AZ_2 over iscsi; use up to 6"}},
		"much":       {storage.ONTAP{GiB: 524289, Deployment: "SINGLE_AZ_2"}, []string{at + "gib: 524289 is out of range for SINGLE_AZ_2; use 1024 to 524288"}},
		"routes":     {storage.ONTAP{GiB: 1024, Deployment: "MULTI_AZ_1"}, []string{at + "routeTableIds: a file system of two zones is reached by routes"}},
		"fsType":     {storage.ONTAP{GiB: 1024, FSType: "ext4"}, []string{at + "fsType: volumes over NFS have none to choose"}},
		"blocks' fs": {storage.ONTAP{GiB: 1024, Protocol: "iscsi", FSType: "ntfs"}, []string{at + `fsType: "ntfs" is not known`}},
		"the rest": {storage.ONTAP{GiB: 1024, IOPS: 1, Zone: "x", KMSKeyArn: "x", BackupDays: new(-1)}, []string{
			at + "iops: 1 is less than comes with 1024 GiB", at + `zone: "x"`, at + `kmsKeyArn: "x"`, at + "backupDays: -1 is out of range",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {ONTAP: &test.is}}, nil)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.Empty(t, r.All())
		})
	}
}
