package chart_test

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// memory is a source of charts in memory: file name to text.
type memory map[string]string

func (m memory) Open(catalog.Chart) (chart.Files, error) {
	var files chart.Files
	for name, text := range m {
		files = append(files, chart.File{Name: name, Data: []byte(text)})
	}
	return files, nil
}

// demo is the chart in testdata.
func demo(tb testing.TB) memory {
	tb.Helper()
	files := memory{}
	root := os.DirFS("testdata/demo")
	require.NoError(tb, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	}))
	return files
}

func demoSpec() chart.Spec {
	return chart.Spec{
		Chart:      catalog.Chart{Name: "demo", Version: "1.2.3", Repository: "https://charts.example.com"},
		Namespace:  "tools",
		Kubernetes: "1.35",
	}
}

func with(change func(*chart.Spec)) chart.Spec {
	spec := demoSpec()
	change(&spec)
	return spec
}

func user(values map[string]any) func(*chart.Spec) {
	return func(s *chart.Spec) { s.Values.User = values }
}

func names(r chart.Rendered) []string {
	var all []string
	for _, o := range r.Objects {
		all = append(all, o.String())
	}
	return all
}

// find is the object of that description.
func find(t *testing.T, r chart.Rendered, description string) map[string]any {
	t.Helper()
	for _, o := range r.Objects {
		if o.String() == description {
			return o.Body
		}
	}
	require.Failf(t, "no such object", "%s in %v", description, names(r))
	return nil
}

func TestRender(t *testing.T) {
	t.Parallel()
	r, err := chart.Render(demoSpec(), demo(t))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"CustomResourceDefinition gadgets.demo.example",
		"CustomResourceDefinition widgets.demo.example",
		"ConfigMap tools/demo",
		"Secret tools/demo",
		"ServiceAccount elsewhere/demo",
		"Deployment tools/demo",
		"ClusterIssuer demo",
		"Issuer tools/demo",
		"Gadget first",
		"Widget tools/first",
		"ClusterRole demo",
		"Role tools/reader",
	}, names(r), "CRDs first; lists taken apart; namespaces where the kind has one; no notes, tests, empty documents, or store")
	assert.Equal(t, map[string]any{"kubernetes": "v1.35.0", "monitored": "false", "policy": "true"}, find(t, r, "ConfigMap tools/demo")["data"])
	assert.Equal(t, map[string]any{"name": "demo"}, find(t, r, "ClusterRole demo")["metadata"], "a namespace that the kind doesn't have is left out")
	require.Len(t, r.Dropped, 2)
	assert.Equal(t, "a test of the chart", r.Dropped[0].Reason)
}

func TestRenderingTwiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	spec := with(user(map[string]any{"cache": map[string]any{"enabled": true}}))
	var before []byte
	for range 5 {
		r, err := chart.Render(spec, demo(t))
		require.NoError(t, err)
		now, err := r.Manifest()
		require.NoError(t, err)
		assert.True(t, before == nil || string(before) == string(now))
		before = now
	}
	assert.Equal(t, 14, strings.Count(string(before), "\n"))
}

func TestCapabilitiesAndRelease(t *testing.T) {
	t.Parallel()
	spec := with(func(s *chart.Spec) {
		s.Release, s.Kubernetes = "blue", "1.36"
		s.APIVersions = []string{"monitoring.coreos.com/v1/ServiceMonitor"}
	})
	r, err := chart.Render(spec, demo(t))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"kubernetes": "v1.36.0", "monitored": "true", "policy": "true"}, find(t, r, "ConfigMap tools/blue-demo")["data"])
}

func TestSubchartFollowsItsCondition(t *testing.T) {
	t.Parallel()
	r, err := chart.Render(with(user(map[string]any{
		"cache":  map[string]any{"enabled": true, "size": "large", "limits": map[string]any{"cpu": 1}},
		"global": map[string]any{"registry": "example.com"},
	})), demo(t))
	require.NoError(t, err)
	service := find(t, r, "Service tools/demo-cache")
	assert.Equal(t, map[string]any{"size": "large", "registry": "example.com"}, service["metadata"].(map[string]any)["annotations"])
	assert.Contains(t, names(r), "CustomResourceDefinition stores.demo.example")
}

// Two subcharts may bring one CRD, as long as it is the same.
func TestSameObjectTwice(t *testing.T) {
	t.Parallel()
	files := demo(t)
	files["crds/again.yaml"] = files["crds/widgets.yaml"]
	r, err := chart.Render(demoSpec(), files)
	require.NoError(t, err)
	assert.Len(t, r.Objects, 12)
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	files := demo(t)
	files["templates/odd.yaml"] = "--- # first\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---apiVersion: v1\nkind: Secret\nmetadata: {name: b}\n" +
		"---\r\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  inner: |\n    ---\n    text\n---"
	r, err := chart.Render(demoSpec(), files)
	require.NoError(t, err)
	assert.Subset(t, names(r), []string{"Secret tools/a", "Secret tools/b", "ConfigMap tools/c"})
	assert.Equal(t, map[string]any{"inner": "---\ntext\n"}, find(t, r, "ConfigMap tools/c")["data"])
}

func TestNamespaceOfItsOwn(t *testing.T) {
	t.Parallel()
	r, err := chart.Render(with(func(s *chart.Spec) { s.OwnsNamespace, s.PodSecurity = true, "privileged" }), demo(t))
	require.NoError(t, err)
	assert.Equal(t, "Namespace tools", names(r)[0])
	assert.Equal(t, map[string]any{"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "restricted"},
		find(t, r, "Namespace tools")["metadata"].(map[string]any)["labels"])
}

func TestHooks(t *testing.T) {
	t.Parallel()
	values := map[string]any{"setup": map[string]any{"enabled": true}}
	_, err := chart.Render(with(user(values)), demo(t))
	assert.ErrorContains(t, err, "chart demo 1.2.3: hooks: 2 problems\n  - Job/setup-first: is a hook without a rule (pre-install, pre-upgrade, in demo/templates/setup.yaml); "+
		"configure it away in the values, or give it a rule in hooks\n  - Job/setup-second: ")

	rules := func(action chart.Action) chart.Spec {
		return with(func(s *chart.Spec) {
			s.Values.User = values
			s.Hooks = []chart.Hook{{Object: "Job/setup-*", Action: action, Reason: "measured"}}
		})
	}
	before, err := chart.Render(rules(chart.Before), demo(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"Job tools/setup-first", "Job tools/setup-second"}, names(before)[2:4], "after the CRDs, by weight")
	assert.Equal(t, map[string]any{"name": "setup-first", "namespace": "tools"}, find(t, before, "Job tools/setup-first")["metadata"], "no hook any more")
	after, err := chart.Render(rules(chart.After), demo(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"Job tools/setup-first", "Job tools/setup-second"}, names(after)[12:])
	none, err := chart.Render(rules(chart.Drop), demo(t))
	require.NoError(t, err)
	assert.NotContains(t, names(none), "Job tools/setup-first")
	assert.Contains(t, none.Dropped, chart.Dropped{Object: "Job setup-first", Reason: "measured"})
}

// What a webhook of the chart looks at is made after the rest.
func TestOwnCustomResourcesComeAfterTheWebhook(t *testing.T) {
	t.Parallel()
	r, err := chart.Render(with(user(map[string]any{"webhook": true})), demo(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"Gadget first", "Widget tools/first"}, names(r)[len(r.Objects)-2:])
}

// A chart may call what answers differently each time, as long as no object shows it.
func TestWhatWouldChangeAtEveryDeploymentIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values map[string]any
		calls  string
	}{
		"password":    {map[string]any{"password": "random"}, "randAlphaNum"},
		"certificate": {map[string]any{"certificate": "x"}, "genSelfSignedCert, randAlphaNum"},
		"date":        {map[string]any{"stamp": true}, "now, randAlphaNum"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Render(with(user(test.values)), demo(t))
			assert.EqualError(t, err, "chart demo 1.2.3: Secret tools/demo would change at every deployment: the chart calls "+test.calls+
				"; set the values that it makes up otherwise")
		})
	}
}

// Whatever generator reaches an object is seen, and one that doesn't is none of our business.
func TestEveryGeneratorIsSeen(t *testing.T) {
	t.Parallel()
	for call, name := range map[string]string{
		`(genCA "x" 1).Key`: "genCA", `(genSignedCert "x" nil nil 1 (genCA "y" 1)).Cert`: "genCA, genSignedCert", `genPrivateKey "rsa"`: "genPrivateKey",
		`(genCAWithKey "x" 1 (genPrivateKey "ecdsa")).Cert`: "genCAWithKey, genPrivateKey", `htpasswd "a" "b"`: "htpasswd", `bcrypt "a"`: "bcrypt",
		`uuidv4`: "uuidv4", `randBytes 8`: "randBytes", `randInt 0 1000000000`: "randInt", `shuffle "abcdefghijklmnopqrstuvwxyz"`: "shuffle",
		`encryptAES "0123456789abcdef" "x"`: "encryptAES", `now | unixEpoch`: "now", `now | date "2006-01-02"`: "now",
	} {
		object := "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {x: {{ " + call + " | quote }}}"
		_, err := chart.Render(smallSpec("one"), small("one", object))
		assert.ErrorContains(t, err, "Secret tools/x would change at every deployment: the chart calls "+name+";", call)
		_, err = chart.Render(smallSpec("one"), small("one", "{{- $unused := "+call+" }}\napiVersion: v1\nkind: Secret\nmetadata: {name: x}"))
		assert.NoError(t, err, call)
	}
}

func TestBadCharts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files memory
		spec  func(*chart.Spec)
		want  string
	}{
		"another chart":   {memory{"Chart.yaml": "apiVersion: v2\nname: other\nversion: 1.2.3"}, nil, "the files are those of chart other 1.2.3"},
		"another version": {nil, func(s *chart.Spec) { s.Chart.Version = "1.2.4" }, "chart demo 1.2.4: the files are those of chart demo 1.2.3"},
		"old Kubernetes":  {nil, func(s *chart.Spec) { s.Kubernetes = "1.32" }, "the chart needs Kubernetes >=1.33.0-0, and the cluster has 1.32"},
		"schema":          {nil, user(map[string]any{"replicas": 0}), "values against the chart's schema:\n  - replicas: minimum: got 0, want 1"},
		"no name":         {memory{"templates/x.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}"}, nil, "demo/templates/x.yaml: a Pod without metadata.name"},
		"no kind":         {memory{"templates/x.yaml": "apiVersion: v1"}, nil, "demo/templates/x.yaml: an object without apiVersion or kind"},
		"no YAML":         {memory{"templates/x.yaml": "a: b: c"}, nil, "demo/templates/x.yaml: "},
		"twice":           {memory{"templates/x.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: demo}"}, nil, "Secret tools/demo is rendered twice, by demo/templates/secret.yaml and demo/templates/x.yaml"},
		"template fails":  {memory{"templates/x.yaml": `{{ fail "name a region" }}`}, nil, "name a region"},
		"a rule for no hook": {nil, func(s *chart.Spec) {
			s.Hooks = append(s.Hooks, chart.Hook{Object: "Job/gone", Action: chart.Drop, Reason: "x"})
		},
			"Job/gone is no hook of the chart; remove the rule, or look what the hook is called now"},
		"odd weight": {memory{"templates/x.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x, annotations: {helm.sh/hook: post-install, helm.sh/hook-weight: high}}"},
			func(s *chart.Spec) { s.Hooks = []chart.Hook{{Object: "Pod/x", Action: chart.After, Reason: "x"}} }, "the weight of the hook Pod x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := demo(t)
			maps.Copy(files, test.files)
			spec := demoSpec()
			if test.spec != nil {
				test.spec(&spec)
			}
			_, err := chart.Render(spec, files)
			assert.ErrorContains(t, err, test.want)
			assert.ErrorContains(t, err, "chart demo", "the error names the chart")
		})
	}
}
