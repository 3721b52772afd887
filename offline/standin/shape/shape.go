// Package shape holds property values against the Go types of a Pulumi SDK,
// by reflection on their `pulumi:"name"` tags, so that no schema is copied.
package shape

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// Problem is one misfit, with the full path of the property.
type Problem struct {
	Path   resource.PropertyPath
	Reason string
}

// Check holds a revealed map against a struct type: unknown names, missing
// required fields, wrong types. Values that are not known yet fit anything.
func Check(t reflect.Type, m resource.PropertyMap) []Problem {
	return object(nil, t, m)
}

// Field is one tagged field of a struct type.
type Field struct {
	Type     reflect.Type
	Optional bool
}

// Fields lists the tagged fields of an SDK struct by property name. A plain
// scalar or struct is required and a pointer is optional; of lists, maps and
// interfaces the SDK's types do not tell, so they count as optional here and
// the few required ones stand in the caller's own table.
func Fields(t reflect.Type) map[string]Field {
	fields := map[string]Field{}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		kind := t.Field(i).Type.Kind()
		fields[name] = Field{
			Type: t.Field(i).Type,
			Optional: strings.Contains(rest, "optional") ||
				kind == reflect.Pointer || kind == reflect.Slice || kind == reflect.Map || kind == reflect.Interface,
		}
	}
	return fields
}

func object(path resource.PropertyPath, t reflect.Type, m resource.PropertyMap) []Problem {
	var problems []Problem
	fields := Fields(t)
	for _, key := range props.SortedKeys(m) {
		name := string(key)
		if strings.HasPrefix(name, "__") {
			continue // the engine's and the bridge's own bookkeeping
		}
		field, known := fields[name]
		if !known {
			problems = append(problems, Problem{props.Join(path, name), "unexpected property" + suggestion(name, fields)})
			continue
		}
		problems = append(problems, value(props.Join(path, name), field.Type, m[key])...)
	}
	for _, name := range props.SortedKeys(fields) {
		if _, given := m[resource.PropertyKey(name)]; !given && !fields[name].Optional {
			problems = append(problems, Problem{props.Join(path, name), "missing required property"})
		}
	}
	return problems
}

func value(path resource.PropertyPath, t reflect.Type, v resource.PropertyValue) []Problem {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if props.IsUnknown(v) || v.IsNull() || t.Kind() == reflect.Interface {
		return nil
	}
	switch {
	case t.Kind() == reflect.Struct && v.IsObject():
		return object(path, t, v.ObjectValue())
	case t.Kind() == reflect.Slice && v.IsArray():
		var problems []Problem
		for i, item := range v.ArrayValue() {
			problems = append(problems, value(props.Join(path, i), t.Elem(), item)...)
		}
		return problems
	case t.Kind() == reflect.Map && v.IsObject():
		var problems []Problem
		for _, key := range props.SortedKeys(v.ObjectValue()) {
			problems = append(problems, value(props.Join(path, string(key)), t.Elem(), v.ObjectValue()[key])...)
		}
		return problems
	case scalar(t.Kind(), v):
		return nil
	}
	return []Problem{{path, fmt.Sprintf("expected %s, got %s", describe(t), v.TypeString())}}
}

// scalar tells whether a value can stand for a scalar kind. Like the real
// provider it lets strings stand for the numbers and booleans they spell, and
// the other way round.
func scalar(kind reflect.Kind, v resource.PropertyValue) bool {
	switch kind {
	case reflect.String:
		return v.IsString() || v.IsNumber() || v.IsBool()
	case reflect.Bool:
		return v.IsBool() || (v.IsString() && (v.StringValue() == "true" || v.StringValue() == "false"))
	case reflect.Int, reflect.Float64:
		number, isNumber := numeric(v)
		return isNumber && (kind == reflect.Float64 || number == math.Trunc(number))
	}
	return false
}

func numeric(v resource.PropertyValue) (float64, bool) {
	if v.IsNumber() {
		return v.NumberValue(), true
	}
	if !v.IsString() {
		return 0, false
	}
	number, err := strconv.ParseFloat(v.StringValue(), 64)
	return number, err == nil
}

func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Map:
		return "an object of " + t.Elem().Kind().String() + "s"
	case reflect.Slice:
		return "a list"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "a boolean"
	}
	return "a " + t.Kind().String()
}

// suggestion names the field that was most likely meant.
func suggestion(name string, fields map[string]Field) string {
	for _, candidate := range props.SortedKeys(fields) {
		if oneEditApart(strings.ToLower(name), strings.ToLower(candidate)) {
			return fmt.Sprintf(", did you mean %q?", candidate)
		}
	}
	return ""
}

// oneEditApart tells whether one insertion, deletion or replacement, at most,
// makes one string of the other.
func oneEditApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	start := 0
	for start < len(a) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return max(len(a), len(b))-start-end <= 1
}
