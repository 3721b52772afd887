package rules

import (
	"cmp"
	"fmt"
	"slices"
)

// Result is a finding with the rule that made it.
type Result struct {
	// Rule is the rule.
	Rule Rule
	// Resource names the resource, as its reader knows it.
	Resource string
	// Finding is what was found.
	Finding Finding
}

// Evaluate holds one resource against rules, but those from which it is exempt. The results stand in the order of
// the rules, and of the paths within a rule. A rule that panics, or is given a
// resource it can't read, is itself a finding: nothing passes unseen.
func Evaluate(rules []Rule, resource Resource) []Result {
	var results []Result
	for _, rule := range rules {
		if !rule.Applies(resource.Type) || exempt(rule, resource) {
			continue
		}
		findings := guarded(rule, resource)
		slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
		for _, finding := range findings {
			results = append(results, Result{Rule: rule, Resource: resource.Subject(), Finding: finding})
		}
	}
	return results
}

func guarded(rule Rule, resource Resource) (findings []Finding) {
	defer func() {
		if failure := recover(); failure != nil {
			// The value that the panic carries may hold a secret; its type can't.
			findings = []Finding{{What: fmt.Sprintf("the rule %s failed on this resource (%T): please report it", rule.ID, failure)}}
		}
	}()
	return rule.Check(resource)
}

// Message is the result as its reader needs it: the object, the property, what
// is wrong, what to write instead, and the rule's name.
func (r Result) Message() string {
	where := r.Resource
	if r.Finding.Path != "" {
		where += ", " + r.Finding.Path
	}
	if r.Finding.Undecided {
		return fmt.Sprintf("%s: %s [%s]", where, r.Finding.What, r.Rule.ID)
	}
	return fmt.Sprintf("%s: %s. %s [%s]", where, r.Finding.What, r.Rule.Fix, r.Rule.ID)
}

// undecided is the finding of a rule whose deciding property is not known yet.
func undecided(path string) Finding {
	return Finding{Path: path, What: "is not known yet, so this can't be decided before the update", Undecided: true}
}

// unreadable is the finding of a rule that meets a property of a wrong type.
func unreadable(path string) Finding {
	return Finding{Path: path, What: "has a type that Kubernetes does not take here"}
}
