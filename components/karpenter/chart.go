package karpenter

import (
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Chart is how Karpenter's own chart is installed, with so many replicas, in a cluster
// that has what New makes. Its definitions are in it.
func (a Args) Chart(replicas int) ref.Chart {
	full := a.withDefaults()
	settings := map[string]any{
		"clusterName":       full.Cluster.Name,
		"interruptionQueue": QueueName(full.Cluster.Name),
		"eksControlPlane":   true,
		"enableZonalShift":  full.ZonalShift,
	}
	if len(full.Network.Pods) > 0 {
		settings["reservedENIs"] = "1" // custom networking leaves the node's first interface out
	}
	return ref.Chart{Name: "karpenter", Namespace: full.Namespace, Profile: map[string]any{"replicas": replicas}, Values: map[string]any{
		"serviceAccount": map[string]any{"create": true, "name": full.ServiceAccount, "annotations": irsa.Annotations(full.Cluster, workload)},
		"settings":       settings,
		// Source: https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
		"controller": map[string]any{"resources": map[string]any{
			"requests": map[string]any{"cpu": "1", "memory": "1Gi"}, "limits": map[string]any{"cpu": "1", "memory": "1Gi"},
		}},
	}}
}
