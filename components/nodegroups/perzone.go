package nodegroups

import (
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// PerZone replaces each group that asks for it by one for each zone of its subnets,
// called after the zone's letter: general-a. Names and zones of the private subnets
// are all that it reads of them.
func PerZone(groups map[string]Group, private ref.Subnets) map[string]Group {
	all := make(map[string]Group, len(groups))
	for name, group := range groups {
		if !group.PerZone {
			all[name] = group
			continue
		}
		group.PerZone = false
		for zone, subnets := range subnetsByZone(group.subnets(private)) {
			group.Subnets = subnets
			all[zoned(name, zone)] = group
		}
	}
	return all
}

func zoned(name, zone string) string { return name + "-" + zone[len(zone)-1:] }

func subnetsByZone(subnets ref.Subnets) map[string][]string {
	zones := map[string][]string{}
	for _, subnet := range subnets {
		if subnet.Zone != "" {
			zones[subnet.Zone] = append(zones[subnet.Zone], subnet.Name)
		}
	}
	return zones
}

// checkZoneNames notes the groups that would be called like one that PerZone makes.
func checkZoneNames(list *problem.List, groups map[string]Group, private ref.Subnets) {
	for _, name := range sortedKeys(groups) {
		if !groups[name].PerZone {
			continue
		}
		for _, zone := range sortedKeys(subnetsByZone(groups[name].subnets(private))) {
			if _, taken := groups[zoned(name, zone)]; taken {
				list.Addf(zoned(name, zone), "use another name", "is what the group %s is called in %s", name, zone)
			}
		}
	}
}
