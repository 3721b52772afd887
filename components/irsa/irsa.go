// Package irsa gives pods of a service account an IAM role: by the cluster's OIDC
// provider (IAM roles for service accounts) or by EKS Pod Identity, as the cluster's
// handle says.
//
// Names and ARNs of roles are computed, so that charts can be rendered before any role
// exists; what runs with a role depends on its Needs.
package irsa

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// MaxName is how long the name of a role may be.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxName = 64

// Workload is what a role is for.
type Workload struct {
	// Required. What it is called behind the cluster's name: "external-dns".
	Name string
	// Required. The namespace of its pods.
	Namespace string
	// Required. Their service accounts, by name.
	ServiceAccounts []string
	// Required, but with PolicyOutput. What they may do in AWS: an IAM policy.
	Policy string
}

// Args is what New needs.
type Args struct {
	Workload
	// Optional. The policy where something that it names is known later. Default Policy.
	PolicyOutput pulumi.StringInput
	// Required. The cluster of the pods, with its place.
	Cluster ref.Cluster
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Role is a role with what its pods need.
type Role struct {
	// Arn is the role's ARN.
	Arn pulumi.StringOutput
	// Needs are the resources without which pods have no permissions. EKS Pod Identity is
	// read when a pod is admitted, so these come before the pods.
	Needs []pulumi.Resource
}

// Name is the name of a workload's role.
func Name(cluster ref.Cluster, workload string) string { return cluster.Name + "-" + workload }

// Arn is the ARN of a workload's role.
func Arn(cluster ref.Cluster, workload string) string {
	return "arn:" + cluster.Place.Partition + ":iam::" + cluster.Place.Account + ":role/" + Name(cluster, workload)
}

// Annotations are those of the workload's service account: none with Pod Identity.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
func Annotations(cluster ref.Cluster, workload string) map[string]any {
	if cluster.PodIdentity {
		return map[string]any{}
	}
	return map[string]any{"eks.amazonaws.com/role-arn": Arn(cluster, workload)}
}

// New makes the role as a child of the component that needs it.
func New(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) (*Role, error) {
	if err := args.validate(); err != nil {
		return nil, err
	}
	if args.PolicyOutput == nil {
		args.PolicyOutput = pulumi.String(args.Policy)
	}
	physical := Name(args.Cluster, args.Name)
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.Sprintf("%s of the EKS cluster %s", args.Name, args.Cluster.Name),
		AssumeRolePolicy: args.trust(),
		Tags:             tags.Named(args.Tags, physical),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	policy, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: args.PolicyOutput}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	made := &Role{Arn: role.Arn, Needs: []pulumi.Resource{role, policy}}
	if !args.Cluster.PodIdentity {
		return made, nil
	}
	for _, account := range args.ServiceAccounts {
		association, err := eks.NewPodIdentityAssociation(ctx, name+"-"+account, &eks.PodIdentityAssociationArgs{
			ClusterName:    args.Cluster.NameOutput,
			Namespace:      pulumi.String(args.Namespace),
			ServiceAccount: pulumi.String(account),
			RoleArn:        role.Arn,
			Tags:           tags.Named(args.Tags, physical),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("pod identity of service account %s: %w", account, err)
		}
		made.Needs = append(made.Needs, association)
	}
	return made, nil
}

func (a Args) validate() error {
	var list problem.List
	if a.Name == "" || a.Namespace == "" || len(a.ServiceAccounts) == 0 || a.Policy == "" && a.PolicyOutput == nil {
		list.Add("workload", "lacks its name, namespace, service accounts or policy", "name them")
	}
	if name := Name(a.Cluster, a.Name); len(name) > MaxName {
		list.Addf("workload.name", "use a shorter one, or a shorter name for the cluster", "%q has %d characters, and a role's name %d at most", name, len(name), MaxName)
	}
	list.Under("", Validate(a.Cluster))
	return list.Err("role of a service account")
}

// Validate lists what a cluster's handle lacks for roles, for components that refuse it
// before they register anything.
func Validate(cluster ref.Cluster) []problem.Problem {
	var list problem.List
	const fix = "hand over a cluster's Ref(), with its place"
	if cluster.Place.Account == "" || cluster.Place.Partition == "" || cluster.Place.Region == "" {
		list.Add("cluster.place", "lacks partition, region or account, of which ARNs are made", fix)
	}
	switch {
	case cluster.PodIdentity && cluster.NameOutput == nil:
		list.Add("cluster", "lacks a name", fix)
	case !cluster.PodIdentity && (cluster.OidcProviderArn == nil || cluster.OidcIssuer == nil):
		list.Add("cluster", "lacks its OIDC provider", fix)
	}
	return list.All()
}

// trust lets the pods of the service accounts take the role, and no others.
func (a Args) trust() pulumi.StringInput {
	if a.Cluster.PodIdentity {
		return pulumi.String(podTrust(a.Cluster.Name, a.Namespace, a.ServiceAccounts))
	}
	return pulumi.All(a.Cluster.OidcProviderArn, a.Cluster.OidcIssuer).ApplyT(func(all []any) string {
		return webTrust(all[0].(string), all[1].(string), a.Namespace, a.ServiceAccounts)
	}).(pulumi.StringOutput)
}

// podTrust is by the tags that EKS sets on every session of a pod.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func podTrust(cluster, namespace string, accounts []string) string {
	return iamdoc.Document(iamdoc.Statement{
		Principal: iamdoc.Service("pods.eks.amazonaws.com"), Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: iamdoc.Equals(map[string]any{
			"aws:RequestTag/eks-cluster-name":           cluster,
			"aws:RequestTag/kubernetes-namespace":       namespace,
			"aws:RequestTag/kubernetes-service-account": oneOrAll(accounts),
		}),
	})
}

// webTrust is by the subject of the service account's token.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
func webTrust(provider, issuer, namespace string, accounts []string) string {
	subjects := make([]string, 0, len(accounts))
	for _, account := range accounts {
		subjects = append(subjects, "system:serviceaccount:"+namespace+":"+account)
	}
	return iamdoc.Document(iamdoc.Statement{
		Principal: map[string]string{"Federated": provider}, Action: "sts:AssumeRoleWithWebIdentity",
		Condition: iamdoc.Equals(map[string]any{issuer + ":aud": "sts.amazonaws.com", issuer + ":sub": oneOrAll(subjects)}),
	})
}

func oneOrAll(texts []string) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}
