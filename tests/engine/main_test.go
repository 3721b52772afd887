// Package engine_test runs the platform on the real Pulumi engine, with AWS and
// Kubernetes simulated.
package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// TestMain serves the stand-ins and the policies where the engine starts this
// binary as one of them.
func TestMain(m *testing.M) {
	if engine.ServePlugin(os.Args) {
		return
	}
	os.Exit(m.Run())
}

// noCharts has none on any machine: most tests are about what AWS makes.
var noCharts = stacks.Charts{Source: chart.NewCache("no-such-folder", nil, nil), ShowMissing: true}

// program is the stacks' program on a day when all minors in use are supported.
var program = stacks.DeployWith(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), noCharts)

// run is one stack with a state of its own.
type run struct {
	*engine.Engine
	output bytes.Buffer
	state  string
}

// open opens a stack for one test. Without the tools the test is skipped: they
// are `make tools`'s to make, and `make test` makes them.
func open(t *testing.T, stack string, program pulumi.RunFunc) *run {
	t.Helper()
	return openIn(t, t.TempDir(), stack, program)
}

// openIn opens a stack beside others, whose states are in the same folder.
func openIn(t *testing.T, state, stack string, program pulumi.RunFunc) *run {
	t.Helper()
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(absolute, ".tools/bin/pulumi")); err != nil {
		t.Skip("the Pulumi CLI is missing: run `make tools`")
	}
	r := &run{state: state}
	r.Engine, err = engine.Open(context.Background(), engine.Options{
		Root: absolute, Stack: stack, Program: program, StateDir: r.state, Output: &r.output, Dependencies: true,
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, r.Close())
		if t.Failed() {
			t.Log(r.output.String())
		}
	})
	return r
}

// world lists what the simulated account holds: "type name".
func (r *run) world(t *testing.T, stack string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.state, "state", stack+".world.json"))
	require.NoError(t, err)
	var world struct {
		Objects []struct {
			Type string `json:"type"`
			URN  string `json:"urn"`
		} `json:"objects"`
	}
	require.NoError(t, json.Unmarshal(text, &world))
	var held []string
	for _, object := range world.Objects {
		// What AWS makes by itself, such as a cluster's security group, has no URN.
		held = append(held, object.Type+" "+object.URN[strings.LastIndex(object.URN, ":")+1:])
	}
	slices.Sort(held)
	return held
}
