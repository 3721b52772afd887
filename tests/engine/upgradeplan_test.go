package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each step of an upgrade plan, deployed in turn, changes what the plan says and
// nothing else.
func TestUpgradePlanStepByStep(t *testing.T) {
	t.Parallel()
	ctx, day := context.Background(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var start, state *stacks.Config
	r := open(t, "dev", changed(func(c *stacks.Config) {
		c.Day = day
		c.Network.Budget.Upgrades = []string{"rolling", "blueGreen"}
		c.NodeGroups["batch"] = nodegroups.Group{InstanceTypes: []string{"m7i.large"}, BlueGreen: &nodegroups.BlueGreen{Step: "blue"}}.WithDefaults()
		if start == nil {
			copied := *c
			start = &copied
		}
		if state != nil {
			*c = *state
		}
	}))
	_, err := r.Up(ctx)
	require.NoError(t, err)

	const group, template = "aws:eks/nodeGroup:NodeGroup ", "aws:ec2/launchTemplate:LaunchTemplate "
	want := map[string]map[string]string{
		"Control plane to 1.36": {"aws:eks/cluster:Cluster eks-platform-dev-eksCluster": "update"},
		"Nodes of batch to 1.36: both": {
			group + "eks-platform-dev-batch-green": "create", template + "eks-platform-dev-batch-green": "create",
		},
		"Nodes of batch to 1.36: blueCordoned": {group + "eks-platform-dev-batch": "update"},
		"Nodes of batch to 1.36: green": {
			group + "eks-platform-dev-batch": "delete", template + "eks-platform-dev-batch": "delete",
		},
		"Nodes of general to 1.36": {group + "eks-platform-dev-general": "update"},
		"Add-ons to those of 1.36": {
			"aws:eks/addon:Addon eks-platform-dev-before-nodes-kube-proxy": "update",
			"aws:eks/addon:Addon eks-platform-dev-after-nodes-coredns":     "update",
		},
	}
	plan, problems := start.UpgradePlan("1.36", nil, day)
	require.Empty(t, problems)
	require.False(t, plan.Blocked(), plan.Text())
	taken := 0
	for _, step := range plan.Steps {
		if len(step.Write) == 0 {
			continue
		}
		state = &step.Config
		preview, err := r.Preview(ctx)
		require.NoError(t, err)
		changes := map[string]string{}
		for _, res := range preview.Plan {
			if res.Custom && res.Operation != "same" && !strings.HasPrefix(res.Type, "pulumi:") {
				changes[res.Type+" "+res.Name] = res.Operation
			}
		}
		assert.Equal(t, want[step.Title], changes, step.Title)
		_, err = r.Up(ctx)
		require.NoError(t, err)
		taken++
	}
	assert.Equal(t, len(want), taken)
}
