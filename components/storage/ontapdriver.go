package storage

import (
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/ref"
)

const (
	// tridentNamespace is Trident's own.
	tridentNamespace = "trident"
	// tridentRole is what its role is called behind the cluster's name.
	tridentRole = "trident"
)

// ontapDriver is Trident: an operator, which installs the driver. The operator names the
// driver's service account itself.
var ontapDriver = driver{
	provisioner: "csi.trident.netapp.io", chart: "trident-operator", namespace: tridentNamespace,
	role: tridentRole, accounts: []string{"trident-controller"}, policy: tridentPolicy, values: tridentValues,
	more: func(c *ref.Chart) {
		// Its pods on nodes mount volumes, and are where the operator is.
		c.OwnsNamespace, c.PodSecurity = true, "privileged"
	},
}

// tridentPolicy is what Trident's controller may do: look for the classes' file systems,
// delete volumes, which it makes and changes through ONTAP, and read the credentials.
//
// It is the policy of https://docs.netapp.com/us-en/trident/trident-use/trident-fsx-storage-backend.html
// without what Trident 26.06 never asks of FSx for these backends: to make, change and tag
// volumes, and to restore them. Volumes have no marks, for ONTAP makes them, and file
// systems are made together with the role: so volumes are named by account, those that are
// in a storage virtual machine.
func tridentPolicy(a Args) string {
	place := a.Cluster.Place
	secrets := a.ontapSecrets()
	return iamdoc.Document(
		a.look("fsx:DescribeFileSystems", "fsx:DescribeStorageVirtualMachines", "fsx:DescribeVolumes"),
		iamdoc.Statement{Sid: "Volumes", Action: "fsx:DeleteVolume", Resource: place.Arn("fsx", "volume/*"),
			Condition: iamdoc.Condition{"Null": {"fsx:StorageVirtualMachineId": "false"}}},
		iamdoc.Statement{Sid: "Credentials", Action: "secretsmanager:GetSecretValue", Resource: secrets},
		// A secret with a key of one's own: whichever that is, only for these secrets.
		// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
		iamdoc.Statement{Sid: "KeysOfCredentials", Action: "kms:Decrypt", Resource: place.Arn("kms", "key/*"), Condition: iamdoc.Equals(map[string]any{
			"kms:ViaService": "secretsmanager." + place.Region + ".amazonaws.com", "kms:EncryptionContext:SecretARN": secrets,
		})},
	)
}

// ontapSecrets are the ARNs of the secrets that classes name, in order.
func (a Args) ontapSecrets() []string {
	arns := map[string]bool{}
	for _, class := range a.Classes {
		if class.ONTAP != nil {
			arns[class.ONTAP.CredentialsArn] = true
		}
	}
	return slices.Sorted(maps.Keys(arns))
}

// tridentValues have no replicas: the operator and the controller are one pod each, and
// volumes that are mounted don't need them.
func tridentValues(a Args) map[string]any {
	requests := func(cpu, memory, limit string) map[string]any {
		// The chart asks for all four.
		return map[string]any{"requests": map[string]any{"cpu": cpu, "memory": memory}, "limits": map[string]any{"cpu": nil, "memory": limit}}
	}
	sidecar := requests("5m", "32Mi", "128Mi")
	values := map[string]any{
		// Nothing is sent to NetApp.
		"tridentSilenceAutosupport": true, "tridentExcludeAutosupport": true,
		"tridentLogFormat": "json", "operatorDebug": false,
		"resources": map[string]any{
			"operator": podspec.Resources("10m", "64Mi", "256Mi"),
			"controller": map[string]any{
				"trident-main":    requests("10m", "128Mi", "512Mi"),
				"csi-provisioner": sidecar, "csi-attacher": sidecar, "csi-resizer": sidecar, "csi-snapshotter": sidecar,
			},
			"node": map[string]any{"linux": map[string]any{"trident-main": requests("10m", "64Mi", "256Mi"), "node-driver-registrar": sidecar}},
		},
	}
	if annotations := irsa.Annotations(a.Cluster, tridentRole); len(annotations) > 0 {
		// The chart writes this as it is, so it brings its own quotes.
		const key = "eks.amazonaws.com/role-arn"
		values["cloudProvider"], values["cloudIdentity"] = "AWS", "'"+key+": "+annotations[key].(string)+"'"
	}
	if a.overISCSI() {
		// Nodes get iSCSI's tools, which Amazon Linux doesn't come with.
		values["nodePrep"] = []any{overISCSI}
	}
	return values
}

func (a Args) overISCSI() bool {
	for _, class := range a.Classes {
		if class.ONTAP != nil && class.ONTAP.Protocol == overISCSI {
			return true
		}
	}
	return false
}
