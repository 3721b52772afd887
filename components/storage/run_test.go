package storage_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the goldens")

type (
	object  = map[string]any
	classes = map[string]storage.Class
)

const (
	classType    = "kubernetes:storage.k8s.io/v1:StorageClass"
	modeType     = "kubernetes:storage.k8s.io/v1:VolumeAttributesClass"
	snapshotType = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass"
	volumeType   = "kubernetes:core/v1:PersistentVolume"
	claimType    = "kubernetes:core/v1:PersistentVolumeClaim"
	rolePolicy   = "aws:iam/rolePolicy:RolePolicy"
	keyArn       = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// argsOf are args for classes, with a network of two zones, one of which has two subnets.
func argsOf(of classes) storage.Args {
	return storage.Args{
		Classes: of,
		Cluster: ref.Cluster{Name: "demo", Version: "1.35", NameOutput: pulumi.String("demo"), PodIdentity: true,
			SecurityGroupID: pulumi.String("sg-0123456789abcdef0"),
			Place:           ref.Place{Partition: "aws", Region: "eu-west-1", Account: "111122223333"}},
		Network: ref.Network{VpcID: pulumi.String("vpc-0123456789abcdef0"), Zones: []string{"eu-west-1a", "eu-west-1b"}, Private: ref.Subnets{
			{Name: "private-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-a")},
			{Name: "private-a2", Zone: "eu-west-1a", ID: pulumi.String("subnet-a2")},
			{Name: "private-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")},
		}},
		Tags: map[string]string{"team": "platform"},
	}
}

// run makes classes on both sides, with something between them that stands for the charts.
func run(t *testing.T, of classes, change func(*storage.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	return recorder.Run(func(ctx *pulumi.Context) error { return deploy(ctx, of, change) }, options...)
}

func deploy(ctx *pulumi.Context, of classes, change func(*storage.Args)) error {
	args := argsOf(of)
	if change != nil {
		change(&args)
	}
	side, err := storage.New(ctx, "demo-storage", &args)
	if err != nil {
		return err
	}
	var chart pulumi.CustomResourceState
	if err := ctx.RegisterResource("test:index:Thing", "chart", pulumi.Map{}, &chart, pulumi.DependsOn(side.Needs("aws-ebs-csi-driver"))); err != nil {
		return err
	}
	_, err = storage.NewClasses(ctx, "demo-classes", &storage.ClassesArgs{
		Storage: side, Cluster: args.Cluster, After: []pulumi.Resource{&chart}, Tags: args.Tags,
	})
	return err
}

// golden compares with a file that a person reviews.
func golden(t *testing.T, name string, text any) {
	t.Helper()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, []byte(text.(string)), "", "  "))
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(path, pretty.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), pretty.String(), name)
}
