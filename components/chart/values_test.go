package chart_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type level string

func TestLaterLayersWin(t *testing.T) {
	t.Parallel()
	deep := map[string]any{"cpu": 1, "memory": "1Gi"}
	values := chart.Values{
		Catalogue: map[string]any{"tag": "1", "limits": deep, "list": []string{"a", "b"}, "gone": "x", "map": map[string]any{"a": 1}},
		Component: map[string]any{"tag": "2", "limits": map[string]any{"cpu": 2}, "level": level("high")},
		Profile:   map[string]any{"tag": "3", "list": []any{"c"}, "gone": nil, "map": "text"},
		User:      map[string]any{"tag": "4", "limits": map[string]int{"cpu": 4}},
	}
	merged := values.Merged()
	assert.Equal(t, map[string]any{
		"tag": "4", "limits": map[string]any{"cpu": 4.0, "memory": "1Gi"}, "list": []any{"c"}, "gone": nil, "level": "high", "map": "text",
	}, merged)
	merged["limits"].(map[string]any)["cpu"] = 9
	assert.Equal(t, map[string]any{"cpu": 1, "memory": "1Gi"}, deep, "the layers are left alone")
}

// A null takes the chart's own default away.
func TestNullDeletesTheDefaultOfTheChart(t *testing.T) {
	t.Parallel()
	r, err := chart.Render(with(func(s *chart.Spec) {
		s.Values.Profile = map[string]any{"args": nil, "image": map[string]any{"tag": "9"}}
	}), demo(t))
	require.NoError(t, err)
	spec := find(t, r, "Deployment tools/demo")["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	container := spec["containers"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"name": "demo", "image": "example.com/demo:9", "args": nil}, container)
}

func TestUnknownKeys(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values map[string]any
		extra  []string
		want   string
	}{
		"typo":             {map[string]any{"replica": 2}, nil, "values.user.replica: is no key of the chart, which would ignore it; did you mean replicas?"},
		"nothing near":     {map[string]any{"zzz": 2}, nil, "values.user.zzz: is no key of the chart, which would ignore it; remove it"},
		"nested":           {map[string]any{"image": map[string]any{"tags": "1"}}, nil, "values.user.image.tags: is no key"},
		"nulled":           {map[string]any{"replica": nil}, nil, "values.user.replica: is no key"},
		"of a subchart":    {map[string]any{"cache": map[string]any{"sizes": "x"}}, nil, "values.user.cache.sizes: is no key of the chart, which would ignore it; did you mean size?"},
		"by another name":  {map[string]any{"store": map[string]any{"size": "x"}}, nil, "values.user.store: is no key"},
		"global":           {map[string]any{"global": map[string]any{"registri": "x"}}, nil, "values.user.global.registri: is no key"},
		"of the schema":    {map[string]any{"extra": map[string]any{"hots": "x"}}, nil, "values.user.extra.hots: is no key of the chart, which would ignore it; did you mean host?"},
		"in the schema":    {map[string]any{"extra": map[string]any{"host": "x"}}, nil, ""},
		"below empty maps": {map[string]any{"nodeSelector": map[string]any{"a": "b"}}, nil, ""},
		"below lists":      {map[string]any{"tolerations": []any{map[string]any{"key": "x"}}}, nil, ""},
		"below null":       {map[string]any{"priority": map[string]any{"a": "b"}}, nil, ""},
		"subchart":         {map[string]any{"cache": map[string]any{"enabled": true, "size": "x", "limits": map[string]any{"cpu": 1}}}, nil, ""},
		"exception":        {map[string]any{"image": map[string]any{"pull": map[string]any{"a": 1}}}, []string{"image.pull"}, ""},
		"other exception":  {map[string]any{"image": map[string]any{"pullX": 1}}, []string{"image.pull"}, "values.user.image.pullX: is no key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Render(with(func(s *chart.Spec) { s.Values.User, s.ExtraKeys = test.values, test.extra }), demo(t))
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "chart demo 1.2.3: values: 1 problem\n  - "+test.want)
		})
	}
}

// Istio's charts keep their defaults below a key that users leave out.
func TestDefaultsBelowAnInnerKey(t *testing.T) {
	t.Parallel()
	files := memory{"Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.2.3",
		"values.yaml": "_internal_defaults_do_not_set:\n  hub: example.com\n  global:\n    proxy: {image: x}\n"}
	_, err := chart.Render(with(user(map[string]any{"hub": "x", "global": map[string]any{"proxy": map[string]any{"image": "y"}}})), files)
	assert.NoError(t, err)
	_, err = chart.Render(with(user(map[string]any{"hubs": "x"})), files)
	assert.ErrorContains(t, err, "did you mean hub?")
}

func TestBadSpecs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*chart.Spec)
		want   string
	}{
		"an output":      {user(map[string]any{"a": map[string]any{"b": pulumi.String("x").ToStringOutput()}}), "values.user.a.b: is a pulumi.StringOutput, which is no plain data"},
		"in a list":      {user(map[string]any{"a": []any{1, func() {}}}), "values.user.a[1]: is a func(), which is no plain data"},
		"odd keys":       {user(map[string]any{"a": map[int]string{1: "x"}}), "values.user.a: is a map with keys of type int"},
		"no chart":       {func(s *chart.Spec) { s.Chart = catalog.Chart{} }, "chart.name: is missing"},
		"range":          {func(s *chart.Spec) { s.Chart.Version = "^1.2" }, `chart.version: "^1.2" is no version of a chart`},
		"release":        {func(s *chart.Spec) { s.Release = "My_Release" }, `release: "My_Release" can't name a release`},
		"namespace":      {func(s *chart.Spec) { s.Namespace = "" }, `namespace: "" can't name a namespace`},
		"theirs":         {func(s *chart.Spec) { s.Namespace, s.OwnsNamespace = "kube-system", true }, "ownsNamespace: kube-system belongs to the cluster"},
		"level":          {func(s *chart.Spec) { s.PodSecurity = "strict" }, `podSecurity: "strict" is not known`},
		"minor":          {func(s *chart.Spec) { s.Kubernetes = "v1.35.1" }, `kubernetes: "v1.35.1" is no Kubernetes minor`},
		"hook object":    {func(s *chart.Spec) { s.Hooks = []chart.Hook{{Object: "setup", Action: chart.Drop, Reason: "x"}} }, `hooks[0].object: "setup" names no object`},
		"hook action":    {func(s *chart.Spec) { s.Hooks = []chart.Hook{{Object: "Job/x", Action: "run", Reason: "x"}} }, `hooks[0].action: "run" is not known`},
		"hook reason":    {func(s *chart.Spec) { s.Hooks = []chart.Hook{{Object: "Job/x", Action: chart.Drop}} }, "hooks[0].reason: is missing"},
		"ignore nothing": {func(s *chart.Spec) { s.Ignore = []chart.Ignore{{Object: "Job/x"}} }, "ignore[0].fields: names nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := with(test.change)
			_, err := chart.Render(spec, memory{})
			assert.ErrorContains(t, err, test.want)
			assert.NotEmpty(t, spec.Validate())
		})
	}
	assert.Empty(t, demoSpec().Validate())
}
