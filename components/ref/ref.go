// Package ref holds the plain handles that components exchange, so that no
// component imports another. A program that did not make a network or a cluster
// with this library fills in a handle by hand and hands it over all the same.
package ref

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Cluster is what others need to know of a control plane.
type Cluster struct {
	// Name is the cluster's physical name. It is plain: names of roles, tags and
	// log groups are made of it before the cluster exists.
	Name string
	// Version is the Kubernetes minor of the control plane, such as "1.35".
	Version string
	// NameOutput is the name once the cluster exists; what uses it waits for the cluster.
	NameOutput pulumi.StringInput
	// Endpoint is the API server's URL.
	Endpoint pulumi.StringInput
	// CertificateAuthority is that of the API server, PEM in base64.
	CertificateAuthority pulumi.StringInput
	// ServiceCIDR is the range of Service addresses.
	ServiceCIDR pulumi.StringInput
	// OidcProviderArn is the IAM OIDC provider of the cluster's service accounts.
	OidcProviderArn pulumi.StringInput
	// OidcIssuer is the issuer of service account tokens, without "https://".
	OidcIssuer pulumi.StringInput
	// SecurityGroupID is the security group that EKS makes for the control plane and
	// its nodes.
	SecurityGroupID pulumi.StringInput
	// NodeSecurityGroupID is the security group of nodes and pods where that is not
	// the one EKS makes. May be nil.
	NodeSecurityGroupID pulumi.StringInput
	// Resource is what the cluster's objects are deleted with: where it goes, they
	// need not be deleted one by one. May be nil.
	Resource pulumi.Resource
	// NodesNeed are the resources that must exist before the first node joins:
	// the CNI and kube-proxy add-ons, and the CNI's settings.
	NodesNeed []pulumi.Resource
}

// NodesIn is the security group that nodes and pods are in.
func (c Cluster) NodesIn() pulumi.StringInput {
	if c.NodeSecurityGroupID != nil {
		return c.NodeSecurityGroupID
	}
	return c.SecurityGroupID
}

// Chart is how a component wants its chart installed: the chart's name in the
// catalogue, its namespace, and the values that the component decides.
type Chart struct {
	// Name is the chart's name in the catalogue.
	Name string
	// Namespace is where it is installed.
	Namespace string
	// Values are its values, as plain data.
	Values map[string]any
	// ExtraKeys are keys of the values that the chart reads though its own don't name them.
	ExtraKeys []string
}
