package karpenter

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
)

// Scope is where the controller may act, and for which cluster.
type Scope struct {
	// Partition, Region and Account are where the cluster is: "aws", "eu-west-1",
	// "111122223333".
	Partition, Region, Account string
	// Cluster is the cluster's name.
	Cluster string
	// NodeRoleArn is the one role that the controller may give to instances.
	NodeRoleArn string
	// QueueArn is the queue of interruptions.
	QueueArn string
	// ZonalShift adds what the chart's settings.enableZonalShift needs.
	ZonalShift bool
}

// clusterTag and poolTag are on all that Karpenter makes; eksTag and claimTag are
// Karpenter's, too.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/utils/utils.go
const (
	clusterTag = "kubernetes.io/cluster/"
	poolTag    = "karpenter.sh/nodepool"
	claimTag   = "karpenter.sh/nodeclaim"
	classTag   = "karpenter.k8s.aws/ec2nodeclass"
	eksTag     = "eks:eks-cluster-name"
)

// Policy is what the controller may do. It follows what Karpenter documents, less one
// part: node classes name an instance profile that is there already, so the controller
// makes and changes none.
// Source: https://karpenter.sh/docs/reference/cloudformation/
func (s Scope) Policy() string {
	return iamdoc.Document(slices.Concat(s.launching(), s.changing(), s.reading(), s.profiles(), s.shifts())...)
}

// ec2 are ARNs of kinds of EC2 resources: of an account's own, or of whichever.
func (s Scope) ec2(account string, kinds ...string) []string {
	arns := make([]string, 0, len(kinds))
	for _, kind := range kinds {
		arns = append(arns, "arn:"+s.Partition+":ec2:"+s.Region+":"+account+":"+kind+"/*")
	}
	return arns
}

// made are the kinds that a launch makes.
func (s Scope) made() []string {
	return s.ec2(s.Account, "fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
}

// own is the condition that a resource is of this cluster and of one of its pools.
func (s Scope) own() iamdoc.Condition {
	return iamdoc.Condition{
		"StringEquals": {"aws:ResourceTag/" + clusterTag + s.Cluster: "owned"},
		"StringLike":   {"aws:ResourceTag/" + poolTag: "*"},
	}
}

// marked is the condition that a request marks what it makes as such.
func (s Scope) marked() iamdoc.Condition {
	return iamdoc.Condition{
		"StringEquals": {"aws:RequestTag/" + clusterTag + s.Cluster: "owned", "aws:RequestTag/" + eksTag: s.Cluster},
		"StringLike":   {"aws:RequestTag/" + poolTag: "*"},
	}
}

// launching is about instances that are to be.
func (s Scope) launching() []iamdoc.Statement {
	launch := []string{"ec2:RunInstances", "ec2:CreateFleet"}
	tagging := s.marked()
	tagging["StringEquals"]["ec2:CreateAction"] = []string{"RunInstances", "CreateFleet", "CreateLaunchTemplate"}
	return []iamdoc.Statement{
		// Images, and subnets that another account shares, are not of this account.
		{Sid: "LaunchInto", Action: launch, Resource: slices.Concat(
			s.ec2("", "image", "snapshot"), s.ec2("*", "security-group", "subnet", "capacity-reservation", "placement-group"))},
		{Sid: "LaunchFromOwnTemplates", Action: launch, Resource: s.ec2(s.Account, "launch-template"), Condition: s.own()},
		{Sid: "LaunchMarked", Action: append(slices.Clone(launch), "ec2:CreateLaunchTemplate"), Resource: s.made(), Condition: s.marked()},
		{Sid: "MarkAtLaunch", Action: "ec2:CreateTags", Resource: s.made(), Condition: tagging},
		// EC2 in China goes by another name.
		{Sid: "GiveNodeRole", Action: "iam:PassRole", Resource: s.NodeRoleArn,
			Condition: iamdoc.Condition{"StringEquals": {"iam:PassedToService": []string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}}}},
	}
}

// changing is about instances that are there.
func (s Scope) changing() []iamdoc.Statement {
	tagging := s.own()
	tagging["StringEqualsIfExists"] = map[string]any{"aws:RequestTag/" + eksTag: s.Cluster}
	tagging["ForAllValues:StringEquals"] = map[string]any{"aws:TagKeys": []string{eksTag, claimTag, "Name"}}
	return []iamdoc.Statement{
		{Sid: "NameOwnInstances", Action: "ec2:CreateTags", Resource: s.ec2(s.Account, "instance"), Condition: tagging},
		{Sid: "EndOwn", Action: []string{"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"},
			Resource: s.ec2(s.Account, "instance", "launch-template"), Condition: s.own()},
		{Sid: "Interruptions", Action: []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}, Resource: s.QueueArn},
	}
}

// reading is what to choose from. Of parameters only those are read that name images
// of the families that a node class may have.
func (s Scope) reading() []iamdoc.Statement {
	parameters := "arn:" + s.Partition + ":ssm:" + s.Region + "::parameter/aws/service/"
	return []iamdoc.Statement{
		{Sid: "ReadRegion", Resource: "*", Action: []string{
			"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus",
			"ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
		}, Condition: iamdoc.Condition{"StringEquals": {"aws:RequestedRegion": s.Region}}},
		{Sid: "ReadImages", Action: "ssm:GetParameter", Resource: []string{parameters + "eks/optimized-ami/*", parameters + "bottlerocket/*"}},
		{Sid: "ReadPrices", Action: "pricing:GetProducts", Resource: "*"},
		{Sid: "ReadCluster", Action: "eks:DescribeCluster", Resource: s.clusterArn()},
	}
}

// profiles is what the controller asks when a node class goes: which instance profiles
// it made for it, and whether the one that older versions made is there. Refused an
// answer, it never lets the node class go.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/controllers/nodeclass/controller.go
func (s Scope) profiles() []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "ListProfiles", Action: "iam:ListInstanceProfiles", Resource: "*"},
		{Sid: "ReadOldProfiles", Action: "iam:GetInstanceProfile",
			Resource: "arn:" + s.Partition + ":iam::" + s.Account + ":instance-profile/" + s.Cluster + "_*"},
	}
}

func (s Scope) shifts() []iamdoc.Statement {
	if !s.ZonalShift {
		return nil
	}
	return []iamdoc.Statement{{Sid: "ReadZonalShift", Action: "arc-zonal-shift:GetManagedResource", Resource: "*",
		Condition: iamdoc.Condition{"StringEquals": {"arc-zonal-shift:ResourceIdentifier": s.clusterArn()}}}}
}

func (s Scope) clusterArn() string {
	return "arn:" + s.Partition + ":eks:" + s.Region + ":" + s.Account + ":cluster/" + s.Cluster
}
