package controllers_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
)

const aQueue = "arn:aws:sqs:eu-west-1:111122223333:orders.fifo"

func customMetrics() controllers.Spec {
	return controllers.Spec{CustomMetrics: controllers.CustomMetrics{
		Enabled: new(true), CloudWatch: true, SqsQueues: []string{aQueue},
		KinesisStreams: []string{"arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"}, Roles: []string{aRole}, Scales: []string{"rollouts.argoproj.io"},
	}}
}

func TestKedaValues(t *testing.T) {
	t.Parallel()
	goldenValues(t, customMetrics(), "keda")
}

func TestKedaRenders(t *testing.T) {
	t.Parallel()
	pods := func(n int32) map[string]int32 {
		return map[string]int32{"keda-operator": n, "keda-operator-metrics-apiserver": n, "keda-admission-webhooks": n}
	}
	for name, test := range map[string]struct {
		replicas     int
		certificates bool
		want         map[string]int32
		budgets      []string
		issued       []string
	}{
		"one":          {1, true, pods(1), nil, []string{"keda-operator-ca", "keda-operator-tls-certificates"}},
		"several":      {3, true, pods(2), []string{"keda-admission-webhooks", "keda-operator", "keda-operator-metrics-apiserver"}, []string{"keda-operator-ca", "keda-operator-tls-certificates"}},
		"certificates": {3, false, pods(2), []string{"keda-admission-webhooks", "keda-operator", "keda-operator-metrics-apiserver"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wanted := chartOf(t, only(customMetrics(), test.replicas, test.certificates), "keda")
			objects := real(t, wanted)
			sound(t, objects, test.replicas, test.want)
			assert.Equal(t, test.budgets, namedObjects(objects, "PodDisruptionBudget"))
			assert.Equal(t, test.issued, namedObjects(objects, "Certificate"))
			assert.Equal(t, test.certificates, len(wanted.After) == 1)
			assert.Equal(t, []string{"v1beta1.external.metrics.k8s.io"}, namedObjects(objects, "APIService"))
			for _, listens := range []string{"keda-operator-metrics-apiserver", "keda-admission-webhooks"} {
				assert.EqualValues(t, 9443, deployments(t, objects)[listens].Spec.Template.Spec.Containers[0].Ports[0].ContainerPort, listens)
			}
		})
	}
}

// operatorRules are those of the operator without a namespace.
func operatorRules(t *testing.T, spec controllers.Spec, certificates bool) []rbacv1.PolicyRule {
	t.Helper()
	var found []rbacv1.PolicyRule
	for _, o := range real(t, chartOf(t, only(spec, 1, certificates), "keda")) {
		if o.Kind == "ClusterRole" && (o.Name == "keda-operator" || o.Name == "keda-operator-minimal-cluster-role") {
			found = append(found, into[rbacv1.ClusterRole](t, o.Body).Rules...)
		}
	}
	return found
}

func grants(rules []rbacv1.PolicyRule, group, resource string) []string {
	var verbs []string
	for _, rule := range rules {
		for _, g := range rule.APIGroups {
			for _, r := range rule.Resources {
				if g == group && r == resource {
					verbs = append(verbs, rule.Verbs...)
				}
			}
		}
	}
	return verbs
}

func TestKedaRights(t *testing.T) {
	t.Parallel()
	narrow := operatorRules(t, controllers.Spec{CustomMetrics: controllers.CustomMetrics{Enabled: new(true)}}, true)
	for _, forbidden := range [][2]string{
		{"", "secrets"}, {"", "serviceaccounts/token"}, {"*", "*/scale"}, {"*", "*"}, {"argoproj.io", "rollouts/scale"},
		{"admissionregistration.k8s.io", "validatingwebhookconfigurations"}, {"apiregistration.k8s.io", "apiservices"},
	} {
		assert.Empty(t, grants(narrow, forbidden[0], forbidden[1]), forbidden)
	}
	assert.NotEmpty(t, grants(narrow, "apps", "deployments/scale"))

	wide := operatorRules(t, func() controllers.Spec {
		spec := customMetrics()
		spec.CustomMetrics.ReadSecrets = true
		return spec
	}(), false)
	assert.NotEmpty(t, grants(wide, "argoproj.io", "rollouts/scale"))
	assert.Equal(t, []string{"get"}, grants(wide, "argoproj.io", "rollouts"))
	assert.NotEmpty(t, grants(wide, "", "secrets"))
	assert.NotEmpty(t, grants(wide, "apiregistration.k8s.io", "apiservices"), "KEDA's own certificates need it")
}

func TestKedaPolicy(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(only(customMetrics(), 1, false), options...)
		require.NoError(t, err, mode)
		golden(t, "keda-policy", r.Get(rolePolicyType, "demo-keda").Inputs["policy"].(string))
		assert.Contains(t, r.Get("aws:iam/role:Role", "demo-keda").Inputs["assumeRolePolicy"], "system:serviceaccount:keda:keda-operator")
	}
	assert.Equal(t, map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-keda"}, annotations(t, customMetrics()))
}

// annotations are those of the operator's account.
func annotations(t *testing.T, spec controllers.Spec) any {
	t.Helper()
	accounts := chartOf(t, only(spec, 1, false), "keda").Values["serviceAccount"].(map[string]any)
	return accounts["operator"].(map[string]any)["annotations"]
}

func TestKedaWithoutAWS(t *testing.T) {
	t.Parallel()
	plain := controllers.Spec{CustomMetrics: controllers.CustomMetrics{Enabled: new(true)}}
	assert.Nil(t, annotations(t, plain))
	r, err := told(only(plain, 1, false))
	require.NoError(t, err)
	assert.Empty(t, r.OfType("aws:iam/role:Role"), "metrics of Prometheus need nothing of AWS")
}

func TestBadKeda(t *testing.T) {
	t.Parallel()
	badly(t, controllers.Spec{CustomMetrics: controllers.CustomMetrics{
		SqsQueues: []string{"orders", aQueue, aQueue}, KinesisStreams: []string{"arn:aws:kinesis:eu-west-1:111122223333:stream/*"},
		Roles: []string{"*"}, Scales: []string{"Rollout"},
	}},
		`customMetrics.kinesisStreams: "arn:aws:kinesis:eu-west-1:111122223333:stream/*" is no ARN of a stream; write arn:aws:kinesis:<region>:<account>:stream/<name>`,
		`customMetrics.roles: "*" is no ARN of a role; write arn:aws:iam::<account>:role/<name>`,
		`customMetrics.scales: "Rollout" is no resource with its group; write it in the plural, such as "rollouts.argoproj.io"`,
		`customMetrics.sqsQueues: "orders" is no ARN of a queue; write arn:aws:sqs:<region>:<account>:<name>`,
		`customMetrics.sqsQueues: "`+aQueue+`" is there twice; name it once`,
	)
}
