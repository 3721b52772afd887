package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// From the deployed state each step of a blue/green upgrade has just its difference.
func TestBlueGreenSteps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	step := "blue"
	r := open(t, "dev", changed(func(c *stacks.Config) {
		c.Network.Budget.Upgrades = []string{"rolling", "blueGreen"}
		general := c.NodeGroups["general"]
		general.Version = "1.34"
		general.BlueGreen = &nodegroups.BlueGreen{Step: step, Green: nodegroups.Green{Version: "1.35"}}
		c.NodeGroups["general"] = general
	}))
	_, err := r.Up(ctx)
	require.NoError(t, err)

	step = "green"
	_, err = r.Preview(ctx)
	require.Error(t, err)
	assert.Contains(t, r.output.String(), "nodeGroups.general.blueGreen.step: goes from blue to green; deploy both first")

	for _, next := range []struct {
		step string
		want []string
	}{
		{"both", []string{"create LaunchTemplate general-green", "create NodeGroup general-green"}},
		{"blueCordoned", []string{"update NodeGroup general"}},
		{"both", []string{"update NodeGroup general"}},
		{"blueCordoned", []string{"update NodeGroup general"}},
		{"green", []string{"delete LaunchTemplate general", "delete NodeGroup general"}},
		{"both", []string{"create LaunchTemplate general", "create NodeGroup general"}},
		{"greenCordoned", []string{"update NodeGroup general-green"}},
		{"blue", []string{"delete LaunchTemplate general-green", "delete NodeGroup general-green"}},
	} {
		step = next.step
		preview, err := r.Preview(ctx)
		require.NoError(t, err, step)
		var difference []string
		for _, res := range preview.Plan {
			if res.Custom && res.Operation != "same" {
				difference = append(difference, res.Operation+" "+res.Type[strings.LastIndex(res.Type, ":")+1:]+" "+res.Name[len("eks-platform-dev-"):])
			}
		}
		slices.Sort(difference)
		assert.Equal(t, next.want, difference, "to %s", step)
		_, err = r.Up(ctx)
		require.NoError(t, err, step)
	}
	require.NoError(t, r.Destroy(ctx))
	assert.Empty(t, r.world(t, "dev"))
}
