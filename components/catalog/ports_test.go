package catalog_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
)

func TestPortsOfWhatIsInstalled(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []catalog.Port{{Number: 10250, Callers: []string{"kubelet"}}}, catalog.Called(nil, nil), "every node has a kubelet")
	assert.Equal(t, []catalog.Port{
		{Number: 8443, Callers: []string{"gatekeeper", "shop"}},
		{Number: 10250, Callers: []string{"cert-manager", "kubelet", "metrics-server"}},
		{Number: 15017, Callers: []string{"istiod"}},
	}, catalog.Called([]string{"istiod", "metrics-server", "cert-manager", "gatekeeper", "coredns"}, map[string]int{"shop": 8443}))
}
