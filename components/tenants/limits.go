package tenants

import (
	"cmp"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Limits is what a single container or volume claim has and may have.
// Source: https://kubernetes.io/docs/concepts/policy/limit-range/
type Limits struct {
	// Optional. What a container asks for that says nothing. Default cpu 100m, memory 128Mi.
	Requests Amounts `json:"requests"`
	// Optional. What a container is limited to that says nothing. Default memory 256Mi, and
	// no limit of CPU.
	Default Amounts `json:"default"`
	// Optional. The least that a container may ask for. Default none.
	Min Amounts `json:"min"`
	// Optional. The most that a container may be limited to. Default none.
	Max Amounts `json:"max"`
	// Optional. The least that a volume claim may ask for. Default none.
	MinVolume string `json:"minVolume"`
	// Optional. The most that a volume claim may ask for. Default none.
	MaxVolume string `json:"maxVolume"`
}

// Amounts are CPU and memory of a container.
type Amounts struct {
	// Optional. CPU: 500m, "2". Default that of the field it is in.
	CPU string `json:"cpu"`
	// Optional. Memory: 512Mi, 2Gi. Default that of the field it is in.
	Memory string `json:"memory"`
}

// withDefaults are small: what matters says for itself what it needs.
func (l Limits) withDefaults() Limits {
	l.Requests = Amounts{CPU: cmp.Or(l.Requests.CPU, "100m"), Memory: cmp.Or(l.Requests.Memory, "128Mi")}
	l.Default.Memory = cmp.Or(l.Default.Memory, "256Mi")
	return l
}

// steps are the amounts of a resource in the order in which they must grow.
func (l Limits) steps(of func(Amounts) string) []step {
	return []step{{"min", of(l.Min)}, {"requests", of(l.Requests)}, {"default", of(l.Default)}, {"max", of(l.Max)}}
}

type step struct{ key, amount string }

func cpu(a Amounts) string    { return a.CPU }
func memory(a Amounts) string { return a.Memory }

// validate lists what is wrong with limits that have their defaults.
func (l Limits) validate(quota Quota) []problem.Problem {
	var list problem.List
	for name, of := range map[string]func(Amounts) string{"cpu": cpu, "memory": memory} {
		ordered(&list, name, l.steps(of))
	}
	ordered(&list, "", []step{{"minVolume", l.MinVolume}, {"maxVolume", l.MaxVolume}})
	if quota.LimitsCPU != "" && l.Default.CPU == "" {
		list.Add("default.cpu", "is missing, and quota.limitsCpu refuses containers without a limit of CPU", "name one such as \"1\", or remove quota.limitsCpu")
	}
	return list.All()
}

// ordered notes amounts that are none, and those that are more than a later one.
func ordered(list *problem.List, name string, steps []step) {
	var before step
	for _, s := range steps {
		if s.amount == "" {
			continue
		}
		path := problem.Join(s.key, name)
		quantity(list, path, s.amount)
		if more(before.amount, s.amount) {
			list.Addf(path, "let min, requests, default and max grow in this order", "%s is less than %s, the amount at %s", s.amount, before.amount, problem.Join(before.key, name))
		}
		before = s
	}
}

// limits is the object.
func (t Tenant) limits(namespace string) kube.Object {
	container, claim := map[string]any{"type": "Container"}, map[string]any{"type": "PersistentVolumeClaim"}
	for field, amounts := range map[string]Amounts{
		"defaultRequest": t.Limits.Requests, "default": t.Limits.Default, "min": t.Limits.Min, "max": t.Limits.Max,
	} {
		put(container, field, "cpu", amounts.CPU)
		put(container, field, "memory", amounts.Memory)
	}
	put(claim, "min", "storage", t.Limits.MinVolume)
	put(claim, "max", "storage", t.Limits.MaxVolume)
	all := []any{container}
	if len(claim) > 1 {
		all = append(all, claim)
	}
	return kube.New("v1", "LimitRange", namespace, "limits", map[string]any{"spec": map[string]any{"limits": all}})
}

// put writes an amount, where there is one, below a field.
func put(into map[string]any, field, name, amount string) {
	if amount == "" {
		return
	}
	below, _ := into[field].(map[string]any)
	if below == nil {
		below = map[string]any{}
		into[field] = below
	}
	below[name] = amount
}
