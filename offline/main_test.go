package main

import (
	"context"
	"io"
	"testing"

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

func TestBadCommandLine(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"plan"}, {"preview", "--stak", "x"}, {"preview", "dev"}} {
		assert.ErrorContains(t, run(context.Background(), args, io.Discard), "usage: offline preview|up|destroy", args)
	}
	assert.ErrorContains(t, run(context.Background(), []string{"up", "--json", "x"}, io.Discard), "--json and --summary go with preview")
	assert.ErrorContains(t, run(context.Background(), []string{"preview", "--stack", "qa"}, io.Discard), `there is no stack "qa"`)
}
