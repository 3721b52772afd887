package cni

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/ipplan"
)

// Plan is what the choice of a CNI changes in the platform around it.
type Plan struct {
	// Replaces are the managed add-ons whose work the CNI does by itself.
	Replaces []string
	// StartupTaint keeps pods off a node until the CNI runs there and takes the taint
	// away; nil where Kubernetes' own not-ready taint does.
	StartupTaint *StartupTaint
}

// StartupTaint is a taint that nodes start with, of effect NoExecute.
type StartupTaint struct{ Key, Value string }

// plans are the CNIs. With Cilium, a pod that starts before the agent would get its
// address from what is left of another CNI; the agent removes the taint. Calico's nodes
// stay not ready until there is a CNI configuration.
// Sources: https://docs.cilium.io/en/stable/installation/taints/
// https://docs.tigera.io/calico/latest/operations/ebpf/install
var plans = map[string]Plan{
	ipplan.PluginAWS: {},
	ipplan.PluginCilium: {
		Replaces:     []string{Addon, kubeProxy},
		StartupTaint: &StartupTaint{Key: "node.cilium.io/agent-not-ready", Value: "true"},
	},
	ipplan.PluginCalico: {Replaces: []string{Addon, kubeProxy}},
}

const kubeProxy = "kube-proxy"

// Plan is what this choice changes.
func (s Spec) Plan() Plan { return plans[s.Plugin] }

// Keeps lists those of some managed add-ons that the cluster still needs.
func (p Plan) Keeps(addons []string) []string {
	return slices.DeleteFunc(slices.Clone(addons), func(name string) bool { return slices.Contains(p.Replaces, name) })
}
