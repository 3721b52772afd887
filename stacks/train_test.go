package stacks_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noCharts has none, on any machine.
var noCharts = stacks.Charts{Source: chart.NewCache("no-such-folder", nil, nil), ShowMissing: true}

// run deploys a configuration as the stack stg on a day.
func run(t *testing.T, tree object, day string, options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	on, err := time.Parse(time.DateOnly, day)
	require.NoError(t, err)
	return recorder.Run(stacks.DeployWith(on, noCharts), append(options, recorder.Stack("stg"), recorder.Config(stacks.Key, string(text)))...)
}

func TestUpgradesAreRefusedBeforeAnythingIsRegistered(t *testing.T) {
	t.Parallel()
	const own, before = "organization/eks-platform/stg", "organization/eks-platform/dev"
	versions := func(controlPlane string, nodes object) object {
		return object{"kubernetesVersion": controlPlane, "nodeGroupVersions": nodes}
	}
	for name, test := range map[string]struct {
		here, there object
		want        string
	}{
		"never deployed":  {nil, nil, ""},
		"the next minor":  {versions("1.34", nil), versions("1.35", nil), ""},
		"two at once":     {versions("1.33", nil), versions("1.35", nil), "cluster.version: goes from 1.33 to 1.35; EKS upgrades one minor at a time; deploy 1.34 first"},
		"back":            {versions("1.36", nil), versions("1.36", nil), "cluster.version: goes back from 1.36 to 1.35"},
		"ahead of dev":    {versions("1.34", nil), versions("1.34", nil), "cluster.version: 1.35 is ahead of dev, which has 1.34 deployed"},
		"old nodes":       {versions("1.34", object{"general": "1.31"}), versions("1.35", nil), "nodeGroups.general: the deployed nodes' 1.31 would be 4 minors behind 1.35"},
		"nodes that go":   {versions("1.34", object{"gone": "1.31"}), versions("1.35", nil), ""},
		"a step left out": {object{"kubernetesVersion": "1.35", "nodeGroupSteps": object{"general": "green"}}, versions("1.35", nil), "nodeGroups.general.blueGreen.step: goes from green to blue; deploy both first"},
		"all at once":     {versions("1.33", object{"general": "1.31"}), versions("1.34", nil), "upgrade of stack stg: 3 problems"},
		"foreign outputs": {object{"kubernetesVersion": 1.35}, object{"other": true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := valid("stg")
			tree["upgradeAfter"] = "dev"
			r, err := run(t, tree, "2026-11-01", recorder.Deployed(own, test.here), recorder.Deployed(before, test.there))
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All(), "nothing is registered")
		})
	}
}

func TestProductionStaysInStandardSupport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		profile, day, accept, want string
	}{
		"in time":              {"prd", "2027-03-27", "", ""},
		"a day too late":       {"prd", "2027-03-28", "", `cluster.version: is past standard support, which profile prd refuses. Kubernetes 1.35: extended support since 2027-03-27, until 2028-03-27 (365 days), 0.60 USD an hour (438 USD a month) instead of 0.10 USD an hour (73 USD a month); upgrade, or accept it with cluster.acceptExtendedSupport: "1.35"`},
		"accepted":             {"prd", "2027-03-28", "1.35", ""},
		"accepted for another": {"prd", "2027-03-28", "1.34", "is past standard support"},
		"not production":       {"stg", "2027-03-28", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := valid(test.profile)
			if test.accept != "" {
				tree["cluster"].(object)["acceptExtendedSupport"] = test.accept
			}
			_, err := run(t, tree, test.day)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.want)
		})
	}
}
