package cluster

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Spec decides the shape of a control plane. It is plain data: what it yields is
// known before anything exists.
type Spec struct {
	// Optional. The Kubernetes minor, quoted: "1.35". Default "1.35".
	Version string `json:"version"`
	// Optional. What EKS does when standard support of the minor ends: STANDARD
	// upgrades the cluster by itself, EXTENDED keeps the minor for up to 12 more
	// months at a higher price. Default STANDARD.
	SupportType string `json:"supportType"`
	// Optional. The minor that may run past its standard support in profile prd, at
	// the higher price: "1.34". Default none: such a plan is refused there.
	AcceptExtendedSupport string `json:"acceptExtendedSupport"`
	// Optional. The range of Service addresses, /12 to /24 in a private range,
	// outside the VPC. Can't be changed later. Default 172.20.0.0/16.
	ServiceCIDR string `json:"serviceCidr"`
	// Optional. The zones of the control plane's interfaces, two or more of the
	// network's. EKS never changes them: before a zone is added to the network, name
	// here those that the cluster was made with. Nodes may be in any zone. Default
	// all of the network's.
	Zones []string `json:"zones"`
	// Optional. The ranges that reach the API server from the internet. Default
	// none: the endpoint is private.
	PublicAccessCIDRs []string `json:"publicAccessCidrs"`
	// Required. Who administers the cluster besides its creator: a name of your
	// choice and the ARN of an IAM role or user, at least one.
	Admins map[string]string `json:"admins"`
	// Optional. Who else enters the cluster, by a name of your choice. Default nobody.
	Access map[string]Access `json:"access"`
	// Optional. An OIDC provider of people besides IAM. Default none.
	IdentityProvider *IdentityProvider `json:"identityProvider"`
	// Optional. Let Amazon's zonal shift move traffic away from a zone in trouble.
	// Default false; true in profiles stg and prd.
	ZonalShift bool `json:"zonalShift"`
	// Optional. The control plane's logs that go to CloudWatch: api, audit,
	// authenticator, controllerManager, scheduler. Default all five.
	LogTypes []string `json:"logTypes"`
	// Optional. Days that CloudWatch keeps those logs, one of the periods it
	// offers. Default 90.
	LogRetentionDays int `json:"logRetentionDays"`
	// Optional. Days between asking for the deletion of the key that encrypts
	// Secrets and its deletion, 7 to 30. Default 30.
	KeyDeletionDays int `json:"keyDeletionDays"`
	// Optional. Refuse to delete or replace the control plane and its key until
	// this is false. Default false; true in profile prd.
	Protect bool `json:"protect"`
}

// The values that AWS takes.
var (
	// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_LogSetup.html
	logTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
	// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_UpgradePolicyRequest.html
	supportTypes = []string{"STANDARD", "EXTENDED"}
)

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	if s.Version == "" {
		s.Version = catalog.KubernetesDefault
	}
	if s.SupportType == "" {
		s.SupportType = "STANDARD"
	}
	if s.ServiceCIDR == "" {
		s.ServiceCIDR = "172.20.0.0/16"
	}
	if s.LogTypes == nil {
		s.LogTypes = slices.Clone(logTypes)
	}
	if s.IdentityProvider != nil {
		s.IdentityProvider = new(s.IdentityProvider.WithDefaults())
	}
	if s.LogRetentionDays == 0 {
		s.LogRetentionDays = 90
	}
	if s.KeyDeletionDays == 0 {
		s.KeyDeletionDays = 30
	}
	return s
}

// Validate lists what is wrong with the values as written; call WithDefaults
// first. Paths are relative to the spec.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "version", s.Version, catalog.KubernetesVersions()...)
	problem.OneOf(&list, "supportType", s.SupportType, supportTypes...)
	for _, kind := range s.LogTypes {
		problem.OneOf(&list, "logTypes", kind, logTypes...)
	}
	if !slices.Contains(catalog.LogRetentionDays, s.LogRetentionDays) {
		list.Addf("logRetentionDays", "use a period that CloudWatch offers, such as 30, 90 or 365", "%d is not one", s.LogRetentionDays)
	}
	if s.KeyDeletionDays < 7 || s.KeyDeletionDays > 30 {
		list.Addf("keyDeletionDays", "use 7 to 30", "%d is out of range", s.KeyDeletionDays)
	}
	s.validateRanges(&list)
	s.validateAccess(&list)
	if s.IdentityProvider != nil {
		s.IdentityProvider.validate(&list)
	}
	return list.All()
}

// ValidateZones lists what is wrong with the zones in a network of these. Paths are
// relative to the spec.
func (s Spec) ValidateZones(network []string) []problem.Problem {
	var list problem.List
	for _, zone := range s.Zones {
		if !slices.Contains(network, zone) {
			list.Addf("zones", "use some of "+strings.Join(network, ", "), "%s is not among the network's zones", zone)
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(s.Zones))); len(s.Zones) > 0 && len(distinct) < 2 {
		list.Addf("zones", "name two or more, or leave it out", "EKS needs two zones, this names %d", len(distinct))
	}
	return list.All()
}

// privateRanges are those that EKS takes Service addresses from.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

func (s Spec) validateRanges(list *problem.List) {
	service, err := netip.ParsePrefix(s.ServiceCIDR)
	private := func(r netip.Prefix) bool { return r.Overlaps(service) && r.Bits() <= service.Bits() }
	switch {
	case err != nil || service != service.Masked():
		list.Addf("serviceCidr", "write it as 172.20.0.0/16", "%q is not an aligned IPv4 range", s.ServiceCIDR)
	case service.Bits() < 12 || service.Bits() > 24 || !slices.ContainsFunc(privateRanges, private):
		list.Addf("serviceCidr", "use a /12 to /24 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", "EKS refuses %s", service)
	}
	for _, text := range s.PublicAccessCIDRs {
		if cidr, err := netip.ParsePrefix(text); err != nil || cidr != cidr.Masked() {
			list.Addf("publicAccessCidrs", "write ranges as 203.0.113.0/24", "%q is not an aligned range", text)
		}
	}
}
