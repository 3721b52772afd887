package chart

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Values are a chart's values as plain Go data, in four layers. A later layer wins:
// maps merge, lists replace, and nil deletes a key, the chart's own default included.
// Nothing in them may depend on what a deployment makes, so that every chart
// renders at every preview.
type Values struct {
	// Optional. What the platform's versions decide, such as an image.
	Catalogue map[string]any `json:"catalogue,omitempty"`
	// Optional. What the component decides.
	Component map[string]any `json:"component,omitempty"`
	// Optional. What the profile decides: one replica in dev, three in prd.
	Profile map[string]any `json:"profile,omitempty"`
	// Optional. What the user of the library decides.
	User map[string]any `json:"user,omitempty"`
}

// layer is one of the four, with the name that people know it by.
type layer struct {
	name   string
	values map[string]any
}

func (v Values) layers() []layer {
	return []layer{{"catalogue", v.Catalogue}, {"component", v.Component}, {"profile", v.Profile}, {"user", v.User}}
}

// Merged is what the layers come to. It shares nothing with them. A nil stays in it:
// the chart's default goes with it.
func (v Values) Merged() map[string]any {
	merged := map[string]any{}
	for _, layer := range v.layers() {
		merge(merged, layer.values)
	}
	return merged
}

// merge lays values over those of a map.
func merge(into, over map[string]any) {
	for key, value := range over {
		plain, _ := normal(value)
		below, nested := plain.(map[string]any)
		if onto, isMap := into[key].(map[string]any); nested && isMap {
			merge(onto, below)
			continue
		}
		into[key] = plain
	}
}

func (v Values) validate() []problem.Problem {
	var list problem.List
	for _, layer := range v.layers() {
		checkPlain(&list, layer.name, reflect.ValueOf(layer.values))
	}
	return list.All()
}

// checkPlain refuses what is no plain data: an output, a structure, a function.
func checkPlain(list *problem.List, path string, value reflect.Value) {
	for value.IsValid() && value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		return
	}
	switch value.Kind() {
	case reflect.Map:
		if value.Type().Key().Kind() != reflect.String {
			list.Addf(path, "use text as keys", "is a map with keys of type %s", value.Type().Key())
			return
		}
		for _, key := range slices.SortedFunc(slices.Values(value.MapKeys()), byText) {
			checkPlain(list, problem.Join(path, key.String()), value.MapIndex(key))
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			checkPlain(list, problem.Join(path, index(i)), value.Index(i))
		}
	default:
		if _, err := normal(value.Interface()); err != nil {
			list.Add(path, err.Error(), "write text, a number, a truth value, a list or a map; let the chart name a Secret or ConfigMap for what is known later")
		}
	}
}

func byText(a, b reflect.Value) int {
	if a.String() < b.String() {
		return -1
	}
	return 1
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// normal turns plain data of any Go type into what YAML would be read as, copied.
func normal(value any) (any, error) {
	switch known := value.(type) {
	case nil, bool, string, float64:
		return known, nil
	case map[string]any:
		copied := maps.Clone(known)
		for key, element := range known {
			plain, err := normal(element)
			if err != nil {
				return nil, err
			}
			copied[key] = plain
		}
		if copied == nil {
			copied = map[string]any{}
		}
		return copied, nil
	}
	return normalKind(reflect.ValueOf(value))
}

// normalKind is normal for named types and typed lists and maps.
func normalKind(value reflect.Value) (any, error) {
	switch value.Kind() {
	case reflect.Bool:
		return value.Bool(), nil
	case reflect.String:
		return value.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(value.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return float64(value.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return value.Float(), nil
	case reflect.Slice, reflect.Array:
		list := make([]any, value.Len())
		for i := range list {
			element, err := normal(value.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			list[i] = element
		}
		return list, nil
	case reflect.Map:
		copied := make(map[string]any, value.Len())
		for key, element := range value.Seq2() {
			plain, err := normal(element.Interface())
			if err != nil {
				return nil, err
			}
			copied[key.String()] = plain
		}
		return copied, nil
	}
	return nil, fmt.Errorf("is a %s, which is no plain data", value.Type())
}
