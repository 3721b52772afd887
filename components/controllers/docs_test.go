package controllers_test

import (
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What the document shows as controllers is without a problem, and every chart is in it.
func TestDocumentedControllers(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/controllers.md")
	require.NoError(t, err)
	shown := 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(example, "controllers:") {
			continue
		}
		var config struct {
			Controllers controllers.Spec `json:"controllers"`
		}
		require.NoError(t, yaml.UnmarshalStrict([]byte(example), &config), example)
		assert.Empty(t, problems(config.Controllers), example)
		shown++
	}
	assert.GreaterOrEqual(t, shown, 5)
	for _, name := range []string{controllers.IssuerACME, controllers.IssuerPrivate} {
		assert.Contains(t, string(text), "| `"+name+"` | `ClusterIssuer` |")
	}
	for _, chart := range defaults(full(), 1).Charts() {
		assert.Contains(t, string(text), "| "+chart.Name+" |")
	}
}
