package tests

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"encoding/json"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// allStacks are the stacks that the project ships.
var allStacks = []string{"dev", "stg", "prd"}

// platformOf is the configuration of a stack, or of another file, as JSON.
func platformOf(tb testing.TB, stack string) []byte {
	tb.Helper()
	file := filepath.Join("..", "Pulumi."+stack+".yaml")
	if strings.HasSuffix(stack, ".yaml") {
		file = stack
	}
	text, err := os.ReadFile(file)
	require.NoError(tb, err)
	var settings struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(tb, yaml.Unmarshal(text, &settings))
	platform, err := json.Marshal(settings.Config["eks-platform:"+stacks.Key])
	require.NoError(tb, err)
	return platform
}

// noCharts has none on any machine, so that a golden shows a chart as one node with its
// values.
var noCharts = stacks.Charts{Source: chart.NewCache("no-such-folder", nil, nil), ShowMissing: true}

// preview makes record plan.
var preview = recorder.Preview()

// secret answers for the secret that the stack with everything reads.
var secret = recorder.Answer("aws:secretsmanager/getSecretVersion:getSecretVersion", map[string]any{"secretString": `{"username":"vsadmin","password":"planted"}`})

// record runs the program with a stack's own file.
func record(t *testing.T, stack string, options ...recorder.Option) *recorder.Recorder {
	t.Helper()
	platform := platformOf(t, stack)
	r, err := recorder.Run(stacks.DeployWith(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), noCharts), append(options, secret, recorder.Stack(stack), recorder.Config(stacks.Key, string(platform)))...)
	require.NoError(t, err)
	return r
}

// TestGolden holds the whole tree of each stack against a file that a person has
// reviewed: go test ./tests -update writes it anew.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, stack := range allStacks {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "tree-"+stack+".txt")
			got := record(t, stack).Tree()
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got, "run `go test ./tests -update` and read the difference")
		})
	}
}

// A preview, in which nothing is known that AWS decides, registers the same
// resources as an update.
func TestPreviewRegistersWhatUpdateDoes(t *testing.T) {
	t.Parallel()
	for _, stack := range allStacks {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			planned := map[string]bool{}
			for _, res := range record(t, stack, recorder.Preview()).All() {
				planned[res.URN] = true
			}
			for _, res := range record(t, stack).All() {
				if res.Type != "aws:eks/cluster:Cluster" { // the recorder makes it for eks.Cluster, in updates only
					assert.True(t, planned[res.URN], "%s is not planned", res.URN)
				}
			}
		})
	}
}

// Every resource comes from the one provider of its kind, so that region, account
// and cluster are the configuration's.
func TestOneProviderOfAKind(t *testing.T) {
	t.Parallel()
	for _, res := range record(t, "prd").All() {
		if res.Custom && !strings.HasPrefix(res.Type, "pulumi:providers:") && res.Type != "aws:eks/cluster:Cluster" {
			kind, _, _ := strings.Cut(res.Type, ":")
			assert.Contains(t, res.Provider, "pulumi:providers:"+kind+"::eks-platform-prd::", res.URN)
		}
	}
}

// A stack without configuration says what to set, and where.
func TestNoConfiguration(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(stacks.Deploy, recorder.Stack("qa"))
	require.ErrorContains(t, err, "stack qa has no configuration: set eks-platform:platform in Pulumi.qa.yaml")
	assert.Empty(t, r.All())
}
