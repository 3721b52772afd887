package awsfake

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

type m = map[string]any

// lab is a stand-in over a world of its own, used the way the engine uses it.
type lab struct {
	t    *testing.T
	path string
	*Provider
}

func newLab(t *testing.T) *lab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "world.json")
	w, err := world.Open(path)
	require.NoError(t, err)
	p := New(w)
	_, err = p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: toMap(m{
		"region": "ap-northeast-2", "defaultTags": `{"tags":{"owner":"lab"}}`,
	})})
	require.NoError(t, err)
	return &lab{t, path, p}
}

func toMap(in m) resource.PropertyMap { return resource.NewPropertyMapFromMap(in) }

func urnOf(token, name string) resource.URN {
	return resource.NewURN("test", "lab", "", tokens.Type(token), name)
}

func (l *lab) check(token, name string, olds, news resource.PropertyMap) plugin.CheckResponse {
	l.t.Helper()
	response, err := l.Check(l.t.Context(), plugin.CheckRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), Olds: olds, News: news, RandomSeed: []byte(name),
	})
	require.NoError(l.t, err)
	return response
}

// reasons gives all that is wrong with a step's inputs after some changes.
func (l *lab) reasons(name string, changes m) string {
	l.t.Helper()
	var reasons []string
	for _, failure := range l.check(tokenOf(name), "r", nil, toMap(with(sample(name, nil), changes))).Failures {
		reason := failure.Reason
		if failure.Property != "" {
			reason = string(failure.Property) + ": " + reason
		}
		reasons = append(reasons, reason)
	}
	return strings.Join(reasons, "\n")
}

// try checks and creates; what Check refuses fails the test.
func (l *lab) try(token, name string, in resource.PropertyMap) (string, resource.PropertyMap, error) {
	l.t.Helper()
	checked := l.check(token, name, nil, in)
	require.Empty(l.t, checked.Failures)
	created, err := l.Create(l.t.Context(), plugin.CreateRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), Properties: checked.Properties,
	})
	return string(created.ID), created.Properties, err
}

func (l *lab) create(token, name string, in m) (string, resource.PropertyMap) {
	l.t.Helper()
	id, state, err := l.try(token, name, toMap(in))
	require.NoError(l.t, err)
	require.NotEmpty(l.t, id)
	return id, state
}

func (l *lab) delete(token, name, id string) error {
	_, err := l.Delete(l.t.Context(), plugin.DeleteRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), ID: resource.ID(id),
	})
	return err
}

func (l *lab) diff(token string, old, new m) plugin.DiffResult {
	l.t.Helper()
	diff, err := l.Diff(l.t.Context(), plugin.DiffRequest{
		URN: urnOf(token, "r"), Name: "r", Type: tokens.Type(token), ID: "id", OldInputs: toMap(old), NewInputs: toMap(new),
	})
	require.NoError(l.t, err)
	return diff
}

// with gives a copy of inputs with some changed; nil takes one away.
func with(in, changes m) m {
	out := maps.Clone(in)
	for key, value := range changes {
		out[key] = value
		if value == nil {
			delete(out, key)
		}
	}
	return out
}

func (l *lab) objects() []world.Object {
	var all []world.Object
	require.NoError(l.t, l.world.Look(func(o *world.Objects) error { all = o.All(); return nil }))
	return all
}

func isUnknown(state resource.PropertyMap, path ...string) bool {
	v, found := props.Get(state, path...)
	return found && props.IsUnknown(v)
}
