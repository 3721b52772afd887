// Package userdata renders what an EC2 instance is told at its first start so that
// it becomes a node: one renderer for each operating system. It imports nothing of
// Pulumi and does not look anything up: the same node gives the same text.
package userdata

import (
	"fmt"
	"net/netip"
)

// System is an operating system of nodes.
type System string

const (
	// AL2023 is Amazon Linux 2023, which nodeadm turns into a node.
	AL2023 System = "al2023"
	// Bottlerocket is configured by settings alone.
	Bottlerocket System = "bottlerocket"
	// Ubuntu is Canonical's image for EKS.
	Ubuntu System = "ubuntu"
	// Windows is Windows Server, full or core.
	Windows System = "windows"
)

// Node is what a node must know.
type Node struct {
	// Required. The cluster's name.
	ClusterName string
	// Required. The URL of its API server.
	Endpoint string
	// Required. The certificate authority of the API server, PEM in base64.
	CertificateAuthority string
	// Required. The range of Service addresses; DNS is its tenth.
	ServiceCIDR string
	// Optional. The most pods. Default what the image computes.
	MaxPods int
	// Optional. Labels of the node. Default none.
	Labels map[string]string
	// Optional. Taints of the node. Default none.
	Taints []Taint
}

// Taint is a taint as Kubernetes writes it.
type Taint struct {
	// Required. The key.
	Key string
	// Optional. The value. Default empty.
	Value string
	// Required. NoSchedule, PreferNoSchedule or NoExecute.
	Effect string
}

// joining and joined are the renderers.
var (
	joining = map[System]func(Node) (string, error){
		AL2023: nodeadmJoining, Bottlerocket: bottlerocketJoining, Ubuntu: ubuntuJoining, Windows: windowsJoining,
	}
	joined = map[System]func(int) string{AL2023: nodeadmJoined, Bottlerocket: bottlerocketJoined}
)

// Joining renders all that an instance needs to join the cluster: for nodes that
// EKS does not manage, and for images that it does not know.
func Joining(system System, node Node) (string, error) {
	render, known := joining[system]
	if !known {
		return "", fmt.Errorf("user data: %q is not an operating system of nodes", system)
	}
	text, err := render(node)
	if err != nil {
		return "", fmt.Errorf("user data for %s: %w", system, err)
	}
	return text, nil
}

// Joined renders what EKS does not tell the nodes that it manages: the most pods
// of the address plan. It is empty where EKS takes no such word, or there is none.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data
func Joined(system System, maxPods int) string {
	render, known := joined[system]
	if !known || maxPods == 0 {
		return ""
	}
	return render(maxPods)
}

// dnsAddress is the address of the cluster's DNS Service, the tenth of its range.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
func dnsAddress(serviceCIDR string) (netip.Addr, error) {
	services, err := netip.ParsePrefix(serviceCIDR)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("the range of Services: %w", err)
	}
	address := services.Masked().Addr()
	for range 10 {
		address = address.Next()
	}
	return address, nil
}
