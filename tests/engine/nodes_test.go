package engine_test

import (
	"context"
	"testing"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/cni"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/nodesecurity"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Groups of every kind, the example of docs/nodes.md among them (t3.medium, 1 to 4 nodes,
// 3 at the start, an SSH key): made, the same at the second look, gone without a rest.
func TestNodesOfEveryKind(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	groups := map[string]nodegroups.Group{
		"al-nodes": {Kind: ipplan.SelfManaged, InstanceTypes: []string{"t3.medium"}, Min: new(1), Desired: new(3), Max: new(4), SSHKey: "operators"},
		"ubuntu":   {Kind: ipplan.SelfManaged, InstanceTypes: []string{"m7g.large"}, AMIType: "UBUNTU_24_04_ARM_64", CapacityType: "MIXED"},
		"own":      {InstanceTypes: []string{"m7i.large"}, AMIID: "ami-0123456789abcdef0"},
		"windows":  {InstanceTypes: []string{"m7i.large"}, AMIType: "WINDOWS_CORE_2022_x86_64"},
		"data":     {InstanceTypes: []string{"r7i.large"}, PerZone: true},
		"batch":    {Kind: ipplan.Fargate, Selectors: []nodegroups.Selector{{Namespace: "batch"}}},
	}
	r := open(t, "dev", changed(func(c *stacks.Config) {
		c.NodeSecurity = nodesecurity.Spec{Group: nodesecurity.GroupOwn}
		for name, group := range groups {
			c.NodeGroups[name] = group.WithDefaults()
		}
	}))
	_, err := r.Up(ctx)
	require.NoError(t, err)
	held := r.world(t, "dev")
	for _, want := range []string{
		"aws:autoscaling/group:Group eks-platform-dev-al-nodes",
		"aws:autoscaling/group:Group eks-platform-dev-ubuntu",
		"aws:eks/nodeGroup:NodeGroup eks-platform-dev-general",
		"aws:eks/nodeGroup:NodeGroup eks-platform-dev-own",
		"aws:eks/nodeGroup:NodeGroup eks-platform-dev-windows",
		"aws:eks/nodeGroup:NodeGroup eks-platform-dev-data-a",
		"aws:eks/nodeGroup:NodeGroup eks-platform-dev-data-c",
		"aws:eks/fargateProfile:FargateProfile eks-platform-dev-batch",
		"aws:eks/accessEntry:AccessEntry eks-platform-dev-self",
	} {
		assert.Contains(t, held, want)
	}
	preview, err := r.Preview(ctx)
	require.NoError(t, err)
	for _, res := range preview.Plan {
		assert.Equal(t, "same", res.Operation, res.URN)
	}

	// A new image of a self-managed group is a new version of its template, and the
	// group follows; nothing else changes.
	al := groups["al-nodes"]
	al.AMIRelease = "1.35.4-20261001"
	groups["al-nodes"] = al
	preview, err = r.Preview(ctx)
	require.NoError(t, err)
	changes := map[string]string{}
	for _, res := range preview.Plan {
		if res.Operation != "same" {
			changes[res.Type+" "+res.Name] = res.Operation
		}
	}
	assert.Equal(t, map[string]string{
		"aws:ec2/launchTemplate:LaunchTemplate eks-platform-dev-al-nodes": "update",
		"aws:autoscaling/group:Group eks-platform-dev-al-nodes":           "update",
	}, changes)

	require.NoError(t, r.Destroy(ctx))
	assert.Empty(t, r.world(t, "dev"), "nothing is left over")
}

// A cluster with another CNI: made, the same at the second look, gone without a rest.
func TestOverlayNetworks(t *testing.T) {
	t.Parallel()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	charts := stacks.Charts{Source: chart.NewCache(dir, nil, nil), ShowMissing: true}
	for _, plugin := range []string{ipplan.PluginCilium, ipplan.PluginCalico} {
		t.Run(plugin, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			r := open(t, "dev", changed(func(c *stacks.Config) {
				c.CNI = cni.Spec{CNI: ipplan.CNI{Plugin: plugin}}.WithDefaults()
				c.Charts = charts
			}))
			_, err := r.Up(ctx)
			require.NoError(t, err)
			for _, held := range r.world(t, "dev") {
				assert.NotContains(t, held, "vpc-cni")
				assert.NotContains(t, held, "kube-proxy")
			}
			preview, err := r.Preview(ctx)
			require.NoError(t, err)
			for _, res := range preview.Plan {
				assert.Equal(t, "same", res.Operation, res.URN)
			}
			require.NoError(t, r.Destroy(ctx))
			assert.Empty(t, r.world(t, "dev"), "nothing is left over")
		})
	}
}
