package storage

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What FSx calls its storage.
const (
	ssd = "SSD"
	hdd = "HDD"
)

// How long backups are kept, and the longest that AWS keeps them. In days.
// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemOntapConfiguration.html
const (
	backupDays    = 7
	maxBackupDays = 90
)

// The forms of times and ids.
var (
	clock        = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
	weekly       = regexp.MustCompile(`^[1-7]:([01]\d|2[0-3]):[0-5]\d$`)
	routeTableID = regexp.MustCompile(`^rtb-[0-9a-f]{8,17}$`)
)

// upkeep is what AWS does to a file system by itself, and when.
type upkeep struct {
	days                *int
	backup, maintenance string
}

func (u upkeep) validate(list *problem.List) {
	if u.days != nil && (*u.days < 0 || *u.days > maxBackupDays) {
		list.Addf("backupDays", fmt.Sprintf("use 0 for no backups, up to %d", maxBackupDays), "%d is out of range", *u.days)
	}
	if u.backup != "" && !clock.MatchString(u.backup) {
		list.Addf("backupAt", "write it in UTC as 03:00", "%q is not a time of day", u.backup)
	}
	if u.backup != "" && u.days != nil && *u.days == 0 {
		list.Add("backupAt", "there are no backups", "leave it out, or raise backupDays")
	}
	validateWeekly(list, u.maintenance)
}

func validateWeekly(list *problem.List, at string) {
	if at != "" && !weekly.MatchString(at) {
		list.Addf("maintenanceAt", "write day (1 is Monday), hour and minute in UTC as 7:09:00", "%q is not a time of the week", at)
	}
}

func validateZone(list *problem.List, zone string) {
	if zone != "" && !zoneName.MatchString(zone) {
		list.Addf("zone", "write it as ap-northeast-2a", "%q is not an availability zone", zone)
	}
}

func validateNamespaces(list *problem.List, namespaces []string) {
	for i, namespace := range namespaces {
		validateName(list, fmt.Sprintf("namespaces[%d]", i), namespace)
		if slices.Contains(namespaces[:i], namespace) {
			list.Addf(fmt.Sprintf("namespaces[%d]", i), "leave one", "%s is named twice", namespace)
		}
	}
}

// validateRoutes: a file system of two zones has addresses that route tables lead to.
func validateRoutes(list *problem.List, multi bool, tables []string) {
	switch {
	case multi && len(tables) == 0:
		list.Add("routeTableIds", "a file system of two zones is reached by routes", "name the route tables of the subnets of nodes and pods")
	case !multi && len(tables) > 0:
		list.Add("routeTableIds", "a file system of one zone needs no routes", "leave them out, or use a deployment of two zones")
	}
	for i, id := range tables {
		if !routeTableID.MatchString(id) {
			list.Addf(fmt.Sprintf("routeTableIds[%d]", i), "write it as rtb-0123456789abcdef0", "%q is not a route table's id", id)
		}
	}
}

// oneOfNumbers notes a number that is not among the allowed ones.
func oneOfNumbers(list *problem.List, path string, value int, allowed []int, of string) {
	if !slices.Contains(allowed, value) {
		list.Addf(path, "use one of "+strings.Trim(fmt.Sprint(allowed), "[]"), "%d is not what %s has", value, of)
	}
}

// lustreSize: a first step of 1200 GiB, then multiples of another.
// Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html
func lustreSize(list *problem.List, gib, step int) {
	const first = 1200
	switch {
	case step%first == 0 && step == 2*first && gib == first:
	case gib < step || gib%step != 0:
		fix := fmt.Sprintf("use a multiple of %d", step)
		if step == 2*first {
			fix = fmt.Sprintf("use %d or a multiple of %d", first, step)
		}
		list.Addf("gib", fix, "%d is not a size that AWS has", gib)
	}
}

// subnet is the private subnet of a zone; of the first zone where none is named.
func (m maker) subnet(zone string) (ref.Subnet, error) {
	return pick(m.args.Network.Private, func(s ref.Subnet) bool { return zone == "" || s.Zone == zone }, "in "+zone)
}

// otherSubnet is a private subnet of another zone.
func (m maker) otherSubnet(first ref.Subnet) (ref.Subnet, error) {
	return pick(m.args.Network.Private, func(s ref.Subnet) bool { return s.Zone != first.Zone }, "outside of "+first.Zone)
}

func pick(subnets ref.Subnets, fits func(ref.Subnet) bool, where string) (ref.Subnet, error) {
	if i := slices.IndexFunc(subnets, fits); i >= 0 {
		return subnets[i], nil
	}
	var zones []string
	for _, subnet := range subnets {
		zones = append(zones, subnet.Zone)
	}
	slices.Sort(zones)
	return ref.Subnet{}, fmt.Errorf("zone: the network has no private subnet %s; it has some in %s", where, strings.Join(slices.Compact(zones), ", "))
}

// inGroup is the group as the list that file systems take.
func inGroup(id pulumi.IDOutput) pulumi.StringArray { return pulumi.StringArray{id.ToStringOutput()} }

// optional is a text that is left out where it is empty.
func optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.StringPtr(text)
}

// marks are the tags of what a driver makes: the stack's and the cluster's.
func (a Args) marks() map[string]string {
	marks := map[string]string{clusterTag(a): owned}
	maps.Copy(marks, a.Tags)
	return marks
}

// tagList is the stack's and the cluster's tags as drivers take them: key=value, one after
// another. A tag that has these signs in it can't be written so, and is left out.
func (a Args) tagList() string {
	marks := a.marks()
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(marks)) {
		if pair := key + "=" + marks[key]; !strings.Contains(pair, ",") && strings.Count(pair, "=") == 1 {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, ",")
}

// sharedVolumes are a file system that is there, one volume and claim for each namespace.
// Kubernetes wants handles to differ, and these drivers mount by the attributes.
func (o objectArgs) sharedVolumes(namespaces []string, gib int, id string, mountOptions []string) []kube.Object {
	var all []kube.Object
	for _, namespace := range slices.Sorted(slices.Values(namespaces)) {
		all = append(all, o.volume(volume{
			name: o.name, namespace: namespace, gib: gib, shared: true, mountOptions: mountOptions,
			handle:     pulumi.Sprintf("%s-%s", o.made.names[id], namespace),
			attributes: map[string]any{"dnsname": o.made.names["dnsName"], "mountname": o.made.names["mountName"]},
		}, false)...)
	}
	return all
}
