package awsfake

import (
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/shape"
)

// state puts a resource's state together: the inputs as they were given, the
// row's defaults, the computed outputs laid over, and tagsAll. In a preview
// what AWS would compute is unknown.
func (r *row) state(inputs resource.PropertyMap, outputs map[string]any, preview bool, defaultTags resource.PropertyMap) resource.PropertyMap {
	state := resource.PropertyMap{}
	for key, value := range inputs {
		if key != defaultsKey && !value.IsNull() {
			state[key] = value
		}
	}
	overlay(state, resource.NewPropertyMapFromMap(r.defaults), false)
	overlay(state, resource.NewPropertyMapFromMap(outputs), preview)
	for name, t := range resultTypes(r.result) {
		key := resource.PropertyKey(name)
		if name == "tagsAll" {
			state[key] = allTags(inputs["tags"], defaultTags)
			continue
		}
		if zero, always := alwaysSet[t]; always {
			overlay(state, resource.PropertyMap{key: resource.NewPropertyValue(zero)}, preview)
		}
	}
	return state
}

// alwaysSet: an output with one of these types has a value in every state of
// the real provider, the zero value where there is nothing to say.
var alwaysSet = map[reflect.Type]any{
	reflect.TypeFor[pulumi.StringOutput](): "",
	reflect.TypeFor[pulumi.BoolOutput]():   false,
	reflect.TypeFor[pulumi.IntOutput]():    0,
}

// resultTypes gives the Go types of a resource's outputs by property name.
func resultTypes(result any) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for name, field := range shape.Fields(reflect.TypeOf(result)) {
		types[name] = field.Type
	}
	return types
}

// overlay adds to a state what it lacks, inside nested objects too. What is
// there already stays: an input wins over what AWS would have chosen.
func overlay(state, more resource.PropertyMap, unknown bool) {
	for key, value := range more {
		have, found := state[key]
		inner := props.Reveal(have)
		switch {
		case !found && unknown:
			state[key] = props.Unknown()
		case !found:
			state[key] = value
		case inner.IsObject() && value.IsObject():
			merged := copyOf(have, inner)
			overlay(merged, value.ObjectValue(), unknown)
			state[key] = resource.NewObjectProperty(merged)
			if have.IsSecret() {
				state[key] = resource.MakeSecret(state[key])
			}
		case have.IsArray() && value.IsArray():
			state[key] = resource.NewArrayProperty(overlayItems(have.ArrayValue(), value.ArrayValue(), unknown))
		}
	}
}

// overlayItems adds to the objects of a list what they lack, where both lists say as much.
func overlayItems(have, more []resource.PropertyValue, unknown bool) []resource.PropertyValue {
	if len(have) != len(more) {
		return have
	}
	items := slices.Clone(have)
	for i, item := range more {
		if items[i].IsObject() && item.IsObject() {
			merged := items[i].ObjectValue().Copy()
			overlay(merged, item.ObjectValue(), unknown)
			items[i] = resource.NewObjectProperty(merged)
		}
	}
	return items
}

// copyOf copies an object's fields: as they are, secrets included, where the
// object itself is plain, and revealed where it is wrapped.
func copyOf(v, revealed resource.PropertyValue) resource.PropertyMap {
	if v.IsObject() {
		return v.ObjectValue().Copy()
	}
	return revealed.ObjectValue().Copy()
}

// allTags merges the provider's default tags with the resource's own.
func allTags(own resource.PropertyValue, defaults resource.PropertyMap) resource.PropertyValue {
	tags := props.Reveal(own)
	if props.IsUnknown(tags) {
		return props.Unknown()
	}
	all := defaults.Copy()
	if tags.IsObject() {
		for key, value := range tags.ObjectValue() {
			all[key] = value
		}
	}
	if own.ContainsSecrets() {
		return resource.MakeSecret(resource.NewObjectProperty(all))
	}
	return resource.NewObjectProperty(all)
}

// withDefaults gives revealed inputs with the row's defaults filled in.
func (r *row) withDefaults(inputs resource.PropertyMap) resource.PropertyMap {
	in := props.RevealMap(inputs)
	overlay(in, resource.NewPropertyMapFromMap(r.defaults), false)
	return in
}

// compute gives a row's computed outputs, none for types that have none.
func (r *row) compute(t thing) map[string]any {
	if r.outputs == nil {
		return map[string]any{}
	}
	return r.outputs(t)
}
