package nodegroups_test

import (
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var allSteps = []string{"blue", "both", "blueCordoned", "green", "greenCordoned"}

func TestGroupsOfEachStep(t *testing.T) {
	t.Parallel()
	taint := nodegroups.Taint{Key: "platform/cordoned", Value: "blue-green", Effect: "NO_SCHEDULE"}
	for step, want := range map[string]map[string]struct {
		version string
		taints  []nodegroups.Taint
	}{
		"blue":          {"general": {"1.34", nil}},
		"both":          {"general": {"1.34", nil}, "general-green": {"1.35", nil}},
		"blueCordoned":  {"general": {"1.34", []nodegroups.Taint{taint}}, "general-green": {"1.35", nil}},
		"green":         {"general-green": {"1.35", nil}},
		"greenCordoned": {"general": {"1.34", nil}, "general-green": {"1.35", []nodegroups.Taint{taint}}},
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			groups := nodegroups.Expand(map[string]nodegroups.Group{
				"general": {InstanceTypes: []string{"m7i.large"}, Version: "1.34", BlueGreen: &nodegroups.BlueGreen{
					Step: step, Green: nodegroups.Green{Version: "1.35", InstanceTypes: []string{"m7i.xlarge"}},
				}},
				"other": {InstanceTypes: []string{"m7i.large"}},
			})
			require.Contains(t, groups, "other")
			delete(groups, "other")
			require.Len(t, groups, len(want))
			for name, group := range want {
				assert.Equal(t, group.version, groups[name].Version, name)
				assert.Equal(t, group.taints, groups[name].Taints, name)
				assert.Nil(t, groups[name].BlueGreen)
			}
			if green, ok := groups["general-green"]; ok {
				assert.Equal(t, []string{"m7i.xlarge"}, green.InstanceTypes)
			}
		})
	}
}

// A step never takes nodes away before others are there: from one colour alone the
// only way on is through both.
func TestOrderOfSteps(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"blue": {"blue", "both"}, "both": allSteps, "blueCordoned": {"both", "blueCordoned", "green"},
		"green": {"both", "green"}, "greenCordoned": {"blue", "both", "greenCordoned"}, "": allSteps,
	}
	for from, may := range allowed {
		for _, to := range allSteps {
			var list problem.List
			nodegroups.CheckStep(&list, "step", from, to)
			assert.Equal(t, slices.Contains(may, to), len(list.All()) == 0, "%s to %s", from, to)
		}
	}
	var list problem.List
	nodegroups.CheckStep(&list, "nodeGroups.general.blueGreen.step", "blue", "green")
	assert.Equal(t, "nodeGroups.general.blueGreen.step: goes from blue to green; deploy both first", list.All()[0].String())
}

func TestASecondGroupIsRegistered(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *nodegroups.Args, g *nodegroups.Group) {
		g.BlueGreen = &nodegroups.BlueGreen{Step: "both"}
		a.MaxPods = map[string]int{"general": 17}
	}))
	first := r.Get("aws:ec2/launchTemplate:LaunchTemplate", "demo-general")
	second := r.Get("aws:ec2/launchTemplate:LaunchTemplate", "demo-general-green")
	require.NotNil(t, second)
	assert.Equal(t, first.Inputs["userData"], second.Inputs["userData"], "both hold as many pods")
	assert.Equal(t, "general-green-", r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general-green").Inputs["nodeGroupNamePrefix"])
}
