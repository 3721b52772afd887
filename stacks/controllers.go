package stacks

import (
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (c Config) controllerArgs(cluster ref.Cluster) controllers.Args {
	args := controllers.Args{
		Spec: c.Controllers, Cluster: cluster, Replicas: profiles[c.Profile].replicas, Karpenter: c.Karpenter != nil, Tags: c.allTags(),
		VpcTags: map[string]string{"Name": c.Name, "platform": c.Name},
	}
	if c.CNI.Overlay() && args.LoadBalancers.TargetType == "" {
		args.LoadBalancers.TargetType = "instance" // load balancers don't reach pods of an overlay
	}
	if adopted := c.Network.Existing; adopted != nil {
		args.VpcID, args.VpcTags = adopted.VpcID, nil
	}
	return args
}

// validateControllers lists what is wrong with the controllers.
func (c Config) validateControllers(list *problem.List) {
	list.Under("controllers", c.Controllers.Validate())
	if enabled := c.Controllers.Autoscaler.Enabled; c.Karpenter != nil && enabled != nil && *enabled {
		list.Add("controllers.autoscaler.enabled", "is true beside Karpenter, and each would undo what the other does", "leave it out, or leave karpenter out")
	}
}

// makeControllers installs the controllers and the CSI drivers, with what the former are
// told.
func (p *Platform) makeControllers(ctx *pulumi.Context) error {
	args := p.Config.controllerArgs(p.handle)
	made, err := controllers.New(ctx, p.Config.Name, &args, p.aws)
	if err != nil {
		return err
	}
	wanted := append(args.Charts(), p.Config.storageCharts(p.handle, p.Network.Ref())...)
	err = p.install(ctx, wanted, chart.Args{After: p.podsNeed}, func(chart string) []pulumi.Resource {
		return append(made.Needs(chart), p.storage.Needs(chart)...)
	})
	if err != nil {
		return err
	}
	after := map[string][]pulumi.Resource{}
	for name := range p.installedCharts {
		after[name] = p.controllers(name)
	}
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return err
	}
	settings, err := controllers.NewSettings(ctx, p.Config.Name, &controllers.SettingsArgs{Args: args, After: after}, pulumi.Providers(kubernetes))
	if err != nil {
		return err
	}
	p.settings = settings.Resources()
	return nil
}
