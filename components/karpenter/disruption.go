package karpenter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Disruption is when nodes are replaced or removed though nothing is wrong with them.
// Source: https://karpenter.sh/docs/concepts/disruption/
type Disruption struct {
	// Optional. Which nodes go to save money: WhenEmptyOrUnderutilized, WhenEmpty, or
	// Balanced, where the saving is worth the moves. Default WhenEmptyOrUnderutilized.
	ConsolidationPolicy string `json:"consolidationPolicy"`
	// Optional. How long no pod must have come or gone before, such as 5m; Never keeps
	// nodes. Default 5m, so that a short dip moves no pod.
	ConsolidateAfter string `json:"consolidateAfter"`
	// Optional. How many nodes may go at a time; the least of those that apply counts.
	// Default [{nodes: 10%}].
	Budgets []Budget `json:"budgets"`
}

// Budget is how many nodes may go at a time.
type Budget struct {
	// Optional. Nodes, or a share of the pool's, rounded up: "3" or 10%; "0" stops it.
	// Default 10%.
	Nodes string `json:"nodes"`
	// Optional. What it is about: Underutilized, Empty, Drifted. Default all of them.
	Reasons []string `json:"reasons"`
	// Optional. When it begins, as five cron fields or @daily, in UTC: "0 9 * * mon-fri".
	// Goes with duration. Default always.
	Schedule string `json:"schedule"`
	// Optional. How long it holds from then on, in hours and minutes: 8h, 1h30m. Default
	// none.
	Duration string `json:"duration"`
}

// The forms of the CRD.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/apis/crds/karpenter.sh_nodepools.yaml
var (
	budgetNodes    = regexp.MustCompile(`^((100|[0-9]{1,2})%|[0-9]+)$`)
	budgetDuration = regexp.MustCompile(`^(([0-9]+(h|m))|([0-9]+h[0-9]+m))$`)
)

// maxBudgets is how many budgets a pool may have.
const maxBudgets = 50

// WithDefaults returns a copy in which every value left out has its default.
func (d Disruption) WithDefaults() Disruption {
	text(&d.ConsolidationPolicy, "WhenEmptyOrUnderutilized")
	text(&d.ConsolidateAfter, "5m")
	budgets := slices.Clone(d.Budgets)
	if d.Budgets == nil {
		budgets = []Budget{{}}
	}
	for i := range budgets {
		text(&budgets[i].Nodes, "10%")
		budgets[i].Reasons = slices.Clone(budgets[i].Reasons)
	}
	d.Budgets = budgets
	return d
}

// Validate lists what is wrong with the values as written; call WithDefaults first.
// Paths are relative to the disruption.
func (d Disruption) Validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "consolidationPolicy", d.ConsolidationPolicy, "WhenEmptyOrUnderutilized", "WhenEmpty", "Balanced")
	if d.ConsolidateAfter != never && !duration.MatchString(d.ConsolidateAfter) {
		list.Addf("consolidateAfter", "write it as 5m, or Never", "%q is not a duration", d.ConsolidateAfter)
	}
	if len(d.Budgets) == 0 {
		list.Add("budgets", "is empty, and then Karpenter takes 10%", "name a budget, or leave it out")
	}
	if len(d.Budgets) > maxBudgets {
		list.Addf("budgets", fmt.Sprintf("use up to %d", maxBudgets), "there are %d", len(d.Budgets))
	}
	for i, budget := range d.Budgets {
		list.Under(fmt.Sprintf("budgets[%d]", i), budget.validate())
	}
	return list.All()
}

func (b Budget) validate() []problem.Problem {
	var list problem.List
	if !budgetNodes.MatchString(b.Nodes) {
		list.Addf("nodes", `write a number such as "3", or a share such as 10%`, "%q is neither", b.Nodes)
	}
	for i, reason := range b.Reasons {
		problem.OneOf(&list, fmt.Sprintf("reasons[%d]", i), reason, "Underutilized", "Empty", "Drifted")
	}
	if len(slices.Compact(slices.Sorted(slices.Values(b.Reasons)))) < len(b.Reasons) {
		list.Add("reasons", "names one twice", "keep one")
	}
	if (b.Schedule == "") != (b.Duration == "") {
		list.Add("schedule", "goes with duration, and one of them is missing", "give both, or neither")
	}
	if b.Schedule != "" {
		validateSchedule(&list, "schedule", b.Schedule)
	}
	if b.Duration != "" && (!budgetDuration.MatchString(b.Duration) || none(b.Duration)) {
		list.Addf("duration", "write hours and minutes, such as 8h or 1h30m", "%q is not such a duration", b.Duration)
	}
	return list.All()
}

// validateDuration takes Never, or what is not nothing.
func validateDuration(list *problem.List, path, value, example string) {
	if value != never && (!duration.MatchString(value) || none(value)) {
		list.Addf(path, "write it as "+example, "%q is not such a duration", value)
	}
}

// none says whether a duration is of no length, or longer than can be counted.
func none(value string) bool {
	length, err := time.ParseDuration(value)
	return err != nil || length == 0
}

// validateAmong notes an empty list, what is not allowed in it, and what is there twice.
func validateAmong(list *problem.List, path string, values []string, allowed ...string) {
	if len(values) == 0 {
		list.Add(path, "is empty, so no node can be made", "use some of "+strings.Join(allowed, ", "))
	}
	for i, value := range values {
		problem.OneOf(list, fmt.Sprintf("%s[%d]", path, i), value, allowed...)
	}
	validateOnce(list, path, values)
}

// validateForm is the same for values that are known by their form only; none may be
// left out, but not be empty.
func validateForm(list *problem.List, path, example string, values []string, form *regexp.Regexp) {
	if values != nil && len(values) == 0 {
		list.Add(path, "is empty, so no node can be made", "use "+example+", or leave it out")
	}
	for i, value := range values {
		if !form.MatchString(value) {
			list.Addf(fmt.Sprintf("%s[%d]", path, i), "use "+example, "%q is not one", value)
		}
	}
	validateOnce(list, path, values)
}

func validateOnce(list *problem.List, path string, values []string) {
	for i, value := range values {
		if slices.Contains(values[:i], value) {
			list.Addf(fmt.Sprintf("%s[%d]", path, i), "keep one", "%s is there twice", value)
		}
	}
}
