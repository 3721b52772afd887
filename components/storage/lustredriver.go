package storage

import (
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
)

// lustreRole is what the driver's role is called behind the cluster's name.
const lustreRole = "fsx-csi"

var lustreDriver = driver{
	provisioner: "fsx.csi.aws.com", chart: "aws-fsx-csi-driver", namespace: systemNamespace,
	role: lustreRole, accounts: []string{"fsx-csi-controller-sa"}, policy: lustrePolicy,
	values: lustreValues, profile: lustreProfile,
}

// lustrePolicy is what the controller may do: look, and, where a class makes a file system
// for each claim, make some with the cluster's mark, and change and delete those that have
// it. Nodes mount without credentials.
//
// It is the policy of docs/install.md of the driver at 1.9.0 by the cluster's mark, without
// the buckets of file systems that are linked to S3, which no class asks for.
func lustrePolicy(a Args) string {
	statements := []iamdoc.Statement{a.look("fsx:DescribeFileSystems")}
	if a.lustrePerClaim() {
		systems := a.Cluster.Place.Arn("fsx", "file-system/*")
		statements = append(statements, a.perClaim(systems, "fsx:CreateFileSystem", "fsx:UpdateFileSystem", "fsx:DeleteFileSystem")...)
		statements = append(statements, a.serviceLinkedRole("fsx.amazonaws.com", "AWSServiceRoleForAmazonFSx"))
		statements = append(statements, keyStatements(a.keys("lustre"), "fsx."+a.Cluster.Place.Region+".amazonaws.com")...)
	}
	return iamdoc.Document(statements...)
}

func (a Args) lustrePerClaim() bool {
	for _, class := range a.Classes {
		if class.Lustre != nil && class.Lustre.PerClaim {
			return true
		}
	}
	return false
}

// lustreValues: the chart's security contexts are in its values, and no template uses them;
// its controller runs as the image does, as root.
func lustreValues(a Args) map[string]any {
	return map[string]any{
		// A file system belongs to root at first; with its own group, given as fsGroup, a pod
		// that isn't root can write. Large ones want fsGroupChangePolicy OnRootMismatch.
		"csidriver": map[string]any{"fsGroupPolicy": "File"},
		"controller": map[string]any{
			"region":         a.Cluster.Place.Region,
			"serviceAccount": map[string]any{"create": true, "name": "fsx-csi-controller-sa", "annotations": irsa.Annotations(a.Cluster, lustreRole)},
			// AWS takes longer than the chart's 5 minutes to make a file system.
			"timeout":                   "15m",
			"topologySpreadConstraints": podspec.Spread(map[string]any{"app": "fsx-csi-controller"}),
		},
		"node": map[string]any{"serviceAccount": map[string]any{"create": true, "name": "fsx-csi-node-sa"}},
	}
}

func lustreProfile(replicas int) map[string]any {
	return map[string]any{"controller": map[string]any{"replicaCount": replicas, "podDisruptionBudget": map[string]any{"enabled": replicas > 1}}}
}
