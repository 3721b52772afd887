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

// charts are the charts that this configuration installs, as its components want them.
func (c Config) charts() []ref.Chart {
	cluster, network, replicas := c.placed(ref.Cluster{Name: c.Name, Version: c.Cluster.Version}), c.plannedNetwork(), profiles[c.Profile].replicas
	wanted := c.CNI.Charts(replicas)
	if c.Karpenter != nil {
		wanted = append(wanted, c.karpenterArgs(cluster, network).Chart(replicas))
	}
	wanted = append(wanted, c.controllerArgs(cluster).Charts()...)
	return append(wanted, c.storageCharts(cluster, network)...)
}

// placed is a cluster's handle with what the configuration knows of it.
func (c Config) placed(cluster ref.Cluster) ref.Cluster {
	cluster.PodIdentity = c.PodIdentity
	cluster.Place = ref.Place{Partition: ref.PartitionOf(c.Region), Region: c.Region, Account: c.AccountID}
	return cluster
}

// validateCharts refuses values for charts that are not installed. Whether the charts
// know the values shows when they are rendered.
func (c Config) validateCharts(list *problem.List) {
	var names []string
	for _, wanted := range c.charts() {
		names = append(names, wanted.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Sorted(maps.Keys(c.ChartValues)) {
		if path := problem.Join("chartValues", name); !slices.Contains(names, name) {
			list.Add(path, "is no chart that this configuration installs", suggestion(name, names))
		}
	}
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

// RenderCharts renders the charts that this configuration installs, by their names, as New
// does before anything is registered.
func (c Config) RenderCharts() (map[string]chart.Rendered, error) {
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
		spec, err := c.chartSpec(w)
		if err != nil {
			return nil, err
		}
		specs = append(specs, spec)
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

// chartSpec is a chart as the component wants it, with the user's values on top.
func (c Config) chartSpec(w ref.Chart) (chart.Spec, error) {
	row, known := catalog.ChartOf(w.Name)
	if !known {
		return chart.Spec{}, fmt.Errorf("the catalogue has no chart %q", w.Name)
	}
	spec := chart.Spec{
		Chart: row, Namespace: w.Namespace, OwnsNamespace: w.OwnsNamespace, PodSecurity: w.PodSecurity, Kubernetes: c.Cluster.Version,
		Values: chart.Values{Component: w.Values, Profile: w.Profile, User: c.ChartValues[w.Name]}, ExtraKeys: w.ExtraKeys,
	}
	for _, hook := range slices.Sorted(maps.Keys(w.Dropped)) {
		spec.Hooks = append(spec.Hooks, chart.Hook{Object: hook, Action: chart.Drop, Reason: w.Dropped[hook]})
	}
	for _, hook := range slices.Sorted(maps.Keys(w.Early)) {
		spec.Hooks = append(spec.Hooks, chart.Hook{Object: hook, Action: chart.Before, Reason: w.Early[hook]})
	}
	for _, object := range slices.Sorted(maps.Keys(w.Ignored)) {
		spec.Ignore = append(spec.Ignore, chart.Ignore{Object: object, Fields: w.Ignored[object]})
	}
	return spec, nil
}

// install registers charts, each after those that it names, where they are installed, and
// after what it needs besides.
func (p *Platform) install(ctx *pulumi.Context, wanted []ref.Chart, args chart.Args, needs func(chart string) []pulumi.Resource) error {
	for _, w := range inOrder(wanted) {
		own := args
		own.After = slices.Concat(args.After, needs(w.Name))
		for _, first := range w.After {
			own.After = append(own.After, p.controllers(first)...)
		}
		if _, err := p.installChart(ctx, w.Name, own); err != nil {
			return err
		}
	}
	return nil
}

// controllers are what a chart's controllers answer by, where it is installed.
func (p *Platform) controllers(name string) []pulumi.Resource {
	if installed := p.installedCharts[name]; installed != nil {
		return installed.Ready()
	}
	return nil
}

// inOrder puts charts behind those that they name.
func inOrder(wanted []ref.Chart) []ref.Chart {
	var ordered []ref.Chart
	placed := map[string]bool{}
	var place func(w ref.Chart)
	place = func(w ref.Chart) {
		if placed[w.Name] {
			return
		}
		placed[w.Name] = true
		for _, first := range w.After {
			if i := slices.IndexFunc(wanted, func(other ref.Chart) bool { return other.Name == first }); i >= 0 {
				place(wanted[i])
			}
		}
		ordered = append(ordered, w)
	}
	for _, w := range wanted {
		place(w)
	}
	return ordered
}

// installChart registers a rendered chart's objects.
func (p *Platform) installChart(ctx *pulumi.Context, name string, args chart.Args) (*chart.Chart, error) {
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return nil, err
	}
	args.Cluster, args.Rendered, args.Tags, args.ShowMissing = p.handle, p.charts[name], p.tags, p.Config.Charts.ShowMissing
	installed, err := chart.New(ctx, p.Config.Name+"-"+name, &args, pulumi.Providers(kubernetes))
	if err != nil {
		return nil, err
	}
	p.installedCharts[name] = installed
	return installed, nil
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
