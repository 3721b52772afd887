package storage_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"sigs.k8s.io/yaml"
)

// What is registered is what Kubernetes reads: nothing in it is unknown to its own types.
func TestObjectsAreKnown(t *testing.T) {
	t.Parallel()
	all := own()
	maps.Copy(all, fullS3())
	maps.Copy(all, fullEBS())
	r, err := run(t, all, nil)
	require.NoError(t, err)
	for token, into := range map[string]func() any{
		classType:  func() any { return &storagev1.StorageClass{} },
		modeType:   func() any { return &storagev1.VolumeAttributesClass{} },
		volumeType: func() any { return &core.PersistentVolume{} },
		claimType:  func() any { return &core.PersistentVolumeClaim{} },
	} {
		require.NotEmpty(t, r.OfType(token), token)
		for _, made := range r.OfType(token) {
			text, err := json.Marshal(made.Inputs)
			require.NoError(t, err)
			assert.NoError(t, yaml.UnmarshalStrict(text, into()), made.Name)
		}
	}
}
