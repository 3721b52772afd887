// Package nodegroups makes the nodes of a cluster: groups that EKS manages, Auto
// Scaling groups, and Fargate profiles, with the roles that each kind of nodes needs.
package nodegroups

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/noderole"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:nodegroups:NodeGroups"

// Args is what New needs.
type Args struct {
	// Required. The groups by name: 1 to 20 lower-case letters, digits and hyphens.
	Groups map[string]Group
	// Required. The cluster to join.
	Cluster ref.Cluster
	// Required. The network whose private subnets hold the nodes.
	Network ref.Network
	// Optional. The most pods of a node by group, from the address plan. Default
	// what EKS computes for the instance type, which knows of no custom networking.
	MaxPods map[string]int
	// Optional. Taints of every node besides its group's, which something that starts
	// on the node takes away: a CNI's agent. Default none.
	StartupTaints []Taint
	// Optional. Let nodes give pods IPv6 addresses. Default false.
	IPv6 bool
	// Optional. Tags of every resource, instances and volumes included. Default none.
	Tags map[string]string
}

// NodeGroups is the component.
type NodeGroups struct {
	pulumi.ResourceState

	// RoleArns are the roles of the nodes: managed, windows (managed, too), self,
	// self-windows, fargate, as far as there are such groups.
	RoleArns pulumi.StringMapOutput `pulumi:"roleArns"`
	// Names are the groups' physical names by the names given.
	Names pulumi.StringMapOutput `pulumi:"names"`

	name   string
	args   Args
	roles  map[class]*noderole.Role
	groups map[string]pulumi.Resource
}

// New makes the groups. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*NodeGroups, error) {
	if args == nil {
		return nil, errors.New("nodegroups: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &NodeGroups{name: name, args: full, roles: map[class]*noderole.Role{}, groups: map[string]pulumi.Resource{}}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("nodegroups %q: %w", name, err)
	}
	names, groups := pulumi.StringMap{}, Expand(PerZone(full.Groups, full.Network.Private))
	if err := c.makeRoles(ctx, groups); err != nil {
		return nil, fmt.Errorf("nodegroups %q: %w", name, err)
	}
	for _, key := range sortedKeys(groups) {
		made, physical, err := c.makeGroup(ctx, key, groups[key])
		if err != nil {
			return nil, fmt.Errorf("nodegroups %q: group %q: %w", name, key, err)
		}
		c.groups[key], names[key] = made, physical
	}
	roles := pulumi.StringMap{}
	for class, role := range c.roles {
		roles[class.name()] = role.Arn
	}
	c.RoleArns, c.Names = roles.ToStringMapOutput(), names.ToStringMapOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"roleArns": c.RoleArns, "names": c.Names})
}

// makeGroup makes a group of any kind, and says what AWS calls it.
func (c *NodeGroups) makeGroup(ctx *pulumi.Context, key string, group Group) (pulumi.Resource, pulumi.StringOutput, error) {
	switch group.Kind {
	case ipplan.SelfManaged:
		return c.makeSelfManaged(ctx, key, group)
	case ipplan.Fargate:
		return c.makeFargate(ctx, key, group)
	default:
		return c.makeManaged(ctx, key, group)
	}
}

// nodesNeed are all that must exist before a node of this role starts.
func (c *NodeGroups) nodesNeed(role *noderole.Role) []pulumi.Resource {
	return slices.Concat(role.Needs, c.args.Cluster.NodesNeed, c.args.Network.Egress)
}

// Resources are the node groups: what needs nodes depends on them.
func (c *NodeGroups) Resources() []pulumi.Resource {
	var groups []pulumi.Resource
	for _, key := range sortedKeys(c.groups) {
		groups = append(groups, c.groups[key])
	}
	return groups
}

func (a Args) withDefaults() Args {
	groups := make(map[string]Group, len(a.Groups))
	for name, group := range a.Groups {
		group = group.WithDefaults()
		if group.Kind != ipplan.Fargate {
			group.Taints = slices.Concat(group.Taints, a.StartupTaints)
		}
		groups[name] = group
	}
	a.Groups, a.Tags = groups, maps.Clone(a.Tags)
	return a
}

func (a Args) validate() error {
	var list problem.List
	list.Under("groups", ValidateGroups(a.Groups))
	groups := PerZone(a.Groups, a.Network.Private)
	for _, name := range sortedKeys(a.MaxPods) {
		if _, known := groups[name]; !known || a.MaxPods[name] < 1 {
			list.Addf(problem.Join("maxPods", name), "give 1 or more for a group of groups", "%d pods for group %q can't be", a.MaxPods[name], name)
		}
	}
	list.Under("groups", ValidateVersions(a.Groups, a.Cluster.Version))
	if a.Cluster.NameOutput == nil || a.Cluster.Version == "" {
		list.Add("cluster", "lacks a name or a version", "hand over a cluster's Ref()")
	}
	if len(a.Network.Private) == 0 {
		list.Add("network", "has no private subnets", "hand over a network's Ref()")
	}
	list.Under("groups", ValidateSubnets(a.Groups, a.Network.Private))
	for _, name := range sortedKeys(a.Groups) {
		if group := a.Groups[name]; group.Kind == ipplan.SelfManaged || group.AMIID != "" {
			a.validateJoining(&list, name)
			break
		}
	}
	return list.Err("nodegroups")
}

var groupName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)

// ValidateGroups lists what is wrong with groups that have their defaults. Paths
// begin with the group's name.
func ValidateGroups(groups map[string]Group) []problem.Problem {
	var list problem.List
	if len(groups) == 0 {
		list.Add("", "there is no node group", "name one: {general: {instanceTypes: [m7i.large]}}")
	}
	linux := len(groups) == 0
	for _, name := range sortedKeys(groups) {
		if !groupName.MatchString(name) {
			list.Add(name, "can't be a group's name", "use 1 to 20 lower-case letters, digits and hyphens")
		}
		list.Under(name, groups[name].Validate())
		linux = linux || groups[name].Kind != ipplan.Fargate && !groups[name].Windows()
		if _, taken := groups[name+greenSuffix]; taken && groups[name].BlueGreen != nil {
			list.Addf(name+greenSuffix, "use another name", "is what the second group of %s is called", name)
		}
	}
	if !linux {
		list.Add("", "has no group of Linux nodes, and DNS and the platform's own pods run nowhere else", "add one: {system: {instanceTypes: [m7i.large]}}")
	}
	return list.All()
}

// ValidateVersions lists the groups whose nodes are newer than their control plane, or
// too far behind, or older than their image. Paths begin with the group's name.
func ValidateVersions(groups map[string]Group, controlPlane string) []problem.Problem {
	var list problem.List
	for _, name := range sortedKeys(groups) {
		group := groups[name]
		upgrade.CheckSkew(&list, name+".version", controlPlane, group.Version)
		group.checkImage(&list, name+".amiType", cmp.Or(group.Version, controlPlane))
		if group.BlueGreen != nil {
			green := group.green()
			upgrade.CheckSkew(&list, name+".blueGreen.green.version", controlPlane, group.BlueGreen.Green.Version)
			green.checkImage(&list, name+".blueGreen.green.amiType", cmp.Or(green.Version, controlPlane))
		}
	}
	return list.All()
}

// ValidateSubnets lists the subnets of groups that are not among a network's
// private ones, and groups that would be called like one group of a zone. Paths begin
// with the group's name.
func ValidateSubnets(groups map[string]Group, private ref.Subnets) []problem.Problem {
	var list problem.List
	var names []string
	for _, subnet := range private {
		names = append(names, subnet.Name)
	}
	for _, name := range sortedKeys(groups) {
		for i, subnet := range groups[name].Subnets {
			if !slices.Contains(names, subnet) {
				list.Addf(fmt.Sprintf("%s.subnets[%d]", name, i), "use some of "+strings.Join(names, ", "), "%q is not a private subnet", subnet)
			}
		}
	}
	checkZoneNames(&list, groups, private)
	return list.All()
}

// validateJoining holds the cluster's handle against what a node must be told that
// EKS does not tell.
func (a Args) validateJoining(list *problem.List, group string) {
	cluster := a.Cluster
	if cluster.Endpoint == nil || cluster.CertificateAuthority == nil || cluster.ServiceCIDR == nil || cluster.SecurityGroupID == nil {
		list.Addf("cluster", "hand over a cluster's Ref()", "lacks an endpoint, a certificate authority, a range of Services or a security group, and the nodes of %s join by themselves", group)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
