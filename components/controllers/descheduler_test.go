package controllers_test

import (
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

func rebalanced() controllers.Spec {
	return controllers.Spec{Descheduler: controllers.Descheduler{
		Enabled: new(true), Interval: "10m", MaxEvictions: 4, ExcludedNamespaces: []string{"payments"},
		Utilization: map[string]controllers.Utilization{"cpu": {Empty: 20, Full: 60}, "pods": {Empty: 20, Full: 80}},
	}}
}

func TestDeschedulerValues(t *testing.T) {
	t.Parallel()
	goldenValues(t, rebalanced(), "descheduler")
}

// deschedulerPolicy are the fields of the policy and of the plugins that this package uses.
// Source: https://github.com/kubernetes-sigs/descheduler/tree/v0.36.0/pkg/api/v1alpha2 and
// the types.go of each folder in pkg/framework/plugins.
type deschedulerPolicy struct {
	metav1.TypeMeta         `json:",inline"`
	MaxNoOfPodsToEvictTotal *uint `json:"maxNoOfPodsToEvictTotal"`
	Profiles                []struct {
		Name         string `json:"name"`
		PluginConfig []struct {
			Name string `json:"name"`
			Args *struct {
				NodeFit        bool `json:"nodeFit"`
				MinReplicas    uint `json:"minReplicas"`
				PodProtections *struct {
					DefaultDisabled []string `json:"defaultDisabled"`
					ExtraEnabled    []string `json:"extraEnabled"`
				} `json:"podProtections"`
				Namespaces          *excluded          `json:"namespaces"`
				EvictableNamespaces *excluded          `json:"evictableNamespaces"`
				Constraints         []string           `json:"constraints"`
				Thresholds          map[string]float64 `json:"thresholds"`
				TargetThresholds    map[string]float64 `json:"targetThresholds"`
			} `json:"args"`
		} `json:"pluginConfig"`
		Plugins struct {
			Balance    *enabled `json:"balance"`
			Deschedule *enabled `json:"deschedule"`
		} `json:"plugins"`
	} `json:"profiles"`
}

type (
	excluded struct {
		Exclude []string `json:"exclude"`
	}
	enabled struct {
		Enabled []string `json:"enabled"`
	}
)

func TestDeschedulerRenders(t *testing.T) {
	t.Parallel()
	for replicas, pods := range map[int]int32{1: 1, 3: 2} {
		objects := real(t, chartOf(t, only(rebalanced(), replicas, true), "descheduler"))
		sound(t, objects, replicas, map[string]int32{"descheduler": pods})
		args := deployments(t, objects)["descheduler"].Spec.Template.Spec.Containers[0].Args
		assert.Contains(t, args, "--descheduling-interval=10m")
		assert.Equal(t, replicas > 1, slices.Contains(args, "--leader-elect=true"))
		for _, o := range objects {
			if o.Kind == "ClusterRole" {
				rules := into[rbacv1.ClusterRole](t, o.Body).Rules
				assert.Equal(t, []string{"create"}, grants(rules, "", "pods/eviction"))
				assert.Empty(t, grants(rules, "", "secrets"))
			}
			if o.Kind == "ConfigMap" {
				var policy deschedulerPolicy
				text := o.Body["data"].(map[string]any)["policy.yaml"].(string)
				require.NoError(t, yaml.UnmarshalStrict([]byte(text), &policy), text)
				assert.Equal(t, "descheduler/v1alpha2", policy.APIVersion)
				assert.Equal(t, "DeschedulerPolicy", policy.Kind)
				checkProfile(t, policy)
			}
		}
	}
}

func checkProfile(t *testing.T, policy deschedulerPolicy) {
	t.Helper()
	assert.EqualValues(t, 4, *policy.MaxNoOfPodsToEvictTotal)
	require.Len(t, policy.Profiles, 1)
	profile := policy.Profiles[0]
	assert.Equal(t, []string{"RemoveDuplicates", "RemovePodsViolatingTopologySpreadConstraint", "LowNodeUtilization"}, profile.Plugins.Balance.Enabled)
	assert.Equal(t, []string{"RemovePodsViolatingNodeTaints"}, profile.Plugins.Deschedule.Enabled)
	require.Len(t, profile.PluginConfig, 5)
	for _, config := range profile.PluginConfig {
		switch args := config.Args; config.Name {
		case "DefaultEvictor":
			assert.True(t, args.NodeFit)
			assert.Equal(t, []string{"PodsWithPVC", "PodsWithoutPDB"}, args.PodProtections.ExtraEnabled)
		case "LowNodeUtilization":
			assert.Equal(t, []string{"payments"}, args.EvictableNamespaces.Exclude)
			assert.Equal(t, map[string]float64{"cpu": 20, "pods": 20}, args.Thresholds)
			assert.Equal(t, map[string]float64{"cpu": 60, "pods": 80}, args.TargetThresholds)
		default:
			assert.Equal(t, []string{"payments"}, args.Namespaces.Exclude, config.Name)
		}
	}
}

func TestDeschedulerChoices(t *testing.T) {
	t.Parallel()
	few := controllers.Spec{Descheduler: controllers.Descheduler{Enabled: new(true), Duplicates: new(false), Taints: new(false)}}
	policy := chartOf(t, only(few, 1, true), "descheduler").Values["deschedulerPolicy"].(map[string]any)
	assert.Equal(t, 10, policy["maxNoOfPodsToEvictTotal"])
	assert.Equal(t, map[string]any{"balance": map[string]any{"enabled": []any{"RemovePodsViolatingTopologySpreadConstraint"}}},
		policy["profiles"].([]any)[0].(map[string]any)["plugins"])
}

func TestDeschedulerBudget(t *testing.T) {
	t.Parallel()
	const budget = "kubernetes:policy/v1:PodDisruptionBudget"
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(only(rebalanced(), 2, false), options...)
		require.NoError(t, err, mode)
		require.Len(t, r.OfType(budget), 1)
		assert.Equal(t, map[string]any{"minAvailable": 1., "selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "descheduler"}}},
			r.Get(budget, "demo-descheduler-budget").Inputs["spec"])
	}
	r, err := told(only(rebalanced(), 1, false))
	require.NoError(t, err)
	assert.Empty(t, r.OfType(budget))
}

func TestBadDescheduler(t *testing.T) {
	t.Parallel()
	badly(t, controllers.Spec{Descheduler: controllers.Descheduler{
		Interval: "10s", MaxEvictions: -1, ExcludedNamespaces: []string{"a*"},
		Utilization: map[string]controllers.Utilization{"cpu": {Empty: 60, Full: 20}, "disk": {Empty: 1, Full: 2}, "memory": {Full: 101}},
	}},
		`descheduler.excludedNamespaces: "a*" can't be a namespace; name each one`,
		`descheduler.interval: "10s" is none; write a time such as "5m", at least 1m`,
		`descheduler.maxEvictions: is -1; write how many, or leave it out for 10`,
		`descheduler.utilization.cpu: 60 to 20 is no range; write empty and full as percent, with empty below full`,
		`descheduler.utilization.disk: "disk" is not known; use one of cpu, memory, pods`,
		`descheduler.utilization.memory: 0 to 101 is no range; write empty and full as percent, with empty below full`,
	)
	badly(t, controllers.Spec{Descheduler: controllers.Descheduler{Duplicates: new(false), Spread: new(false), Taints: new(false)}},
		"descheduler: has nothing to do; leave on one of duplicates, spread, taints, or write utilization")
}
