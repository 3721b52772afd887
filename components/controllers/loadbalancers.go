package controllers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
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
	// Optional. What load balancers send to when an Ingress or a Service doesn't say: ip (pods)
	// or instance (a port of every node, for pods whose addresses the VPC doesn't know: an
	// overlay). Default ip.
	TargetType string `json:"targetType"`
	// Optional. The security group that load balancers have towards pods, by id. Default one
	// that the controller makes.
	BackendSecurityGroup string `json:"backendSecurityGroup"`
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
		list.Under("loadBalancers", s.LoadBalancers.problems())
		return list.All()
	},
}

// The kinds of targets.
const (
	targetIP       = "ip"
	targetInstance = "instance"
)

func (l LoadBalancers) problems() []problem.Problem {
	var list problem.List
	if l.TargetType != "" {
		problem.OneOf(&list, "targetType", l.TargetType, targetIP, targetInstance)
	}
	if l.BackendSecurityGroup != "" && !form.SecurityGroupID.MatchString(l.BackendSecurityGroup) {
		list.Addf("backendSecurityGroup", "write it as sg-0123456789abcdef0", "%q is no security group's id", l.BackendSecurityGroup)
	}
	return list.All()
}

// loadBalancerChart has its webhook's certificate made by cert-manager: the chart would
// make a new one at each rendering. The VPC is named or found by its tags, because pods
// don't reach the instance's metadata.
func loadBalancerChart(a Args) ref.Chart {
	values := map[string]any{
		"clusterName": a.Cluster.Name, "region": a.Cluster.Place.Region,
		"serviceAccount":    map[string]any{"create": true, "name": loadBalancerName, "annotations": irsa.Annotations(a.Cluster, loadBalancerRole)},
		"enableCertManager": true,
		// Pods as targets: no hop over another node, and they keep their own health.
		"defaultTargetType":           cmp.Or(a.LoadBalancers.TargetType, targetIP),
		"enableServiceMutatorWebhook": a.LoadBalancers.AllServices,
		"ingressClassConfig":          map[string]any{"default": a.LoadBalancers.DefaultClass},
		"enableShield":                a.LoadBalancers.Shield, "enableWafv2": a.LoadBalancers.WAF,
		"enableWaf":          false, // WAF Classic is gone
		"defaultTags":        balancerTags(a.Tags),
		"podSecurityContext": podspec.Pod(65534), "securityContext": podspec.Container(),
		// Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/config/controller/controller.yaml
		"resources":                podspec.Resources("100m", "200Mi", "500Mi"),
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
	if group := a.LoadBalancers.BackendSecurityGroup; group != "" {
		values["backendSecurityGroup"] = group
	}
	profile := map[string]any{"replicaCount": a.standby()}
	if a.Replicas > 1 {
		profile["podDisruptionBudget"] = map[string]any{"maxUnavailable": 1}
	}
	return ref.Chart{
		Name: loadBalancerName, Namespace: system, Values: values, Profile: profile, After: []string{certManager.chart},
	}
}

// marks are the controller's own tags: it doesn't start with one of them among the tags that
// it is given.
// Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/config/controller_config.go (trackingTagKeys)
var marks = []string{"elbv2.k8s.aws/", "ingress.k8s.aws/", "service.k8s.aws/", "gateway.k8s.aws."}

// balancerTags are the tags that the controller can put on what it makes. It reads them
// from a list with commas.
func balancerTags(of map[string]string) map[string]any {
	all := map[string]any{}
	for key, value := range of {
		own := slices.ContainsFunc(marks, func(mark string) bool { return strings.HasPrefix(key, mark) })
		if !own && !strings.ContainsAny(key+value, `,"`) && !strings.Contains(key, "=") {
			all[key] = value
		}
	}
	return all
}

// texts are a map of texts as plain data.
func texts(of map[string]string) map[string]any {
	plain := make(map[string]any, len(of))
	for key, value := range of {
		plain[key] = value
	}
	return plain
}
