package userdata

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Pods get this long to end when the system of a node that EKS does not drain
// shuts down, the critical ones the last part of it: what Amazon Linux gives them by
// itself from Kubernetes 1.34.
// Source: https://github.com/awslabs/amazon-eks-ami/tree/main/nodeadm/internal/kubelet
const (
	shutdownGrace         = "2m30s"
	shutdownGraceCritical = "30s"
)

// flags are the kubelet's arguments for labels and taints.
func (n Node) flags() []string {
	var flags []string
	if labels := n.labels(); labels != "" {
		flags = append(flags, "--node-labels="+labels)
	}
	if len(n.Taints) > 0 {
		taints := make([]string, 0, len(n.Taints))
		for _, taint := range n.Taints {
			taints = append(taints, fmt.Sprintf("%s=%s:%s", taint.Key, taint.Value, taint.Effect))
		}
		flags = append(flags, "--register-with-taints="+strings.Join(taints, ","))
	}
	return flags
}

// arguments are the same for images whose kubelet reads the most pods from them, too.
func (n Node) arguments() string {
	flags := n.flags()
	if n.MaxPods > 0 {
		flags = append([]string{"--max-pods=" + strconv.Itoa(n.MaxPods)}, flags...)
	}
	return strings.Join(flags, " ")
}

func (n Node) labels() string {
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
		labels = append(labels, key+"="+n.Labels[key])
	}
	return strings.Join(labels, ",")
}
