package storage

import (
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Charts says which charts the classes need, with so many replicas of their controllers.
// It reads of args the classes, the tags, and of the cluster what is known before it
// exists: name, place, version, and how pods get credentials.
func Charts(args Args, replicas int) []ref.Chart {
	var charts []ref.Chart
	var first []string
	if args.snapshotted() {
		charts, first = append(charts, snapshotChart(replicas)), []string{SnapshotChart}
	}
	for _, key := range args.drivers() {
		charts = append(charts, drivers[key].asChart(args, replicas, first))
	}
	return charts
}

// asChart is how the driver is installed, after the definitions of snapshots, which its
// controller watches.
func (d driver) asChart(args Args, replicas int, after []string) ref.Chart {
	chart := ref.Chart{Name: d.chart, Namespace: d.namespace, ExtraKeys: d.extraKeys, After: after}
	if d.values != nil {
		chart.Values = d.values(args)
	}
	if d.profile != nil {
		chart.Profile = d.profile(replicas)
	}
	if d.more != nil {
		d.more(&chart)
	}
	return chart
}

// snapshotted says whether the volumes of a class can be snapshotted.
func (a Args) snapshotted() bool {
	for _, class := range a.Classes {
		if snapshottedBy(class.kind()) != nil {
			return true
		}
	}
	return false
}
