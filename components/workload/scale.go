package workload

import (
	"cmp"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Scale says how many pods there are, and by what. With more than one measure, the one that
// asks for most pods decides.
type Scale struct {
	// Optional. The least pods. Default 2.
	Min int `json:"min"`
	// Required. The most pods.
	Max int `json:"max"`
	// Optional. CPU in use, in percent of what the pods ask for. Default 70 where nothing
	// else is measured.
	//
	// A new pod serves about a minute after the load came: measured every 15 seconds, judged
	// every 15, scheduled, started, ready. At 70 the others carry 1.4 times the load till
	// then; what differs less than a tenth from 70 changes nothing.
	CPU int `json:"cpu"`
	// Optional. Memory in use, in percent of what the pods ask for. Most programs don't give
	// memory back, and then never scale down. Default none.
	Memory int `json:"memory"`
	// Optional. Measures of the application's own, which an adapter in the cluster provides.
	// Default none.
	Metrics []Metric `json:"metrics"`
	// Optional. Seconds for which the least load must last before pods go, so that a short
	// lull stops none; up to 3600. Default 300.
	DownAfterSeconds int `json:"downAfterSeconds"`
	// Optional. The share of pods, in percent, that may go in a minute. Default 25: half the
	// pods take about three minutes, in which load that comes back is met.
	DownPercent int `json:"downPercent"`
}

// The kinds of metrics.
const (
	// PodsMetric is one that each pod has: requests in a second.
	PodsMetric = "Pods"
	// ObjectMetric is one of another object: requests of an Ingress.
	ObjectMetric = "Object"
	// ExternalMetric is one of something outside the cluster: messages in a queue.
	ExternalMetric = "External"
)

// Metric is a measure of the application's own.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
type Metric struct {
	// Required. The kind: Pods, Object or External.
	Type string `json:"type"`
	// Required. The metric's name.
	Name string `json:"name"`
	// Optional. Labels of the metric's series. Default all.
	Labels map[string]string `json:"labels"`
	// Required, or value. What there is to be for each pod: "100", 500m.
	Average string `json:"average"`
	// Required, or average. What there is to be in all; not of Pods.
	Value string `json:"value"`
	// Required for Object. The object, by apiVersion, kind and name.
	Object Target `json:"object"`
}

// Target is an object of the same namespace.
type Target struct {
	// Optional. Its version: apps/v1. Default that of the kind of workload.
	APIVersion string `json:"apiVersion"`
	// Optional. Its kind. Default Deployment.
	Kind string `json:"kind"`
	// Optional. Its name. Default that of what refers to it.
	Name string `json:"name"`
}

func (t Target) object() map[string]any {
	return map[string]any{"apiVersion": t.APIVersion, "kind": t.Kind, "name": t.Name}
}

// WithDefaults returns a copy in which every value left out has its default.
func (s Scale) WithDefaults() Scale {
	s.Min, s.DownAfterSeconds, s.DownPercent = cmp.Or(s.Min, 2), cmp.Or(s.DownAfterSeconds, 300), cmp.Or(s.DownPercent, 25)
	if s.Memory == 0 && len(s.Metrics) == 0 {
		s.CPU = cmp.Or(s.CPU, 70)
	}
	return s
}

// Scaler is a HorizontalPodAutoscaler.
type Scaler struct {
	Scale
	// Required. Its name.
	Name string `json:"name"`
	// Required. The namespace.
	Namespace string `json:"namespace"`
	// Optional. What it scales. Default the Deployment of its name.
	Target Target `json:"target"`
	// Optional. It is in production, where one pod is refused. Default false.
	Production bool `json:"production"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (s Scaler) WithDefaults() Scaler {
	s.Scale = s.Scale.WithDefaults()
	s.Target = Target{APIVersion: cmp.Or(s.Target.APIVersion, "apps/v1"), Kind: cmp.Or(s.Target.Kind, "Deployment"), Name: cmp.Or(s.Target.Name, s.Name)}
	return s
}

// Validate lists what is wrong with the values; call WithDefaults first.
func (s Scaler) Validate() []problem.Problem {
	var list problem.List
	validateNames(&list, s.Name, s.Namespace)
	list.Under("", s.Scale.validate(s.Production))
	return list.All()
}

func (s Scale) validate(production bool) []problem.Problem {
	var list problem.List
	switch {
	case s.Min < 1:
		list.Addf("min", "use 1 or more", "%d run nothing", s.Min)
	case s.Min == 1 && production:
		list.Add("min", "is 1: with its node, the application is gone", "use 2 or more in production")
	}
	if s.Max < s.Min {
		list.Addf("max", "use min or more", "%d is less than min, which is %d", s.Max, s.Min)
	}
	for key, percent := range map[string]int{"cpu": s.CPU, "memory": s.Memory} {
		if percent < 0 || percent > 100 {
			list.Addf(key, "use 1 to 100", "%d is no share of what pods ask for", percent)
		}
	}
	if s.DownAfterSeconds < 0 || s.DownAfterSeconds > 3600 {
		list.Addf("downAfterSeconds", "use up to 3600", "%d is out of range", s.DownAfterSeconds)
	}
	if s.DownPercent < 1 || s.DownPercent > 100 {
		list.Addf("downPercent", "use 1 to 100", "%d is out of range", s.DownPercent)
	}
	for i, metric := range s.Metrics {
		list.Under(at("metrics", i), metric.validate())
	}
	return list.All()
}

func (m Metric) validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "type", m.Type, PodsMetric, ObjectMetric, ExternalMetric)
	if m.Name == "" {
		list.Add("name", "is empty", "name the metric")
	}
	if (m.Average == "") == (m.Value == "") {
		list.Add("", "says what there is to be twice, or not at all", "write either average or value")
	}
	if m.Type == PodsMetric && m.Value != "" {
		list.Add("value", "has no meaning for Pods", "write average")
	}
	for key, text := range map[string]string{"average": m.Average, "value": m.Value} {
		if amount, err := resource.ParseQuantity(text); text != "" && (err != nil || amount.Sign() <= 0) {
			list.Addf(key, "write it as 500m or 100, in quotes", "%q is not an amount", text)
		}
	}
	if complete := m.Object.APIVersion != "" && m.Object.Kind != "" && m.Object.Name != ""; complete != (m.Type == ObjectMetric) {
		list.Add("object", "goes with the type Object, and with no other", "name its apiVersion, kind and name, or remove it")
	}
	return list.All()
}

// Object is the HorizontalPodAutoscaler. The error lists all problems.
func (s Scaler) Object() (kube.Object, error) {
	s = s.WithDefaults()
	if err := problem.Error("autoscaler "+s.Name, s.Validate()); err != nil {
		return nil, err
	}
	return s.object(), nil
}

// object leaves scaling up as Kubernetes has it: at once, and by the double.
// Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#default-behavior
func (s Scaler) object() kube.Object {
	s = s.WithDefaults()
	var metrics []any
	for _, r := range []struct {
		name    string
		percent int
	}{{"cpu", s.CPU}, {"memory", s.Memory}} {
		if r.percent > 0 {
			metrics = append(metrics, map[string]any{"type": "Resource", "resource": map[string]any{
				"name": r.name, "target": map[string]any{"type": "Utilization", "averageUtilization": r.percent},
			}})
		}
	}
	for _, metric := range s.Metrics {
		metrics = append(metrics, metric.object())
	}
	const minute = 60
	return kube.New("autoscaling/v2", "HorizontalPodAutoscaler", s.Namespace, s.Name, map[string]any{"spec": map[string]any{
		"minReplicas": s.Min, "maxReplicas": s.Max, "scaleTargetRef": s.Target.object(), "metrics": metrics,
		"behavior": map[string]any{"scaleDown": map[string]any{
			"stabilizationWindowSeconds": s.DownAfterSeconds, "selectPolicy": "Max",
			"policies": []any{
				map[string]any{"type": "Percent", "value": s.DownPercent, "periodSeconds": minute},
				map[string]any{"type": "Pods", "value": 1, "periodSeconds": minute}, // of few pods, the share is none
			},
		}},
	}})
}

func (m Metric) object() map[string]any {
	name := map[string]any{"name": m.Name}
	if len(m.Labels) > 0 {
		name["selector"] = map[string]any{"matchLabels": texts(m.Labels)}
	}
	target := map[string]any{"type": "AverageValue", "averageValue": m.Average}
	if m.Value != "" {
		target = map[string]any{"type": "Value", "value": m.Value}
	}
	source := map[string]any{"metric": name, "target": target}
	if m.Type == ObjectMetric {
		source["describedObject"] = m.Object.object()
	}
	key := map[string]string{PodsMetric: "pods", ObjectMetric: "object", ExternalMetric: "external"}[m.Type]
	return map[string]any{"type": m.Type, key: source}
}
