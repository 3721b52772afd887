package controllers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	rolePolicyType = "aws:iam/rolePolicy:RolePolicy"
	storeType      = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
	aKey           = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	aRole          = "arn:aws:iam::444455556666:role/readers/secrets"
)

func stores() controllers.Spec {
	return controllers.Spec{Secrets: controllers.Secrets{Stores: map[string]controllers.Store{
		"prd":    {Prefix: "prd/", Namespaces: []string{"shop", "billing"}, KmsKeyArns: []string{aKey}},
		"shared": {Prefix: "shared-", Namespaces: []string{"shop"}},
		"params": {Service: controllers.ParameterStore, Prefix: "/prd/shop/", KmsKeyArns: []string{aKey}, NamespaceLabels: map[string]string{"team": "shop"}},
		"other":  {Role: aRole, Namespaces: []string{"shop"}},
	}}}
}

func TestSecretsValues(t *testing.T) {
	t.Parallel()
	goldenValues(t, stores(), "external-secrets")
}

func TestSecretsRender(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replicas     int
		certificates bool
		want         map[string]int32
		budgets      []string
	}{
		"one":               {1, true, map[string]int32{"external-secrets": 1, "external-secrets-webhook": 1}, nil},
		"several":           {3, true, map[string]int32{"external-secrets": 2, "external-secrets-webhook": 3}, []string{"external-secrets-pdb", "external-secrets-webhook-pdb"}},
		"certificates":      {1, false, map[string]int32{"external-secrets": 1, "external-secrets-webhook": 1, "external-secrets-cert-controller": 1}, nil},
		"more certificates": {3, false, map[string]int32{"external-secrets": 2, "external-secrets-webhook": 3, "external-secrets-cert-controller": 2}, []string{"external-secrets-cert-controller-pdb", "external-secrets-pdb", "external-secrets-webhook-pdb"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wanted := chartOf(t, only(stores(), test.replicas, test.certificates), "external-secrets")
			objects := real(t, wanted)
			sound(t, objects, test.replicas, test.want)
			assert.Equal(t, test.budgets, namedObjects(objects, "PodDisruptionBudget"))
			issued := map[bool][]string{true: {"external-secrets-webhook"}}[test.certificates]
			assert.Equal(t, issued, namedObjects(objects, "Certificate"))
			assert.Equal(t, test.certificates, len(wanted.After) == 1)
			controller := deployments(t, objects)["external-secrets"].Spec.Template.Spec.Containers[0].Args
			for _, off := range []string{"secret-store", "cluster-external-secret", "push-secret", "cluster-push-secret"} {
				assert.Contains(t, controller, "--enable-"+off+"-reconciler=false")
			}
			assert.Equal(t, test.replicas > 1, strings.Contains(strings.Join(controller, " "), "--enable-leader-election=true"))
		})
	}
}

// What the controller may do in the cluster: no tokens of others, and nobody gets to use
// its generators who could only edit a namespace.
func TestSecretsRights(t *testing.T) {
	t.Parallel()
	for _, o := range real(t, chartOf(t, only(stores(), 1, true), "external-secrets")) {
		if o.Kind != "ClusterRole" {
			continue
		}
		text, err := json.Marshal(o.Body)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "serviceaccounts/token", o.Name)
		assert.NotContains(t, string(text), "aggregate-to-edit", o.Name)
		assert.NotContains(t, string(text), "aggregate-to-admin", o.Name)
	}
}

func TestSecretsPolicy(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(only(stores(), 1, false), options...)
		require.NoError(t, err, mode)
		golden(t, "external-secrets-policy", r.Get(rolePolicyType, "demo-external-secrets").Inputs["policy"].(string))
		assert.Equal(t, "demo-external-secrets", r.Get("aws:iam/role:Role", "demo-external-secrets").Inputs["name"])
	}
	chart := chartOf(t, only(stores(), 1, false), "external-secrets")
	assert.Equal(t, map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-external-secrets"},
		chart.Values["serviceAccount"].(map[string]any)["annotations"])
}

func TestStores(t *testing.T) {
	t.Parallel()
	aws := func(service string, more map[string]any) map[string]any {
		more["service"], more["region"] = service, "eu-west-1"
		return map[string]any{"aws": more}
	}
	names := func(names ...any) []any { return []any{map[string]any{"namespaces": names}} }
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(only(stores(), 1, false), options...)
		require.NoError(t, err, mode)
		require.Len(t, r.OfType(storeType), 4)
		for name, want := range map[string]map[string]any{
			"prd":    {"provider": aws("SecretsManager", map[string]any{"prefix": "prd/"}), "conditions": names("billing", "shop")},
			"shared": {"provider": aws("SecretsManager", map[string]any{"prefix": "shared-"}), "conditions": names("shop")},
			"params": {"provider": aws("ParameterStore", map[string]any{"prefix": "/prd/shop/"}),
				"conditions": []any{map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"team": "shop"}}}}},
			"other": {"provider": aws("SecretsManager", map[string]any{"role": aRole}), "conditions": names("shop")},
		} {
			made := r.Get(storeType, "demo-store-"+name)
			assert.Equal(t, want, made.Inputs["spec"], name)
			assert.Contains(t, made.DependsOn, r.Get("test:index:Thing", "chart").URN)
		}
		users := r.Get("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "demo-external-secrets-users")
		assert.Equal(t, "true", users.Inputs["metadata"].(map[string]any)["labels"].(map[string]any)["rbac.authorization.k8s.io/aggregate-to-edit"])
	}
}

// Every field of a store is one that the chart's CRD knows: the API server drops others in
// silence.
func TestStoresFitTheirCRD(t *testing.T) {
	t.Parallel()
	args := only(stores(), 1, false)
	schema := crdSchema(t, real(t, chartOf(t, args, "external-secrets")), "clustersecretstores.external-secrets.io", "v1")
	r, err := told(args)
	require.NoError(t, err)
	for _, made := range r.OfType(storeType) {
		fits(t, made.Name, made.Inputs["spec"], schema["properties"].(map[string]any)["spec"].(map[string]any))
	}
}

// crdSchema is the schema of a version that a CRD serves.
func crdSchema(t *testing.T, objects []chart.Object, name, version string) map[string]any {
	t.Helper()
	for _, o := range objects {
		if o.Kind != "CustomResourceDefinition" || o.Name != name {
			continue
		}
		for _, v := range o.Body["spec"].(map[string]any)["versions"].([]any) {
			if is := v.(map[string]any); is["name"] == version && is["served"] == true {
				return is["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any)
			}
		}
	}
	require.Fail(t, "the chart has no such CRD", "%s %s", name, version)
	return nil
}

// fits looks for fields that the schema doesn't know, and values that it doesn't list.
func fits(t *testing.T, path string, value any, schema map[string]any) {
	t.Helper()
	if allowed, listed := schema["enum"].([]any); listed {
		assert.Contains(t, allowed, value, path)
	}
	switch is := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		others, _ := schema["additionalProperties"].(map[string]any)
		for key, below := range is {
			known, has := properties[key].(map[string]any)
			if !has {
				known = others
			}
			if assert.NotNil(t, known, "%s.%s is no field", path, key) {
				fits(t, path+"."+key, below, known)
			}
		}
	case []any:
		for _, below := range is {
			fits(t, path+"[]", below, schema["items"].(map[string]any))
		}
	}
}

func TestBadStores(t *testing.T) {
	t.Parallel()
	badly(t, controllers.Spec{Secrets: controllers.Secrets{Enabled: new(true)}},
		"secrets.stores: is empty, and nothing can be read without one; add a store, or leave enabled out")

	store := func(s controllers.Store) controllers.Spec {
		if s.Namespaces == nil && s.NamespaceLabels == nil {
			s.Namespaces = []string{"shop"}
		}
		return controllers.Spec{Secrets: controllers.Secrets{Stores: map[string]controllers.Store{"a": s}}}
	}
	const at = "secrets.stores.a"
	for name, test := range map[string]struct {
		is   controllers.Spec
		want []string
	}{
		"service": {store(controllers.Store{Service: "vault", Prefix: "x"}), []string{at + `.service: "vault" is not known; use one of secretsManager, parameterStore`}},
		"all":     {store(controllers.Store{}), []string{at + `.prefix: is empty, so that the store would hold all secrets; write what names begin with up to a separator, such as "prd/"`}},
		"open":    {store(controllers.Store{Prefix: "prd"}), []string{at + `.prefix: "prd" is none; write what names begin with up to a separator, such as "prd/"`}},
		"wild":    {store(controllers.Store{Prefix: "*/"}), []string{at + `.prefix: "*/" is none; write what names begin with up to a separator, such as "prd/"`}},
		"path":    {store(controllers.Store{Service: "parameterStore", Prefix: "prd/"}), []string{at + `.prefix: "prd/" is none; write a path with a slash at both ends, such as "/prd/"`}},
		"root":    {store(controllers.Store{Service: "parameterStore", Prefix: "/"}), []string{at + `.prefix: "/" is none; write a path with a slash at both ends, such as "/prd/"`}},
		"key":     {store(controllers.Store{Prefix: "prd/", KmsKeyArns: []string{"alias/x"}}), []string{at + `.kmsKeyArns: "alias/x" is no ARN of a key; write arn:aws:kms:<region>:<account>:key/<id>`}},
		"role":    {store(controllers.Store{Role: "reader"}), []string{at + `.role: "reader" is no ARN of a role; write arn:aws:iam::<account>:role/<name>`}},
		"both":    {store(controllers.Store{Role: aRole, KmsKeyArns: []string{aKey}}), []string{at + `.kmsKeyArns: are for the controller's own role; let ` + aRole + ` decrypt with them, and leave them out`}},
		"nobody":  {store(controllers.Store{Prefix: "prd/", Namespaces: []string{}}), []string{at + `.namespaces: is empty, so that every namespace could read the store; name the namespaces, or write namespaceLabels`}},
		"whom":    {store(controllers.Store{Prefix: "prd/", Namespaces: []string{"*"}}), []string{at + `.namespaces: "*" can't be a namespace; name each one`}},
		"labels":  {store(controllers.Store{Prefix: "prd/", NamespaceLabels: map[string]string{"team": ""}}), []string{at + `.namespaceLabels: "team": "" is no label; write labels as namespaces carry them`}},
		"name": {controllers.Spec{Secrets: controllers.Secrets{Stores: map[string]controllers.Store{"A": {Prefix: "prd/", Namespaces: []string{"shop"}}}}},
			[]string{`secrets.stores.A: "A" can't be a store's name; use small letters, digits and -, at most 63`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			badly(t, test.is, test.want...)
		})
	}
}
