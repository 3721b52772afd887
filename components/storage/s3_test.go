package storage_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const bucketType = "aws:s3/bucketV2:BucketV2"

func fullS3() classes {
	return classes{
		"models": {S3: &storage.S3{KMSKeyArn: keyArn, MountOptions: []string{"uid=1000", "allow-other"}, Volumes: map[string]storage.S3Volume{
			"models": {Namespace: "ml", Prefix: "models/", ReadOnly: true},
			"runs":   {Namespace: "ml", Prefix: "runs/", AllowDelete: true, AllowOverwrite: true},
		}}},
		"lake": {S3: &storage.S3{Bucket: "lake", Volumes: map[string]storage.S3Volume{"lake": {}}}},
	}
}

func TestS3IsMade(t *testing.T) {
	t.Parallel()
	r, err := run(t, fullS3(), nil)
	require.NoError(t, err)
	require.Len(t, r.OfType(bucketType), 1, "the other bucket exists")
	bucket := r.Get(bucketType, "demo-storage-models")
	assert.Equal(t, "demo-models-111122223333", bucket.Inputs["bucket"])
	assert.Equal(t, false, bucket.Inputs["forceDestroy"])
	assert.True(t, bucket.RetainOnDelete, "data that no claim made outlives the class")
	for token, want := range map[string]object{
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true},
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {"rule": object{"objectOwnership": "BucketOwnerEnforced"}},
		"aws:s3/bucketVersioningV2:BucketVersioningV2":           {"versioningConfiguration": object{"status": "Enabled"}},
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {"rules": []any{object{
			"bucketKeyEnabled": true, "applyServerSideEncryptionByDefault": object{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": keyArn},
		}}},
	} {
		made := r.Get(token, "demo-storage-models")
		require.NotNil(t, made, token)
		want["bucket"] = recorder.ID(bucketType, "demo-storage-models")
		assert.Equal(t, want, made.Inputs)
	}
	golden(t, "s3-bucket", r.Get("aws:s3/bucketPolicy:BucketPolicy", "demo-storage-models").Inputs["policy"])
	golden(t, "s3", r.Get(rolePolicy, "demo-storage-s3-csi").Inputs["policy"])
}

func TestS3ThatGoes(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"tmp": {Reclaim: "Delete", S3: &storage.S3{Volumes: map[string]storage.S3Volume{"tmp": {}}}}}, nil)
	require.NoError(t, err)
	bucket := r.Get(bucketType, "demo-storage-tmp")
	assert.Equal(t, true, bucket.Inputs["forceDestroy"])
	assert.False(t, bucket.RetainOnDelete)
}

func TestS3Volumes(t *testing.T) {
	t.Parallel()
	r, err := run(t, fullS3(), nil)
	require.NoError(t, err)
	assert.Empty(t, r.OfType(classType), "claims make nothing")
	require.Len(t, r.OfType(volumeType), 3)
	runs := r.Get(volumeType, "demo-classes/ml.runs")
	require.NotNil(t, runs)
	spec := runs.Inputs["spec"].(object)
	assert.Equal(t, object{"driver": "s3.csi.aws.com", "volumeHandle": "models.ml.runs", "volumeAttributes": object{"bucketName": "demo-models-111122223333"}}, spec["csi"])
	assert.Equal(t, []any{"region eu-west-1", "prefix runs/", "allow-delete", "allow-overwrite", "uid=1000", "allow-other"}, spec["mountOptions"])
	assert.Equal(t, []any{"ReadWriteMany"}, spec["accessModes"])
	assert.Empty(t, spec["storageClassName"], "of no class: not even of the default one")
	assert.Contains(t, spec, "storageClassName")
	assert.Contains(t, runs.DependsOn, r.Get("aws:s3/bucketPolicy:BucketPolicy", "demo-storage-models").URN)
	models := r.Get(volumeType, "demo-classes/ml.models").Inputs["spec"].(object)
	assert.Equal(t, []any{"ReadOnlyMany"}, models["accessModes"])
	assert.Contains(t, models["mountOptions"], "read-only")
	claim := r.Get(claimType, "demo-classes/default/lake").Inputs["spec"].(object)
	assert.Equal(t, "default.lake", claim["volumeName"])
	assert.Equal(t, "lake", r.Get(volumeType, "demo-classes/default.lake").Inputs["spec"].(object)["csi"].(object)["volumeAttributes"].(object)["bucketName"])
}

func TestBadS3(t *testing.T) {
	t.Parallel()
	one := map[string]storage.S3Volume{"v": {}}
	const at = "classes.a.s3."
	for name, test := range map[string]struct {
		is   storage.S3
		want string
	}{
		"bucket":     {storage.S3{Bucket: "s3://x", Volumes: one}, at + `bucket: "s3://x" is not the name of a bucket`},
		"key":        {storage.S3{KMSKeyArn: "x", Volumes: one}, at + `kmsKeyArn: "x" is not the ARN of a key`},
		"no volumes": {storage.S3{}, at + "volumes: is empty, and claims make no volumes of a bucket; name one"},
		"option":     {storage.S3{MountOptions: []string{"uid=1", "--prefix=x"}, Volumes: one}, at + "mountOptions[1]: prefix is not for here; leave it out, or use the volume's own keys"},
		"volume":     {storage.S3{Volumes: map[string]storage.S3Volume{"V": {}}}, at + `volumes.V: "V" is not a name`},
		"namespace":  {storage.S3{Volumes: map[string]storage.S3Volume{"v": {Namespace: "N"}}}, at + `volumes.v.namespace: "N" is not a name`},
		"prefix":     {storage.S3{Volumes: map[string]storage.S3Volume{"v": {Prefix: "models*"}}}, at + `volumes.v.prefix: "models*" is not a prefix`},
		"read only":  {storage.S3{Volumes: map[string]storage.S3Volume{"v": {ReadOnly: true, AllowDelete: true}}}, at + "volumes.v.readOnly: rules out allowDelete and allowOverwrite"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, classes{"a": {S3: &test.is}}, nil)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
	long := strings.Repeat("a", 50)
	r, err := run(t, classes{long: {S3: &storage.S3{Volumes: one}}}, nil)
	require.ErrorContains(t, err, "s3.bucket: \"demo-"+long+"-111122223333\" can't name a bucket")
	assert.Empty(t, r.All())
}
