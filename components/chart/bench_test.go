package chart_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/require"
)

// BenchmarkObjects shows that rendering is linear in the objects of a chart.
func BenchmarkObjects(b *testing.B) {
	for _, count := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			files := demo(b)
			delete(files, "values.schema.json")
			files["values.yaml"] += "objects: 0\n"
			files["templates/many.yaml"] = strings.Join([]string{
				"{{- range $i := until (int .Values.objects) }}", "---", "apiVersion: v1", "kind: ConfigMap", "metadata:", "  name: many-{{ $i }}",
				"  labels: {app.kubernetes.io/name: demo, app.kubernetes.io/instance: {{ $.Release.Name }}}", "data:", "  key: value", "  other: {{ $i | quote }}", "{{- end }}",
			}, "\n")
			spec := with(user(map[string]any{"objects": count}))
			for b.Loop() {
				r, err := chart.Render(spec, files)
				require.NoError(b, err)
				require.Greater(b, len(r.Objects), count)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*count), "µs/object")
		})
	}
}

// BenchmarkRealCharts reads and renders all charts that the cache has, as a program
// does once: side by side.
func BenchmarkRealCharts(b *testing.B) {
	specs := slices.DeleteFunc(cached(b, cache(b)), func(s chart.Spec) bool { return s.Chart.Name == "kong-kong" || s.Chart.Name == "karpenter-crd" }) // others have their CRDs
	objects := 0
	for b.Loop() {
		rendered, err := chart.RenderAll(specs, cache(b))
		require.NoError(b, err)
		objects = 0
		for _, r := range rendered {
			objects += len(r.Objects)
		}
	}
	b.ReportMetric(float64(len(specs)), "charts")
	b.ReportMetric(float64(objects), "objects")
}
