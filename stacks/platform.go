package stacks

import (
	"fmt"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Deploy is the program of a stack: it reads the configuration, registers the
// platform and exports its outputs.
func Deploy(ctx *pulumi.Context) error { return DeployOn(time.Time{})(ctx) }

// DeployOn is the same program on another day of the support calendar.
func DeployOn(day time.Time) pulumi.RunFunc { return DeployWith(day, Charts{}) }

// DeployWith is the same program on a day, zero for today, with charts from elsewhere.
func DeployWith(day time.Time, charts Charts) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg, err := Load(ctx)
		if err != nil {
			return err
		}
		cfg.Day, cfg.Charts = day, charts
		objects, err := WatchObjects(ctx)
		if err != nil {
			return err
		}
		platform, err := New(ctx, cfg)
		if err != nil {
			return err
		}
		platform.Export(ctx)
		return objects.Check(ctx, cfg.Cluster.Version)
	}
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
	// Addresses is the address plan.
	Addresses *ipplan.Plan

	tags       map[string]string
	aws        pulumi.ResourceOption
	provider   *aws.Provider
	kubernetes *kubernetes.Provider
	charts     map[string]chart.Rendered
	// handle is the cluster with what each step adds to it, podsNeed what any pod needs to
	// run and to reach others: nodes and DNS.
	handle   ref.Cluster
	podsNeed []pulumi.Resource
	// storage is the AWS side of the classes, settings what the controllers are told.
	storage  *storage.Storage
	settings []pulumi.Resource
	// namespaces are what pods of tenants need.
	namespaces []pulumi.Resource
	// installedCharts are those that are registered so far, by name.
	installedCharts map[string]*chart.Chart
}

// New wires the components of a checked configuration. It is the only place
// where one component learns of another.
func New(ctx *pulumi.Context, cfg *Config) (*Platform, error) {
	plan, problems := cfg.AddressPlan()
	if err := problem.Error("address plan", problems); err != nil {
		return nil, err
	}
	for _, check := range []func(*pulumi.Context) error{cfg.checkTrain, cfg.showSupport} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	charts, err := cfg.RenderCharts()
	if err != nil {
		return nil, err
	}
	p := &Platform{Config: cfg, Addresses: plan, tags: cfg.allTags(), charts: charts, installedCharts: map[string]*chart.Chart{}}
	if p.provider, err = cfg.awsProvider(ctx); err != nil {
		return nil, err
	}
	p.aws = pulumi.Providers(p.provider)
	for _, step := range []func(*pulumi.Context) error{p.showAddresses, p.makeNetwork, p.makeCluster, p.makeNodes, p.makeStorage, p.makeControllers, p.makeTenants, p.makeClasses} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// showAddresses puts the address plan into every preview.
func (p *Platform) showAddresses(ctx *pulumi.Context) error {
	for _, warning := range p.Addresses.Warnings {
		if err := ctx.Log.Warn(warning.String(), nil); err != nil {
			return err
		}
	}
	if !ctx.DryRun() {
		return nil
	}
	return ctx.Log.Info("Address plan\n"+p.Addresses.Table(), nil)
}

func (p *Platform) makeNetwork(ctx *pulumi.Context) (err error) {
	p.Network, err = network.New(ctx, p.Config.Name, &network.Args{
		Spec: p.Config.Network, ClusterName: p.Config.Name, CNI: p.Config.CNI.CNI, Tags: p.tags,
	}, p.aws)
	return err
}

func (p *Platform) makeCluster(ctx *pulumi.Context) (err error) {
	p.Cluster, err = cluster.New(ctx, p.Config.Name, &cluster.Args{
		Spec: p.Config.Cluster, ClusterName: p.Config.Name, Network: p.Network.Ref(), IPv6: p.Config.CNI.IPv6, Windows: p.Config.windows(), Tags: p.tags,
	}, p.aws)
	if err != nil {
		return err
	}
	p.handle = p.Config.placed(p.Cluster.Ref())
	return nil
}

// objectLabels are on every Kubernetes object.
var objectLabels = map[string]string{"app.kubernetes.io/managed-by": "pulumi"}

// kubernetesProvider is the one provider of all Kubernetes objects. The identifier
// says which cluster it is, so that a changed kubeconfig replaces no object.
func (p *Platform) kubernetesProvider(ctx *pulumi.Context) (*kubernetes.Provider, error) {
	if p.kubernetes != nil {
		return p.kubernetes, nil
	}
	provider, err := kubernetes.NewProvider(ctx, p.Config.Name, &kubernetes.ProviderArgs{
		Kubeconfig:            p.Cluster.Kubeconfig,
		ClusterIdentifier:     pulumi.String(p.Config.Name),
		EnableServerSideApply: pulumi.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("Kubernetes provider: %w", err)
	}
	p.kubernetes = provider
	return provider, nil
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

// Export publishes what other stacks and people need, the versions among it that
// the next upgrade is held against.
func (p *Platform) Export(ctx *pulumi.Context) {
	ctx.Export("region", pulumi.String(p.Config.Region))
	ctx.Export("vpcId", p.Network.VpcID)
	ctx.Export("controlSubnetIds", p.Network.ControlSubnetIDs)
	ctx.Export("dataSubnetIds", p.Network.DataSubnetIDs)
	ctx.Export("podSubnetIds", p.Network.PodSubnetIDs)
	ctx.Export("privateSubnetIds", p.Network.PrivateSubnetIDs)
	ctx.Export("publicSubnetIds", p.Network.PublicSubnetIDs)
	ctx.Export("clusterName", p.Cluster.Name)
	ctx.Export(versionOutput, pulumi.String(p.Config.Cluster.Version))
	is := p.Config.planned()
	ctx.Export(nodeVersionsOutput, pulumi.ToStringMap(is.nodes))
	ctx.Export(nodeStepsOutput, pulumi.ToStringMap(is.steps))
	ctx.Export("endpoint", p.Cluster.Endpoint)
	ctx.Export("kubeconfig", p.Cluster.Kubeconfig)
	ctx.Export("oidcProviderArn", p.Cluster.OidcProviderArn)
	ctx.Export("nodeRoleArns", p.NodeGroups.RoleArns)
}
