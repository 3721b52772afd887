// Package delta compares two sets of inputs and decides, from tables, which
// differences force a replacement.
package delta

import (
	"encoding/json"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// Rules say what a difference means. All are path patterns (props.Match).
type Rules struct {
	// Replace lists what cannot change in place.
	Replace []string
	// ReplaceUnlessAdded lists what may be added in place, but neither
	// changed nor removed.
	ReplaceUnlessAdded []string
	// Sets lists the lists whose order does not matter.
	Sets []string
}

// Compare gives the difference of two revealed input maps. ignoreChanges needs
// no care here: the engine has put the old values back into the new inputs
// before it asked for the first check.
func Compare(old, new resource.PropertyMap, rules Rules) plugin.DiffResult {
	diff := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	c := comparison{rules, &diff}
	c.objects(nil, old, new)
	if len(diff.DetailedDiff) > 0 {
		diff.Changes = plugin.DiffSome
	}
	slices.Sort(diff.ChangedKeys)
	diff.ChangedKeys = slices.Compact(diff.ChangedKeys)
	return diff
}

type comparison struct {
	rules Rules
	diff  *plugin.DiffResult
}

func (c comparison) objects(path resource.PropertyPath, old, new resource.PropertyMap) {
	for _, key := range props.SortedKeys(union(old, new)) {
		if len(path) == 0 && len(key) > 1 && key[:2] == "__" {
			continue // bookkeeping, not a property
		}
		here := props.Join(path, string(key))
		was, had := old[key]
		is, has := new[key]
		switch {
		case !had:
			c.record(here, plugin.DiffAdd, is)
		case !has:
			c.record(here, plugin.DiffDelete, was)
		default:
			c.values(here, was, is)
		}
	}
}

func (c comparison) values(path resource.PropertyPath, old, new resource.PropertyValue) {
	switch {
	case old.IsObject() && new.IsObject():
		c.objects(path, old.ObjectValue(), new.ObjectValue())
	case old.IsArray() && new.IsArray() && matches(c.rules.Sets, path):
		if !sameSet(old.ArrayValue(), new.ArrayValue()) {
			c.record(path, plugin.DiffUpdate, old, new)
		}
	case old.IsArray() && new.IsArray():
		c.lists(path, old.ArrayValue(), new.ArrayValue())
	case props.IsUnknown(new) || !old.DeepEquals(new):
		c.record(path, plugin.DiffUpdate, old, new)
	}
}

func (c comparison) lists(path resource.PropertyPath, old, new []resource.PropertyValue) {
	for i := range max(len(old), len(new)) {
		here := props.Join(path, i)
		switch {
		case i >= len(old):
			c.record(here, plugin.DiffAdd, new[i])
		case i >= len(new):
			c.record(here, plugin.DiffDelete, old[i])
		default:
			c.values(here, old[i], new[i])
		}
	}
}

// record notes one difference; touched are the values it is about, whose
// inside may hold what a rule names.
func (c comparison) record(path resource.PropertyPath, kind plugin.DiffKind, touched ...resource.PropertyValue) {
	if c.replaces(path, kind, touched) {
		kind = kind.AsReplace()
		c.diff.ReplaceKeys = append(c.diff.ReplaceKeys, resource.PropertyKey(path.String()))
	}
	c.diff.DetailedDiff[path.String()] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
	c.diff.ChangedKeys = append(c.diff.ChangedKeys, resource.PropertyKey(path[0].(string)))
}

func (c comparison) replaces(path resource.PropertyPath, kind plugin.DiffKind, touched []resource.PropertyValue) bool {
	patterns := c.rules.Replace
	if kind != plugin.DiffAdd || len(path) > 1 {
		patterns = append(slices.Clip(patterns), c.rules.ReplaceUnlessAdded...)
	}
	for _, pattern := range patterns {
		if props.Within(pattern, path) {
			return true
		}
		for _, v := range touched {
			if holds(pattern, path, v) {
				return true
			}
		}
	}
	return false
}

// holds tells whether something inside the value at a path is what a pattern names.
func holds(pattern string, path resource.PropertyPath, v resource.PropertyValue) bool {
	if props.Match(pattern, path) {
		return true
	}
	switch {
	case v.IsObject():
		for key, item := range v.ObjectValue() {
			if holds(pattern, props.Join(path, string(key)), item) {
				return true
			}
		}
	case v.IsArray():
		for i, item := range v.ArrayValue() {
			if holds(pattern, props.Join(path, i), item) {
				return true
			}
		}
	}
	return false
}

func matches(patterns []string, path resource.PropertyPath) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return props.Match(pattern, path) })
}

func sameSet(a, b []resource.PropertyValue) bool {
	x, xKnown := canonical(a)
	y, yKnown := canonical(b)
	return xKnown && yKnown && slices.Equal(x, y)
}

func canonical(items []resource.PropertyValue) ([]string, bool) {
	texts := make([]string, len(items))
	for i, item := range items {
		if item.ContainsUnknowns() {
			return nil, false
		}
		text, err := json.Marshal(item.Mappable())
		if err != nil {
			return nil, false
		}
		texts[i] = string(text)
	}
	slices.Sort(texts)
	return texts, true
}

func union(a, b resource.PropertyMap) map[resource.PropertyKey]bool {
	keys := map[resource.PropertyKey]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}
