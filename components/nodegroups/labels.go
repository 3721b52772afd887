package nodegroups

import (
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

var reservedKey = regexp.MustCompile(`^([a-z0-9.-]+\.)?(eks\.amazonaws\.com|kubernetes\.io|k8s\.io)/`)

func (g Group) validateLabels(list *problem.List) {
	for _, key := range slices.Sorted(maps.Keys(g.Labels)) {
		path := problem.Join("labels", key)
		switch {
		case !form.LabelKey(key):
			list.Add(path, "is not a Kubernetes label key", form.LabelKeyFix)
		case reservedKey.MatchString(key):
			list.Add(path, "has a prefix that EKS or Kubernetes keeps for itself", "use a prefix of your own")
		}
		if !form.LabelValue.MatchString(g.Labels[key]) {
			list.Addf(path, form.LabelValueFix, "%q is not a label value", g.Labels[key])
		}
	}
}
