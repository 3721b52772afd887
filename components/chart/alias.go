package chart

import (
	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// served are the versions of kinds by "group/Kind", as the chart's CRDs name them.
type served map[string][]string

func versions(objects []Object) served {
	found := served{}
	for _, o := range objects {
		if o.Kind != crdKind {
			continue
		}
		spec, _ := o.Body["spec"].(map[string]any)
		names, _ := spec["names"].(map[string]any)
		group, _ := spec["group"].(string)
		kind, _ := names["kind"].(string)
		list, _ := spec["versions"].([]any)
		for _, entry := range list {
			version, _ := entry.(map[string]any)
			if name, isText := version["name"].(string); isText {
				found[group+"/"+kind] = append(found[group+"/"+kind], group+"/"+name)
			}
		}
	}
	return found
}

// of are the other versions of the object's kind as aliases: a chart that moves to
// another version of an API changes its object and doesn't replace it.
func (s served) of(o Object) []pulumi.ResourceOption {
	all := append(catalog.VersionsOf(o.Group(), o.Kind), s[o.Group()+"/"+o.Kind]...)
	var aliases []pulumi.Alias
	for _, version := range all {
		if version != o.APIVersion {
			aliases = append(aliases, pulumi.Alias{Type: pulumi.String(kube.Token(version, o.Kind))})
		}
	}
	if len(aliases) == 0 {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.Aliases(aliases)}
}
