package storage

import (
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
)

// ebsRole is what the driver's role is called behind the cluster's name.
const ebsRole = "ebs-csi"

var ebsDriver = driver{
	provisioner: "ebs.csi.aws.com", chart: "aws-ebs-csi-driver", namespace: systemNamespace,
	role: ebsRole, accounts: []string{"ebs-csi-controller-sa"}, policy: ebsPolicy,
	values: ebsValues, profile: ebsProfile,
	extraKeys: []string{
		"controller.securityContext", "controller.containerSecurityContext", "sidecars.provisioner.securityContext", "sidecars.attacher.securityContext",
		"sidecars.snapshotter.securityContext", "sidecars.resizer.securityContext", "sidecars.livenessProbe.securityContext",
	},
}

// ebsClusterTag is what the driver marks volumes and snapshots with, where it is told the
// cluster's name.
// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
const ebsClusterTag = "ebs.csi.aws.com/cluster-name"

// ebsPolicy is what the controller may do: make volumes and snapshots with the cluster's
// mark, and work with those that have it, on instances of the cluster.
//
// It is AmazonEBSCSIDriverEKSClusterScopedPolicy (docs/ of the driver at 2.64) with the
// region, the account and the cluster's name written out, which works without the tags of
// EKS Pod Identity, too. Left out are tags of volumes changed later, copies of volumes,
// fast restores and locks of snapshots, which no class asks for. Added are the keys and the
// volumes that classes name, and the trial call below.
func ebsPolicy(a Args) string {
	place, cluster := a.Cluster.Place, a.Cluster.Name
	volumes, instances := place.Arn("ec2", "volume/*"), place.Arn("ec2", "instance/*")
	// The ARNs of snapshots name no account.
	snapshots := "arn:" + place.Partition + ":ec2:" + place.Region + "::snapshot/*"
	requested := iamdoc.Equals(map[string]any{"aws:RequestTag/" + ebsClusterTag: cluster})
	marked := iamdoc.Equals(map[string]any{"ec2:ResourceTag/" + ebsClusterTag: cluster})
	statements := []iamdoc.Statement{
		// None of these knows resources.
		{Sid: "Look", Resource: "*", Condition: iamdoc.Equals(map[string]any{"aws:RequestedRegion": place.Region}), Action: []string{
			"ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ec2:DescribeSnapshots",
			"ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeVolumeStatus",
		}},
		{Sid: "MakeVolumes", Action: "ec2:CreateVolume", Resource: volumes, Condition: requested},
		// With this tag the driver asks, in a call that makes nothing, how many operations a
		// second a type takes; where it can't, it caps gp3 at 16000.
		// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/cloud/cloud.go (getVolumeLimits)
		{Sid: "AskForLimits", Action: "ec2:CreateVolume", Resource: volumes, Condition: iamdoc.Equals(map[string]any{"aws:RequestTag/CSIVolumeName": "IopsLimitDryRun"})},
		{Sid: "RestoreSnapshots", Action: "ec2:CreateVolume", Resource: snapshots, Condition: marked},
		{Sid: "MakeSnapshots", Action: "ec2:CreateSnapshot", Resource: snapshots, Condition: requested},
		{Sid: "Volumes", Resource: volumes, Condition: marked, Action: []string{
			"ec2:AttachVolume", "ec2:CreateSnapshot", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyVolume",
		}},
		{Sid: "Snapshots", Action: "ec2:DeleteSnapshot", Resource: snapshots, Condition: marked},
		// Instances have one tag or the other, by who made them.
		{Sid: "Instances", Action: []string{"ec2:AttachVolume", "ec2:DetachVolume"}, Resource: instances,
			Condition: iamdoc.Equals(map[string]any{"ec2:ResourceTag/kubernetes.io/cluster/" + cluster: "owned"})},
		{Sid: "ManagedInstances", Action: []string{"ec2:AttachVolume", "ec2:DetachVolume"}, Resource: instances,
			Condition: iamdoc.Equals(map[string]any{"ec2:ResourceTag/eks:cluster-name": cluster})},
		{Sid: "Mark", Action: "ec2:CreateTags", Resource: []string{volumes, snapshots},
			Condition: iamdoc.Equals(map[string]any{"ec2:CreateAction": []string{"CreateVolume", "CreateSnapshot"}})},
	}
	if named := a.ebsVolumes(); len(named) > 0 {
		statements = append(statements, iamdoc.Statement{Sid: "NamedVolumes", Resource: named, Action: []string{
			"ec2:AttachVolume", "ec2:CreateSnapshot", "ec2:DetachVolume", "ec2:ModifyVolume",
		}})
	}
	return iamdoc.Document(append(statements, keyStatements(a.keys("ebs"), "ec2."+place.Region+".amazonaws.com")...)...)
}

// keyStatements let a driver use keys through a service that encrypts with grants.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
func keyStatements(keys []string, service string) []iamdoc.Statement {
	if len(keys) == 0 {
		return nil
	}
	through := map[string]any{"kms:ViaService": service}
	grants := iamdoc.Equals(through)
	grants["Bool"] = map[string]any{"kms:GrantIsForAWSResource": "true"}
	return []iamdoc.Statement{
		{Sid: "Keys", Action: []string{
			"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
		}, Resource: keys, Condition: iamdoc.Equals(through)},
		{Sid: "Grants", Action: "kms:CreateGrant", Resource: keys, Condition: grants},
	}
}

// ebsVolumes are the ARNs of the volumes that classes name.
func (a Args) ebsVolumes() []string {
	var arns []string
	for _, class := range a.Classes {
		if class.EBS == nil {
			continue
		}
		for _, volume := range class.EBS.Volumes {
			arns = append(arns, a.Cluster.Place.Arn("ec2", "volume/"+volume.ID))
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(arns)))
}

// ebsValues are for a controller that can't reach the instance's metadata, and knows where
// it is by its nodes' labels.
func ebsValues(a Args) map[string]any {
	sidecars := map[string]any{}
	for _, name := range []string{"provisioner", "attacher", "snapshotter", "resizer", "livenessProbe"} {
		sidecars[name] = map[string]any{"securityContext": podspec.Container(), "resources": podspec.Resources("10m", "40Mi", "256Mi")}
	}
	// The sidecar's CRDs come with the snapshot controller, whatever the cluster says now.
	sidecars["snapshotter"].(map[string]any)["forceEnable"] = true
	sidecars["nodeDriverRegistrar"] = map[string]any{"resources": podspec.Resources("10m", "20Mi", "64Mi")}
	return map[string]any{
		"controller": map[string]any{
			"region": a.Cluster.Place.Region, "k8sTagClusterId": a.Cluster.Name, "extraVolumeTags": ebsTags(a.Tags),
			"serviceAccount":           map[string]any{"create": true, "name": "ebs-csi-controller-sa", "annotations": irsa.Annotations(a.Cluster, ebsRole)},
			"securityContext":          podspec.Pod(1000),
			"containerSecurityContext": podspec.Container(),
			"resources":                podspec.Resources("10m", "64Mi", "256Mi"),
			// The chart adds the labels to select by.
			"topologySpreadConstraints": spread(),
		},
		"node": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "ebs-csi-node-sa"},
			"enableWindows":  false,
			"resources":      podspec.Resources("10m", "40Mi", "256Mi"),
		},
		"sidecars":   sidecars,
		"helmTester": map[string]any{"enabled": false},
	}
}

func ebsProfile(replicas int) map[string]any {
	return map[string]any{"controller": map[string]any{"replicaCount": replicas, "podDisruptionBudget": map[string]any{"enabled": replicas > 1}}}
}

// spread is podspec.Spread for charts that fill in the labels themselves.
func spread() []any {
	constraints := podspec.Spread(nil)
	for _, constraint := range constraints {
		delete(constraint.(map[string]any), "labelSelector")
	}
	return constraints
}

// ebsTags are the tags that the driver can put on volumes: it refuses those of Kubernetes,
// and reads them from a list with commas.
// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/driver/validation.go
func ebsTags(of map[string]string) map[string]any {
	all := map[string]any{}
	for key, value := range of {
		if !strings.HasPrefix(key, "kubernetes.io") && !strings.ContainsAny(key+value, `,"`) && !strings.Contains(key, "=") {
			all[key] = value
		}
	}
	return all
}
