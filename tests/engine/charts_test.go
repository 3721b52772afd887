package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stack with the objects of all its charts is made, is then as it should be, and goes
// without leaving anything.
func TestStackWithItsCharts(t *testing.T) {
	t.Parallel()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	cache := chart.NewCache(dir, nil, nil)
	row, known := catalog.ChartOf("cert-manager")
	require.True(t, known)
	if _, err := cache.Open(row); errors.Is(err, chart.ErrMissing) {
		t.Skip("the charts are not in the cache: run `make charts`")
	}
	ctx := context.Background()
	r := open(t, "stg", stacks.DeployWith(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), stacks.Charts{Source: cache, ShowMissing: true}))
	_, err = r.Up(ctx)
	require.NoError(t, err)
	preview, err := r.Preview(ctx)
	require.NoError(t, err)
	objects := 0
	for _, res := range preview.Plan {
		assert.Equal(t, "same", res.Operation, res.URN)
		if res.Type == "kubernetes:apps/v1:Deployment" {
			objects++
		}
	}
	assert.GreaterOrEqual(t, objects, 10, "the charts' objects are among them")
	assert.Empty(t, preview.Findings)
	require.NoError(t, r.Destroy(ctx))
}
