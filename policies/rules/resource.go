package rules

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Resource is what a rule sees of one resource.
type Resource struct {
	// Type is its type.
	Type Type
	// Name is its logical name.
	Name string
	// Inputs are its properties.
	Inputs Value
	// KubernetesVersion is the minor of the cluster that it is meant for, such as
	// "1.35"; empty for the latest that is known.
	KubernetesVersion string
}

// NewResource makes a Resource of what an engine sends.
func NewResource(token, name string, inputs property.Map, kubernetesVersion string) Resource {
	return Resource{Type: ParseType(token), Name: name, Inputs: NewValue(property.New(inputs)), KubernetesVersion: kubernetesVersion}
}

// Subject names the resource as its reader knows it: "Deployment shop/web", or
// the type and logical name where it is no Kubernetes object.
func (r Resource) Subject() string {
	if !r.Type.Kubernetes() {
		return r.Type.Token + " " + r.Name
	}
	metadata := r.Inputs.Get("metadata")
	name := r.Name
	if given := shown(metadata.Get("name")); given != "" {
		name = given
	}
	if namespace := shown(metadata.Get("namespace")); namespace != "" {
		name = namespace + "/" + name
	}
	return r.Type.Kind + " " + name
}

// shown is a text that may stand in a message; empty where there is none.
func shown(v Value) string {
	if v.Secret() {
		return "[secret]"
	}
	text, _ := v.Text()
	return text
}

// Type is a resource's type, taken apart.
type Type struct {
	// Token is the whole type token.
	Token string
	// Group, Version and Kind are those of a Kubernetes object; the core group is "".
	Group, Version, Kind string
	// Patch is set for server-side apply patches, which hold only what they set.
	Patch bool
}

// ParseType takes a type token apart: kubernetes:apps/v1:Deployment has group
// apps, version v1 and kind Deployment.
func ParseType(token string) Type {
	t := Type{Token: token}
	parts := strings.Split(token, ":")
	if len(parts) != 3 || parts[0] != "kubernetes" {
		return t
	}
	group, version, found := strings.Cut(parts[1], "/")
	if !found {
		return t
	}
	if group == "core" {
		group = ""
	}
	t.Group, t.Version, t.Kind = group, version, parts[2]
	t.Kind, t.Patch = strings.CutSuffix(t.Kind, "Patch")
	return t
}

// Kubernetes tells whether the resource is a Kubernetes object.
func (t Type) Kubernetes() bool { return t.Kind != "" }
