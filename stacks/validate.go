package stacks

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
)

var (
	regionName   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	platformName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	accountID    = regexp.MustCompile(`^\d{12}$`)
)

// maxTags leaves room for the Name and the tags that EKS and the load balancer
// controller add: AWS takes 50 on a resource.
const maxTags = 35

// validate notes every problem of a configuration that has its defaults.
func (c Config) validate(list *problem.List) {
	problem.OneOf(list, "profile", string(c.Profile), string(Dev), string(Stg), string(Prd))
	if !regionName.MatchString(c.Region) {
		list.Addf("region", "name an AWS region, such as ap-northeast-2", "%q is not a region", c.Region)
	}
	if !platformName.MatchString(c.Name) {
		list.Addf("name", "use 1 to 40 lower-case letters, digits and hyphens, a letter first", "%q can't be a platform's name", c.Name)
	}
	switch {
	case c.AccountID == "":
		list.Add("accountId", "is missing", "write the account's 12 digits in quotes")
	case !accountID.MatchString(c.AccountID):
		list.Addf("accountId", "write the 12 digits in quotes", "%q is not an AWS account", c.AccountID)
	}
	c.validateTags(list)
	list.Under("network", c.Network.Validate(c.Region))
	list.Under("cni", c.CNI.Validate())
	list.Under("cluster", c.Cluster.Validate())
	list.Under("cluster", c.Cluster.ValidateZones(c.Network.Zones))
	list.Under("nodeSecurity", c.NodeSecurity.Validate())
	list.Under("nodeGroups", nodegroups.ValidateGroups(c.NodeGroups))
	c.validateAddons(list)
	c.validateKarpenter(list)
	c.validateMirror(list)
	c.validateControllers(list)
	c.validateStorage(list)
	c.validateTenants(list)
	if len(list.All()) == 0 { // which charts there are depends on all the rest
		c.validateCharts(list)
	}
	c.validateRanges(list)
	c.validateProfile(list)
	c.validateAddresses(list)
	list.Under("nodeGroups", nodegroups.ValidateVersions(c.NodeGroups, c.Cluster.Version))
}

func (c Config) validateTags(list *problem.List) {
	if len(c.Tags) > maxTags {
		list.Addf("tags", "AWS takes 50 on a resource, and others add theirs: use up to 35", "there are %d", len(c.Tags))
	}
	for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
		path := problem.Join("tags", key)
		switch {
		case key == "" || len(key) > 128 || len(c.Tags[key]) > 256:
			list.Add(path, "is too long or empty", "use up to 128 characters for the key and 256 for the value")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			list.Add(path, "begins with aws:, which AWS keeps for itself", "use another key")
		case slices.Contains(ownTags, key):
			list.Add(path, "is a tag that the platform sets", "use another key")
		}
	}
}

// validateRanges holds the Service addresses against the VPC's: pods could not
// reach one or the other.
func (c Config) validateRanges(list *problem.List) {
	service, err := netip.ParsePrefix(c.Cluster.ServiceCIDR)
	if err != nil || c.CNI.IPv6 {
		return // the cluster's own check, or EKS picks it
	}
	ranges := map[string]string{"network.cidr": c.Network.CIDR}
	if c.CNI.Overlay() {
		ranges["cni.podCidr"] = c.CNI.PodCIDR
	}
	for name, secondary := range c.Network.Secondary {
		ranges["network.secondary."+name+".cidr"] = secondary.CIDR
	}
	for _, subnet := range c.Network.Subnets(c.CNI.CNI) {
		if subnet.ID != "" && subnet.CIDR.IsValid() {
			ranges["network."+subnet.Range+".cidr"] = subnet.CIDR.String()
		}
	}
	for _, path := range slices.Sorted(maps.Keys(ranges)) {
		if own, err := netip.ParsePrefix(ranges[path]); err == nil && own.Overlaps(service) {
			list.Addf("cluster.serviceCidr", "use a range outside it, such as 172.20.0.0/16", "%s overlaps %s %s", service, path, own)
		}
	}
}

// validateAddresses holds the node groups against the addresses that there are.
func (c Config) validateAddresses(list *problem.List) {
	if c.CNI.IPv6 && !c.Network.IPv6 && c.Network.Existing == nil {
		list.Add("cni.ipv6", "needs IPv6 ranges in the VPC", "set network.ipv6: true")
	}
	list.Under("nodeGroups", nodegroups.ValidateSubnets(c.NodeGroups, c.privateSubnets()))
	for _, name := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		if c.NodeGroups[name].BlueGreen != nil && !slices.Contains(c.Network.Budget.Upgrades, string(ipplan.BlueGreen)) {
			list.Addf("network.budget.upgrades", "add blueGreen", "leaves blueGreen out, and group %s is upgraded that way", name)
		}
	}
	_, problems := c.AddressPlan()
	for _, p := range problems {
		if !list.Has(p.Path) { // the part's own check has said it
			list.Add(p.Path, p.What, p.Fix)
		}
	}
}

// validateProfile holds the configuration against what its profile demands.
func (c Config) validateProfile(list *problem.List) {
	want, known := profiles[c.Profile]
	if !known {
		return
	}
	zones := len(slices.Compact(slices.Clone(c.Network.Zones)))
	if zones < want.zones && zones >= 2 {
		list.Addf("network.zones", "name more zones, or use another profile", "profile %s needs %d zones, this names %d", c.Profile, want.zones, zones)
	}
	nodes := 0
	for _, group := range c.nodeGroups() {
		nodes += *group.Min
	}
	if len(c.NodeGroups) > 0 && nodes < want.nodes {
		list.Addf("nodeGroups", "raise a group's min", "profile %s needs %d nodes at all times, the groups' min add up to %d", c.Profile, want.nodes, nodes)
	}
	for _, text := range c.Cluster.PublicAccessCIDRs {
		if open, err := netip.ParsePrefix(text); err == nil && want.closed && open.Bits() == 0 {
			list.Addf("cluster.publicAccessCidrs", "list the ranges that need it, or leave it out", "%s opens the API server to everybody, which profile %s refuses", text, c.Profile)
		}
	}
}
