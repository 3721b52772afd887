package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every minor has versions of every add-on, each once, and a kube-proxy of its own.
func TestEveryMinorHasItsAddons(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`)
	for _, minor := range catalog.KubernetesVersions() {
		for _, addon := range catalog.Addons() {
			versions := catalog.AddonVersions(addon, minor)
			require.NotEmpty(t, versions, "%s for %s", addon, minor)
			assert.Len(t, slices.Compact(slices.Sorted(slices.Values(versions))), len(versions), "%s for %s", addon, minor)
			for _, version := range versions {
				assert.Regexp(t, form, version)
				assert.True(t, addon != "kube-proxy" || strings.HasPrefix(version, "v"+minor+"."), "%s for %s", version, minor)
			}
		}
	}
	assert.Empty(t, catalog.AddonVersions("coredns", "1.20"))
}
