package storage

import (
	"github.com/megazonecloud/eks-platform/components/iamdoc"
)

// What FSx knows of resources and conditions, action by action.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonfsx.html

// look lets a driver describe things of FSx in the cluster's region. FSx has no resources
// for these actions.
func (a Args) look(actions ...string) iamdoc.Statement {
	return iamdoc.Statement{Sid: "Look", Action: actions, Resource: "*", Condition: iamdoc.Equals(map[string]any{"aws:RequestedRegion": a.Cluster.Place.Region})}
}

// mark is the cluster's tag, on what a driver makes.
func (a Args) mark() map[string]string { return map[string]string{clusterTag(a): owned} }

// perClaim lets a driver make things with the cluster's mark, and do the rest to those that
// have it.
func (a Args) perClaim(resource any, create string, rest ...string) []iamdoc.Statement {
	requested := tagged("aws:RequestTag/", a.mark())
	return []iamdoc.Statement{
		// Tags that come with a thing are allowed apart from making it.
		{Sid: "Make", Action: []string{create, "fsx:TagResource"}, Resource: resource, Condition: requested},
		{Sid: "Own", Action: rest, Resource: resource, Condition: tagged("aws:ResourceTag/", a.mark())},
	}
}

// serviceLinkedRole lets a driver make the role that FSx works with in this account, where
// no file system ever was.
// Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-service-linked-roles.html
func (a Args) serviceLinkedRole(service, name string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid: "ServiceLinkedRole", Action: "iam:CreateServiceLinkedRole",
		Resource:  "arn:" + a.Cluster.Place.Partition + ":iam::" + a.Cluster.Place.Account + ":role/aws-service-role/" + service + "/" + name,
		Condition: iamdoc.Equals(map[string]any{"iam:AWSServiceName": service}),
	}
}
