package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// most has all charts but one.
type most struct{ without string }

func (m most) Open(row catalog.Chart) (chart.Files, error) {
	if row.Name == m.without {
		return nil, errors.New("no route")
	}
	return chart.Files{{Name: "Chart.yaml"}}, nil
}

func TestChartsShowProgressAndWhatFailed(t *testing.T) {
	t.Parallel()
	rows, err := rowsOf(nil)
	require.NoError(t, err)
	assert.Equal(t, catalog.Charts(), rows)
	var out strings.Builder
	require.NoError(t, getCharts(t.Context(), rows, most{}, &out))
	assert.Equal(t, len(rows), strings.Count(out.String(), "\n"))
	assert.Contains(t, out.String(), "cert-manager")

	rows, err = rowsOf([]string{"velero", "valkey"})
	require.NoError(t, err)
	err = getCharts(t.Context(), rows, most{without: "velero"}, io.Discard)
	assert.EqualError(t, err, "1 of 2 charts could not be had:\n  - velero "+rows[0].Version+": no route")

	stopped, stop := context.WithCancel(t.Context())
	stop()
	assert.ErrorContains(t, getCharts(stopped, rows, most{}, io.Discard), "interrupted")
}

func TestBadChartsCommands(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"charts --miror x":          "usage: offline",
		"charts cert-manger":        `the catalogue has no chart "cert-manger"`,
		"charts --mirror ftp://x/y": "the chart mirror is no URL",
	} {
		assert.ErrorContains(t, run(t.Context(), strings.Fields(command), io.Discard), want)
	}
}
