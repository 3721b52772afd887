package tenants_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

func TestServiceAccounts(t *testing.T) {
	t.Parallel()
	const physical = "demo-shop-orders-644f7b8c"
	for name, pods := range map[string]bool{"Pod Identity": true, "IRSA": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, func(a *tenants.Args) {
				a.Cluster.PodIdentity = pods
				a.Cluster.OidcProviderArn, a.Cluster.OidcIssuer = pulumi.String("arn:provider"), pulumi.String("issuer")
			})
			require.NoError(t, err)

			assert.Len(t, r.OfType(accountType), 3)
			web := decoded[corev1.ServiceAccount](t, get(t, r, accountType, "demo-shop.web"))
			assert.False(t, *web.AutomountServiceAccountToken)
			assert.Empty(t, web.Annotations)

			role := get(t, r, iamRoleType, "demo-shop.orders")
			assert.Equal(t, physical, role.Inputs["name"])
			assert.Contains(t, role.Inputs["assumeRolePolicy"], "shop")
			assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::orders/*"],
				"Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}`, get(t, r, iamPolicyType, "demo-shop.orders").Inputs["policy"].(string))
			orders := get(t, r, accountType, "demo-shop.orders")
			assert.Contains(t, orders.DependsOn, get(t, r, iamPolicyType, "demo-shop.orders").URN, "who finds the account finds its permissions")
			annotation := decoded[corev1.ServiceAccount](t, orders).Annotations["eks.amazonaws.com/role-arn"]
			if pods {
				assert.Empty(t, annotation)
				association := get(t, r, podIdentityType, "demo-shop.orders-orders")
				assert.Equal(t, "shop", association.Inputs["namespace"])
				assert.Contains(t, orders.DependsOn, association.URN)
			} else {
				assert.Equal(t, "arn:aws:iam::111122223333:role/"+physical, annotation)
				assert.Empty(t, r.OfType(podIdentityType))
			}

			assert.True(t, *decoded[corev1.ServiceAccount](t, get(t, r, accountType, "demo-shop.leader")).AutomountServiceAccountToken)
			granted := decoded[rbacv1.Role](t, get(t, r, roleType, "demo-shop.leader")).Rules
			require.Len(t, granted, 2)
			assert.Equal(t, rbacv1.PolicyRule{APIGroups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: []string{"get", "update"}, ResourceNames: []string{"leader"}}, granted[0])
			binding := decoded[rbacv1.RoleBinding](t, get(t, r, bindingType, "demo-shop.leader"))
			assert.Equal(t, rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "leader"}, binding.RoleRef)
			assert.Equal(t, []rbacv1.Subject{{Kind: "ServiceAccount", Name: "leader", Namespace: "shop"}}, binding.Subjects)
			assert.Len(t, r.OfType(roleType), 1)
		})
	}
}

func TestRolesDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	r, err := run(t, func(a *tenants.Args) {
		a.Cluster.Name = strings.Repeat("c", 40)
		statement := shop().ServiceAccounts["orders"]
		for namespace, account := range map[string]string{"a-b": "c", "a": "b-c", long: long} {
			a.Tenants[namespace] = tenants.Tenant{Team: "a", Calls: shop().Calls, ServiceAccounts: map[string]tenants.ServiceAccount{account: statement}}
			delete(a.Tenants[namespace].Calls, "self")
		}
	})
	require.NoError(t, err)
	names := map[string]bool{}
	for _, role := range r.OfType(iamRoleType) {
		name := role.Inputs["name"].(string)
		assert.LessOrEqual(t, len(name), 64)
		names[name] = true
	}
	assert.Len(t, names, 4)
}

func TestAccess(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	binding := decoded[rbacv1.RoleBinding](t, get(t, r, bindingType, "demo-shop.access.developers"))
	assert.Equal(t, "shop", binding.Namespace)
	assert.Equal(t, rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"}, binding.RoleRef)
	assert.Equal(t, []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "oidc:shop-developers"}}, binding.Subjects)

	require.Len(t, r.OfType(entryType), 2, "one for each principal")
	grants := map[string][]any{}
	for _, grant := range r.OfType(grantType) {
		scope := grant.Inputs["accessScope"].(object)
		assert.Equal(t, "namespace", scope["type"])
		assert.Equal(t, "demo", grant.Inputs["clusterName"])
		grants[fmt.Sprint(grant.Inputs["principalArn"], " ", grant.Inputs["policyArn"])] = scope["namespaces"].([]any)
	}
	const policies = " arn:aws:eks::aws:cluster-access-policy/"
	assert.Equal(t, map[string][]any{
		team + policies + "AmazonEKSEditPolicy":    {"shop"},
		team + policies + "AmazonEKSViewPolicy":    {"billing"},
		auditor + policies + "AmazonEKSViewPolicy": {"billing"},
	}, grants)
}
