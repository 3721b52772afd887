package chart

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:chart:Chart"

// Args is what New needs.
type Args struct {
	// Required. The chart with its objects, of Render or RenderAll.
	Rendered Rendered
	// Required. The cluster that the objects are in, and go with.
	Cluster ref.Cluster
	// Optional. The stack's tags, which every object carries as labels; kube.Labels says
	// what becomes of tags that can't be one. Labels of the chart's own stay. Default none.
	Tags map[string]string
	// Optional. How long each object may take to be ready or gone, such as "15m".
	// Default the provider's: 10 minutes.
	Timeout string
	// Optional. Makes the objects without waiting until they are ready: for what nodes wait
	// for, which would wait for nodes. Default false.
	NoWait bool
	// Optional. What must be there first: another chart's CRDs and webhook, a role.
	After []pulumi.Resource
	// Optional. Shows a chart that could not be had as one node with a warning, for a
	// preview without an account. Default false: it is an error.
	ShowMissing bool
}

// Chart is the component.
type Chart struct {
	pulumi.ResourceState

	crds, ready, objects []pulumi.Resource
}

// CRDs are the chart's CRDs: custom resources of others depend on them.
func (c *Chart) CRDs() []pulumi.Resource { return slices.Clone(c.crds) }

// Resources are all objects of the chart.
func (c *Chart) Resources() []pulumi.Resource { return slices.Clone(c.objects) }

// Ready are the objects by which the chart's controllers answer: its CRDs, webhooks and
// workloads. A workload is there when its pods are ready, so what needs the chart to
// work depends on these.
func (c *Chart) Ready() []pulumi.Resource { return slices.Clone(c.ready) }

// New registers the objects of a chart; it needs a Kubernetes provider.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Chart, error) {
	if args == nil {
		return nil, errors.New("chart: args are required")
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &Chart{}
	if err := ctx.RegisterComponentResourceV2(Token, name, args.Rendered.Spec.inputs(), c, opts...); err != nil {
		return nil, fmt.Errorf("chart %q: %w", name, err)
	}
	if args.Rendered.Missing {
		if err := ctx.Log.Warn(args.Rendered.Warning(), &pulumi.LogArgs{Resource: c}); err != nil {
			return nil, fmt.Errorf("chart %q: %w", name, err)
		}
	}
	if err := c.register(ctx, name, *args); err != nil {
		return nil, fmt.Errorf("chart %q: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"missing": pulumi.Bool(args.Rendered.Missing)})
}

// inputs are what a reviewer reads of the chart as a whole: a change of a value stands
// there once, whatever it does to the objects.
func (s Spec) inputs() kube.Object {
	return kube.Object{
		"chart": s.Chart.Name, "version": s.Chart.Version, "release": s.Release, "namespace": s.Namespace,
		"kubernetes": s.Kubernetes, "values": s.Values.Merged(),
	}
}

func (a Args) validate(name string) error {
	var list problem.List
	if a.Rendered.Spec.Chart.Name == "" {
		list.Add("rendered", "is empty", "hand over what Render or RenderAll returned")
	}
	if a.Rendered.Missing && !a.ShowMissing {
		list.Add("rendered", a.Rendered.absence(), a.Rendered.remedy())
	}
	if _, err := time.ParseDuration(cmp.Or(a.Timeout, "0s")); err != nil {
		list.Addf("timeout", "write a duration, such as 15m", "%q is no duration", a.Timeout)
	}
	if slices.Contains(a.After, nil) {
		list.Add("after", "names a resource that is nil", "leave it out")
	}
	return list.Err("chart " + name)
}

// register makes the objects stage after stage: each waits for those before.
func (c *Chart) register(ctx *pulumi.Context, name string, args Args) error {
	aliases := versions(args.Rendered.Objects)
	var done, current []pulumi.Resource
	for i, o := range args.Rendered.Objects {
		if i > 0 && o.isAfter(args.Rendered.Objects[i-1]) {
			done, current = slices.Concat(done, current), nil
		}
		made, err := kube.Register(ctx, logicalName(name, args.Rendered.Spec, o), kube.Object(o.Body), kube.Args{
			Parent: c, Cluster: args.Cluster, Tags: args.Tags, After: slices.Concat(args.After, done), Timeout: args.Timeout, NoWait: args.NoWait,
		}, append(aliases.of(o), args.ignored(o)...)...)
		if err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
		current = append(current, made)
		c.objects = append(c.objects, made)
		if o.Kind == crdKind {
			c.crds = append(c.crds, made)
		}
		if o.Kind == crdKind || o.isWebhook() || slices.Contains(answering, o.Kind) {
			c.ready = append(c.ready, made)
		}
	}
	return nil
}

// answering are the kinds whose objects answer once they are ready.
var answering = []string{"APIService", "DaemonSet", "Deployment", "Job", "StatefulSet"}

// isAfter says whether the object waits for one that stands before it.
func (o Object) isAfter(before Object) bool {
	ordered := o.stage == stageBefore || o.stage == stageAfter
	return o.stage != before.stage || ordered && o.weight != before.weight
}

// ignored are the fields that the rules leave as they are found.
func (a Args) ignored(o Object) []pulumi.ResourceOption {
	var fields []string
	for _, rule := range a.Rendered.Spec.Ignore {
		if o.matches(rule.Object) {
			fields = append(fields, rule.Fields...)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.IgnoreChanges(fields)}
}

// logicalName is made of the object's own name, so that it stays whatever comes
// beside it. A slash is in no object's name.
func logicalName(name string, spec Spec, o Object) string {
	if o.Namespace != "" && o.Namespace != spec.Namespace {
		return name + "/" + o.Namespace + "/" + o.Name
	}
	return name + "/" + o.Name
}
