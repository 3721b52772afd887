package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/components/chart/fetch"
	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Charts says where charts come from.
type Charts struct {
	// Source gives them. Default the user's cache, held against charts.lock in the
	// program's folder, and filled from the charts' repositories.
	Source chart.Source
	// ShowMissing plans a chart that the source doesn't have as one node, with a warning:
	// for previews without an account. Default false: such a chart is an error.
	ShowMissing bool
}

// open gives the source, the default one where none is named.
func (c Charts) open(mirror string) (chart.Source, error) {
	if c.Source != nil {
		return c.Source, nil
	}
	dir, err := chart.CacheDir()
	if err != nil {
		return nil, err
	}
	lock, err := chart.OpenLock(chart.LockFile, false)
	if err != nil {
		return nil, err
	}
	download, err := fetch.New(mirror)
	if err != nil {
		return nil, err
	}
	return chart.NewCache(dir, lock, download), nil
}

// hooks say what becomes of the charts' hooks.
var hooks = map[string][]chart.Hook{
	"tigera-operator": {{Object: "Job/tigera-operator-uninstall", Action: chart.Drop, Reason: "takes Calico off a cluster that stays; here it goes with the cluster"}},
}

// charts are the charts that this configuration installs, by the catalogue's names.
func (c Config) charts() []ref.Chart {
	replicas := profiles[c.Profile].replicas
	wanted := c.CNI.Charts(replicas)
	if c.Karpenter != nil {
		wanted = append(wanted, c.karpenterArgs(ref.Cluster{Name: c.Name}, c.plannedNetwork()).Chart(replicas))
	}
	return wanted
}

// validateMirror refuses a mirror that is none.
func (c Config) validateMirror(list *problem.List) {
	if _, err := fetch.New(c.ChartMirror); err != nil {
		list.Addf("chartMirror", "write it as https://host/path or oci://host/path, its name and password in "+fetch.UserVariable+" and "+fetch.PasswordVariable, "%q is no mirror of charts", c.ChartMirror)
	}
}

// plannedNetwork is as much of the network as is known before it exists.
func (c Config) plannedNetwork() ref.Network {
	network := ref.Network{Zones: c.Network.Zones, Private: c.privateSubnets()}
	if c.CNI.CustomNetworking {
		network.Pods = network.Private
	}
	return network
}

func (c Config) karpenterArgs(cluster ref.Cluster, network ref.Network) karpenter.Args {
	return karpenter.Args{Cluster: cluster, Network: network, ZonalShift: c.Cluster.ZonalShift, IPv6: c.CNI.IPv6}
}

// renderCharts renders all charts before anything is registered.
func (c Config) renderCharts() (map[string]chart.Rendered, error) {
	wanted := c.charts()
	if len(wanted) == 0 {
		return nil, nil
	}
	source, err := c.Charts.open(c.ChartMirror)
	if err != nil {
		return nil, err
	}
	specs := make([]chart.Spec, 0, len(wanted))
	for _, w := range wanted {
		row, known := catalog.ChartOf(w.Name)
		if !known {
			return nil, fmt.Errorf("the catalogue has no chart %q", w.Name)
		}
		specs = append(specs, chart.Spec{
			Chart: row, Namespace: w.Namespace, Kubernetes: c.Cluster.Version, Hooks: hooks[w.Name],
			Values: chart.Values{Component: w.Values}, ExtraKeys: w.ExtraKeys,
		})
	}
	rendered, err := chart.RenderAll(specs, source)
	if err != nil {
		return nil, err
	}
	if !c.Charts.ShowMissing {
		if err := chart.CheckMissing(rendered); err != nil {
			return nil, err
		}
	}
	byName := make(map[string]chart.Rendered, len(rendered))
	for _, r := range rendered {
		byName[r.Spec.Chart.Name] = r
	}
	return byName, nil
}

// installChart registers a rendered chart's objects.
func (p *Platform) installChart(ctx *pulumi.Context, name string, args chart.Args) (*chart.Chart, error) {
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return nil, err
	}
	args.Rendered, args.Tags, args.ShowMissing = p.charts[name], p.tags, p.Config.Charts.ShowMissing
	return chart.New(ctx, p.Config.Name+"-"+name, &args, pulumi.Providers(kubernetes))
}

// installed are the names of all that is installed in the cluster, by which its security
// group's rules are made.
func (c Config) installed() []string {
	names := map[string]bool{}
	for _, addon := range c.CNI.Plan().Keeps(catalog.Addons()) {
		names[addon] = true
	}
	for _, wanted := range c.charts() {
		names[wanted.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
