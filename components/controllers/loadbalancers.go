package controllers

import (
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// LoadBalancers is the AWS Load Balancer Controller: an Application Load Balancer for an
// Ingress of class alb, a Network Load Balancer for a Service of class
// service.k8s.aws/nlb.
type LoadBalancers struct {
	// Optional. Installs it. Default true.
	Enabled *bool `json:"enabled"`
	// Optional. Makes every new Service of type LoadBalancer its own, by a webhook without
	// which no Service can be made. Default false: a Service says so by its class.
	AllServices bool `json:"allServices"`
	// Optional. Makes alb the class of Ingresses that name none. Default false.
	DefaultClass bool `json:"defaultClass"`
	// Optional. Lets Ingresses name a web ACL of AWS WAF. Default false.
	WAF bool `json:"waf"`
	// Optional. Lets Ingresses ask for AWS Shield Advanced, which the account must have
	// subscribed to. Default false.
	Shield bool `json:"shield"`
}

const loadBalancerName = "aws-load-balancer-controller"

// loadBalancerRole is what its role is called: the whole name would be too long.
const loadBalancerRole = "load-balancers"

var loadBalancers = controller{
	chart:   loadBalancerName,
	on:      func(a Args) bool { return isOn(a.LoadBalancers.Enabled, true) },
	install: loadBalancerChart,
	role: func(a Args) irsa.Workload {
		return irsa.Workload{Name: loadBalancerRole, Namespace: system, ServiceAccounts: []string{loadBalancerName}, Policy: loadBalancerPolicy(a)}
	},
	validate: func(s Spec) []problem.Problem {
		var list problem.List
		if isOn(s.LoadBalancers.Enabled, true) && !isOn(s.Certificates.Enabled, true) {
			list.Add("loadBalancers.enabled", "needs cert-manager, which makes the certificate of its webhook", "leave certificates on, or turn both off")
		}
		return list.All()
	},
}

// loadBalancerChart has its webhook's certificate made by cert-manager: the chart would
// make a new one at each rendering. The VPC is named or found by its tags, because pods
// don't reach the instance's metadata.
func loadBalancerChart(a Args) ref.Chart {
	pod := podspec.Pod(65534)
	values := map[string]any{
		"clusterName": a.Cluster.Name, "region": a.Cluster.Place.Region,
		"serviceAccount":    map[string]any{"create": true, "name": loadBalancerName, "annotations": irsa.Annotations(a.Cluster, loadBalancerRole)},
		"enableCertManager": true,
		// Targets are pods: no hop over another node, and they keep their own health.
		"defaultTargetType":           "ip",
		"enableServiceMutatorWebhook": a.LoadBalancers.AllServices,
		"ingressClassConfig":          map[string]any{"default": a.LoadBalancers.DefaultClass},
		"enableShield":                a.LoadBalancers.Shield, "enableWafv2": a.LoadBalancers.WAF,
		"enableWaf":          false, // WAF Classic is gone
		"defaultTags":        texts(a.Tags),
		"podSecurityContext": pod, "securityContext": podspec.Container(),
		// Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/helm/aws-load-balancer-controller/values.yaml (resources)
		"resources":                podspec.Resources("100m", "128Mi", "256Mi"),
		"configureDefaultAffinity": false,
		"topologySpreadConstraints": podspec.Spread(map[string]any{
			"app.kubernetes.io/name": loadBalancerName, "app.kubernetes.io/instance": loadBalancerName,
		}),
	}
	if a.VpcID != "" {
		values["vpcId"] = a.VpcID
	} else {
		values["vpcTags"] = texts(a.VpcTags)
	}
	profile := map[string]any{"replicaCount": a.standby()}
	if a.Replicas > 1 {
		profile["podDisruptionBudget"] = map[string]any{"maxUnavailable": 1}
	}
	return ref.Chart{
		Name: loadBalancerName, Namespace: system, Values: values, Profile: profile, After: []string{certManager.chart},
	}
}

// texts are a map of texts as plain data.
func texts(of map[string]string) map[string]any {
	plain := make(map[string]any, len(of))
	for key, value := range of {
		plain[key] = value
	}
	return plain
}
