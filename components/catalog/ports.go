package catalog

import (
	"maps"
	"slices"
)

// Port is a TCP port on nodes or pods that the API server calls. It is outside of
// the cluster's own network, so a security group has to let it in.
type Port struct {
	// Number is the port.
	Number int
	// Callers name what listens there.
	Callers []string
}

// Kubelet is what the API server calls on every node: logs, exec, port-forward.
const Kubelet = "kubelet"

// called are those ports by what listens: webhooks and aggregated APIs at the
// charts' own defaults.
var called = map[string]int{
	Kubelet: 10250, // Source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
	// Sources: webhookBindPort, webhook.securePort, and so on in the values of each chart.
	"aws-load-balancer-controller": 9443,
	"cert-manager":                 10250,
	"external-secrets":             10250,
	"gatekeeper":                   8443,
	"ingress-nginx":                8443,
	"istiod":                       15017,
	"keda":                         9443, // the webhooks; components/controllers has its metrics API listen there, too
	"kube-prometheus-stack":        10250,
	"metrics-server":               10250,
	"opentelemetry-operator":       9443,
}

// Called lists the ports of what is installed, the kubelet's among them, each once, in
// the order of their numbers. Further ones are by a name of the caller's choice.
func Called(installed []string, further map[string]int) []Port {
	listeners := map[int][]string{called[Kubelet]: {Kubelet}}
	for _, name := range installed {
		if number, listens := called[name]; listens {
			listeners[number] = append(listeners[number], name)
		}
	}
	for name, number := range further {
		listeners[number] = append(listeners[number], name)
	}
	ports := make([]Port, 0, len(listeners))
	for _, number := range slices.Sorted(maps.Keys(listeners)) {
		ports = append(ports, Port{number, slices.Compact(slices.Sorted(slices.Values(listeners[number])))})
	}
	return ports
}
