package stacks

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of profiles in docs/config.md is written by hand, so that it can say
// more than the code; its figures are these.
func TestDocumentedProfiles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/config.md")
	require.NoError(t, err)
	row := func(what string, of func(traits) any) string {
		return fmt.Sprintf("| %s | %v | %v | %v |\n", what, of(profiles[Dev]), of(profiles[Stg]), of(profiles[Prd]))
	}
	for _, want := range []string{
		row("`network.nat`", func(t traits) any { return t.nat }),
		row("`network.flowLogs.to`", func(t traits) any { return t.flowLogs }),
		row("`network.budget.growthPercent`", func(t traits) any { return t.growthPercent }),
		row("`network.budget.upgrades`", func(t traits) any { return strings.Join(t.upgrades, ", ") }),
		row("`cluster.logRetentionDays`, `network.flowLogs.retentionDays`", func(t traits) any { return t.logRetentionDays }),
		row("`cluster.keyDeletionDays`", func(t traits) any { return t.keyDeletionDays }),
		row("`cluster.protect`", func(t traits) any { return t.protect }),
		row("`cluster.zonalShift`", func(t traits) any { return t.zonalShift }),
		row("`nodeSecurity.group`", func(t traits) any { return t.nodeSecurity }),
		row("`nodeGroups.*.capacityType`", func(t traits) any { return t.capacityType }),
		row("`nodeGroups.*.min`", func(t traits) any { return t.minNodes }),
		row("zones, at least", func(t traits) any { return t.zones }),
		row("sum of the groups' min, at least", func(t traits) any { return t.nodes }),
	} {
		assert.Contains(t, string(text), want)
	}
	assert.True(t, profiles[Prd].closed && !profiles[Stg].closed && !profiles[Dev].closed)
}
