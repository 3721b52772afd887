package workload_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/workload"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// web is a workload with all that one can have.
func web() workload.Spec {
	return workload.Spec{
		Name: "web", Namespace: "shop", Production: true,
		Pod: workload.Pod{
			ServiceAccount: "web", User: 1000,
			Volumes: []map[string]any{{"name": "settings", "configMap": map[string]any{"name": "web"}}},
			Containers: []workload.Container{{
				Name: "web", Image: "registry.example:5000/shop/web:1.4.2", CPU: "250m", Memory: "256Mi", MemoryLimit: "512Mi",
				Command: []string{"/web"}, Args: []string{"--fast"}, Env: []map[string]any{{"name": "MODE", "value": "shop"}},
				Ports:   map[string]int{"http": 8080, "metrics": 9090},
				Ready:   &workload.Probe{Port: 8080, Path: "/ready"},
				Live:    &workload.Probe{Port: 8080, PeriodSeconds: 30, TimeoutSeconds: 5, Failures: 5},
				Started: &workload.Probe{Command: []string{"/web", "--check"}},
				Scratch: map[string]string{"/tmp": "64Mi", "/var/cache": "1Gi"},
				Mounts:  []map[string]any{{"name": "settings", "mountPath": "/etc/web", "readOnly": true}},
			}},
		},
		Scale: &workload.Scale{Max: 10, CPU: 60, Memory: 80, Metrics: []workload.Metric{
			{Type: workload.PodsMetric, Name: "requests", Average: "100"},
			{Type: workload.ObjectMetric, Name: "hits", Value: "2k", Object: workload.Target{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "web"}},
			{Type: workload.ExternalMetric, Name: "messages", Labels: map[string]string{"queue": "orders"}, Average: "30"},
		}},
	}
}

// decoded reads an object into the type of Kubernetes, which must know every field.
func decoded[T any](t *testing.T, object any) T {
	t.Helper()
	var into T
	text, err := json.Marshal(object)
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(text, &into))
	return into
}

func objects(t *testing.T, spec workload.Spec) map[string]kube.Object {
	t.Helper()
	all, err := spec.Objects()
	require.NoError(t, err)
	byKind := map[string]kube.Object{}
	for _, object := range all {
		byKind[object["kind"].(string)] = object
	}
	return byKind
}

func TestObjects(t *testing.T) {
	t.Parallel()
	all := objects(t, web())
	require.Len(t, all, 3)

	deployment := decoded[appsv1.Deployment](t, all["Deployment"])
	pod := deployment.Spec.Template.Spec
	assert.Nil(t, deployment.Spec.Replicas, "the autoscaler decides")
	assert.Equal(t, map[string]string{"app.kubernetes.io/name": "web"}, deployment.Spec.Selector.MatchLabels)
	assert.Equal(t, deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Labels)
	assert.Equal(t, 0, deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue())
	assert.Equal(t, "web", pod.ServiceAccountName)
	assert.False(t, *pod.AutomountServiceAccountToken)
	assert.Equal(t, int64(40), *pod.TerminationGracePeriodSeconds, "10 to drain, 30 to stop")
	assert.Len(t, pod.TopologySpreadConstraints, 2)
	require.Len(t, pod.Volumes, 3)
	assert.Equal(t, "web-var-cache", pod.Volumes[2].Name)
	container := pod.Containers[0]
	assert.Equal(t, int64(10), container.Lifecycle.PreStop.Sleep.Seconds)
	assert.True(t, *container.SecurityContext.ReadOnlyRootFilesystem)
	assert.True(t, container.Resources.Limits.Cpu().IsZero(), "CPU has no limit")
	assert.Equal(t, "512Mi", container.Resources.Limits.Memory().String())
	assert.Equal(t, "/ready", container.ReadinessProbe.HTTPGet.Path)
	assert.Equal(t, int32(8080), container.LivenessProbe.TCPSocket.Port.IntVal)
	assert.Equal(t, []string{"/web", "--check"}, container.StartupProbe.Exec.Command)

	scaler := decoded[autoscalingv2.HorizontalPodAutoscaler](t, all["HorizontalPodAutoscaler"]).Spec
	assert.Equal(t, autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}, scaler.ScaleTargetRef)
	assert.Equal(t, int32(2), *scaler.MinReplicas)
	require.Len(t, scaler.Metrics, 5)
	assert.Equal(t, int32(60), *scaler.Metrics[0].Resource.Target.AverageUtilization)
	assert.Equal(t, "100", scaler.Metrics[2].Pods.Target.AverageValue.String())
	assert.Equal(t, "Ingress", scaler.Metrics[3].Object.DescribedObject.Kind)
	assert.Equal(t, "orders", scaler.Metrics[4].External.Metric.Selector.MatchLabels["queue"])
	assert.Equal(t, int32(300), *scaler.Behavior.ScaleDown.StabilizationWindowSeconds)
	assert.Nil(t, scaler.Behavior.ScaleUp, "as Kubernetes has it")

	budget := decoded[policyv1.PodDisruptionBudget](t, all["PodDisruptionBudget"]).Spec
	assert.Equal(t, 1, budget.MaxUnavailable.IntValue())
	assert.Equal(t, deployment.Spec.Selector, budget.Selector)
	assert.Equal(t, policyv1.AlwaysAllow, *budget.UnhealthyPodEvictionPolicy)
}

// What is not said is decided so that it is safe.
func TestDefaults(t *testing.T) {
	t.Parallel()
	plain := workload.Spec{Name: "job", Namespace: "shop", MaxUnavailable: "50%", Pod: workload.Pod{ServiceAccount: "job", DrainSeconds: new(0), Containers: []workload.Container{{
		Name: "job", Image: "job@sha256:" + strings.Repeat("a", 64), CPU: "1", Memory: "1Gi", Ready: &workload.Probe{Command: []string{"true"}},
	}}}}
	all := objects(t, plain)
	require.Len(t, all, 2)
	deployment := decoded[appsv1.Deployment](t, all["Deployment"]).Spec
	assert.Equal(t, int32(2), *deployment.Replicas)
	assert.Equal(t, "1Gi", deployment.Template.Spec.Containers[0].Resources.Limits.Memory().String())
	assert.Nil(t, deployment.Template.Spec.Containers[0].Lifecycle)
	assert.Equal(t, "50%", decoded[policyv1.PodDisruptionBudget](t, all["PodDisruptionBudget"]).Spec.MaxUnavailable.String())

	plain.Replicas = 1
	assert.Len(t, objects(t, plain), 1, "one pod has no budget")

	plain.Scale = &workload.Scale{Min: 1, Max: 3}
	all = objects(t, plain)
	assert.Len(t, all, 2)
	metrics := decoded[autoscalingv2.HorizontalPodAutoscaler](t, all["HorizontalPodAutoscaler"]).Spec.Metrics
	require.Len(t, metrics, 1)
	assert.Equal(t, int32(70), *metrics[0].Resource.Target.AverageUtilization)
	plain.Scale.Memory = 80
	metrics = decoded[autoscalingv2.HorizontalPodAutoscaler](t, objects(t, plain)["HorizontalPodAutoscaler"]).Spec.Metrics
	assert.Len(t, metrics, 1, "CPU is the measure where there is no other")
}

// Pods pass the restricted profile as the API server evaluates it, and all objects the
// project's own rules.
func TestPodsAreRestricted(t *testing.T) {
	t.Parallel()
	all := objects(t, web())
	deployment := decoded[appsv1.Deployment](t, all["Deployment"])
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &deployment.Spec.Template.ObjectMeta, &deployment.Spec.Template.Spec))
	assert.True(t, result.Allowed, result.ForbiddenDetail())

	for _, object := range all {
		text, err := json.Marshal(object)
		require.NoError(t, err)
		var tree map[string]any
		require.NoError(t, json.Unmarshal(text, &tree))
		inputs := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(tree))
		token := kube.Token(object["apiVersion"].(string), object["kind"].(string))
		assert.Empty(t, rules.Evaluate(rules.All(), rules.NewResource(token, "web", inputs, "1.35")), token)
	}
}

func TestPartsAlone(t *testing.T) {
	t.Parallel()
	scaler, err := workload.Scaler{Name: "db", Namespace: "shop", Target: workload.Target{Kind: "StatefulSet"}, Scale: workload.Scale{Max: 3}}.Object()
	require.NoError(t, err)
	assert.Equal(t, "StatefulSet", decoded[autoscalingv2.HorizontalPodAutoscaler](t, scaler).Spec.ScaleTargetRef.Kind)

	budget, err := workload.Budget{Name: "db", Namespace: "shop", Pods: map[string]string{"app": "db"}, Replicas: 3}.Object()
	require.NoError(t, err)
	assert.Equal(t, "1", decoded[policyv1.PodDisruptionBudget](t, budget).Spec.MaxUnavailable.String())

	pod, err := web().Pod.Spec("web")
	require.NoError(t, err)
	assert.Equal(t, "web", pod["serviceAccountName"])
}

func TestNewRegistersTheObjects(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := workload.New(ctx, "shop-web", &workload.Args{Spec: web(), Tags: map[string]string{"team": "shop"}})
				return err
			}, options...)
			require.NoError(t, err)
			component := r.Get(workload.Token, "shop-web")
			require.NotNil(t, component)
			for _, token := range []string{"kubernetes:apps/v1:Deployment", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:policy/v1:PodDisruptionBudget"} {
				made := r.Get(token, "shop-web")
				require.NotNil(t, made, token)
				assert.Equal(t, component.URN, made.Parent)
				assert.Equal(t, map[string]any{"team": "shop"}, made.Inputs["metadata"].(map[string]any)["labels"])
			}
		})
	}
}
