package tenants

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Access lets people into the namespace: an IAM principal, or a group of the cluster's
// identity provider.
type Access struct {
	// Required, or group. The ARN of an IAM role or user.
	Principal string `json:"principal"`
	// Required, or principal. A group of the cluster's OIDC identity provider, without the
	// prefix that the cluster puts before it.
	Group string `json:"group"`
	// Required. What they may do in the namespace: admin, edit or view. Admin and edit read
	// secrets, enter pods, and may change the namespace's network policies.
	Policy string `json:"policy"`
}

// policies are those that EKS provides for people, by the names of the ClusterRoles that
// Kubernetes has for the same.
// Sources: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
var policies = map[string]string{"admin": "AmazonEKSAdminPolicy", "edit": "AmazonEKSEditPolicy", "view": "AmazonEKSViewPolicy"}

var principal = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$`)

// systemGroup begins the names of Kubernetes' own groups.
const systemGroup = "system:"

func (t Tenant) validateAccess(list *problem.List, a Args) {
	taken := map[string]string{}
	for _, name := range sortedKeys(t.Access) {
		path, access := problem.Join("access", name), t.Access[name]
		list.Under(path, access.validate(name, a))
		who := access.Principal + access.Group
		if other, twice := taken[who]; twice && who != "" {
			list.Addf(path, "remove one", "lets in the same as %s", problem.Join("access", other))
		}
		taken[who] = name
	}
}

func (e Access) validate(name string, a Args) []problem.Problem {
	var list problem.List
	if !form.Name.MatchString(name) {
		list.Addf("", "use up to 63 lower-case letters, digits and hyphens", "%q can't be the name of a binding", name)
	}
	problem.OneOf(&list, "policy", e.Policy, sortedKeys(policies)...)
	switch {
	case (e.Principal == "") == (e.Group == ""):
		list.Add("", "lets in nobody, or two", "name either a principal or a group")
	case e.Principal != "" && !principal.MatchString(e.Principal):
		list.Addf("principal", "give the ARN of an IAM role or user", "%q is not one", e.Principal)
	case slices.Contains(a.Entered, e.Principal):
		list.Addf("principal", "name the namespace there, or remove one", "%s enters by cluster.admins or cluster.access, and EKS takes one entry for each principal", e.Principal)
	case e.Group != "" && a.GroupsPrefix == "":
		list.Add("group", "is of an identity provider, and the cluster has none", "set cluster.identityProvider, or name a principal")
	case e.Group != "" && strings.HasPrefix(a.GroupsPrefix+e.Group, systemGroup):
		list.Addf("group", "use a group of your own", "%q is a group of Kubernetes itself", a.GroupsPrefix+e.Group)
	}
	return list.All()
}

// binding lets a group in; nil for a principal. No service account's name has a dot, so no
// binding of one has this name.
func (e Access) binding(namespace, name, prefix string) kube.Object {
	if e.Group == "" {
		return nil
	}
	return kube.New(rbacVersion, "RoleBinding", namespace, "access."+name, map[string]any{
		"roleRef":  map[string]any{"apiGroup": rbacGroup, "kind": "ClusterRole", "name": e.Policy},
		"subjects": []any{map[string]any{"apiGroup": rbacGroup, "kind": "Group", "name": prefix + e.Group}},
	})
}

// entries are the namespaces that principals enter, by principal and policy: EKS takes one
// entry for each principal, and one association for each of its policies.
func (a Args) entries() map[string]map[string][]string {
	entries := map[string]map[string][]string{}
	for _, tenant := range sortedKeys(a.Tenants) {
		for _, access := range a.Tenants[tenant].Access {
			if access.Principal == "" {
				continue
			}
			if entries[access.Principal] == nil {
				entries[access.Principal] = map[string][]string{}
			}
			entries[access.Principal][access.Policy] = append(entries[access.Principal][access.Policy], tenant)
		}
	}
	return entries
}

// letIn makes the access entries of all tenants' principals.
func (t *Tenants) letIn(ctx *pulumi.Context, name string, args Args) error {
	entries := args.entries()
	for _, who := range slices.Sorted(maps.Keys(entries)) {
		own := name + "-" + short(who)
		options := []pulumi.ResourceOption{pulumi.Parent(t)}
		if args.Cluster.Resource != nil {
			options = append(options, pulumi.DeletedWith(args.Cluster.Resource))
		}
		entry, err := eks.NewAccessEntry(ctx, own, &eks.AccessEntryArgs{
			ClusterName: args.Cluster.NameOutput, PrincipalArn: pulumi.String(who), Tags: tags.Named(args.Tags, own),
		}, options...)
		if err != nil {
			return fmt.Errorf("access of %s: %w", who, err)
		}
		for _, policy := range sortedKeys(entries[who]) {
			_, err := eks.NewAccessPolicyAssociation(ctx, own+"-"+policy, &eks.AccessPolicyAssociationArgs{
				ClusterName: args.Cluster.NameOutput, PrincipalArn: entry.PrincipalArn,
				PolicyArn: pulumi.String("arn:" + args.Cluster.Place.Partition + ":eks::aws:cluster-access-policy/" + policies[policy]),
				AccessScope: &eks.AccessPolicyAssociationAccessScopeArgs{
					Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(entries[who][policy]),
				},
			}, options...)
			if err != nil {
				return fmt.Errorf("access of %s as %s: %w", who, policy, err)
			}
		}
	}
	return nil
}

// short is a principal's name with what tells it from others of the same name: roles have
// paths, and are in accounts.
func short(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return arn[strings.LastIndex(arn, "/")+1:] + "-" + hex.EncodeToString(sum[:])[:digits]
}
