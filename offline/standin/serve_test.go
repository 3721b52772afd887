package standin

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/megazonecloud/eks-platform/offline/standin/awsfake"
	"github.com/megazonecloud/eks-platform/offline/standin/kubefake"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

func TestEngineAddress(t *testing.T) {
	t.Parallel()
	address, given := engineAddress([]string{"offline", "plugin", "aws", "127.0.0.1:4242"})
	assert.True(t, given)
	assert.Equal(t, "127.0.0.1:4242", address)
	_, given = engineAddress([]string{"offline", "plugin", "aws"})
	assert.False(t, given)
}

func TestServeNeedsAWorld(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, ServeAWS(""), "need a world file")
	require.ErrorContains(t, ServeKubernetes(""), "need a world file")
}

// TestOverTheProtocol creates one resource the way the engine does: over the
// protocol's own messages, with a secret in them.
func TestOverTheProtocol(t *testing.T) {
	t.Parallel()
	w, err := world.Open(filepath.Join(t.TempDir(), "world.json"))
	require.NoError(t, err)
	for _, server := range []pulumirpc.ResourceProviderServer{
		plugin.NewProviderServer(awsfake.New(w)), plugin.NewProviderServer(kubefake.New(w)),
	} {
		shaken, err := server.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
		require.NoError(t, err)
		assert.True(t, shaken.GetAcceptSecrets())
		info, err := server.GetPluginInfo(t.Context(), &emptypb.Empty{})
		require.NoError(t, err)
		assert.NotEmpty(t, info.GetVersion())
		_, err = server.Cancel(t.Context(), &emptypb.Empty{})
		require.NoError(t, err)
	}

	server := plugin.NewProviderServer(awsfake.New(w))
	options := plugin.MarshalOptions{KeepSecrets: true, KeepUnknowns: true}
	config, err := plugin.MarshalProperties(resource.PropertyMap{"region": resource.NewStringProperty("eu-west-1")}, options)
	require.NoError(t, err)
	_, err = server.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: config, AcceptSecrets: true})
	require.NoError(t, err)

	const urn = "urn:pulumi:s::p::aws:ec2/launchTemplate:LaunchTemplate::t"
	inputs, err := plugin.MarshalProperties(resource.PropertyMap{"userData": resource.MakeSecret(resource.NewStringProperty("aGk="))}, options)
	require.NoError(t, err)
	checked, err := server.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, News: inputs})
	require.NoError(t, err)
	require.Empty(t, checked.GetFailures())
	created, err := server.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	require.NoError(t, err)
	assert.Regexp(t, `^lt-[0-9a-f]{17}$`, created.GetId())
	state, err := plugin.UnmarshalProperties(created.GetProperties(), options)
	require.NoError(t, err)
	assert.True(t, state["userData"].IsSecret())
}
