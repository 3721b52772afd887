package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole life of a stack: made, unchanged at the second look, removed with
// nothing left over.
func TestUpPreviewDestroy(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := open(t, "dev", program)
	result, err := r.Up(ctx)
	require.NoError(t, err)
	assert.Equal(t, "eks-platform-dev", result.Outputs["clusterName"].Value)
	assert.True(t, result.Outputs["kubeconfig"].Secret)
	assert.Contains(t, r.world(t, "dev"), "aws:eks/nodeGroup:NodeGroup eks-platform-dev-general")

	preview, err := r.Preview(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, preview.Plan)
	for _, res := range preview.Plan {
		assert.Equal(t, "same", res.Operation, res.URN)
	}

	require.NoError(t, r.Destroy(ctx))
	assert.Empty(t, r.world(t, "dev"), "nothing is left over")
}

// Production refuses to be destroyed while it is protected.
func TestProductionIsProtected(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := open(t, "prd", program)
	_, err := r.Up(ctx)
	require.NoError(t, err)
	before := r.world(t, "prd")
	require.Error(t, r.Destroy(ctx))
	assert.Contains(t, r.output.String(), "protected")
	assert.Equal(t, before, r.world(t, "prd"), "nothing is removed")
}

// A run that was killed leaves Pulumi's lock in the state; the next run takes it
// away, because it holds the stack's own lock, which dies with its process.
func TestLockOfAKilledRun(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first := open(t, "dev", program)
	require.NoError(t, first.Close())
	locks := filepath.Join(first.state, "state", ".pulumi", "locks", "organization", "eks-platform", "dev")
	require.NoError(t, os.MkdirAll(locks, 0o755))
	left := filepath.Join(locks, "killed.json")
	require.NoError(t, os.WriteFile(left, []byte(`{"pid":1,"username":"x","hostname":"x","timestamp":"2026-01-01T00:00:00Z"}`), 0o600))

	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	second, err := engine.Open(ctx, engine.Options{Root: absolute, Stack: "dev", StateDir: first.state, Program: program})
	require.NoError(t, err)
	defer func() { require.NoError(t, second.Close()) }()
	assert.NoFileExists(t, left)
	_, err = second.Preview(ctx)
	require.NoError(t, err)
}

// A stack's encrypted values are the real stack's to read: an offline run does
// without them, and leaves the stack's file as it is.
func TestEncryptedValuesAreMasked(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	for _, name := range []string{".tools", "tools", "policies", "Pulumi.yaml"} {
		require.NoError(t, os.Symlink(filepath.Join(absolute, name), filepath.Join(project, name)))
	}
	settings := "encryptionsalt: v1:x:v1:y\nconfig:\n  eks-platform:platform: {}\n  eks-platform:token:\n    secure: v1:abc\n"
	file := filepath.Join(project, "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(file, []byte(settings), 0o600))
	seen := ""
	e, err := engine.Open(context.Background(), engine.Options{Root: project, Stack: "dev", StateDir: t.TempDir(), Program: func(ctx *pulumi.Context) error {
		seen = config.Get(ctx, "token")
		return nil
	}})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	_, err = e.Preview(context.Background())
	require.NoError(t, err)
	assert.Equal(t, engine.Masked, seen)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, settings, string(kept))
}
