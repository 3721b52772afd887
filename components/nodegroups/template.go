package nodegroups

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/megazonecloud/eks-platform/components/userdata"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeTemplate makes the launch template of a group.
func (c *NodeGroups) makeTemplate(ctx *pulumi.Context, key string, group Group) (*ec2.LaunchTemplate, error) {
	args := c.templateArgs(key, group)
	if group.ownImage() {
		args.ImageId = pulumi.String(group.imageID(c.minor(group)))
		args.UserData = c.joiningData(key, group)
	} else if data := userdata.Joined(group.image().system, c.args.maxPods(key)); data != "" {
		args.UserData = pulumi.String(base64.StdEncoding.EncodeToString([]byte(data)))
	}
	if group.Kind == ipplan.SelfManaged {
		args.IamInstanceProfile = ec2.LaunchTemplateIamInstanceProfileArgs{Arn: c.roles[group.class()].Profile.Arn}
	}
	// EKS puts the nodes that it manages into its own group where nothing else is said.
	if group.Kind == ipplan.SelfManaged || c.args.Cluster.NodeSecurityGroupID != nil {
		args.VpcSecurityGroupIds = pulumi.StringArray{c.args.Cluster.NodesIn()}
	}
	template, err := ec2.NewLaunchTemplate(ctx, c.name+"-"+key, args, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("launch template: %w", err)
	}
	return template, nil
}

// ownImage says whether the launch template names the image, and then tells the node
// all: EKS adds nothing to that.
func (g Group) ownImage() bool { return g.Kind == ipplan.SelfManaged || g.AMIID != "" }

// templateArgs sets what a node group can't: metadata only with a session token
// and one hop away, so that pods don't get the node's credentials, and encrypted
// volumes.
func (c *NodeGroups) templateArgs(key string, group Group) *ec2.LaunchTemplateArgs {
	own := tags.Named(c.args.Tags, c.args.Cluster.Name+"-"+key)
	tagged := ec2.LaunchTemplateTagSpecificationArray{}
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		tagged = append(tagged, ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String(kind), Tags: own})
	}
	args := &ec2.LaunchTemplateArgs{
		Description: pulumi.Sprintf("Nodes %s of the EKS cluster %s", key, c.args.Cluster.Name),
		MetadataOptions: ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings:  group.disks(),
		TagSpecifications:    tagged,
		UpdateDefaultVersion: pulumi.Bool(true),
		Tags:                 own,
	}
	if group.SSHKey != "" {
		args.KeyName = pulumi.String(group.SSHKey)
	}
	return args
}

// joiningData tells a node how to join, once the cluster is there to say it.
func (c *NodeGroups) joiningData(key string, group Group) pulumi.StringOutput {
	cluster := c.args.Cluster
	return pulumi.All(cluster.Endpoint, cluster.CertificateAuthority, cluster.ServiceCIDR).ApplyT(func(known []any) (string, error) {
		text, err := userdata.Joining(group.image().system, userdata.Node{
			ClusterName: cluster.Name, Endpoint: known[0].(string), CertificateAuthority: known[1].(string), ServiceCIDR: known[2].(string),
			MaxPods: c.args.maxPods(key), Labels: group.Labels, Taints: group.kubernetesTaints(),
		})
		return base64.StdEncoding.EncodeToString([]byte(text)), err
	}).(pulumi.StringOutput)
}

// minor is the Kubernetes minor of a group's nodes.
func (c *NodeGroups) minor(group Group) string {
	return cmp.Or(group.Version, c.args.Cluster.Version)
}

// maxPods are the pods of a group's nodes; a second group has the first one's.
func (a Args) maxPods(key string) int {
	if pods, first := a.MaxPods[key]; first {
		return pods
	}
	return a.MaxPods[strings.TrimSuffix(key, greenSuffix)]
}

// subnets are those of a group's nodes.
func (g Group) subnets(private ref.Subnets) ref.Subnets {
	if len(g.Subnets) == 0 {
		return private
	}
	var chosen ref.Subnets
	for _, subnet := range private {
		if slices.Contains(g.Subnets, subnet.Name) {
			chosen = append(chosen, subnet)
		}
	}
	return chosen
}
