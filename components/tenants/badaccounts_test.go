package tenants_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/tenants"
)

func TestBadServiceAccountsAreRefused(t *testing.T) {
	t.Parallel()
	account := func(name string, account tenants.ServiceAccount) func(*tenants.Args) {
		return changed(func(s *tenants.Tenant) { s.ServiceAccounts[name] = account })
	}
	rule := func(group, resources, verbs string, names ...string) func(*tenants.Args) {
		return account("x", tenants.ServiceAccount{Rules: []tenants.Rule{{APIGroups: []string{group}, Resources: strings.Fields(resources), Verbs: strings.Fields(verbs), ResourceNames: names}}})
	}
	statement := func(s tenants.Statement) func(*tenants.Args) {
		return account("x", tenants.ServiceAccount{IAM: []tenants.Statement{s}})
	}
	iam := func(action, resource, reason string) func(*tenants.Args) {
		return statement(tenants.Statement{Actions: []string{action}, Resources: []string{resource}, Reason: reason})
	}
	const rbac, role = "rbac.authorization.k8s.io", "arn:aws:iam::111122223333:role/x"
	var many []string
	for range 200 {
		many = append(many, "arn:aws:s3:::a-bucket-with-a-name-that-is-about-as-long-as-they-get/*")
	}
	for want, change := range map[string]func(*tenants.Args){
		`serviceAccounts.default: is the account of every pod that names none; use a name`:                               account("default", tenants.ServiceAccount{}),
		`serviceAccounts.Web: "Web" can't be a service account's name; use up to 63`:                                     account("Web", tenants.ServiceAccount{}),
		`serviceAccounts.x.automount: is true, and there is nothing that the token would be for; name rules`:             account("x", tenants.ServiceAccount{Automount: true}),
		`serviceAccounts.x.rules[0].verbs: is empty; name what the workload uses`:                                        rule("", "pods", ""),
		`serviceAccounts.x.rules[0].resources: is empty; name what the workload uses`:                                    rule("", "", "get"),
		`serviceAccounts.x.rules[0].verbs[0]: "*" grants what nobody has listed; name what the workload uses`:            rule("", "pods", "*"),
		`serviceAccounts.x.rules[0].resources[0]: "*" grants what nobody has listed; name`:                               rule("", "*", "get"),
		`serviceAccounts.x.rules[0].resources[0]: "pods/*" grants what nobody has listed; name`:                          rule("", "pods/*", "get"),
		`serviceAccounts.x.rules[0].apiGroups[0]: "*" grants what nobody has listed; name`:                               rule("*", "pods", "get"),
		`serviceAccounts.x.rules[0].verbs[1]: "escalate" is refused: it is no verb`:                                      rule(rbac, "roles", "get escalate"),
		`serviceAccounts.x.rules[0].verbs[0]: "bind" is refused: it is no verb`:                                          rule(rbac, "roles", "bind"),
		`serviceAccounts.x.rules[0].verbs[0]: "impersonate" is refused: it is no verb`:                                   rule("", "serviceaccounts", "impersonate"),
		`serviceAccounts.x.rules[0].verbs: create knows no names of objects, so it grants nothing here; write it as`:     rule("", "pods", "get create", "web"),
		`serviceAccounts.x.rules[0].resources[1]: secrets with list, watch reads every secret of the namespace; name`:    rule("", "pods secrets", "list watch"),
		`serviceAccounts.x.rules[0].resources[0]: secrets with get reads every secret of the namespace; name`:            rule("", "secrets", "get"),
		`serviceAccounts.x.rules[0].resources[0]: serviceaccounts/token with create makes tokens of the namespace's`:     rule("", "serviceaccounts/token", "create"),
		`serviceAccounts.x.rules[0].resources[0]: pods/exec with get enters other workloads' pods; remove it`:            rule("", "pods/exec", "get", "web"),
		`serviceAccounts.x.rules[0].resources[0]: rolebindings with patch changes who may do what; remove it`:            rule(rbac, "rolebindings", "patch"),
		`serviceAccounts.x.rules[0].resources[0]: networkpolicies with delete opens the namespace's network; remove`:     rule("networking.k8s.io", "networkpolicies", "delete"),
		`serviceAccounts.x.iam[0].actions: is empty; name what the workload uses`:                                        statement(tenants.Statement{Resources: []string{role}}),
		`serviceAccounts.x.iam[0].resources: is empty; name what the workload uses`:                                      statement(tenants.Statement{Actions: []string{"s3:GetObject"}}),
		`serviceAccounts.x.iam[0].actions[0]: "*" allows every action of AWS; name the actions, as s3:GetObject`:         iam("*", role, "because"),
		`serviceAccounts.x.iam[0].actions[0]: "*:*" allows every action of AWS; name the actions`:                        iam("*:*", role, "because"),
		`serviceAccounts.x.iam[0].actions[0]: "s3:*" allows every action of the service; name the actions, or say`:       iam("s3:*", "arn:aws:s3:::orders", ""),
		`serviceAccounts.x.iam[0].actions[0]: "GetObject" is not an action; write it as s3:GetObject`:                    iam("GetObject", "arn:aws:s3:::orders", ""),
		`serviceAccounts.x.iam[0].resources[0]: "orders" is not an ARN; write it as arn:aws:s3:::bucket/*`:               iam("s3:GetObject", "orders", ""),
		`serviceAccounts.x.iam[0].resources[0]: "*" is every resource; name the resources, or say in reason`:             iam("s3:ListAllMyBuckets", "*", ""),
		`serviceAccounts.x.iam[0].resources[0]: "arn:aws:s3:::*" is every resource; name the resources`:                  iam("s3:GetObject", "arn:aws:s3:::*", ""),
		`serviceAccounts.x.iam[0].resources[0]: "*" lets the workload be any role that trusts it; name the roles`:        iam("sts:AssumeRole", "*", "because"),
		`serviceAccounts.x.iam[0].resources[0]: "arn:aws:iam::*:role/*" lets the workload be any role that trusts it; n`: iam("iam:Pass*", "arn:aws:iam::*:role/*", "because"),
		`serviceAccounts.x.iam: the policy has `:                                                                         statement(tenants.Statement{Actions: []string{"s3:GetObject"}, Resources: many}),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			refused(t, want, change)
		})
	}
}

func TestBadAccessIsRefused(t *testing.T) {
	t.Parallel()
	access := func(access tenants.Access) func(*tenants.Args) {
		return changed(func(s *tenants.Tenant) { s.Access["x"] = access })
	}
	for want, change := range map[string]func(*tenants.Args){
		`access.X: "X" can't be the name of a binding; use up to 63`:                                    changed(func(s *tenants.Tenant) { s.Access["X"] = tenants.Access{Group: "x", Policy: "view"} }),
		`access.x.policy: "root" is not known; use one of admin, edit, view`:                            access(tenants.Access{Group: "x", Policy: "root"}),
		`access.x: lets in nobody, or two; name either a principal or a group`:                          access(tenants.Access{Policy: "view"}),
		`access.x.principal: "me" is not one; give the ARN of an IAM role or user`:                      access(tenants.Access{Principal: "me", Policy: "view"}),
		`access.x: lets in the same as access.team; remove one`:                                         access(tenants.Access{Principal: team, Policy: "view"}),
		`access.auditor.principal: ` + auditor + ` enters by cluster.admins or cluster.access, and EKS`: func(a *tenants.Args) { a.Entered = []string{auditor} },
		`access.developers.group: is of an identity provider, and the cluster has none; set`:            func(a *tenants.Args) { a.GroupsPrefix = "" },
		`access.x.group: "system:masters" is a group of Kubernetes itself; use a group of`: func(a *tenants.Args) {
			a.GroupsPrefix = "system:"
			changed(func(s *tenants.Tenant) { s.Access = map[string]tenants.Access{"x": {Group: "masters", Policy: "view"}} })(a)
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			refused(t, want, change)
		})
	}
}
