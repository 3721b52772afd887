package stacks

import (
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/addons"
	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/cni"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/nodesecurity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeNodes makes the nodes between the add-ons that they need and those that
// need them.
func (p *Platform) makeNodes(ctx *pulumi.Context) error {
	cfg := p.Config
	if err := p.guardNodes(ctx); err != nil {
		return err
	}
	configuration, err := cfg.CNI.AddonConfiguration(cfg.windows())
	if err != nil {
		return err
	}
	plan := cfg.CNI.Plan()
	first := plan.Keeps(catalog.AddonsBeforeNodes)
	configurations := map[string]string{}
	if slices.Contains(first, cni.Addon) {
		configurations[cni.Addon] = configuration
	}
	before, err := addons.New(ctx, cfg.Name+"-before-nodes", &addons.Args{
		Names: first, Versions: cfg.addonVersions(first), Configuration: configurations, Cluster: p.handle, Tags: p.tags,
	}, p.aws)
	if err != nil {
		return err
	}
	p.handle.NodesNeed = append(p.handle.NodesNeed, before.Resources()...)
	if cfg.CNI.CustomNetworking || cfg.CNI.Overlay() {
		settings, err := p.makeCNI(ctx)
		if err != nil {
			return err
		}
		p.handle.NodesNeed = append(p.handle.NodesNeed, settings...)
	}
	if p.NodeGroups, err = nodegroups.New(ctx, cfg.Name, &nodegroups.Args{
		Groups: cfg.NodeGroups, Cluster: p.handle, Network: p.Network.Ref(), MaxPods: maxPods(p.Addresses), StartupTaints: startupTaints(plan), IPv6: cfg.CNI.IPv6, Tags: p.tags,
	}, p.aws); err != nil {
		return err
	}
	after, err := addons.New(ctx, cfg.Name+"-after-nodes", &addons.Args{
		Names: catalog.AddonsAfterNodes, Versions: cfg.addonVersions(catalog.AddonsAfterNodes), Cluster: p.handle, After: p.NodeGroups.Resources(), Tags: p.tags,
	}, p.aws)
	if err != nil {
		return err
	}
	p.podsNeed = slices.Concat(p.NodeGroups.Resources(), after.Resources())
	return p.makeKarpenter(ctx, p.NodeGroups.Resources())
}

// guardNodes makes the nodes' security group where the configuration asks for one, and
// puts it into the cluster's handle.
func (p *Platform) guardNodes(ctx *pulumi.Context) error {
	cfg := p.Config
	if cfg.NodeSecurity.Group != nodesecurity.GroupOwn {
		return nil
	}
	made, err := nodesecurity.New(ctx, cfg.Name, &nodesecurity.Args{
		Spec: cfg.NodeSecurity, Network: p.Network.Ref(), Cluster: p.handle, Installed: cfg.installed(),
		Fargate: cfg.has(func(g nodegroups.Group) bool { return g.Kind == ipplan.Fargate }), IPv6: cfg.CNI.IPv6, Tags: p.tags,
	}, p.aws)
	if err != nil {
		return err
	}
	p.handle.NodeSecurityGroupID, p.handle.NodesNeed = made.SecurityGroupID, made.Resources()
	return nil
}

// startupTaints are those of a CNI, for node groups.
func startupTaints(plan cni.Plan) []nodegroups.Taint {
	if plan.StartupTaint == nil {
		return nil
	}
	return []nodegroups.Taint{{Key: plan.StartupTaint.Key, Value: plan.StartupTaint.Value, Effect: "NO_EXECUTE"}}
}

// windows says whether a group's nodes run Windows.
func (c Config) windows() bool { return c.has(nodegroups.Group.Windows) }

// has says whether there is such a group.
func (c Config) has(such func(nodegroups.Group) bool) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(c.NodeGroups)), such)
}

// makeCNI gives each zone its ENIConfig, or installs another CNI: nodes wait for either.
// Nobody waits for the CNI's own pods, which wait for nodes.
func (p *Platform) makeCNI(ctx *pulumi.Context) ([]pulumi.Resource, error) {
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := cni.New(ctx, p.Config.Name, &cni.Args{
		Spec: p.Config.CNI, Network: p.Network.Ref(), Cluster: p.handle, After: p.handle.NodesNeed, Labels: objectLabels,
	}, pulumi.Providers(kubernetes))
	if err != nil {
		return nil, err
	}
	made := settings.Resources()
	for _, wanted := range p.Config.CNI.Charts(profiles[p.Config.Profile].replicas) {
		installed, err := p.installChart(ctx, wanted.Name, chart.Args{After: made, NoWait: true})
		if err != nil {
			return nil, err
		}
		made = slices.Concat(made, installed.Resources())
	}
	return made, nil
}
