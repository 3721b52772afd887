package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// elsewhere are API groups whose types are not among those of the client.
var elsewhere = []string{"apiextensions.k8s.io", "apiregistration.k8s.io"}

// Every kind of the table is one that the Kubernetes client knows.
func TestEveryKindExists(t *testing.T) {
	t.Parallel()
	found := 0
	for _, entry := range catalog.APIVersions("1.99") {
		if strings.ToLower(entry) == entry {
			continue // an API version alone
		}
		slash := strings.LastIndex(entry, "/")
		version, err := schema.ParseGroupVersion(entry[:slash])
		require.NoError(t, err)
		if slices.Contains(elsewhere, version.Group) {
			continue
		}
		found++
		assert.True(t, scheme.Scheme.Recognizes(version.WithKind(entry[slash+1:])), entry)
	}
	assert.Greater(t, found, 50)
}

func TestKindsFollowTheMinor(t *testing.T) {
	t.Parallel()
	old, young := catalog.APIVersions("1.33"), catalog.APIVersions("1.36")
	for _, entry := range []string{"resource.k8s.io/v1", "storage.k8s.io/v1/VolumeAttributesClass", "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"} {
		assert.NotContains(t, old, entry)
		assert.Contains(t, young, entry)
	}
	for _, entry := range []string{"v1", "v1/Secret", "apps/v1", "policy/v1/PodDisruptionBudget", "apiregistration.k8s.io/v1"} {
		assert.Contains(t, old, entry)
	}
	assert.NotContains(t, young, "policy/v1beta1", "what clusters no longer serve")
}

func TestKindsKnowTheirScope(t *testing.T) {
	t.Parallel()
	role, known := catalog.KindOf("rbac.authorization.k8s.io/v1", "ClusterRole")
	assert.True(t, known)
	assert.False(t, role.Namespaced)
	service, _ := catalog.KindOf("v1", "Service")
	assert.True(t, service.Namespaced)
	_, known = catalog.KindOf("v1", "ClusterRole")
	assert.False(t, known)
}

func TestVersionsOfAKind(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"autoscaling/v1", "autoscaling/v2"}, catalog.VersionsOf("autoscaling", "HorizontalPodAutoscaler"))
	assert.Equal(t, []string{"v1"}, catalog.VersionsOf("", "Secret"))
	assert.Empty(t, catalog.VersionsOf("apps", "Secret"))
}
