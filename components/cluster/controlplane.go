package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	eks "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// controlPlaneToken is the type of the child that is the EKS cluster itself.
const controlPlaneToken = "aws:eks/cluster:Cluster"

func (c *Cluster) makeControlPlane(ctx *pulumi.Context) (err error) {
	mode := eks.AuthenticationModeApi
	c.control, err = eks.NewCluster(ctx, c.name, &eks.ClusterArgs{
		Name:                            c.nameAfterLogs(),
		Version:                         pulumi.String(c.args.Version),
		VpcId:                           c.args.Network.VpcID,
		PrivateSubnetIds:                c.subnets().IDs(),
		KubernetesServiceIpAddressRange: c.serviceRange(),
		IpFamily:                        c.ipFamily(),
		EndpointPrivateAccess:           pulumi.Bool(true),
		EndpointPublicAccess:            pulumi.Bool(len(c.args.PublicAccessCIDRs) > 0),
		PublicAccessCidrs:               publicAccess(c.args.PublicAccessCIDRs),
		EnabledClusterLogTypes:          pulumi.ToStringArray(c.args.LogTypes),
		EncryptionConfigKeyArn:          c.key.Arn,
		AuthenticationMode:              &mode,
		AccessEntries:                   c.accessEntries(),
		// Nodes, the CNI and the OIDC provider are resources of this library's own:
		// eks.Cluster's CNI calls kubectl, its OIDC provider looks up a thumbprint
		// over the network, and its node role would be one more with rights.
		SkipDefaultNodeGroup: pulumi.BoolRef(true),
		UseDefaultVpcCni:     pulumi.BoolRef(true),
		CreateOidcProvider:   pulumi.Bool(false),
		InstanceRoles:        iam.RoleArray{},
		Tags:                 pulumi.ToStringMap(c.args.Tags), // eks.Cluster names each of its children itself
	}, pulumi.Parent(c), pulumi.Transforms([]pulumi.ResourceTransform{c.completeControlPlane, c.disownNodeGroup}))
	if err != nil {
		return fmt.Errorf("control plane: %w", err)
	}
	c.Name = c.control.EksCluster.Name()
	c.Endpoint = c.control.EksCluster.Endpoint()
	c.securityGroupID = c.control.EksCluster.VpcConfig().ClusterSecurityGroupId().Elem()
	c.certificateAuthority = c.control.EksCluster.CertificateAuthority().Data().Elem()
	c.Kubeconfig = kubeconfig(c.Name, c.Endpoint, c.certificateAuthority)
	c.services = pulumi.String(c.args.ServiceCIDR)
	if c.args.IPv6 {
		c.services = c.control.EksCluster.KubernetesNetworkConfig().ServiceIpv6Cidr().Elem()
	}
	return nil
}

// subnets are those of the control plane's interfaces.
func (c *Cluster) subnets() ref.Subnets {
	if len(c.args.Zones) == 0 {
		return c.args.Network.Control
	}
	var chosen ref.Subnets
	for _, subnet := range c.args.Network.Control {
		if slices.Contains(c.args.Zones, subnet.Zone) {
			chosen = append(chosen, subnet)
		}
	}
	return chosen
}

// With IPv6, EKS picks the Services' range itself and refuses one for IPv4.
func (c *Cluster) serviceRange() pulumi.StringPtrInput {
	if c.args.IPv6 {
		return nil
	}
	return pulumi.String(c.args.ServiceCIDR)
}

func (c *Cluster) ipFamily() pulumi.StringPtrInput {
	if c.args.IPv6 {
		return pulumi.String("ipv6")
	}
	return nil
}

// completeControlPlane sets on the EKS cluster what eks.Cluster has no input for.
func (c *Cluster) completeControlPlane(_ context.Context, child *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	if child.Type != controlPlaneToken {
		return nil
	}
	child.Props["upgradePolicy"] = pulumi.Map{"supportType": pulumi.String(c.args.SupportType)}
	if c.args.ZonalShift {
		child.Props["zonalShiftConfig"] = pulumi.Map{"enabled": pulumi.Bool(true)}
	}
	// CNI, kube-proxy and CoreDNS are managed add-ons; EKS need not install them too.
	child.Props["bootstrapSelfManagedAddons"] = pulumi.Bool(false)
	child.Opts.Protect = c.args.Protect
	return &pulumi.ResourceTransformResult{Props: child.Props, Opts: child.Opts}
}

// nodeGroupSuffix ends the name of the security group that eks.Cluster makes for nodes.
const nodeGroupSuffix = "-nodeSecurityGroup"

// disownNodeGroup takes the cluster's ownership tag from the security group that
// eks.Cluster makes for nodes it doesn't start: nodes are in EKS's own group, which
// has the tag, and a load balancer controller that finds two owned groups stops.
// Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/
func (c *Cluster) disownNodeGroup(_ context.Context, child *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	if child.Type != "aws:ec2/securityGroup:SecurityGroup" || !strings.HasSuffix(child.Name, nodeGroupSuffix) {
		return nil
	}
	child.Props["tags"] = tags.Named(c.args.Tags, child.Name)
	return &pulumi.ResourceTransformResult{Props: child.Props, Opts: child.Opts}
}

// nameAfterLogs is the cluster's name, known at every preview, which depends on
// the log group: that comes first, and outlives the cluster that writes to it. A
// transform could not say so: the engine drops the dependencies that one gives to
// the child of a remote component.
func (c *Cluster) nameAfterLogs() pulumi.StringOutput {
	return c.logs.URN().ApplyT(func(pulumi.URN) string { return c.args.ClusterName }).(pulumi.StringOutput)
}

// publicAccess leaves the list out where the endpoint is private: AWS answers
// with its own default there, which must not show as a difference.
func publicAccess(cidrs []string) pulumi.StringArrayInput {
	if len(cidrs) == 0 {
		return nil
	}
	return pulumi.ToStringArray(cidrs)
}
