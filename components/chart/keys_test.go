package chart

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

// A chart knows all keys of its own values.yaml, and no other beside one of them.
func TestChartsKnowTheirOwnValues(t *testing.T) {
	t.Parallel()
	dir, err := CacheDir()
	require.NoError(t, err)
	source := NewCache(dir, nil, nil)
	checked := 0
	for _, row := range catalog.Charts() {
		files, err := source.Open(row)
		if errors.Is(err, ErrMissing) {
			continue
		}
		require.NoError(t, err)
		spec := Spec{Chart: row, Kubernetes: catalog.KubernetesDefault}
		c, err := load(spec, files)
		require.NoError(t, err, row.Name)
		for _, file := range files {
			if file.Name == "values.yaml" {
				spec.Values.User, err = loader.LoadValues(bytes.NewReader(file.Data))
				require.NoError(t, err, row.Name)
			}
		}
		assert.Empty(t, unknownKeys(spec, c), row.Name)
		if len(spec.Values.User) > 0 {
			spec.Values.User["noSuchKeyInThere"] = 1
			assert.Len(t, unknownKeys(spec, c), 1, row.Name)
		}
		checked++
	}
	if checked == 0 {
		t.Skip("no chart of the catalogue is in the cache: 'make charts' gets them")
	}
}

// What Kubernetes itself takes is known wherever a chart takes it, and nothing else is.
func TestPartsOfKubernetesAreKnown(t *testing.T) {
	t.Parallel()
	for path, known := range map[string]bool{
		"resources.limits": true, "web.resources.requests": true, "podSecurityContext.fsGroup": true, "controller.securityContext.seccompProfile": true,
		"resources.limit": false, "securityContext.runAsRoot": false, "web.limits": false, "limits": false,
	} {
		key := path[strings.LastIndex(path, ".")+1:]
		assert.Equal(t, known, slices.Contains(partsOf(parent(path)), key), path)
	}
}
