package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAddressPlans holds the address plan of each stack against a file that a
// person has reviewed: go test ./tests -update writes it anew.
func TestAddressPlans(t *testing.T) {
	t.Parallel()
	for _, stack := range allStacks {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			cfg, problems := stacks.Parse(platformOf(t, stack), "eks-platform-"+stack)
			require.Empty(t, problems)
			plan, problems := cfg.AddressPlan()
			require.Empty(t, problems)
			file := filepath.Join("testdata", "ip-plan-"+stack+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(plan.Table()), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), plan.Table(), "run `go test ./tests -update` and read the difference")
			text, err := json.Marshal(plan)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "null", "JSON says all that the table says")
		})
	}
}
