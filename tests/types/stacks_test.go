package types_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	eniconfig "github.com/aws/amazon-vpc-cni-k8s/pkg/apis/crd/v1alpha1"
	awskarpenter "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	snapshots "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	corekarpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/yaml"
)

// types are the projects' own types of custom resources, where a project publishes them
// as a Go module that can be had by its path. The others are held against their
// definitions alone.
var types = map[string]func(*testing.T, recorder.Resource){
	"cert-manager.io/v1:Certificate":                 strict[certmanager.Certificate],
	"cert-manager.io/v1:ClusterIssuer":               strict[certmanager.ClusterIssuer],
	"cert-manager.io/v1:Issuer":                      strict[certmanager.Issuer],
	"crd.k8s.amazonaws.com/v1alpha1:ENIConfig":       strict[eniconfig.ENIConfig],
	"karpenter.k8s.aws/v1:EC2NodeClass":              strict[awskarpenter.EC2NodeClass],
	"karpenter.sh/v1:NodePool":                       strict[corekarpenter.NodePool],
	"snapshot.storage.k8s.io/v1:VolumeSnapshotClass": strict[snapshots.VolumeSnapshotClass],
}

func strict[T any](t *testing.T, registered recorder.Resource) {
	t.Helper()
	decode[T](t, registered)
}

// configurations are the stacks' own files, and one with everything in it.
func configurations(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, file := range map[string]string{
		"dev": "../../Pulumi.dev.yaml", "stg": "../../Pulumi.stg.yaml", "prd": "../../Pulumi.prd.yaml", "everything": "../testdata/everything.yaml",
	} {
		text, err := os.ReadFile(filepath.FromSlash(file))
		require.NoError(t, err)
		var settings struct {
			Config map[string]any `json:"config"`
		}
		require.NoError(t, yaml.Unmarshal(text, &settings))
		platform, err := json.Marshal(settings.Config["eks-platform:"+stacks.Key])
		require.NoError(t, err)
		found[name] = string(platform)
	}
	return found
}

// builtIn are the groups that a cluster serves of itself, besides those without a dot.
func builtIn(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, "storage.k8s.io") && !strings.HasPrefix(group, "gateway.") ||
		group == "storage.k8s.io"
}

// Every custom resource that a stack registers is read with its project's own types, and
// taken by its definition, where the chart that brings it is in the cache.
func TestCustomResourcesOfStacks(t *testing.T) {
	t.Parallel()
	dir, err := chart.CacheDir()
	require.NoError(t, err)
	for name, platform := range configurations(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(stacks.DeployWith(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), stacks.Charts{Source: chart.NewCache(dir, nil, nil), ShowMissing: true}),
				recorder.Stack(name), recorder.Config(stacks.Key, platform),
				recorder.Answer("aws:secretsmanager/getSecretVersion:getSecretVersion", map[string]any{"secretString": `{"username":"vsadmin","password":"planted"}`}))
			require.NoError(t, err)
			definitions := map[string]*apiextensionsv1.CustomResourceDefinition{}
			for _, registered := range r.OfType("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition") {
				crd := definition(t, registered)
				definitions[crd.Spec.Group+":"+crd.Spec.Names.Kind] = crd
			}
			read, admitted := 0, 0
			for _, registered := range r.All() {
				token, isObject := strings.CutPrefix(registered.Type, "kubernetes:")
				version, kind, _ := strings.Cut(token, ":")
				group, _, _ := strings.Cut(version, "/")
				if !isObject || builtIn(group) {
					continue
				}
				strictly, hasType := types[token]
				if hasType {
					strictly(t, registered)
					read++
				}
				crd, defined := definitions[group+":"+kind]
				if defined {
					assert.Empty(t, admit(t, crd, registered), registered.Name)
					admitted++
				}
				if !hasType && !defined {
					t.Logf("%s %s: neither types nor a definition here", token, registered.Name)
				}
			}
			t.Logf("%d custom resources read with their types, %d held against %d definitions", read, admitted, len(definitions))
			assert.Positive(t, read)
		})
	}
}

// definition reads a CRD that a chart brings; its schema is taken as it stands.
func definition(t *testing.T, registered recorder.Resource) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	text, err := json.Marshal(registered.Inputs)
	require.NoError(t, err)
	crd := &apiextensionsv1.CustomResourceDefinition{}
	require.NoError(t, json.Unmarshal(text, crd))
	if len(crd.Spec.Versions) == 0 {
		require.NoError(t, errors.New(registered.Name+" has no versions"))
	}
	return crd
}
