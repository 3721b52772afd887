package tenants

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Tenant is a namespace with what its team may do in it. It is plain data.
type Tenant struct {
	// Required. The team that owns the namespace, as a label's value: shop.
	Team string `json:"team"`
	// Optional. The environment, as a label's value. Default the stack's profile.
	Environment string `json:"environment"`
	// Optional. The Pod Security level that pods are refused by: restricted, baseline, or
	// privileged, which needs a reason. Default restricted.
	PodSecurity string `json:"podSecurity"`
	// Optional. Why podSecurity is privileged; nodes are not safe from such pods. Default
	// none.
	Reason string `json:"reason"`
	// Optional. The most that all pods of the namespace may have together.
	Quota Quota `json:"quota"`
	// Optional. What a single container has that says nothing, and may have.
	Limits Limits `json:"limits"`
	// Optional. The workloads' service accounts by name, one for each workload. Default
	// none: pods run as default, which has no permission and no token.
	ServiceAccounts map[string]ServiceAccount `json:"serviceAccounts"`
	// Optional. Who may enter the namespace, by a name of your choice. Default those who
	// may enter every namespace.
	Access map[string]Access `json:"access"`
	// Optional. Who reaches the namespace's pods, by a name of your choice. Default nobody.
	Callers map[string]Peer `json:"callers"`
	// Optional. Whom the namespace's pods reach, by a name of your choice. Default DNS, and
	// what their service accounts need.
	Calls map[string]Peer `json:"calls"`
	// Optional. Refuse to delete the namespace, and all that is in it, until this is false.
	// Default false.
	Protect bool `json:"protect"`
}

// levels are those of the Pod Security standards.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
const (
	restricted = "restricted"
	baseline   = "baseline"
	privileged = "privileged"
)

// WithDefaults returns a copy in which every value left out has its default.
func (t Tenant) WithDefaults() Tenant {
	t.PodSecurity = cmp.Or(t.PodSecurity, restricted)
	t.Quota, t.Limits = t.Quota.withDefaults(), t.Limits.withDefaults()
	return t
}

// validate lists what is wrong with a tenant that has its defaults.
func (t Tenant) validate(a Args) []problem.Problem {
	var list problem.List
	for key, value := range map[string]string{"team": t.Team, "environment": cmp.Or(t.Environment, a.Environment)} {
		if value == "" || !form.LabelValue.MatchString(value) {
			list.Addf(key, form.LabelValueFix, "%q can't be a label's value", value)
		}
	}
	problem.OneOf(&list, "podSecurity", t.PodSecurity, restricted, baseline, privileged)
	switch {
	case t.PodSecurity == privileged && t.Reason == "":
		list.Add("reason", "is missing, and podSecurity is privileged", "say why pods must own their nodes, or use restricted")
	case t.PodSecurity != privileged && t.Reason != "":
		list.Add("reason", "has no effect, for podSecurity is not privileged", "remove it")
	}
	list.Under("quota", t.Quota.validate())
	list.Under("limits", t.Limits.validate(t.Quota))
	for _, name := range sortedKeys(t.ServiceAccounts) {
		list.Under(problem.Join("serviceAccounts", name), t.ServiceAccounts[name].validate(name))
	}
	t.validateAccess(&list, a)
	for _, name := range sortedKeys(t.Callers) {
		list.Under(problem.Join("callers", name), t.Callers[name].validate(name))
	}
	for _, name := range sortedKeys(t.Calls) {
		list.Under(problem.Join("calls", name), t.Calls[name].validate(name))
	}
	if t.usesAWS() && len(a.AWSEndpoints) == 0 && !t.leavesBy443() {
		list.Add("calls", "let nobody reach AWS, and a service account has permissions there",
			"add one such as aws: {internet: true, ports: [{port: 443}]}, or the cidrs of the VPC's endpoints")
	}
	return list.All()
}

// usesAWS says whether a pod of the tenant may have permissions in AWS.
func (t Tenant) usesAWS() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(t.ServiceAccounts)), func(s ServiceAccount) bool { return len(s.IAM) > 0 })
}

// usesAPI says whether a pod of the tenant may ask the API server for something.
func (t Tenant) usesAPI() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(t.ServiceAccounts)), func(s ServiceAccount) bool { return len(s.Rules) > 0 })
}

// leavesBy443 says whether some pods reach something beyond the cluster by HTTPS.
func (t Tenant) leavesBy443() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(t.Calls)), func(p Peer) bool {
		return (p.Internet || len(p.CIDRs) > 0) && slices.ContainsFunc(p.Ports, func(port Port) bool { return port.holds(443) })
	})
}

// systemPrefix begins the names of Kubernetes' own namespaces.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
const (
	systemPrefix     = "kube-"
	defaultNamespace = "default"
)

// Validate lists what is wrong with the tenants, as far as plain data says: the paths are
// relative to them.
func Validate(args Args) []problem.Problem {
	var list problem.List
	args = args.withDefaults()
	for _, name := range sortedKeys(args.Tenants) {
		switch {
		case !form.Name.MatchString(name):
			list.Addf(name, "use up to 63 lower-case letters, digits and hyphens", "%q can't be a namespace's name", name)
		case strings.HasPrefix(name, systemPrefix) || name == defaultNamespace:
			list.Add(name, "is a namespace of Kubernetes itself", "use a name of the team's own")
		case slices.Contains(args.Reserved, name):
			list.Add(name, "is a namespace that the platform installs things in", "use a name of the team's own")
		}
		list.Under(name, args.Tenants[name].validate(args))
		list.Under(name, args.callees(name))
	}
	return list.All()
}

// callees lists the calls to other tenants that these don't let in: both ends must agree,
// or the connection is dropped without a word.
func (a Args) callees(name string) []problem.Problem {
	var list problem.List
	caller := a.Tenants[name]
	for _, key := range sortedKeys(caller.Calls) {
		called := caller.Calls[key].Namespace
		callee, tenant := a.Tenants[called]
		if tenant && !callee.names(callee.Callers, name) {
			list.Addf(problem.Join("calls", key), "add a caller {namespace: "+name+"} to "+called+", or remove the call", "%s lets nobody of %s in", called, name)
		}
	}
	for _, key := range sortedKeys(caller.Callers) {
		calling := caller.Callers[key].Namespace
		other, tenant := a.Tenants[calling]
		if tenant && !other.names(other.Calls, name) {
			list.Addf(problem.Join("callers", key), "add a call {namespace: "+name+"} to "+calling+", or remove the caller", "%s lets nobody out to %s", calling, name)
		}
	}
	return list.All()
}

func (Tenant) names(peers map[string]Peer, namespace string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(peers)), func(p Peer) bool { return p.Namespace == namespace })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
