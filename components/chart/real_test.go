package chart_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type values = map[string]any

// real are the charts of the catalogue with what they need to render at all. The
// values of the platform's own add-ons stand in their components.
var real = map[string]chart.Spec{
	"argo-cd":                      {Values: chart.Values{User: values{"redisSecretInit": values{"enabled": false}}}},
	"argo-rollouts":                {},
	"aws-ebs-csi-driver":           {},
	"aws-efs-csi-driver":           {Hooks: []chart.Hook{{Object: "CSIDriver/*", Action: chart.Before, Reason: "the driver's own object"}}},
	"aws-for-fluent-bit":           {},
	"aws-fsx-csi-driver":           {},
	"aws-load-balancer-controller": {Values: chart.Values{User: values{"clusterName": "x", "enableCertManager": true}}},
	"aws-mountpoint-s3-csi-driver": {},
	"cert-manager":                 {Values: chart.Values{User: values{"crds": values{"enabled": true}, "startupapicheck": values{"enabled": false}}}},
	"cilium":                       {Values: chart.Values{User: values{"hubble": values{"tls": values{"auto": values{"method": "certmanager", "certManagerIssuerRef": values{"name": "x", "kind": "Issuer", "group": "cert-manager.io"}}}}}}},
	"cluster-autoscaler":           {Values: chart.Values{User: values{"autoDiscovery": values{"clusterName": "x"}}}},
	"aws-file-cache-csi-driver":    {},
	"aws-fsx-openzfs-csi-driver":   {},
	"descheduler":                  {},
	"external-dns":                 {},
	"external-secrets":             {},
	"keda":                         {},
	"fluent-bit":                   {},
	"fluentd":                      {},
	"gatekeeper": {Values: chart.Values{User: values{"upgradeCRDs": values{"enabled": false},
		"postInstall": values{"labelNamespace": values{"enabled": false}, "probeWebhook": values{"enabled": false}}, "preUninstall": values{"deleteWebhookConfigurations": values{"enabled": false}}}}},
	"grafana":                  {Values: chart.Values{User: values{"admin": values{"existingSecret": "grafana-admin"}, "testFramework": values{"enabled": false}}}},
	"headlamp":                 {},
	"istio-base":               {},
	"istio-cni":                {},
	"istio-gateway":            {},
	"istio-istiod":             {},
	"istio-ztunnel":            {},
	"karpenter":                {Values: chart.Values{User: values{"settings": values{"clusterName": "x"}}}},
	"karpenter-crd":            {},
	"keycloakx":                {},
	"kiali-operator":           {},
	"kiali-server":             {Values: chart.Values{User: values{"login_token": values{"signing_key": "secret:kiali:key"}}}},
	"kong-ingress":             {Values: chart.Values{User: values{"controller": values{"ingressController": values{"admissionWebhook": values{"enabled": false}}}, "gateway": values{"ingressController": values{"enabled": false}}}}},
	"kong-kong":                {Values: chart.Values{User: values{"ingressController": values{"admissionWebhook": values{"enabled": false}}}}},
	"kube-prometheus-stack":    {Values: chart.Values{User: values{"grafana": values{"admin": values{"existingSecret": "grafana-admin"}}, "prometheusOperator": values{"admissionWebhooks": values{"certManager": values{"enabled": true}}}}}},
	"kube-state-metrics":       {Values: chart.Values{}},
	"metrics-server":           {},
	"opentelemetry-collector":  {Values: chart.Values{User: values{"mode": "deployment", "image": values{"repository": "otel/opentelemetry-collector-k8s"}}}},
	"opentelemetry-operator":   {},
	"prometheus-node-exporter": {},
	"redis-ha":                 {},
	"snapshot-controller":      {},
	"tempo-distributed":        {Values: chart.Values{User: values{"ingest": values{"kafka": values{"address": "kafka:9092"}}}}},
	"thanos":                   {},
	"tigera-operator":          {Hooks: []chart.Hook{{Object: "Job/*", Action: chart.Drop, Reason: "it cleans up when the release goes"}}},
	"trident-operator":         {},
	"valkey":                   {},
	"velero":                   {Values: chart.Values{User: values{"upgradeCRDs": false, "configuration": values{"backupStorageLocation": []any{}, "volumeSnapshotLocation": []any{}}}}},
}

// cached are the specs of the charts that the cache has, each in a namespace of its own.
func cached(tb testing.TB, source chart.Source) []chart.Spec {
	tb.Helper()
	var specs []chart.Spec
	for _, name := range slices.Sorted(maps.Keys(real)) {
		spec := real[name]
		row, known := catalog.ChartOf(name)
		require.True(tb, known, name)
		spec.Chart, spec.Namespace, spec.Kubernetes = row, "x-"+name, catalog.KubernetesDefault
		if _, err := source.Open(row); !errors.Is(err, chart.ErrMissing) {
			specs = append(specs, spec)
		}
	}
	if len(specs) == 0 {
		tb.Skip("no chart of the catalogue is in the cache: 'make charts' gets them")
	}
	return specs
}

func cache(tb testing.TB) *chart.Cache {
	tb.Helper()
	dir, err := chart.CacheDir()
	require.NoError(tb, err)
	return chart.NewCache(dir, nil, nil)
}

// Every real chart renders, twice the same, and its kinds have names and scopes.
func TestRealCharts(t *testing.T) {
	t.Parallel()
	source := cache(t)
	objects := 0
	specs := cached(t, source)
	for _, spec := range specs {
		first, err := chart.Render(spec, source)
		if !assert.NoError(t, err) {
			continue
		}
		objects += len(first.Objects)
		again, err := chart.Render(spec, source)
		require.NoError(t, err)
		one, err := first.Manifest()
		require.NoError(t, err)
		two, err := again.Manifest()
		require.NoError(t, err)
		assert.Equal(t, string(one), string(two), spec.Chart.Name)
	}
	t.Logf("%d charts, %d objects", len(specs), objects)
}
