// Package ref holds the plain handles that components exchange, so that no
// component imports another. A program that did not make a network or a cluster
// with this library fills in a handle by hand and hands it over all the same.
package ref

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Network is what others need to know of a VPC.
type Network struct {
	// VpcID is the VPC's id.
	VpcID pulumi.StringInput
	// Zones are the availability zones in use, in name order.
	Zones []string
	// PublicSubnetIDs are the subnets for internet-facing load balancers, by zone.
	PublicSubnetIDs map[string]pulumi.StringInput
	// PrivateSubnetIDs are the subnets for nodes and pods, by zone.
	PrivateSubnetIDs map[string]pulumi.StringInput
	// Egress are the resources without which a private subnet has no way out
	// (NAT gateways, routes): what needs the internet depends on them.
	Egress []pulumi.Resource
}

// Public lists the public subnets' ids in the order of their zones.
func (n Network) Public() pulumi.StringArray { return inZoneOrder(n.PublicSubnetIDs) }

// Private lists the private subnets' ids in the order of their zones.
func (n Network) Private() pulumi.StringArray { return inZoneOrder(n.PrivateSubnetIDs) }

// Partition is the AWS partition of the network's region, as ARNs begin with it.
func (n Network) Partition() string {
	for prefix, partition := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov"} {
		if len(n.Zones) > 0 && strings.HasPrefix(n.Zones[0], prefix) {
			return partition
		}
	}
	return "aws"
}

func inZoneOrder(ids map[string]pulumi.StringInput) pulumi.StringArray {
	zones := make([]string, 0, len(ids))
	for zone := range ids {
		zones = append(zones, zone)
	}
	slices.Sort(zones)
	list := make(pulumi.StringArray, 0, len(zones))
	for _, zone := range zones {
		list = append(list, ids[zone])
	}
	return list
}

// Cluster is what others need to know of a control plane.
type Cluster struct {
	// Name is the cluster's physical name. It is plain: names of roles, tags and
	// log groups are made of it before the cluster exists.
	Name string
	// Version is the Kubernetes minor of the control plane, such as "1.35".
	Version string
	// NameOutput is the name once the cluster exists; what uses it waits for the cluster.
	NameOutput pulumi.StringInput
	// OidcProviderArn is the IAM OIDC provider of the cluster's service accounts.
	OidcProviderArn pulumi.StringInput
	// OidcIssuer is the issuer of service account tokens, without "https://".
	OidcIssuer pulumi.StringInput
	// NodesNeed are the resources that must exist before the first node joins:
	// the CNI and kube-proxy add-ons.
	NodesNeed []pulumi.Resource
}
