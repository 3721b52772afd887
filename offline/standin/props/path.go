package props

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Walk visits every value of a revealed map, parents before children, keys in
// order.
func Walk(m resource.PropertyMap, visit func(resource.PropertyPath, resource.PropertyValue)) {
	walk(nil, resource.NewObjectProperty(m), visit)
}

func walk(path resource.PropertyPath, v resource.PropertyValue, visit func(resource.PropertyPath, resource.PropertyValue)) {
	if len(path) > 0 {
		visit(path, v)
	}
	switch {
	case v.IsObject():
		for _, key := range SortedKeys(v.ObjectValue()) {
			walk(Join(path, string(key)), v.ObjectValue()[key], visit)
		}
	case v.IsArray():
		for i, item := range v.ArrayValue() {
			walk(Join(path, i), item, visit)
		}
	}
}

// Join gives a longer path without touching the shorter one.
func Join(path resource.PropertyPath, step any) resource.PropertyPath {
	return append(append(make(resource.PropertyPath, 0, len(path)+1), path...), step)
}

// Match tells whether a path fits a pattern of names joined by dots. A "*"
// fits one list index or one name: "taints.*.effect".
func Match(pattern string, path resource.PropertyPath) bool {
	steps := strings.Split(pattern, ".")
	return len(steps) == len(path) && matchSteps(steps, path)
}

// Within tells whether a path is what a pattern names, or lies inside it.
func Within(pattern string, path resource.PropertyPath) bool {
	steps := strings.Split(pattern, ".")
	return len(steps) <= len(path) && matchSteps(steps, path)
}

func matchSteps(steps []string, path resource.PropertyPath) bool {
	for i, step := range steps {
		name, isName := path[i].(string)
		if step != "*" && (!isName || name != step) {
			return false
		}
	}
	return true
}

// Leaf gives the last name of a path, list indexes left out.
func Leaf(path resource.PropertyPath) string {
	for i := len(path) - 1; i >= 0; i-- {
		if name, isName := path[i].(string); isName {
			return name
		}
	}
	return ""
}
