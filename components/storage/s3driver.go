package storage

import (
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
)

// s3Role is what the driver's role is called behind the cluster's name.
const s3Role = "s3-csi"

// Mountpoint runs with the role of the driver's service account on nodes.
var s3Driver = driver{
	provisioner: "s3.csi.aws.com", chart: "aws-mountpoint-s3-csi-driver", namespace: systemNamespace,
	role: s3Role, accounts: []string{"s3-csi-driver-sa"}, policy: s3Policy, values: s3Values,
	extraKeys: []string{"controller.resources", "node.serviceAccount.annotations"},
}

// s3Policy is what Mountpoint may do: list, read, and where a volume says so write and
// delete objects, under the prefixes that volumes name, with the keys that classes name.
//
// It is the policy of Mountpoint's documentation, narrowed to prefixes and to what each
// volume allows.
// Source: https://github.com/awslabs/mountpoint-s3/blob/main/doc/CONFIGURATION.md#iam-permissions
func s3Policy(a Args) string {
	var statements []iamdoc.Statement
	for _, class := range slices.Sorted(maps.Keys(a.Classes)) {
		if a.Classes[class].S3 != nil {
			bucket := "arn:" + a.Cluster.Place.Partition + ":s3:::" + a.bucketOf(class)
			statements = append(statements, a.Classes[class].S3.statements(bucket)...)
		}
	}
	if keys := a.keys("s3"); len(keys) > 0 {
		statements = append(statements, iamdoc.Statement{
			Action: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: keys,
			Condition: iamdoc.Equals(map[string]any{"kms:ViaService": "s3." + a.Cluster.Place.Region + ".amazonaws.com"}),
		})
	}
	return iamdoc.Document(statements...)
}

// statements are those of one bucket: an action and the objects it is for.
func (s S3) statements(bucket string) []iamdoc.Statement {
	objects, listed := map[string][]string{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.Volumes)) {
		v := s.Volumes[name]
		listed[v.Prefix] = true
		for _, action := range v.actions() {
			objects[action] = append(objects[action], bucket+"/"+v.Prefix+"*")
		}
	}
	list := iamdoc.Statement{Action: "s3:ListBucket", Resource: bucket}
	if !listed[""] {
		prefixes := []string{}
		for _, of := range slices.Sorted(maps.Keys(listed)) {
			prefixes = append(prefixes, of+"*")
		}
		list.Condition = iamdoc.Condition{"StringLike": {"s3:prefix": prefixes}}
	}
	statements := []iamdoc.Statement{list}
	for _, action := range slices.Sorted(maps.Keys(objects)) {
		resources := objects[action]
		slices.Sort(resources)
		statements = append(statements, iamdoc.Statement{Action: action, Resource: slices.Compact(resources)})
	}
	return statements
}

// actions are what a volume's pods do with objects.
func (v S3Volume) actions() []string {
	actions := []string{"s3:GetObject"}
	if !v.ReadOnly {
		actions = append(actions, "s3:AbortMultipartUpload", "s3:PutObject")
	}
	if v.AllowDelete {
		actions = append(actions, "s3:DeleteObject")
	}
	return actions
}

// s3Values: the chart runs one controller and takes no security contexts. The pods of
// Mountpoint itself run in a namespace that the chart makes and holds to restricted.
func s3Values(a Args) map[string]any {
	sidecar := map[string]any{"resources": podspec.Resources("10m", "20Mi", "64Mi")}
	return map[string]any{
		"node": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "s3-csi-driver-sa", "annotations": irsa.Annotations(a.Cluster, s3Role)},
			"resources":      podspec.Resources("10m", "40Mi", "256Mi"),
		},
		"controller": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "s3-csi-driver-controller-sa"},
			"resources":      podspec.Resources("10m", "40Mi", "128Mi"),
		},
		"sidecars": map[string]any{"nodeDriverRegistrar": sidecar, "livenessProbe": sidecar},
		// No volume was ever mounted by version 1.
		"supportLegacySystemDMounts": false,
	}
}
