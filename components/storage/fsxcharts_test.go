package storage_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ofFSx() classes {
	return classes{
		"scratch": {Lustre: &storage.Lustre{PerClaim: true}}, "home": {OpenZFS: &storage.OpenZFS{GiB: 64}}, "cache": {FileCache: &storage.FileCache{GiB: 1200, Repositories: lake}},
		"nas": {ONTAP: &storage.ONTAP{GiB: 1024, CredentialsArn: credentials}}, "san": {ONTAP: &storage.ONTAP{GiB: 1024, CredentialsArn: credentials, Protocol: "iscsi"}},
	}
}

// withIRSA is a cluster whose pods get their roles by annotation.
func withIRSA(of classes) storage.Args {
	args := argsOf(of)
	args.Cluster.PodIdentity = false
	args.Cluster.OidcIssuer, args.Cluster.OidcProviderArn = pulumi.String("oidc.example"), pulumi.String("arn:aws:iam::111122223333:oidc-provider/oidc.example")
	return args
}

func TestFSxCharts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		controller, role string
		budget, spread   bool
	}{
		"aws-fsx-csi-driver":         {"fsx-csi", "fsx-csi", true, true},
		"aws-fsx-openzfs-csi-driver": {"fsx-openzfs-csi", "fsx-openzfs-csi", true, false},
		"aws-file-cache-csi-driver":  {"file-cache-csi", "file-cache-csi", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := render(t, named(storage.Charts(withIRSA(ofFSx()), 2), name))
			controller := find(r, "Deployment", want.controller+"-controller")
			require.NotNil(t, controller)
			assert.EqualValues(t, 2, controller["spec"].(object)["replicas"])
			pod := controller["spec"].(object)["template"].(object)["spec"].(object)
			assert.Equal(t, want.controller+"-controller-sa", pod["serviceAccountName"])
			account := find(r, "ServiceAccount", want.controller+"-controller-sa")
			assert.Equal(t, object{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-" + want.role}, account["metadata"].(object)["annotations"])
			assert.NotNil(t, find(r, "ServiceAccount", want.controller+"-node-sa"))
			assert.Equal(t, want.budget, find(r, "PodDisruptionBudget", "") != nil)
			if want.spread {
				assert.Len(t, pod["topologySpreadConstraints"], 2)
			}
			for _, o := range r.Objects {
				if o.Kind != "Deployment" && o.Kind != "DaemonSet" {
					continue
				}
				for container, body := range containers(o.Body) {
					resources, _ := body["resources"].(object)
					assert.NotNil(t, resources["requests"], o.Name+"/"+container)
					limits, _ := resources["limits"].(object)
					assert.NotEmpty(t, limits["memory"], o.Name+"/"+container)
				}
			}
			assert.Nil(t, find(r, "StorageClass", ""))
		})
	}
}

func TestLustreChart(t *testing.T) {
	t.Parallel()
	one := render(t, named(storage.Charts(argsOf(ofFSx()), 1), "aws-fsx-csi-driver"))
	assert.Nil(t, find(one, "PodDisruptionBudget", ""), "one replica could never be drained")
	assert.Equal(t, "File", find(one, "CSIDriver", "fsx.csi.aws.com")["spec"].(object)["fsGroupPolicy"])
	of := containers(find(one, "Deployment", "fsx-csi-controller"))
	assert.Contains(t, of["fsx-plugin"]["env"], object{"name": "AWS_REGION", "value": "eu-west-1"})
	assert.Contains(t, of["csi-provisioner"]["args"], "--timeout=15m")
	pod := find(one, "Deployment", "fsx-csi-controller")["spec"].(object)["template"].(object)
	for _, constraint := range pod["spec"].(object)["topologySpreadConstraints"].([]any) {
		for key, value := range constraint.(object)["labelSelector"].(object)["matchLabels"].(object) {
			assert.Equal(t, value, pod["metadata"].(object)["labels"].(object)[key], "spread over its own pods")
		}
	}
}

func TestOpenZFSChart(t *testing.T) {
	t.Parallel()
	charts := storage.Charts(argsOf(ofFSx()), 2)
	assert.Equal(t, []string{"snapshot-controller"}, named(charts, "aws-fsx-openzfs-csi-driver").After)
	r := render(t, named(charts, "aws-fsx-openzfs-csi-driver"))
	assert.Equal(t, "File", find(r, "CSIDriver", "fsx.openzfs.csi.aws.com")["spec"].(object)["fsGroupPolicy"])
	controller := find(r, "Deployment", "fsx-openzfs-csi-controller")["spec"].(object)["template"].(object)
	context := controller["spec"].(object)["securityContext"].(object)
	assert.Equal(t, true, context["runAsNonRoot"])
	assert.Equal(t, object{"type": "RuntimeDefault"}, context["seccompProfile"])
	of := containers(find(r, "Deployment", "fsx-openzfs-csi-controller"))
	require.NotNil(t, of["csi-snapshotter"], "snapshots are wanted before their definitions are there")
	terms := controller["spec"].(object)["affinity"].(object)["podAntiAffinity"].(object)["preferredDuringSchedulingIgnoredDuringExecution"].([]any)
	require.Len(t, terms, 2)
	for key, value := range terms[0].(object)["podAffinityTerm"].(object)["labelSelector"].(object)["matchLabels"].(object) {
		assert.Equal(t, value, controller["metadata"].(object)["labels"].(object)[key])
	}
}

func TestTridentChart(t *testing.T) {
	t.Parallel()
	c := named(storage.Charts(withIRSA(ofFSx()), 2), "trident-operator")
	assert.Equal(t, []any{"trident", true, "privileged"}, []any{c.Namespace, c.OwnsNamespace, c.PodSecurity})
	r := render(t, c)
	spec := find(r, "TridentOrchestrator", "trident")["spec"].(object)
	assert.Equal(t, []any{"AWS", "eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/demo-trident"}, []any{spec["cloudProvider"], spec["cloudIdentity"]})
	assert.Equal(t, []any{"trident", true, []any{"iscsi"}}, []any{spec["namespace"], spec["excludeAutosupport"], spec["nodePrep"]})
	main := spec["resources"].(object)["controller"].(object)["trident-main"].(object)
	assert.Equal(t, object{"memory": "512Mi"}, main["limits"])
	operator := containers(find(r, "Deployment", "trident-operator"))["trident-operator"]
	assert.Equal(t, object{"memory": "256Mi"}, operator["resources"].(object)["limits"])

	plain := argsOf(classes{"nas": ofFSx()["nas"]})
	r = render(t, named(storage.Charts(plain, 1), "trident-operator"))
	spec = find(r, "TridentOrchestrator", "trident")["spec"].(object)
	assert.Empty(t, spec["cloudIdentity"], "EKS Pod Identity needs no annotation")
	assert.NotContains(t, spec, "nodePrep")
}

// The role is for the service account that Trident's operator makes.
func TestTridentIdentity(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"nas": ofFSx()["nas"]}, nil, vsadmin)
	require.NoError(t, err)
	association := r.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation")
	require.Len(t, association, 1)
	assert.Equal(t, []any{"trident", "trident-controller"}, []any{association[0].Inputs["namespace"], association[0].Inputs["serviceAccount"]})
}

// The charts render from what is known before there is a cluster.
func TestFSxChartsBeforeTheCluster(t *testing.T) {
	t.Parallel()
	args := storage.Args{Classes: ofFSx(), Cluster: ref.Cluster{Name: "demo", Version: "1.35", Place: argsOf(nil).Cluster.Place}}
	assert.Len(t, storage.Charts(args, 2), 5, "four drivers and the snapshot controller")
}
