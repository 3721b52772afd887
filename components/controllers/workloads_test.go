package controllers_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// only are args in which the spec alone is on, with cert-manager or without.
func only(spec controllers.Spec, replicas int, certificates bool) controllers.Args {
	spec.LoadBalancers.Enabled, spec.Metrics.Enabled, spec.Autoscaler.Enabled = new(false), new(false), new(false)
	spec.Certificates.Enabled = new(certificates)
	return controllers.Args{Spec: spec, Replicas: replicas, Tags: map[string]string{"team": "platform"}, Cluster: ref.Cluster{
		Name: "demo", Version: "1.35", NameOutput: pulumi.String("demo"),
		OidcProviderArn: pulumi.String("arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123"),
		OidcIssuer:      pulumi.String("oidc.eks.eu-west-1.amazonaws.com/id/0123"),
		Place:           ref.Place{Partition: "aws", Region: "eu-west-1", Account: "111122223333"},
	}}
}

// chartOf is one of the charts that args install.
func chartOf(t *testing.T, a controllers.Args, name string) ref.Chart {
	t.Helper()
	charts := a.Charts()
	i := slices.IndexFunc(charts, func(c ref.Chart) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, "%s is not installed", name)
	return charts[i]
}

// told runs both sides, with something between them that stands for the charts.
func told(a controllers.Args, options ...recorder.Option) (*recorder.Recorder, error) {
	return recorder.Run(func(ctx *pulumi.Context) error {
		if _, err := controllers.New(ctx, "demo", &a); err != nil {
			return err
		}
		var chart pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:Thing", "chart", pulumi.Map{}, &chart); err != nil {
			return err
		}
		after := map[string][]pulumi.Resource{}
		for _, c := range a.Charts() {
			after[c.Name] = []pulumi.Resource{&chart}
		}
		_, err := controllers.NewSettings(ctx, "demo", &controllers.SettingsArgs{Args: a, After: after})
		return err
	}, options...)
}

// goldenValues holds a chart's values for one replica and for three, with cert-manager.
func goldenValues(t *testing.T, spec controllers.Spec, name string) {
	t.Helper()
	both := map[string]any{}
	for key, replicas := range map[string]int{"one": 1, "three": 3} {
		c := chartOf(t, only(spec, replicas, true), name)
		both[key] = c.Profile
		both["values"] = c.Values
	}
	text, err := json.Marshal(both)
	require.NoError(t, err)
	golden(t, name+"-values", string(text))
}

// real renders a chart of the cache.
func real(t *testing.T, c ref.Chart) []chart.Object {
	t.Helper()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	row, known := catalog.ChartOf(c.Name)
	require.True(t, known, c.Name)
	cache := chart.NewCache(dir, nil, nil)
	if _, err := cache.Open(row); errors.Is(err, chart.ErrMissing) {
		t.Skipf("chart %s is not in the cache: run `make charts`", c.Name)
	}
	rendered, err := chart.Render(chart.Spec{
		Chart: row, Namespace: c.Namespace, OwnsNamespace: c.OwnsNamespace, PodSecurity: c.PodSecurity, Kubernetes: "1.35",
		Values: chart.Values{Component: c.Values, Profile: c.Profile}, ExtraKeys: c.ExtraKeys,
	}, cache)
	require.NoError(t, err)
	return rendered.Objects
}

func into[T any](t *testing.T, from any) T {
	t.Helper()
	text, err := json.Marshal(from)
	require.NoError(t, err)
	var to T
	require.NoError(t, json.Unmarshal(text, &to))
	return to
}

// workload is what these tests look at in one.
type workload struct {
	Spec struct {
		Replicas *int32
		Selector metav1.LabelSelector
		Template corev1.PodTemplateSpec
	}
}

// deployments are a chart's, by name.
func deployments(t *testing.T, objects []chart.Object) map[string]workload {
	t.Helper()
	found := map[string]workload{}
	for _, o := range objects {
		if o.Kind == "Deployment" {
			found[o.Name] = into[workload](t, o.Body)
		}
	}
	return found
}

// namedObjects are the names of a chart's objects of a kind.
func namedObjects(objects []chart.Object, kind string) []string {
	var names []string
	for _, o := range objects {
		if o.Kind == kind {
			names = append(names, o.Name)
		}
	}
	slices.Sort(names)
	return names
}

// sound holds what every chart of this package keeps to: the restricted profile as the API
// server evaluates it, the project's own rules, requests and limits, pods that are spread
// by labels they have, budgets only where a pod may be missing.
func sound(t *testing.T, objects []chart.Object, replicas int, want map[string]int32) {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	found := map[string]int32{}
	for name, is := range deployments(t, objects) {
		found[name] = *is.Spec.Replicas
		pod := is.Spec.Template
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
		assert.True(t, result.Allowed, "%s: %s", name, result.ForbiddenDetail())
		assert.NotContains(t, []string{"", "default"}, pod.Spec.ServiceAccountName, name)
		assert.Contains(t, namedObjects(objects, "ServiceAccount"), pod.Spec.ServiceAccountName, name)
		for _, c := range pod.Spec.Containers {
			assert.NotEmpty(t, c.Resources.Requests, "%s: %s", name, c.Name)
			assert.Contains(t, c.Resources.Limits, corev1.ResourceMemory, "%s: %s", name, c.Name)
			assert.NotContains(t, c.Resources.Limits, corev1.ResourceCPU, "%s: %s", name, c.Name)
		}
		assert.Len(t, pod.Spec.TopologySpreadConstraints, 2, name)
		for _, constraint := range pod.Spec.TopologySpreadConstraints {
			selector, err := metav1.LabelSelectorAsSelector(constraint.LabelSelector)
			require.NoError(t, err)
			assert.True(t, selector.Matches(labelSet(pod.Labels)), "%s: spread by labels that its pods don't have", name)
		}
	}
	assert.Equal(t, want, found)
	if replicas == 1 {
		assert.Empty(t, namedObjects(objects, "PodDisruptionBudget"), "it would hold nodes")
	}
	for _, o := range objects {
		inputs := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(into[map[string]any](t, o.Body)))
		judged := rules.NewResource(kube.Token(o.APIVersion, o.Kind), strings.ToLower(o.Name), inputs, "1.35")
		assert.Empty(t, rules.Evaluate(rules.All(), judged), o.String())
	}
}

type labelSet map[string]string

func (l labelSet) Has(label string) bool   { _, has := l[label]; return has }
func (l labelSet) Get(label string) string { return l[label] }

func (l labelSet) Lookup(label string) (string, bool) {
	value, has := l[label]
	return value, has
}

// Pod Identity finds pods by namespace and service account: those that the charts render.
func TestPodIdentity(t *testing.T) {
	t.Parallel()
	spec := stores()
	spec.CustomMetrics = customMetrics().CustomMetrics
	args := only(spec, 1, false)
	args.Cluster.PodIdentity = true
	r, err := told(args)
	require.NoError(t, err)
	found := map[string]string{}
	for _, made := range r.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation") {
		found[made.Inputs["namespace"].(string)] = made.Inputs["serviceAccount"].(string)
	}
	assert.Equal(t, map[string]string{"external-secrets": "external-secrets", "keda": "keda-operator"}, found)
	for namespace, deployment := range map[string]string{"external-secrets": "external-secrets", "keda": "keda-operator"} {
		pods := deployments(t, real(t, chartOf(t, args, namespace)))
		assert.Equal(t, found[namespace], pods[deployment].Spec.Template.Spec.ServiceAccountName)
	}
}
