package chart_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const thing = "test:index:Thing"

// install makes a chart in a cluster, after a thing.
func install(t *testing.T, spec chart.Spec, files memory, change func(*chart.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	rendered, err := chart.Render(spec, files)
	require.NoError(t, err)
	return recorder.Run(func(ctx *pulumi.Context) error {
		var cluster, first pulumi.CustomResourceState
		for name, state := range map[string]*pulumi.CustomResourceState{"cluster": &cluster, "first": &first} {
			if err := ctx.RegisterResource(thing, name, pulumi.Map{}, state); err != nil {
				return err
			}
		}
		args := &chart.Args{Rendered: rendered, Cluster: ref.Cluster{Resource: &cluster}, After: []pulumi.Resource{&first}}
		if change != nil {
			change(args)
		}
		made, err := chart.New(ctx, "tool", args)
		if err == nil {
			assert.Len(t, made.Resources(), len(args.Rendered.Objects))
			for _, crd := range made.CRDs() {
				assert.Contains(t, made.Ready(), crd)
			}
		}
		return err
	}, options...)
}

func TestEachObjectIsAResource(t *testing.T) {
	t.Parallel()
	everything := with(func(s *chart.Spec) {
		s.OwnsNamespace = true
		s.Values.User = map[string]any{"webhook": true, "setup": map[string]any{"enabled": true}, "cache": map[string]any{"enabled": true}}
		s.Hooks = []chart.Hook{{Object: "Job/setup-*", Action: chart.Before, Reason: "x"}}
	})
	for name, mode := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := install(t, everything, demo(t), nil, mode...)
			require.NoError(t, err)
			parent := r.Get(chart.Token, "tool")
			require.NotNil(t, parent)
			var made []string
			for _, res := range r.All() {
				if res.Parent == parent.URN {
					made = append(made, res.Type+" "+res.Name)
				}
			}
			assert.ElementsMatch(t, []string{
				"kubernetes:core/v1:Namespace tool/tools",
				"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition tool/gadgets.demo.example",
				"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition tool/stores.demo.example",
				"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition tool/widgets.demo.example",
				"kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration tool/demo",
				"kubernetes:apps/v1:Deployment tool/demo",
				"kubernetes:batch/v1:Job tool/setup-first",
				"kubernetes:batch/v1:Job tool/setup-second",
				"kubernetes:cert-manager.io/v1:ClusterIssuer tool/demo",
				"kubernetes:cert-manager.io/v1:Issuer tool/demo",
				"kubernetes:core/v1:ConfigMap tool/demo",
				"kubernetes:core/v1:Secret tool/demo",
				"kubernetes:core/v1:Service tool/demo-cache",
				"kubernetes:core/v1:ServiceAccount tool/elsewhere/demo",
				"kubernetes:demo.example/v1:Gadget tool/first",
				"kubernetes:demo.example/v1:Widget tool/first",
				"kubernetes:rbac.authorization.k8s.io/v1:ClusterRole tool/demo",
				"kubernetes:rbac.authorization.k8s.io/v1:Role tool/reader",
			}, made)
			assert.Equal(t, map[string]any{"chart": "demo", "version": "1.2.3", "release": "demo", "namespace": "tools", "kubernetes": "1.35",
				"values": everything.Values.Merged()}, parent.Inputs)
			deployment := r.Get("kubernetes:apps/v1:Deployment", "tool/demo")
			assert.Equal(t, "apps/v1", deployment.Inputs["apiVersion"])
			assert.EqualValues(t, 1, deployment.Inputs["spec"].(map[string]any)["replicas"])
			assert.Equal(t, "tools", deployment.Inputs["metadata"].(map[string]any)["namespace"])
		})
	}
}

// The objects are in the cluster of the provider that the chart was given.
func TestProvider(t *testing.T) {
	t.Parallel()
	rendered, err := chart.Render(demoSpec(), demo(t))
	require.NoError(t, err)
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{})
		if err != nil {
			return err
		}
		_, err = chart.New(ctx, "tool", &chart.Args{Rendered: rendered}, pulumi.Providers(provider))
		return err
	})
	require.NoError(t, err)
	for _, res := range r.All() {
		if strings.HasPrefix(res.Type, "kubernetes:") {
			assert.Contains(t, res.Provider, "pulumi:providers:kubernetes::cluster", res.URN)
			assert.Empty(t, res.DeletedWith, "without a cluster to go with")
		}
	}
}

// Each object waits for the stages before its own, and for what the chart comes after.
func TestOrder(t *testing.T) {
	t.Parallel()
	spec := with(func(s *chart.Spec) {
		s.Values.User = map[string]any{"webhook": true, "setup": map[string]any{"enabled": true}}
		s.Hooks = []chart.Hook{{Object: "Job/setup-first", Action: chart.Before, Reason: "x"}, {Object: "Job/setup-second", Action: chart.After, Reason: "x"}}
	})
	r, err := install(t, spec, demo(t), nil)
	require.NoError(t, err)
	urn := func(token, name string) string {
		found := r.Get(token, name)
		require.NotNil(t, found, token+" "+name)
		return found.URN
	}
	crd := urn("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "tool/gadgets.demo.example")
	first, last := urn("kubernetes:batch/v1:Job", "tool/setup-first"), urn("kubernetes:batch/v1:Job", "tool/setup-second")
	role, own := urn("kubernetes:rbac.authorization.k8s.io/v1:Role", "tool/reader"), urn("kubernetes:demo.example/v1:Gadget", "tool/first")
	deployment := urn("kubernetes:apps/v1:Deployment", "tool/demo")
	waits := map[string][]string{}
	for _, res := range r.All() {
		waits[res.URN] = res.DependsOn
	}
	assert.Equal(t, []string{urn(thing, "first")}, waits[crd])
	assert.Subset(t, waits[first], []string{crd})
	assert.Subset(t, waits[deployment], []string{crd, first})
	assert.NotContains(t, waits[deployment], role, "the rest is made side by side")
	assert.Subset(t, waits[own], []string{crd, first, role, deployment})
	assert.NotContains(t, waits[own], last)
	assert.Subset(t, waits[last], []string{crd, first, role, deployment, own})
}

func TestWhatGoesWithTheCluster(t *testing.T) {
	t.Parallel()
	files := demo(t)
	files["templates/more.yaml"] = strings.Join([]string{
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}",
		"apiVersion: v1\nkind: Service\nmetadata: {name: inner}",
		"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: keeps}",
		"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: drops}\nspec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}",
		"apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: default}",
	}, "\n---\n")
	r, err := install(t, with(user(map[string]any{"cache": map[string]any{"enabled": true}})), files, nil)
	require.NoError(t, err)
	cluster := r.Get(thing, "cluster").URN
	for name, want := range map[string]string{
		"kubernetes:networking.k8s.io/v1:Ingress tool/web": "",
		"kubernetes:core/v1:Service tool/demo-cache":       "",
		"kubernetes:apps/v1:StatefulSet tool/drops":        "",
		"kubernetes:karpenter.sh/v1:NodePool tool/default": "",
		"kubernetes:apps/v1:StatefulSet tool/keeps":        cluster,
		"kubernetes:core/v1:Service tool/inner":            cluster,
		"kubernetes:apps/v1:Deployment tool/demo":          cluster,
	} {
		token, logical, _ := strings.Cut(name, " ")
		require.NotNil(t, r.Get(token, logical), name)
		assert.Equal(t, want, r.Get(token, logical).DeletedWith, name)
	}
}

// Removing a chart leaves its CRDs, and with them the objects that others made.
func TestWhatOutlivesTheChart(t *testing.T) {
	t.Parallel()
	files := demo(t)
	files["templates/more.yaml"] = "apiVersion: v1\nkind: Secret\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}"
	r, err := install(t, demoSpec(), files, func(a *chart.Args) { a.Timeout = "15m" })
	require.NoError(t, err)
	kept := 0
	for _, res := range r.All() {
		if res.RetainOnDelete {
			kept++
		}
		assert.True(t, !strings.HasPrefix(res.Type, "kubernetes:") || res.Timeout == "15m", res.URN)
	}
	assert.Equal(t, 3, kept)
	assert.True(t, r.Get("kubernetes:core/v1:Secret", "tool/kept").RetainOnDelete)
	assert.True(t, r.Get("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "tool/widgets.demo.example").RetainOnDelete)
}

func TestTagsAreLabels(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"owner": "platform", "stack": "dev", "purpose": "Shared services, all teams", "odd key!": "x", "empty": ""}
	labels, annotations, leftOut := kube.Labels(tags)
	assert.Equal(t, map[string]string{"owner": "platform", "stack": "dev", "empty": ""}, labels)
	assert.Equal(t, map[string]string{"purpose": "Shared services, all teams"}, annotations)
	assert.Equal(t, []string{"odd key!"}, leftOut)

	r, err := install(t, demoSpec(), demo(t), func(a *chart.Args) { a.Tags = tags })
	require.NoError(t, err)
	meta := r.Get("kubernetes:apps/v1:Deployment", "tool/demo").Inputs["metadata"].(map[string]any)
	assert.Equal(t, map[string]any{"app.kubernetes.io/name": "demo", "owner": "chart", "stack": "dev", "empty": ""}, meta["labels"], "the chart's own labels stay")
	assert.Equal(t, map[string]any{"purpose": "Shared services, all teams"}, meta["annotations"])
	for _, res := range r.All() {
		if strings.HasPrefix(res.Type, "kubernetes:") {
			assert.Equal(t, "dev", res.Inputs["metadata"].(map[string]any)["labels"].(map[string]any)["stack"], res.URN)
		}
	}
}

func TestSecretsAndIgnoredFields(t *testing.T) {
	t.Parallel()
	spec := with(func(s *chart.Spec) {
		s.Ignore = []chart.Ignore{{Object: "Deployment/de*", Fields: []string{"spec.replicas"}}}
		s.Values.User = map[string]any{"password": "x"}
	})
	r, err := install(t, spec, demo(t), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"spec.replicas"}, r.Get("kubernetes:apps/v1:Deployment", "tool/demo").IgnoreChanges)
	assert.Empty(t, r.Get("kubernetes:core/v1:ServiceAccount", "tool/elsewhere/demo").IgnoreChanges)
	secret := r.Get("kubernetes:core/v1:Secret", "tool/demo")
	assert.Equal(t, map[string]any{"password": "x"}, secret.Inputs["stringData"])
	assert.Equal(t, []string{"stringData"}, secret.Secrets)
	assert.Empty(t, r.Get("kubernetes:core/v1:ConfigMap", "tool/demo").Secrets)
}

// A chart that moves to another version of an API changes its object in place.
func TestOtherVersionsOfAKindAreAliases(t *testing.T) {
	t.Parallel()
	files := demo(t)
	files["crds/widgets.yaml"] = strings.Replace(files["crds/widgets.yaml"], "[{name: v1,", "[{name: v1beta1}, {name: v1,", 1)
	files["templates/hpa.yaml"] = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: demo}"
	r, err := install(t, demoSpec(), files, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"kubernetes:demo.example/v1beta1:Widget"}, r.Get("kubernetes:demo.example/v1:Widget", "tool/first").AliasTypes)
	assert.Equal(t, []string{"kubernetes:autoscaling/v1:HorizontalPodAutoscaler"},
		r.Get("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "tool/demo").AliasTypes)
	assert.Empty(t, r.Get("kubernetes:apps/v1:Deployment", "tool/demo").AliasTypes)
}

func TestMissingChart(t *testing.T) {
	t.Parallel()
	lost := chart.Rendered{Spec: demoSpec().WithDefaults(), Missing: true}
	r, err := install(t, demoSpec(), demo(t), func(a *chart.Args) { a.Rendered = lost })
	assert.ErrorContains(t, err, "chart tool: 1 problem\n  - rendered: chart demo 1.2.3 is not in the chart cache, and there is nowhere to get it from; run 'make charts' where https://charts.example.com can be reached")
	assert.Nil(t, r.Get(chart.Token, "tool"), "nothing is registered")

	r, err = install(t, demoSpec(), demo(t), func(a *chart.Args) { a.Rendered, a.ShowMissing = lost, true }, recorder.Preview())
	require.NoError(t, err)
	require.NotNil(t, r.Get(chart.Token, "tool"))
	assert.Len(t, r.All(), 3, "the stack's things and one node")
	assert.Contains(t, lost.Warning(), "NOT IN THIS PLAN: chart demo 1.2.3 is not in the chart cache")
	assert.Empty(t, chart.Rendered{}.Warning())
}

func TestBadArgs(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := chart.New(ctx, "tool", nil)
		assert.EqualError(t, err, "chart: args are required")
		_, err = chart.New(ctx, "tool", &chart.Args{After: []pulumi.Resource{nil}, Timeout: "soon"})
		return err
	})
	assert.ErrorContains(t, err, `chart tool: 3 problems
  - after: names a resource that is nil; leave it out
  - rendered: is empty; hand over what Render or RenderAll returned
  - timeout: "soon" is no duration; write a duration, such as 15m`)
	assert.Nil(t, r.Get(chart.Token, "tool"))
}
