package tenants

import (
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// ServiceAccount is whom a workload's pods run as.
type ServiceAccount struct {
	// Optional. What they may do in the namespace, asking the API server. Default nothing.
	Rules []Rule `json:"rules"`
	// Optional. What they may do in AWS: a role is made with these statements. Default
	// nothing.
	IAM []Statement `json:"iam"`
	// Optional. Give pods a token for the API server; only where there are rules. Default
	// false: pods may ask for one with a volume of their own.
	Automount bool `json:"automount"`
}

// Rule grants verbs on resources of the namespace.
type Rule struct {
	// Required. The API groups; "" is that of pods, services and the like.
	APIGroups []string `json:"apiGroups"`
	// Required. The resources, in the plural: configmaps, pods/log.
	Resources []string `json:"resources"`
	// Optional. The names of objects. Default all.
	ResourceNames []string `json:"resourceNames"`
	// Required. The verbs: get, list, watch, create, update, patch, delete,
	// deletecollection.
	Verbs []string `json:"verbs"`
}

// verbs are those of resources in a namespace. Besides, there are bind, escalate and
// impersonate, by which an account takes more than it was given.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

var (
	reads  = verbs[:3]
	writes = verbs[3:]
)

// risk is what may be granted with names only, or not at all.
type risk struct {
	group     string
	resources []string
	verbs     []string
	// named says that it may be granted on objects by name.
	named bool
	why   string
}

// risks are the ways by which an account takes more than it was given.
// Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
var risks = []risk{
	{"", []string{"secrets"}, reads, true, "reads every secret of the namespace"},
	{"", []string{"serviceaccounts/token"}, writes, false, "makes tokens of the namespace's other accounts"},
	{"", []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "pods/ephemeralcontainers"}, verbs, false, "enters other workloads' pods"},
	{"rbac.authorization.k8s.io", []string{"roles", "rolebindings"}, writes, false, "changes who may do what"},
	{"networking.k8s.io", []string{"networkpolicies"}, writes, false, "opens the namespace's network"},
}

const (
	wildcard       = "*"
	defaultAccount = "default"
)

func (s ServiceAccount) validate(name string) []problem.Problem {
	var list problem.List
	switch {
	case name == defaultAccount:
		list.Add("", "is the account of every pod that names none", "use a name of the workload's own")
	case !form.Name.MatchString(name):
		list.Addf("", "use up to 63 lower-case letters, digits and hyphens", "%q can't be a service account's name", name)
	}
	if s.Automount && len(s.Rules) == 0 {
		list.Add("automount", "is true, and there is nothing that the token would be for", "name rules, or remove it")
	}
	for i, rule := range s.Rules {
		list.Under(at("rules", i), rule.validate())
	}
	list.Under("iam", validateIAM(s.IAM))
	return list.All()
}

func (r Rule) validate() []problem.Problem {
	var list problem.List
	for key, values := range map[string][]string{"apiGroups": r.APIGroups, "resources": r.Resources, "verbs": r.Verbs} {
		if len(values) == 0 {
			list.Add(key, "is empty", "name what the workload uses")
		}
		for i, value := range values {
			if strings.Contains(value, wildcard) {
				list.Addf(at(key, i), "name what the workload uses", "%q grants what nobody has listed", value)
			}
		}
	}
	for i, verb := range r.Verbs {
		if !strings.Contains(verb, wildcard) && !slices.Contains(verbs, verb) {
			list.Addf(at("verbs", i), "use some of "+strings.Join(verbs, ", "), "%q is refused: it is no verb of a namespace's resources, or one that takes more than is given", verb)
		}
	}
	// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
	for _, unnamed := range []string{"create", "deletecollection"} {
		if len(r.ResourceNames) > 0 && slices.Contains(r.Verbs, unnamed) {
			list.Addf("verbs", "write it as a rule of its own, without resourceNames", "%s knows no names of objects, so it grants nothing here", unnamed)
		}
	}
	for _, risk := range risks {
		risk.check(&list, r)
	}
	return list.All()
}

func (k risk) check(list *problem.List, r Rule) {
	shared := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
	}
	if !slices.Contains(r.APIGroups, k.group) || !shared(r.Verbs, k.verbs) || k.named && len(r.ResourceNames) > 0 {
		return
	}
	fix := "remove it"
	if k.named {
		fix = "name the objects in resourceNames"
	}
	for i, name := range r.Resources {
		if slices.Contains(k.resources, name) {
			list.Addf(at("resources", i), fix, "%s with %s %s", name, strings.Join(r.Verbs, ", "), k.why)
		}
	}
}

// account is the ServiceAccount; with permissions in AWS it names the role.
func (s ServiceAccount) account(cluster ref.Cluster, namespace, name string) kube.Object {
	object := kube.New("v1", "ServiceAccount", namespace, name, map[string]any{"automountServiceAccountToken": s.Automount})
	annotations := map[string]string{}
	if len(s.IAM) > 0 {
		for key, value := range irsa.Annotations(cluster, roleName(cluster, namespace, name)) {
			annotations[key] = value.(string)
		}
	}
	return object.With(nil, annotations)
}

// rbac is the Role and its binding to the account alone; none without rules.
func (s ServiceAccount) rbac(namespace, name string) []kube.Object {
	if len(s.Rules) == 0 {
		return nil
	}
	rules := make([]any, 0, len(s.Rules))
	for _, r := range s.Rules {
		rule := map[string]any{"apiGroups": r.APIGroups, "resources": r.Resources, "verbs": r.Verbs}
		if len(r.ResourceNames) > 0 {
			rule["resourceNames"] = r.ResourceNames
		}
		rules = append(rules, rule)
	}
	return []kube.Object{
		kube.New(rbacVersion, "Role", namespace, name, map[string]any{"rules": rules}),
		kube.New(rbacVersion, "RoleBinding", namespace, name, map[string]any{
			"roleRef":  map[string]any{"apiGroup": rbacGroup, "kind": "Role", "name": name},
			"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": name, "namespace": namespace}},
		}),
	}
}

const (
	rbacGroup   = "rbac.authorization.k8s.io"
	rbacVersion = rbacGroup + "/v1"
)
