package stacks

import (
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (c Config) tenantArgs(cluster ref.Cluster) tenants.Args {
	args := tenants.Args{
		Tenants: c.Tenants, Cluster: cluster, Environment: string(c.Profile), Reserved: c.reserved(), Tags: c.allTags(),
		APIServer: c.ranges(ipplan.Control), Cilium: c.CNI.Plugin == ipplan.PluginCilium,
	}
	if address := tenants.APIAddress(c.Cluster.ServiceCIDR); address != "" {
		args.APIServer = append(args.APIServer, address)
	}
	if c.Network.InterfaceEndpoints() > 0 {
		args.AWSEndpoints = c.ranges(ipplan.Private)
	}
	args.Entered = slices.Sorted(maps.Values(c.Cluster.Admins))
	for _, name := range slices.Sorted(maps.Keys(c.Cluster.Access)) {
		args.Entered = append(args.Entered, c.Cluster.Access[name].Principal)
	}
	if provider := c.Cluster.IdentityProvider; provider != nil {
		args.GroupsPrefix = provider.GroupsPrefix
	}
	return args
}

// ranges are those of a tier's subnets, as far as they are known.
func (c Config) ranges(tier ipplan.Tier) []string {
	var ranges []string
	for _, subnet := range c.Network.Subnets(c.CNI.CNI) {
		if subnet.Tier == tier && subnet.CIDR.IsValid() {
			ranges = append(ranges, subnet.CIDR.String())
		}
	}
	return ranges
}

// reserved are the namespaces that the platform itself installs things in.
func (c Config) reserved() []string {
	names := map[string]bool{}
	for _, wanted := range c.charts() {
		names[wanted.Namespace] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// validateTenants lists what is wrong with the tenants.
func (c Config) validateTenants(list *problem.List) {
	if len(c.Tenants) > 0 {
		list.Under("tenants", tenants.Validate(c.tenantArgs(c.placed(ref.Cluster{Name: c.Name, Version: c.Cluster.Version}))))
	}
}

// makeTenants makes the teams' namespaces, after all whose work their deletion is: what
// frees load balancers, DNS records and volumes must outlive them.
func (p *Platform) makeTenants(ctx *pulumi.Context) error {
	if len(p.Config.Tenants) == 0 {
		return nil
	}
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return err
	}
	args := p.Config.tenantArgs(p.handle)
	args.After = slices.Concat(p.podsNeed, p.settings)
	for _, name := range slices.Sorted(maps.Keys(p.installedCharts)) {
		args.After = append(args.After, p.controllers(name)...)
	}
	made, err := tenants.New(ctx, p.Config.Name, &args, pulumi.Providers(p.provider, kubernetes))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(p.Config.Tenants)) {
		p.namespaces = append(p.namespaces, made.Needs(name)...)
	}
	return nil
}
