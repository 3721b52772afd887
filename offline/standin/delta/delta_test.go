package delta_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	rules := delta.Rules{
		Replace: []string{"name", "network.family", "zones"}, ReplaceUnlessAdded: []string{"encryption"}, Sets: []string{"subnets"},
	}
	type m = map[string]any
	for name, test := range map[string]struct {
		old, new m
		want     map[string]plugin.DiffKind
	}{
		"same":                     {m{"a": m{"b": 1}}, m{"a": m{"b": 1}}, nil},
		"bookkeeping":              {m{}, m{"__defaults": []any{}}, nil},
		"update, deep":             {m{"a": m{"b": 1, "c": 1}}, m{"a": m{"b": 2, "c": 1}}, map[string]plugin.DiffKind{"a.b": plugin.DiffUpdate}},
		"add and delete":           {m{"a": 1}, m{"b": 1}, map[string]plugin.DiffKind{"a": plugin.DiffDelete, "b": plugin.DiffAdd}},
		"replace":                  {m{"name": "a"}, m{"name": "b"}, map[string]plugin.DiffKind{"name": plugin.DiffUpdateReplace}},
		"replace inside a list":    {m{"zones": []any{"a"}}, m{"zones": []any{"a", "b"}}, map[string]plugin.DiffKind{"zones[1]": plugin.DiffAddReplace}},
		"whole object replaces":    {m{}, m{"network": m{"family": 6}}, map[string]plugin.DiffKind{"network": plugin.DiffAddReplace}},
		"whole object updates":     {m{}, m{"network": m{"other": 6}}, map[string]plugin.DiffKind{"network": plugin.DiffAdd}},
		"addition in place":        {m{}, m{"encryption": m{"key": "k"}}, map[string]plugin.DiffKind{"encryption": plugin.DiffAdd}},
		"then never again":         {m{"encryption": m{"key": "k"}}, m{"encryption": m{"key": "l"}}, map[string]plugin.DiffKind{"encryption.key": plugin.DiffUpdateReplace}},
		"nor removed":              {m{"encryption": m{"key": "k"}}, m{}, map[string]plugin.DiffKind{"encryption": plugin.DiffDeleteReplace}},
		"order of a set":           {m{"subnets": []any{"a", "b"}}, m{"subnets": []any{"b", "a"}}, nil},
		"order of a list":          {m{"list": []any{"a", "b"}}, m{"list": []any{"b", "a"}}, map[string]plugin.DiffKind{"list[0]": plugin.DiffUpdate, "list[1]": plugin.DiffUpdate}},
		"another member of a set":  {m{"subnets": []any{"a"}}, m{"subnets": []any{"b"}}, map[string]plugin.DiffKind{"subnets": plugin.DiffUpdate}},
		"shorter list":             {m{"list": []any{"a", "b"}}, m{"list": []any{"a"}}, map[string]plugin.DiffKind{"list[1]": plugin.DiffDelete}},
		"another type altogether":  {m{"a": "x"}, m{"a": []any{"x"}}, map[string]plugin.DiffKind{"a": plugin.DiffUpdate}},
		"nested add inside object": {m{"network": m{}}, m{"network": m{"family": 4}}, map[string]plugin.DiffKind{"network.family": plugin.DiffAddReplace}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff := delta.Compare(resource.NewPropertyMapFromMap(test.old), resource.NewPropertyMapFromMap(test.new), rules)
			got := map[string]plugin.DiffKind{}
			replaces := false
			for path, d := range diff.DetailedDiff {
				got[path] = d.Kind
				replaces = replaces || d.Kind.IsReplace()
			}
			if test.want == nil {
				test.want = map[string]plugin.DiffKind{}
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, len(test.want) > 0, diff.Changes == plugin.DiffSome)
			assert.Equal(t, replaces, len(diff.ReplaceKeys) > 0)
		})
	}
}

func TestUnknownIsADifference(t *testing.T) {
	t.Parallel()
	old := resource.PropertyMap{"name": resource.NewStringProperty("n"), "subnets": resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty("a")})}
	new := resource.PropertyMap{"name": props.Unknown(), "subnets": resource.NewArrayProperty([]resource.PropertyValue{props.Unknown()})}
	diff := delta.Compare(old, new, delta.Rules{Replace: []string{"name"}, Sets: []string{"subnets"}})
	assert.Equal(t, plugin.DiffUpdateReplace, diff.DetailedDiff["name"].Kind)
	assert.Equal(t, plugin.DiffUpdate, diff.DetailedDiff["subnets"].Kind)
}
