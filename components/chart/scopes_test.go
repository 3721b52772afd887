package chart

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const upstream = "../../../shared/charts"

// The table of kinds without a namespace is that of the CRDs that the charts bring.
func TestScopesAreUpstreams(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(upstream, "*", "crds", "*"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("no upstream CRDs in %s", upstream)
	}
	kinds := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, document := range documents(string(text)) {
			body, err := decode(document)
			spec, isObject := body["spec"].(map[string]any)
			if err != nil || !isObject || spec["scope"] == nil {
				continue
			}
			names, _ := spec["names"].(map[string]any)
			group, _ := spec["group"].(string)
			kind, _ := names["kind"].(string)
			kinds++
			assert.Equal(t, spec["scope"] == "Namespaced", scopes{}.namespaced(Object{APIVersion: group + "/v1", Kind: kind}), "%s %s", file, kind)
		}
	}
	assert.Greater(t, kinds, 150)
}
