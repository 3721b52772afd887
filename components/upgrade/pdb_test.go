package upgrade_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// web is a Deployment of the namespace shop.
func web(most int) upgrade.Workload {
	return upgrade.Workload{
		Object: upgrade.Object{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"},
		Labels: map[string]string{"app": "web", "tier": "front"}, Most: new(most),
	}
}

func changed(w upgrade.Workload, change func(*upgrade.Workload)) upgrade.Workload {
	change(&w)
	return w
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	app := &upgrade.Selector{Labels: map[string]string{"app": "web"}}
	const refused = "PodDisruptionBudget shop/web: "
	for name, test := range map[string]struct {
		min, max  string
		selector  *upgrade.Selector
		workloads []upgrade.Workload
		want      string
	}{
		"one may go":             {"", "1", app, []upgrade.Workload{web(2)}, ""},
		"a share may go":         {"", "1%", app, []upgrade.Workload{web(2)}, ""},
		"none may go":            {"", "0", nil, nil, refused + "maxUnavailable 0 lets no pod go, so its nodes can't be drained; use maxUnavailable: 1"},
		"no share may go":        {"", "0%", nil, nil, refused + "maxUnavailable 0% lets no pod go"},
		"all must stay":          {"100%", "", nil, nil, refused + "minAvailable 100% lets no pod go, so its nodes can't be drained; use maxUnavailable: 1"},
		"more than all":          {"120%", "", nil, nil, refused + "minAvailable 120% lets no pod go"},
		"nothing said":           {"", "", app, []upgrade.Workload{web(1)}, ""},
		"no number":              {"some", "", app, []upgrade.Workload{web(1)}, ""},
		"no number either":       {"", "none", app, []upgrade.Workload{web(1)}, ""},
		"fewer than there are":   {"1", "", app, []upgrade.Workload{web(2)}, ""},
		"as many as there are":   {"2", "", app, []upgrade.Workload{web(2)}, refused + "minAvailable 2 lets none of its 2 pods go, so their nodes can't be drained; use maxUnavailable: 1, or more replicas"},
		"more than there are":    {"3", "", app, []upgrade.Workload{web(2)}, refused + "minAvailable 3 lets none of its 2 pods go"},
		"half of one, rounded":   {"50%", "", app, []upgrade.Workload{web(1)}, refused + "minAvailable 50% lets none of its 1 pods go"},
		"half of two":            {"50%", "", app, []upgrade.Workload{web(2)}, ""},
		"none must stay":         {"0", "", app, []upgrade.Workload{web(1)}, ""},
		"scaled to none":         {"1", "", app, []upgrade.Workload{web(0)}, ""},
		"two workloads, enough":  {"2", "", app, []upgrade.Workload{web(2), web(1)}, ""},
		"two workloads, too few": {"3", "", app, []upgrade.Workload{web(2), web(1)}, refused + "minAvailable 3 lets none of its 3 pods go"},
		"other pods":             {"1", "", &upgrade.Selector{Labels: map[string]string{"app": "api"}}, []upgrade.Workload{web(1)}, ""},
		"other namespace":        {"1", "", app, []upgrade.Workload{changed(web(1), func(w *upgrade.Workload) { w.Namespace = "other" })}, ""},
		"all pods":               {"1", "", &upgrade.Selector{}, []upgrade.Workload{web(1)}, refused + "minAvailable 1 lets none of its 1 pods go"},
		"selector not known":     {"1", "", nil, []upgrade.Workload{web(1)}, ""},
		"replicas not known":     {"1", "", app, []upgrade.Workload{web(1), changed(web(1), func(w *upgrade.Workload) { w.Most = nil })}, ""},
		"labels not known":       {"1", "", app, []upgrade.Workload{web(1), changed(web(1), func(w *upgrade.Workload) { w.Labels = nil })}, ""},
		"namespace not known":    {"1", "", app, []upgrade.Workload{web(1), changed(web(1), func(w *upgrade.Workload) { w.Namespace = "" })}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			budget := upgrade.Budget{
				Object:       upgrade.Object{APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Namespace: "shop", Name: "web"},
				MinAvailable: test.min, MaxUnavailable: test.max, Selector: test.selector,
			}
			got := said(func(l *problem.List) { upgrade.CheckBudgets(l, []upgrade.Budget{budget}, test.workloads) })
			if test.want == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, test.want)
			}
		})
	}
}

// A selector matches what Kubernetes' own code says it does.
func TestSelectorsAreThoseOfKubernetes(t *testing.T) {
	t.Parallel()
	values := [][]string{nil, {"a"}, {"b", "a"}}
	for _, own := range []map[string]string{{}, {"x": "a"}, {"x": "c"}, {"y": "a"}, {"x": "", "y": "b"}} {
		for _, required := range []map[string]string{nil, {"x": "a"}, {"x": ""}, {"y": "b"}} {
			for _, operator := range []string{"In", "NotIn", "Exists", "DoesNotExist"} {
				for _, with := range values {
					theirs, err := metav1.LabelSelectorAsSelector(&metav1.LabelSelector{MatchLabels: required, MatchExpressions: []metav1.LabelSelectorRequirement{
						{Key: "x", Operator: metav1.LabelSelectorOperator(operator), Values: with},
					}})
					if err != nil {
						continue // the API server refuses the object
					}
					ours := upgrade.Selector{Labels: required, Expressions: []upgrade.Expression{{Key: "x", Operator: operator, Values: with}}}
					assert.Equal(t, theirs.Matches(labels.Set(own)), ours.Matches(own), "%s of %v", theirs, own)
				}
			}
		}
	}
	require.False(t, upgrade.Selector{Expressions: []upgrade.Expression{{Key: "x", Operator: "Near"}}}.Matches(nil))
}
