package tenants

import (
	"cmp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/kube"
)

// networkPolicies are those of a tenant, by what they are for. A pod may do what any of
// them lets it do, and nothing else.
func (t Tenant) networkPolicies(namespace string, a Args) []kube.Object {
	all := []kube.Object{
		policy(namespace, "default-deny", nil, map[string]any{"policyTypes": []any{"Ingress", "Egress"}}),
		outward(namespace, "dns", nil, toDNS, []Port{{Port: 53, Protocol: udp}, {Port: 53}}),
	}
	if t.usesAPI() {
		all = append(all, toAPI(namespace, a)...)
	}
	if t.usesAWS() {
		all = append(all, toAWS(namespace, a)...)
	}
	for _, name := range sortedKeys(t.Callers) {
		p := t.Callers[name]
		all = append(all, policy(namespace, "from-"+name, p.Pods, map[string]any{
			"policyTypes": []any{"Ingress"}, "ingress": []any{map[string]any{"from": p.peers(), "ports": written(p.Ports)}},
		}))
	}
	for _, name := range sortedKeys(t.Calls) {
		p := t.Calls[name]
		all = append(all, outward(namespace, "to-"+name, p.Pods, p.peers(), p.Ports))
	}
	return all
}

// toDNS are the pods of CoreDNS, as EKS labels them.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
var toDNS = []any{map[string]any{
	"namespaceSelector": map[string]any{"matchLabels": map[string]any{namespaceLabel: "kube-system"}},
	"podSelector":       map[string]any{"matchLabels": map[string]any{"k8s-app": "kube-dns"}},
}}

// namespaceLabel is that by which Kubernetes itself labels each namespace with its name.
// Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
const namespaceLabel = "kubernetes.io/metadata.name"

// podIdentityAgent is where the agent of EKS Pod Identity listens on each node. A policy
// for the family that the cluster doesn't use has no effect.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations
var podIdentityAgent = []string{"169.254.170.23/32", "fd00:ec2::23/128"}

const (
	https = 443
	// agentPort is the agent's.
	agentPort = 80
)

// toAPI lets pods ask the API server.
func toAPI(namespace string, a Args) []kube.Object {
	switch {
	case a.Cilium:
		return []kube.Object{entities(namespace, "api-server", "kube-apiserver", "443")}
	case len(a.APIServer) == 0:
		return nil
	}
	return []kube.Object{outward(namespace, "api-server", nil, blocks(a.APIServer), []Port{{Port: https}})}
}

// toAWS lets pods fetch credentials, and reach the VPC's endpoints of AWS.
func toAWS(namespace string, a Args) []kube.Object {
	var all []kube.Object
	switch {
	case !a.Cluster.PodIdentity: // the token is in a file, and STS is an endpoint as others are
	case a.Cilium:
		all = append(all, entities(namespace, "pod-identity", "host", "80"))
	default:
		all = append(all, outward(namespace, "pod-identity", nil, blocks(podIdentityAgent), []Port{{Port: agentPort}}))
	}
	if len(a.AWSEndpoints) > 0 {
		all = append(all, outward(namespace, "aws-endpoints", nil, blocks(a.AWSEndpoints), []Port{{Port: https}}))
	}
	return all
}

// entities lets pods out to what Cilium knows by role and not by address: nodes and the API
// server are no range to it.
// Source: https://docs.cilium.io/en/stable/security/policy/language/#entities-based
func entities(namespace, name, entity, port string) kube.Object {
	return kube.New("cilium.io/v2", "CiliumNetworkPolicy", namespace, name, map[string]any{"spec": map[string]any{
		"endpointSelector": map[string]any{},
		"egress": []any{map[string]any{
			"toEntities": []any{entity},
			"toPorts":    []any{map[string]any{"ports": []any{map[string]any{"port": port, "protocol": tcp}}}},
		}},
	}})
}

// peers are the other end as a network policy has it.
func (p Peer) peers() []any {
	switch {
	case p.Internet:
		var all []any
		for _, family := range sortedKeys(inward) {
			all = append(all, map[string]any{"ipBlock": map[string]any{"cidr": family, "except": inward[family]}})
		}
		return all
	case p.Namespace == "":
		return blocks(p.CIDRs)
	}
	peer := map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{namespaceLabel: p.Namespace}}}
	if len(p.PodLabels) > 0 {
		peer["podSelector"] = map[string]any{"matchLabels": labels(p.PodLabels)}
	}
	return []any{peer}
}

func blocks(ranges []string) []any {
	all := make([]any, 0, len(ranges))
	for _, cidr := range slices.Sorted(slices.Values(ranges)) {
		all = append(all, map[string]any{"ipBlock": map[string]any{"cidr": cidr}})
	}
	return all
}

// outward is a policy that lets pods out.
func outward(namespace, name string, pods map[string]string, to []any, ports []Port) kube.Object {
	return policy(namespace, name, pods, map[string]any{
		"policyTypes": []any{"Egress"}, "egress": []any{map[string]any{"to": to, "ports": written(ports)}},
	})
}

// policy is a network policy for the tenant's own pods with these labels.
func policy(namespace, name string, pods map[string]string, spec map[string]any) kube.Object {
	selector := map[string]any{}
	if len(pods) > 0 {
		selector["matchLabels"] = labels(pods)
	}
	spec["podSelector"] = selector
	return kube.New("networking.k8s.io/v1", "NetworkPolicy", namespace, name, map[string]any{"spec": spec})
}

func written(ports []Port) []any {
	all := make([]any, 0, len(ports))
	for _, p := range ports {
		port := map[string]any{"port": p.Port, "protocol": cmp.Or(p.Protocol, tcp)}
		if p.EndPort > p.Port {
			port["endPort"] = p.EndPort
		}
		all = append(all, port)
	}
	return all
}

func labels(texts map[string]string) map[string]any {
	all := make(map[string]any, len(texts))
	for key, value := range texts {
		all[key] = value
	}
	return all
}
