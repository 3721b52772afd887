package ipplan_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the table of the example in docs/address-plan.md")

const page = "../../docs/address-plan.md"

// example is the plan that docs/address-plan.md works through.
func example() ipplan.Input {
	return input(func(in *ipplan.Input) {
		in.Network.Budget = ipplan.Budget{GrowthPercent: 50, Upgrades: []string{"rolling", "blueGreen"}}
		in.InterfaceEndpoints = 2
		in.SystemPodsPerNode = 3
	})
}

// The example's table in the docs is what the planner prints, and its figures are
// those that the text derives: go test ./components/ipplan -run Docs -update
// writes the table anew.
func TestTheExampleInTheDocs(t *testing.T) {
	t.Parallel()
	plan, problems := ipplan.New(example())
	require.Empty(t, problems)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	table := "    " + strings.ReplaceAll(strings.TrimSpace(plan.Table()), "\n", "\n    ")
	table = strings.ReplaceAll(table, "    \n", "\n")
	const before, after = "pods of the platform's own on every node.\n\n", "\n\n- A full m5.large"
	head, rest, found := strings.Cut(string(text), before)
	_, tail, ended := strings.Cut(rest, after)
	require.True(t, found && ended)
	want := head + before + table + after + tail
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "run `make docs`")
	for _, figure := range []string{"30", "9", "15", "18", "64", "124", "184", "214", "8187", "17", "6", "11"} {
		assert.Contains(t, tail, "**"+figure+"**")
		assert.Regexp(t, `\b`+figure+`\b`, table, "the table has it too")
	}
	assert.Contains(t, tail, "7973 are free")
	assert.Contains(t, table, "7973")
}

// What the page says of ranges, max pods and refusals, and how to check a node.
func TestTheFactsInTheDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	oneLine := strings.Join(strings.Fields(string(text)), " ")
	_, problems := ipplan.New(input(func(in *ipplan.Input) {
		in.Network.CIDR = "10.0.0.0/20"
		in.NodeGroups["general"] = ipplan.Group{InstanceTypes: []string{"m5.large"}, Max: 60}
	}))
	require.Len(t, problems, 1)
	assert.Contains(t, oneLine, problems[0].String())
	for _, want := range []string{
		"kubectl describe node <name> | grep -E 'pods|PrivateIPv4Address'", "aws ec2 describe-instance-types",
		"| 3 × (10 − 1) + 2 | 29 |", "| 2 × (10 − 1) + 2 | 20 |",
	} {
		assert.Contains(t, oneLine, want)
	}
}
