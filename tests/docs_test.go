package tests

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// What the documents show as configuration is configuration: laid over the
// development stack it has no problem.
func TestDocumentedConfigurations(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/nodes.md")
	require.NoError(t, err)
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		example, _, _ := strings.Cut(block, "```")
		var project struct{ Config map[string]map[string]any }
		stack, err := os.ReadFile("../Pulumi.dev.yaml")
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(stack, &project))
		platform := project.Config["eks-platform:platform"]
		shown := map[string]any{}
		require.NoError(t, yaml.Unmarshal([]byte(example), &shown), example)
		maps.Copy(platform, shown)
		written, err := json.Marshal(platform)
		require.NoError(t, err)
		_, problems := stacks.Parse(written, "docs")
		assert.Empty(t, problems, example)
	}
}
