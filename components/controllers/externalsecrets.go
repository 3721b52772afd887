package controllers

import (
	"maps"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Secrets is External Secrets. It reads AWS, and never writes there.
type Secrets struct {
	// Optional. Installs it. Default true with a store, else false.
	Enabled *bool `json:"enabled"`
	// Optional. Where secrets come from, by the names of the ClusterSecretStores. Default none.
	Stores map[string]Store `json:"stores"`
}

// Store is a ClusterSecretStore: some secrets of AWS for some namespaces.
type Store struct {
	// Optional. Which service holds them: secretsManager or parameterStore. Default
	// secretsManager.
	Service string `json:"service"`
	// Required. What their names begin with, up to a separator: "prd/", and "/prd/" in
	// Parameter Store. An ExternalSecret names the rest. A store with a role needs none.
	Prefix string `json:"prefix"`
	// Optional. The keys that they are encrypted with, by ARN. Default AWS's own.
	KmsKeyArns []string `json:"kmsKeyArns"`
	// Optional. A role that is assumed to read them, by ARN: of another account, or one that
	// this platform doesn't make. It must trust the controller's role, sts:TagSession included.
	// Default the controller's own role, which then may read them.
	Role string `json:"role"`
	// Required. The namespaces whose ExternalSecrets may use it. A store with namespaceLabels
	// needs none.
	Namespaces []string `json:"namespaces"`
	// Optional. Namespaces with these labels may, too. Default none.
	NamespaceLabels map[string]string `json:"namespaceLabels"`
}

// The services.
const (
	SecretsManager = "secretsManager"
	ParameterStore = "parameterStore"
)

const secretsName = "external-secrets"

var externalSecrets = controller{
	chart:   secretsName,
	on:      func(a Args) bool { return isOn(a.Secrets.Enabled, len(a.Secrets.Stores) > 0) },
	install: secretsChart,
	role: func(a Args) irsa.Workload {
		return irsa.Workload{Name: secretsName, Namespace: secretsName, ServiceAccounts: []string{secretsName}, Policy: secretsPolicy(a)}
	},
	objects:  secretsObjects,
	validate: validateSecrets,
}

func secretsChart(a Args) ref.Chart {
	chart := ref.Chart{
		Name: secretsName, Namespace: secretsName, OwnsNamespace: true,
		Values:  secretsValues(a),
		Profile: secretsProfile(a),
	}
	if certManager.on(a) {
		// No controller of its own then writes to webhooks and CRDs.
		chart.After = []string{certManager.chart}
		chart.Values["certController"] = map[string]any{"create": false}
		webhook := chart.Values["webhook"].(map[string]any)
		webhook["certManager"] = map[string]any{"enabled": true, "cert": map[string]any{
			"issuerRef":  map[string]any{"group": "cert-manager.io", "kind": "Issuer", "name": secretsName},
			"privateKey": map[string]any{"rotationPolicy": "Always"},
		}}
		chart.Values["extraObjects"] = []any{
			kube.New("cert-manager.io/v1", "Issuer", secretsName, secretsName, map[string]any{"spec": map[string]any{"selfSigned": map[string]any{}}}),
		}
	}
	return chart
}

func secretsValues(a Args) map[string]any {
	// A store of a namespace, and whatever writes to AWS, would act with the controller's
	// credentials for everybody who can make one: only ClusterSecretStores are read, which
	// the platform makes, and which say for whom they are.
	values := map[string]any{
		"processSecretStore": false, "processClusterExternalSecret": false, "processClusterGenerator": false,
		"processPushSecret": false, "processClusterPushSecret": false,
		"rbac": map[string]any{
			// With it the controller could be any service account.
			"serviceAccountTokenCreate": false,
			"servicebindings":           map[string]any{"create": false},
			// It would let everybody who may edit a namespace make generators, which the controller
			// runs: it can reach what they can't. A role of the platform lets them make ExternalSecrets.
			"aggregateToEdit": false, "aggregateToAdmin": false,
		},
		"readinessProbe": map[string]any{"enabled": true},
		"certController": secretsPod("-cert-controller"),
		"webhook":        secretsPod("-webhook"),
	}
	maps.Copy(values, secretsPod(""))
	values["serviceAccount"].(map[string]any)["annotations"] = irsa.Annotations(a.Cluster, secretsName)
	return values
}

// secretsPod are the values that the chart has once for each workload. Its security
// contexts keep to the restricted profile as they are.
func secretsPod(suffix string) map[string]any {
	return map[string]any{
		"serviceAccount":    map[string]any{"create": true, "name": secretsName + suffix},
		"priorityClassName": critical,
		// Source: resources in the chart's values, with twice the memory. The controller caches
		// ExternalSecrets and their Secrets, so the limit leaves room.
		"resources":                 podspec.Resources("10m", "64Mi", "256Mi"),
		"topologySpreadConstraints": podspec.Spread(map[string]any{"app.kubernetes.io/name": secretsName + suffix}),
	}
}

// secretsProfile has two controllers at most, for one of them works; every webhook does,
// and nobody can change a store without one.
func secretsProfile(a Args) map[string]any {
	several := map[string]any{"enabled": a.Replicas > 1, "minAvailable": 1}
	return map[string]any{
		"replicaCount": a.standby(), "leaderElect": a.Replicas > 1, "podDisruptionBudget": several,
		"webhook":        map[string]any{"replicaCount": max(1, a.Replicas), "podDisruptionBudget": several},
		"certController": map[string]any{"replicaCount": a.standby(), "podDisruptionBudget": several},
	}
}

const secretsGroup = "external-secrets.io"

// secretsObjects are the stores, and the role by which who may edit a namespace makes
// ExternalSecrets in it.
func secretsObjects(a Args) map[string]kube.Object {
	objects := map[string]kube.Object{
		"external-secrets-users": kube.New(rbacVersion, "ClusterRole", "", "external-secrets-users", map[string]any{"rules": []any{
			rule(secretsGroup, []any{"externalsecrets"}, "create", "delete", "deletecollection", "patch", "update"),
		}}).With(map[string]string{
			"rbac.authorization.k8s.io/aggregate-to-edit": "true", "rbac.authorization.k8s.io/aggregate-to-admin": "true",
		}, nil),
	}
	for name, store := range a.Secrets.Stores {
		objects["store-"+name] = kube.New(secretsGroup+"/v1", "ClusterSecretStore", "", name, map[string]any{"spec": map[string]any{
			"provider":   map[string]any{"aws": store.provider(a.Cluster.Place.Region)},
			"conditions": store.conditions(),
		}})
	}
	return objects
}

// provider has no auth: the credentials are those of the controller's pod.
func (s Store) provider(region string) map[string]any {
	provider := map[string]any{"service": services[s.service()].kind, "region": region}
	if s.Prefix != "" {
		provider["prefix"] = s.Prefix
	}
	if s.Role != "" {
		provider["role"] = s.Role
	}
	return provider
}

// conditions are alternatives.
func (s Store) conditions() []any {
	var conditions []any
	if len(s.Namespaces) > 0 {
		conditions = append(conditions, map[string]any{"namespaces": ordered(s.Namespaces)})
	}
	if len(s.NamespaceLabels) > 0 {
		labels := map[string]any{}
		for key, value := range s.NamespaceLabels {
			labels[key] = value
		}
		conditions = append(conditions, map[string]any{"namespaceSelector": map[string]any{"matchLabels": labels}})
	}
	return conditions
}

// critical is the priority of what applications wait for.
// Source: https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods
const critical = "system-cluster-critical"

// standby is how many replicas a controller has of which one works at a time: a further
// one takes over, and a third would only wait as well.
func (a Args) standby() int { return min(2, max(1, a.Replicas)) }
