package cni

import (
	"github.com/megazonecloud/eks-platform/components/ipplan"
)

// Chart is how a CNI is installed that is no managed add-on: the chart's name in its
// own repository, its namespace, and the values on which the plan rests.
type Chart struct {
	// Name is the chart's name.
	Name string
	// Namespace is where it is installed.
	Namespace string
	// Values are its values.
	Values map[string]any
}

// The API server's address reaches CNIs that do kube-proxy's work in a ConfigMap: no
// Service works before they do, and the address is not known before there is a cluster.
var endpointMaps = map[string]struct{ namespace, name, host, port string }{
	ipplan.PluginCilium: {"kube-system", "api-server-endpoint", "host", "port"},
	// Source: https://docs.tigera.io/calico/latest/operations/ebpf/install
	ipplan.PluginCalico: {"tigera-operator", "kubernetes-services-endpoint", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"},
}

const apiServerPort = "443"

// Chart is the chart of this choice, with so many replicas of its controllers; nil
// where the CNI is a managed add-on.
func (s Spec) Chart(replicas int) *Chart {
	switch s.Plugin {
	case ipplan.PluginCilium:
		return &Chart{Name: "cilium", Namespace: endpointMaps[s.Plugin].namespace, Values: s.ciliumValues(replicas)}
	case ipplan.PluginCalico:
		return &Chart{Name: "tigera-operator", Namespace: endpointMaps[s.Plugin].namespace, Values: s.calicoValues(replicas)}
	default:
		return nil
	}
}

// ciliumValues are an overlay network in which Cilium does kube-proxy's work.
// Source: https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/
func (s Spec) ciliumValues(replicas int) map[string]any {
	endpoint := endpointMaps[s.Plugin]
	return map[string]any{
		"ipam": map[string]any{"mode": "cluster-pool", "operator": map[string]any{
			"clusterPoolIPv4PodCIDRList": []any{s.PodCIDR}, "clusterPoolIPv4MaskSize": ipplan.CiliumBlockBits,
		}},
		"routingMode":          "tunnel",
		"tunnelProtocol":       "vxlan",
		"kubeProxyReplacement": true,
		"k8sServiceHostRef":    map[string]any{"name": endpoint.name, "key": endpoint.host},
		"k8sServicePort":       apiServerPort,
		"operator":             map[string]any{"replicas": replicas},
		// A job makes the certificates, so that the chart renders the same text twice.
		"hubble": map[string]any{"tls": map[string]any{"auto": map[string]any{"method": "cronJob"}}},
	}
}

// calicoValues are an overlay network with Calico's eBPF data plane, which takes no
// other encapsulation than VXLAN. DNS is the VPC's: the cluster's comes later.
// Source: https://docs.tigera.io/calico/latest/getting-started/kubernetes/managed-public-cloud/eks
func (s Spec) calicoValues(replicas int) map[string]any {
	return map[string]any{
		"installation": map[string]any{
			"enabled":              true,
			"kubernetesProvider":   "EKS",
			"controlPlaneReplicas": replicas,
			"cni":                  map[string]any{"type": "Calico"},
			"calicoNetwork": map[string]any{
				"bgp":            "Disabled",
				"linuxDataplane": "BPF",
				"ipPools": []any{map[string]any{
					"cidr": s.PodCIDR, "blockSize": ipplan.CalicoBlockBits, "encapsulation": "VXLAN", "natOutgoing": "Enabled", "nodeSelector": "all()",
				}},
			},
		},
		"dnsConfig": map[string]any{"nameservers": []any{"169.254.169.253"}},
	}
}
