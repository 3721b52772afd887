package kube

import "strings"

// frees are the kinds whose deletion frees something in AWS: their controller must
// see them go while it still runs, or what it made stays behind and holds up the VPC.
// All other objects go with the cluster, unasked.
var frees = map[string]map[string]string{
	"": {
		"Service":               "a load balancer, where it is of type LoadBalancer",
		"PersistentVolumeClaim": "a volume",
	},
	"networking.k8s.io":            {"Ingress": "a load balancer and DNS records"},
	"gateway.networking.k8s.io":    {"Gateway": "a load balancer", "HTTPRoute": "DNS records", "GRPCRoute": "DNS records", "TLSRoute": "DNS records", "TCPRoute": "DNS records"},
	"elbv2.k8s.aws":                {"TargetGroupBinding": "targets and rules of security groups"},
	"externaldns.k8s.io":           {"DNSEndpoint": "DNS records"},
	"snapshot.storage.k8s.io":      {"VolumeSnapshot": "a snapshot"},
	"groupsnapshot.storage.k8s.io": {"VolumeGroupSnapshot": "snapshots"},
	"karpenter.sh":                 {"NodePool": "EC2 instances", "NodeClaim": "an EC2 instance"},
	"karpenter.k8s.aws":            {"EC2NodeClass": "an instance profile"},
	"apps":                         {"StatefulSet": "volumes, where its claims go with it"},
}

// freesAWS says whether the object must be deleted while its controller runs.
func (o Object) freesAWS() bool {
	group, _, grouped := strings.Cut(o.text("apiVersion"), "/")
	if !grouped {
		group = ""
	}
	kind := o.text("kind")
	if frees[group][kind] == "" {
		return false
	}
	spec, _ := o["spec"].(map[string]any)
	switch kind {
	case "Service":
		return spec["type"] == "LoadBalancer"
	case "StatefulSet":
		policy, _ := spec["persistentVolumeClaimRetentionPolicy"].(map[string]any)
		return policy["whenDeleted"] == "Delete"
	}
	return true
}

// The annotation by which a chart asks that an object outlive it.
// Source: https://helm.sh/docs/howto/charts_tips_and_tricks
const (
	keepAnnotation = "helm.sh/resource-policy"
	keep           = "keep"
)

// stays says whether the object outlives its resource: deleting a CRD deletes every
// object of its kind in the cluster.
func (o Object) stays() bool {
	annotations, _ := o.metadata()["annotations"].(map[string]any)
	return o.text("kind") == "CustomResourceDefinition" || annotations[keepAnnotation] == keep
}
