package tests

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each chart of each stack has the values that a person has reviewed, whether or not the
// chart itself is there: go test ./tests -update writes them anew.
func TestChartValues(t *testing.T) {
	t.Parallel()
	for _, stack := range append(slices.Clone(allStacks), everything) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{}
			for _, made := range record(t, stack).OfType(chart.Token) {
				values[made.Inputs["chart"].(string)] = made.Inputs
			}
			require.NotEmpty(t, values)
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			require.NoError(t, encoder.Encode(values))
			file := filepath.Join("testdata", "charts-"+strings.TrimSuffix(filepath.Base(stack), ".yaml")+".json")
			if *update {
				require.NoError(t, os.WriteFile(file, got.Bytes(), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got.String(), "run `go test ./tests -update` and read the difference")
		})
	}
}
