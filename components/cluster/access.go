package cluster

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/tags"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	eks "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Access lets one IAM principal into the cluster.
type Access struct {
	// Required. The ARN of an IAM role or user.
	Principal string `json:"principal"`
	// Optional. What it may do: admin, edit, view or adminView, the access policies
	// that EKS provides. Default none: what RBAC gives its groups.
	Policy string `json:"policy"`
	// Optional. The namespaces in which the policy holds. Default the whole cluster.
	Namespaces []string `json:"namespaces"`
	// Optional. The Kubernetes groups it is in, for RBAC of your own. Default none.
	Groups []string `json:"groups"`
}

const clusterAdmin = "AmazonEKSClusterAdminPolicy"

// accessPolicies are the policies that EKS provides for people, by their short names.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
var accessPolicies = map[string]string{
	"admin": "AmazonEKSAdminPolicy", "edit": "AmazonEKSEditPolicy",
	"view": "AmazonEKSViewPolicy", "adminView": "AmazonEKSAdminViewPolicy",
}

var principal = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$`)

// principals are all that enter the cluster, by the path at which they stand.
func (s Spec) principals() map[string]string {
	all := map[string]string{}
	for name, arn := range s.Admins {
		all[problem.Join("admins", name)] = arn
	}
	for name, access := range s.Access {
		all[problem.Join(problem.Join("access", name), "principal")] = access.Principal
	}
	return all
}

func (s Spec) validateAccess(list *problem.List) {
	if len(s.Admins) == 0 {
		list.Add("admins", "nobody but the creator could enter the cluster", "name one or more IAM roles: {platform: arn:aws:iam::111122223333:role/Platform}")
	}
	all, taken := s.principals(), map[string]string{}
	for _, path := range sortedKeys(all) {
		arn := all[path]
		if !principal.MatchString(arn) {
			list.Addf(path, "give the ARN of an IAM role or user", "%q is not one", arn)
		}
		if other, twice := taken[arn]; twice {
			list.Addf(path, "remove one", "is the same principal as %s", other)
		}
		taken[arn] = path
	}
	for _, name := range sortedKeys(s.Access) {
		path := problem.Join("access", name)
		if _, both := s.Admins[name]; both {
			list.Add(path, "is the name of an administrator, too", "use another name")
		}
		s.Access[name].validate(list, path)
	}
}

func (a Access) validate(list *problem.List, path string) {
	switch {
	case a.Policy != "":
		problem.OneOf(list, problem.Join(path, "policy"), a.Policy, sortedKeys(accessPolicies)...)
	case len(a.Namespaces) > 0:
		list.Add(problem.Join(path, "namespaces"), "has no effect without a policy", "name a policy, or remove it")
	case len(a.Groups) == 0:
		list.Add(path, "may do nothing", "name a policy, or groups that RBAC knows")
	}
	for i, name := range a.Namespaces {
		if !form.Name.MatchString(name) {
			list.Addf(fmt.Sprintf("%s.namespaces[%d]", path, i), "use lower-case letters, digits and hyphens", "%q is not a namespace's name", name)
		}
	}
	for i, group := range a.Groups {
		if group == "" || strings.HasPrefix(group, "system:") {
			list.Addf(fmt.Sprintf("%s.groups[%d]", path, i), "use a group of your own", "%q is a group of Kubernetes itself", group)
		}
	}
}

// accessEntries lets the administrators and all others in.
func (c *Cluster) accessEntries() map[string]eks.AccessEntryArgs {
	entries := map[string]eks.AccessEntryArgs{}
	for name, arn := range c.args.Admins {
		entries[name] = eks.AccessEntryArgs{
			PrincipalArn:   pulumi.String(arn),
			AccessPolicies: map[string]eks.AccessPolicyAssociationInput{"admin": c.association(clusterAdmin, nil)},
			Tags:           tags.Named(c.args.Tags, name),
		}
	}
	for name, access := range c.args.Access {
		entry := eks.AccessEntryArgs{PrincipalArn: pulumi.String(access.Principal), Tags: tags.Named(c.args.Tags, name)}
		if len(access.Groups) > 0 {
			entry.KubernetesGroups = pulumi.ToStringArray(access.Groups)
		}
		if access.Policy != "" {
			entry.AccessPolicies = map[string]eks.AccessPolicyAssociationInput{
				access.Policy: c.association(accessPolicies[access.Policy], access.Namespaces),
			}
		}
		entries[name] = entry
	}
	return entries
}

// association grants one of EKS's policies in some namespaces, or in the cluster.
func (c *Cluster) association(policy string, namespaces []string) eks.AccessPolicyAssociationArgs {
	scope := awseks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
	if len(namespaces) > 0 {
		scope = awseks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(namespaces)}
	}
	return eks.AccessPolicyAssociationArgs{
		PolicyArn:   pulumi.Sprintf("arn:%s:eks::aws:cluster-access-policy/%s", c.args.Network.Partition(), policy),
		AccessScope: scope,
	}
}
