package controllers

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// DNS is external-dns.
type DNS struct {
	// Optional. The hosted zones of Route 53 that it writes to, public or private, by domain:
	// {example.com: Z0123456789ABCDEFGHIJ}. A domain below a zone's own keeps it to the names
	// there: {apps.example.com: Z0123456789ABCDEFGHIJ}. Default none, and it is off.
	Zones map[string]string `json:"zones"`
	// Optional. What it may do with records of its own: upsertOnly (make and change them) or
	// sync (delete them, too, when their objects go). Under upsertOnly nothing can be deleted,
	// so what Route 53 changes only by deleting waits for a person: an address that becomes a
	// load balancer's alias, for one. Default upsertOnly.
	Policy string `json:"policy"`
	// Optional. The kinds of objects whose host names become records: service, ingress,
	// crd (DNSEndpoint), gateway-httproute, gateway-grpcroute, gateway-tlsroute,
	// istio-gateway, istio-virtualservice. Default [service, ingress].
	Sources []string `json:"sources"`
	// Optional. By what its records say whose they are, so that two clusters that write to
	// one zone keep off each other's. Default the cluster's name.
	OwnerID string `json:"ownerId"`
	// Optional. How often it looks for changes, such as 5m. Default 1m.
	Interval string `json:"interval"`
}

const externalDNSName = "external-dns"

// The policies.
const (
	upsertOnly = "upsertOnly"
	syncPolicy = "sync"
)

// writing are the chart's names of the policies.
var writing = map[string]string{"": "upsert-only", upsertOnly: "upsert-only", syncPolicy: "sync"}

// sources are those of the objects that the platform can have.
// Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/about/
var sources = []string{"service", "ingress", "crd", "gateway-httproute", "gateway-grpcroute", "gateway-tlsroute", "istio-gateway", "istio-virtualservice"}

var externalDNS = controller{
	chart:   externalDNSName,
	on:      func(a Args) bool { return len(a.DNS.Zones) > 0 },
	install: externalDNSChart,
	role: func(a Args) irsa.Workload {
		return irsa.Workload{Name: externalDNSName, Namespace: system, ServiceAccounts: []string{externalDNSName}, Policy: externalDNSPolicy(a)}
	},
	validate: func(s Spec) []problem.Problem {
		var list problem.List
		list.Under("dns", s.DNS.problems())
		return list.All()
	},
}

// externalDNSChart has one replica in every profile: the chart has no key for more, and
// two would write the same records.
func externalDNSChart(a Args) ref.Chart {
	is := a.DNS
	from := is.Sources
	if len(from) == 0 {
		from = sources[:2]
	}
	owner := is.OwnerID
	if owner == "" {
		owner = a.Cluster.Name
	}
	interval := is.Interval
	if interval == "" {
		interval = "1m"
	}
	// Zones are those of the ids, which a domain may be only a part of; they seldom change.
	arguments := []string{"--aws-zone-match-parent", "--aws-zones-cache-duration=1h"}
	for _, id := range slices.Compact(slices.Sorted(maps.Values(is.Zones))) {
		arguments = append(arguments, "--zone-id-filter="+id)
	}
	return ref.Chart{
		Name: externalDNSName, Namespace: system,
		Values: map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": externalDNSName, "annotations": irsa.Annotations(a.Cluster, externalDNSName)},
			"provider":       map[string]any{"name": "aws"},
			"env":            []any{map[string]any{"name": "AWS_DEFAULT_REGION", "value": a.Cluster.Place.Region}},
			"domainFilters":  slices.Sorted(maps.Keys(is.Zones)), "extraArgs": arguments, "sources": from,
			"policy": writing[is.Policy], "registry": "txt", "txtOwnerId": owner,
			// Records of TXT can't stand beside a CNAME of the same name. With the dot, that of the
			// domain itself is in its zone, too.
			// Source: https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/registry/mapper/mapper.go
			"txtPrefix": "%{record_type}-owner.",
			"interval":  interval, "triggerLoopOnEvent": true,
			"priorityClassName": critical,
			// It keeps every pod of the cluster in memory.
			// Source: https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/advanced/operational-best-practices.md
			"resources":                 podspec.Resources("50m", "64Mi", "512Mi"),
			"topologySpreadConstraints": podspec.Spread(map[string]any{"app.kubernetes.io/name": externalDNSName}),
		},
	}
}

// externalDNSPolicy narrows what external-dns documents (docs/tutorials/aws.md of chart
// 1.21.1) from all hosted zones to those of the configuration, there to names of its
// domains and to the types of records that it manages, and without sync to what deletes
// nothing. It leaves out zones' tags, which it reads for filters that are not used.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
func externalDNSPolicy(a Args) string {
	zones := zoneArns(a.Cluster.Place, a.DNS.Zones)
	exactly := map[string]any{"route53:ChangeResourceRecordSetsRecordTypes": []string{"A", "AAAA", "CNAME", "TXT"}}
	if a.DNS.Policy != syncPolicy {
		exactly["route53:ChangeResourceRecordSetsActions"] = []string{"CREATE", "UPSERT"}
	}
	return iamdoc.Document(
		iamdoc.Statement{Sid: "Write", Action: "route53:ChangeResourceRecordSets", Resource: zones, Condition: iamdoc.Condition{
			"ForAllValues:StringEquals": exactly,
			"ForAllValues:StringLike":   recordNames(a.DNS.Zones, ""),
		}},
		iamdoc.Statement{Sid: "Read", Action: "route53:ListResourceRecordSets", Resource: zones},
		// It finds zones by listing them, which knows neither resources nor regions.
		iamdoc.Statement{Sid: "Find", Action: "route53:ListHostedZones", Resource: "*"},
	)
}

// zoneArns are the ARNs of hosted zones, each once.
func zoneArns(place ref.Place, zones map[string]string) []string {
	var arns []string
	for _, id := range slices.Compact(slices.Sorted(maps.Values(zones))) {
		arns = append(arns, "arn:"+place.Partition+":route53:::hostedzone/"+id)
	}
	return arns
}

// recordNames is the condition's value for records of domains, and of all below them, that
// begin with a text. Route 53 compares names in small letters without the last dot.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
func recordNames(zones map[string]string, begin string) map[string]any {
	var names []string
	for _, domain := range slices.Sorted(maps.Keys(zones)) {
		names = append(names, begin+domain, begin+"*."+domain)
	}
	return map[string]any{"route53:ChangeResourceRecordSetsNormalizedRecordNames": names}
}

var (
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)
	zoneForm   = regexp.MustCompile(`^Z[A-Z0-9]{7,31}$`)
	ownerForm  = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$`)
)

// validateZones notes what is wrong with domains and their zones.
func validateZones(list *problem.List, path string, zones map[string]string) {
	for _, domain := range slices.Sorted(maps.Keys(zones)) {
		at := problem.Join(path, domain)
		if !domainForm.MatchString(domain) {
			list.Addf(at, "write it as example.com, in small letters and without a dot at the end", "%q is not a domain", domain)
		}
		if !zoneForm.MatchString(zones[domain]) {
			list.Addf(at, "write the id that `aws route53 list-hosted-zones` prints behind /hostedzone/", "%q is not a hosted zone's id", zones[domain])
		}
	}
}

func (d DNS) problems() []problem.Problem {
	var list problem.List
	validateZones(&list, "zones", d.Zones)
	if _, known := writing[d.Policy]; !known {
		problem.OneOf(&list, "policy", d.Policy, upsertOnly, syncPolicy)
	}
	for _, source := range d.Sources {
		problem.OneOf(&list, "sources", source, sources...)
	}
	if d.OwnerID != "" && !ownerForm.MatchString(d.OwnerID) {
		list.Addf("ownerId", "use up to 63 letters, digits, hyphens, dots and underscores", "%q can't be an owner", d.OwnerID)
	}
	if interval, err := time.ParseDuration(d.Interval); d.Interval != "" && (err != nil || interval < 10*time.Second) {
		list.Addf("interval", "write 10s or more, such as 1m", "%q is no interval", d.Interval)
	}
	if len(d.Zones) == 0 && (d.Policy != "" || d.Interval != "" || d.OwnerID != "" || len(d.Sources) > 0) {
		list.Add("zones", "is empty, so external-dns is off and the rest has no effect", "name a zone, or remove the rest")
	}
	return list.All()
}
