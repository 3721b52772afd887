package cluster

import (
	"fmt"
	"net/url"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/tags"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// IdentityProvider is an OIDC provider whose tokens the API server accepts, beside
// IAM: people log in there, and RBAC knows them by name and groups.
type IdentityProvider struct {
	// Required. The issuer's URL, https, reachable from the internet.
	IssuerURL string `json:"issuerUrl"`
	// Required. The client id for which tokens are made.
	ClientID string `json:"clientId"`
	// Optional. The claim that names the user. Default sub.
	UsernameClaim string `json:"usernameClaim"`
	// Optional. What comes before every user's name, so that none can be taken for
	// another's. Default "oidc:".
	UsernamePrefix string `json:"usernamePrefix"`
	// Optional. The claim that names the groups. Default groups.
	GroupsClaim string `json:"groupsClaim"`
	// Optional. What comes before every group's name. Default "oidc:".
	GroupsPrefix string `json:"groupsPrefix"`
	// Optional. Claims that a token must have, with their values. Default none.
	RequiredClaims map[string]string `json:"requiredClaims"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (p IdentityProvider) WithDefaults() IdentityProvider {
	for _, value := range []struct {
		of   *string
		text string
	}{{&p.UsernameClaim, "sub"}, {&p.UsernamePrefix, "oidc:"}, {&p.GroupsClaim, "groups"}, {&p.GroupsPrefix, "oidc:"}} {
		if *value.of == "" {
			*value.of = value.text
		}
	}
	return p
}

func (p IdentityProvider) validate(list *problem.List) {
	issuer, err := url.Parse(p.IssuerURL)
	if err != nil || issuer.Scheme != "https" || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" {
		list.Addf("identityProvider.issuerUrl", "write it as https://login.example.com/realms/platform", "%q is not an issuer's URL", p.IssuerURL)
	}
	if p.ClientID == "" {
		list.Add("identityProvider.clientId", "is empty", "name the client for which the provider makes tokens")
	}
	for key, prefix := range map[string]string{"usernamePrefix": p.UsernamePrefix, "groupsPrefix": p.GroupsPrefix} {
		if len(prefix) >= 7 && prefix[:7] == "system:" {
			list.Addf("identityProvider."+key, "use a prefix of your own", "%q would make users of Kubernetes itself", prefix)
		}
	}
}

// makeIdentityProvider makes the API server accept the provider's tokens.
func (c *Cluster) makeIdentityProvider(ctx *pulumi.Context) error {
	p := c.args.IdentityProvider
	if p == nil {
		return nil
	}
	args := awseks.IdentityProviderConfigOidcArgs{
		IdentityProviderConfigName: pulumi.String("oidc"),
		IssuerUrl:                  pulumi.String(p.IssuerURL),
		ClientId:                   pulumi.String(p.ClientID),
		UsernameClaim:              pulumi.String(p.UsernameClaim),
		UsernamePrefix:             pulumi.String(p.UsernamePrefix),
		GroupsClaim:                pulumi.String(p.GroupsClaim),
		GroupsPrefix:               pulumi.String(p.GroupsPrefix),
	}
	if len(p.RequiredClaims) > 0 {
		args.RequiredClaims = pulumi.ToStringMap(p.RequiredClaims)
	}
	_, err := awseks.NewIdentityProviderConfig(ctx, c.name, &awseks.IdentityProviderConfigArgs{
		ClusterName: c.Name,
		Oidc:        args,
		Tags:        tags.Named(c.args.Tags, c.name),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("identity provider: %w", err)
	}
	return nil
}
