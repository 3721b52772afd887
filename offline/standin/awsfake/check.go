package awsfake

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/shape"
)

// failure is one thing wrong with an input.
type failure = shape.Problem

// wrong words a failure at a path of names.
func wrong(reason string, path ...any) failure { return failure{Path: path, Reason: reason} }

// check judges revealed inputs by the SDK's types, by the rules that hold for
// every type and by the row's own.
func (r *row) check(in resource.PropertyMap) []plugin.CheckFailure {
	failures := shape.Check(r.args.ElementType(), in)
	failures = append(failures, r.missing(in)...)
	failures = append(failures, r.excluded(in)...)
	props.Walk(in, func(path resource.PropertyPath, v resource.PropertyValue) {
		failures = append(failures, r.judge(path, v)...)
	})
	if r.cross != nil {
		failures = append(failures, r.cross(in)...)
	}
	reported := make([]plugin.CheckFailure, len(failures))
	for i, f := range failures {
		reported[i] = report(f)
	}
	return reported
}

// report names the property where the engine can show its value, which is at
// the top level; what lies deeper has its path in the reason.
func report(f failure) plugin.CheckFailure {
	if len(f.Path) == 1 {
		return plugin.CheckFailure{Property: resource.PropertyKey(f.Path[0].(string)), Reason: f.Reason}
	}
	return plugin.CheckFailure{Reason: f.Path.String() + ": " + f.Reason}
}

// missing applies the row's list of required lists, maps and interfaces. A
// nested one is only missing where what it is nested in is given.
func (r *row) missing(in resource.PropertyMap) []failure {
	var failures []failure
	for _, pattern := range r.required {
		path := strings.Split(pattern, ".")
		parent, found := props.Get(in, path[:len(path)-1]...)
		if !found || !parent.IsObject() {
			continue
		}
		if v, given := props.Get(in, path...); !given || (v.IsArray() && len(v.ArrayValue()) == 0) {
			failures = append(failures, failure{Path: toPath(path), Reason: "missing required property"})
		}
	}
	return failures
}

// excluded applies the groups of properties that exclude each other.
func (r *row) excluded(in resource.PropertyMap) []failure {
	var failures []failure
	given := func(group []string) (names []string) {
		for _, name := range group {
			if _, found := props.Get(in, strings.Split(name, ".")...); found {
				names = append(names, name)
			}
		}
		return names
	}
	for _, group := range slices.Concat(r.atMostOne, r.exactlyOne) {
		if names := given(group); len(names) > 1 {
			failures = append(failures, failure{
				Path: toPath(strings.Split(names[1], ".")), Reason: "conflicts with " + names[0],
			})
		}
	}
	for _, group := range slices.Concat(r.exactlyOne, r.atLeastOne) {
		if len(given(group)) == 0 {
			failures = append(failures, failure{
				Path: resource.PropertyPath{group[0]}, Reason: "one of " + strings.Join(group, ", ") + " must be given",
			})
		}
	}
	return failures
}

// everywhere holds for properties of every type, by their last name.
var everywhere = []struct {
	leaf  *regexp.Regexp
	judge judge
}{
	{regexp.MustCompile(`(^arn|Arns?)$`), isARN},
	{regexp.MustCompile(`^(c|destinationC)idrBlock$|^(cidrBlocks|publicAccessCidrs|serviceIpv4Cidr)$`), cidr(true)},
	{regexp.MustCompile(`^(i|destinationI)pv6CidrBlocks?$`), cidr(false)},
}

// judge applies the rules that fit one value.
func (r *row) judge(path resource.PropertyPath, v resource.PropertyValue) []failure {
	var failures []failure
	add := func(reason string) {
		if reason != "" {
			failures = append(failures, failure{Path: path, Reason: reason})
		}
	}
	if props.IsUnknown(v) || v.IsNull() {
		return nil
	}
	if props.Match("tags", path) || props.Match("tagSpecifications.*.tags", path) {
		return tagFailures(path, v)
	}
	if keysAreFree(r.args.ElementType(), path) {
		return nil
	}
	for _, general := range everywhere {
		if general.leaf.MatchString(props.Leaf(path)) {
			add(general.judge(v))
		}
	}
	for _, own := range r.rules {
		if props.Match(own.at, path) {
			add(own.judge(v))
		}
	}
	return failures
}

// keysAreFree tells whether a path is inside a map whose keys users choose, so
// that the last name says nothing about the value.
func keysAreFree(t reflect.Type, path resource.PropertyPath) bool {
	for _, step := range path {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name, _ := step.(string)
		switch t.Kind() {
		case reflect.Map:
			return true
		case reflect.Struct:
			field, known := shape.Fields(t)[name]
			if !known {
				return false
			}
			t = field.Type
		case reflect.Slice:
			t = t.Elem()
		default:
			return false
		}
	}
	return false
}

var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// tagFailures applies the rules that AWS has for tags of every service.
func tagFailures(path resource.PropertyPath, v resource.PropertyValue) []failure {
	var failures []failure
	if !v.IsObject() {
		return nil
	}
	add := func(at resource.PropertyPath, format string, args ...any) {
		failures = append(failures, failure{Path: at, Reason: fmt.Sprintf(format, args...)})
	}
	if count := len(v.ObjectValue()); count > 50 {
		add(path, "at most 50 tags are possible, got %d", count)
	}
	for _, key := range props.SortedKeys(v.ObjectValue()) {
		value, _ := text(v.ObjectValue()[key])
		if reason := tagFailure(string(key), value); reason != "" {
			add(props.Join(path, string(key)), "%s", reason)
		}
	}
	return failures
}

// tagFailure tells what is wrong with one tag, "" for nothing.
func tagFailure(key, value string) string {
	switch {
	case len([]rune(key)) < 1 || len([]rune(key)) > 128:
		return "a tag's key must have 1 to 128 characters"
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return "tags that begin with aws: are reserved"
	case !tagText.MatchString(key):
		return "a tag's key may hold letters, digits, spaces and _.:/=+-@"
	case len([]rune(value)) > 256:
		return "a tag's value must have at most 256 characters"
	case !tagText.MatchString(value):
		return "a tag's value may hold letters, digits, spaces and _.:/=+-@"
	}
	return ""
}

func toPath(steps []string) resource.PropertyPath {
	path := resource.PropertyPath{}
	for _, step := range steps {
		path = append(path, step)
	}
	return path
}
