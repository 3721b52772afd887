package storage

import (
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// openzfsRole is what the driver's role is called behind the cluster's name.
const openzfsRole = "fsx-openzfs-csi"

var openzfsDriver = driver{
	provisioner: "fsx.openzfs.csi.aws.com", chart: "aws-fsx-openzfs-csi-driver", namespace: systemNamespace,
	role: openzfsRole, accounts: []string{"fsx-openzfs-csi-controller-sa"}, policy: openzfsPolicy,
	values: openzfsValues, profile: openzfsProfile,
	more: func(c *ref.Chart) {
		// Templates write these as they are.
		c.ExtraKeys = []string{
			"controller.securityContext", "sidecars.provisioner.securityContext",
			"sidecars.resizer.securityContext", "sidecars.snapshotter.securityContext", "sidecars.livenessProbe.securityContext",
		}
	},
}

// openzfsMark is what the driver puts on all that it makes.
// Source: https://github.com/kubernetes-sigs/aws-fsx-openzfs-csi-driver/blob/v1.2.0/docs/tagging.md
var openzfsMark = map[string]string{"fsx.openzfs.csi.aws.com/cluster": "true"}

// openzfsPolicy is what the controller may do: make volumes with the cluster's mark on the
// classes' file systems, snapshot and delete those that have it, and work with snapshots
// that a driver of this kind made, which have no other mark.
//
// It is docs/example-iam-policy.json of the driver at 1.2.0 by these marks, without making
// and deleting file systems, which no class asks for.
func openzfsPolicy(a Args) string {
	volumes, snapshots := a.Cluster.Place.Arn("fsx", "volume/*"), a.Cluster.Place.Arn("fsx", "snapshot/*")
	of, requested := tagged("aws:ResourceTag/", openzfsMark), tagged("aws:RequestTag/", openzfsMark)
	statements := append([]iamdoc.Statement{a.look("fsx:DescribeFileSystems", "fsx:DescribeVolumes", "fsx:DescribeSnapshots")},
		a.perClaim(volumes, "fsx:CreateVolume", "fsx:CreateSnapshot", "fsx:DeleteVolume", "fsx:ListTagsForResource")...)
	return iamdoc.Document(append(statements,
		iamdoc.Statement{Sid: "MakeSnapshots", Action: []string{"fsx:CreateSnapshot", "fsx:TagResource"}, Resource: snapshots, Condition: requested},
		iamdoc.Statement{Sid: "Snapshots", Action: []string{"fsx:CreateVolume", "fsx:DeleteSnapshot", "fsx:ListTagsForResource"}, Resource: snapshots, Condition: of},
	)...)
}

// openzfsValues are for a controller that can't reach the instance's metadata. The chart
// has no topology spread; affinity does the same. No template uses the security context of
// the controller's main container.
func openzfsValues(a Args) map[string]any {
	sidecars := map[string]any{}
	for _, name := range []string{"provisioner", "resizer", "snapshotter", "livenessProbe"} {
		sidecars[name] = map[string]any{"securityContext": podspec.Container(), "resources": podspec.Resources("10m", "32Mi", "128Mi")}
	}
	// The sidecar's CRDs come with the snapshot controller, whatever the cluster says now.
	sidecars["snapshotter"].(map[string]any)["forceEnable"] = true
	// The same sidecar is on nodes, as root.
	probe := podspec.Container()
	delete(probe, "runAsNonRoot")
	sidecars["livenessProbe"].(map[string]any)["securityContext"] = probe
	sidecars["nodeDriverRegistrar"] = map[string]any{"resources": podspec.Resources("10m", "32Mi", "128Mi")}
	return map[string]any{
		// The kubelet gives a new volume, which belongs to root, to the pod's fsGroup.
		"csidriver": map[string]any{"fsGroupPolicy": "File"},
		"sidecars":  sidecars,
		"controller": map[string]any{
			"region":          a.Cluster.Place.Region,
			"serviceAccount":  map[string]any{"create": true, "name": "fsx-openzfs-csi-controller-sa", "annotations": irsa.Annotations(a.Cluster, openzfsRole)},
			"securityContext": podspec.Pod(1000),
			"resources":       podspec.Resources("10m", "64Mi", "256Mi"),
			"affinity":        map[string]any{"podAntiAffinity": apart("fsx-openzfs-csi-controller")},
		},
		"node": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "fsx-openzfs-csi-node-sa"},
			"resources":      podspec.Resources("10m", "40Mi", "256Mi"),
		},
	}
}

func openzfsProfile(replicas int) map[string]any {
	return map[string]any{"controller": map[string]any{"replicaCount": replicas}}
}

// apart keeps pods of a name in different zones and on different nodes, if it can be.
func apart(name string) map[string]any {
	var terms []any
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		terms = append(terms, map[string]any{"weight": 100, "podAffinityTerm": map[string]any{
			"topologyKey": key, "labelSelector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": name}},
		}})
	}
	return map[string]any{"preferredDuringSchedulingIgnoredDuringExecution": terms}
}
