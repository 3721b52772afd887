package stacks_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/upgrade"
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

// The review names what the minor removes and deprecates, and the stack's objects that
// it would not take.
func TestUpgradePlanReviewsAPIs(t *testing.T) {
	t.Parallel()
	cfg := config(t, "dev", func(o object) { o["cluster"].(object)["version"] = "1.33" })
	old := upgrade.Object{APIVersion: "admissionregistration.k8s.io/v1beta1", Kind: "ValidatingAdmissionPolicy", Name: "images"}
	served := upgrade.Object{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
	for name, test := range map[string]struct {
		objects []upgrade.Object
		block   string
		want    []string
	}{
		"a removed API": {[]upgrade.Object{old, served}, "ValidatingAdmissionPolicy images: admissionregistration.k8s.io/v1beta1 is gone since Kubernetes 1.34; use admissionregistration.k8s.io/v1", nil},
		"a deprecated API": {[]upgrade.Object{{APIVersion: "networking.k8s.io/v1beta1", Kind: "ServiceCIDR", Name: "more"}}, "",
			[]string{"ServiceCIDR more: networking.k8s.io/v1beta1 is deprecated, and gone in Kubernetes 1.37"}},
		"none":      {[]upgrade.Object{served}, "", []string{"none of this stack's 1 Kubernetes objects has an API that is gone or deprecated by then"}},
		"not known": {nil, "", []string{"every preview of the steps below holds all Kubernetes objects against what 1.34 removes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := cfg.UpgradePlan("1.34", nil, november, test.objects...)
			require.Empty(t, problems)
			review := plan.Steps[0]
			for _, want := range append(test.want,
				"Kubernetes 1.34: standard support until 2026-12-02 (31 days)",
				"gone: admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding: use admissionregistration.k8s.io/v1",
				"deprecated: networking.k8s.io/v1beta1 IPAddress, ServiceCIDR: use networking.k8s.io/v1 (gone in 1.37)",
				"aws eks list-insights --region ap-northeast-2 --cluster-name dev") {
				assert.Contains(t, strings.Join(review.Watch, "\n"), want)
			}
			assert.Equal(t, test.block != "", plan.Blocked())
			if test.block != "" {
				require.Len(t, review.Blocks, 1)
				assert.Equal(t, test.block, review.Blocks[0].String())
			}
		})
	}
}

// Groups that stand elsewhere than at the minor of the control plane, or at blue.
func TestUpgradePlanOfGroupsThatStandElsewhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		group       object
		want, block string
	}{
		"behind":               {object{"version": "1.34"}, "nodes of general have 1.34: AWS advises 1.35 before the control plane moves on", ""},
		"green, behind":        {object{"version": "1.33", "blueGreen": object{"step": "green", "green": object{"version": "1.34"}}}, "nodes of general have 1.34: AWS advises 1.35", ""},
		"green, like blue":     {object{"blueGreen": object{"step": "green"}}, `nodeGroups.general.blueGreen.green.version: "1.35"`, ""},
		"in the middle":        {object{"blueGreen": object{"step": "both"}}, "", "nodeGroups.general.blueGreen.step: stands at both, in the middle of an upgrade; finish it, or take it back, and plan anew"},
		"one image for both":   {object{"amiId": "ami-0123456789abcdef0", "blueGreen": object{"step": "blue"}}, "", "nodeGroups.general.amiId: is the image of both groups, so the second has the old minor, too"},
		"a release of green":   {object{"blueGreen": object{"step": "blue", "green": object{"amiRelease": "1.35.0-20260114"}}}, "nodeGroups.general.blueGreen.green.amiRelease is 1.35.0-20260114: write one of 1.36 in the same step", ""},
		"a release of neither": {object{"amiRelease": "1.35.0-20260114", "blueGreen": object{"step": "green", "green": object{"amiRelease": "1.35.0-20260114"}}}, "nodeGroups.general.amiRelease is 1.35.0-20260114: write one of 1.36 in the same step", ""},
		"an image":             {object{"amiId": "ami-0123456789abcdef0"}, "nodeGroups.general.amiId is ami-0123456789abcdef0: write an image for 1.36 in the same step", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := config(t, "stg", func(o object) {
				test.group["instanceTypes"] = []any{"m7i.large"}
				o["nodeGroups"] = object{"general": test.group}
				o["cluster"].(object)["version"] = "1.35"
			}).UpgradePlan("1.36", nil, november)
			require.Empty(t, problems)
			assert.Contains(t, plan.Text(), test.want)
			assert.Equal(t, test.block != "", plan.Blocked(), plan.Text())
			assert.Contains(t, plan.Text(), test.block)
		})
	}
}

// What is deployed counts, whatever the file says by now.
func TestUpgradePlanStartsFromWhatIsDeployed(t *testing.T) {
	t.Parallel()
	cfg := config(t, "stg", func(o object) {
		o["cluster"].(object)["version"] = "1.36"
		o["nodeGroups"] = object{
			"general": object{"instanceTypes": []any{"m7i.large"}},
			"batch":   object{"instanceTypes": []any{"m7i.large"}, "blueGreen": object{"step": "blue"}},
			"zones":   object{"instanceTypes": []any{"m7i.large"}, "perZone": true, "version": "1.35"},
			"new":     object{"instanceTypes": []any{"m7i.large"}},
		}
	})
	is, deployed := cfg.AsDeployed(object{
		"kubernetesVersion": "1.35",
		"nodeGroupVersions": object{"general": "1.35", "batch-green": "1.34", "zones-a": "1.35", "zones-b": "1.33", "zones-c": "1.34"},
		"nodeGroupSteps":    object{"general": "blue", "batch": "green", "zones": "blue"},
	})
	require.True(t, deployed)
	assert.Equal(t, "1.35", is.Cluster.Version)
	assert.Equal(t, "1.35", is.AddonsMinor)
	assert.Empty(t, is.NodeGroups["general"].Version, "the control plane's")
	assert.Empty(t, is.NodeGroups["new"].Version)
	assert.Equal(t, "1.33", is.NodeGroups["zones"].Version, "the oldest")
	assert.Equal(t, "green", is.NodeGroups["batch"].BlueGreen.Step)
	assert.Equal(t, "1.34", is.NodeGroups["batch"].BlueGreen.Green.Version)
	assert.Equal(t, "1.36", cfg.Cluster.Version, "the configuration itself stays")
	assert.Equal(t, "blue", cfg.NodeGroups["batch"].BlueGreen.Step)
	plan, problems := is.UpgradePlan("1.36", nil, november)
	require.Empty(t, problems)
	assert.False(t, plan.Blocked(), plan.Text())

	for _, outputs := range []object{nil, {"kubernetesVersion": 1.35}, {"other": "1.35"}} {
		same, deployed := cfg.AsDeployed(outputs)
		assert.False(t, deployed)
		assert.Equal(t, *cfg, same)
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
