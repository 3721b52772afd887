package engine_test

import (
	"context"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The control plane goes one minor at a time, in place, and its nodes with it or
// after it; a stack does not go before the one that it is to follow.
func TestUpgradeTrain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	state, version, nodes := t.TempDir(), "1.33", ""
	addon := map[string]string(nil)
	program := changed(func(c *stacks.Config) {
		c.AddonVersions = addon
		c.Cluster.Version = version
		general := c.NodeGroups["general"]
		general.Version = nodes
		c.NodeGroups["general"] = general
	})
	dev := openIn(t, state, "dev", program)
	_, err := dev.Up(ctx)
	require.NoError(t, err)

	refused := func(r *run, want string) {
		t.Helper()
		before := r.output.Len()
		preview, err := r.Preview(ctx)
		require.Error(t, err)
		assert.Contains(t, r.output.String()[before:], want)
		for _, res := range preview.Plan {
			assert.Contains(t, []string{"pulumi:pulumi:Stack", "pulumi:providers:pulumi"}, res.Type, "nothing is registered")
		}
	}
	version = "1.35"
	refused(dev, "cluster.version: goes from 1.33 to 1.35; EKS upgrades one minor at a time; deploy 1.34 first")

	version, nodes = "1.34", "1.33"
	preview, err := dev.Preview(ctx)
	require.NoError(t, err)
	for _, res := range preview.Plan {
		if res.Type == "aws:eks/cluster:Cluster" {
			assert.Equal(t, "update", res.Operation, "in place")
			assert.Equal(t, "1.34", res.Inputs["version"])
			continue
		}
		if res.Custom {
			assert.Equal(t, "same", res.Operation, "%s: the nodes stay where they are", res.URN)
		}
	}
	_, err = dev.Up(ctx)
	require.NoError(t, err)

	nodes = ""
	preview, err = dev.Preview(ctx)
	require.NoError(t, err)
	for _, res := range preview.Plan {
		want := "same"
		if res.Type == "aws:eks/nodeGroup:NodeGroup" {
			want = "update"
		}
		assert.Equal(t, want, res.Operation, res.URN)
	}

	addon = map[string]string{"coredns": "v1.11.3-eksbuild.2"}
	_, err = dev.Up(ctx)
	require.NoError(t, err)
	addon = map[string]string{"coredns": "v1.11.4-eksbuild.2"}
	preview, err = dev.Preview(ctx)
	require.NoError(t, err)
	for _, res := range preview.Plan {
		want := "same"
		if res.Name == "eks-platform-dev-after-nodes-coredns" {
			want = "update"
		}
		assert.Equal(t, want, res.Operation, "%s: an add-on goes alone", res.URN)
	}

	stg := openIn(t, state, "stg", program)
	version = "1.35"
	refused(stg, "cluster.version: 1.35 is ahead of dev, which has 1.34 deployed; deploy 1.35 in dev first, and let it prove itself there")
	version = "1.34"
	_, err = stg.Preview(ctx)
	require.NoError(t, err)
}
