package stacks_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cached gives the user's charts, where all of these are among them: skips otherwise.
func cached(t *testing.T, names ...string) stacks.Charts {
	t.Helper()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	cache := chart.NewCache(dir, nil, nil)
	for _, name := range names {
		row, known := catalog.ChartOf(name)
		require.True(t, known, name)
		if _, err := cache.Open(row); err != nil {
			t.Skipf("chart %s is not in the cache: run `make charts`", name)
		}
	}
	return stacks.Charts{Source: cache, ShowMissing: true} // the others are none of the test's business
}

func deploy(t *testing.T, tree object, charts stacks.Charts, options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	return recorder.Run(stacks.DeployWith(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), charts),
		append(options, recorder.Stack("stg"), recorder.Config(stacks.Key, string(text)))...)
}

// Nodes wait for another CNI's agents to be there, and nobody for them to run: they
// run on nodes.
func TestOtherCNIsAreInstalledBeforeNodes(t *testing.T) {
	t.Parallel()
	for plugin, want := range map[string]struct {
		charts []string
		object [2]string
	}{
		"cilium": {[]string{"cilium"}, [2]string{"kubernetes:apps/v1:DaemonSet", "stg-cilium/cilium"}},
		"calico": {[]string{"calico-crds", "tigera-operator"}, [2]string{"kubernetes:operator.tigera.io/v1:Installation", "stg-tigera-operator/default"}},
	} {
		t.Run(plugin, func(t *testing.T) {
			t.Parallel()
			charts := cached(t, want.charts...)
			tree := valid("stg")
			tree["name"], tree["cni"] = "stg", object{"plugin": plugin}
			for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
				r, err := deploy(t, tree, charts, options...)
				require.NoError(t, err, mode)
				made := r.Get(want.object[0], want.object[1])
				require.NotNil(t, made, mode)
				annotations := made.Inputs["metadata"].(map[string]any)["annotations"].(map[string]any)
				assert.Equal(t, "true", annotations["pulumi.com/skipAwait"])
				assert.Contains(t, r.Get("aws:eks/nodeGroup:NodeGroup", "stg-general").DependsOn, made.URN)
			}
		})
	}
}

// Karpenter's pools go after its controller, which has its credentials by then.
func TestKarpenterIsInstalled(t *testing.T) {
	t.Parallel()
	charts := cached(t, "karpenter")
	tree := valid("stg")
	tree["name"], tree["karpenter"] = "stg", object{"ami": "al2023@v20260114"}
	r, err := deploy(t, tree, charts)
	require.NoError(t, err)
	controller := r.Get("kubernetes:apps/v1:Deployment", "stg-karpenter/karpenter")
	require.NotNil(t, controller)
	assert.Contains(t, controller.DependsOn, r.Get("aws:eks/nodeGroup:NodeGroup", "stg-general").URN)
	assert.Contains(t, controller.DependsOn, r.Get("aws:iam/rolePolicy:RolePolicy", "stg-karpenter-controller").URN)
	classes := r.OfType("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass")
	require.Len(t, classes, 1)
	assert.Contains(t, classes[0].DependsOn, controller.URN)
	require.Len(t, r.OfType("kubernetes:karpenter.sh/v1:NodePool"), 1)
}

// A chart that nobody has is an error where it matters, before anything is registered,
// and a warning where nothing is deployed.
func TestMissingCharts(t *testing.T) {
	t.Parallel()
	tree := valid("stg")
	tree["cni"] = object{"plugin": "cilium"}
	nowhere := stacks.Charts{Source: chart.NewCache(t.TempDir(), nil, nil)}
	r, err := deploy(t, tree, nowhere)
	require.ErrorContains(t, err, "is not in the chart cache")
	require.ErrorContains(t, err, "run 'make charts' where https://helm.cilium.io can be reached")
	assert.Empty(t, r.All(), "nothing is registered")
	nowhere.ShowMissing = true
	r, err = deploy(t, tree, nowhere)
	require.NoError(t, err)
	require.NotNil(t, r.Get(chart.Token, "eks-platform-stg-cilium"), "one node stands for it")
	assert.Empty(t, r.OfType("kubernetes:apps/v1:DaemonSet"))
}
