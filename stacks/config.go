// Package stacks turns one typed configuration into one platform: it holds the
// configuration's types, the defaults of each profile, the checks, and the one
// place where components are wired.
package stacks

import (
	"fmt"
	"time"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/cni"
	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/nodesecurity"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Key is the configuration key that holds a stack's Config, in the project's
// namespace: "eks-platform:platform".
const Key = "platform"

// Config is all that a stack says about its platform. A misspelt key is an error.
type Config struct {
	// Required. What kind of environment this is, and so the defaults: dev (small
	// and cheap), stg (the shape of production) or prd (three zones or more,
	// highly available, private, protected).
	Profile Profile `json:"profile"`
	// Required. The AWS region, such as ap-northeast-2.
	Region string `json:"region"`
	// Optional. The platform's name, 1 to 40 lower-case letters, digits and
	// hyphens: the cluster is called that, and all else begins with it. Default
	// the project's and the stack's name, eks-platform-dev.
	Name string `json:"name"`
	// Required. The AWS account's 12 digits, quoted: ARNs are made of it before anything
	// exists. With any other account's credentials nothing is planned or changed.
	AccountID string `json:"accountId"`
	// Optional. AWS tags of everything that takes tags. Default none; platform,
	// profile and managed-by are added.
	Tags map[string]string `json:"tags"`
	// Optional. The stack that must have deployed a Kubernetes minor before this one
	// takes it: dev, or project/dev, or organization/project/dev. Default none.
	UpgradeAfter string `json:"upgradeAfter"`
	// Required. The VPC.
	Network network.Spec `json:"network"`
	// Optional. How pods get addresses. Default secondary addresses of the nodes'
	// network interfaces.
	CNI cni.Spec `json:"cni"`
	// Required. The control plane.
	Cluster cluster.Spec `json:"cluster"`
	// Optional. What reaches the nodes. Default everything in the cluster's own security
	// group; in profiles stg and prd the ports of what is installed.
	NodeSecurity nodesecurity.Spec `json:"nodeSecurity"`
	// Required. The node groups by name, one of Linux nodes among them.
	NodeGroups map[string]nodegroups.Group `json:"nodeGroups"`
	// Optional. Karpenter, which makes nodes for pods that find none, beside the groups:
	// what its nodes are. Default none.
	Karpenter *karpenter.Spec `json:"karpenter"`
	// Optional. Pods get AWS credentials by EKS Pod Identity instead of the cluster's OIDC
	// provider (IAM roles for service accounts). Pods on Fargate and Windows nodes get none
	// that way. Default false.
	PodIdentity bool `json:"podIdentity"`
	// Optional. The controllers that a cluster needs before it carries applications: load
	// balancers, DNS names, certificates, metrics, nodes on demand, secrets.
	Controllers controllers.Spec `json:"controllers"`
	// Optional. Storage by the names of its classes. Default one class gp3 of encrypted EBS
	// volumes, for claims that name none.
	Storage map[string]storage.Class `json:"storage"`
	// Optional. Namespaces of teams by name, with who may enter them and what their pods may
	// do. Default none.
	Tenants map[string]tenants.Tenant `json:"tenants"`
	// Optional. The Kubernetes minor whose managed add-ons are installed, quoted, so that
	// they can be upgraded after the control plane: not newer than it, and up to three
	// older. Default the control plane's.
	AddonsMinor string `json:"addonsMinor"`
	// Optional. Versions of managed add-ons by name, of those that the catalogue lists for
	// the minor: {coredns: v1.14.3-eksbuild.23}. Default the catalogue's first.
	AddonVersions map[string]string `json:"addonVersions"`
	// Optional. The same for versions that EKS has and the catalogue does not list; a
	// version that EKS doesn't have for the minor fails the deployment. Default none.
	UnlistedAddonVersions map[string]string `json:"unlistedAddonVersions"`

	// Optional. A repository (https://) or registry (oci://) that has all charts, where
	// those of their projects can't be reached. Default each chart's own.
	ChartMirror string `json:"chartMirror"`

	// Optional. Values of charts by the charts' names, laid over the platform's own: maps
	// merge, lists replace, null deletes. What a chart doesn't know is refused. Default none.
	ChartValues map[string]map[string]any `json:"chartValues"`

	// Day is the day of the plan, for the support calendar. Zero, as a stack's file
	// leaves it, is today.
	Day time.Time
	// Charts is where charts come from. A stack's file does not say.
	Charts Charts
}

// Load reads and checks the stack's configuration. Every problem is in the
// error, each with its path and what to write instead.
func Load(ctx *pulumi.Context) (*Config, error) {
	settings := config.New(ctx, "")
	text := settings.Get(Key)
	if text == "" {
		return nil, fmt.Errorf("stack %s has no configuration: set %s:%s in Pulumi.%s.yaml; docs/config.md describes it",
			ctx.Stack(), ctx.Project(), Key, ctx.Stack())
	}
	cfg, problems := Parse([]byte(text), ctx.Project()+"-"+ctx.Stack())
	if err := problem.Error("configuration of stack "+ctx.Stack(), problems); err != nil {
		return nil, err
	}
	return cfg, nil
}

// Parse reads a configuration written as JSON, fills in the defaults of its
// profile and checks it. The name is what the platform is called where the
// configuration doesn't say.
func Parse(text []byte, name string) (*Config, []problem.Problem) {
	var list problem.List
	tree, err := parseTree(text)
	if err != nil {
		list.Addf("", "write it as the example stacks do", "is not an object: %v", err)
		return nil, list.All()
	}
	cfg := profileOf(tree).defaults(adopts(tree))
	decode(&list, "", tree, &cfg)
	cfg = cfg.withDefaults(name)
	cfg.validate(&list)
	return &cfg, list.All()
}

// withDefaults fills in what neither the configuration nor the profile says.
func (c Config) withDefaults(name string) Config {
	if c.Name == "" {
		c.Name = name
	}
	if c.AddonsMinor == "" {
		c.AddonsMinor = c.Cluster.WithDefaults().Version
	}
	c.Network, c.CNI = c.Network.WithDefaults(), c.CNI.WithDefaults()
	c.CNI.NetworkPolicies = c.CNI.NetworkPolicies || len(c.Tenants) > 0 && !c.CNI.Overlay()
	if c.Karpenter != nil {
		c.Karpenter = new(c.Karpenter.WithDefaults())
	}
	c.Cluster, c.NodeSecurity = c.Cluster.WithDefaults(), c.NodeSecurity.WithDefaults()
	groups := make(map[string]nodegroups.Group, len(c.NodeGroups))
	for key, group := range c.NodeGroups {
		groups[key] = c.Profile.groupDefaults(group).WithDefaults()
	}
	c.NodeGroups = groups
	if c.Storage == nil {
		c.Storage = map[string]storage.Class{"gp3": {Default: true, EBS: &storage.EBS{}}}
	}
	return c
}
