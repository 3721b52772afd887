package stacks

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/addons"
	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Deploy is the program of a stack: it reads the configuration, registers the
// platform and exports its outputs.
func Deploy(ctx *pulumi.Context) error {
	cfg, err := Load(ctx)
	if err != nil {
		return err
	}
	platform, err := New(ctx, cfg)
	if err != nil {
		return err
	}
	platform.export(ctx)
	return nil
}

// Platform is what New made, for a program that goes on from there.
type Platform struct {
	// Config is what the platform was made from.
	Config *Config
	// Network is the VPC.
	Network *network.Network
	// Cluster is the control plane.
	Cluster *cluster.Cluster
	// NodeGroups are the nodes.
	NodeGroups *nodegroups.NodeGroups
}

// New wires the components of a checked configuration. It is the only place
// where one component learns of another.
func New(ctx *pulumi.Context, cfg *Config) (*Platform, error) {
	p, tags := &Platform{Config: cfg}, cfg.allTags()
	provider, err := cfg.awsProvider(ctx)
	if err != nil {
		return nil, err
	}
	on := pulumi.Providers(provider)
	if p.Network, err = network.New(ctx, cfg.Name, &network.Args{Spec: cfg.Network, ClusterName: cfg.Name, Tags: tags}, on); err != nil {
		return nil, err
	}
	if p.Cluster, err = cluster.New(ctx, cfg.Name, &cluster.Args{
		Spec: cfg.Cluster, ClusterName: cfg.Name, Network: p.Network.Ref(), Tags: tags,
	}, on); err != nil {
		return nil, err
	}
	handle := p.Cluster.Ref()
	before, err := addons.New(ctx, cfg.Name+"-before-nodes", &addons.Args{
		Names: catalog.AddonsBeforeNodes, Cluster: handle, Tags: tags,
	}, on)
	if err != nil {
		return nil, err
	}
	handle.NodesNeed = before.Resources()
	if p.NodeGroups, err = nodegroups.New(ctx, cfg.Name, &nodegroups.Args{
		Groups: cfg.NodeGroups, Cluster: handle, Network: p.Network.Ref(), Tags: tags,
	}, on); err != nil {
		return nil, err
	}
	_, err = addons.New(ctx, cfg.Name+"-after-nodes", &addons.Args{
		Names: catalog.AddonsAfterNodes, Cluster: handle, After: p.NodeGroups.Resources(), Tags: tags,
	}, on)
	return p, err
}

// awsProvider is the one provider of all AWS resources: region and account come
// from the configuration, so that a shell's settings can't send a plan elsewhere.
func (c Config) awsProvider(ctx *pulumi.Context) (*aws.Provider, error) {
	args := &aws.ProviderArgs{Region: pulumi.String(c.Region)}
	if c.AccountID != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{c.AccountID})
	}
	provider, err := aws.NewProvider(ctx, c.Name, args)
	if err != nil {
		return nil, fmt.Errorf("AWS provider: %w", err)
	}
	return provider, nil
}

// ownTags are the tags that the platform sets.
var ownTags = []string{"platform", "profile", "managed-by"}

func (c Config) allTags() map[string]string {
	tags := map[string]string{"platform": c.Name, "profile": string(c.Profile), "managed-by": "pulumi"}
	for key, value := range c.Tags {
		tags[key] = value
	}
	return tags
}

// export publishes what other stacks and people need.
func (p *Platform) export(ctx *pulumi.Context) {
	ctx.Export("region", pulumi.String(p.Config.Region))
	ctx.Export("vpcId", p.Network.VpcID)
	ctx.Export("privateSubnetIds", p.Network.PrivateSubnetIDs)
	ctx.Export("publicSubnetIds", p.Network.PublicSubnetIDs)
	ctx.Export("clusterName", p.Cluster.Name)
	ctx.Export("kubernetesVersion", pulumi.String(p.Config.Cluster.Version))
	ctx.Export("endpoint", p.Cluster.Endpoint)
	ctx.Export("kubeconfig", p.Cluster.Kubeconfig)
	ctx.Export("oidcProviderArn", p.Cluster.OidcProviderArn)
	ctx.Export("nodeRoleArn", p.NodeGroups.RoleArn)
}
