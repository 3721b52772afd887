// Package kube registers Kubernetes objects as resources: one place decides their type,
// their labels, and whether they go with their cluster.
package kube

import (
	"maps"
	"reflect"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Object is a Kubernetes object as it is written: apiVersion, kind, metadata and the
// rest, plain data with outputs where something else decides a value.
type Object map[string]any

// ElementType is for the SDK.
func (Object) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }

// New is an object with its name; the namespace is empty for kinds without one.
func New(apiVersion, kind, namespace, name string, rest map[string]any) Object {
	meta := map[string]any{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	object := Object{"apiVersion": apiVersion, "kind": kind, "metadata": meta}
	maps.Copy(object, rest)
	return object
}

// With adds labels and annotations of the object's own.
func (o Object) With(labels, annotations map[string]string) Object {
	changed, meta := maps.Clone(o), maps.Clone(o.metadata())
	for field, texts := range map[string]map[string]string{"labels": labels, "annotations": annotations} {
		own, _ := meta[field].(map[string]any)
		if merged := under(own, texts); len(merged) > 0 {
			meta[field] = merged
		}
	}
	changed["metadata"] = meta
	return changed
}

func (o Object) text(key string) string {
	text, _ := o[key].(string)
	return text
}

func (o Object) metadata() map[string]any {
	meta, _ := o["metadata"].(map[string]any)
	return meta
}

// Token is the type that the Kubernetes provider knows a kind by.
func Token(apiVersion, kind string) string {
	if !strings.Contains(apiVersion, "/") {
		apiVersion = "core/" + apiVersion
	}
	return "kubernetes:" + apiVersion + ":" + kind
}

// Args is what Register needs besides the object.
type Args struct {
	// Required. The component that makes the object.
	Parent pulumi.Resource
	// Required. The cluster that the object is in, and goes with.
	Cluster ref.Cluster
	// Optional. The stack's tags, which the object carries as labels; Labels says what
	// becomes of tags that can't be one. Labels of the object's own stay. Default none.
	Tags map[string]string
	// Optional. What must be there first. Default nothing.
	After []pulumi.Resource
	// Optional. How long the object may take to be ready or gone, such as "15m". Default
	// the provider's: 10 minutes.
	Timeout string
	// Optional. Makes the object without waiting until it is ready. Default false.
	NoWait bool
	// Optional. Changes an object that something else in the cluster makes, or makes it
	// first: only what the object says, against whoever else says it. Once the resource
	// goes, the object stays as if it had never said so. Default false.
	Patch bool
	// Optional. Says that what is in the object may hold something in AWS, so that it must
	// be deleted while controllers run, as a namespace of others' objects. Default false:
	// the kind decides.
	FreesAWS bool
}

// skipAwait makes the provider wait for nothing.
// Source: https://www.pulumi.com/registry/packages/kubernetes/api-docs/apps/v1/deployment/
const skipAwait = "pulumi.com/skipAwait"

// A kind with patchSuffix changes an object that is there already, which the kind alone
// refuses; patchForce takes fields over from other managers.
// Source: https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
const (
	patchSuffix = "Patch"
	patchForce  = "pulumi.com/patchForce"
)

// Register makes the object; it needs a Kubernetes provider.
func Register(ctx *pulumi.Context, name string, o Object, args Args, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	labels, annotations, _ := Labels(args.Tags)
	if args.NoWait {
		annotations[skipAwait] = "true"
	}
	token := Token(o.text("apiVersion"), o.text("kind"))
	if args.Patch {
		token += patchSuffix
		annotations[patchForce] = "true"
	}
	made := &pulumi.CustomResourceState{}
	options := append([]pulumi.ResourceOption{pulumi.Parent(args.Parent), pulumi.DependsOn(args.After)}, args.options(o)...)
	return made, ctx.RegisterResource(token, name, o.With(labels, annotations).sealed(), made, append(options, opts...)...)
}

// options are those that the object decides.
func (a Args) options(o Object) []pulumi.ResourceOption {
	var options []pulumi.ResourceOption
	if a.Cluster.Resource != nil && !a.FreesAWS && !o.freesAWS() {
		options = append(options, pulumi.DeletedWith(a.Cluster.Resource))
	}
	if o.stays() {
		options = append(options, pulumi.RetainOnDelete(true))
	}
	if a.Timeout != "" {
		options = append(options, pulumi.Timeouts(&pulumi.CustomTimeouts{Create: a.Timeout, Update: a.Timeout, Delete: a.Timeout}))
	}
	if o.isSecret() {
		options = append(options, pulumi.AdditionalSecretOutputs(secretFields))
	}
	return options
}

var secretFields = []string{"data", "stringData"}

func (o Object) isSecret() bool { return o.text("apiVersion") == "v1" && o.text("kind") == "Secret" }

// sealed marks what a Secret holds as secret.
func (o Object) sealed() Object {
	for _, field := range secretFields {
		if value, has := o[field]; has && o.isSecret() {
			o[field] = pulumi.ToSecret(value)
		}
	}
	return o
}

// under adds texts to what is there, which stays.
func under(own map[string]any, texts map[string]string) map[string]any {
	merged := make(map[string]any, len(own)+len(texts))
	for key, value := range texts {
		merged[key] = value
	}
	maps.Copy(merged, own)
	return merged
}
