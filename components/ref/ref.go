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
	// Place is where the cluster is. It is plain, too: ARNs are made of it.
	Place Place
	// PodIdentity says that pods get AWS credentials by EKS Pod Identity instead of the
	// cluster's OIDC provider.
	PodIdentity bool
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

// Place is where in AWS something is.
type Place struct {
	// Partition is that of ARNs: aws, aws-cn, aws-us-gov.
	Partition string
	// Region is the region, such as ap-northeast-2.
	Region string
	// Account is the account's 12 digits.
	Account string
}

// Arn is the ARN of a service's resource in the place.
func (p Place) Arn(service, resource string) string {
	return "arn:" + p.Partition + ":" + service + ":" + p.Region + ":" + p.Account + ":" + resource
}

// Chart is how a component wants its chart installed. It is plain data, because charts
// are rendered before anything is registered.
type Chart struct {
	// Name is the chart's name in the catalogue.
	Name string
	// Namespace is where it is installed.
	Namespace string
	// OwnsNamespace makes the namespace part of the chart.
	OwnsNamespace bool
	// PodSecurity is the Pod Security level of the namespace that it owns: restricted,
	// which is the default, baseline or privileged.
	PodSecurity string
	// Values are the values that the component decides.
	Values map[string]any
	// Profile are those that depend on how available the platform is to be: replicas,
	// disruption budgets.
	Profile map[string]any
	// ExtraKeys are keys of the values that the chart reads though its own don't name them.
	ExtraKeys []string
	// Dropped are the chart's hooks that are left out, as Kind/name, with the reason.
	Dropped map[string]string
	// Early are the chart's hooks that are made before its other objects, as Kind/name with
	// the reason.
	Early map[string]string
	// Ignored are fields that something in the cluster writes, by object as Kind/name.
	Ignored map[string][]string
	// After are the charts, where they are installed, whose controllers must answer first.
	After []string
}
