package awsfake

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/shape"
)

// TestEveryRowInstantiates creates, reads, previews an update of and deletes
// one resource of every type, and holds every output against the SDK.
func TestEveryRowInstantiates(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	covered := map[string]bool{}
	ids, states := l.build("")
	for _, s := range account1 {
		covered[s.token] = true
		fitsResult(t, s.token, states[s.name])
		read, err := l.Read(t.Context(), plugin.ReadRequest{URN: urnOf(s.token, s.name), Type: tokens.Type(s.token), ID: resource.ID(ids[s.name])})
		require.NoError(t, err)
		assert.Equal(t, states[s.name], read.Outputs, "%s read back without a state", s.token)
	}
	for token := range table {
		assert.True(t, covered[token], "add %s to the sample account", token)
	}
	for i := len(account1) - 1; i >= 0; i-- {
		s := account1[i]
		require.NoError(t, l.delete(s.token, s.name, ids[s.name]), s.token)
	}
	assert.Empty(t, l.objects(), "nothing is left over")
}

// fitsResult holds a state against the SDK's result struct: names and types
// of all outputs, and a value for every output that is always set.
func fitsResult(t *testing.T, token string, state resource.PropertyMap) {
	t.Helper()
	types := resultTypes(table[token].result)
	for key, value := range state {
		typ, known := types[string(key)]
		if !assert.True(t, known, "%s has no output %s", token, key) {
			continue
		}
		plain := reflect.New(typ).Elem().Interface().(pulumi.Output).ElementType()
		wrapper := reflect.StructOf([]reflect.StructField{{
			Name: "V", Type: plain, Tag: reflect.StructTag(`pulumi:"` + string(key) + `"`),
		}})
		assert.Empty(t, shape.Check(wrapper, props.RevealMap(resource.PropertyMap{key: value})), token)
	}
	for name, typ := range types {
		if _, always := alwaysSet[typ]; always || name == "tagsAll" {
			assert.Contains(t, state, resource.PropertyKey(name), token)
		}
	}
}

// TestEveryRowPreviews: what AWS computes is unknown in a preview, and has
// the same names as afterwards.
func TestEveryRowPreviews(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	_, states := l.build("")
	for _, s := range account1 {
		checked := l.check(s.token, s.name, nil, toMap(resolve(s.in, nil).(m)))
		require.Empty(t, checked.Failures, s.token)
		preview, err := newLab(t).Create(t.Context(), plugin.CreateRequest{
			URN: urnOf(s.token, s.name), Type: tokens.Type(s.token), Properties: checked.Properties, Preview: true,
		})
		require.NoError(t, err)
		assert.Empty(t, preview.ID)
		assert.ElementsMatch(t, props.SortedKeys(states[s.name]), props.SortedKeys(preview.Properties), s.token)
	}
}

// TestPatternsNameInputs: what the rules of a row name exists in the SDK.
func TestPatternsNameInputs(t *testing.T) {
	t.Parallel()
	for token, r := range table {
		var patterns []string
		patterns = append(patterns, r.required...)
		patterns = append(append(append(patterns, r.Replace...), r.ReplaceUnlessAdded...), r.Sets...)
		for _, group := range slices.Concat([][]string{r.kinds}, r.atMostOne, r.atLeastOne, r.exactlyOne) {
			patterns = append(patterns, group...)
		}
		for _, rule := range r.rules {
			patterns = append(patterns, rule.at)
		}
		for _, u := range r.unique {
			patterns = append(patterns, u.properties...)
		}
		for _, ref := range r.references {
			patterns = append(patterns, ref.property)
		}
		for name := range r.defaults {
			patterns = append(patterns, name)
		}
		if r.name != nil {
			patterns = append(patterns, r.name.property)
		}
		for _, pattern := range patterns {
			assert.True(t, names(r.args.ElementType(), strings.Split(pattern, ".")), "%s: no input %s", token, pattern)
		}
	}
}

// names tells whether a pattern leads somewhere in a Go type.
func names(t reflect.Type, steps []string) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(steps) == 0:
		return true
	case steps[0] == "*":
		return (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) && names(t.Elem(), steps[1:])
	case t.Kind() != reflect.Struct:
		return false
	}
	field, known := shape.Fields(t)[steps[0]]
	return known && names(field.Type, steps[1:])
}

// TestRequiredIsWhatTheSDKRequires holds the table against the constructors'
// own checks: reflection cannot see which lists the SDK requires.
func TestRequiredIsWhatTheSDKRequires(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil {
		t.Skipf("the SDK's source is not at hand: %v", err)
	}
	sdk := filepath.Join(strings.TrimSpace(string(out)), "go", "aws")
	argument := regexp.MustCompile(`invalid value for required argument '(\w+)'`)
	for token, r := range table {
		source, err := os.ReadFile(filepath.Join(sdk, strings.Split(token, ":")[1]+".go"))
		require.NoError(t, err)
		var want []string
		for _, found := range argument.FindAllStringSubmatch(string(source), -1) {
			want = append(want, strings.ToLower(found[1][:1])+found[1][1:])
		}
		var got []string
		for name, field := range shape.Fields(r.args.ElementType()) {
			if !field.Optional {
				got = append(got, name)
			}
		}
		for _, name := range r.required {
			if !strings.Contains(name, ".") {
				got = append(got, name)
			}
		}
		assert.ElementsMatch(t, want, got, token)
	}
}

func TestUnknownTypesFailLoudly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const token = "aws:s3/bucket:Bucket"
	_, checkErr := l.Check(t.Context(), plugin.CheckRequest{URN: urnOf(token, "b"), Type: token})
	_, createErr := l.Create(t.Context(), plugin.CreateRequest{URN: urnOf(token, "b"), Type: token})
	_, diffErr := l.Diff(t.Context(), plugin.DiffRequest{URN: urnOf(token, "b"), Type: token})
	_, readErr := l.Read(t.Context(), plugin.ReadRequest{URN: urnOf(token, "b"), Type: token})
	_, updateErr := l.Update(t.Context(), plugin.UpdateRequest{URN: urnOf(token, "b"), Type: token})
	_, deleteErr := l.Delete(t.Context(), plugin.DeleteRequest{URN: urnOf(token, "b"), Type: token})
	for _, err := range []error{checkErr, createErr, diffErr, readErr, updateErr, deleteErr} {
		require.ErrorContains(t, err, "the aws stand-in does not know aws:s3/bucket:Bucket; add a row to offline/standin/awsfake")
	}
}
