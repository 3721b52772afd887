package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/stacks"
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

func TestUpgradePlan(t *testing.T) {
	t.Parallel()
	var text, data strings.Builder
	require.NoError(t, run(context.Background(), []string{"upgrade-plan", "--stack", "prd", "--to", "1.36"}, &text))
	assert.Contains(t, text.String(), "Control plane to 1.36")
	assert.Contains(t, text.String(), "BLOCKED upgradeAfter: 1.36 is ahead of stg, which has 1.35 deployed; deploy 1.36 in stg first")
	require.NoError(t, run(context.Background(), []string{"upgrade-plan", "--stack", "prd", "--to", "1.36", "--json"}, &data))
	var plan stacks.UpgradePlan
	require.NoError(t, json.Unmarshal([]byte(data.String()), &plan))
	assert.True(t, plan.Blocked())

	for want, args := range map[string][]string{
		"name the Kubernetes minor to go to": {}, "usage: offline": {"dev"}, `there is no stack "qa"`: {"--stack", "qa", "--to", "1.36"},
		`to: "1.99" is not known`: {"--to", "1.99"},
	} {
		assert.ErrorContains(t, run(context.Background(), append([]string{"upgrade-plan"}, args...), io.Discard), want)
	}
}
