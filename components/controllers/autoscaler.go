package controllers

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Autoscaler is the Cluster Autoscaler, which changes the sizes of node groups between
// their min and max.
type Autoscaler struct {
	// Optional. Installs it. Default true, and false for a platform with Karpenter.
	Enabled *bool `json:"enabled"`
	// Optional. Which group grows where several could: least-waste (the least CPU and memory
	// left over), most-pods, random or priority (in the order of prefer). Default least-waste.
	Expander string `json:"expander"`
	// Optional. With priority, which groups grow first: regular expressions for the names of
	// Auto Scaling groups, the most wanted first, such as [spot, .*]. A group that none fits
	// doesn't grow. Required with priority.
	Prefer []string `json:"prefer"`
	// Optional. How long a node must be unneeded before it goes, such as 10m. Default 10m.
	UnneededTime string `json:"unneededTime"`
	// Optional. How long no node goes after one came, such as 10m. Default 10m.
	DelayAfterAdd string `json:"delayAfterAdd"`
	// Optional. The share of a node's CPU or memory, in percent, below which it may go when
	// its pods fit elsewhere, 1 to 100. Default 50.
	UtilizationPercent int `json:"utilizationPercent"`
}

const autoscalerName = "cluster-autoscaler"

// autoscalerTag is on the groups that it may change: EKS sets it on managed groups, the
// platform on its own.
// Source: https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.35.2/cluster-autoscaler/cloudprovider/aws/README.md
const autoscalerTag = "k8s.io/cluster-autoscaler/"

const byPriority = "priority"

var expanders = []string{"least-waste", "most-pods", "random", byPriority}

var clusterAutoscaler = controller{
	chart:   autoscalerName,
	on:      func(a Args) bool { return isOn(a.Autoscaler.Enabled, !a.Karpenter) },
	install: autoscalerChart,
	role: func(a Args) irsa.Workload {
		return irsa.Workload{Name: autoscalerName, Namespace: system, ServiceAccounts: []string{autoscalerName}, Policy: autoscalerPolicy(a)}
	},
	validate: func(s Spec) []problem.Problem {
		var list problem.List
		list.Under("autoscaler", s.Autoscaler.problems())
		return list.All()
	},
}

func autoscalerChart(a Args) ref.Chart {
	is := a.Autoscaler.withDefaults()
	labels := map[string]any{"app.kubernetes.io/name": "aws-cluster-autoscaler", "app.kubernetes.io/instance": autoscalerName}
	profile := map[string]any{"replicaCount": a.standby(), "podDisruptionBudget": nil}
	if a.Replicas > 1 {
		profile["podDisruptionBudget"] = map[string]any{"maxUnavailable": 1}
	}
	chart := ref.Chart{
		Name: autoscalerName, Namespace: system, Profile: profile,
		ExtraKeys: []string{"extraArgs"}, // any of the autoscaler's own
		Values: map[string]any{
			"autoDiscovery": map[string]any{"clusterName": a.Cluster.Name},
			"awsRegion":     a.Cluster.Place.Region,
			// The autoscaler knows the scheduler of its own minor.
			"image": map[string]any{"tag": catalog.AutoscalerImage(a.Cluster.Version)},
			"rbac":  map[string]any{"serviceAccount": map[string]any{"create": true, "name": autoscalerName, "annotations": irsa.Annotations(a.Cluster, autoscalerName)}},
			"extraArgs": map[string]any{
				"expander": is.Expander, "balance-similar-node-groups": true,
				// Pods with local storage and pods of kube-system are moved, too: disruption budgets
				// say which may not.
				"skip-nodes-with-local-storage": false, "skip-nodes-with-system-pods": false,
				"scale-down-unneeded-time": is.UnneededTime, "scale-down-delay-after-add": is.DelayAfterAdd,
				"scale-down-utilization-threshold": float64(is.UtilizationPercent) / 100,
				"v":                                2,
			},
			"securityContext": podspec.Pod(65534), "containerSecurityContext": podspec.Container(),
			// Source: https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.35.2/cluster-autoscaler/cloudprovider/aws/examples/cluster-autoscaler-autodiscover.yaml
			"resources":                 podspec.Resources("100m", "600Mi", "600Mi"),
			"topologySpreadConstraints": podspec.Spread(labels),
		},
	}
	if is.Expander == byPriority {
		chart.Values["expanderPriorities"] = is.priorities()
	}
	return chart
}

// priorities are the preferences as the autoscaler reads them: the higher number wins.
// Source: https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.35.2/cluster-autoscaler/expander/priority/readme.md
func (s Autoscaler) priorities() map[string]any {
	all := map[string]any{}
	for i, name := range s.Prefer {
		all[strconv.Itoa(10*(len(s.Prefer)-i))] = []any{name}
	}
	return all
}

// autoscalerPolicy narrows what the autoscaler documents (cloudprovider/aws/README.md of
// 1.35.2, full features): sizes only of groups with this cluster's tag, node groups only
// of this cluster. Left out is autoscaling:DescribeAutoScalingInstances, which 1.33.6 to
// 1.36.1 don't call.
func autoscalerPolicy(a Args) string {
	place := a.Cluster.Place
	return iamdoc.Document(
		// None of these knows resources.
		iamdoc.Statement{Sid: "Read", Resource: "*", Condition: iamdoc.Equals(map[string]any{"aws:RequestedRegion": place.Region}), Action: []string{
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities",
			"ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements",
		}},
		iamdoc.Statement{Sid: "ReadNodeGroups", Action: "eks:DescribeNodegroup", Resource: place.Arn("eks", "nodegroup/"+a.Cluster.Name+"/*/*")},
		iamdoc.Statement{Sid: "Resize", Action: []string{"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
			Resource:  place.Arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
			Condition: iamdoc.Equals(map[string]any{"aws:ResourceTag/" + autoscalerTag + a.Cluster.Name: "owned"})},
	)
}

func (s Autoscaler) withDefaults() Autoscaler {
	if s.Expander == "" {
		s.Expander = expanders[0]
	}
	if s.UnneededTime == "" {
		s.UnneededTime = "10m"
	}
	if s.DelayAfterAdd == "" {
		s.DelayAfterAdd = "10m"
	}
	if s.UtilizationPercent == 0 {
		s.UtilizationPercent = 50
	}
	return s
}

func (s Autoscaler) problems() []problem.Problem {
	var list problem.List
	full := s.withDefaults()
	problem.OneOf(&list, "expander", full.Expander, expanders...)
	if preferred := len(full.Prefer) > 0; preferred != (full.Expander == byPriority) {
		list.Add("prefer", "goes with expander priority, and that with it", "write both, such as prefer: [spot, .*], or neither")
	}
	for _, name := range full.Prefer {
		if _, err := regexp.Compile(name); err != nil || name == "" {
			list.Addf("prefer", "write a part of a group's name, or .* for all", "%q is no regular expression", name)
		}
	}
	times := map[string]string{"unneededTime": full.UnneededTime, "delayAfterAdd": full.DelayAfterAdd}
	for _, path := range slices.Sorted(maps.Keys(times)) {
		if duration, err := time.ParseDuration(times[path]); err != nil || duration < 0 {
			list.Addf(path, "write a duration, such as 10m", "%q is no duration", times[path])
		}
	}
	if full.UtilizationPercent < 1 || full.UtilizationPercent > 100 {
		list.Addf("utilizationPercent", "use 1 to 100", "%d is no share", s.UtilizationPercent)
	}
	return list.All()
}
