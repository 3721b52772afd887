package storage

import (
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// snapshotted are the kinds whose volumes can be snapshotted through Kubernetes. Where one
// of them is configured, the snapshot controller is installed, and the class gets a
// VolumeSnapshotClass of its own name.
type snapshotted interface {
	// snapshots is nil where this class's volumes can't be.
	snapshots() *snapshots
}

// snapshots are a class's snapshots.
type snapshots struct {
	// parameters are those of the VolumeSnapshotClass.
	parameters map[string]any
	// retain keeps a snapshot in AWS when its VolumeSnapshot is deleted.
	retain bool
}

// SnapshotChart is the chart of the snapshot controller, with the definitions of snapshots.
const SnapshotChart = "snapshot-controller"

// snapshotChart is how the snapshot controller is installed: once in a cluster, for all
// drivers.
func snapshotChart(replicas int) ref.Chart {
	labels := map[string]any{"app.kubernetes.io/name": SnapshotChart, "app.kubernetes.io/instance": SnapshotChart}
	controller := map[string]any{"replicaCount": replicas}
	if replicas > 1 {
		controller["pdb"] = map[string]any{"maxUnavailable": 1}
	}
	return ref.Chart{
		Name: SnapshotChart, Namespace: systemNamespace, Profile: map[string]any{"controller": controller},
		Values: map[string]any{"controller": map[string]any{
			"serviceAccount":            map[string]any{"create": true, "name": SnapshotChart},
			"podSecurityContext":        podspec.Pod(1000),
			"securityContext":           podspec.Container(),
			"resources":                 podspec.Resources("10m", "40Mi", "256Mi"),
			"topologySpreadConstraints": podspec.Spread(labels),
			"priorityClassName":         "system-cluster-critical",
		}},
		ExtraKeys: []string{"controller.pdb", "controller.resources", "controller.podSecurityContext", "controller.securityContext"},
	}
}

// snapshottedBy is what a kind says of its snapshots; nil where there are none.
func snapshottedBy(is kind) *snapshots {
	if can, has := is.(snapshotted); has {
		return can.snapshots()
	}
	return nil
}

// snapshotClass is the VolumeSnapshotClass of a class whose volumes can be snapshotted.
// A snapshot is encrypted as its volume is. The platform's default class is that of
// snapshots which name no class, too: Kubernetes takes one for each driver.
// Source: https://kubernetes.io/docs/concepts/storage/volume-snapshot-classes/
func (o objectArgs) snapshotClass(is kind) []kube.Object {
	of := snapshottedBy(is)
	if of == nil {
		return nil
	}
	rest := map[string]any{"driver": o.provisioner, "deletionPolicy": reclaimDelete}
	if of.retain {
		rest["deletionPolicy"] = reclaimRetain
	}
	if len(of.parameters) > 0 {
		rest["parameters"] = of.parameters
	}
	object := kube.New("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "", o.name, rest)
	if o.isDefault {
		object = object.With(nil, map[string]string{defaultSnapshotClass: "true"})
	}
	return []kube.Object{object}
}

const defaultSnapshotClass = "snapshot.storage.kubernetes.io/is-default-class"
