package nodegroups

import (
	"encoding/base64"
	"fmt"
)

// userData sets what a node can't know by itself: how many pods it holds under
// the address plan. EKS adds to it what joins the node to the cluster.
// Source: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
func userData(maxPods int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      maxPods: %d

--//--
`, maxPods))
}
