package catalog

import (
	"maps"
	"slices"
)

// Chart is one Helm chart at one version.
type Chart struct {
	// Name is the platform's own name of the chart, by which it is cached and locked.
	Name string `json:"name"`
	// Version is the chart's version, written as its repository writes it.
	Version string `json:"version"`
	// Repository is where it comes from: the URL of an HTTP repository, or that of a
	// registry ("oci://") without the chart's own name.
	Repository string `json:"repository"`
	// Upstream is the chart's name there. Default Name.
	Upstream string `json:"upstream,omitempty"`
}

// charts are the charts of the platform, as read from August to November 2026.
// Source: Chart.yaml at the release's tag in each chart's own repository.
var charts = map[string]Chart{
	"aws-load-balancer-controller": {Version: "3.5.0", Repository: eksCharts},
	"aws-for-fluent-bit":           {Version: "0.2.0", Repository: eksCharts},
	"aws-vpc-cni":                  {Version: "1.22.4", Repository: eksCharts},
	"aws-ebs-csi-driver":           {Version: "2.64.0", Repository: "https://kubernetes-sigs.github.io/aws-ebs-csi-driver"},
	"aws-efs-csi-driver":           {Version: "4.4.1", Repository: "https://kubernetes-sigs.github.io/aws-efs-csi-driver"},
	"aws-fsx-csi-driver":           {Version: "1.17.0", Repository: "https://kubernetes-sigs.github.io/aws-fsx-csi-driver"},
	"aws-fsx-openzfs-csi-driver":   {Version: "1.2.0", Repository: "https://kubernetes-sigs.github.io/aws-fsx-openzfs-csi-driver"},
	"aws-file-cache-csi-driver":    {Version: "0.1.0", Repository: "https://kubernetes-sigs.github.io/aws-file-cache-csi-driver"},
	"aws-mountpoint-s3-csi-driver": {Version: "2.7.0", Repository: "https://awslabs.github.io/mountpoint-s3-csi-driver"},
	"trident-operator":             {Version: "100.2606.0", Repository: "https://netapp.github.io/trident-helm-chart"},
	"snapshot-controller":          {Version: "5.2.0", Repository: "https://piraeus.io/helm-charts"},

	"cluster-autoscaler": {Version: "9.59.0", Repository: "https://kubernetes.github.io/autoscaler"},
	"karpenter":          {Version: "1.14.1", Repository: "oci://public.ecr.aws/karpenter"},
	"karpenter-crd":      {Version: "1.14.1", Repository: "oci://public.ecr.aws/karpenter"},
	"metrics-server":     {Version: "3.13.1", Repository: "https://kubernetes-sigs.github.io/metrics-server"},
	"external-dns":       {Version: "1.21.1", Repository: "https://kubernetes-sigs.github.io/external-dns"},
	"cert-manager":       {Version: "v1.21.1", Repository: "https://charts.jetstack.io"},
	"headlamp":           {Version: "0.45.0", Repository: "https://kubernetes-sigs.github.io/headlamp"},
	"external-secrets":   {Version: "2.9.0", Repository: "https://charts.external-secrets.io"},
	"keda":               {Version: "2.20.2", Repository: "https://kedacore.github.io/charts"},
	"descheduler":        {Version: "0.36.0", Repository: "https://kubernetes-sigs.github.io/descheduler"},

	"kube-prometheus-stack":    {Version: "88.5.3", Repository: prometheusCommunity},
	"kube-state-metrics":       {Version: "8.4.0", Repository: prometheusCommunity},
	"prometheus-node-exporter": {Version: "4.56.1", Repository: prometheusCommunity},
	"grafana":                  {Version: "12.11.1", Repository: grafanaCommunity},
	"loki":                     {Version: "18.11.0", Repository: grafanaCommunity},
	"tempo-distributed":        {Version: "3.3.0", Repository: grafanaCommunity},
	"thanos":                   {Version: "0.38.0", Repository: "https://thanos-community.github.io/helm-charts"},
	"fluent-bit":               {Version: "0.58.1", Repository: fluent},
	"fluentd":                  {Version: "0.6.0", Repository: fluent},
	"opentelemetry-operator":   {Version: "0.122.0", Repository: openTelemetry},
	"opentelemetry-collector":  {Version: "0.170.0", Repository: openTelemetry},
	"jaeger":                   {Version: "4.11.1", Repository: "https://jaegertracing.github.io/helm-charts"},

	"velero":        {Version: "12.1.0", Repository: "https://vmware-tanzu.github.io/helm-charts"},
	"keycloakx":     {Version: "7.1.11", Repository: "https://codecentric.github.io/helm-charts"},
	"gatekeeper":    {Version: "3.23.0", Repository: "https://open-policy-agent.github.io/gatekeeper/charts"},
	"argo-cd":       {Version: "10.1.1", Repository: argo},
	"argo-rollouts": {Version: "2.41.0", Repository: argo},
	"valkey":        {Version: "0.11.0", Repository: "https://valkey.io/valkey-helm"},
	"redis-ha":      {Version: "4.38.0", Repository: "https://dandydeveloper.github.io/charts"},

	"istio-base":      {Version: istioVersion, Repository: istio, Upstream: "base"},
	"istio-istiod":    {Version: istioVersion, Repository: istio, Upstream: "istiod"},
	"istio-cni":       {Version: istioVersion, Repository: istio, Upstream: "cni"},
	"istio-gateway":   {Version: istioVersion, Repository: istio, Upstream: "gateway"},
	"istio-ztunnel":   {Version: istioVersion, Repository: istio, Upstream: "ztunnel"},
	"kiali-server":    {Version: "2.29.0", Repository: kiali},
	"kiali-operator":  {Version: "2.29.0", Repository: kiali},
	"kong-ingress":    {Version: "0.24.0", Repository: kong, Upstream: "ingress"},
	"kong-kong":       {Version: "3.4.1", Repository: kong, Upstream: "kong"},
	"kong-operator":   {Version: "1.3.1", Repository: kong},
	"calico-crds":     {Version: calicoVersion, Repository: calico, Upstream: "crd.projectcalico.org.v1"},
	"tigera-operator": {Version: calicoVersion, Repository: calico},
	"cilium":          {Version: "1.20.0", Repository: "https://helm.cilium.io"},

	// Retired by their projects: for clusters that have them already.
	"ingress-nginx":        {Version: "4.15.1", Repository: "https://kubernetes.github.io/ingress-nginx"},
	"kubernetes-dashboard": {Version: "7.13.0", Repository: "https://kubernetes.github.io/dashboard"},
}

const (
	eksCharts           = "https://aws.github.io/eks-charts"
	prometheusCommunity = "https://prometheus-community.github.io/helm-charts"
	grafanaCommunity    = "https://grafana-community.github.io/helm-charts"
	fluent              = "https://fluent.github.io/helm-charts"
	openTelemetry       = "https://open-telemetry.github.io/opentelemetry-helm-charts"
	argo                = "https://argoproj.github.io/argo-helm"
	istio               = "https://istio-release.storage.googleapis.com/charts"
	kiali               = "https://kiali.org/helm-charts"
	kong                = "https://charts.konghq.com"

	calico = "https://docs.tigera.io/calico/charts"

	calicoVersion = "v3.32.1"
	istioVersion  = "1.30.3" // the parts of a mesh go together
)

// ChartOf is the catalogue's row of a chart; false when it has none.
func ChartOf(name string) (Chart, bool) {
	row, known := charts[name]
	if !known {
		return Chart{}, false
	}
	row.Name = name
	if row.Upstream == "" {
		row.Upstream = name
	}
	return row, true
}

// Charts are all rows, in the order of their names.
func Charts() []Chart {
	all := make([]Chart, 0, len(charts))
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		row, _ := ChartOf(name)
		all = append(all, row)
	}
	return all
}
