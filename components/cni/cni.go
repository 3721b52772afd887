// Package cni settles how pods get addresses: the configuration of the VPC CNI, with
// custom networking an ENIConfig for each zone, and for other CNIs what their charts
// need: values, and the API server's address in a ConfigMap.
package cni

import (
	"errors"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:cni:CNI"

// Args is what New needs.
type Args struct {
	Spec
	// Required with custom networking. The network whose pods subnets are used.
	Network ref.Network
	// Required. The cluster, with its security group and its endpoint.
	Cluster ref.Cluster
	// Required with custom networking. What installs the ENIConfig resource: the vpc-cni
	// add-on.
	After []pulumi.Resource
	// Optional. Labels of every object. Default none.
	Labels map[string]string
}

// CNI is the component.
type CNI struct {
	pulumi.ResourceState

	objects []pulumi.Resource
}

// New makes an ENIConfig for each zone, or what another CNI's chart needs; it needs a
// Kubernetes provider. It reports every problem of args at once, before anything is
// registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*CNI, error) {
	if args == nil {
		return nil, errors.New("cni: args are required")
	}
	full := *args
	full.Spec = args.Spec.WithDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c, step := &CNI{}, makeENIConfigs
	if full.Overlay() {
		step = makeEndpoint
	}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("cni %q: %w", name, err)
	}
	objects, err := step(ctx, name, full, c)
	if err != nil {
		return nil, fmt.Errorf("cni %q: %w", name, err)
	}
	c.objects = objects
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Resources are what nodes wait for: a node reads its ENIConfig once, when it joins; and
// a chart's agents read the API server's address before they can ask it for anything.
func (c *CNI) Resources() []pulumi.Resource { return c.objects }

func (a Args) validate() error {
	var list problem.List
	list.Under("", a.Spec.Validate())
	switch {
	case a.Overlay():
		if a.Cluster.Endpoint == nil {
			list.Add("cluster", "lacks its endpoint", "hand over a cluster's Ref()")
		}
	case !a.CustomNetworking:
		list.Add("customNetworking", "is off, so there is nothing to make", "leave this component out, or set it to true")
		fallthrough
	default:
		a.validateENIConfigs(&list)
	}
	return list.Err("cni")
}
