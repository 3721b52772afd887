package stacks

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/nodesecurity"
)

// Profile is a kind of environment.
type Profile string

const (
	// Dev is small and cheap: one NAT gateway, spot nodes, short retention.
	Dev Profile = "dev"
	// Stg has the shape of production, so that what works there works in production.
	Stg Profile = "stg"
	// Prd is production: three zones or more, highly available, private, protected.
	Prd Profile = "prd"
)

// traits are what a profile decides. One row a profile: what differs between
// environments is read here and nowhere else.
type traits struct {
	nat              network.NAT
	flowLogs         string
	growthPercent    int
	upgrades         []string
	logRetentionDays int
	keyDeletionDays  int
	protect          bool
	zonalShift       bool
	nodeSecurity     string
	capacityType     string
	minNodes         int
	// replicas are those of a controller that one replica would do for.
	replicas int
	// What the profile demands, whatever the configuration says.
	zones     int
	nodes     int
	closed    bool
	supported bool
}

var profiles = map[Profile]traits{
	Dev: {nat: network.NATSingle, flowLogs: network.ToNone, upgrades: []string{"rolling"},
		logRetentionDays: 7, keyDeletionDays: 7, nodeSecurity: nodesecurity.GroupCluster, capacityType: "SPOT", minNodes: 1, replicas: 1, zones: 2, nodes: 1},
	Stg: {nat: network.NATPerZone, flowLogs: network.ToCloudWatch, zonalShift: true, nodeSecurity: nodesecurity.GroupOwn, growthPercent: 25, upgrades: []string{"rolling", "blueGreen"},
		logRetentionDays: 30, keyDeletionDays: 7, capacityType: "ON_DEMAND", minNodes: 2, replicas: 2, zones: 2, nodes: 2},
	Prd: {nat: network.NATPerZone, flowLogs: network.ToCloudWatch, zonalShift: true, nodeSecurity: nodesecurity.GroupOwn, growthPercent: 50, upgrades: []string{"rolling", "blueGreen"},
		logRetentionDays: 365, keyDeletionDays: 30, protect: true, capacityType: "ON_DEMAND", minNodes: 3, replicas: 2,
		zones: 3, nodes: 2, closed: true, supported: true},
}

// profileOf reads the profile of an undecoded configuration, because the
// defaults below everything else depend on it. Without a known one it is prd,
// the strictest; decode and validate report what is wrong.
func profileOf(tree map[string]any) Profile {
	name, _ := tree["profile"].(string)
	if _, known := profiles[Profile(name)]; known {
		return Profile(name)
	}
	return Prd
}

// adopts says whether an undecoded configuration names a VPC that exists: what is
// made only with a VPC has no defaults then.
func adopts(tree map[string]any) bool {
	written, _ := tree["network"].(map[string]any)
	return written["existing"] != nil
}

// defaults is the configuration that the stack's own is laid over.
func (p Profile) defaults(adopted bool) Config {
	t := profiles[p]
	spec := network.Spec{VPC: ipplan.VPC{Budget: ipplan.Budget{GrowthPercent: t.growthPercent, Upgrades: slices.Clone(t.upgrades)}}}
	if !adopted {
		spec.NAT = t.nat
		spec.FlowLogs = network.FlowLogs{To: t.flowLogs, RetentionDays: t.logRetentionDays}
	}
	return Config{
		Network:      spec,
		NodeSecurity: nodesecurity.Spec{Group: t.nodeSecurity},
		Cluster:      cluster.Spec{LogRetentionDays: t.logRetentionDays, KeyDeletionDays: t.keyDeletionDays, Protect: t.protect, ZonalShift: t.zonalShift},
	}
}

// groupDefaults fills in what the profile says of a node group. Fargate has neither
// capacity types nor nodes of its own.
func (p Profile) groupDefaults(group nodegroups.Group) nodegroups.Group {
	t := profiles[p]
	if group.Kind == ipplan.Fargate {
		return group
	}
	if group.CapacityType == "" {
		group.CapacityType = t.capacityType
	}
	if group.Min == nil && t.minNodes > 0 {
		group.Min = new(t.minNodes)
	}
	return group
}
