package controllers

import (
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// The tags by which the controller knows what is its own, and EKS its security group.
// Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/shared_constants/tags.go
const (
	balancerTag = "elbv2.k8s.aws/cluster"
	ownedTag    = "kubernetes.io/cluster/"
)

// loadBalancerPolicy narrows the policy that the controller publishes for v3.5.0,
// https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json:
// to the region and the account; to what carries this cluster's name, where that one asks
// for any cluster's tag or for none; and without Cognito, server certificates of IAM, WAF
// // Classic, Outposts, pools of IPAM, and what the configuration has not turned on. Target
// groups that something else made can't be bound for want of the tag. Which actions know
// resources, and which of those know tags, is in
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
// and https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html.
func loadBalancerPolicy(a Args) string {
	p, cluster := policyScope{a.Cluster.Place, a.Cluster.Name}, a.Cluster.Name
	vpc, inVpc := p.vpc(a)
	statements := []iamdoc.Statement{
		{Sid: "ServiceRole", Action: "iam:CreateServiceLinkedRole",
			Resource:  "arn:" + p.Partition + ":iam::" + p.Account + ":role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing",
			Condition: iamdoc.Equals(map[string]any{"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"})},
		// None of these knows resources.
		{Sid: "Read", Resource: "*", Condition: p.inRegion(), Action: []string{
			"ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeInternetGateways",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcs",
			"ec2:DescribeVpcPeeringConnections", "acm:ListCertificates",
			"elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListenerCertificates",
			"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
			"elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeTags",
			"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
			"elasticloadbalancing:DescribeTrustStores",
		}},
		{Sid: "ReadVpcGroups", Action: "ec2:GetSecurityGroupsForVpc", Resource: vpc, Condition: inVpc},
		{Sid: "ReadCertificates", Action: "acm:DescribeCertificate", Resource: p.Arn("acm", "certificate/*")},

		{Sid: "MakeGroups", Action: "ec2:CreateSecurityGroup", Resource: p.groups(), Condition: p.asked()},
		{Sid: "MakeGroupsInVpc", Action: "ec2:CreateSecurityGroup", Resource: vpc, Condition: inVpc},
		{Sid: "TagNewGroups", Action: "ec2:CreateTags", Resource: p.groups(),
			Condition: iamdoc.Equals(map[string]any{"ec2:CreateAction": "CreateSecurityGroup", "aws:RequestTag/" + balancerTag: cluster})},
		{Sid: "TagGroups", Action: []string{"ec2:CreateTags", "ec2:DeleteTags"}, Resource: p.groups(), Condition: p.ownUnmarked()},
		{Sid: "ChangeGroups", Action: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup"},
			Resource: p.groups(), Condition: p.own()},
		// Load balancers are let in to pods, which are in EKS's group or in the platform's.
		{Sid: "OpenClusterGroup", Action: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"},
			Resource: p.groups(), Condition: iamdoc.Equals(map[string]any{"aws:ResourceTag/" + ownedTag + cluster: "owned"})},
		{Sid: "OpenNodesGroup", Action: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"},
			Resource: p.groups(), Condition: iamdoc.Equals(map[string]any{"aws:ResourceTag/Name": cluster + "-nodes"})},

		{Sid: "Make", Action: []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"},
			Resource: p.balancers("loadbalancer", "targetgroup"), Condition: p.asked()},
		{Sid: "TagNew", Action: "elasticloadbalancing:AddTags", Resource: p.balancers("loadbalancer", "targetgroup", "listener", "listener-rule"),
			Condition: iamdoc.Equals(map[string]any{"aws:RequestTag/" + balancerTag: cluster,
				"elasticloadbalancing:CreateAction": []string{"CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule"}})},
		{Sid: "Tag", Action: []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"},
			Resource: p.balancers("loadbalancer", "targetgroup", "listener", "listener-rule"), Condition: p.ownUnmarked()},
		{Sid: "Change", Resource: p.balancers("loadbalancer", "targetgroup", "listener", "listener-rule"), Condition: p.own(), Action: []string{
			"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
			"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:DeregisterTargets",
			"elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
			"elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:ModifyTargetGroup",
			"elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:RemoveListenerCertificates",
			"elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
		}},
	}
	if a.LoadBalancers.WAF {
		statements = append(statements,
			iamdoc.Statement{Sid: "WebACLs", Action: []string{"wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"},
				Resource: append(p.balancers("loadbalancer"), p.Arn("wafv2", "regional/webacl/*/*"))},
			// What Elastic Load Balancing asks for before a web ACL is set: it knows no tags.
			iamdoc.Statement{Sid: "SetWebACLs", Action: "elasticloadbalancing:SetWebAcl", Resource: p.balancers("loadbalancer")},
			// The controller finds by it the web ACL that an Ingress names by its name.
			iamdoc.Statement{Sid: "FindWebACLs", Action: "wafv2:ListWebACLs", Resource: "*", Condition: p.inRegion()})
	}
	if a.LoadBalancers.Shield {
		// Shield is not of a region, and its state not of a resource.
		statements = append(statements,
			iamdoc.Statement{Sid: "ShieldState", Action: "shield:GetSubscriptionState", Resource: "*"},
			iamdoc.Statement{Sid: "Shield", Action: []string{"shield:DescribeProtection", "shield:CreateProtection", "shield:DeleteProtection"},
				Resource: "arn:" + p.Partition + ":shield::" + p.Account + ":protection/*"})
	}
	return iamdoc.Document(statements...)
}

// policyScope is where and for which cluster something may be done.
type policyScope struct {
	ref.Place
	cluster string
}

func (p policyScope) groups() string { return p.Arn("ec2", "security-group/*") }

// balancers are the ARNs of kinds of Elastic Load Balancing.
func (p policyScope) balancers(kinds ...string) []string {
	arns := make([]string, 0, len(kinds))
	for _, kind := range kinds {
		arns = append(arns, p.Arn("elasticloadbalancing", kind+"/*"))
	}
	return arns
}

// vpc is the ARN of the cluster's VPC with a condition, where only its tags are known. Named
// by its id it may be another account's, which shares its subnets.
func (p policyScope) vpc(a Args) (string, iamdoc.Condition) {
	if a.VpcID != "" {
		return "arn:" + p.Partition + ":ec2:" + p.Region + ":*:vpc/" + a.VpcID, nil
	}
	tags := map[string]any{}
	for key, value := range a.VpcTags {
		tags["aws:ResourceTag/"+key] = value
	}
	return p.Arn("ec2", "vpc/*"), iamdoc.Equals(tags)
}

func (p policyScope) inRegion() iamdoc.Condition {
	return iamdoc.Equals(map[string]any{"aws:RequestedRegion": p.Region})
}

// own is the condition that a resource is this cluster's, asked that a request makes it so.
func (p policyScope) own() iamdoc.Condition {
	return iamdoc.Equals(map[string]any{"aws:ResourceTag/" + balancerTag: p.cluster})
}

func (p policyScope) asked() iamdoc.Condition {
	return iamdoc.Equals(map[string]any{"aws:RequestTag/" + balancerTag: p.cluster})
}

// ownUnmarked is own for requests that leave the mark itself alone.
func (p policyScope) ownUnmarked() iamdoc.Condition {
	condition := p.own()
	condition["ForAllValues:StringNotEquals"] = map[string]any{"aws:TagKeys": []string{balancerTag}}
	return condition
}
