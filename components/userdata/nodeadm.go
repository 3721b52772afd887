package userdata

import (
	"fmt"
	"strings"
)

// nodeadmParts frames a NodeConfig as EKS and nodeadm read it.
// Source: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
const nodeadmParts = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
%s
--//--
`

// nodeadmJoined lets EKS add the cluster.
func nodeadmJoined(maxPods int) string {
	return fmt.Sprintf(nodeadmParts, fmt.Sprintf("  kubelet:\n    config:\n      maxPods: %d\n", maxPods))
}

func nodeadmJoining(n Node) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "  cluster:\n    name: %q\n    apiServerEndpoint: %q\n    certificateAuthority: %q\n    cidr: %q\n",
		n.ClusterName, n.Endpoint, n.CertificateAuthority, n.ServiceCIDR)
	fmt.Fprintf(&text, "  kubelet:\n    config:\n      shutdownGracePeriod: %s\n      shutdownGracePeriodCriticalPods: %s\n", shutdownGrace, shutdownGraceCritical)
	if n.MaxPods > 0 {
		fmt.Fprintf(&text, "      maxPods: %d\n", n.MaxPods)
	}
	if flags := n.flags(); len(flags) > 0 {
		text.WriteString("    flags:\n")
		for _, flag := range flags {
			fmt.Fprintf(&text, "      - %q\n", flag)
		}
	}
	return fmt.Sprintf(nodeadmParts, text.String()), nil
}
