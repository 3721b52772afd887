package storage_test

import (
	"sync"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadClasses(t *testing.T) {
	t.Parallel()
	ebs := &storage.EBS{}
	lake := storage.Class{S3: &storage.S3{Bucket: "lake", Volumes: map[string]storage.S3Volume{"v": {}}}}
	for name, test := range map[string]struct {
		of     classes
		change func(*storage.Args)
		want   string
	}{
		"name":         {classes{"A": {EBS: ebs}}, nil, `classes.A: "A" can't name a storage class`},
		"no kind":      {classes{"a": {}}, nil, "classes.a: names 0 kinds of storage; name one of ebs, efs, lustre, openzfs, ontap, fileCache, s3"},
		"two kinds":    {classes{"a": {EBS: ebs, EFS: &storage.EFS{}}}, nil, "classes.a: names 2 kinds of storage"},
		"reclaim":      {classes{"a": {Reclaim: "Recycle", EBS: ebs}}, nil, "classes.a.reclaim: "},
		"two defaults": {classes{"a": {Default: true, EBS: ebs}, "b": {Default: true, EBS: ebs}}, nil, "classes.b.default: a is the default class, too; leave one"},
		"default":      {classes{"a": {Default: true, S3: lake.S3}}, nil, "classes.a.default: s3 can't be the class of claims that name none"},
		"claim twice":  {classes{"a": lake, "b": lake}, nil, "classes.b.volumes: the claim default/v is made by a, too; give one another name"},
		"modes": {classes{"a": {EBS: &storage.EBS{Modes: map[string]storage.EBSMode{"m": {}}}}}, func(a *storage.Args) { a.Cluster.Version = "1.33" },
			"classes.a.ebs.modes: Kubernetes 1.33 can't change volumes; leave them out until the cluster has 1.34"},
		"cluster": {classes{"a": {EBS: ebs}}, func(a *storage.Args) { a.Cluster.Name = "" }, "cluster: lacks a name"},
		"place":   {classes{"a": {EBS: ebs}}, func(a *storage.Args) { a.Cluster.Place = ref.Place{} }, "cluster.place: lacks partition, region or account"},
		"network": {classes{"a": {EBS: ebs}}, func(a *storage.Args) { a.Network = ref.Network{} }, "network: has no private subnets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, test.of, test.change)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error { _, err := storage.New(ctx, "x", nil); return err })
	require.ErrorContains(t, err, "storage: args are required")
	_, err = recorder.Run(func(ctx *pulumi.Context) error { _, err := storage.NewClasses(ctx, "x", nil); return err })
	require.ErrorContains(t, err, "storage classes: args with storage are required")
}

// All problems are told at once.
func TestBadClassesTogether(t *testing.T) {
	t.Parallel()
	_, err := run(t, classes{"a": {EBS: &storage.EBS{Type: "io2", FSType: "ntfs"}}, "b": {Reclaim: "x", EFS: &storage.EFS{DirectoryPerms: "x"}}}, nil)
	for _, want := range []string{"classes.a.ebs.iops", "classes.a.ebs.fsType", "classes.b.reclaim", "classes.b.efs.directoryPerms"} {
		require.ErrorContains(t, err, want)
	}
}

// The role of a driver is there before its pods.
func TestChartsWaitForRoles(t *testing.T) {
	t.Parallel()
	r, err := run(t, classes{"gp3": {EBS: &storage.EBS{}}}, nil)
	require.NoError(t, err)
	chart := r.Get("test:index:Thing", "chart")
	for _, token := range []string{rolePolicy, "aws:eks/podIdentityAssociation:PodIdentityAssociation"} {
		require.Len(t, r.OfType(token), 1)
		assert.Contains(t, chart.DependsOn, r.OfType(token)[0].URN)
	}
	assert.Contains(t, r.Get(classType, "demo-classes/gp3").DependsOn, chart.URN)
	association := r.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation")[0].Inputs
	assert.Equal(t, "ebs-csi-controller-sa", association["serviceAccount"])
	assert.Equal(t, "kube-system", association["namespace"])
}

// watcher keeps the options that a recorder doesn't.
type watcher struct {
	sync.Mutex
	replaced map[string][]string
	before   map[string]bool
}

func (w *watcher) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (w *watcher) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	w.Lock()
	defer w.Unlock()
	w.replaced[args.TypeToken] = args.RegisterRPC.GetReplaceOnChanges()
	w.before[args.TypeToken] = args.RegisterRPC.GetDeleteBeforeReplace()
	return args.Name, args.Inputs, nil
}

// Two objects can't have one name, so the first goes before the second comes.
func TestClassesAreReplaced(t *testing.T) {
	t.Parallel()
	w := &watcher{replaced: map[string][]string{}, before: map[string]bool{}}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error { return deploy(ctx, fullEBS(), nil) }, pulumi.WithMocks("p", "s", w)))
	assert.Equal(t, []string{"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}, w.replaced[classType])
	assert.Equal(t, []string{"parameters", "driverName"}, w.replaced[modeType])
	for _, token := range []string{classType, modeType, volumeType, claimType} {
		assert.True(t, w.before[token], token)
	}
}
