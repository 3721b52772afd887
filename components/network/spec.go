package network

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// NAT says how private subnets reach the internet.
type NAT string

const (
	// NATPerZone gives each zone a gateway of its own: a zone's failure stays in the zone.
	NATPerZone NAT = "perZone"
	// NATSingle shares the first zone's gateway: cheapest, and all egress falls with that zone.
	NATSingle NAT = "single"
	// NATNone gives private subnets no way out but the VPC's endpoints.
	NATNone NAT = "none"
)

// Spec decides the shape of a network. It is plain data: what it yields is known
// before anything exists.
type Spec struct {
	ipplan.VPC
	// Optional. How private subnets reach the internet: perZone, single or none,
	// which needs endpoints: [private]. Default perZone.
	NAT NAT `json:"nat"`
	// Optional. Endpoints by which the VPC reaches AWS services: gateways (S3 and
	// DynamoDB, free), private (these and the interfaces that a cluster without NAT
	// needs, paid by the hour and zone), or services by name, such as sqs. Default
	// [gateways]; [private] without NAT.
	Endpoints []string `json:"endpoints"`
	// Optional. Records of the VPC's traffic.
	FlowLogs FlowLogs `json:"flowLogs"`
	// Optional. Give the VPC and its subnets IPv6 ranges of Amazon's too, with a way
	// out for private subnets. Default false.
	IPv6 bool `json:"ipv6"`
}

// FlowLogs says where records of the VPC's traffic go.
type FlowLogs struct {
	// Optional. cloudWatch (a log group with a key of its own), s3 (a bucket that
	// exists, usually the log archive's) or none. Default none; cloudWatch in
	// profiles stg and prd.
	To string `json:"to"`
	// Optional. The bucket's ARN, with an optional folder behind it; required with
	// s3, which is encrypted and expires as the bucket says.
	BucketArn string `json:"bucketArn"`
	// Optional. Days that CloudWatch keeps the records, one of the periods it
	// offers. Default 90; as the cluster's logs in a profile.
	RetentionDays int `json:"retentionDays"`
	// Optional. ALL, ACCEPT or REJECT. Default ALL.
	Traffic string `json:"traffic"`
}

// Where flow logs go.
const (
	ToCloudWatch = "cloudWatch"
	ToS3         = "s3"
	ToNone       = "none"
)

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	s.VPC = s.VPC.WithDefaults()
	if s.Existing != nil {
		return s
	}
	if s.NAT == "" {
		s.NAT = NATPerZone
	}
	if s.Endpoints == nil {
		s.Endpoints = []string{setGateways}
		if s.NAT == NATNone {
			s.Endpoints = []string{setPrivate}
		}
	}
	s.FlowLogs = s.FlowLogs.withDefaults()
	return s
}

func (f FlowLogs) withDefaults() FlowLogs {
	if f.To == "" {
		f.To = ToNone
	}
	if f.RetentionDays == 0 {
		f.RetentionDays = 90
	}
	if f.Traffic == "" {
		f.Traffic = "ALL"
	}
	return f
}

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the spec. The region may be empty: then the
// first zone decides it.
func (s Spec) Validate(region string) []problem.Problem {
	var list problem.List
	list.Under("", s.VPC.Validate(region))
	if s.Existing != nil {
		s.validateAdopted(&list)
		return list.All()
	}
	problem.OneOf(&list, "nat", string(s.NAT), string(NATPerZone), string(NATSingle), string(NATNone))
	s.validateEndpoints(&list)
	s.FlowLogs.validate(&list)
	return list.All()
}

// validateAdopted refuses what only a VPC of the platform's own can have.
func (s Spec) validateAdopted(list *problem.List) {
	for key, set := range map[string]bool{
		"nat": s.NAT != "", "endpoints": len(s.Endpoints) > 0, "flowLogs": s.FlowLogs != FlowLogs{}, "ipv6": s.IPv6,
	} {
		if set {
			list.Add(key, "is for a VPC that the platform makes, and this one exists", "remove it, or existing")
		}
	}
}

var bucketArn = regexp.MustCompile(`^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$`)

func (f FlowLogs) validate(list *problem.List) {
	problem.OneOf(list, "flowLogs.to", f.To, ToCloudWatch, ToS3, ToNone)
	problem.OneOf(list, "flowLogs.traffic", f.Traffic, "ALL", "ACCEPT", "REJECT")
	switch {
	case f.To == ToS3 && !bucketArn.MatchString(f.BucketArn):
		list.Addf("flowLogs.bucketArn", "write it as arn:aws:s3:::log-archive", "%q is not a bucket's ARN", f.BucketArn)
	case f.To != ToS3 && f.BucketArn != "":
		list.Addf("flowLogs.bucketArn", "remove it, or set to: s3", "has no effect with to: %s", f.To)
	case f.To == ToCloudWatch && !slices.Contains(catalog.LogRetentionDays, f.RetentionDays):
		list.Addf("flowLogs.retentionDays", "use a period that CloudWatch offers, such as 30, 90 or 365", "%d is not one", f.RetentionDays)
	}
}

var serviceName = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$`)

func (s Spec) validateEndpoints(list *problem.List) {
	for i, name := range s.Endpoints {
		if !serviceName.MatchString(name) {
			list.Addf(fmt.Sprintf("endpoints[%d]", i), "use gateways, private, or a service's name such as sqs", "%q can't be an endpoint", name)
		}
	}
	if s.NAT != NATNone {
		return
	}
	var missing []string
	for _, service := range slices.Concat(gatewayServices, privateServices) {
		if !slices.Contains(s.services(), service) && service != "dynamodb" {
			missing = append(missing, service)
		}
	}
	if len(missing) > 0 {
		list.Addf("endpoints", "add private, or use another nat", "without NAT nodes can't reach %s", strings.Join(missing, ", "))
	}
}

// natZone is the zone whose NAT gateway serves a zone; empty when there is none.
func (s Spec) natZone(zone string) string {
	switch s.NAT {
	case NATPerZone:
		return zone
	case NATSingle:
		return s.Zones[0]
	default:
		return ""
	}
}

// regionOf is the zone's name without its letter.
func regionOf(zone string) string { return strings.TrimRight(zone, "abcdef") }

// letterOf is what distinguishes a zone from the others of its region.
func letterOf(zone string) string { return zone[len(zone)-1:] }
