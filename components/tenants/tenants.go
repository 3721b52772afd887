// Package tenants makes the namespaces that teams work in: each refuses unsafe pods, has a
// quota, denies all traffic that is not declared, and has a service account for each
// workload with the permissions that the workload was given, in Kubernetes and in AWS.
package tenants

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The components' types: all tenants, and each.
const (
	Token       = "eksplatform:tenants:Tenants"
	TenantToken = "eksplatform:tenants:Tenant"
)

// Args is what New needs.
type Args struct {
	// Required. The tenants by the names of their namespaces.
	Tenants map[string]Tenant
	// Required. The cluster, with its place, and its name or OIDC provider where a service
	// account has permissions in AWS.
	Cluster ref.Cluster
	// Optional. The environment of tenants that name none. Default none: they must.
	Environment string
	// Optional. What the cluster puts before the groups of its OIDC identity provider,
	// "oidc:". Default none: the cluster has no provider, and groups are refused.
	GroupsPrefix string
	// Optional. The ARNs of principals that have an access entry of the cluster already:
	// EKS takes one for each. Default none.
	Entered []string
	// Optional. Namespaces that the platform itself installs things in, which no tenant
	// may be. Those of Kubernetes need not be named. Default none.
	Reserved []string
	// Optional. The ranges in which the API server answers at port 443: APIAddress of the
	// Service range, and the subnets of the control plane's interfaces. Service accounts
	// with rules reach them. Default none: tenants name them in their calls.
	APIServer []string
	// Optional. The ranges of the VPC's interface endpoints. Service accounts with
	// permissions in AWS reach them at port 443. Default none: tenants name in their calls
	// how they reach AWS.
	AWSEndpoints []string
	// Optional. Cilium enforces network policies: nodes and the API server are no ranges
	// to it. Default false.
	Cilium bool
	// Optional. What must be there before the first namespace, and stay until the last is
	// gone: the controllers of load balancers, DNS names and volumes. Default nothing.
	After []pulumi.Resource
	// Optional. Tags of every resource, which are labels of objects. Default none.
	Tags map[string]string
}

// Tenants is the component.
type Tenants struct {
	pulumi.ResourceState

	needs map[string][]pulumi.Resource
}

// Needs are the resources that pods of a tenant wait for: the namespace, what holds them in
// bounds, and their service accounts with all permissions.
func (t *Tenants) Needs(tenant string) []pulumi.Resource { return t.needs[tenant] }

// New makes the namespaces; it needs an AWS and a Kubernetes provider. It reports every
// problem of args at once, before anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Tenants, error) {
	if args == nil {
		return nil, errors.New("tenants: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	t := &Tenants{needs: map[string][]pulumi.Resource{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, t, opts...); err != nil {
		return nil, fmt.Errorf("tenants %q: %w", name, err)
	}
	for _, namespace := range sortedKeys(full.Tenants) {
		made := &tenant{name: name + "-" + namespace, namespace: namespace, Tenant: full.Tenants[namespace], args: full}
		if err := made.make(ctx, t); err != nil {
			return nil, fmt.Errorf("tenants: %q: %w", namespace, err)
		}
		t.needs[namespace] = made.needs
	}
	if err := t.letIn(ctx, name, full); err != nil {
		return nil, fmt.Errorf("tenants %q: %w", name, err)
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{})
}

func (a Args) withDefaults() Args {
	full := make(map[string]Tenant, len(a.Tenants))
	for name, t := range a.Tenants {
		full[name] = t.WithDefaults()
	}
	a.Tenants = full
	return a
}

func (a Args) validate() error {
	var list problem.List
	list.Under("tenants", Validate(a))
	all := slices.Collect(maps.Values(a.Tenants))
	if slices.ContainsFunc(all, Tenant.usesAWS) {
		list.Under("", irsa.Validate(a.Cluster))
		if len(a.Cluster.Name) > maxCluster {
			list.Addf("cluster.name", "use up to 40", "has %d characters, which leaves no room in the names of roles", len(a.Cluster.Name))
		}
	}
	if len(a.entries()) > 0 && (a.Cluster.NameOutput == nil || a.Cluster.Place.Partition == "") && !list.Has("cluster") {
		list.Add("cluster", "lacks its name or place, by which principals enter", "hand over a cluster's Ref(), with its place")
	}
	for key, ranges := range map[string][]string{"apiServer": a.APIServer, "awsEndpoints": a.AWSEndpoints} {
		for i, cidr := range ranges {
			validateRange(&list, at(key, i), cidr)
		}
	}
	return list.Err("tenants")
}

// APIAddress is the range of the Service "kubernetes", by which pods reach the API server:
// the first address of the Service range. It is empty where that is no range.
// Source: https://kubernetes.io/docs/reference/networking/service-protocols/
func APIAddress(serviceCIDR string) string {
	cidr, err := netip.ParsePrefix(serviceCIDR)
	if err != nil {
		return ""
	}
	first := cidr.Masked().Addr().Next()
	return netip.PrefixFrom(first, first.BitLen()).String()
}
