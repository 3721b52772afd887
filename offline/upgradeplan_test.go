package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the example in docs/upgrade.md")

// noCharts has none on any machine.
var noCharts = stacks.Charts{Source: chart.NewCache("no-such-folder", nil, nil), ShowMissing: true}

// outputs writes what a stack of a minor has deployed.
func outputs(t *testing.T, controlPlane string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "outputs.json")
	text, err := json.Marshal(map[string]any{"kubernetesVersion": controlPlane, "nodeGroupVersions": map[string]string{"general": controlPlane}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

func TestUpgradePlan(t *testing.T) {
	t.Parallel()
	args := []string{"upgrade-plan", "--stack", "prd", "--to", "1.36", "--outputs", outputs(t, "1.34"), "--before-outputs", outputs(t, "1.35")}
	var text, data strings.Builder
	require.NoError(t, run(context.Background(), args, &text))
	for _, want := range []string{
		"Stack prd, Kubernetes 1.34 to 1.36, from " + args[6], "Control plane to 1.35", "Control plane to 1.36",
		"Kubernetes objects has an API that is gone or deprecated by then",
		"BLOCKED upgradeAfter: 1.36 is ahead of stg, which has 1.35 deployed; deploy 1.36 in stg first",
		"What is BLOCKED is refused as things stand",
	} {
		assert.Contains(t, text.String(), want)
	}
	require.NoError(t, run(context.Background(), append(args, "--json"), &data))
	var plan stacks.UpgradePlan
	require.NoError(t, json.Unmarshal([]byte(data.String()), &plan))
	assert.True(t, plan.Blocked())
	for _, step := range plan.Steps {
		assert.Contains(t, text.String(), step.Title, "JSON says what the text says")
	}
}

func TestBadUpgradePlan(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.json")
	require.NoError(t, os.WriteFile(empty, []byte("{}"), 0o600))
	none := filepath.Join(t.TempDir(), "none.json")
	there := outputs(t, "1.36")
	for want, args := range map[string][]string{
		"name the Kubernetes minor to go to":                                          {},
		"usage: offline":                                                              {"dev"},
		`there is no stack "qa"`:                                                      {"--stack", "qa", "--to", "1.36"},
		`to: "1.99" is not known; use one of`:                                         {"--to", "1.99"},
		"to: 1.36 is not newer than 1.36, which the stack has":                        {"--to", "1.36", "--outputs", there},
		"to: 1.35 is not newer than 1.36, which the stack has":                        {"--to", "1.35", "--outputs", there},
		"empty.json says no version of a cluster":                                     {"--to", "1.36", "--outputs", empty},
		"empty.json says no version of a cluster: write there what `pulumi stack out": {"--stack", "prd", "--to", "1.36", "--before-outputs", empty},
		"none.json: no such file":                                                     {"--to", "1.36", "--outputs", none},
		"main.go is not what `pulumi stack output --json` prints":                     {"--to", "1.36", "--outputs", "main.go"},
	} {
		assert.ErrorContains(t, run(context.Background(), append([]string{"upgrade-plan"}, args...), io.Discard), want)
	}
}

// project copies the project's own files, without what is deployed to the simulated
// account.
func project(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	files, err := filepath.Glob(filepath.Join("..", "Pulumi*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(root, filepath.Base(file)), text, 0o600))
	}
	return root
}

// What was deployed to the simulated account counts, of the stack and of the one before.
func TestUpgradePlanFromTheSimulatedAccount(t *testing.T) {
	t.Parallel()
	root := project(t)
	state := filepath.Join(root, ".offline", "state", ".pulumi", "stacks", "eks-platform")
	require.NoError(t, os.MkdirAll(state, 0o755))
	write := func(stack, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(state, stack+".json"), []byte(text), 0o600))
	}
	write("prd", `{"version": 3, "checkpoint": {"latest": {"resources": [
		{"type": "aws:ec2/vpc:Vpc", "outputs": {"kubernetesVersion": "1.30"}},
		{"type": "pulumi:pulumi:Stack", "outputs": {"kubernetesVersion": "1.34", "nodeGroupVersions": {"general": "1.33"}}}]}}}`)
	write("stg", `{"version": 3, "checkpoint": {"stack": "organization/eks-platform/stg"}}`) // never deployed
	request := planRequest{root: root, stack: "prd", to: "1.35", day: time.Now(), charts: noCharts}
	plan, from, err := request.plan()
	require.NoError(t, err)
	assert.Equal(t, "what is deployed to the simulated account", from)
	assert.Equal(t, "1.34", plan.From)
	assert.Contains(t, plan.Text(), "nodes of general have 1.33")

	write("prd", "{")
	_, _, err = request.plan()
	assert.ErrorContains(t, err, "reading what stack prd has deployed: unexpected end of JSON input")
}

// The example in the docs is what the command prints that day: go test ./offline -run
// Docs -update writes it anew.
func TestTheUpgradePlanInTheDocs(t *testing.T) {
	t.Parallel()
	request := planRequest{root: project(t), stack: "prd", to: "1.36", day: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), charts: noCharts}
	plan, from, err := request.plan()
	require.NoError(t, err)
	page := filepath.Join("..", "docs", "upgrade.md")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	const fence = "```\n"
	head, rest, found := strings.Cut(string(text), fence+"Stack prd")
	_, tail, ended := strings.Cut(rest, fence)
	require.True(t, found && ended)
	want := head + fence + planText("prd", from, plan) + fence + tail
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "run `make docs`")
}
