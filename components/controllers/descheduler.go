package controllers

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Descheduler is the Descheduler. It evicts pods only where a PodDisruptionBudget says how
// many may be missing, and another node has room for them.
type Descheduler struct {
	// Optional. Installs it. Default false: it evicts pods that run well, and with Karpenter
	// another controller already moves pods between nodes.
	Enabled *bool `json:"enabled"`
	// Optional. How often it looks, at least 1m. Default 5m.
	Interval string `json:"interval"`
	// Optional. How many pods it evicts each time, at most. Default 10.
	MaxEvictions int `json:"maxEvictions"`
	// Optional. Moves pods of one owner that share a node. Default true.
	Duplicates *bool `json:"duplicates"`
	// Optional. Moves pods that break their topology spread constraints. Default true.
	Spread *bool `json:"spread"`
	// Optional. Moves pods that don't tolerate a taint that their node has got. Default true.
	Taints *bool `json:"taints"`
	// Optional. Moves pods from full nodes to empty ones, by cpu, memory or pods. Default
	// none: what shrinks the cluster, Karpenter or the Cluster Autoscaler, moves them back.
	Utilization map[string]Utilization `json:"utilization"`
	// Optional. Namespaces whose pods stay where they are. Default none.
	ExcludedNamespaces []string `json:"excludedNamespaces"`
}

// Utilization is between which bounds a node is neither empty nor full, by what its pods
// request.
type Utilization struct {
	// Required. Below it, a node is empty, in percent: 1 to 99.
	Empty int `json:"empty"`
	// Required. Above it, a node is full, in percent: more than empty, up to 100.
	Full int `json:"full"`
}

const (
	deschedulerName = "descheduler"
	// deschedulerAPI is the version of its policy.
	deschedulerAPI = "descheduler/v1alpha2"

	defaultInterval  = "5m"
	defaultEvictions = 10
)

var descheduler = controller{
	chart:    deschedulerName,
	on:       func(a Args) bool { return isOn(a.Descheduler.Enabled, false) },
	install:  deschedulerChart,
	objects:  deschedulerBudget,
	validate: validateDescheduler,
}

func deschedulerChart(a Args) ref.Chart {
	chart := ref.Chart{
		Name: deschedulerName, Namespace: system,
		Values: map[string]any{
			"kind":                        "Deployment",
			"deschedulingInterval":        cmp.Or(a.Descheduler.Interval, defaultInterval),
			"deschedulerPolicyAPIVersion": deschedulerAPI,
			"deschedulerPolicy":           a.Descheduler.policy(),
			"serviceAccount":              map[string]any{"create": true, "name": deschedulerName},
			"priorityClassName":           critical,
			"podSecurityContext":          podspec.Pod(0),
			"resources":                   unthrottled("500m", "256Mi", "256Mi"), // Source: resources in the chart's values
			"topologySpreadConstraints":   podspec.Spread(map[string]any{"app.kubernetes.io/name": deschedulerName}),
		},
		Profile:   map[string]any{"replicas": a.standby()},
		ExtraKeys: []string{"deschedulerPolicy"}, // it is written down whole
	}
	if a.Replicas > 1 {
		chart.Profile["leaderElection"] = map[string]any{"enabled": true, "resourceName": deschedulerName, "resourceNamespace": system}
	}
	return chart
}

// unthrottled are resources for a chart whose own values limit CPU.
func unthrottled(cpu, memory, limit string) map[string]any {
	resources := podspec.Resources(cpu, memory, limit)
	resources["limits"].(map[string]any)["cpu"] = nil
	return resources
}

// deschedulerBudget stands in for one that the chart doesn't have.
func deschedulerBudget(a Args) map[string]kube.Object {
	if a.Replicas <= 1 {
		return nil
	}
	return map[string]kube.Object{
		"descheduler-budget": kube.New("policy/v1", "PodDisruptionBudget", system, deschedulerName, map[string]any{"spec": map[string]any{
			"minAvailable": 1, "selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": deschedulerName}},
		}}),
	}
}

// policy is one profile.
// Source: https://github.com/kubernetes-sigs/descheduler/tree/v0.36.0#policy-default-evictor-and-strategy-plugins
func (d Descheduler) policy() map[string]any {
	configs := []any{plugin("DefaultEvictor", map[string]any{
		"nodeFit": true, "minReplicas": 2,
		"podProtections": map[string]any{
			// Nearly every pod has an emptyDir, for its root file system can't be written.
			"defaultDisabled": []any{"PodsWithLocalStorage"},
			"extraEnabled":    []any{"PodsWithPVC", "PodsWithoutPDB"},
		},
	})}
	var balance, deschedule []any
	add := func(on bool, to *[]any, name, namespaces string, args map[string]any) {
		if !on {
			return
		}
		if len(d.ExcludedNamespaces) > 0 {
			args[namespaces] = map[string]any{"exclude": ordered(d.ExcludedNamespaces)}
		}
		configs, *to = append(configs, plugin(name, args)), append(*to, name)
	}
	add(isOn(d.Duplicates, true), &balance, "RemoveDuplicates", "namespaces", map[string]any{})
	add(isOn(d.Spread, true), &balance, "RemovePodsViolatingTopologySpreadConstraint", "namespaces",
		map[string]any{"constraints": []any{"DoNotSchedule", "ScheduleAnyway"}}) // the platform's own are the second
	add(isOn(d.Taints, true), &deschedule, "RemovePodsViolatingNodeTaints", "namespaces", map[string]any{})
	empty, full := map[string]any{}, map[string]any{}
	for resource, is := range d.Utilization {
		empty[resource], full[resource] = is.Empty, is.Full
	}
	add(len(d.Utilization) > 0, &balance, "LowNodeUtilization", "evictableNamespaces", map[string]any{"thresholds": empty, "targetThresholds": full})

	plugins := map[string]any{}
	for point, names := range map[string][]any{"balance": balance, "deschedule": deschedule} {
		if len(names) > 0 {
			plugins[point] = map[string]any{"enabled": names}
		}
	}
	return map[string]any{
		"maxNoOfPodsToEvictTotal": cmp.Or(d.MaxEvictions, defaultEvictions),
		"profiles":                []any{map[string]any{"name": "default", "pluginConfig": configs, "plugins": plugins}},
	}
}

func plugin(name string, args map[string]any) any {
	if len(args) == 0 {
		return map[string]any{"name": name}
	}
	return map[string]any{"name": name, "args": args}
}

// ordered is texts in order, as values hold them.
func ordered(texts []string) []any {
	var all []any
	for _, text := range slices.Sorted(slices.Values(texts)) {
		all = append(all, text)
	}
	return all
}

// utilized are the resources that nodes are measured by.
var utilized = []string{"cpu", "memory", "pods"}

func validateDescheduler(s Spec) []problem.Problem {
	var list problem.List
	d := s.Descheduler
	if d.Interval != "" {
		if every, err := time.ParseDuration(d.Interval); err != nil || every < time.Minute {
			list.Addf("descheduler.interval", `write a time such as "5m", at least 1m`, "%q is none", d.Interval)
		}
	}
	if d.MaxEvictions < 0 {
		list.Addf("descheduler.maxEvictions", "write how many, or leave it out for 10", "is %d", d.MaxEvictions)
	}
	if !isOn(d.Duplicates, true) && !isOn(d.Spread, true) && !isOn(d.Taints, true) && len(d.Utilization) == 0 {
		list.Add("descheduler", "has nothing to do", "leave on one of duplicates, spread, taints, or write utilization")
	}
	for _, resource := range slices.Sorted(maps.Keys(d.Utilization)) {
		at, is := "descheduler.utilization."+resource, d.Utilization[resource]
		if !slices.Contains(utilized, resource) {
			problem.OneOf(&list, at, resource, utilized...)
		}
		if is.Empty < 1 || is.Full > 100 || is.Empty >= is.Full {
			list.Addf(at, "write empty and full as percent, with empty below full", "%d to %d is no range", is.Empty, is.Full)
		}
	}
	for _, namespace := range d.ExcludedNamespaces {
		if !form.Name.MatchString(namespace) {
			list.Addf("descheduler.excludedNamespaces", "name each one", "%q can't be a namespace", namespace)
		}
	}
	return list.All()
}
