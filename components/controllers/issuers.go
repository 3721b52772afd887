package controllers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/kube"
)

// The names of the issuers, by which certificates ask for one.
const (
	// IssuerACME is the ClusterIssuer of Let's Encrypt, or of another ACME server.
	IssuerACME = "letsencrypt"
	// IssuerPrivate is the ClusterIssuer of the private CA.
	IssuerPrivate = "private-ca"
)

// The directories of Let's Encrypt.
// Source: https://letsencrypt.org/docs/acme-protocol-updates/, https://letsencrypt.org/docs/staging-environment/
const (
	letsEncrypt        = "https://acme-v02.api.letsencrypt.org/directory"
	letsEncryptStaging = "https://acme-staging-v02.api.letsencrypt.org/directory"
)

const certificates = "cert-manager.io/v1"

// issuers are the objects of cert-manager's own kinds, by the names of their resources.
func issuers(a Args) map[string]kube.Object {
	objects := map[string]kube.Object{}
	if is := a.Certificates.ACME; is != nil {
		objects["issuer-"+IssuerACME] = kube.New(certificates, "ClusterIssuer", "", IssuerACME, map[string]any{
			"spec": map[string]any{"acme": is.spec(a.Cluster.Place.Region)},
		})
	}
	if is := a.Certificates.PrivateCA; is != nil {
		maps.Copy(objects, is.objects())
	}
	return objects
}

// spec has a solver for each zone, named by its id: to find it by its name would need the
// right to list all zones. Credentials are those of cert-manager's own service account.
// Source: https://cert-manager.io/docs/configuration/acme/dns01/route53/
func (c ACME) spec(region string) map[string]any {
	server := cmp.Or(c.Server, letsEncrypt)
	if c.Staging {
		server = letsEncryptStaging
	}
	var solvers []any
	for _, domain := range slices.Sorted(maps.Keys(c.Zones)) {
		solvers = append(solvers, map[string]any{
			"selector": map[string]any{"dnsZones": []any{domain}},
			"dns01":    map[string]any{"route53": map[string]any{"region": region, "hostedZoneID": c.Zones[domain]}},
		})
	}
	return map[string]any{
		"email": c.Email, "server": server, "solvers": solvers,
		"privateKeySecretRef": map[string]any{"name": IssuerACME + "-account"},
	}
}

// objects are a root that signs itself, and the issuer that signs with it.
// Source: https://cert-manager.io/docs/configuration/selfsigned/#bootstrapping-ca-issuers
func (c PrivateCA) objects() map[string]kube.Object {
	hours := cmp.Or(c.Days, 3650) * 24
	return map[string]kube.Object{
		"issuer-self-signed": kube.New(certificates, "Issuer", certManagerName, "self-signed", map[string]any{
			"spec": map[string]any{"selfSigned": map[string]any{}},
		}),
		"certificate-" + IssuerPrivate: kube.New(certificates, "Certificate", certManagerName, IssuerPrivate, map[string]any{
			"spec": map[string]any{
				"isCA": true, "commonName": c.CommonName, "secretName": IssuerPrivate,
				"duration": fmt.Sprintf("%dh", hours), "renewBefore": fmt.Sprintf("%dh", hours/3),
				"privateKey": map[string]any{"algorithm": "ECDSA", "size": 384, "rotationPolicy": "Always"},
				"usages":     []any{"cert sign", "crl sign", "digital signature"},
				"issuerRef":  map[string]any{"group": "cert-manager.io", "kind": "Issuer", "name": "self-signed"},
			},
		}),
		"issuer-" + IssuerPrivate: kube.New(certificates, "ClusterIssuer", "", IssuerPrivate, map[string]any{
			"spec": map[string]any{"ca": map[string]any{"secretName": IssuerPrivate}},
		}),
	}
}
