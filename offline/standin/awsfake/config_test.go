package awsfake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// These tests set the environment, or rely on it, so they are not parallel.

func TestCheckConfig(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	for name, test := range map[string]struct {
		in   m
		want string
	}{
		"well":              {m{"region": "ap-northeast-2", "version": "6.83.2", "skipMetadataApiCheck": "false"}, ""},
		"right account":     {m{"region": "eu-west-1", "allowedAccountIds": `["111122223333"]`}, ""},
		"wrong account":     {m{"region": "eu-west-1", "allowedAccountIds": `["999999999999"]`}, "AWS account ID not allowed: 111122223333"},
		"a list as such":    {m{"region": "eu-west-1", "allowedAccountIds": []any{"999999999999"}}, "AWS account ID not allowed"},
		"forbidden account": {m{"region": "eu-west-1", "forbiddenAccountIds": `["111122223333"]`}, "AWS account ID not allowed"},
		"no region":         {m{}, "Missing region information"},
		"strange region":    {m{"region": "seoul"}, "invalid AWS Region: seoul"},
		"other partition":   {m{"region": "cn-north-1"}, "is not in the partition aws"},
		"misspelt":          {m{"region": "eu-west-1", "profil": "p"}, `did you mean "profile"?`},
		"default tags":      {m{"region": "eu-west-1", "defaultTags": `{"tags":{"aws:a":"b"}}`}, "reserved"},
		"nested misspelt":   {m{"region": "eu-west-1", "defaultTags": `{"tag":{}}`}, `did you mean "tags"?`},
		"unknown region":    {m{"region": resource.Computed{Element: resource.NewStringProperty("")}}, ""},
	} {
		response, err := newLab(t).CheckConfig(t.Context(), plugin.CheckConfigRequest{News: toMap(test.in)})
		require.NoError(t, err)
		if test.want == "" {
			assert.Empty(t, response.Failures, name)
			continue
		}
		require.Len(t, response.Failures, 1, name)
		assert.Contains(t, response.Failures[0].Reason, test.want, name)
	}
	t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
	response, err := newLab(t).CheckConfig(t.Context(), plugin.CheckConfigRequest{})
	require.NoError(t, err)
	assert.Empty(t, response.Failures)
}

func TestDiffConfig(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	diff := func(old, new m) plugin.DiffResult {
		result, err := l.DiffConfig(t.Context(), plugin.DiffConfigRequest{OldInputs: toMap(old), NewInputs: toMap(new)})
		require.NoError(t, err)
		return result
	}
	tags := diff(m{"region": "a", "defaultTags": `{"tags":{"a":"b"}}`}, m{"region": "a", "defaultTags": `{"tags":{"a":"c"}}`})
	assert.Equal(t, plugin.DiffSome, tags.Changes)
	assert.False(t, tags.Replace())
	assert.True(t, diff(m{"region": "a"}, m{"region": "b"}).Replace())
	assert.Equal(t, plugin.DiffNone, diff(m{"region": "a"}, m{"region": "a"}).Changes)
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for token, want := range map[string]m{
		"aws:index/getPartition:getPartition":           {"partition": "aws", "dnsSuffix": "amazonaws.com"},
		"aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "111122223333"},
		"aws:index/getRegion:getRegion":                 {"name": "ap-northeast-2"},
	} {
		response, err := l.Invoke(t.Context(), plugin.InvokeRequest{Tok: tokens.ModuleMember(token)})
		require.NoError(t, err)
		for key, value := range want {
			assert.Equal(t, value, props.String(response.Properties, key))
		}
	}
	_, err := l.Invoke(t.Context(), plugin.InvokeRequest{Tok: "aws:ec2/getAmi:getAmi"})
	require.ErrorContains(t, err, "does not answer aws:ec2/getAmi:getAmi; add a row")
}

func TestVersionSatisfiesEveryRequest(t *testing.T) {
	t.Parallel()
	info, err := newLab(t).GetPluginInfo(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "6.83.4", info.Version.String())
}
