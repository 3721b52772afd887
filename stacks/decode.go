package stacks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// parseTree reads JSON into maps, lists and leaves, with numbers as written.
func parseTree(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	return tree, nil
}

// decode lays a tree over a struct. encoding/json would stop at the first
// mistake and could not say where it stands; this notes each with its path.
func decode(list *problem.List, path string, tree any, into any) {
	decodeValue(list, path, tree, reflect.ValueOf(into).Elem())
}

func decodeValue(list *problem.List, path string, tree any, into reflect.Value) {
	if tree == nil {
		return // an empty YAML value means: leave the default
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		decodeValue(list, path, tree, into.Elem())
	case reflect.Struct:
		decodeStruct(list, path, tree, into)
	case reflect.Map:
		decodeMap(list, path, tree, into)
	case reflect.Slice:
		decodeSlice(list, path, tree, into)
	case reflect.Interface:
		into.Set(reflect.ValueOf(plain(tree)))
	default:
		decodeLeaf(list, path, tree, into)
	}
}

func decodeStruct(list *problem.List, path string, tree any, into reflect.Value) {
	object, ok := tree.(map[string]any)
	if !ok {
		mismatch(list, path, tree, "a mapping of keys to values")
		return
	}
	fields := fieldsByKey(into)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		field, known := fields[key]
		if !known {
			list.Add(problem.Join(path, key), "is not a key of the configuration", suggestion(key, slices.Sorted(maps.Keys(fields))))
			continue
		}
		decodeValue(list, problem.Join(path, key), object[key], field)
	}
}

func decodeMap(list *problem.List, path string, tree any, into reflect.Value) {
	object, ok := tree.(map[string]any)
	if !ok {
		mismatch(list, path, tree, "a mapping of names to values")
		return
	}
	result := reflect.MakeMapWithSize(into.Type(), len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		element := reflect.New(into.Type().Elem()).Elem()
		decodeValue(list, problem.Join(path, key), object[key], element)
		result.SetMapIndex(reflect.ValueOf(key), element)
	}
	into.Set(result)
}

func decodeSlice(list *problem.List, path string, tree any, into reflect.Value) {
	items, ok := tree.([]any)
	if !ok {
		mismatch(list, path, tree, "a list")
		return
	}
	result := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		decodeValue(list, fmt.Sprintf("%s[%d]", path, i), item, result.Index(i))
	}
	into.Set(result)
}

func decodeLeaf(list *problem.List, path string, tree any, into reflect.Value) {
	switch value := tree.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(value)
			return
		}
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(value)
			return
		}
	case json.Number:
		if number, err := value.Int64(); err == nil && into.Kind() == reflect.Int {
			into.SetInt(number)
			return
		}
	}
	mismatch(list, path, tree, map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Int: "a whole number",
	}[into.Kind()])
}

// plain is a tree as it is, with numbers as numbers.
func plain(tree any) any {
	switch value := tree.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, below := range value {
			copied[key] = plain(below)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, below := range value {
			copied[i] = plain(below)
		}
		return copied
	case json.Number:
		if number, err := value.Int64(); err == nil {
			return number
		}
		number, _ := value.Float64()
		return number
	default:
		return value
	}
}

// fieldsByKey lists a struct's fields by their keys.
func fieldsByKey(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for _, field := range reflect.VisibleFields(v.Type()) {
		if key := field.Tag.Get("json"); key != "" {
			fields[key] = v.FieldByIndex(field.Index)
		}
	}
	return fields
}

func mismatch(list *problem.List, path string, tree any, want string) {
	fix := "write " + want
	if _, number := tree.(json.Number); number && want == "text" {
		fix = fmt.Sprintf("put it in quotes: %q", fmt.Sprint(tree))
	}
	list.Add(path, fmt.Sprintf("is %s, not %s", describe(tree), want), fix)
}

func describe(tree any) string {
	switch value := tree.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the text %q", value)
	case json.Number:
		return "the number " + value.String()
	default:
		return fmt.Sprint(value)
	}
}

// suggestion names the key that was probably meant, else all that there are.
func suggestion(key string, known []string) string {
	best, distance := "", len(key)/2+1
	for _, candidate := range known {
		written, meant := strings.ToLower(key), strings.ToLower(candidate)
		d := levenshtein.Distance(written, meant, nil)
		if strings.HasPrefix(written, meant) || strings.HasPrefix(meant, written) {
			d = 1 // "maximum" for max, "publicAccess" for publicAccessCidrs
		}
		if d < distance {
			best, distance = candidate, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "remove it, or use one of " + strings.Join(known, ", ")
}
