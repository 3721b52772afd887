package engine_test

import (
	"context"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole life of a stack: made, unchanged at the second look, removed with
// nothing left over.
func TestUpPreviewDestroy(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := open(t, "dev", stacks.Deploy)
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
	r := open(t, "prd", stacks.Deploy)
	_, err := r.Up(ctx)
	require.NoError(t, err)
	before := r.world(t, "prd")
	require.Error(t, r.Destroy(ctx))
	assert.Contains(t, r.output.String(), "protected")
	assert.Equal(t, before, r.world(t, "prd"), "nothing is removed")
}
