package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	r, err := parse([]string{"preview", "--stack", "prd", "--json", "plan.json", "--diff"})
	require.NoError(t, err)
	assert.Equal(t, request{command: "preview", stack: "prd", json: "plan.json", diff: true, color: "auto", root: r.root}, r)

	r, err = parse([]string{"up"})
	require.NoError(t, err)
	assert.Equal(t, "dev", r.stack)
	assert.FileExists(t, r.root+"/Pulumi.yaml", "the project is found from a folder below")
}

func TestIPPlan(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]string{"dev": "10.10.0.0/19", "stg": "ENIConfig ap-northeast-2c", "prd": "m7i.xlarge"} {
		var table, text strings.Builder
		require.NoError(t, run(context.Background(), []string{"ip-plan", "--stack", stack}, &table))
		assert.Contains(t, table.String(), want)
		require.NoError(t, run(context.Background(), []string{"ip-plan", "--stack", stack, "--json"}, &text))
		var plan ipplan.Plan
		require.NoError(t, json.Unmarshal([]byte(text.String()), &plan))
		assert.Equal(t, table.String(), plan.Table(), "JSON says what the table says")
	}
}

func TestBadCommandLine(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"plan"}, {"preview", "--stak", "x"}, {"preview", "dev"}} {
		assert.ErrorContains(t, run(context.Background(), args, io.Discard), "usage: offline preview|up|destroy", args)
	}
	assert.ErrorContains(t, run(context.Background(), []string{"ip-plan", "dev"}, io.Discard), "usage: offline")
	assert.ErrorContains(t, run(context.Background(), []string{"ip-plan", "--stack", "qa"}, io.Discard), `there is no stack "qa"`)
	assert.ErrorContains(t, run(context.Background(), []string{"up", "--json", "x"}, io.Discard), "--json and --summary go with preview")
	assert.ErrorContains(t, run(context.Background(), []string{"preview", "--stack", "qa"}, io.Discard), `there is no stack "qa"`)
}
