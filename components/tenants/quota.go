package tenants

import (
	"cmp"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Quota is the most that a namespace may have.
// Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
type Quota struct {
	// Optional. CPU that containers ask for. Default "10".
	RequestsCPU string `json:"requestsCpu"`
	// Optional. Memory that containers ask for. Default 20Gi.
	RequestsMemory string `json:"requestsMemory"`
	// Optional. CPU that containers are limited to; with it, each container needs a limit.
	// Default none: a CPU limit slows a container down while its node has CPU to spare.
	LimitsCPU string `json:"limitsCpu"`
	// Optional. Memory that containers are limited to. Default 40Gi.
	LimitsMemory string `json:"limitsMemory"`
	// Optional. Pods that have not ended. Default 50.
	Pods *int `json:"pods"`
	// Optional. Storage that volume claims ask for. Default 100Gi.
	Storage string `json:"storage"`
	// Optional. Volume claims. Default 20.
	VolumeClaims *int `json:"volumeClaims"`
	// Optional. Services of type LoadBalancer, each a Network Load Balancer that is paid
	// for. They need nodePorts, too, unless they say allocateLoadBalancerNodePorts: false.
	// Ingresses are not counted. Default 0.
	LoadBalancers *int `json:"loadBalancers"`
	// Optional. Ports of nodes that Services take, each open on every node. Default 0.
	NodePorts *int `json:"nodePorts"`
	// Optional. Other resources by their names: {requests.nvidia.com/gpu: "2"}. Default none.
	Other map[string]string `json:"other"`
}

// withDefaults: a small team's services. Memory may be promised twice over, CPU to any
// extent, for limits are seldom reached at once.
func (q Quota) withDefaults() Quota {
	q.RequestsCPU, q.RequestsMemory = cmp.Or(q.RequestsCPU, "10"), cmp.Or(q.RequestsMemory, "20Gi")
	q.LimitsMemory, q.Storage = cmp.Or(q.LimitsMemory, "40Gi"), cmp.Or(q.Storage, "100Gi")
	for count, number := range map[**int]int{&q.Pods: 50, &q.VolumeClaims: 20, &q.LoadBalancers: 0, &q.NodePorts: 0} {
		if *count == nil {
			*count = new(number)
		}
	}
	return q
}

// amounts are the quantities by the keys at which they stand.
func (q Quota) amounts() map[string]string {
	return map[string]string{"requestsCpu": q.RequestsCPU, "requestsMemory": q.RequestsMemory, "limitsCpu": q.LimitsCPU, "limitsMemory": q.LimitsMemory, "storage": q.Storage}
}

func (q Quota) counts() map[string]*int {
	return map[string]*int{"pods": q.Pods, "volumeClaims": q.VolumeClaims, "loadBalancers": q.LoadBalancers, "nodePorts": q.NodePorts}
}

// resources are the names that Kubernetes has for the keys.
var resources = map[string]string{
	"requestsCpu": "requests.cpu", "requestsMemory": "requests.memory", "limitsCpu": "limits.cpu", "limitsMemory": "limits.memory",
	"storage": "requests.storage", "pods": "pods", "volumeClaims": "persistentvolumeclaims",
	"loadBalancers": "services.loadbalancers", "nodePorts": "services.nodeports",
}

// validate lists what is wrong with a quota that has its defaults.
func (q Quota) validate() []problem.Problem {
	var list problem.List
	own := map[string]string{}
	for key, name := range resources {
		own[name] = key
	}
	for key, amount := range q.amounts() {
		if amount != "" {
			quantity(&list, key, amount)
		}
	}
	for key, count := range q.counts() {
		if *count < 0 {
			list.Addf(key, "use 0 or more", "%d is less than nothing", *count)
		}
	}
	for name, amount := range q.Other {
		if key, has := own[name]; has {
			list.Addf(problem.Join("other", name), "write it there", "is what quota.%s says", key)
		}
		quantity(&list, problem.Join("other", name), amount)
	}
	for _, kind := range []struct{ key, requests, limits string }{{"requestsCpu", q.RequestsCPU, q.LimitsCPU}, {"requestsMemory", q.RequestsMemory, q.LimitsMemory}} {
		if more(kind.requests, kind.limits) {
			list.Addf(kind.key, "use less, or a higher limit", "%s is more than the limit %s, which no container goes beyond", kind.requests, kind.limits)
		}
	}
	return list.All()
}

// quantity notes a text that is no amount.
func quantity(list *problem.List, path, text string) {
	if amount, err := resource.ParseQuantity(text); err != nil || amount.Sign() < 0 {
		list.Addf(path, "write it as 500m, 2, 512Mi or 10Gi, in quotes", "%q is not an amount", text)
	}
}

// more says whether an amount is more than another, where both are amounts.
func more(text, than string) bool {
	a, err := resource.ParseQuantity(text)
	b, otherErr := resource.ParseQuantity(than)
	return err == nil && otherErr == nil && a.Cmp(b) > 0
}

// quota is the object.
func (t Tenant) quota(namespace string) kube.Object {
	hard := map[string]any{}
	for key, amount := range t.Quota.amounts() {
		if amount != "" {
			hard[resources[key]] = amount
		}
	}
	for key, count := range t.Quota.counts() {
		hard[resources[key]] = strconv.Itoa(*count)
	}
	for name, amount := range t.Quota.Other {
		hard[name] = amount
	}
	return kube.New("v1", "ResourceQuota", namespace, "quota", map[string]any{"spec": map[string]any{"hard": hard}})
}
