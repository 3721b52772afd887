package nodegroups

import (
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// partial are the keys that have a meaning for some kinds of groups only.
var partial = map[string]struct {
	given func(Group) bool
	kinds []ipplan.Kind
}{
	"instanceTypes":         {func(g Group) bool { return len(g.InstanceTypes) > 0 }, onInstances},
	"version":               {func(g Group) bool { return g.Version != "" }, onInstances},
	"amiType":               {func(g Group) bool { return g.AMIType != "" }, onInstances},
	"amiRelease":            {func(g Group) bool { return g.AMIRelease != "" }, onInstances},
	"amiId":                 {func(g Group) bool { return g.AMIID != "" }, onInstances},
	"capacityType":          {func(g Group) bool { return g.CapacityType != "" }, onInstances},
	"onDemandBase":          {func(g Group) bool { return g.OnDemandBase != nil }, byOurselves},
	"onDemandPercent":       {func(g Group) bool { return g.OnDemandPercent != nil }, byOurselves},
	"perZone":               {func(g Group) bool { return g.PerZone }, onInstances},
	"diskGiB":               {func(g Group) bool { return g.DiskGiB != 0 }, onInstances},
	"diskIops":              {func(g Group) bool { return g.DiskIOPS != 0 }, onInstances},
	"diskThroughput":        {func(g Group) bool { return g.DiskThroughput != 0 }, onInstances},
	"sshKey":                {func(g Group) bool { return g.SSHKey != "" }, onInstances},
	"maxUnavailablePercent": {func(g Group) bool { return g.MaxUnavailablePercent != 0 }, onInstances},
	"surgePercent":          {func(g Group) bool { return g.SurgePercent != 0 }, byOurselves},
	"labels":                {func(g Group) bool { return len(g.Labels) > 0 }, onInstances},
	"taints":                {func(g Group) bool { return len(g.Taints) > 0 }, onInstances},
	"blueGreen":             {func(g Group) bool { return g.BlueGreen != nil }, onInstances},
	"selectors":             {func(g Group) bool { return len(g.Selectors) > 0 }, []ipplan.Kind{ipplan.Fargate}},
}

var (
	onInstances = []ipplan.Kind{ipplan.Managed, ipplan.SelfManaged}
	byOurselves = []ipplan.Kind{ipplan.SelfManaged}
)

// validateKind refuses what a group of this kind would ignore.
func (g Group) validateKind(list *problem.List) {
	known := g.Kind == ipplan.Fargate || slices.Contains(onInstances, g.Kind)
	for _, key := range slices.Sorted(maps.Keys(partial)) {
		if row := partial[key]; known && row.given(g) && !slices.Contains(row.kinds, g.Kind) {
			list.Addf(key, "remove it, or use kind: "+string(row.kinds[len(row.kinds)-1]), "has no meaning for kind %s", g.Kind)
		}
	}
}
