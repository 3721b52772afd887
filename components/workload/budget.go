package workload

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Budget keeps pods up while nodes are drained.
type Budget struct {
	// Required. Its name.
	Name string `json:"name"`
	// Required. The pods' namespace.
	Namespace string `json:"namespace"`
	// Required. Labels of the pods, all of them.
	Pods map[string]string `json:"pods"`
	// Required. How many pods there are at least, 2 or more.
	Replicas int `json:"replicas"`
	// Optional. How many may be away at a time: a number, or a share such as "25%". Default
	// "1".
	MaxUnavailable string `json:"maxUnavailable"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (b Budget) WithDefaults() Budget {
	b.MaxUnavailable = cmp.Or(b.MaxUnavailable, "1")
	return b
}

// Validate lists what is wrong with the values; call WithDefaults first.
func (b Budget) Validate() []problem.Problem {
	var list problem.List
	validateNames(&list, b.Name, b.Namespace)
	validateLabels(&list, "pods", b.Pods)
	list.Under("", b.validateAway())
	return list.All()
}

// validateAway refuses budgets that block drains, and those that keep nothing up.
func (b Budget) validateAway() []problem.Problem {
	var list problem.List
	away, err := b.away()
	switch {
	case b.Replicas < 2:
		list.Addf("replicas", "run 2 or more, or leave the budget out", "with %d pods a budget either blocks every drain or keeps nothing up", b.Replicas)
	case err != nil:
		list.Addf("maxUnavailable", "write it as \"1\" or \"25%\"", "%q is no number of pods", b.MaxUnavailable)
	case away < 1:
		list.Addf("maxUnavailable", "use \"1\" or more", "%s lets no pod go, so its nodes can't be drained", b.MaxUnavailable)
	case away >= b.Replicas:
		list.Addf("maxUnavailable", "use less", "%s lets all of %d pods go at a time", b.MaxUnavailable, b.Replicas)
	}
	return list.All()
}

// away is how many pods may be away, of the least that there are. A share is rounded up.
// Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
func (b Budget) away() (int, error) {
	text, share := strings.CutSuffix(b.MaxUnavailable, "%")
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || share && number > 100 {
		return 0, fmt.Errorf("no number of pods: %s", b.MaxUnavailable)
	}
	if share {
		number = (number*b.Replicas + 99) / 100
	}
	return number, nil
}

// Object is the PodDisruptionBudget. The error lists all problems.
func (b Budget) Object() (kube.Object, error) {
	b = b.WithDefaults()
	if err := problem.Error("disruption budget "+b.Name, b.Validate()); err != nil {
		return nil, err
	}
	return b.object(), nil
}

func (b Budget) object() kube.Object {
	var away any = b.MaxUnavailable
	if number, err := strconv.Atoi(b.MaxUnavailable); err == nil {
		away = number
	}
	return kube.New("policy/v1", "PodDisruptionBudget", b.Namespace, b.Name, map[string]any{"spec": map[string]any{
		"maxUnavailable": away, "selector": map[string]any{"matchLabels": texts(b.Pods)},
		// Pods that are not ready anyway don't hold up a drain.
		// Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
		"unhealthyPodEvictionPolicy": "AlwaysAllow",
	}})
}
