package controllers_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func dashboard() controllers.Spec {
	return controllers.Spec{Dashboard: controllers.Dashboard{Enabled: new(true), Viewers: []string{"developers"}, OIDC: &controllers.OIDC{
		IssuerURL: "https://login.example.com/realms/main", ClientID: "headlamp", Secret: "headlamp-oidc",
	}}}
}

func TestHeadlampValues(t *testing.T) {
	t.Parallel()
	without := dashboard()
	without.Dashboard.OIDC = nil
	goldenValues(t, without, "headlamp")
	assert.Empty(t, only(controllers.Spec{}, 1, false).Charts(), "it is off by default, and so are the others")
}

func TestHeadlampRenders(t *testing.T) {
	t.Parallel()
	without := dashboard()
	without.Dashboard.OIDC = nil
	for _, test := range []struct {
		spec    controllers.Spec
		asked   int
		pods    int32
		budgets []string
	}{
		{without, 1, 1, nil},
		{without, 3, 3, []string{"headlamp"}},
		{dashboard(), 3, 1, nil}, // each pod knows only the sign-ins that it began
	} {
		objects := real(t, chartOf(t, only(test.spec, test.asked, true), "headlamp"))
		sound(t, objects, int(test.pods), map[string]int32{"headlamp": test.pods})
		assert.Equal(t, test.budgets, namedObjects(objects, "PodDisruptionBudget"))
		for _, kind := range []string{"ClusterRole", "ClusterRoleBinding", "Secret"} {
			assert.Empty(t, namedObjects(objects, kind))
		}
		container := deployments(t, objects)["headlamp"].Spec.Template.Spec.Containers[0]
		assert.NotContains(t, container.Args, "-unsafe-use-service-account-token")
		if test.spec.Dashboard.OIDC == nil {
			assert.Empty(t, container.Env)
			continue
		}
		assert.Equal(t, []corev1.EnvVar{
			{Name: "HEADLAMP_CONFIG_OIDC_IDP_ISSUER_URL", Value: "https://login.example.com/realms/main"},
			{Name: "HEADLAMP_CONFIG_OIDC_CLIENT_ID", Value: "headlamp"},
			{Name: "HEADLAMP_CONFIG_OIDC_CLIENT_SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "headlamp-oidc"}, Key: "clientSecret"}}},
			{Name: "HEADLAMP_CONFIG_OIDC_USE_PKCE", Value: "true"},
		}, container.Env)
	}
}

func TestHeadlampViewers(t *testing.T) {
	t.Parallel()
	const binding = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(only(dashboard(), 1, false), options...)
		require.NoError(t, err, mode)
		assert.Empty(t, r.OfType("aws:iam/role:Role"), "Headlamp needs nothing of AWS")
		require.Len(t, r.OfType(binding), 2)
		for name, role := range map[string]string{"demo-headlamp-view": "view", "demo-headlamp-nodes-binding": "headlamp-nodes"} {
			made := r.Get(binding, name)
			assert.Equal(t, map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}, made.Inputs["roleRef"])
			assert.Equal(t, []any{map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "developers"}}, made.Inputs["subjects"])
			assert.Contains(t, made.DependsOn, r.Get("test:index:Thing", "chart").URN)
		}
		for _, rule := range r.Get("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "demo-headlamp-nodes").Inputs["rules"].([]any) {
			assert.NotContains(t, rule.(map[string]any)["resources"], "secrets")
			assert.Subset(t, []any{"get", "list", "watch"}, rule.(map[string]any)["verbs"])
		}
	}
	alone := dashboard()
	alone.Dashboard.Viewers = nil
	r, err := told(only(alone, 1, false))
	require.NoError(t, err)
	assert.Empty(t, r.OfType(binding))
}

func TestBadHeadlamp(t *testing.T) {
	t.Parallel()
	spec := controllers.Spec{Dashboard: controllers.Dashboard{
		Viewers: []string{"", "system:masters", "ops", "ops"}, OIDC: &controllers.OIDC{IssuerURL: "http://login.example.com", Secret: "Not_A_Name"},
	}}
	badly(t, spec,
		`dashboard.oidc.clientId: is empty; write the ID that the provider gave the client`,
		`dashboard.oidc.issuerUrl: "http://login.example.com" is no https URL; write the issuer's URL, such as "https://login.example.com/realms/main"`,
		`dashboard.oidc.secret: "Not_A_Name" can't be a Secret's name; name a Secret of namespace headlamp, which holds it under clientSecret`,
		`dashboard.viewers: "" is none: system: groups are Kubernetes' own, everybody among them; name a group of people`,
		`dashboard.viewers: "system:masters" is none: system: groups are Kubernetes' own, everybody among them; name a group of people`,
		`dashboard.viewers: "ops" is there twice; name it once`,
	)
}

// badly holds all that is wrong with a spec, and that nothing is made of it.
func badly(t *testing.T, spec controllers.Spec, want ...string) {
	t.Helper()
	var found []string
	for _, p := range spec.Validate() {
		found = append(found, p.String())
	}
	assert.Equal(t, want, found)
	r, err := told(only(spec, 1, false))
	require.Error(t, err)
	assert.Empty(t, r.All())
}
