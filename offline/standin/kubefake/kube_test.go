package kubefake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

type m = map[string]any

const (
	configMap   = "kubernetes:core/v1:ConfigMap"
	clusterRole = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
	kubeYAML    = `
current-context: c
contexts: [{name: c, context: {cluster: k}}]
clusters: [{name: k, cluster: {server: "https://SERVER"}}]
`
)

func toMap(in m) resource.PropertyMap { return resource.NewPropertyMapFromMap(in) }

func kubeconfigFor(server string) string { return strings.Replace(kubeYAML, "SERVER", server, 1) }

func newProvider(t *testing.T) (*Provider, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "world.json")
	w, err := world.Open(path)
	require.NoError(t, err)
	p := New(w)
	configure(t, p, "one")
	return p, path
}

func configure(t *testing.T, p *Provider, server string) {
	t.Helper()
	_, err := p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: toMap(m{"kubeconfig": kubeconfigFor(server)})})
	require.NoError(t, err)
}

func urnOf(token, name string) resource.URN {
	return resource.NewURN("test", "lab", "", tokens.Type(token), name)
}

func check(t *testing.T, p *Provider, token, name string, olds, news resource.PropertyMap) plugin.CheckResponse {
	t.Helper()
	response, err := p.Check(t.Context(), plugin.CheckRequest{
		URN: urnOf(token, name), Type: tokens.Type(token), Olds: olds, News: news, RandomSeed: []byte(name),
	})
	require.NoError(t, err)
	return response
}

func create(t *testing.T, p *Provider, token, name string, in resource.PropertyMap, preview bool) (plugin.CreateResponse, error) {
	t.Helper()
	checked := check(t, p, token, name, nil, in)
	require.Empty(t, checked.Failures)
	return p.Create(t.Context(), plugin.CreateRequest{
		URN: urnOf(token, name), Type: tokens.Type(token), Properties: checked.Properties, Preview: preview,
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	for name, test := range map[string]struct {
		token string
		in    m
		want  string
	}{
		"well":             {configMap, m{"apiVersion": "v1", "kind": "ConfigMap", "metadata": m{"name": "a.b", "labels": m{"app.kubernetes.io/name": "a"}, "annotations": m{"Mixed.Example/Key": "any text"}}}, ""},
		"RBAC name":        {clusterRole, m{"metadata": m{"name": "system:node"}}, ""},
		"wrong apiVersion": {configMap, m{"apiVersion": "v2"}, `apiVersion: expected "v1"`},
		"wrong kind":       {configMap, m{"kind": "Secret"}, `kind: expected "ConfigMap"`},
		"bad name":         {configMap, m{"metadata": m{"name": "A_b"}}, "metadata.name: a lowercase RFC 1123 subdomain"},
		"colon":            {configMap, m{"metadata": m{"name": "system:node"}}, "metadata.name"},
		"bad RBAC name":    {clusterRole, m{"metadata": m{"name": "a/b"}}, "metadata.name"},
		"dotted namespace": {"kubernetes:core/v1:Namespace", m{"metadata": m{"name": "a.b"}}, "metadata.name"},
		"bad namespace":    {configMap, m{"metadata": m{"namespace": "a.b"}}, "metadata.namespace"},
		"no namespace":     {clusterRole, m{"metadata": m{"namespace": "a"}}, "live in no namespace"},
		"bad label key":    {configMap, m{"metadata": m{"labels": m{"a b": "c"}}}, "metadata.labels[a b]"},
		"bad label value":  {configMap, m{"metadata": m{"labels": m{"a": "b c"}}}, "metadata.labels[a]"},
		"label not text":   {configMap, m{"metadata": m{"labels": m{"a": 1}}}, "metadata.labels[a]"},
		"bad annotation":   {configMap, m{"metadata": m{"annotations": m{"/": "b"}}}, "metadata.annotations[/]"},
		"odd metadata":     {configMap, m{"metadata": "x"}, "metadata: expected an object"},
		"patch of nothing": {"kubernetes:core/v1:ConfigMapPatch", m{}, "a patch must name"},
	} {
		response := check(t, p, test.token, "r", nil, toMap(test.in))
		if test.want == "" {
			assert.Empty(t, response.Failures, name)
			continue
		}
		require.NotEmpty(t, response.Failures, name)
		assert.Contains(t, response.Failures[0].Reason, test.want, name)
	}
}

func TestCheckFillsIn(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	first := check(t, p, "kubernetes:apps/v1:Deployment", "web", nil, resource.PropertyMap{}).Properties
	assert.Equal(t, "apps/v1", props.String(first, "apiVersion"))
	assert.Equal(t, "Deployment", props.String(first, "kind"))
	assert.Equal(t, "default", props.String(first, "metadata", "namespace"))
	assert.Regexp(t, `^web-[0-9a-f]{8}$`, props.String(first, "metadata", "name"))
	again := check(t, p, "kubernetes:apps/v1:Deployment", "web", first, resource.PropertyMap{}).Properties
	assert.Equal(t, first, again, "the made-up name is kept")

	role := check(t, p, clusterRole, "r", nil, resource.PropertyMap{}).Properties
	assert.Empty(t, props.String(role, "metadata", "namespace"))
	custom := check(t, p, "kubernetes:gateway.networking.k8s.io/v1:Gateway", "g", nil, resource.PropertyMap{}).Properties
	assert.Empty(t, props.String(custom, "metadata", "namespace"), "nobody knows whether a custom kind lives in a namespace")

	secret := check(t, p, configMap, "s", nil, resource.PropertyMap{"metadata": resource.MakeSecret(resource.NewObjectProperty(toMap(m{"name": "s"})))}).Properties
	assert.True(t, secret["metadata"].IsSecret())
	unknown := check(t, p, configMap, "s", nil, resource.PropertyMap{"metadata": props.Unknown()})
	assert.Empty(t, unknown.Failures)
}

func TestForeignTokensFailLoudly(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	for _, token := range []string{"kubernetes:helm.sh/v4:Chart", "kubernetes:helm.sh/v3:Release", "kubernetes:yaml/v2:ConfigGroup", "kubernetes:kustomize:Directory", "kubernetes:yaml:ConfigFile"} {
		_, err := p.Check(t.Context(), plugin.CheckRequest{URN: urnOf(token, "r"), Type: tokens.Type(token)})
		require.ErrorContains(t, err, "the kubernetes stand-in does not know "+token)
	}
	_, err := p.Invoke(t.Context(), plugin.InvokeRequest{Tok: "kubernetes:helm:template"})
	require.ErrorContains(t, err, "does not answer")
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	p, path := newProvider(t)
	in := toMap(m{"metadata": m{"name": "a", "namespace": "ns"}, "data": m{"password": "hunter2"}})
	preview, err := create(t, p, configMap, "a", in, true)
	require.NoError(t, err)
	assert.Empty(t, preview.ID)
	assert.True(t, props.IsUnknown(preview.Properties["metadata"].ObjectValue()["uid"]))

	created, err := create(t, p, configMap, "a", in, false)
	require.NoError(t, err)
	assert.Equal(t, resource.ID("ns/a"), created.ID)
	assert.Regexp(t, `^[0-9a-f-]{36}$`, props.String(created.Properties, "metadata", "uid"))
	assert.Equal(t, "1", props.String(created.Properties, "metadata", "resourceVersion"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2", "the world keeps nothing of what is inside objects")

	_, err = create(t, p, configMap, "b", in, false)
	require.ErrorContains(t, err, `configmap "a" already exists`)
	_, err = create(t, p, configMap+"Patch", "b", in, false)
	require.NoError(t, err, "a patch needs the object to exist")
	configure(t, p, "two")
	_, err = create(t, p, configMap, "b", in, false)
	require.NoError(t, err, "another cluster has room for the name")
	configure(t, p, "one")

	updated, err := p.Update(t.Context(), plugin.UpdateRequest{URN: urnOf(configMap, "a"), Type: configMap, ID: "ns/a", OldOutputs: created.Properties, NewInputs: in})
	require.NoError(t, err)
	assert.Equal(t, "2", props.String(updated.Properties, "metadata", "resourceVersion"))
	assert.Equal(t, props.String(created.Properties, "metadata", "uid"), props.String(updated.Properties, "metadata", "uid"))

	read, err := p.Read(t.Context(), plugin.ReadRequest{URN: urnOf(configMap, "a"), Type: configMap, ID: "ns/a", State: created.Properties})
	require.NoError(t, err)
	assert.Equal(t, created.Properties, read.Outputs)
	read, err = p.Read(t.Context(), plugin.ReadRequest{URN: urnOf(configMap, "x"), Type: configMap, ID: "ns/a"})
	require.NoError(t, err)
	assert.Equal(t, "ns", props.String(read.Outputs, "metadata", "namespace"))

	_, err = p.Delete(t.Context(), plugin.DeleteRequest{URN: urnOf(configMap, "a"), Type: configMap, ID: "ns/a"})
	require.NoError(t, err)
	read, err = p.Read(t.Context(), plugin.ReadRequest{URN: urnOf(configMap, "a"), Type: configMap, ID: "ns/a", State: created.Properties})
	require.NoError(t, err)
	assert.Empty(t, read.ID)
	_, err = p.Update(t.Context(), plugin.UpdateRequest{URN: urnOf(configMap, "a"), Type: configMap, ID: "ns/a"})
	require.ErrorContains(t, err, "not found")
}

func TestGenerateName(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	created, err := create(t, p, configMap, "a", toMap(m{"metadata": m{"generateName": "job-"}}), false)
	require.NoError(t, err)
	assert.Regexp(t, `^default/job-[0-9a-f]{5}$`, string(created.ID))
}

func TestDiff(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	old := m{"kind": "ConfigMap", "metadata": m{"name": "a", "namespace": "n"}, "data": m{"a": "b"}}
	for _, test := range []struct {
		name             string
		new              m
		changed, replace bool
	}{
		{"same", old, false, false},
		{"data", m{"kind": "ConfigMap", "metadata": m{"name": "a", "namespace": "n"}, "data": m{"a": "c"}}, true, false},
		{"name", m{"kind": "ConfigMap", "metadata": m{"name": "b", "namespace": "n"}, "data": m{"a": "b"}}, true, true},
		{"namespace", m{"kind": "ConfigMap", "metadata": m{"name": "a", "namespace": "o"}, "data": m{"a": "b"}}, true, true},
	} {
		diff, err := p.Diff(t.Context(), plugin.DiffRequest{URN: urnOf(configMap, "a"), Type: configMap, OldInputs: toMap(old), NewInputs: toMap(test.new)})
		require.NoError(t, err)
		assert.Equal(t, test.changed, diff.Changes == plugin.DiffSome, test.name)
		assert.Equal(t, test.replace, diff.Replace(), test.name)
	}
}

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(kubeconfigFor("file")), 0o600))
	for name, test := range map[string]struct {
		kubeconfig resource.PropertyValue
		want       string
	}{
		"YAML":         {resource.NewStringProperty(kubeconfigFor("one")), ""},
		"JSON":         {resource.NewStringProperty(`{"current-context":"c","contexts":[{"name":"c","context":{"cluster":"k"}}],"clusters":[{"name":"k","cluster":{"server":"s"}}]}`), ""},
		"secret":       {resource.MakeSecret(resource.NewStringProperty(kubeconfigFor("one"))), ""},
		"file":         {resource.NewStringProperty(file), ""},
		"unknown":      {props.Unknown(), ""},
		"none":         {resource.NewNullProperty(), "unable to load Kubernetes client configuration"},
		"missing file": {resource.NewStringProperty("/nowhere/config"), "neither a kubeconfig nor the path of one"},
		"broken":       {resource.NewStringProperty("{"), "failed to parse kubeconfig data"},
		"no cluster":   {resource.NewStringProperty("{}"), "leads to no cluster"},
	} {
		response, err := p.CheckConfig(t.Context(), plugin.CheckConfigRequest{News: resource.PropertyMap{"kubeconfig": test.kubeconfig}})
		require.NoError(t, err)
		if test.want == "" {
			assert.Empty(t, response.Failures, name)
			continue
		}
		require.Len(t, response.Failures, 1, name)
		assert.Contains(t, response.Failures[0].Reason, test.want, name)
	}
}

func TestDiffConfig(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	one, two := kubeconfigFor("one"), kubeconfigFor("two")
	for name, test := range map[string]struct {
		old, new m
		replace  bool
	}{
		"other server":             {m{"kubeconfig": one}, m{"kubeconfig": two}, true},
		"same server, other token": {m{"kubeconfig": one}, m{"kubeconfig": one + "users: []\n"}, false},
		"identified":               {m{"kubeconfig": one, "clusterIdentifier": "c"}, m{"kubeconfig": two, "clusterIdentifier": "c"}, false},
		"another identity":         {m{"kubeconfig": one, "clusterIdentifier": "c"}, m{"kubeconfig": one, "clusterIdentifier": "d"}, true},
		"unknown":                  {m{"kubeconfig": one}, m{"kubeconfig": resource.Computed{Element: resource.NewStringProperty("")}}, false},
	} {
		diff, err := p.DiffConfig(t.Context(), plugin.DiffConfigRequest{OldInputs: toMap(test.old), NewInputs: toMap(test.new)})
		require.NoError(t, err)
		assert.Equal(t, plugin.DiffSome, diff.Changes, name)
		assert.Equal(t, test.replace, diff.Replace(), name)
	}
}
