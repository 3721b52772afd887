package rules

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
)

const rbacGroup = "rbac.authorization.k8s.io"

func isRole(t Type) bool {
	return t.Group == rbacGroup && (t.Kind == "Role" || t.Kind == "ClusterRole")
}

// rbacNoWildcards forbids "*" in every list of a role's rules.
func rbacNoWildcards() Rule {
	return Rule{
		ID:       "rbac-no-wildcards",
		Family:   RBAC,
		Title:    "Roles name the verbs, resources and API groups that they grant: no wildcards.",
		Severity: High,
		Applies:  isRole,
		Why: "A wildcard grants what exists today and what any later version or custom resource adds, " +
			"secrets and the right to escalate among it. Nobody reviewing it can say what it allows.",
		Fix:        "Name each value, such as verbs: [get, list, watch]",
		References: []string{"CIS EKS Benchmark 4.1.3", "NSA/CISA Kubernetes Hardening Guide: authentication and authorization", "Kyverno restrict-wildcard-verbs, restrict-wildcard-resources"},
		Check:      checkWildcards,
	}
}

func checkWildcards(r Resource) []Finding {
	list := r.Inputs.Get("rules")
	if list.Unknown() {
		return []Finding{undecided("rules")}
	}
	var findings []Finding
	for i, item := range list.Items() {
		path := fmt.Sprintf("rules[%d]", i)
		var rule rbacv1.PolicyRule
		complete, err := item.Decode(&rule)
		if err != nil {
			findings = append(findings, unreadable(path))
			continue
		}
		found := wildcardsIn(path, rule)
		if len(found) == 0 && !complete {
			found = []Finding{undecided(path)}
		}
		findings = append(findings, found...)
	}
	return findings
}

func wildcardsIn(path string, rule rbacv1.PolicyRule) []Finding {
	var findings []Finding
	for _, field := range []struct {
		name   string
		values []string
	}{{"apiGroups", rule.APIGroups}, {"nonResourceURLs", rule.NonResourceURLs}, {"resources", rule.Resources}, {"verbs", rule.Verbs}} {
		for i, value := range field.values {
			if value == rbacv1.ResourceAll {
				findings = append(findings, Finding{Path: fmt.Sprintf("%s.%s[%d]", path, field.name, i), What: `is "*", which grants everything of its kind`})
			}
		}
	}
	return findings
}
