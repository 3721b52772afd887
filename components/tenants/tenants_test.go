package tenants_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

type object = map[string]any

const (
	namespaceType   = "kubernetes:core/v1:Namespace"
	accountType     = "kubernetes:core/v1:ServiceAccount"
	patchType       = "kubernetes:core/v1:ServiceAccountPatch"
	quotaType       = "kubernetes:core/v1:ResourceQuota"
	limitsType      = "kubernetes:core/v1:LimitRange"
	policyType      = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	ciliumType      = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
	roleType        = "kubernetes:rbac.authorization.k8s.io/v1:Role"
	bindingType     = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
	iamRoleType     = "aws:iam/role:Role"
	iamPolicyType   = "aws:iam/rolePolicy:RolePolicy"
	podIdentityType = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	entryType       = "aws:eks/accessEntry:AccessEntry"
	grantType       = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"

	team    = "arn:aws:iam::111122223333:role/teams/Shop"
	auditor = "arn:aws:iam::111122223333:user/auditor"
)

// shop is a tenant with all that one can have.
func shop() tenants.Tenant {
	return tenants.Tenant{
		Team: "shop", Environment: "prd", Protect: true,
		Quota:  tenants.Quota{Pods: new(200), LimitsCPU: "40", Other: map[string]string{"requests.nvidia.com/gpu": "2"}},
		Limits: tenants.Limits{Default: tenants.Amounts{CPU: "1", Memory: "512Mi"}, Min: tenants.Amounts{CPU: "10m"}, Max: tenants.Amounts{Memory: "8Gi"}, MaxVolume: "50Gi"},
		ServiceAccounts: map[string]tenants.ServiceAccount{
			"web": {},
			"orders": {IAM: []tenants.Statement{{
				Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::orders/*"},
				Conditions: map[string]map[string]any{"Bool": {"aws:SecureTransport": "true"}},
			}}},
			"leader": {Automount: true, Rules: []tenants.Rule{
				{APIGroups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: []string{"get", "update"}, ResourceNames: []string{"leader"}},
				{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}, ResourceNames: []string{"tls"}},
			}},
		},
		Access: map[string]tenants.Access{
			"team":       {Principal: team, Policy: "edit"},
			"developers": {Group: "shop-developers", Policy: "view"},
		},
		Callers: map[string]tenants.Peer{
			"ingress": {CIDRs: []string{"10.0.0.0/20"}, Pods: map[string]string{"app": "web"}, Ports: []tenants.Port{{Port: 8080}}},
			"billing": {Namespace: "billing", PodLabels: map[string]string{"app": "invoices"}, Ports: []tenants.Port{{Port: 8000, EndPort: 8010}}},
		},
		Calls: map[string]tenants.Peer{
			"aws":  {Internet: true, Pods: map[string]string{"app": "orders"}, Ports: []tenants.Port{{Port: 443}}},
			"self": {Namespace: "shop", Ports: []tenants.Port{{Port: 5432}, {Port: 53, Protocol: "UDP"}}},
		},
	}
}

// argsOf are args for two tenants, one of which says almost nothing.
func argsOf() tenants.Args {
	first := shop()
	first.Callers["self"] = tenants.Peer{Namespace: "shop", Ports: []tenants.Port{{Port: 5432}}}
	return tenants.Args{
		Tenants: map[string]tenants.Tenant{
			"shop": first,
			"billing": {
				Team: "billing", Access: map[string]tenants.Access{"shop": {Principal: team, Policy: "view"}, "auditor": {Principal: auditor, Policy: "view"}},
				Calls: map[string]tenants.Peer{"shop": {Namespace: "shop", Ports: []tenants.Port{{Port: 8000}}}},
			},
		},
		Cluster: ref.Cluster{
			Name: "demo", Version: "1.35", NameOutput: pulumi.String("demo"), PodIdentity: true,
			Place: ref.Place{Partition: "aws", Region: "eu-west-1", Account: "111122223333"},
		},
		Environment: "dev", GroupsPrefix: "oidc:", APIServer: []string{"172.20.0.1/32", "10.0.0.0/28"},
		Reserved: []string{"monitoring"}, Tags: map[string]string{"platform": "demo"},
	}
}

func run(t *testing.T, change func(*tenants.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	return recorder.Run(func(ctx *pulumi.Context) error {
		var cluster, controller pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:Thing", "cluster", pulumi.Map{}, &cluster); err != nil {
			return err
		}
		if err := ctx.RegisterResource("test:index:Thing", "controller", pulumi.Map{}, &controller); err != nil {
			return err
		}
		args := argsOf()
		args.Cluster.Resource, args.After = &cluster, []pulumi.Resource{&controller}
		if change != nil {
			change(&args)
		}
		made, err := tenants.New(ctx, "demo", &args)
		if err == nil {
			for name := range args.Tenants {
				assert.NotEmpty(t, made.Needs(name))
			}
		}
		return err
	}, options...)
}

// get is a resource of a type and a name.
func get(t *testing.T, r *recorder.Recorder, token, name string) recorder.Resource {
	t.Helper()
	made := r.Get(token, name)
	require.NotNil(t, made, "%s %s", token, name)
	return *made
}

// decoded reads an object into the type of Kubernetes, which must know every field.
func decoded[T any](t *testing.T, made recorder.Resource) T {
	t.Helper()
	var into T
	text, err := json.Marshal(made.Inputs)
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(text, &into), made.Name)
	return into
}

func TestTenants(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, nil, options...)
			require.NoError(t, err)
			assert.Len(t, r.OfType(tenants.TenantToken), 2)

			space := get(t, r, namespaceType, "demo-shop")
			assert.Equal(t, map[string]string{
				"team": "shop", "environment": "prd", "platform": "demo",
				"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/audit": "restricted",
			}, decoded[corev1.Namespace](t, space).Labels)
			assert.Equal(t, "dev", decoded[corev1.Namespace](t, get(t, r, namespaceType, "demo-billing")).Labels["environment"])
			assert.True(t, space.Protect)
			assert.False(t, get(t, r, namespaceType, "demo-billing").Protect)
			assert.Equal(t, "20m", space.Timeout)

			hard := decoded[corev1.ResourceQuota](t, get(t, r, quotaType, "demo-shop.quota")).Spec.Hard
			for name, amount := range map[corev1.ResourceName]string{
				"requests.cpu": "10", "requests.memory": "20Gi", "limits.cpu": "40", "limits.memory": "40Gi", "pods": "200", "requests.storage": "100Gi",
				"persistentvolumeclaims": "20", "services.loadbalancers": "0", "services.nodeports": "0", "requests.nvidia.com/gpu": "2",
			} {
				value := hard[name]
				assert.Equal(t, amount, value.String(), name)
			}
			assert.Len(t, hard, 10)
			assert.NotContains(t, decoded[corev1.ResourceQuota](t, get(t, r, quotaType, "demo-billing.quota")).Spec.Hard, corev1.ResourceLimitsCPU)

			limits := decoded[corev1.LimitRange](t, get(t, r, limitsType, "demo-shop.limits")).Spec.Limits
			require.Len(t, limits, 2)
			assert.Equal(t, "100m", limits[0].DefaultRequest.Cpu().String())
			assert.Equal(t, "512Mi", limits[0].Default.Memory().String())
			assert.Equal(t, "8Gi", limits[0].Max.Memory().String())
			assert.Equal(t, "50Gi", limits[1].Max.Storage().String())
			plain := decoded[corev1.LimitRange](t, get(t, r, limitsType, "demo-billing.limits")).Spec.Limits
			require.Len(t, plain, 1)
			assert.True(t, plain[0].Default.Cpu().IsZero(), "CPU has no limit")
		})
	}
}

// The account that Kubernetes makes in each namespace is changed, not made.
func TestDefaultAccountHasNoToken(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	for _, tenant := range []string{"shop", "billing"} {
		patch := get(t, r, patchType, "demo-"+tenant+".default")
		account := decoded[corev1.ServiceAccount](t, patch)
		assert.Equal(t, "default", account.Name)
		assert.Equal(t, tenant, account.Namespace)
		assert.Equal(t, "ServiceAccount", account.Kind)
		assert.False(t, *account.AutomountServiceAccountToken)
		assert.Equal(t, "true", account.Annotations["pulumi.com/patchForce"])
		assert.Nil(t, r.Get(accountType, patch.Name))
	}
}

// A namespace goes while controllers run, and takes along what is in it.
func TestDeletion(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	space := get(t, r, namespaceType, "demo-shop")
	assert.Empty(t, space.DeletedWith, "others' load balancers and volumes are in it")
	assert.Contains(t, space.DependsOn, get(t, r, "test:index:Thing", "controller").URN)
	inside := 0
	for _, made := range r.All() {
		if strings.HasPrefix(made.Type, "kubernetes:") && strings.HasPrefix(made.Name, "demo-shop.") {
			inside++
			assert.Equal(t, space.URN, made.DeletedWith, made.Name)
			assert.Contains(t, made.DependsOn, space.URN, made.Name)
		}
	}
	assert.Greater(t, inside, 10)
}

// Names of roles are cut where they are too long, and still differ.
// The objects pass the project's own rules.
func TestRulesPass(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	for _, made := range r.All() {
		inputs := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(made.Inputs))
		assert.Empty(t, rules.Evaluate(rules.All(), rules.NewResource(made.Type, made.Name, inputs, "1.35")), made.Name)
	}
}

// Each tenant costs the same, and none changes another.
func TestManyTenants(t *testing.T) {
	t.Parallel()
	count := func(number int) []string {
		r, err := run(t, func(a *tenants.Args) {
			a.Tenants = map[string]tenants.Tenant{}
			for i := range number {
				tenant := shop()
				tenant.Access = map[string]tenants.Access{"team": {Principal: fmt.Sprintf("arn:aws:iam::111122223333:role/team-%d", i), Policy: "edit"}}
				delete(tenant.Callers, "billing")
				delete(tenant.Calls, "self")
				a.Tenants[fmt.Sprintf("team-%d", i)] = tenant
			}
		})
		require.NoError(t, err)
		var urns []string
		for _, made := range r.All() {
			urns = append(urns, made.URN)
		}
		return urns
	}
	one := count(1)
	two := count(2)
	many := count(500)
	each := len(two) - len(one)
	assert.Len(t, many, len(one)+499*each)
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(many))), len(many), "no two share a name")
	assert.Subset(t, many, two)
}

func policies(t *testing.T, r *recorder.Recorder, tenant string) map[string]networkingv1.NetworkPolicySpec {
	t.Helper()
	all := map[string]networkingv1.NetworkPolicySpec{}
	for _, made := range r.OfType(policyType) {
		if policy := decoded[networkingv1.NetworkPolicy](t, made); policy.Namespace == tenant {
			all[policy.Name] = policy.Spec
		}
	}
	return all
}

func names[V any](all map[string]V) []string { return slices.Sorted(maps.Keys(all)) }
