package tenants_test

import (
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What the document shows has no problem.
func TestDocumentedTenants(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/tenants.md")
	require.NoError(t, err)
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		example, _, _ := strings.Cut(block, "```")
		var shown struct {
			Tenants map[string]tenants.Tenant `json:"tenants"`
		}
		require.NoError(t, yaml.UnmarshalStrict([]byte(example), &shown))
		require.NotEmpty(t, shown.Tenants)
		args := argsOf()
		args.Tenants = shown.Tenants
		assert.Empty(t, tenants.Validate(args), example)
	}
}
