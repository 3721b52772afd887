package controllers_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestAutoscalerValues(t *testing.T) {
	t.Parallel()
	goldenOf(t, controllers.Spec{}, "cluster-autoscaler")
}

func TestAutoscalerRenders(t *testing.T) {
	t.Parallel()
	const name = "cluster-autoscaler-aws-cluster-autoscaler"
	for replicas, budgets := range map[int][]string{1: nil, 3: {name}} {
		objects := real(t, chartOf(t, defaults(controllers.Spec{}, replicas), "cluster-autoscaler"))
		sound(t, objects, replicas, map[string]int32{name: int32(min(2, replicas))})
		assert.Equal(t, budgets, namedObjects(objects, "PodDisruptionBudget"))
		pod := deployments(t, objects)[name].Spec.Template.Spec
		assert.Equal(t, "system-cluster-critical", pod.PriorityClassName)
		assert.Equal(t, "cluster-autoscaler", pod.ServiceAccountName)
		assert.Equal(t, "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2", pod.Containers[0].Image)
		for _, flag := range []string{
			"--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/demo",
			"--expander=least-waste", "--balance-similar-node-groups=true", "--skip-nodes-with-local-storage=false", "--skip-nodes-with-system-pods=false",
			"--scale-down-unneeded-time=10m", "--scale-down-delay-after-add=10m", "--scale-down-utilization-threshold=0.5",
		} {
			assert.Contains(t, pod.Containers[0].Command, flag)
		}
	}
}

func TestAutoscalerFollowsTheCluster(t *testing.T) {
	t.Parallel()
	args := defaults(controllers.Spec{Autoscaler: controllers.Autoscaler{
		Expander: "priority", Prefer: []string{"spot", ".*"}, UnneededTime: "5m", DelayAfterAdd: "1m", UtilizationPercent: 65,
	}}, 1)
	args.Cluster.Version = "1.33"
	values := chartOf(t, args, "cluster-autoscaler").Values
	assert.Equal(t, map[string]any{"tag": "v1.33.6"}, values["image"])
	objects := real(t, chartOf(t, args, "cluster-autoscaler"))
	flags := deployments(t, objects)["cluster-autoscaler-aws-cluster-autoscaler"].Spec.Template.Spec.Containers[0].Command
	for _, flag := range []string{
		"--expander=priority", "--scale-down-unneeded-time=5m", "--scale-down-delay-after-add=1m", "--scale-down-utilization-threshold=0.65",
	} {
		assert.Contains(t, flags, flag)
	}
	priorities := 0
	for _, o := range objects {
		switch o.Kind {
		case "Role":
			assert.Contains(t, mustJSON(t, o.Body), "cluster-autoscaler-priority-expander", "it may read the priorities")
		case "ConfigMap":
			priorities++
			assert.Equal(t, "cluster-autoscaler-priority-expander", o.Name)
			var order map[int][]string
			require.NoError(t, yaml.UnmarshalStrict([]byte(o.Body["data"].(map[string]any)["priorities"].(string)), &order))
			assert.Equal(t, map[int][]string{20: {"spot"}, 10: {".*"}}, order)
		}
	}
	assert.Equal(t, 1, priorities)
}

func TestAutoscalerPolicy(t *testing.T) {
	t.Parallel()
	golden(t, "cluster-autoscaler-policy", policyOf(t, defaults(controllers.Spec{}, 1), "cluster-autoscaler"))
}

func TestBadAutoscaler(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec controllers.Autoscaler
		want []string
	}{
		"good": {controllers.Autoscaler{Enabled: new(true), Expander: "most-pods", UtilizationPercent: 100}, nil},
		"priority of nothing": {controllers.Autoscaler{Expander: "priority"}, []string{
			"autoscaler.prefer: goes with expander priority, and that with it; write both, such as prefer: [spot, .*], or neither",
		}},
		"all of it": {
			controllers.Autoscaler{Expander: "price", UnneededTime: "soon", DelayAfterAdd: "-1m", UtilizationPercent: 101, Prefer: []string{"("}},
			[]string{
				`autoscaler.delayAfterAdd: "-1m" is no duration; write a duration, such as 10m`,
				`autoscaler.expander: "price" is not known; use one of least-waste, most-pods, random, priority`,
				`autoscaler.prefer: goes with expander priority, and that with it; write both, such as prefer: [spot, .*], or neither`,
				`autoscaler.prefer: "(" is no regular expression; write a part of a group's name, or .* for all`,
				`autoscaler.unneededTime: "soon" is no duration; write a duration, such as 10m`,
				"autoscaler.utilizationPercent: 101 is no share; use 1 to 100",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, problems(controllers.Spec{Autoscaler: test.spec}))
		})
	}
}
