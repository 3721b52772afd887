package cni_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/megazonecloud/eks-platform/components/cni"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func overlay(plugin string) cni.Spec {
	return cni.Spec{CNI: ipplan.CNI{Plugin: plugin, PodCIDR: "10.96.0.0/14"}}
}

// The agents find the API server by a ConfigMap: they do kube-proxy's work, so no
// Service leads there before they run.
func TestAddressOfTheAPIServer(t *testing.T) {
	t.Parallel()
	for plugin, want := range map[string]struct {
		name, namespace string
		made            int
		data            map[string]any
	}{
		"cilium": {"api-server-endpoint", "kube-system", 1, map[string]any{"host": "abc.eks.amazonaws.com", "port": "443"}},
		"calico": {"kubernetes-services-endpoint", "tigera-operator", 2, map[string]any{"KUBERNETES_SERVICE_HOST": "abc.eks.amazonaws.com", "KUBERNETES_SERVICE_PORT": "443"}},
	} {
		for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				made, err := cni.New(ctx, "demo", &cni.Args{
					Spec: overlay(plugin), Cluster: ref.Cluster{Endpoint: pulumi.String("https://abc.eks.amazonaws.com")},
					Labels: map[string]string{"app.kubernetes.io/managed-by": "pulumi"},
				})
				if err == nil {
					assert.Len(t, made.Resources(), want.made)
				}
				return err
			}, options...)
			require.NoError(t, err, mode)
			object := r.Get("kubernetes:core/v1:ConfigMap", "demo-"+want.name)
			require.NotNil(t, object, plugin)
			assert.Equal(t, want.data, object.Inputs["data"], plugin)
			metadata := object.Inputs["metadata"].(map[string]any)
			assert.Equal(t, want.namespace, metadata["namespace"])
			assert.Equal(t, map[string]any{"app.kubernetes.io/managed-by": "pulumi"}, metadata["labels"])
			if namespace := r.Get("kubernetes:core/v1:Namespace", "demo-tigera-operator"); plugin == "calico" {
				assert.Contains(t, object.DependsOn, namespace.URN)
			}
			assert.Empty(t, r.OfType(configType), "ENIConfigs are the VPC CNI's")
		}
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := cni.New(ctx, "demo", &cni.Args{Spec: overlay("cilium")})
		return err
	})
	assert.ErrorContains(t, err, "cluster: lacks its endpoint")
}

func TestCharts(t *testing.T) {
	t.Parallel()
	assert.Nil(t, overlay("aws").Charts(2), "a managed add-on")
	cilium := overlay("cilium").Charts(2)[0]
	assert.Equal(t, "cilium", cilium.Name)
	assert.Equal(t, map[string]any{
		"mode": "cluster-pool", "operator": map[string]any{"clusterPoolIPv4PodCIDRList": []any{"10.96.0.0/14"}, "clusterPoolIPv4MaskSize": 24},
	}, cilium.Values["ipam"])
	assert.Equal(t, true, cilium.Values["kubeProxyReplacement"])
	assert.Equal(t, map[string]any{"name": "api-server-endpoint", "key": "host"}, cilium.Values["k8sServiceHostRef"])
	require.Len(t, overlay("calico").Charts(2), 2, "its definitions go first")
	calico := overlay("calico").Charts(2)[1]
	assert.Equal(t, "tigera-operator", calico.Name)
	network := calico.Values["installation"].(map[string]any)["calicoNetwork"].(map[string]any)
	assert.Equal(t, "BPF", network["linuxDataplane"])
	assert.Equal(t, []any{map[string]any{
		"cidr": "10.96.0.0/14", "blockSize": 26, "encapsulation": "VXLAN", "natOutgoing": "Enabled", "nodeSelector": "all()",
	}}, network["ipPools"])
}

// Every key set is one that the chart has, and Calico's installation is what its own
// definition takes.
func TestValuesAreTheCharts(t *testing.T) {
	t.Parallel()
	const known = "../../../shared/charts"
	for plugin, extends := range map[string][]string{"cilium": nil, "calico": {"installation.calicoNetwork", "installation.cni", "dnsConfig.nameservers"}} {
		charts := overlay(plugin).Charts(2)
		chart := charts[len(charts)-1]
		text, err := os.ReadFile(filepath.Join(known, chart.Name, "values.yaml"))
		if err != nil {
			t.Skip("the charts' values are not here")
		}
		var values map[string]any
		require.NoError(t, yaml.Unmarshal(text, &values))
		assertKnown(t, "", chart.Values, values, extends)
	}
	text, err := os.ReadFile(filepath.Join(known, "tigera-operator/crds/installations.operator.tigera.io.yaml"))
	if err != nil {
		t.Skip("the charts' definitions are not here")
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema schema `json:"openAPIV3Schema"`
				}
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &definition))
	installation := overlay("calico").Charts(2)[1].Values["installation"].(map[string]any)
	delete(installation, "enabled") // the chart's own switch
	written, err := json.Marshal(installation)
	require.NoError(t, err)
	var read any
	require.NoError(t, json.Unmarshal(written, &read))
	definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].accept(t, "installation", read)
}

// schema is as much of a definition as is checked here: names and enumerations.
type schema struct {
	Properties map[string]schema
	Items      *schema
	Enum       []any
}

func (s schema) accept(t *testing.T, path string, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			property, known := s.Properties[key]
			if assert.True(t, known, "%s has no %s", path, key) {
				property.accept(t, path+"."+key, below)
			}
		}
	case []any:
		for _, item := range value {
			s.Items.accept(t, path, item)
		}
	default:
		if len(s.Enum) > 0 {
			assert.Contains(t, s.Enum, value, path)
		}
	}
}

// assertKnown holds values against a chart's own; below some paths the chart has none.
func assertKnown(t *testing.T, path string, values, chart map[string]any, extends []string) {
	t.Helper()
	for key, value := range values {
		at := path + key
		own, known := chart[key]
		if !known {
			assert.Contains(t, extends, at, "the chart has no such value")
			continue
		}
		below, isMap := value.(map[string]any)
		if chartBelow, chartMap := own.(map[string]any); isMap && chartMap {
			assertKnown(t, at+".", below, chartBelow, extends)
		}
	}
}
