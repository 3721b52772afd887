package controllers

import (
	"net/mail"
	"strings"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Certificates is cert-manager with its issuers.
type Certificates struct {
	// Optional. Installs cert-manager, which makes the certificates of other controllers'
	// webhooks, too. Default true.
	Enabled *bool `json:"enabled"`
	// Optional. The ClusterIssuer letsencrypt, for names in hosted zones of Route 53. Default
	// none.
	ACME *ACME `json:"acme"`
	// Optional. The ClusterIssuer private-ca, for names inside the cluster and the company.
	// Default none.
	PrivateCA *PrivateCA `json:"privateCA"`
	// Optional. Makes certificates for Gateways that ask for one. The Gateway API's kinds must
	// be in the cluster. Default false.
	GatewayAPI bool `json:"gatewayAPI"`
}

// ACME is an issuer that proves, by records in Route 53, that it may have a name.
type ACME struct {
	// Required. The address that Let's Encrypt writes to.
	Email string `json:"email"`
	// Required. The hosted zones by domain, one or more: {example.com: Z0123456789ABCDEFGHIJ}.
	Zones map[string]string `json:"zones"`
	// Optional. Uses Let's Encrypt's staging, whose certificates no browser trusts and whose
	// limits nobody reaches. Default false.
	Staging bool `json:"staging"`
	// Optional. The directory of another ACME server, https. Default Let's Encrypt's.
	Server string `json:"server"`
}

// PrivateCA is an issuer whose root is made in the cluster and stays there.
type PrivateCA struct {
	// Required. The root's name, such as "Example internal CA".
	CommonName string `json:"commonName"`
	// Optional. Days that the root is valid, 365 or more. Default 3650. It is renewed, with a
	// key of its own, when two thirds are over.
	Days int `json:"days"`
}

const certManagerName = "cert-manager"

var certManager = controller{
	chart:   certManagerName,
	on:      func(a Args) bool { return isOn(a.Certificates.Enabled, true) },
	install: certManagerChart,
	role: func(a Args) irsa.Workload {
		return irsa.Workload{Name: certManagerName, Namespace: certManagerName, ServiceAccounts: []string{certManagerName}, Policy: certManagerPolicy(a)}
	},
	objects: issuers,
	validate: func(s Spec) []problem.Problem {
		var list problem.List
		list.Under("certificates", s.Certificates.problems())
		return list.All()
	},
}

// certManagerChart keeps the definitions when the chart goes, because every certificate
// would go with them. Its webhooks' caBundle, which cainjector fills in, needs no rule: the
// chart doesn't write it, and with server-side apply who doesn't write a field neither owns
// nor resets it.
// Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
func certManagerChart(a Args) ref.Chart {
	part := func(component, cpu, memory, limit string) map[string]any {
		name := strings.TrimPrefix(component, "controller")
		return map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": strings.Trim(certManagerName+"-"+name, "-")},
			"resources":      podspec.Resources(cpu, memory, limit),
			"topologySpreadConstraints": podspec.Spread(map[string]any{
				"app.kubernetes.io/instance": certManagerName, "app.kubernetes.io/component": component,
			}),
		}
	}
	// Source: https://cert-manager.io/docs/installation/best-practice/
	values := part("controller", "50m", "128Mi", "512Mi")
	values["webhook"] = part("webhook", "20m", "64Mi", "256Mi")
	values["cainjector"] = part("cainjector", "50m", "128Mi", "512Mi")
	values["crds"] = map[string]any{"enabled": true, "keep": true}
	values["global"] = map[string]any{
		"priorityClassName": critical,
		"leaderElection":    map[string]any{"namespace": certManagerName},
	}
	// A hook that waits for the webhook; the issuers wait for its pods.
	values["startupapicheck"] = map[string]any{"enabled": false}
	if certManagerPolicy(a) != "" {
		values["serviceAccount"].(map[string]any)["annotations"] = irsa.Annotations(a.Cluster, certManagerName)
	}
	if a.Certificates.GatewayAPI {
		values["config"] = map[string]any{
			"apiVersion": "controller.config.cert-manager.io/v1alpha1", "kind": "ControllerConfiguration", "enableGatewayAPI": true,
		}
	}
	budget := map[string]any{"enabled": a.Replicas > 1, "minAvailable": 1}
	webhooks := a.standby()
	if a.Replicas > 1 {
		webhooks = 3 // all of them answer, and nothing of cert-manager's can be written without one
	}
	return ref.Chart{
		Name: certManagerName, Namespace: certManagerName, OwnsNamespace: true, Values: values,
		Profile: map[string]any{
			"replicaCount": a.standby(), "podDisruptionBudget": budget,
			"webhook":    map[string]any{"replicaCount": webhooks, "podDisruptionBudget": budget},
			"cainjector": map[string]any{"replicaCount": a.standby(), "podDisruptionBudget": budget},
		},
	}
}

// certManagerPolicy narrows what cert-manager documents for Route 53
// (https://cert-manager.io/docs/configuration/acme/dns01/route53/) from all hosted zones
// to those of the issuer; the record must be a challenge's for a name of its domains. It
// need not list zones: the solvers name them. Nor does it list records, which v1.21.1
// doesn't do, either (pkg/issuer/acme/dns/route53/route53.go). Empty without an issuer.
func certManagerPolicy(a Args) string {
	is := a.Certificates.ACME
	if is == nil {
		return ""
	}
	zones := zoneArns(a.Cluster.Place, is.Zones)
	return iamdoc.Document(
		iamdoc.Statement{Sid: "Wait", Action: "route53:GetChange", Resource: "arn:" + a.Cluster.Place.Partition + ":route53:::change/*"},
		iamdoc.Statement{Sid: "Write", Action: "route53:ChangeResourceRecordSets", Resource: zones, Condition: iamdoc.Condition{
			"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": []string{"TXT"}},
			"ForAllValues:StringLike":   recordNames(is.Zones, "_acme-challenge."),
		}},
	)
}

func (c Certificates) problems() []problem.Problem {
	var list problem.List
	if !isOn(c.Enabled, true) && (c.ACME != nil || c.PrivateCA != nil || c.GatewayAPI) {
		list.Add("enabled", "is false, and issuers need cert-manager", "remove it, or the issuers")
	}
	if c.ACME != nil {
		if address, err := mail.ParseAddress(c.ACME.Email); err != nil || address.Address != c.ACME.Email {
			list.Addf("acme.email", "write an address, such as platform@example.com", "%q is no e-mail address", c.ACME.Email)
		}
		if len(c.ACME.Zones) == 0 {
			list.Add("acme.zones", "is empty", "name the hosted zones that prove its names: {example.com: Z0123456789ABCDEFGHIJ}")
		}
		validateZones(&list, "acme.zones", c.ACME.Zones)
		if c.ACME.Server != "" && !strings.HasPrefix(c.ACME.Server, "https://") {
			list.Addf("acme.server", "write its directory's URL, https://", "%q is no ACME server", c.ACME.Server)
		}
		if c.ACME.Server != "" && c.ACME.Staging {
			list.Add("acme.staging", "is Let's Encrypt's, and server names another", "remove one of them")
		}
	}
	if c.PrivateCA != nil {
		if c.PrivateCA.CommonName == "" || len(c.PrivateCA.CommonName) > 64 {
			list.Add("privateCA.commonName", "is missing or longer than 64 characters", "name the root, such as Example internal CA")
		}
		if c.PrivateCA.Days != 0 && c.PrivateCA.Days < 365 {
			list.Addf("privateCA.days", "use 365 or more", "%d days are few for a root", c.PrivateCA.Days)
		}
	}
	return list.All()
}
