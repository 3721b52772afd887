package stacks

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// karpenterPods is the most pods of Karpenter's nodes where their interfaces don't
// decide it: what EKS recommends for any node.
const karpenterPods = 110

// validateKarpenter lists what is wrong with Karpenter's nodes.
func (c Config) validateKarpenter(list *problem.List) {
	if c.Karpenter == nil {
		return
	}
	list.Under("karpenter", c.Karpenter.Validate())
	list.Under("karpenter", c.Karpenter.ValidateSubnets(c.privateSubnets()))
}

// makeKarpenter installs Karpenter and what it makes nodes of: the AWS side first, which
// EKS reads when the controller's pods start, then the chart, then classes and pools.
func (p *Platform) makeKarpenter(ctx *pulumi.Context, after []pulumi.Resource) error {
	cfg := p.Config
	if cfg.Karpenter == nil {
		return nil
	}
	args := cfg.karpenterArgs(p.handle, p.Network.Ref())
	args.Tags = p.tags
	controller, err := karpenter.New(ctx, cfg.Name, &args, p.aws)
	if err != nil {
		return err
	}
	installed, err := p.installChart(ctx, "karpenter", chart.Args{After: slices.Concat(after, controller.Resources())})
	if err != nil {
		return err
	}
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return err
	}
	_, err = karpenter.NewPools(ctx, cfg.Name, &karpenter.PoolsArgs{
		Spec: cfg.karpenterPools(), Cluster: p.handle, Network: p.Network.Ref(), InstanceProfile: controller.InstanceProfile,
		After: slices.Concat(controller.Resources(), installed.Resources()), MaxPods: cfg.karpenterMaxPods(), Labels: objectLabels, Tags: p.tags,
	}, pulumi.Providers(kubernetes))
	return err
}

// karpenterPools are the pools, whose nodes start with the CNI's taint like all others.
func (c Config) karpenterPools() karpenter.Spec {
	spec, taint := *c.Karpenter, c.CNI.Plan().StartupTaint
	if taint == nil {
		return spec
	}
	spec = spec.WithDefaults()
	for name, pool := range spec.Pools {
		pool.StartupTaints = append(slices.Clone(pool.StartupTaints), karpenter.Taint{Key: taint.Key, Value: taint.Value, Effect: "NoExecute"})
		spec.Pools[name] = pool
	}
	return spec
}

// karpenterMaxPods is set where more pods fit a node than its interfaces have single
// addresses, which is what Karpenter counts.
func (c Config) karpenterMaxPods() map[string]int {
	if !c.CNI.PrefixDelegation && !c.CNI.Overlay() {
		return nil
	}
	pods := map[string]int{}
	for name := range c.Karpenter.WithDefaults().NodeClasses {
		pods[name] = karpenterPods
	}
	return pods
}
