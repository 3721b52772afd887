// Package cni settles how pods get addresses: the configuration of the VPC CNI,
// and with custom networking an ENIConfig for each zone.
package cni

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:cni:CNI"

// Args is what New needs.
type Args struct {
	Spec
	// Required. The network whose pods subnets are used.
	Network ref.Network
	// Required. The cluster, with its security group.
	Cluster ref.Cluster
	// Required. What installs the ENIConfig resource: the vpc-cni add-on.
	After []pulumi.Resource
	// Optional. Labels of every object. Default none.
	Labels map[string]string
}

// CNI is the component.
type CNI struct {
	pulumi.ResourceState

	configs []pulumi.Resource
}

// New makes an ENIConfig for each zone; it needs a Kubernetes provider. It reports
// every problem of args at once, before anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*CNI, error) {
	if args == nil {
		return nil, errors.New("cni: args are required")
	}
	if err := args.validate(); err != nil {
		return nil, err
	}
	c := &CNI{}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("cni %q: %w", name, err)
	}
	for _, subnet := range args.Network.Pods {
		config, err := apiextensions.NewCustomResource(ctx, name+"-"+subnet.Zone, args.eniConfig(subnet),
			pulumi.Parent(c), pulumi.DependsOn(args.After), pulumi.DeletedWith(args.Cluster.Resource))
		if err != nil {
			return nil, fmt.Errorf("cni %q: ENIConfig %s: %w", name, subnet.Zone, err)
		}
		c.configs = append(c.configs, config)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Resources are the ENIConfigs: nodes wait for them, because a node reads its own
// once, when it joins.
func (c *CNI) Resources() []pulumi.Resource { return c.configs }

// eniConfig is named after the zone, which is the value of the node's label.
func (a Args) eniConfig(subnet ref.Subnet) *apiextensions.CustomResourceArgs {
	groups := pulumi.Array{a.Cluster.NodesIn()}
	for _, id := range a.PodSecurityGroupIDs {
		groups = append(groups, pulumi.String(id))
	}
	labels := maps.Clone(a.Labels)
	return &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("crd.k8s.amazonaws.com/v1alpha1"),
		Kind:       pulumi.String("ENIConfig"),
		Metadata:   metav1.ObjectMetaArgs{Name: pulumi.String(subnet.Zone), Labels: pulumi.ToStringMap(labels)},
		OtherFields: kubernetes.UntypedArgs{
			"spec": pulumi.Map{"subnet": subnet.ID, "securityGroups": groups},
		},
	}
}

func (a Args) validate() error {
	var list problem.List
	list.Under("", a.Spec.WithDefaults().Validate())
	if !a.CustomNetworking {
		list.Add("customNetworking", "is off, so there is nothing to make", "leave this component out, or set it to true")
	}
	zones := map[string]bool{}
	for _, subnet := range a.Network.Pods {
		if zones[subnet.Zone] {
			list.Addf("network", "keep one", "%s has two subnets for pods, and an ENIConfig names one", subnet.Zone)
		}
		zones[subnet.Zone] = true
	}
	for _, zone := range a.Network.Zones {
		if !zones[zone] {
			list.Addf("network", "add one to the network's secondary ranges", "%s has no subnet for pods", zone)
		}
	}
	if a.Cluster.SecurityGroupID == nil {
		list.Add("cluster", "lacks its security group", "hand over a cluster's Ref()")
	}
	if slices.Contains(a.After, nil) || len(a.After) == 0 {
		list.Add("after", "names nothing", "hand over the vpc-cni add-on, which installs the ENIConfig resource")
	}
	return list.Err("cni")
}
