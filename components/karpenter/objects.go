package karpenter

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// class is what an EC2NodeClass says. Subnets and security groups are named by id:
// a tag finds what anyone tags, and the cluster's group is the one that EKS keeps.
func (a PoolsArgs) class(name string) pulumi.Map {
	n := a.NodeClasses[name]
	subnets, groups := pulumi.Array{}, pulumi.Array{pulumi.Map{"id": a.Cluster.NodesIn()}}
	for _, subnet := range n.subnetsOf(a.Network.Private) {
		subnets = append(subnets, pulumi.Map{"id": subnet.ID})
	}
	for _, id := range n.SecurityGroupIDs {
		groups = append(groups, pulumi.Map{"id": pulumi.String(id)})
	}
	spec := pulumi.Map{
		"amiFamily":                  pulumi.String(n.family().name),
		"amiSelectorTerms":           n.images(),
		"instanceProfile":            a.InstanceProfile,
		"subnetSelectorTerms":        subnets,
		"securityGroupSelectorTerms": groups,
		"associatePublicIPAddress":   pulumi.Bool(false),
		"blockDeviceMappings":        n.disks(),
		"detailedMonitoring":         pulumi.Bool(n.DetailedMonitoring),
		// Pods are a hop away, so they don't get the node's credentials.
		"metadataOptions": pulumi.Map{
			"httpEndpoint":            pulumi.String("enabled"),
			"httpProtocolIPv6":        pulumi.String("disabled"),
			"httpPutResponseHopLimit": pulumi.Int(1),
			"httpTokens":              pulumi.String("required"),
		},
	}
	if pods := a.MaxPods[name]; pods > 0 {
		spec["kubelet"] = pulumi.Map{"maxPods": pulumi.Int(pods)}
	}
	if n.InstanceStore {
		spec["instanceStorePolicy"] = pulumi.String("RAID0")
	}
	if n.UserData != "" {
		spec["userData"] = pulumi.String(n.UserData)
	}
	if len(a.Tags) > 0 {
		spec["tags"] = pulumi.ToStringMap(a.Tags)
	}
	return spec
}

func (n NodeClass) images() pulumi.Array {
	if len(n.AMIIDs) == 0 {
		return pulumi.Array{pulumi.Map{"alias": pulumi.String(n.AMI)}}
	}
	terms := pulumi.Array{}
	for _, id := range n.AMIIDs {
		terms = append(terms, pulumi.Map{"id": pulumi.String(id)})
	}
	return terms
}

// disks are the volumes of a node, all encrypted.
func (n NodeClass) disks() pulumi.Array {
	volumes := pulumi.Array{pulumi.Map{"deviceName": pulumi.String(n.family().pods), "ebs": volume(n.DiskGiB, pulumi.Map{
		"iops": pulumi.Int(n.DiskIOPS), "throughput": pulumi.Int(n.DiskThroughput),
	})}}
	if own := n.family().own; own != "" {
		volumes = append(volumes, pulumi.Map{"deviceName": pulumi.String(own), "ebs": volume(ownGiB, pulumi.Map{})})
	}
	return volumes
}

func volume(gib int, more pulumi.Map) pulumi.Map {
	more["volumeType"] = pulumi.String("gp3")
	more["volumeSize"] = pulumi.String(strconv.Itoa(gib) + "Gi")
	more["encrypted"] = pulumi.Bool(true)
	more["deleteOnTermination"] = pulumi.Bool(true)
	return more
}

// object is what a NodePool says.
func (p Pool) object() pulumi.Map {
	node := pulumi.Map{
		"nodeClassRef": pulumi.ToMap(map[string]any{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": p.NodeClass}),
		"requirements": p.requirements(),
		"expireAfter":  pulumi.String(p.ExpireAfter),
	}
	if p.TerminationGracePeriod != never {
		node["terminationGracePeriod"] = pulumi.String(p.TerminationGracePeriod)
	}
	for key, taints := range map[string][]Taint{"taints": p.Taints, "startupTaints": p.StartupTaints} {
		if len(taints) > 0 {
			node[key] = taintsOf(taints)
		}
	}
	template := pulumi.Map{"spec": node}
	if len(p.Labels) > 0 {
		template["metadata"] = pulumi.Map{"labels": pulumi.ToStringMap(p.Labels)}
	}
	spec := pulumi.Map{"template": template, "disruption": p.Disruption.object(), "limits": p.Limits.object()}
	if p.Weight > 0 {
		spec["weight"] = pulumi.Int(p.Weight)
	}
	return spec
}

// requirements are what instances must be. By default they are on Nitro, without which
// the VPC CNI gives no prefixes and no security groups to pods.
func (p Pool) requirements() pulumi.Array {
	all := []Requirement{{Key: osLabel, Operator: "In", Values: []string{"linux"}}}
	own := map[string]bool{}
	for _, requirement := range p.Requirements {
		own[requirement.Key] = true
	}
	hypervisor := []string{"nitro"}
	if own[hypervisorLabel] || len(p.InstanceFamilies)+len(p.InstanceTypes) > 0 {
		hypervisor = nil
	}
	for _, in := range []struct {
		key    string
		values []string
	}{
		{archLabel, p.Architectures}, {capacityLabel, p.CapacityTypes}, {categoryLabel, p.InstanceCategories}, {familyLabel, p.InstanceFamilies},
		{typeLabel, p.InstanceTypes}, {hypervisorLabel, hypervisor}, {zoneLabel, p.Zones},
	} {
		if len(in.values) > 0 {
			all = append(all, Requirement{Key: in.key, Operator: "In", Values: in.values})
		}
	}
	if p.MinInstanceGeneration > 0 {
		all = append(all, Requirement{Key: generationLabel, Operator: "Gte", Values: []string{strconv.Itoa(p.MinInstanceGeneration)}})
	}
	written := pulumi.Array{}
	for _, requirement := range append(all, p.Requirements...) {
		entry := pulumi.Map{"key": pulumi.String(requirement.Key), "operator": pulumi.String(requirement.Operator)}
		if len(requirement.Values) > 0 {
			entry["values"] = pulumi.ToStringArray(requirement.Values)
		}
		written = append(written, entry)
	}
	return written
}

func taintsOf(taints []Taint) pulumi.Array {
	written := pulumi.Array{}
	for _, taint := range taints {
		entry := pulumi.Map{"key": pulumi.String(taint.Key), "effect": pulumi.String(taint.Effect)}
		if taint.Value != "" {
			entry["value"] = pulumi.String(taint.Value)
		}
		written = append(written, entry)
	}
	return written
}

func (l Limits) object() pulumi.StringMap {
	limits := pulumi.StringMap{}
	for key, value := range map[string]string{"cpu": l.CPU, "memory": l.Memory, "nodes": strings.TrimPrefix(strconv.Itoa(l.Nodes), "0")} {
		if value != "" {
			limits[key] = pulumi.String(value)
		}
	}
	return limits
}

func (d Disruption) object() pulumi.Map {
	budgets := pulumi.Array{}
	for _, budget := range d.Budgets {
		entry := pulumi.Map{"nodes": pulumi.String(budget.Nodes)}
		for key, value := range map[string]string{"schedule": budget.Schedule, "duration": budget.Duration} {
			if value != "" {
				entry[key] = pulumi.String(value)
			}
		}
		if len(budget.Reasons) > 0 {
			entry["reasons"] = pulumi.ToStringArray(budget.Reasons)
		}
		budgets = append(budgets, entry)
	}
	return pulumi.Map{
		"consolidationPolicy": pulumi.String(d.ConsolidationPolicy), "consolidateAfter": pulumi.String(d.ConsolidateAfter), "budgets": budgets,
	}
}
