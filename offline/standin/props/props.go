// Package props reads Pulumi property values: it looks through secrets and
// outputs, walks nested values and matches paths.
package props

import (
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Reveal gives the value with secrets and known outputs replaced by what they
// hold, unknown outputs by plain unknowns, resource references by their ids
// and nulls in objects left out, at every depth.
func Reveal(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return Reveal(v.SecretValue().Element)
	case v.IsOutput():
		if !v.OutputValue().Known {
			return Unknown()
		}
		return Reveal(v.OutputValue().Element)
	case v.IsResourceReference():
		return Reveal(v.ResourceReferenceValue().ID)
	case v.IsArray():
		items := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			items[i] = Reveal(item)
		}
		return resource.NewArrayProperty(items)
	case v.IsObject():
		return resource.NewObjectProperty(RevealMap(v.ObjectValue()))
	default:
		return v
	}
}

// RevealMap is Reveal for a whole property map.
func RevealMap(m resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range m {
		if revealed := Reveal(value); !revealed.IsNull() {
			out[key] = revealed
		}
	}
	return out
}

// Unknown is a value that is not known yet.
func Unknown() resource.PropertyValue {
	return resource.MakeComputed(resource.NewStringProperty(""))
}

// IsUnknown tells whether the whole value is not known yet.
func IsUnknown(v resource.PropertyValue) bool {
	return v.IsComputed() || (v.IsOutput() && !v.OutputValue().Known)
}

// Get follows a path of object keys through a revealed map.
func Get(m resource.PropertyMap, path ...string) (resource.PropertyValue, bool) {
	value := resource.NewObjectProperty(m)
	for _, key := range path {
		if !value.IsObject() {
			return resource.PropertyValue{}, false
		}
		next, found := value.ObjectValue()[resource.PropertyKey(key)]
		if !found {
			return resource.PropertyValue{}, false
		}
		value = next
	}
	return value, true
}

// String gives the string at a path of a revealed map, or "".
func String(m resource.PropertyMap, path ...string) string {
	value, found := Get(m, path...)
	if !found || !value.IsString() {
		return ""
	}
	return value.StringValue()
}

// Public gives the map as plain Go data without anything that is secret or
// unknown: what may be written to a file.
func Public(m resource.PropertyMap) map[string]any {
	public, _ := publicValue(resource.NewObjectProperty(m))
	return public.(map[string]any)
}

func publicValue(v resource.PropertyValue) (any, bool) {
	switch {
	case v.IsSecret(), v.IsComputed(), v.IsNull(), v.IsAsset(), v.IsArchive():
		return nil, false
	case v.IsOutput():
		if out := v.OutputValue(); out.Secret || !out.Known {
			return nil, false
		}
		return publicValue(v.OutputValue().Element)
	case v.IsResourceReference():
		return publicValue(v.ResourceReferenceValue().ID)
	case v.IsArray():
		items := []any{}
		for _, item := range v.ArrayValue() {
			if plain, public := publicValue(item); public {
				items = append(items, plain)
			}
		}
		return items, true
	case v.IsObject():
		fields := map[string]any{}
		for key, item := range v.ObjectValue() {
			if plain, public := publicValue(item); public {
				fields[string(key)] = plain
			}
		}
		return fields, true
	default:
		return v.V, true
	}
}

// SortedKeys gives the keys of a map in order, so that messages have one.
func SortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}
