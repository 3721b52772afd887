package kubefake

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// judgeObject judges what every object has: its kind and its metadata.
func judgeObject(k kind, in resource.PropertyMap) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	add := func(at string, problems ...string) {
		for _, problem := range problems {
			failures = append(failures, plugin.CheckFailure{Reason: at + ": " + problem})
		}
	}
	if version := props.String(in, "apiVersion"); version != "" && version != k.apiVersion() {
		add("apiVersion", fmt.Sprintf("expected %q, as the resource's type says, got %q", k.apiVersion(), version))
	}
	if name := props.String(in, "kind"); name != "" && name != k.name {
		add("kind", fmt.Sprintf("expected %q, as the resource's type says, got %q", k.name, name))
	}
	metadata, given := in["metadata"]
	if given && !metadata.IsObject() && !props.IsUnknown(metadata) {
		add("metadata", "expected an object, got "+metadata.TypeString())
	}
	if name := props.String(in, "metadata", "name"); name != "" {
		add("metadata.name", k.judgeName(name)...)
	}
	if namespace := props.String(in, "metadata", "namespace"); namespace != "" {
		add("metadata.namespace", validation.IsDNS1123Label(namespace)...)
		if clusterScoped[k.group+"/"+k.name] {
			add("metadata.namespace", k.name+" objects live in no namespace")
		}
	}
	for _, key := range texts(in, "metadata", "labels") {
		add("metadata.labels["+key.name+"]", append(content.IsLabelKey(key.name), content.IsLabelValue(key.value)...)...)
	}
	for _, key := range texts(in, "metadata", "annotations") {
		add("metadata.annotations["+key.name+"]", content.IsLabelKey(strings.ToLower(key.name))...)
	}
	return failures
}

// judgeName: most names are DNS subdomains, RBAC names are path segments.
func (k kind) judgeName(name string) []string {
	if k.group == "rbac.authorization.k8s.io" {
		return content.IsPathSegmentName(name)
	}
	if k.group == "" && k.name == "Namespace" {
		return validation.IsDNS1123Label(name)
	}
	return validation.IsDNS1123Subdomain(name)
}

type entry struct{ name, value string }

// texts lists the known entries of a map of strings; what is no string is
// listed with a value that no rule accepts.
func texts(in resource.PropertyMap, at ...string) []entry {
	m, found := props.Get(in, at...)
	if !found || !m.IsObject() {
		return nil
	}
	var entries []entry
	for _, key := range props.SortedKeys(m.ObjectValue()) {
		switch value := m.ObjectValue()[key]; {
		case value.IsString():
			entries = append(entries, entry{string(key), value.StringValue()})
		case !props.IsUnknown(value):
			entries = append(entries, entry{string(key), "not a string: " + value.TypeString()})
		}
	}
	return entries
}
