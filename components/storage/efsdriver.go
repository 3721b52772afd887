package storage

import (
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
)

// efsRole is what the driver's role is called behind the cluster's name.
const efsRole = "efs-csi"

var efsDriver = driver{
	provisioner: "efs.csi.aws.com", chart: "aws-efs-csi-driver", namespace: systemNamespace,
	role: efsRole, accounts: []string{"efs-csi-controller-sa"}, policy: efsPolicy,
	values: efsValues, profile: efsProfile,
	extraKeys: []string{
		"controller.securityContext", "controller.containerSecurityContext",
		"sidecars.csiProvisioner.securityContext", "sidecars.livenessProbe.securityContext",
	},
}

// efsMarks are the tags that the driver puts on access points: its own, and the cluster's,
// which it is told.
func efsMarks(a Args) map[string]string {
	return map[string]string{"efs.csi.aws.com/cluster": "true", clusterTag(a): owned}
}

// clusterTag is the tag of what belongs to the cluster.
func clusterTag(a Args) string { return "kubernetes.io/cluster/" + a.Cluster.Name }

const owned = "owned"

// efsPolicy is what the controller may do: make access points with the cluster's mark, and
// delete those that have it. Nodes mount without credentials.
//
// It is iam-policy-example.json (docs/ of the driver at 3.4.1) without S3 Files, in the
// cluster's region and account, and by the cluster's mark besides the driver's. File
// systems are made together with the role, so it names them by account, not by id.
func efsPolicy(a Args) string {
	place := a.Cluster.Place
	systems, points := place.Arn("elasticfilesystem", "file-system/*"), place.Arn("elasticfilesystem", "access-point/*")
	return iamdoc.Document(
		iamdoc.Statement{Sid: "Look", Resource: []string{points, systems}, Action: []string{
			"elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets",
		}},
		// It knows no resources.
		iamdoc.Statement{Sid: "Zones", Action: "ec2:DescribeAvailabilityZones", Resource: "*",
			Condition: iamdoc.Equals(map[string]any{"aws:RequestedRegion": place.Region})},
		iamdoc.Statement{Sid: "Make", Action: "elasticfilesystem:CreateAccessPoint", Resource: systems, Condition: tagged("aws:RequestTag/", efsMarks(a))},
		iamdoc.Statement{Sid: "Mark", Action: "elasticfilesystem:TagResource", Resource: points, Condition: tagged("aws:ResourceTag/", efsMarks(a))},
		iamdoc.Statement{Sid: "Delete", Action: "elasticfilesystem:DeleteAccessPoint", Resource: points, Condition: tagged("aws:ResourceTag/", efsMarks(a))},
	)
}

// tagged is the condition that a request or a resource has tags.
func tagged(prefix string, marks map[string]string) iamdoc.Condition {
	values := map[string]any{}
	for key, value := range marks {
		values[prefix+key] = value
	}
	return iamdoc.Equals(values)
}

// efsValues take its privileges from the controller: it needs them to delete the
// directories of volumes, which it is not told to do. It stays root, since the driver
// writes below /etc and runs a watchdog that wants to be.
// Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/pkg/driver/driver.go
func efsValues(a Args) map[string]any {
	sidecar := map[string]any{"securityContext": asRoot(true), "resources": podspec.Resources("10m", "40Mi", "128Mi")}
	return map[string]any{
		"controller": map[string]any{
			"serviceAccount":            map[string]any{"create": true, "name": "efs-csi-controller-sa", "annotations": irsa.Annotations(a.Cluster, efsRole)},
			"tags":                      map[string]any{clusterTag(a): owned},
			"deleteAccessPointRootDir":  false,
			"regionalStsEndpoints":      true,
			"securityContext":           map[string]any{"seccompProfile": map[string]any{"type": "RuntimeDefault"}},
			"containerSecurityContext":  asRoot(false),
			"resources":                 podspec.Resources("10m", "64Mi", "256Mi"),
			"topologySpreadConstraints": spread(),
		},
		"node": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "efs-csi-node-sa"},
			// 12 MiB for a volume, and 30 for one that is being mounted.
			// Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/docs/parameters.md
			"resources": podspec.Resources("20m", "128Mi", "1Gi"),
		},
		"sidecars": map[string]any{
			"livenessProbe": sidecar, "csiProvisioner": sidecar,
			"nodeDriverRegistrar": map[string]any{"resources": podspec.Resources("10m", "20Mi", "64Mi")},
		},
		"useHelmHooksForCSIDriver": false,
	}
}

func efsProfile(replicas int) map[string]any {
	return map[string]any{"controller": map[string]any{"replicaCount": replicas, "podDisruptionBudget": map[string]any{"enabled": replicas > 1}}}
}

// asRoot is a container's security context for a root without privileges.
func asRoot(readOnly bool) map[string]any {
	context := podspec.Container()
	context["privileged"], context["runAsNonRoot"], context["runAsUser"], context["readOnlyRootFilesystem"] = false, false, 0, readOnly
	return context
}
