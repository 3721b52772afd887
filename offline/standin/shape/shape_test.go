package shape_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/shape"
)

type inner struct {
	Effect string  `pulumi:"effect"`
	Value  *string `pulumi:"value"`
}

type args struct {
	Name   string            `pulumi:"name"`
	Count  *int              `pulumi:"count"`
	Ratio  *float64          `pulumi:"ratio"`
	On     *bool             `pulumi:"on"`
	Taints []inner           `pulumi:"taints"`
	Single *inner            `pulumi:"single"`
	Tags   map[string]string `pulumi:"tags"`
	Any    interface{}       `pulumi:"any"`
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in   map[string]any
		want []string
	}{
		"all well": {map[string]any{
			"name": "n", "count": 1, "ratio": 1.5, "on": true, "taints": []any{map[string]any{"effect": "x"}},
			"tags": map[string]any{"a": "b"}, "any": []any{1}, "__defaults": []any{},
		}, nil},
		"strings that spell scalars": {map[string]any{"name": 7, "count": "7", "on": "true"}, nil},
		"missing":                    {map[string]any{}, []string{"name: missing required property"}},
		"misspelt":                   {map[string]any{"name": "n", "tagz": map[string]any{}}, []string{`tagz: unexpected property, did you mean "tags"?`}},
		"unknown":                    {map[string]any{"name": "n", "colour": 1}, []string{"colour: unexpected property"}},
		"nested misspelt":            {map[string]any{"name": "n", "taints": []any{map[string]any{"efect": "x"}}}, []string{`taints[0].efect: unexpected property, did you mean "effect"?`, "taints[0].effect: missing required property"}},
		"nested wrong type":          {map[string]any{"name": "n", "single": map[string]any{"effect": []any{}}}, []string{"single.effect: expected a string, got []"}},
		"object for a list":          {map[string]any{"name": "n", "taints": map[string]any{}}, []string{"taints: expected a list, got object"}},
		"list for an object":         {map[string]any{"name": "n", "single": []any{}}, []string{"single: expected an object, got []"}},
		"fraction for a whole":       {map[string]any{"name": "n", "count": 1.5}, []string{"count: expected a whole number, got number"}},
		"word for a number":          {map[string]any{"name": "n", "count": "many"}, []string{"count: expected a whole number, got string"}},
		"word for a boolean":         {map[string]any{"name": "n", "on": "yes"}, []string{"on: expected a boolean, got string"}},
		"nested tag":                 {map[string]any{"name": "n", "tags": map[string]any{"a": map[string]any{}}}, []string{"tags.a: expected a string, got object"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, problem := range shape.Check(reflect.TypeFor[args](), resource.NewPropertyMapFromMap(test.in)) {
				got = append(got, problem.Path.String()+": "+problem.Reason)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestUnknownFitsAnything(t *testing.T) {
	t.Parallel()
	in := resource.PropertyMap{}
	for name := range shape.Fields(reflect.TypeFor[args]()) {
		in[resource.PropertyKey(name)] = props.Unknown()
	}
	assert.Empty(t, shape.Check(reflect.TypeFor[args](), in))
}
