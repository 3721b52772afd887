package storage

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ClassesToken is the component's type.
const ClassesToken = "eksplatform:storage:Classes"

// ClassesArgs is what NewClasses needs.
type ClassesArgs struct {
	// Required. The AWS side of the classes.
	Storage *Storage
	// Required. The cluster whose pods use them.
	Cluster ref.Cluster
	// Optional. What must be there first: the charts of the drivers. Default nothing.
	After []pulumi.Resource
	// Optional. Tags, which the objects carry as labels. Default none.
	Tags map[string]string
}

// Classes is the component of what the cluster knows of storage: storage classes, classes
// of snapshots and of changes, and volumes that are there before their claims.
type Classes struct {
	pulumi.ResourceState
}

// NewClasses registers the objects of the classes; it needs a Kubernetes provider.
func NewClasses(ctx *pulumi.Context, name string, args *ClassesArgs, opts ...pulumi.ResourceOption) (*Classes, error) {
	if args == nil || args.Storage == nil {
		return nil, errors.New("storage classes: args with storage are required")
	}
	c := &Classes{}
	if err := ctx.RegisterComponentResourceV2(ClassesToken, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("storage classes %q: %w", name, err)
	}
	side := args.Storage
	for _, class := range slices.Sorted(maps.Keys(side.args.Classes)) {
		if err := args.register(ctx, name, c, class); err != nil {
			return nil, fmt.Errorf("storage classes %q: class %q: %w", name, class, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// register makes the objects of a class, one after the other.
func (a ClassesArgs) register(ctx *pulumi.Context, name string, parent pulumi.Resource, class string) error {
	side := a.Storage
	after := slices.Concat(a.After, side.made[class].ready)
	for _, object := range side.args.objects(class, side.made[class]) {
		made, err := kube.Register(ctx, logicalName(name, object), object, kube.Args{
			Parent: parent, Cluster: a.Cluster, Tags: a.Tags, After: slices.Clone(after),
		}, fixed(object)...)
		if err != nil {
			return fmt.Errorf("%s: %w", object["kind"], err)
		}
		after = append(after, made)
	}
	return nil
}

// logicalName is made of the object's own name. A slash is in no object's name.
func logicalName(name string, object kube.Object) string {
	meta := object["metadata"].(map[string]any)
	if namespace, has := meta["namespace"].(string); has {
		name += "/" + namespace
	}
	return name + "/" + meta["name"].(string)
}

// unchangeable are the fields that Kubernetes lets nobody change: another object takes the
// place of the first, which must be gone then, as they have one name. What the Kubernetes
// provider knows by itself is left out, which is the same for volumes and claims.
// Sources: https://github.com/kubernetes/api/blob/v0.37.2/storage/v1/types.go,
// https://github.com/pulumi/pulumi-kubernetes/blob/v4.30.0/provider/pkg/provider/diff.go
var unchangeable = map[string][]string{
	"StorageClass":          {"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"},
	"VolumeAttributesClass": {"parameters", "driverName"},
}

// fixed are the options of objects that can't be changed in place. A volume that has grown
// has another size in the cluster: the claim asks for it, and the driver writes it.
func fixed(object kube.Object) []pulumi.ResourceOption {
	kind, _ := object["kind"].(string)
	if fields := unchangeable[kind]; fields != nil {
		return []pulumi.ResourceOption{pulumi.ReplaceOnChanges(fields), pulumi.DeleteBeforeReplace(true)}
	}
	if kind == "PersistentVolume" {
		return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"spec.capacity"}), pulumi.DeleteBeforeReplace(true)}
	}
	return []pulumi.ResourceOption{pulumi.DeleteBeforeReplace(true)}
}

// objects are those of a class, in the order in which they are made.
func (a Args) objects(class string, made made) []kube.Object {
	c := a.Classes[class]
	is := c.kind()
	o := objectArgs{name: class, reclaim: c.reclaim(), isDefault: c.Default, provisioner: drivers[is.driver()].provisioner, made: made, args: a}
	return append(is.objects(o), o.snapshotClass(is)...)
}
