package stacks_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// config is a stack's configuration, changed.
func config(t *testing.T, stack string, change func(object)) *stacks.Config {
	t.Helper()
	tree := valid(stack)
	if change != nil {
		change(tree)
	}
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	cfg, problems := stacks.Parse(text, stack)
	require.Empty(t, problems)
	return cfg
}

func titles(plan stacks.UpgradePlan) []string {
	var all []string
	for _, step := range plan.Steps {
		all = append(all, step.Title)
	}
	return all
}

func TestUpgradePlanOfTwoMinors(t *testing.T) {
	t.Parallel()
	cfg := config(t, "dev", func(o object) {
		o["cluster"].(object)["version"] = "1.34"
		o["addonVersions"] = object{"coredns": "v1.13.2-eksbuild.11"}
		o["nodeGroups"] = object{
			"general": object{"instanceTypes": []any{"m7i.large"}, "amiRelease": "1.34.2-20260114"},
			"batch":   object{"instanceTypes": []any{"m7i.large"}, "blueGreen": object{"step": "blue"}},
			"jobs":    object{"kind": "fargate", "selectors": []any{object{"namespace": "jobs"}}},
		}
		o["network"].(object)["budget"] = object{"upgrades": []any{"rolling", "blueGreen"}}
	})
	plan, problems := cfg.UpgradePlan("1.36", nil, november)
	require.Empty(t, problems)
	assert.False(t, plan.Blocked(), plan.Text())
	assert.Equal(t, []string{
		"Review Kubernetes 1.35", "Control plane to 1.35",
		"Nodes of batch to 1.35: both", "Nodes of batch to 1.35: blueCordoned", "Nodes of batch to 1.35: green",
		"Nodes of general to 1.35", "Add-ons to those of 1.35",
		"Review Kubernetes 1.36", "Control plane to 1.36",
		"Nodes of batch to 1.36: both", "Nodes of batch to 1.36: greenCordoned", "Nodes of batch to 1.36: blue",
		"Nodes of general to 1.36", "Add-ons to those of 1.36",
	}, titles(plan))
	for _, want := range []string{
		`cluster.version: "1.35"`, `nodeGroups.general.version: "1.34"`, `addonsMinor: "1.34"`, `nodeGroups.batch.blueGreen.green.version: "1.35"`,
		"remove nodeGroups.general.version", "remove addonsMinor", "addonVersions.coredns: v1.13.2-eksbuild.31", `nodeGroups.batch.version: "1.36"`,
		"nodeGroups.general.amiRelease is 1.34.2-20260114: write one of 1.35 in the same step", "pods of jobs have 1.34 until they are restarted",
		"updates kube-proxy from v1.34.6-eksbuild.29 to v1.35.3-eksbuild.29",
	} {
		assert.Contains(t, plan.Text(), want)
	}
	last := plan.Steps[len(plan.Steps)-1].Config
	assert.Equal(t, "1.36", last.Cluster.Version)
	assert.Equal(t, "1.36", last.AddonsMinor)
	assert.Equal(t, "1.34", cfg.Cluster.Version, "the configuration itself stays")
	assert.Equal(t, "blue", cfg.NodeGroups["batch"].BlueGreen.Step)
}

// What a step would be refused for stands at the step.
func TestUpgradePlanNamesWhatBlocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack  string
		change func(object)
		before *stacks.Config
		day    time.Time
		step   string
		want   string
	}{
		"the stack before": {"prd", func(o object) { o["upgradeAfter"] = "stg" }, config(t, "stg", nil), november, "Review Kubernetes 1.36", "1.36 is ahead of stg, which has 1.35 deployed"},
		"the price": {"prd", nil, nil, time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC), "Control plane to 1.36",
			`upgrade, or accept it with cluster.acceptExtendedSupport: "1.36"`},
		"nothing": {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["version"] = "1.33" }, nil, november, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := config(t, test.stack, test.change).UpgradePlan("1.36", test.before, test.day)
			require.Empty(t, problems)
			assert.Equal(t, test.want != "", plan.Blocked(), plan.Text())
			for _, step := range plan.Steps {
				if step.Title == test.step {
					require.NotEmpty(t, step.Blocks)
					assert.Contains(t, step.Blocks[0].String(), test.want)
				}
			}
		})
	}
}

func TestUpgradePlanWithoutTheStackBefore(t *testing.T) {
	t.Parallel()
	plan, problems := config(t, "prd", func(o object) { o["upgradeAfter"] = "stg" }).UpgradePlan("1.36", nil, november)
	require.Empty(t, problems)
	assert.Contains(t, plan.Text(), "stack stg must have deployed 1.36; its configuration is not here")
}

func TestNoUpgradePlan(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"1.35": "to: 1.35 is not newer than 1.35, which the stack has", "1.33": "to: 1.33 is not newer than 1.35",
		"2.0": `to: "2.0" is not known; use one of 1.33`, "": `to: "" is not known`,
	} {
		plan, problems := config(t, "dev", nil).UpgradePlan(to, nil, november)
		require.Len(t, problems, 1)
		assert.True(t, strings.HasPrefix(problems[0].String(), want), problems[0].String())
		assert.Empty(t, plan.Steps)
	}
}
