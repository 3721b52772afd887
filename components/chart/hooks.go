package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// The annotations by which a chart makes an object a hook.
// Source: https://helm.sh/docs/topics/charts_hooks
const (
	hookPrefix = "helm.sh/hook"
	hookWeight = "helm.sh/hook-weight"
)

// crdHook is what charts for Helm 2 mark their CRDs with.
const crdHook = "crd-install"

// Dropped is an object that is not installed, with the reason.
type Dropped struct {
	// Object names it, as "Job monitoring/admission-create".
	Object string
	// Reason is that of the rule.
	Reason string
}

// hooks takes the hooks out of the objects, or gives them their place, by the rules.
func hooks(spec Spec, objects []Object) (kept []Object, dropped []Dropped, err error) {
	var list problem.List
	used := make([]bool, len(spec.Hooks))
	for _, o := range objects {
		events := eventsOf(o)
		switch {
		case len(events) == 0, slices.Equal(events, []string{crdHook}):
			kept = append(kept, o)
			continue
		case !slices.ContainsFunc(events, func(event string) bool { return !isTest(event) }):
			dropped = append(dropped, Dropped{o.String(), "a test of the chart"})
			continue
		}
		rule := slices.IndexFunc(spec.Hooks, func(h Hook) bool { return o.matches(h.Object) })
		if rule < 0 {
			list.Addf(o.Kind+"/"+o.Name, "configure it away in the values, or give it a rule in hooks",
				"is a hook without a rule (%s, in %s)", strings.Join(events, ", "), o.Template)
			continue
		}
		used[rule] = true
		switch spec.Hooks[rule].Action {
		case Drop:
			dropped = append(dropped, Dropped{o.String(), spec.Hooks[rule].Reason})
			continue
		case Before:
			o.stage = stageBefore
		case After:
			o.stage = stageAfter
		}
		if o.weight, err = weightOf(o); err != nil {
			return nil, nil, err
		}
		kept = append(kept, o)
	}
	for i, rule := range spec.Hooks {
		if !used[i] {
			list.Addf(problem.Join("hooks", index(i)), "remove the rule, or look what the hook is called now", "%s is no hook of the chart", rule.Object)
		}
	}
	for _, o := range kept {
		forget(o)
	}
	return kept, dropped, list.Err("hooks")
}

func annotations(o Object) map[string]any {
	meta, _ := o.Body["metadata"].(map[string]any)
	found, _ := meta["annotations"].(map[string]any)
	return found
}

// eventsOf are the events of a hook; none for another object.
func eventsOf(o Object) []string {
	text, _ := annotations(o)[hookPrefix].(string)
	var events []string
	for event := range strings.SplitSeq(text, ",") {
		if event = strings.TrimSpace(event); event != "" {
			events = append(events, event)
		}
	}
	return events
}

func isTest(event string) bool { return event == "test" || strings.HasPrefix(event, "test-") }

func weightOf(o Object) (int, error) {
	text, given := annotations(o)[hookWeight]
	if !given {
		return 0, nil
	}
	weight, err := strconv.Atoi(fmt.Sprint(text))
	if err != nil {
		return 0, fmt.Errorf("%s: the weight of the hook %s: %w", o.Template, o, err)
	}
	return weight, nil
}

// forget removes the annotations of a hook: the object is none any more, and tools
// that read them would take it for one.
func forget(o Object) {
	found := annotations(o)
	for key := range found {
		if strings.HasPrefix(key, hookPrefix) {
			delete(found, key)
		}
	}
	if found != nil && len(found) == 0 {
		delete(o.Body["metadata"].(map[string]any), "annotations")
	}
}
