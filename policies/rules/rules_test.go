package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the generated documents")

// fixture is one resource and what a rule must say of it.
type fixture struct {
	Name       string         `yaml:"name"`
	Type       string         `yaml:"type"`
	Kubernetes string         `yaml:"kubernetes"`
	Inputs     map[string]any `yaml:"inputs"`
	Want       []string       `yaml:"want"`
	Undecided  []string       `yaml:"undecided"`
	Says       []string       `yaml:"says"`
}

func (f fixture) resource() rules.Resource {
	return rules.NewResource(f.Type, "logical", toValue(f.Inputs).AsMap(), f.Kubernetes)
}

// toValue turns YAML into properties; {$unknown: true} is an unknown.
func toValue(tree any) property.Value {
	switch v := tree.(type) {
	case map[string]any:
		if v["$unknown"] == true {
			return property.New(property.Computed)
		}
		object := map[string]property.Value{}
		for key := range v {
			object[key] = toValue(v[key])
		}
		return property.New(object)
	case []any:
		items := []property.Value{}
		for _, item := range v {
			items = append(items, toValue(item))
		}
		return property.New(items)
	case string:
		return property.New(v)
	case bool:
		return property.New(v)
	case int:
		return property.New(float64(v))
	default:
		return property.Value{}
	}
}

func fixtures(tb testing.TB, rule rules.Rule) []fixture {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", rule.ID+".yaml"))
	require.NoError(tb, err)
	var list []fixture
	require.NoError(tb, yaml.Unmarshal(text, &list))
	return list
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	for _, rule := range rules.All() {
		var pass, fail, open int
		for _, f := range fixtures(t, rule) {
			t.Run(rule.ID+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				var wrong, undecided, messages []string
				for _, result := range rules.Evaluate([]rules.Rule{rule}, f.resource()) {
					messages = append(messages, result.Message())
					if result.Finding.Undecided {
						undecided = append(undecided, result.Finding.Path)
					} else {
						wrong = append(wrong, result.Finding.Path)
						assert.Contains(t, result.Message(), rule.Fix)
					}
					assert.True(t, strings.HasSuffix(result.Message(), "["+rule.ID+"]"), "the message names the rule")
				}
				assert.Equal(t, f.Want, wrong)
				assert.Equal(t, f.Undecided, undecided)
				for _, text := range f.Says {
					assert.Contains(t, strings.Join(messages, "\n"), text)
				}
			})
			switch {
			case len(f.Want) > 0:
				fail++
			case len(f.Undecided) > 0:
				open++
			default:
				pass++
			}
		}
		assert.True(t, pass > 1 && fail > 1 && open > 0, "%s has fixtures that pass, fail and can't be decided", rule.ID)
	}
}

// A rule is complete: whoever meets a finding learns why and what to do.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	families := map[rules.Family]bool{}
	for _, rule := range rules.All() {
		assert.Regexp(t, `^[a-z][a-z0-9-]+$`, rule.ID)
		assert.False(t, seen[rule.ID], "%s is there twice", rule.ID)
		seen[rule.ID], families[rule.Family] = true, true
		for _, text := range []string{rule.Title, rule.Why, rule.Fix} {
			assert.NotEmpty(t, text, rule.ID)
		}
		assert.True(t, strings.HasSuffix(rule.Title, "."), "%s: the title is a sentence", rule.ID)
		assert.NotEmpty(t, rule.References, rule.ID)
		assert.Contains(t, []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}, rule.Severity)
		assert.Equal(t, rules.Mandatory, rule.Level(rules.Prd), "%s holds in production", rule.ID)
		assert.Equal(t, rules.Mandatory, rule.Level("unheard-of"), "an unknown profile is the strictest")
	}
	assert.Len(t, families, 4)
}

func TestSubjectIsWhatTheReaderKnows(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]fixture{
		"Deployment shop/web":             {Type: "kubernetes:apps/v1:Deployment", Inputs: map[string]any{"metadata": map[string]any{"name": "web", "namespace": "shop"}}},
		"ClusterRole logical":             {Type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"},
		"Pod logical":                     {Type: "kubernetes:core/v1:PodPatch", Inputs: map[string]any{"metadata": map[string]any{"$unknown": true}}},
		"aws:eks/cluster:Cluster logical": {Type: "aws:eks/cluster:Cluster"},
		"kubernetes:odd:Kind logical":     {Type: "kubernetes:odd:Kind"},
	} {
		assert.Equal(t, want, f.resource().Subject())
	}
}

// Nothing of a secret gets into a message, wherever it stands.
func TestSecretsStayOutOfMessages(t *testing.T) {
	t.Parallel()
	const marker = "hunter2"
	for _, rule := range rules.All() {
		for _, f := range fixtures(t, rule) {
			resource := rules.NewResource(f.Type, "logical", asSecrets(toValue(f.Inputs), marker).AsMap(), f.Kubernetes)
			for _, result := range rules.Evaluate(rules.All(), resource) {
				assert.NotContains(t, result.Message(), marker, "%s, %s", rule.ID, f.Name)
			}
		}
	}
}

// asSecrets marks every text as a secret, and makes it one unless a rule looks
// for just that text.
func asSecrets(v property.Value, marker string) property.Value {
	switch {
	case v.IsMap():
		object := map[string]property.Value{}
		for key, below := range v.AsMap().All {
			object[key] = asSecrets(below, marker)
		}
		return property.New(object)
	case v.IsArray():
		items := []property.Value{}
		for _, item := range v.AsArray().All {
			items = append(items, asSecrets(item, marker))
		}
		return property.New(items)
	case v.IsString() && !slices.Contains([]string{"*", "default", "0.0.0.0/0"}, v.AsString()):
		return property.New(marker + v.AsString()).WithSecret(true)
	default:
		return v.WithSecret(true)
	}
}

func TestAPanickingRuleIsAFinding(t *testing.T) {
	t.Parallel()
	rule := rules.Rule{
		ID: "broken", Applies: func(rules.Type) bool { return true },
		Check: func(rules.Resource) []rules.Finding { panic("hunter2") },
	}
	results := rules.Evaluate([]rules.Rule{rule}, fixture{Type: "aws:x:Y"}.resource())
	require.Len(t, results, 1)
	assert.Contains(t, results[0].Message(), "the rule broken failed on this resource")
	assert.NotContains(t, results[0].Message(), "hunter2")
}

// The documentation of the rules is made of them: go test ./policies/... -run
// Readme -update writes it.
func TestReadme(t *testing.T) {
	t.Parallel()
	const file = "../README.md"
	want := rules.Markdown(rules.All())
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "run `make docs` and commit it")
}

// Whatever a resource holds, a rule answers.
func FuzzEvaluate(f *testing.F) {
	for _, rule := range rules.All() {
		for _, one := range fixtures(f, rule) {
			text, err := yaml.Marshal(one.Inputs)
			require.NoError(f, err)
			f.Add(one.Type, string(text), one.Kubernetes)
		}
	}
	f.Fuzz(func(t *testing.T, token, text, version string) {
		var inputs map[string]any
		if yaml.Unmarshal([]byte(text), &inputs) != nil {
			return
		}
		resource := rules.NewResource(token, "logical", toValue(inputs).AsMap(), version)
		for _, result := range rules.Evaluate(rules.All(), resource) {
			assert.NotContains(t, result.Message(), "failed on this resource", "a rule panicked")
		}
	})
}
