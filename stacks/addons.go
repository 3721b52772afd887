package stacks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/addons"
	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
)

// addonVersions are the versions of some managed add-ons: what the configuration says,
// or the catalogue's for the add-ons' minor.
func (c Config) addonVersions(names []string) map[string]string {
	versions := map[string]string{}
	for _, name := range names {
		version := cmp.Or(c.UnlistedAddonVersions[name], c.AddonVersions[name])
		if listed := catalog.AddonVersions(name, c.AddonsMinor); version == "" && len(listed) > 0 {
			version = listed[0]
		}
		if version != "" {
			versions[name] = version
		}
	}
	return versions
}

// validateAddons refuses versions of add-ons that are not the catalogue's for their
// minor, unless the configuration says that they are unlisted, and a minor that the
// control plane does not go with.
func (c Config) validateAddons(list *problem.List) {
	installed := c.CNI.Plan().Keeps(catalog.Addons())
	if c.AddonsMinor != c.Cluster.Version {
		problem.OneOf(list, "addonsMinor", c.AddonsMinor, catalog.KubernetesVersions()...)
	}
	upgrade.CheckSkew(list, "addonsMinor", c.Cluster.Version, c.AddonsMinor)
	list.Under("addonVersions", addons.ValidateVersions(c.AddonVersions, installed))
	list.Under("unlistedAddonVersions", addons.ValidateVersions(c.UnlistedAddonVersions, installed))
	for _, name := range slices.Sorted(maps.Keys(c.AddonVersions)) {
		path, listed := problem.Join("addonVersions", name), catalog.AddonVersions(name, c.AddonsMinor)
		if _, twice := c.UnlistedAddonVersions[name]; twice {
			list.Add(path, "is in unlistedAddonVersions, too", "remove one of them")
		}
		if !list.Has(path) && !slices.Contains(listed, c.AddonVersions[name]) {
			list.Addf(path, "use one of "+strings.Join(listed, ", ")+", or write it in unlistedAddonVersions",
				"%s is not among the versions that the catalogue lists for Kubernetes %s", c.AddonVersions[name], c.AddonsMinor)
		}
	}
}
