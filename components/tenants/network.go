package tenants

import (
	"cmp"
	"net/netip"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Peer is the other end of connections: a namespace, ranges, or the internet. Network
// policies know pods by their labels, and not by their service accounts.
type Peer struct {
	// Required, or cidrs or internet. The namespace of the other pods; it may be the
	// tenant's own.
	Namespace string `json:"namespace"`
	// Optional. Labels of the other pods, all of them. Default every pod of the namespace.
	PodLabels map[string]string `json:"podLabels"`
	// Required, or namespace or internet. Ranges outside the cluster: of a database, of the
	// subnets that load balancers are in.
	CIDRs []string `json:"cidrs"`
	// Required, or namespace or cidrs. All addresses but private ones and those of the
	// node: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 198.18.0.0/15 and
	// 169.254.0.0/16. Default false.
	Internet bool `json:"internet"`
	// Optional. Labels of the tenant's own pods that this is for, all of them. Default
	// every pod of the tenant.
	Pods map[string]string `json:"pods"`
	// Required. The ports, up to 24 of a protocol.
	Ports []Port `json:"ports"`
}

// Port is a port of the pods that are called, not that of a Service before them.
type Port struct {
	// Required. The port's number, or the first of several.
	Port int `json:"port"`
	// Optional. The last of several. Default port.
	EndPort int `json:"endPort"`
	// Optional. The protocol: TCP, UDP or SCTP. Default TCP.
	Protocol string `json:"protocol"`
}

// Protocols.
const (
	tcp = "TCP"
	udp = "UDP"
)

func (p Port) holds(number int) bool {
	return cmp.Or(p.Protocol, tcp) == tcp && p.Port <= number && number <= max(p.Port, p.EndPort)
}

// inward are the ranges that are no internet: private ones, those between providers and
// their customers, that of benchmarks, from which EKS clusters take pods' addresses, too,
// and that of a node's own addresses, EC2's metadata service among them.
// Sources: https://www.iana.org/assignments/iana-ipv4-special-registry
// https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html
// https://www.iana.org/assignments/iana-ipv6-special-registry
var inward = map[string][]any{
	"0.0.0.0/0": {"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"},
	"::/0":      {"fc00::/7", "fe80::/10"},
}

// metadata is EC2's metadata service, which hands out the permissions of the node.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
var metadata = []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}

// maxPorts is how many ports of a protocol the VPC CNI takes in a rule.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
const maxPorts = 24

// maxPeer leaves room for what comes before the name in that of the policy.
const maxPeer = 50

func (p Peer) validate(name string) []problem.Problem {
	var list problem.List
	if !form.Name.MatchString(name) || len(name) > maxPeer {
		list.Addf("", "use up to 50 lower-case letters, digits and hyphens", "%q can't be in the name of a network policy", name)
	}
	kinds := 0
	for _, named := range []bool{p.Namespace != "", len(p.CIDRs) > 0, p.Internet} {
		if named {
			kinds++
		}
	}
	if kinds != 1 {
		list.Addf("", "name one of namespace, cidrs, internet", "names %d kinds of peers", kinds)
	}
	if p.Namespace != "" && !form.Name.MatchString(p.Namespace) {
		list.Addf("namespace", "use lower-case letters, digits and hyphens", "%q is not a namespace's name", p.Namespace)
	}
	if len(p.PodLabels) > 0 && p.Namespace == "" {
		list.Add("podLabels", "are of pods, and no namespace is named", "name it")
	}
	for key, labels := range map[string]map[string]string{"podLabels": p.PodLabels, "pods": p.Pods} {
		validateLabels(&list, key, labels)
	}
	for i, text := range p.CIDRs {
		validateRange(&list, at("cidrs", i), text)
	}
	p.validatePorts(&list)
	return list.All()
}

func validateLabels(list *problem.List, path string, labels map[string]string) {
	for _, key := range sortedKeys(labels) {
		if !form.LabelKey(key) {
			list.Addf(path, form.LabelKeyFix, "%q can't be a label", key)
		}
		if !form.LabelValue.MatchString(labels[key]) {
			list.Addf(problem.Join(path, key), form.LabelValueFix, "%q can't be a label's value", labels[key])
		}
	}
}

func validateRange(list *problem.List, path, text string) {
	cidr, err := netip.ParsePrefix(text)
	switch {
	case err != nil || cidr != cidr.Masked():
		list.Addf(path, "write ranges as 10.0.0.0/16", "%q is not an aligned range", text)
	case cidr.Bits() == 0:
		list.Addf(path, "name ranges, or internet: true", "%s is every address, those in the cluster among them", text)
	case cidr.Contains(metadata[0]) || cidr.Contains(metadata[1]):
		list.Addf(path, "let pods have permissions by iam of their service account", "%s holds the metadata service, which hands out the permissions of the node", text)
	}
}

func (p Peer) validatePorts(list *problem.List) {
	count := map[string]int{}
	for i, port := range p.Ports {
		path := at("ports", i)
		if port.Protocol != "" {
			problem.OneOf(list, problem.Join(path, "protocol"), port.Protocol, tcp, udp, "SCTP")
		}
		if port.Port < 1 || port.Port > 65535 {
			list.Addf(problem.Join(path, "port"), "use 1 to 65535", "%d is not a port", port.Port)
		}
		if port.EndPort != 0 && (port.EndPort < port.Port || port.EndPort > 65535) {
			list.Addf(problem.Join(path, "endPort"), "use port or more, up to 65535", "%d is not after %d", port.EndPort, port.Port)
		}
		count[cmp.Or(port.Protocol, tcp)]++
	}
	if len(p.Ports) == 0 {
		// The VPC CNI reads a rule without ports wrongly, too, where another of the same
		// range has some.
		// Source: https://github.com/aws/aws-network-policy-agent/issues/180
		list.Add("ports", "is empty", "name those that are called: [{port: 8080}]")
	}
	for protocol, number := range count {
		if number > maxPorts {
			list.Addf("ports", "use ranges: {port: 8000, endPort: 8100}", "there are %d of %s, and the VPC CNI takes %d", number, protocol, maxPorts)
		}
	}
}
