// Package cluster makes an Amazon EKS control plane: private by default, Secrets
// encrypted with a key of its own, all logs kept, access by access entries only,
// and an IAM OIDC provider for service accounts.
//
// The control plane itself is eks.Cluster of pulumi-eks v2. Nothing of that
// package shows in this one's API.
package cluster

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	eks "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:cluster:Cluster"

// Args is what New needs.
type Args struct {
	Spec
	// Required. The cluster's physical name, 1 to 40 letters, digits and hyphens.
	// Can't be changed later.
	ClusterName string
	// Required. The network whose control subnets hold the control plane's
	// interfaces.
	Network ref.Network
	// Optional. Give pods and Services IPv6 addresses instead of IPv4 ones; the
	// network must have IPv6 ranges. Can't be changed later. Default false.
	IPv6 bool
	// Optional. Let EKS give addresses to pods on Windows nodes. Default false.
	Windows bool
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Cluster is the component. Its outputs are what clients and others refer to.
type Cluster struct {
	pulumi.ResourceState

	// Name is the cluster's name, known once it exists.
	Name pulumi.StringOutput `pulumi:"name"`
	// Endpoint is the API server's URL.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	// OidcProviderArn is the IAM OIDC provider of the service accounts.
	OidcProviderArn pulumi.StringOutput `pulumi:"oidcProviderArn"`
	// OidcIssuer is the issuer of service account tokens, without "https://".
	OidcIssuer pulumi.StringOutput `pulumi:"oidcIssuer"`
	// Kubeconfig lets kubectl in with the caller's AWS credentials. Secret.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`

	name    string
	args    Args
	key     *kms.Key
	logs    *cloudwatch.LogGroup
	control *eks.Cluster

	securityGroupID      pulumi.StringOutput
	certificateAuthority pulumi.StringOutput
	services             pulumi.StringInput
}

// New makes a control plane. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if args == nil {
		return nil, errors.New("cluster: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &Cluster{name: name, args: full}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context) error{c.makeKey, c.makeLogGroup, c.makeControlPlane, c.allowWindows, c.makeOidcProvider, c.makeIdentityProvider} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("cluster %q: %w", name, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"name": c.Name, "endpoint": c.Endpoint, "kubeconfig": c.Kubeconfig,
		"oidcProviderArn": c.OidcProviderArn, "oidcIssuer": c.OidcIssuer,
	})
}

// Ref is the handle by which other components use this cluster.
func (c *Cluster) Ref() ref.Cluster {
	return ref.Cluster{
		Name:                 c.args.ClusterName,
		Version:              c.args.Version,
		NameOutput:           c.Name,
		Endpoint:             c.Endpoint,
		CertificateAuthority: c.certificateAuthority,
		ServiceCIDR:          c.services,
		OidcProviderArn:      c.OidcProviderArn,
		OidcIssuer:           c.OidcIssuer,
		SecurityGroupID:      c.securityGroupID,
		Resource:             c.control,
	}
}

func (a Args) withDefaults() Args {
	a.Spec = a.Spec.WithDefaults()
	a.Tags = maps.Clone(a.Tags)
	return a
}

// clusterName leaves room for the suffixes of roles (64) and load balancers (32
// after truncation): EKS itself takes 100.
var clusterName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{0,39}$`)

func (a Args) validate() error {
	var list problem.List
	if !clusterName.MatchString(a.ClusterName) {
		list.Addf("clusterName", "use 1 to 40 letters, digits and hyphens", "%q can't be a cluster's name", a.ClusterName)
	}
	list.Under("", a.ValidateZones(a.Network.Zones))
	if a.Network.VpcID == nil || a.Network.Control.Zones() < 2 {
		list.Add("network", "lacks the VPC's id or control subnets in two zones", "hand over a network's Ref()")
	}
	list.Under("", a.Spec.Validate())
	return list.Err("cluster")
}

// makeKey makes the key that encrypts the cluster's Secrets.
func (c *Cluster) makeKey(ctx *pulumi.Context) (err error) {
	c.key, err = kms.NewKey(ctx, c.name, &kms.KeyArgs{
		Description:          pulumi.Sprintf("Secrets of the EKS cluster %s", c.args.ClusterName),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(c.args.KeyDeletionDays),
		Tags:                 tags.Named(c.args.Tags, c.name),
	}, pulumi.Parent(c), pulumi.Protect(c.args.Protect))
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	_, err = kms.NewAlias(ctx, c.name, &kms.AliasArgs{
		Name:        pulumi.String("alias/eks/" + c.args.ClusterName),
		TargetKeyId: c.key.KeyId,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("key alias: %w", err)
	}
	return nil
}

// makeLogGroup makes the log group before EKS would make one that never expires.
func (c *Cluster) makeLogGroup(ctx *pulumi.Context) (err error) {
	c.logs, err = cloudwatch.NewLogGroup(ctx, c.name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/aws/eks/" + c.args.ClusterName + "/cluster"),
		RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
		Tags:            tags.Named(c.args.Tags, c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("log group: %w", err)
	}
	return nil
}

// makeOidcProvider lets IAM trust the cluster's service account tokens. AWS
// verifies EKS issuers with its own trust store, so no thumbprint is looked up.
func (c *Cluster) makeOidcProvider(ctx *pulumi.Context) error {
	issuer := c.control.EksCluster.Identities().Index(pulumi.Int(0)).Oidcs().Index(pulumi.Int(0)).Issuer().Elem()
	provider, err := iam.NewOpenIdConnectProvider(ctx, c.name, &iam.OpenIdConnectProviderArgs{
		Url:           issuer,
		ClientIdLists: pulumi.ToStringArray([]string{"sts.amazonaws.com"}),
		Tags:          tags.Named(c.args.Tags, c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("OIDC provider: %w", err)
	}
	c.OidcProviderArn = provider.Arn
	c.OidcIssuer = issuer.ApplyT(func(url string) string { return strings.TrimPrefix(url, "https://") }).(pulumi.StringOutput)
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
