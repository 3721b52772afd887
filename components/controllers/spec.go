// Package controllers says how the controllers are installed that a cluster needs before
// it carries applications: load balancers, DNS names, certificates, metrics, nodes on
// demand, secrets, and a page for people.
//
// It is three things around their charts: New makes the roles, Charts says which charts
// are installed with which values, and NewSettings registers the objects that tell the
// controllers what to do.
package controllers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Spec is which controllers are installed, and what they are told.
type Spec struct {
	// Optional. The AWS Load Balancer Controller. Default on.
	LoadBalancers LoadBalancers `json:"loadBalancers"`
	// Optional. external-dns, which writes DNS records of Route 53. Default off: it is on
	// with the first zone.
	DNS DNS `json:"dns"`
	// Optional. cert-manager, with its issuers. Default on.
	Certificates Certificates `json:"certificates"`
	// Optional. metrics-server, which autoscaling and kubectl top read. Default on.
	Metrics Metrics `json:"metrics"`
	// Optional. The Cluster Autoscaler. Default on, but for a platform with Karpenter.
	Autoscaler Autoscaler `json:"autoscaler"`
	// Optional. Headlamp, a page to look at the cluster. Default off.
	Dashboard Dashboard `json:"dashboard"`
	// Optional. External Secrets, which copies secrets of AWS into the cluster. Default off:
	// it is on with the first store.
	Secrets Secrets `json:"secrets"`
	// Optional. KEDA, by which HorizontalPodAutoscalers follow metrics of other systems.
	// Default off.
	CustomMetrics CustomMetrics `json:"customMetrics"`
	// Optional. The Descheduler, which moves pods that would be placed better today.
	// Default off: it evicts pods that run well.
	Descheduler Descheduler `json:"descheduler"`
}

// Args is what all of them are made from.
type Args struct {
	Spec
	// Required. The cluster that they run in.
	Cluster ref.Cluster
	// Optional. The cluster's VPC by id, where that is known before anything is made.
	VpcID string
	// Optional. The tags by which it is found otherwise: one VPC of the region must have them
	// all. One of the two is required with the AWS Load Balancer Controller.
	VpcTags map[string]string
	// Optional. How many replicas a controller has that one would do for. Default 1.
	Replicas int
	// Optional. Says that Karpenter makes nodes, so that the Cluster Autoscaler doesn't.
	// Default false.
	Karpenter bool
	// Optional. Tags of every resource, and labels of every object. Default none.
	Tags map[string]string
}

// controller is one row: what decides whether it is there, and what it is.
type controller struct {
	// chart is its name in the catalogue.
	chart string
	// on says whether it is installed.
	on func(Args) bool
	// install is how.
	install func(Args) ref.Chart
	// role is what its pods may do in AWS; nil for nothing.
	role func(Args) irsa.Workload
	// objects tell it what to do, by the names of their resources; nil for nothing.
	objects func(Args) map[string]kube.Object
	// validate lists what is wrong; paths begin with the spec's key.
	validate func(Spec) []problem.Problem
}

// controllers in the order in which they are installed where none waits for another.
var controllers = []controller{
	certManager, loadBalancers, externalDNS, metricsServer, clusterAutoscaler, headlamp, externalSecrets, keda, descheduler,
}

// Validate lists what is wrong with the spec.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	for _, c := range controllers {
		if c.validate != nil {
			list.Under("", c.validate(s))
		}
	}
	return list.All()
}

// installed are the rows that are on.
func (a Args) installed() []controller {
	return slices.DeleteFunc(slices.Clone(controllers), func(c controller) bool { return !c.on(a) })
}

// Charts are the charts of what is installed. Of the cluster only what is plain is read.
func (a Args) Charts() []ref.Chart {
	var charts []ref.Chart
	for _, c := range a.installed() {
		charts = append(charts, c.install(a))
	}
	return charts
}

// Token is the component's type.
const Token = "eksplatform:controllers:Controllers"

// Controllers is the component of the AWS side.
type Controllers struct {
	pulumi.ResourceState

	needs map[string][]pulumi.Resource
}

// New makes the controllers' roles. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Controllers, error) {
	if args == nil {
		return nil, errors.New("controllers: args are required")
	}
	if err := args.check(); err != nil {
		return nil, err
	}
	c := &Controllers{needs: map[string][]pulumi.Resource{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("controllers %q: %w", name, err)
	}
	for _, is := range args.installed() {
		if is.role == nil {
			continue
		}
		workload := is.role(*args)
		if workload.Policy == "" {
			continue // nothing that it is told needs AWS
		}
		role, err := irsa.New(ctx, name+"-"+workload.Name, irsa.Args{Workload: workload, Cluster: args.Cluster, Tags: args.Tags}, c)
		if err != nil {
			return nil, fmt.Errorf("controllers %q: %s: %w", name, is.chart, err)
		}
		c.needs[is.chart] = role.Needs
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Needs are what a controller's chart waits for: its role.
func (c *Controllers) Needs(chart string) []pulumi.Resource { return slices.Clone(c.needs[chart]) }

func (a Args) check() error {
	var list problem.List
	list.Under("", a.Spec.Validate())
	if a.Cluster.Name == "" {
		list.Add("cluster", "lacks a name", "hand over a cluster's Ref()")
	}
	list.Under("", irsa.Validate(a.Cluster))
	if loadBalancers.on(a) && a.VpcID == "" && len(a.VpcTags) == 0 {
		list.Add("vpcTags", "is empty, and so is vpcId", "name the VPC, for the AWS Load Balancer Controller")
	}
	if a.Karpenter && isOn(a.Autoscaler.Enabled, false) {
		list.Add("autoscaler.enabled", "is true beside Karpenter, and each would undo what the other does", "leave it out, or leave Karpenter out")
	}
	if clusterAutoscaler.on(a) && a.Cluster.Name != "" && catalog.AutoscalerImage(a.Cluster.Version) == "" {
		list.Addf("cluster.version", "use one of "+strings.Join(catalog.KubernetesVersions(), ", ")+", or turn autoscaler off",
			"no Cluster Autoscaler is known for %q", a.Cluster.Version)
	}
	return list.Err("controllers")
}

// SettingsToken is the type of the component of what controllers are told.
const SettingsToken = "eksplatform:controllers:Settings"

// SettingsArgs is what NewSettings needs.
type SettingsArgs struct {
	Args
	// Required. By the charts' names, what must be there before a controller can be told
	// anything: its CRDs, its webhook, its pods.
	After map[string][]pulumi.Resource
}

// Settings is that component.
type Settings struct {
	pulumi.ResourceState

	objects []pulumi.Resource
}

// NewSettings registers what controllers are told; it needs a Kubernetes provider.
func NewSettings(ctx *pulumi.Context, name string, args *SettingsArgs, opts ...pulumi.ResourceOption) (*Settings, error) {
	if args == nil {
		return nil, errors.New("controllers' settings: args are required")
	}
	if err := args.check(); err != nil {
		return nil, err
	}
	c := &Settings{}
	if err := ctx.RegisterComponentResourceV2(SettingsToken, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("controllers' settings %q: %w", name, err)
	}
	for _, is := range args.installed() {
		if is.objects == nil {
			continue
		}
		objects := is.objects(args.Args)
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			made, err := kube.Register(ctx, name+"-"+key, objects[key], kube.Args{
				Parent: c, Cluster: args.Cluster, Tags: args.Tags, After: args.After[is.chart],
			})
			if err != nil {
				return nil, fmt.Errorf("controllers' settings %q: %s: %w", name, key, err)
			}
			c.objects = append(c.objects, made)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Resources are the objects: issuers, stores.
func (c *Settings) Resources() []pulumi.Resource { return slices.Clone(c.objects) }

// isOn reads a switch with its default.
func isOn(written *bool, otherwise bool) bool {
	if written != nil {
		return *written
	}
	return otherwise
}

// system is the namespace of controllers: the API server puts their requests before
// those of others.
const system = "kube-system"
