package cni

import (
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// The API server's address reaches CNIs that do kube-proxy's work in a ConfigMap: no
// Service works before they do, and the address is not known before there is a cluster.
var endpointMaps = map[string]struct{ namespace, name, host, port string }{
	ipplan.PluginCilium: {"kube-system", "api-server-endpoint", "host", "port"},
	// Source: https://docs.tigera.io/calico/latest/operations/ebpf/install
	ipplan.PluginCalico: {"tigera-operator", "kubernetes-services-endpoint", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"},
}

const apiServerPort = "443"

// Charts are the charts of this choice in the order in which they are installed, with so
// many replicas of their controllers; none where the CNI is a managed add-on.
func (s Spec) Charts(replicas int) []ref.Chart {
	namespace := endpointMaps[s.Plugin].namespace
	switch s.Plugin {
	case ipplan.PluginCilium:
		return []ref.Chart{{Name: "cilium", Namespace: namespace, Values: s.ciliumValues(), Profile: map[string]any{
			"operator": map[string]any{"replicas": replicas},
		}}}
	case ipplan.PluginCalico:
		return []ref.Chart{{Name: "calico-crds", Namespace: namespace}, {
			Name: "tigera-operator", Namespace: namespace, Values: s.calicoValues(), Profile: map[string]any{
				"installation": map[string]any{"controlPlaneReplicas": replicas},
			},
			Dropped: map[string]string{"Job/tigera-operator-uninstall": "takes Calico off a cluster that stays; here it goes with the cluster"},
			// The installation is a custom resource, and the chart's values name a part of it.
			ExtraKeys: []string{"installation.cni", "installation.calicoNetwork"},
		}}
	default:
		return nil
	}
}

// ciliumValues are an overlay network in which Cilium does kube-proxy's work.
// Source: https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/
func (s Spec) ciliumValues() map[string]any {
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
		// A job makes the certificates, so that the chart renders the same text twice.
		"hubble": map[string]any{"tls": map[string]any{"auto": map[string]any{"method": "cronJob"}}},
	}
}

// calicoValues are an overlay network with Calico's eBPF data plane, which takes no
// other encapsulation than VXLAN. DNS is the VPC's: the cluster's comes later.
// Source: https://docs.tigera.io/calico/latest/getting-started/kubernetes/managed-public-cloud/eks
func (s Spec) calicoValues() map[string]any {
	return map[string]any{
		"installation": map[string]any{
			"enabled":            true,
			"kubernetesProvider": "EKS",
			"cni":                map[string]any{"type": "Calico"},
			"calicoNetwork": map[string]any{
				"bgp":            "Disabled",
				"linuxDataplane": "BPF",
				"ipPools": []any{map[string]any{
					"cidr": s.PodCIDR, "blockSize": ipplan.CalicoBlockBits, "encapsulation": "VXLAN", "natOutgoing": "Enabled", "nodeSelector": "all()",
				}},
			},
		},
		"dnsConfig": map[string]any{"nameservers": []any{"169.254.169.253"}},
		// Its definitions are a chart of their own, so that they go first; its pages for
		// people are left to the platform's own.
		"manageCRDs": false,
		"goldmane":   map[string]any{"enabled": false},
		"whisker":    map[string]any{"enabled": false},
	}
}
