package props_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

func TestRevealLooksThroughEverything(t *testing.T) {
	t.Parallel()
	secret := resource.MakeSecret(resource.NewStringProperty("s"))
	in := resource.PropertyMap{
		"secret": secret,
		"list":   resource.NewArrayProperty([]resource.PropertyValue{secret}),
		"output": resource.NewOutputProperty(resource.Output{Element: resource.NewStringProperty("o"), Known: true}),
		"later":  resource.NewOutputProperty(resource.Output{}),
		"null":   resource.NewNullProperty(),
		"ref":    resource.MakeCustomResourceReference("urn:pulumi:s::p::aws:iam/role:Role::r", "role-id", ""),
	}
	out := props.RevealMap(in)
	assert.Equal(t, "s", props.String(out, "secret"))
	assert.Equal(t, "s", out["list"].ArrayValue()[0].StringValue())
	assert.Equal(t, "o", props.String(out, "output"))
	assert.True(t, props.IsUnknown(out["later"]))
	assert.NotContains(t, out, resource.PropertyKey("null"))
	assert.Equal(t, "role-id", props.String(out, "ref"))
}

func TestPublicLeavesSecretsOut(t *testing.T) {
	t.Parallel()
	secret := resource.MakeSecret(resource.NewStringProperty("hunter2"))
	in := resource.PropertyMap{
		"password": secret,
		"nested":   resource.NewObjectProperty(resource.PropertyMap{"password": secret, "user": resource.NewStringProperty("me")}),
		"list":     resource.NewArrayProperty([]resource.PropertyValue{secret, resource.NewStringProperty("x")}),
		"output":   resource.NewOutputProperty(resource.Output{Element: resource.NewStringProperty("hunter2"), Known: true, Secret: true}),
		"unknown":  props.Unknown(),
	}
	assert.Equal(t, map[string]any{
		"nested": map[string]any{"user": "me"}, "list": []any{"x"},
	}, props.Public(in))
}

func TestMatchAndWithin(t *testing.T) {
	t.Parallel()
	path := resource.PropertyPath{"taints", 0, "effect"}
	assert.True(t, props.Match("taints.*.effect", path))
	assert.False(t, props.Match("taints.*", path))
	assert.True(t, props.Within("taints", path))
	assert.False(t, props.Within("taint", path))
	assert.False(t, props.Within("taints.*.effect.more", path))
}
