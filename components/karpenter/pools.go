package karpenter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PoolsToken is the type of the component that NewPools makes.
const PoolsToken = "eksplatform:karpenter:Pools"

// PoolsArgs is what NewPools needs.
type PoolsArgs struct {
	Spec
	// Required. The cluster, with its security group.
	Cluster ref.Cluster
	// Required. The network whose private subnets hold the nodes.
	Network ref.Network
	// Required. The name of the nodes' instance profile: Karpenter's.
	InstanceProfile pulumi.StringInput
	// Required. What brings the kinds and runs the controller: the CRDs, the chart, and
	// Karpenter's Resources().
	After []pulumi.Resource
	// Optional. The most pods of a node by node class, from the address plan: the same for
	// each instance type. Default what Karpenter computes for a type, which knows of no
	// prefix delegation, and of custom networking by the chart's settings.reservedENIs.
	MaxPods map[string]int
	// Optional. Labels of every object. Default none.
	Labels map[string]string
	// Optional. Tags of every instance, volume, interface and launch template. Default none.
	Tags map[string]string
}

// Pools is the component.
type Pools struct {
	pulumi.ResourceState

	name    string
	args    PoolsArgs
	classes map[string]pulumi.Resource
	pools   []pulumi.Resource
}

// NewPools makes the node classes and the pools; it needs a Kubernetes provider. It
// reports every problem of args at once, before anything is registered.
func NewPools(ctx *pulumi.Context, name string, args *PoolsArgs, opts ...pulumi.ResourceOption) (*Pools, error) {
	if args == nil {
		return nil, errors.New("karpenter pools: args are required")
	}
	full := *args
	full.Spec = args.WithDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &Pools{name: name, args: full, classes: map[string]pulumi.Resource{}}
	if err := ctx.RegisterComponentResourceV2(PoolsToken, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("karpenter pools %q: %w", name, err)
	}
	for _, key := range sortedKeys(full.NodeClasses) {
		if err := c.makeClass(ctx, key); err != nil {
			return nil, fmt.Errorf("karpenter pools %q: node class %q: %w", name, key, err)
		}
	}
	for _, key := range sortedKeys(full.Pools) {
		if err := c.makePool(ctx, key); err != nil {
			return nil, fmt.Errorf("karpenter pools %q: pool %q: %w", name, key, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Resources are the pools: what needs their nodes depends on them.
func (c *Pools) Resources() []pulumi.Resource { return c.pools }

// drain is how long a removal waits for nodes to drain and end. A run that gives up can
// be repeated.
const drain = "60m"

// makeClass and makePool don't say that the objects go with the cluster: to delete them is
// what ends their instances, while there is a controller that can.
func (c *Pools) makeClass(ctx *pulumi.Context, key string) error {
	needs := slices.Concat(c.args.After, c.args.Cluster.NodesNeed, c.args.Network.Egress)
	class, err := apiextensions.NewCustomResource(ctx, c.name+"-class-"+key, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("karpenter.k8s.aws/v1"),
		Kind:        pulumi.String("EC2NodeClass"),
		Metadata:    c.metadata(key),
		OtherFields: kubernetes.UntypedArgs{"spec": c.args.class(key)},
	}, pulumi.Parent(c), pulumi.DependsOn(needs), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: drain}))
	c.classes[key] = class
	return err
}

// makePool depends on the class, which is kept as long as a node of it is there.
func (c *Pools) makePool(ctx *pulumi.Context, key string) error {
	spec := c.args.Pools[key]
	pool, err := apiextensions.NewCustomResource(ctx, c.name+"-pool-"+key, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("karpenter.sh/v1"),
		Kind:        pulumi.String("NodePool"),
		Metadata:    c.metadata(key),
		OtherFields: kubernetes.UntypedArgs{"spec": spec.object()},
	}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.classes[spec.NodeClass]}), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: drain}))
	c.pools = append(c.pools, pool)
	return err
}

func (c *Pools) metadata(name string) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{Name: pulumi.String(name), Labels: pulumi.ToStringMap(maps.Clone(c.args.Labels))}
}

func (a PoolsArgs) validate() error {
	var list problem.List
	list.Under("", a.Spec.Validate())
	list.Under("", a.ValidateSubnets(a.Network.Private))
	if len(a.Network.Private) == 0 {
		list.Add("network", "has no private subnets", "hand over a network's Ref()")
	}
	if a.Cluster.SecurityGroupID == nil {
		list.Add("cluster", "lacks its security group", "hand over a cluster's Ref()")
	}
	if a.InstanceProfile == nil {
		list.Add("instanceProfile", "is missing", "hand over Karpenter's InstanceProfile")
	}
	if slices.Contains(a.After, nil) || len(a.After) == 0 {
		list.Add("after", "names nothing", "hand over Karpenter's Resources() and the chart, which installs the kinds")
	}
	for _, name := range sortedKeys(a.MaxPods) {
		if _, known := a.NodeClasses[name]; !known || a.MaxPods[name] < 1 {
			list.Addf(problem.Join("maxPods", name), "give 1 or more for a node class", "%d pods for node class %q can't be", a.MaxPods[name], name)
		}
	}
	for _, key := range sortedKeys(a.Tags) {
		if slices.Contains([]string{"", poolTag, claimTag, classTag, eksTag}, key) || strings.HasPrefix(key, clusterTag) || strings.HasPrefix(key, "aws:") {
			list.Add(problem.Join("tags", key), "is a tag that Karpenter or AWS sets by itself", "use another key")
		}
	}
	return list.Err("karpenter pools")
}
