package storage_test

import (
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What the document shows as classes are classes without a problem.
func TestDocumentedClasses(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/storage.md")
	require.NoError(t, err)
	shown := 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(example, "storage:") {
			continue
		}
		var config struct {
			Storage classes `json:"storage"`
		}
		require.NoError(t, yaml.UnmarshalStrict([]byte(example), &config), example)
		assert.Empty(t, storage.Validate(config.Storage), example)
		shown++
	}
	assert.GreaterOrEqual(t, shown, 4)
}
