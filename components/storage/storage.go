package storage

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:storage:Storage"

// Args is what New needs.
type Args struct {
	// Required. The classes by name.
	Classes map[string]Class
	// Required. The cluster whose pods use them.
	Cluster ref.Cluster
	// Required. The cluster's network: file systems are in its private subnets.
	Network ref.Network
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Storage is the component of the AWS side: file systems, security groups, roles.
type Storage struct {
	pulumi.ResourceState

	args  Args
	made  map[string]made
	needs map[string][]pulumi.Resource
	name  string
}

// made is what a class's AWS side came to: what its objects name, and what must be there
// before a pod can mount it.
type made struct {
	names map[string]pulumi.StringInput
	ready []pulumi.Resource
}

// maker makes the AWS side of one class.
type maker struct {
	ctx *pulumi.Context
	// args are those of the component; class is the class's name, and name that of its
	// resources, which begin with it.
	args        Args
	class, name string
	parent      pulumi.Resource
	// goes makes what goes with the class, though the class retains what is stored.
	goes bool
}

// physical is the name of what the class has in AWS.
func (m maker) physical() string { return m.args.Cluster.Name + "-" + m.class }

// retains says whether what is stored outlives the class.
func (m maker) retains() bool { return !m.goes && m.args.Classes[m.class].reclaim() == reclaimRetain }

// options are those of what holds the data.
func (m maker) options() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(m.parent), pulumi.RetainOnDelete(m.retains())}
}

// backed are the kinds that have something in AWS before the first claim.
type backed interface {
	make(m maker) (made, error)
}

// New makes file systems and roles of drivers. It reports every problem of args at once,
// before anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Storage, error) {
	if args == nil {
		return nil, errors.New("storage: args are required")
	}
	if err := args.validate(); err != nil {
		return nil, err
	}
	c := &Storage{args: *args, name: name, made: map[string]made{}, needs: map[string][]pulumi.Resource{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, err)
	}
	for _, class := range slices.Sorted(maps.Keys(args.Classes)) {
		is, has := args.Classes[class].kind().(backed)
		if !has {
			continue
		}
		made, err := is.make(maker{ctx: ctx, args: *args, class: class, name: name + "-" + class, parent: c})
		if err != nil {
			return nil, fmt.Errorf("storage %q: class %q: %w", name, class, err)
		}
		c.made[class] = made
	}
	for _, key := range args.drivers() {
		if err := c.makeRole(ctx, drivers[key]); err != nil {
			return nil, fmt.Errorf("storage %q: driver %s: %w", name, key, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Needs are what a driver's chart waits for: its role.
func (c *Storage) Needs(chart string) []pulumi.Resource { return slices.Clone(c.needs[chart]) }

func (c *Storage) makeRole(ctx *pulumi.Context, d driver) error {
	if d.policy == nil {
		return nil
	}
	role, err := irsa.New(ctx, c.name+"-"+d.role, irsa.Args{
		Workload: irsa.Workload{Name: d.role, Namespace: d.namespace, ServiceAccounts: d.accounts, Policy: d.policy(c.args)},
		Cluster:  c.args.Cluster, Tags: c.args.Tags,
	}, c)
	if err != nil {
		return err
	}
	c.needs[d.chart] = role.Needs
	return nil
}

// drivers are the keys of the drivers that the classes need, in order. Of keys with the
// same chart there is the first.
func (a Args) drivers() []string {
	needed := map[string]bool{}
	for _, class := range a.Classes {
		needed[class.kind().driver()] = true
	}
	charts := map[string]bool{}
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(needed)) {
		if chart := drivers[key].chart; !charts[chart] {
			charts[chart] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// keys are the ARNs of the keys that classes of a driver name, in order.
func (a Args) keys(driver string) []string {
	var keys []string
	for _, class := range a.Classes {
		if is, has := class.kind().(keyed); has && class.kind().driver() == driver {
			keys = append(keys, is.keys()...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (a Args) validate() error {
	var list problem.List
	list.Under("classes", Validate(a.Classes))
	list.Under("classes", ValidateFor(a.Classes, a.Cluster.Version))
	list.Under("classes", a.validateBuckets())
	list.Under("", irsa.Validate(a.Cluster))
	if a.Cluster.Name == "" {
		list.Add("cluster", "lacks a name", "hand over a cluster's Ref()")
	}
	if len(a.Network.Private) == 0 {
		list.Add("network", "has no private subnets", "hand over a network's Ref()")
	}
	return list.Err("storage")
}

// validateBuckets lists the buckets that are to be made under a name that S3 won't take.
func (a Args) validateBuckets() []problem.Problem {
	var list problem.List
	for _, class := range slices.Sorted(maps.Keys(a.Classes)) {
		if a.Classes[class].S3 == nil {
			continue
		}
		if name := a.bucketOf(class); a.Classes[class].S3.Bucket == "" && !bucketName.MatchString(name) {
			list.Addf(problem.Join(class, "s3.bucket"), "use shorter names for the class or the cluster, or name a bucket that exists", "%q can't name a bucket", name)
		}
	}
	return list.All()
}
