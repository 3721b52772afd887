package stacks_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each CNI is another plan: other add-ons, other nodes, other objects.
func TestChoiceOfCNI(t *testing.T) {
	t.Parallel()
	notReady := map[string]any{"key": "node.cilium.io/agent-not-ready", "value": "true", "effect": "NO_EXECUTE"}
	for plugin, want := range map[string]struct {
		addons  []string
		taints  any
		pods    string
		objects []string
	}{
		"aws":    {[]string{"coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"}, nil, "maxPods: 29", nil},
		"cilium": {[]string{"coredns", "eks-pod-identity-agent"}, []any{notReady}, "maxPods: 110", []string{"kubernetes:core/v1:ConfigMap stg-api-server-endpoint"}},
		"calico": {[]string{"coredns", "eks-pod-identity-agent"}, nil, "maxPods: 110", []string{
			"kubernetes:core/v1:ConfigMap stg-kubernetes-services-endpoint", "kubernetes:core/v1:Namespace stg-tigera-operator",
		}},
	} {
		t.Run(plugin, func(t *testing.T) {
			t.Parallel()
			tree := valid("stg")
			tree["name"], tree["cni"] = "stg", object{"plugin": plugin}
			r, err := run(t, tree, "2026-11-01")
			require.NoError(t, err)
			var addons, objects []string
			for _, addon := range r.OfType("aws:eks/addon:Addon") {
				addons = append(addons, addon.Inputs["addonName"].(string))
			}
			for _, kind := range []string{"ConfigMap", "Namespace"} {
				for _, made := range r.OfType("kubernetes:core/v1:" + kind) {
					objects = append(objects, "kubernetes:core/v1:"+kind+" "+made.Name)
				}
			}
			slices.Sort(addons)
			assert.Equal(t, want.addons, addons)
			assert.Equal(t, want.objects, objects)
			group := r.Get("aws:eks/nodeGroup:NodeGroup", "stg-general")
			assert.Equal(t, want.taints, group.Inputs["taints"])
			assert.Contains(t, userData(t, r, "stg-general"), want.pods)
		})
	}
}

// userData is what a group's nodes are told.
func userData(t *testing.T, r *recorder.Recorder, name string) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(r.Get("aws:ec2/launchTemplate:LaunchTemplate", name).Inputs["userData"].(string))
	require.NoError(t, err)
	return string(text)
}
