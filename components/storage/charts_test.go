package storage_test

import (
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// own are classes of the drivers that these tests are about.
func own() classes {
	return classes{
		"gp3":    {Default: true, EBS: &storage.EBS{}},
		"shared": {EFS: &storage.EFS{FileSystemID: "fs-0123456789abcdef0"}},
		"models": {S3: &storage.S3{Bucket: "models", Volumes: map[string]storage.S3Volume{"models": {}}}},
	}
}

func named(charts []ref.Chart, name string) ref.Chart {
	return charts[slices.IndexFunc(charts, func(c ref.Chart) bool { return c.Name == name })]
}

func TestCharts(t *testing.T) {
	t.Parallel()
	charts := storage.Charts(argsOf(own()), 2)
	var names []string
	for _, c := range charts {
		names = append(names, c.Name)
		assert.Equal(t, "kube-system", c.Namespace)
	}
	assert.Equal(t, []string{"snapshot-controller", "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-mountpoint-s3-csi-driver"}, names)
	assert.Equal(t, []string{"snapshot-controller"}, named(charts, "aws-ebs-csi-driver").After)

	few := storage.Charts(argsOf(classes{"shared": own()["shared"]}), 2)
	require.Len(t, few, 1, "nothing of EFS can be snapshotted")
	assert.Empty(t, few[0].After)
	assert.Empty(t, storage.Charts(argsOf(nil), 2))
}

// A chart is rendered before the cluster exists: its name, place and version are known.
func TestChartsKnowRoles(t *testing.T) {
	t.Parallel()
	args := argsOf(own())
	args.Cluster = ref.Cluster{Name: "demo", Version: "1.35", Place: args.Cluster.Place}
	for chart, role := range map[string][2]string{
		"aws-ebs-csi-driver": {"controller", "ebs-csi"}, "aws-efs-csi-driver": {"controller", "efs-csi"}, "aws-mountpoint-s3-csi-driver": {"node", "s3-csi"},
	} {
		account := named(storage.Charts(args, 1), chart).Values[role[0]].(object)["serviceAccount"].(object)
		assert.Equal(t, object{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-" + role[1]}, account["annotations"], chart)
	}
	args.Cluster.PodIdentity = true
	account := named(storage.Charts(args, 1), "aws-ebs-csi-driver").Values["controller"].(object)["serviceAccount"].(object)
	assert.Empty(t, account["annotations"])
}

func TestTagsOfVolumes(t *testing.T) {
	t.Parallel()
	args := argsOf(own())
	args.Tags = map[string]string{"team": "platform", "kubernetes.io/x": "no", "list": "a,b", "a=b": "no", "url": "a=b"}
	values := named(storage.Charts(args, 1), "aws-ebs-csi-driver").Values["controller"].(object)
	assert.Equal(t, object{"team": "platform", "url": "a=b"}, values["extraVolumeTags"])
}

// render renders a chart of the cache.
func render(t *testing.T, c ref.Chart) chart.Rendered {
	t.Helper()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	row, known := catalog.ChartOf(c.Name)
	require.True(t, known, c.Name)
	cache := chart.NewCache(dir, nil, nil)
	if _, err := cache.Open(row); err != nil {
		t.Skipf("chart %s is not in the cache: run `make charts`", c.Name)
	}
	rendered, err := chart.Render(chart.Spec{
		Chart: row, Namespace: c.Namespace, Kubernetes: "1.35", Values: chart.Values{Component: c.Values, Profile: c.Profile}, ExtraKeys: c.ExtraKeys,
	}, cache)
	require.NoError(t, err)
	return rendered
}

func find(r chart.Rendered, kind, name string) object {
	for _, o := range r.Objects {
		if o.Kind == kind && (name == "" || o.Name == name) {
			return o.Body
		}
	}
	return nil
}

// containers are those of a workload by name.
func containers(workload object) map[string]object {
	found := map[string]object{}
	for _, c := range workload["spec"].(object)["template"].(object)["spec"].(object)["containers"].([]any) {
		found[c.(object)["name"].(string)] = c.(object)
	}
	return found
}

func TestChartsRender(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		controller, account string
		fixed               bool // the chart runs one, whatever it is told
	}{
		"snapshot-controller":          {controller: "snapshot-controller", account: "snapshot-controller"},
		"aws-ebs-csi-driver":           {controller: "ebs-csi-controller", account: "ebs-csi-controller-sa"},
		"aws-efs-csi-driver":           {controller: "efs-csi-controller", account: "efs-csi-controller-sa"},
		"aws-mountpoint-s3-csi-driver": {controller: "s3-csi-controller", account: "s3-csi-driver-controller-sa", fixed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			many, one := render(t, named(storage.Charts(argsOf(own()), 2), name)), render(t, named(storage.Charts(argsOf(own()), 1), name))
			controller := find(many, "Deployment", want.controller)
			require.NotNil(t, controller)
			pod := controller["spec"].(object)["template"].(object)["spec"].(object)
			assert.Equal(t, want.account, pod["serviceAccountName"])
			assert.NotNil(t, find(many, "ServiceAccount", want.account))
			if !want.fixed {
				assert.EqualValues(t, 2, controller["spec"].(object)["replicas"])
				assert.NotNil(t, find(many, "PodDisruptionBudget", ""))
				require.Len(t, pod["topologySpreadConstraints"], 2)
				labels := controller["spec"].(object)["template"].(object)["metadata"].(object)["labels"]
				for _, constraint := range pod["topologySpreadConstraints"].([]any) {
					assert.Subset(t, labels, constraint.(object)["labelSelector"].(object)["matchLabels"], "the controller's own pods are spread")
				}
			}
			assert.EqualValues(t, 1, find(one, "Deployment", want.controller)["spec"].(object)["replicas"])
			assert.Nil(t, find(one, "PodDisruptionBudget", ""), "one replica could never be drained")
			for _, kind := range []string{"StorageClass", "VolumeSnapshotClass", "Pod"} {
				assert.Nil(t, find(many, kind, ""), kind)
			}
			for _, o := range many.Objects {
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
		})
	}
}

func TestEBSChart(t *testing.T) {
	t.Parallel()
	r := render(t, named(storage.Charts(argsOf(own()), 2), "aws-ebs-csi-driver"))
	of := containers(find(r, "Deployment", "ebs-csi-controller"))
	assert.Contains(t, of["ebs-plugin"]["args"], "--k8s-tag-cluster-id=demo", "the role asks for the mark")
	assert.Contains(t, of["ebs-plugin"]["args"], "--extra-tags=team=platform")
	require.NotNil(t, of["csi-snapshotter"], "snapshots are wanted before their definitions are there")
	for _, name := range []string{"csi-provisioner", "csi-resizer"} {
		assert.NotContains(t, of[name]["args"], "--feature-gates=VolumeAttributesClass=false", name)
	}
	for name, container := range of {
		context := container["securityContext"].(object)
		assert.Equal(t, object{"drop": []any{"ALL"}}, context["capabilities"], name)
		assert.Equal(t, true, context["runAsNonRoot"], name)
		assert.Equal(t, false, context["allowPrivilegeEscalation"], name)
	}
	for _, o := range r.Objects {
		assert.NotContains(t, o.Name, "windows")
	}
}

func TestEFSChart(t *testing.T) {
	t.Parallel()
	r := render(t, named(storage.Charts(argsOf(own()), 2), "aws-efs-csi-driver"))
	require.NotNil(t, find(r, "CSIDriver", "efs.csi.aws.com"), "it is no hook")
	of := containers(find(r, "Deployment", "efs-csi-controller"))
	assert.Contains(t, of["efs-plugin"]["args"], "--tags=kubernetes.io/cluster/demo:owned", "the role asks for the mark")
	for name, container := range of {
		context := container["securityContext"].(object)
		assert.Equal(t, false, context["privileged"], name)
		assert.Equal(t, object{"drop": []any{"ALL"}}, context["capabilities"], name)
	}
}
