package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What changes in a cluster's daily life replaces nothing: not the cluster, not
// the Kubernetes provider and the objects behind it.
func TestDailyChangesReplaceNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	change := func(*stacks.Config) {}
	r := open(t, "stg", changed(func(c *stacks.Config) { change(c) }))
	_, err := r.Up(ctx)
	require.NoError(t, err)
	for name, next := range map[string]func(*stacks.Config){
		"tags":      func(c *stacks.Config) { c.Tags = map[string]string{"cost-centre": "1234"} },
		"endpoint":  func(c *stacks.Config) { c.Cluster.PublicAccessCIDRs = []string{"203.0.113.0/24"} },
		"log types": func(c *stacks.Config) { c.Cluster.LogTypes = []string{"api", "audit"} },
		"access": func(c *stacks.Config) {
			c.Cluster.Access = map[string]cluster.Access{"audit": {Principal: "arn:aws:iam::111122223333:role/Audit", Policy: "view"}}
		},
		"zonal shift": func(c *stacks.Config) { c.Cluster.ZonalShift = false },
	} {
		change = next
		preview, err := r.Preview(ctx)
		require.NoError(t, err, name)
		changes := 0
		for _, res := range preview.Plan {
			assert.Contains(t, []string{"same", "create", "update"}, res.Operation, "%s: %s", name, res.URN)
			if labelled := name == "tags" && strings.HasPrefix(res.Type, "kubernetes:"); labelled {
				continue // the objects carry them
			}
			if strings.HasPrefix(res.Type, "pulumi:providers:kubernetes") || strings.HasPrefix(res.Type, "kubernetes:") {
				assert.Equal(t, "same", res.Operation, "%s: %s", name, res.URN)
			}
			if res.Operation != "same" {
				changes++
			}
		}
		assert.NotZero(t, changes, name)
	}
}
