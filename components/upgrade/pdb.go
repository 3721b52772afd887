package upgrade

import (
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Budget is a PodDisruptionBudget, which draining a node must not break.
type Budget struct {
	Object
	// MinAvailable and MaxUnavailable are as written, "2" or "50%"; empty where left
	// out or not known.
	MinAvailable, MaxUnavailable string
	// Selector names its pods; nil where not known.
	Selector *Selector
}

// Selector is a label selector: all of it must hold.
type Selector struct {
	// Labels are values that labels must have.
	Labels map[string]string
	// Expressions are further demands.
	Expressions []Expression
}

// Expression is what a selector demands of a label.
type Expression struct {
	// Key is the label.
	Key string
	// Operator is In, NotIn, Exists or DoesNotExist.
	Operator string
	// Values go with In and NotIn.
	Values []string
}

// Workload is what makes pods.
type Workload struct {
	Object
	// Labels are those of its pods; nil where not known.
	Labels map[string]string
	// Most is the most pods that it has; nil where not known.
	Most *int
}

// CheckBudgets notes the budgets that never let a pod go: while there is one, no node
// of its pods can be drained, and no upgrade ends. A value that is not known passes.
func CheckBudgets(list *problem.List, budgets []Budget, workloads []Workload) {
	for _, budget := range budgets {
		switch {
		case budget.MaxUnavailable != "" && amount(budget.MaxUnavailable, 100) == 0:
			list.Addf(budget.String(), "use maxUnavailable: 1", "maxUnavailable %s lets no pod go, so its nodes can't be drained", budget.MaxUnavailable)
		case strings.HasSuffix(budget.MinAvailable, "%") && amount(budget.MinAvailable, 100) >= 100:
			list.Addf(budget.String(), "use maxUnavailable: 1", "minAvailable %s lets no pod go, so its nodes can't be drained", budget.MinAvailable)
		case budget.MinAvailable != "":
			if pods, known := budget.pods(workloads); known && pods > 0 && amount(budget.MinAvailable, pods) >= pods {
				list.Addf(budget.String(), "use maxUnavailable: 1, or more replicas", "minAvailable %s lets none of its %d pods go, so their nodes can't be drained", budget.MinAvailable, pods)
			}
		}
	}
}

// pods adds up the pods that a budget selects, as the disruption controller does; false
// where some are not known, or none is.
// Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
func (b Budget) pods(workloads []Workload) (sum int, known bool) {
	if b.Selector == nil || b.Namespace == "" {
		return 0, false
	}
	for _, workload := range workloads {
		elsewhere := workload.Namespace != "" && workload.Namespace != b.Namespace
		if elsewhere || workload.Labels != nil && !b.Selector.Matches(workload.Labels) {
			continue
		}
		if workload.Namespace == "" || workload.Labels == nil || workload.Most == nil {
			return 0, false
		}
		sum, known = sum+*workload.Most, true
	}
	return sum, known
}

// amount is a number of pods, or a share of them rounded up; negative for neither.
// Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
func amount(text string, of int) int {
	share, percent := strings.CutSuffix(text, "%")
	number, err := strconv.Atoi(share)
	switch {
	case err != nil:
		return -1
	case percent:
		return (number*of + 99) / 100
	default:
		return number
	}
}

// Matches says whether labels are what the selector demands. An empty selector
// matches all.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
func (s Selector) Matches(labels map[string]string) bool {
	for key, value := range s.Labels {
		if own, has := labels[key]; !has || own != value {
			return false
		}
	}
	return !slices.ContainsFunc(s.Expressions, func(e Expression) bool { return !e.matches(labels) })
}

func (e Expression) matches(labels map[string]string) bool {
	value, has := labels[e.Key]
	switch e.Operator {
	case "In":
		return has && slices.Contains(e.Values, value)
	case "NotIn":
		return !has || !slices.Contains(e.Values, value)
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	default:
		return false
	}
}
