package kubefake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// What is in a cluster goes with it.
func TestObjectsGoWithTheirCluster(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	_, err := p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: toMap(m{"clusterIdentifier": "demo", "kubeconfig": kubeconfigFor("one")})})
	require.NoError(t, err)
	cluster := world.Object{Scope: "eu-west-1", Type: "aws:eks/cluster:Cluster", ID: "demo"}
	require.NoError(t, p.world.Change(func(objects *world.Objects) error { objects.Put(cluster); return nil }))
	_, err = create(t, p, configMap, "settings", toMap(m{"apiVersion": "v1", "kind": "ConfigMap", "metadata": m{"name": "settings"}}), false)
	require.NoError(t, err)
	require.NoError(t, p.world.Change(func(objects *world.Objects) error {
		require.Len(t, objects.All(), 2)
		objects.Remove(cluster.Key())
		assert.Empty(t, objects.All())
		return nil
	}))
}
