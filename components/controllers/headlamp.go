package controllers

import (
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Dashboard is Headlamp. It has no rights of its own: people see what the token shows that
// they sign in with, or what their OIDC group may see.
type Dashboard struct {
	// Optional. Installs it. Default false: it is one more page to keep safe.
	Enabled *bool `json:"enabled"`
	// Optional. Lets people sign in with an OIDC provider, which the cluster must know, too. It
	// then runs as one pod, whatever the platform's replicas are. Default none: they paste a
	// token.
	OIDC *OIDC `json:"oidc"`
	// Optional. Groups, as the cluster's OIDC provider or access entries name them, that may
	// read the cluster but for Secrets. Default none.
	Viewers []string `json:"viewers"`
}

// OIDC is a client of an OIDC provider.
type OIDC struct {
	// Required. The issuer, as an https URL.
	IssuerURL string `json:"issuerUrl"`
	// Required. The client's ID.
	ClientID string `json:"clientId"`
	// Required. A Secret in namespace headlamp with the client's secret under the key
	// clientSecret.
	Secret string `json:"secret"`
}

const (
	headlampName = "headlamp"
	// clientSecretKey is where an OIDC client's secret stands.
	clientSecretKey = "clientSecret"
	// headlampUser and headlampGroup are those of the image.
	// Source: securityContext in the chart's values.
	headlampUser, headlampGroup = 100, 101
)

var headlamp = controller{
	chart:    headlampName,
	on:       func(a Args) bool { return isOn(a.Dashboard.Enabled, false) },
	install:  headlampChart,
	objects:  headlampObjects,
	validate: validateHeadlamp,
}

func headlampChart(a Args) ref.Chart {
	replicas := max(1, a.Replicas)
	if a.Dashboard.OIDC != nil {
		// A sign-in that one pod began no other can end: each remembers its own in memory.
		// Source: https://github.com/kubernetes-sigs/headlamp/issues/5401, and oauthRequestMap in backend/cmd/headlamp.go
		replicas = 1
	}
	container := podspec.Container()
	container["runAsUser"], container["runAsGroup"] = headlampUser, headlampGroup
	return ref.Chart{
		Name: headlampName, Namespace: headlampName, OwnsNamespace: true,
		Values: map[string]any{
			// Headlamp finds the API server with client-go's settings of a pod, which don't load
			// without the account's token. The account has no rights.
			// Source: https://github.com/kubernetes-sigs/headlamp/blob/v0.45.0/backend/pkg/kubeconfig/kubeconfig.go
			"automountServiceAccountToken": true,
			"serviceAccount":               map[string]any{"create": true, "name": headlampName},
			"clusterRoleBinding":           map[string]any{"create": false}, // it would be cluster-admin
			"config":                       map[string]any{"oidc": map[string]any{"secret": map[string]any{"create": false}}},
			"env":                          a.Dashboard.OIDC.environment(),
			"podSecurityContext":           podspec.Pod(0),
			"securityContext":              container,
			"resources":                    podspec.Resources("100m", "128Mi", "256Mi"), // Source: resources in the chart's values, twice the limit
			"topologySpreadConstraints":    podspec.Spread(map[string]any{"app.kubernetes.io/name": headlampName}),
		},
		Profile: map[string]any{
			"replicaCount":        replicas,
			"podDisruptionBudget": map[string]any{"enabled": replicas > 1, "minAvailable": 1},
		},
		ExtraKeys: []string{"env", "securityContext"}, // both are only comments in the chart's values
	}
}

// environment is what Headlamp reads; its arguments would show the secret to whoever may
// see processes.
// Source: https://headlamp.dev/docs/latest/installation/in-cluster/oidc
func (o *OIDC) environment() []any {
	if o == nil {
		return []any{}
	}
	variable := func(name string, rest map[string]any) any {
		rest["name"] = "HEADLAMP_CONFIG_OIDC_" + name
		return rest
	}
	return []any{
		variable("IDP_ISSUER_URL", map[string]any{"value": o.IssuerURL}),
		variable("CLIENT_ID", map[string]any{"value": o.ClientID}),
		variable("CLIENT_SECRET", map[string]any{"valueFrom": map[string]any{
			"secretKeyRef": map[string]any{"name": o.Secret, "key": clientSecretKey},
		}}),
		variable("USE_PKCE", map[string]any{"value": "true"}),
	}
}

const (
	rbacVersion = "rbac.authorization.k8s.io/v1"
	rbacGroup   = "rbac.authorization.k8s.io"
)

// headlampObjects give viewers the role view, which knows neither Secrets nor anything
// without a namespace, and what a page about nodes shows.
func headlampObjects(a Args) map[string]kube.Object {
	if len(a.Dashboard.Viewers) == 0 {
		return nil
	}
	var subjects []any
	for _, group := range a.Dashboard.Viewers {
		subjects = append(subjects, map[string]any{"apiGroup": rbacGroup, "kind": "Group", "name": group})
	}
	binding := func(name, role string) kube.Object {
		return kube.New(rbacVersion, "ClusterRoleBinding", "", name, map[string]any{
			"roleRef":  map[string]any{"apiGroup": rbacGroup, "kind": "ClusterRole", "name": role},
			"subjects": subjects,
		})
	}
	const nodes = "headlamp-nodes"
	return map[string]kube.Object{
		"headlamp-view":          binding("headlamp-view", "view"),
		"headlamp-nodes-binding": binding(nodes, nodes),
		nodes: kube.New(rbacVersion, "ClusterRole", "", nodes, map[string]any{"rules": []any{
			rule("", []any{"nodes", "namespaces", "persistentvolumes"}, "get", "list", "watch"),
			rule("storage.k8s.io", []any{"storageclasses"}, "get", "list", "watch"),
			rule("metrics.k8s.io", []any{"nodes", "pods"}, "get", "list"),
		}}),
	}
}

// rule is one of a role.
func rule(group string, resources []any, verbs ...any) any {
	return map[string]any{"apiGroups": []any{group}, "resources": resources, "verbs": verbs}
}

func validateHeadlamp(s Spec) []problem.Problem {
	var list problem.List
	if o := s.Dashboard.OIDC; o != nil {
		if !strings.HasPrefix(o.IssuerURL, "https://") {
			list.Addf("dashboard.oidc.issuerUrl", `write the issuer's URL, such as "https://login.example.com/realms/main"`, "%q is no https URL", o.IssuerURL)
		}
		if o.ClientID == "" {
			list.Add("dashboard.oidc.clientId", "is empty", "write the ID that the provider gave the client")
		}
		if !form.Name.MatchString(o.Secret) {
			list.Addf("dashboard.oidc.secret", "name a Secret of namespace headlamp, which holds it under "+clientSecretKey, "%q can't be a Secret's name", o.Secret)
		}
	}
	seen := map[string]bool{}
	for _, group := range s.Dashboard.Viewers {
		switch {
		case group == "", strings.HasPrefix(group, "system:"):
			list.Addf("dashboard.viewers", "name a group of people", "%q is none: system: groups are Kubernetes' own, everybody among them", group)
		case seen[group]:
			list.Addf("dashboard.viewers", "name it once", "%q is there twice", group)
		}
		seen[group] = true
	}
	return list.All()
}
