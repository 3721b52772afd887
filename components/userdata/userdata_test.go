package userdata_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/megazonecloud/eks-platform/components/userdata"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the goldens")

var (
	systems = []userdata.System{userdata.AL2023, userdata.Bottlerocket, userdata.Ubuntu, userdata.Windows}
	plain   = userdata.Node{
		ClusterName: "demo", Endpoint: "https://ABC.gr7.eu-west-1.eks.amazonaws.com", CertificateAuthority: "Y2VydA==", ServiceCIDR: "172.20.0.0/16",
	}
)

func full() userdata.Node {
	node := plain
	node.MaxPods = 110
	node.Labels = map[string]string{"example.com/team": "shop", "tier": "front"}
	node.Taints = []userdata.Taint{{Key: "gpu", Value: "true", Effect: "NoSchedule"}, {Key: "gpu", Value: "true", Effect: "NoExecute"}, {Key: "spot", Effect: "PreferNoSchedule"}}
	return node
}

// The goldens are what a node is told; a person reviews them.
func TestGoldens(t *testing.T) {
	t.Parallel()
	ipv6 := plain
	ipv6.ServiceCIDR = "fd30:1c53:5f8a::/108"
	for name, node := range map[string]userdata.Node{"plain": plain, "full": full(), "ipv6": ipv6} {
		for _, system := range systems {
			text, err := userdata.Joining(system, node)
			require.NoError(t, err)
			compare(t, string(system)+"-"+name, text)
		}
	}
	for _, system := range []userdata.System{userdata.AL2023, userdata.Bottlerocket} {
		compare(t, string(system)+"-managed", userdata.Joined(system, 110))
	}
}

func compare(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), text, name)
}

// EKS tells the nodes that it manages all but the plan's number of pods, and takes
// no such number for Windows.
func TestJoinedNodesAreToldTheirPodsOnly(t *testing.T) {
	t.Parallel()
	for _, system := range systems {
		assert.Empty(t, userdata.Joined(system, 0), system)
	}
	assert.Empty(t, userdata.Joined(userdata.Windows, 29))
	assert.NotContains(t, userdata.Joined(userdata.AL2023, 29), "cluster:")
}

func TestNodeConfigIsYAML(t *testing.T) {
	t.Parallel()
	text, err := userdata.Joining(userdata.AL2023, full())
	require.NoError(t, err)
	_, document, found := strings.Cut(text, "---\n")
	require.True(t, found)
	document, _, _ = strings.Cut(document, "\n--//--")
	var config struct {
		Spec struct {
			Cluster map[string]string
			Kubelet struct {
				Config map[string]any
				Flags  []string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(document), &config))
	assert.Equal(t, map[string]string{"name": "demo", "apiServerEndpoint": plain.Endpoint, "certificateAuthority": "Y2VydA==", "cidr": "172.20.0.0/16"}, config.Spec.Cluster)
	assert.Equal(t, 110, config.Spec.Kubelet.Config["maxPods"])
	assert.Equal(t, []string{
		"--node-labels=example.com/team=shop,tier=front",
		"--register-with-taints=gpu=true:NoSchedule,gpu=true:NoExecute,spot=:PreferNoSchedule",
	}, config.Spec.Kubelet.Flags)
}

func TestBottlerocketSettingsAreTOML(t *testing.T) {
	t.Parallel()
	text, err := userdata.Joining(userdata.Bottlerocket, full())
	require.NoError(t, err)
	var settings struct {
		Settings struct{ Kubernetes map[string]any }
	}
	_, err = toml.Decode(text, &settings)
	require.NoError(t, err)
	kubernetes := settings.Settings.Kubernetes
	assert.Equal(t, "172.20.0.10", kubernetes["cluster-dns-ip"])
	assert.EqualValues(t, 110, kubernetes["max-pods"])
	assert.Equal(t, map[string]any{"example.com/team": "shop", "tier": "front"}, kubernetes["node-labels"])
	assert.Equal(t, map[string]any{"gpu": []any{"true:NoSchedule", "true:NoExecute"}, "spot": []any{":PreferNoSchedule"}}, kubernetes["node-taints"])
}

// A quote in a value ends nothing.
func TestValuesAreQuoted(t *testing.T) {
	t.Parallel()
	node := plain
	node.Endpoint = "https://x'; reboot; '"
	for system, want := range map[userdata.System]string{
		userdata.Ubuntu: `'https://x'\''; reboot; '\'''`, userdata.Windows: `'https://x''; reboot; '''`,
	} {
		text, err := userdata.Joining(system, node)
		require.NoError(t, err)
		assert.Contains(t, text, want, system)
	}
}

func TestBadNodes(t *testing.T) {
	t.Parallel()
	_, err := userdata.Joining("plan9", plain)
	require.ErrorContains(t, err, `"plan9" is not an operating system of nodes`)
	node := plain
	node.ServiceCIDR = "services"
	_, err = userdata.Joining(userdata.Ubuntu, node)
	require.ErrorContains(t, err, "user data for ubuntu: the range of Services")
}
