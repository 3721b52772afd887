package rules

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Value is a property that may be read without fear: where it is absent, unknown
// or of another type, reading it says so and never panics. It has no printable
// form, so that a secret can't get into a message by mistake.
type Value struct {
	v       property.Value
	present bool
}

// NewValue wraps a property.
func NewValue(v property.Value) Value { return Value{v: v, present: true} }

// Absent tells whether there is nothing: no such property, or null.
func (v Value) Absent() bool { return !v.present || v.v.IsNull() }

// Unknown tells whether the value, as a whole, is decided by the provider only
// when the resource it comes from exists.
func (v Value) Unknown() bool { return v.present && v.v.IsComputed() }

// Secret tells whether the value, or anything in it, is marked as a secret: then
// none of it may stand in a message.
func (v Value) Secret() bool { return v.present && v.v.HasSecrets() }

// Get is the property of an object. Below an unknown everything is unknown.
func (v Value) Get(key string) Value {
	if v.Unknown() {
		return v
	}
	if !v.present || !v.v.IsMap() {
		return Value{}
	}
	below, found := v.v.AsMap().GetOk(key)
	return Value{v: below, present: found}
}

// At follows a path of keys.
func (v Value) At(keys ...string) Value {
	for _, key := range keys {
		v = v.Get(key)
	}
	return v
}

// Items are the elements of a list; none where it is no list.
func (v Value) Items() []Value {
	if !v.present || !v.v.IsArray() {
		return nil
	}
	var items []Value
	for _, item := range v.v.AsArray().AsSlice() {
		items = append(items, NewValue(item))
	}
	return items
}

// Text is the value of a text; false where it is not one, or not known.
func (v Value) Text() (string, bool) {
	if !v.present || !v.v.IsString() {
		return "", false
	}
	return v.v.AsString(), true
}

// Bool is the value of a switch, or the default where it is absent; known is
// false where it is neither.
func (v Value) Bool(byDefault bool) (value, known bool) {
	switch {
	case v.Absent():
		return byDefault, true
	case v.v.IsBool():
		return v.v.AsBool(), true
	default:
		return false, false
	}
}

// Decode reads the known part into a Kubernetes type. Complete is false where
// something in it is unknown and so was left out.
func (v Value) Decode(into any) (complete bool, err error) {
	if v.Absent() || v.Unknown() {
		return !v.Unknown(), nil
	}
	text, err := json.Marshal(plain(v.v))
	if err != nil {
		return false, err
	}
	return !v.v.HasComputed(), json.Unmarshal(text, into)
}

// plain turns a property into what encoding/json writes, unknowns left out.
func plain(v property.Value) any {
	switch {
	case v.IsMap():
		object := map[string]any{}
		for key, below := range v.AsMap().All {
			if !below.IsComputed() {
				object[key] = plain(below)
			}
		}
		return object
	case v.IsArray():
		// An unknown element keeps its place, so that paths stay right.
		items := []any{}
		for _, item := range v.AsArray().All {
			items = append(items, plain(item))
		}
		return items
	case v.IsString():
		return v.AsString()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsBool():
		return v.AsBool()
	default:
		return nil
	}
}
