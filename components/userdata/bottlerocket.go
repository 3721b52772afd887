package userdata

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// bottlerocketJoined lets EKS add the cluster; what stands here goes before what
// EKS adds.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data
func bottlerocketJoined(maxPods int) string {
	return fmt.Sprintf("[settings.kubernetes]\nmax-pods = %d\n", maxPods)
}

// Source: https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/
func bottlerocketJoining(n Node) (string, error) {
	dns, err := dnsAddress(n.ServiceCIDR)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("[settings.kubernetes]\n")
	for _, setting := range []struct{ key, value string }{
		{"cluster-name", n.ClusterName}, {"api-server", n.Endpoint}, {"cluster-certificate", n.CertificateAuthority}, {"cluster-dns-ip", dns.String()},
		{"shutdown-grace-period", shutdownGrace}, {"shutdown-grace-period-for-critical-pods", shutdownGraceCritical},
	} {
		fmt.Fprintf(&text, "%s = %q\n", setting.key, setting.value)
	}
	if n.MaxPods > 0 {
		fmt.Fprintf(&text, "max-pods = %d\n", n.MaxPods)
	}
	if len(n.Labels) > 0 {
		text.WriteString("\n[settings.kubernetes.node-labels]\n")
		for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
			fmt.Fprintf(&text, "%q = %q\n", key, n.Labels[key])
		}
	}
	if len(n.Taints) > 0 {
		text.WriteString("\n[settings.kubernetes.node-taints]\n")
		effects := map[string][]string{}
		for _, taint := range n.Taints {
			effects[taint.Key] = append(effects[taint.Key], strconv.Quote(taint.Value+":"+taint.Effect))
		}
		for _, key := range slices.Sorted(maps.Keys(effects)) {
			fmt.Fprintf(&text, "%q = [%s]\n", key, strings.Join(effects[key], ", "))
		}
	}
	return text.String(), nil
}
