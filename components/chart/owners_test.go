package chart_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shelf has charts by name.
type shelf map[string]memory

func (s shelf) Open(c catalog.Chart) (chart.Files, error) {
	if files, has := s[c.Name]; has {
		return files.Open(c)
	}
	return nil, chart.ErrMissing
}

// small is a chart with one object.
func small(name, object string) memory {
	return memory{"Chart.yaml": "apiVersion: v2\nname: " + name + "\nversion: 1.0.0", "templates/object.yaml": object}
}

func smallSpec(name string) chart.Spec {
	return with(func(s *chart.Spec) { s.Chart = catalog.Chart{Name: name, Version: "1.0.0"} })
}

const widgets = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.demo.example}"

func TestTwoOwners(t *testing.T) {
	t.Parallel()
	charts := shelf{
		"one": small("one", widgets), "two": small("two", widgets),
		"three": small("three", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}"),
		"four":  small("four", "apiVersion: batch/v1beta1\nkind: Job\nmetadata: {name: x}"),
	}
	_, err := chart.RenderAll([]chart.Spec{smallSpec("one"), smallSpec("two"), smallSpec("three"), smallSpec("four")}, charts)
	assert.EqualError(t, err, `charts: 2 problems
  - CustomResourceDefinition widgets.demo.example belongs to one (release one in tools) and to two (release two in tools); turn it off in one of them
  - Job tools/x belongs to three (release three in tools) and to four (release four in tools); turn it off in one of them`)

	elsewhere := smallSpec("four")
	elsewhere.Namespace = "other"
	rendered, err := chart.RenderAll([]chart.Spec{smallSpec("one"), smallSpec("three"), elsewhere}, charts)
	require.NoError(t, err)
	assert.Equal(t, "three", rendered[1].Spec.Chart.Name, "in the order of the specs")
}

func TestRenderAllNamesEveryBadChart(t *testing.T) {
	t.Parallel()
	bad := smallSpec("two")
	bad.Values.User = map[string]any{"x": 1}
	_, err := chart.RenderAll([]chart.Spec{with(func(s *chart.Spec) { s.Namespace = "" }), bad}, shelf{"two": small("two", widgets)})
	assert.ErrorContains(t, err, "chart demo: 1 problem")
	assert.ErrorContains(t, err, "chart two 1.0.0: values: 1 problem")
}

func TestMissingChartsAreNoErrorYet(t *testing.T) {
	t.Parallel()
	rendered, err := chart.RenderAll([]chart.Spec{demoSpec()}, shelf{})
	require.NoError(t, err)
	assert.True(t, rendered[0].Missing)
	assert.Equal(t, "demo", rendered[0].Spec.Release)
	assert.EqualError(t, chart.CheckMissing(append(rendered, chart.Rendered{})), "charts: 1 problem\n  - chart demo 1.2.3 is not in the chart cache, "+
		"and there is nowhere to get it from; run 'make charts' where https://charts.example.com can be reached")
	_, err = chart.Render(demoSpec(), shelf{})
	assert.ErrorIs(t, err, chart.ErrMissing)
}
