package storage

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/kube"
)

// objectArgs is what a kind's objects are made of.
type objectArgs struct {
	// name is the class's name, reclaim its policy, and isDefault says that claims which
	// name no class get it.
	name, reclaim string
	isDefault     bool
	// provisioner is the driver's name in Kubernetes.
	provisioner string
	// made is what the class's AWS side came to.
	made made
	// args are those of the component of the AWS side: cluster, tags.
	args Args
}

// storageClass is what differs between StorageClasses.
type storageClass struct {
	// parameters are the driver's: texts, or outputs of texts.
	parameters map[string]any
	// zonal volumes are made where their first pod is scheduled.
	zonal bool
	// expandable volumes grow when their claims do.
	expandable bool
	// mountOptions are those of mount(8).
	mountOptions []string
}

// class is the StorageClass of the class's name.
func (o objectArgs) class(c storageClass) kube.Object {
	rest := map[string]any{
		"provisioner": o.provisioner, "reclaimPolicy": o.reclaim, "allowVolumeExpansion": c.expandable,
		"volumeBindingMode": "Immediate",
	}
	if c.zonal {
		rest["volumeBindingMode"] = "WaitForFirstConsumer"
	}
	if len(c.parameters) > 0 {
		rest["parameters"] = c.parameters
	}
	if len(c.mountOptions) > 0 {
		rest["mountOptions"] = c.mountOptions
	}
	object := kube.New("storage.k8s.io/v1", "StorageClass", "", o.name, rest)
	if o.isDefault {
		return object.With(nil, map[string]string{defaultClass: "true"})
	}
	return object
}

// Source: https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
const defaultClass = "storageclass.kubernetes.io/is-default-class"

// mode is a VolumeAttributesClass, behind the class's name: what volumes can be changed to.
// Source: https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/
func (o objectArgs) mode(name string, parameters map[string]any) kube.Object {
	return kube.New("storage.k8s.io/v1", "VolumeAttributesClass", "", o.name+"-"+name, map[string]any{"driverName": o.provisioner, "parameters": parameters})
}

// volume is what differs between volumes that are there before their claims.
type volume struct {
	// name is that of the claim, and namespace the claim's. The PersistentVolume is called
	// after both.
	name, namespace string
	// handle is the driver's name of the volume: a text or an output.
	handle any
	// gib is its size.
	gib int
	// attributes are the driver's, of the volume: texts or outputs; fsType is ext4, xfs or
	// empty.
	attributes map[string]any
	fsType     string
	// block hands the device over as it is.
	block bool
	// shared volumes are used by many nodes at a time; readOnly ones are only read.
	shared, readOnly bool
	// zone is where its pods must be; empty for a volume of all zones.
	zone string
	// mountOptions are those of mount(8).
	mountOptions []string
}

// volume is a PersistentVolume and the claim that it is kept for. It belongs to the class
// of o where that has a StorageClass (classed), so that it grows as others of the class do.
func (o objectArgs) volume(v volume, classed bool) []kube.Object {
	class := ""
	if classed {
		class = o.name
	}
	mode, access := "Filesystem", "ReadWriteOnce"
	if v.block {
		mode = "Block"
	}
	switch {
	case v.readOnly:
		access = "ReadOnlyMany"
	case v.shared:
		access = "ReadWriteMany"
	}
	size := map[string]any{"storage": fmt.Sprintf("%dGi", v.gib)}
	csi := map[string]any{"driver": o.provisioner, "volumeHandle": v.handle}
	if v.fsType != "" && !v.block {
		csi["fsType"] = v.fsType
	}
	if len(v.attributes) > 0 {
		csi["volumeAttributes"] = v.attributes
	}
	spec := map[string]any{
		"accessModes": []any{access}, "capacity": size, "csi": csi, "volumeMode": mode, "storageClassName": class,
		// A volume that was there before goes with nothing of Kubernetes.
		"persistentVolumeReclaimPolicy": reclaimRetain,
		"claimRef":                      map[string]any{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": v.namespace, "name": v.name},
	}
	if len(v.mountOptions) > 0 && !v.block {
		spec["mountOptions"] = v.mountOptions
	}
	if v.zone != "" {
		spec["nodeAffinity"] = inZone(v.zone)
	}
	name := v.namespace + "." + v.name // namespaces have no dots
	return []kube.Object{
		kube.New("v1", "PersistentVolume", "", name, map[string]any{"spec": spec}),
		kube.New("v1", "PersistentVolumeClaim", v.namespace, v.name, map[string]any{"spec": map[string]any{
			"accessModes": []any{access}, "resources": map[string]any{"requests": size}, "volumeMode": mode,
			"storageClassName": class, "volumeName": name,
		}}),
	}
}

// inZone is the affinity of a volume to the nodes of its zone.
func inZone(zone string) map[string]any {
	return map[string]any{"required": map[string]any{"nodeSelectorTerms": []any{map[string]any{"matchExpressions": []any{
		map[string]any{"key": "topology.kubernetes.io/zone", "operator": "In", "values": []any{zone}},
	}}}}}
}
