package chart

import (
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/megazonecloud/eks-platform/components/problem"
	helm "helm.sh/helm/v4/pkg/chart/v2"
)

// istioDefaults is where the charts of Istio keep their defaults; users write them
// without it.
const istioDefaults = "_internal_defaults_do_not_set"

// unknownKeys lists the value keys that the chart doesn't know: most charts ignore
// them in silence. A key is known when the chart's values.yaml or its schema has it, or
// when it names a subchart. What stands below an empty map, a list or null is free.
func unknownKeys(spec Spec, c *helm.Chart) []problem.Problem {
	var list problem.List
	for _, layer := range spec.Values.layers() {
		check := keyCheck{list: &list, layer: "values." + layer.name, extra: spec.ExtraKeys, globals: globals(c)}
		plain, _ := normal(layer.values)
		given, _ := plain.(map[string]any)
		check.chart("", given, c, nil)
	}
	return list.All()
}

type keyCheck struct {
	list    *problem.List
	layer   string
	extra   []string
	globals []map[string]any
}

// chart checks the values given to a chart; over are the defaults that its parents
// give it.
func (k keyCheck) chart(path string, given map[string]any, c *helm.Chart, over []map[string]any) {
	known := append(slices.Clone(over), c.Values)
	known = append(known, tablesAt(known, istioDefaults)...)
	described := schemaOf(c.Schema)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		at := problem.Join(path, key)
		below, _ := given[key].(map[string]any)
		switch sub, isSub := subchart(c, key); {
		case sub != nil:
			k.chart(at, below, sub, tablesAt(known, key))
		case isSub, key == "tags" && len(c.Metadata.Dependencies) > 0, conditional(c, key):
		case key == "global":
			if len(k.globals) > 0 {
				k.below(at, below, k.globals, schema{})
			}
		default:
			k.key(at, key, given[key], known, described)
		}
	}
}

func (k keyCheck) below(path string, given map[string]any, known []map[string]any, described schema) {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		k.key(problem.Join(path, key), key, given[key], known, described)
	}
}

// key checks one key, and what stands below it.
func (k keyCheck) key(path, key string, value any, known []map[string]any, described schema) {
	if slices.ContainsFunc(k.extra, func(extra string) bool { return path == extra || strings.HasPrefix(path, extra+".") }) {
		return
	}
	if slices.Contains(partsOf(parent(path)), key) {
		return
	}
	isDefault := slices.ContainsFunc(known, func(m map[string]any) bool { _, has := m[key]; return has })
	sub, isDescribed := described.property(key)
	leads := slices.ContainsFunc(k.extra, func(extra string) bool { return strings.HasPrefix(extra, path+".") })
	if !isDefault && !isDescribed && !leads {
		k.list.Add(problem.Join(k.layer, path), "is no key of the chart, which would ignore it", suggestion(key, known, described))
		return
	}
	below, isTable := value.(map[string]any)
	tables := tablesAt(known, key)
	if isTable && (len(tables) > 0 || !isDefault && sub.closed()) {
		k.below(path, below, tables, sub)
	}
}

// parts are those of values that charts hand to Kubernetes as they are, by the end of the
// key that holds them: a chart's own values seldom name them all.
// Source: https://github.com/kubernetes/api/blob/v0.37.2/core/v1/types.go
var parts = map[string][]string{
	"resources": {"limits", "requests", "claims"},
	"ecurityContext": {"allowPrivilegeEscalation", "appArmorProfile", "capabilities", "fsGroup", "fsGroupChangePolicy", "privileged", "procMount",
		"readOnlyRootFilesystem", "runAsGroup", "runAsNonRoot", "runAsUser", "seLinuxOptions", "seccompProfile", "supplementalGroups",
		"supplementalGroupsPolicy", "sysctls", "windowsOptions"},
}

func partsOf(holder string) []string {
	for end, names := range parts {
		if strings.HasSuffix(holder, end) {
			return names
		}
	}
	return nil
}

// parent is the key that holds the last one of a path.
func parent(path string) string {
	keys := strings.Split(path, ".")
	if len(keys) < 2 {
		return ""
	}
	return keys[len(keys)-2]
}

// tablesAt are the maps with anything in them that stand at a key.
func tablesAt(in []map[string]any, key string) []map[string]any {
	var found []map[string]any
	for _, m := range in {
		if below, isTable := m[key].(map[string]any); isTable && len(below) > 0 {
			found = append(found, below)
		}
	}
	return found
}

// subchart finds the chart that a key's values are for; nil with true for one that
// is declared and not there.
func subchart(c *helm.Chart, key string) (*helm.Chart, bool) {
	name, declared := key, false
	for _, dependency := range c.Metadata.Dependencies {
		switch {
		case dependency.Alias == key, dependency.Alias == "" && dependency.Name == key:
			name, declared = dependency.Name, true
		case dependency.Name == key && !declared:
			name = "" // goes by its alias
		}
	}
	for _, sub := range c.Dependencies() {
		if sub.Name() == name {
			return sub, true
		}
	}
	return nil, declared
}

// conditional says whether the condition of a subchart begins with a key.
func conditional(c *helm.Chart, key string) bool {
	for _, dependency := range c.Metadata.Dependencies {
		for condition := range strings.SplitSeq(dependency.Condition, ",") {
			first, _, nested := strings.Cut(strings.TrimSpace(condition), ".")
			if first == key && (!nested || c.Values[key] == nil) {
				return true
			}
		}
	}
	return false
}

// globals are the defaults of global values of a chart and its subcharts.
func globals(c *helm.Chart) []map[string]any {
	found := tablesAt(append([]map[string]any{c.Values}, tablesAt([]map[string]any{c.Values}, istioDefaults)...), "global")
	for _, sub := range c.Dependencies() {
		found = append(found, globals(sub)...)
	}
	return found
}

// suggestion names the key that was probably meant.
func suggestion(key string, known []map[string]any, described schema) string {
	names := described.names()
	for _, m := range known {
		names = slices.AppendSeq(names, maps.Keys(m))
	}
	slices.Sort(names)
	best, distance := "", len(key)/2+1
	for _, name := range names {
		if d := levenshtein.Distance(strings.ToLower(key), strings.ToLower(name), nil); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return "remove it, or name it in extraKeys if a template reads it"
	}
	return "did you mean " + best + "? (name it in extraKeys if a template reads it)"
}
