package controllers

import (
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Metrics is metrics-server.
type Metrics struct {
	// Optional. Installs it. Default true.
	Enabled *bool `json:"enabled"`
}

var metricsServer = controller{
	chart: "metrics-server",
	on:    func(a Args) bool { return isOn(a.Metrics.Enabled, true) },
	install: func(a Args) ref.Chart {
		chart := ref.Chart{
			Name: "metrics-server", Namespace: system,
			Values: map[string]any{
				"serviceAccount": map[string]any{"create": true, "name": "metrics-server"},
				// Source: https://github.com/kubernetes-sigs/metrics-server#scaling (100 m CPU and
				// 200 MiB for up to 100 nodes)
				"resources":                 podspec.Resources("100m", "200Mi", "400Mi"),
				"topologySpreadConstraints": podspec.Spread(map[string]any{"app.kubernetes.io/name": "metrics-server"}),
			},
			Profile: map[string]any{
				"replicas":            max(1, a.Replicas),
				"podDisruptionBudget": map[string]any{"enabled": a.Replicas > 1, "minAvailable": 1},
			},
		}
		if certManager.on(a) {
			// The API server then knows whom it asks.
			chart.Values["tls"] = map[string]any{"type": "cert-manager"}
			chart.After = []string{certManager.chart}
		}
		return chart
	},
}
