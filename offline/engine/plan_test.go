package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnknownsAndSecretsAreMarked(t *testing.T) {
	t.Parallel()
	secret := map[string]any{resource.SigKey: resource.SecretSig, "ciphertext": "hunter2"}
	got := readable(map[string]any{
		"id": plugin.UnknownStringValue, "password": secret, "list": []any{secret, plugin.UnknownStringValue, 1.0, nil}, "name": "web",
	})
	hidden, unknown := map[string]any{"$secret": "[secret]"}, map[string]any{"$unknown": true}
	assert.Equal(t, map[string]any{
		"id": unknown, "password": hidden, "list": []any{hidden, unknown, 1.0, nil}, "name": "web",
	}, got)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	preview := &Preview{Stack: "dev", Plan: Plan{
		{Type: "aws:ec2/vpc:Vpc", Operation: "create"}, {Type: "aws:ec2/subnet:Subnet", Operation: "create"},
		{Type: "aws:ec2/subnet:Subnet", Operation: "create"}, {Type: "pulumi:pulumi:Stack", Operation: "same"},
		{Type: "pulumi:providers:eks", Name: "default_2_8_1", Operation: "create"},
	}}
	assert.Equal(t, `### Stack `+"`dev`"+`: 3 to create, 1 unchanged

<details><summary>Resources by type</summary>

| operation | type | count |
|---|---|---|
| create | `+"`aws:ec2/subnet:Subnet`"+` | 2 |
| create | `+"`aws:ec2/vpc:Vpc`"+` | 1 |

</details>

The policies have nothing to say against it.

AWS and Kubernetes were simulated.
`, preview.Summary(nil))

	preview = &Preview{Stack: "prd", Findings: []Finding{{Policy: "p", Level: "mandatory", URN: "urn:x", Message: "Title.\nwhat is wrong\n"}}}
	assert.Equal(t, "### Stack `prd`: the preview failed\n\nPolicies:\n\n- **p** (mandatory) `urn:x`\n  Title.\n  what is wrong\n\nAWS and Kubernetes were simulated.\n",
		preview.Summary(errors.New("x")))
}

func TestColourMarksAreTakenOut(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "red text", uncoloured("<{%fg 1%}>red<{%reset%}> text"))
	assert.Equal(t, "cut ", uncoloured("cut <{%fg"))
}

func TestFilesAreWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.ErrorContains(t, Plan{}.Write(filepath.Join(dir, "missing", "plan.json")), "the file can't be written")
	require.NoError(t, Plan{}.Write(filepath.Join(dir, "plan.json")))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file is left over")
}

// What only a real stack's key opens is taken out; all else stays.
func TestSecretsOfTheRealStack(t *testing.T) {
	t.Parallel()
	got, err := withoutSecrets([]byte("secretsprovider: awskms://x\nencryptedkey: y\nconfig:\n  a:b: {c: [{secure: v1:z}, plain], secure: no}\n"))
	require.NoError(t, err)
	assert.Equal(t, "config:\n    a:b:\n        c:\n            - "+Masked+"\n            - plain\n        secure: \"no\"\n", string(got))
	_, err = withoutSecrets([]byte("\t"))
	assert.Error(t, err)
}
