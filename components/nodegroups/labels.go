package nodegroups

import (
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
)

var (
	labelKey    = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	labelValue  = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$`)
	reservedKey = regexp.MustCompile(`^([a-z0-9.-]+\.)?(eks\.amazonaws\.com|kubernetes\.io|k8s\.io)/`)
)

func (g Group) validateLabels(list *problem.List) {
	for _, key := range slices.Sorted(maps.Keys(g.Labels)) {
		path := problem.Join("labels", key)
		switch {
		case !labelKey.MatchString(key):
			list.Add(path, "is not a Kubernetes label key", "use letters, digits, '-', '_', '.', with an optional prefix/")
		case reservedKey.MatchString(key):
			list.Add(path, "has a prefix that EKS or Kubernetes keeps for itself", "use a prefix of your own")
		}
		if !labelValue.MatchString(g.Labels[key]) {
			list.Addf(path, "use up to 63 letters, digits, '-', '_', '.'", "%q is not a label value", g.Labels[key])
		}
	}
}
