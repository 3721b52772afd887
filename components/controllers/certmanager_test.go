package controllers_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	clusterIssuerType = "kubernetes:cert-manager.io/v1:ClusterIssuer"
	issuerType        = "kubernetes:cert-manager.io/v1:Issuer"
	certificateType   = "kubernetes:cert-manager.io/v1:Certificate"
)

func certificates() controllers.Spec {
	return controllers.Spec{Certificates: controllers.Certificates{
		ACME:      &controllers.ACME{Email: "platform@example.com", Zones: someZones},
		PrivateCA: &controllers.PrivateCA{CommonName: "Example internal CA"},
	}}
}

func TestCertificatesValues(t *testing.T) {
	t.Parallel()
	goldenOf(t, certificates(), "cert-manager")
	plain := chartOf(t, defaults(controllers.Spec{}, 1), "cert-manager").Values
	assert.NotContains(t, plain["serviceAccount"], "annotations", "without an issuer of Route 53 there is no role")
}

func TestCertificatesRender(t *testing.T) {
	t.Parallel()
	for replicas, test := range map[int]struct {
		want    map[string]int32
		budgets []string
	}{
		1: {map[string]int32{"cert-manager": 1, "cert-manager-webhook": 1, "cert-manager-cainjector": 1}, nil},
		2: {map[string]int32{"cert-manager": 2, "cert-manager-webhook": 3, "cert-manager-cainjector": 2},
			[]string{"cert-manager", "cert-manager-cainjector", "cert-manager-webhook"}},
		3: {map[string]int32{"cert-manager": 2, "cert-manager-webhook": 3, "cert-manager-cainjector": 2},
			[]string{"cert-manager", "cert-manager-cainjector", "cert-manager-webhook"}},
	} {
		wanted := chartOf(t, defaults(certificates(), replicas), "cert-manager")
		objects := real(t, wanted)
		sound(t, objects, replicas, test.want)
		assert.Equal(t, test.budgets, namedObjects(objects, "PodDisruptionBudget"))
		assert.Len(t, namedObjects(objects, "CustomResourceDefinition"), 6)
		assert.Empty(t, namedObjects(objects, "Job"), "nothing waits for the webhook but the issuers")
		assert.Empty(t, wanted.Ignored)
		for name, is := range deployments(t, objects) {
			assert.Equal(t, "system-cluster-critical", is.Spec.Template.Spec.PriorityClassName, name)
		}
		for _, o := range objects {
			switch o.Kind {
			case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
				assert.NotContains(t, mustJSON(t, o.Body), "caBundle", "cainjector writes it, and nobody else")
			case "Role", "RoleBinding":
				assert.Equal(t, "cert-manager", o.Namespace, "%s: leases in kube-system are for kube-system", o.Name)
			}
		}
	}
}

func TestCertificatesGatewayAPI(t *testing.T) {
	t.Parallel()
	spec := certificates()
	spec.Certificates.GatewayAPI = true
	configured := false
	for _, o := range real(t, chartOf(t, defaults(spec, 1), "cert-manager")) {
		if o.Kind == "ConfigMap" && o.Name == "cert-manager" {
			configured = true
			assert.Contains(t, mustJSON(t, o.Body), "enableGatewayAPI: true")
		}
	}
	assert.True(t, configured)
}

func TestCertificatesPolicy(t *testing.T) {
	t.Parallel()
	golden(t, "cert-manager-policy", policyOf(t, defaults(certificates(), 1), "cert-manager"))
	chart := chartOf(t, defaults(certificates(), 1), "cert-manager")
	assert.Equal(t, map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-cert-manager"},
		chart.Values["serviceAccount"].(map[string]any)["annotations"])
}

// The issuers come after cert-manager answers, with a solver for each domain that has the
// zone's id, without which cert-manager would have to list all zones.
func TestIssuers(t *testing.T) {
	t.Parallel()
	solver := func(domain, zone string) any {
		return map[string]any{
			"selector": map[string]any{"dnsZones": []any{domain}},
			"dns01":    map[string]any{"route53": map[string]any{"region": "eu-west-1", "hostedZoneID": zone}},
		}
	}
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(defaults(certificates(), 1), options...)
		require.NoError(t, err, mode)
		acme := r.Get(clusterIssuerType, "demo-issuer-letsencrypt")
		assert.Equal(t, controllers.IssuerACME, acme.Inputs["metadata"].(map[string]any)["name"])
		assert.Equal(t, map[string]any{"acme": map[string]any{
			"email": "platform@example.com", "server": "https://acme-v02.api.letsencrypt.org/directory",
			"privateKeySecretRef": map[string]any{"name": "letsencrypt-account"},
			"solvers": []any{
				solver("apps.example.org", "Z1123456789ABCDEFGHIJ"), solver("example.com", "Z0123456789ABCDEFGHIJ"), solver("www.example.org", "Z1123456789ABCDEFGHIJ"),
			},
		}}, acme.Inputs["spec"])

		assert.Equal(t, map[string]any{"selfSigned": map[string]any{}}, r.Get(issuerType, "demo-issuer-self-signed").Inputs["spec"])
		root := r.Get(certificateType, "demo-certificate-private-ca").Inputs["spec"].(map[string]any)
		assert.Equal(t, true, root["isCA"])
		assert.Equal(t, "Example internal CA", root["commonName"])
		assert.Equal(t, "87600h", root["duration"], "ten years")
		assert.Equal(t, "ECDSA", root["privateKey"].(map[string]any)["algorithm"])
		private := r.Get(clusterIssuerType, "demo-issuer-private-ca")
		assert.Equal(t, controllers.IssuerPrivate, private.Inputs["metadata"].(map[string]any)["name"])
		assert.Equal(t, map[string]any{"ca": map[string]any{"secretName": root["secretName"]}}, private.Inputs["spec"])

		for _, made := range append(r.OfType(clusterIssuerType), append(r.OfType(issuerType), r.OfType(certificateType)...)...) {
			assert.Contains(t, made.DependsOn, r.Get("test:index:Thing", "chart").URN, made.Name)
			if made.Type != clusterIssuerType {
				assert.Equal(t, "cert-manager", made.Inputs["metadata"].(map[string]any)["namespace"], "a ClusterIssuer looks for Secrets there")
			}
		}
	}
}

func TestIssuersOnRequest(t *testing.T) {
	t.Parallel()
	r, err := told(defaults(controllers.Spec{}, 1))
	require.NoError(t, err)
	assert.Empty(t, r.OfType(clusterIssuerType))
	for name, test := range map[string]struct {
		change func(*controllers.ACME)
		want   string
	}{
		"staging": {func(a *controllers.ACME) { a.Staging = true }, "https://acme-staging-v02.api.letsencrypt.org/directory"},
		"another": {func(a *controllers.ACME) { a.Server = "https://ca.example.com/directory" }, "https://ca.example.com/directory"},
	} {
		spec := certificates()
		spec.Certificates.PrivateCA = nil
		test.change(spec.Certificates.ACME)
		r, err := told(defaults(spec, 1))
		require.NoError(t, err, name)
		acme := r.Get(clusterIssuerType, "demo-issuer-letsencrypt").Inputs["spec"].(map[string]any)["acme"].(map[string]any)
		assert.Equal(t, test.want, acme["server"], name)
		assert.Empty(t, r.OfType(certificateType), name)
	}
}

// Every field of the issuers is one that the chart's CRDs know.
func TestIssuersFitTheirCRDs(t *testing.T) {
	t.Parallel()
	args := defaults(certificates(), 1)
	objects := real(t, chartOf(t, args, "cert-manager"))
	r, err := told(args)
	require.NoError(t, err)
	for kind, crd := range map[string]string{
		clusterIssuerType: "clusterissuers.cert-manager.io", issuerType: "issuers.cert-manager.io", certificateType: "certificates.cert-manager.io",
	} {
		schema := crdSchema(t, objects, crd, "v1")
		require.NotEmpty(t, r.OfType(kind))
		for _, made := range r.OfType(kind) {
			fits(t, made.Name, made.Inputs["spec"], schema["properties"].(map[string]any)["spec"].(map[string]any))
		}
	}
}

func TestBadCertificates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec controllers.Certificates
		want []string
	}{
		"good": {certificates().Certificates, nil},
		"empty": {controllers.Certificates{ACME: &controllers.ACME{}, PrivateCA: &controllers.PrivateCA{}}, []string{
			`certificates.acme.email: "" is no e-mail address; write an address, such as platform@example.com`,
			"certificates.acme.zones: is empty; name the hosted zones that prove its names: {example.com: Z0123456789ABCDEFGHIJ}",
			"certificates.privateCA.commonName: is missing or longer than 64 characters; name the root, such as Example internal CA",
		}},
		"values": {controllers.Certificates{
			ACME: &controllers.ACME{
				Email: "Platform <platform@example.com>", Zones: map[string]string{"*.example.com": "Z0123456789ABCDEFGHIJ"}, Staging: true, Server: "http://ca",
			},
			PrivateCA: &controllers.PrivateCA{CommonName: "Example", Days: 30},
		}, []string{
			`certificates.acme.email: "Platform <platform@example.com>" is no e-mail address; write an address, such as platform@example.com`,
			`certificates.acme.server: "http://ca" is no ACME server; write its directory's URL, https://`,
			"certificates.acme.staging: is Let's Encrypt's, and server names another; remove one of them",
			`certificates.acme.zones.*.example.com: "*.example.com" is not a domain; write it as example.com, in small letters and without a dot at the end`,
			"certificates.privateCA.days: 30 days are few for a root; use 365 or more",
		}},
		"off with an issuer": {controllers.Certificates{Enabled: new(false), GatewayAPI: true}, []string{
			"certificates.enabled: is false, and issuers need cert-manager; remove it, or the issuers",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := controllers.Spec{Certificates: test.spec, LoadBalancers: controllers.LoadBalancers{Enabled: new(false)}}
			assert.Equal(t, test.want, problems(spec))
		})
	}
}
