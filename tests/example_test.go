package tests

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The README's own example: a network and a control plane in a program of one's
// own, tested without an account.
func Example() {
	result, err := recorder.Run(func(ctx *pulumi.Context) error {
		vpc, err := network.New(ctx, "shop", &network.Args{
			Spec:        network.Spec{VPC: ipplan.VPC{CIDR: "10.40.0.0/16", Zones: []string{"eu-west-1a", "eu-west-1b"}}},
			ClusterName: "shop",
		})
		if err != nil {
			return err
		}
		_, err = cluster.New(ctx, "shop", &cluster.Args{
			Spec:        cluster.Spec{Admins: map[string]string{"team": "arn:aws:iam::111122223333:role/Team"}},
			ClusterName: "shop",
			Network:     vpc.Ref(),
		})
		return err
	})
	fmt.Println(err)
	fmt.Println(len(result.OfType("aws:ec2/subnet:Subnet")), "subnets")
	fmt.Println(result.Get("eks:index:Cluster", "shop").Inputs["version"])
	// Output:
	// <nil>
	// 8 subnets
	// 1.35
}

// Nodes that are not EKS's: three t3.medium to start with, one to four, with an SSH key,
// in a cluster that this library did not make.
func Example_selfManagedNodes() {
	result, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := nodegroups.New(ctx, "shop", &nodegroups.Args{
			Groups: map[string]nodegroups.Group{"al-nodes": {
				Kind: ipplan.SelfManaged, InstanceTypes: []string{"t3.medium"}, Min: new(1), Desired: new(3), Max: new(4), SSHKey: "operators",
			}},
			Cluster: ref.Cluster{
				Name: "shop", Version: "1.35", NameOutput: pulumi.String("shop"), Endpoint: pulumi.String("https://shop.eks.amazonaws.com"),
				CertificateAuthority: pulumi.String("Q0E="), ServiceCIDR: pulumi.String("172.20.0.0/16"), SecurityGroupID: pulumi.String("sg-0123456789abcdef0"),
			},
			Network: ref.Network{
				Zones:   []string{"eu-west-1a"},
				Private: ref.Subnets{{Name: "private-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-0123456789abcdef0")}},
			},
		})
		return err
	})
	fmt.Println(err)
	group := result.Get("aws:autoscaling/group:Group", "shop-al-nodes").Inputs
	fmt.Println(group["minSize"], group["desiredCapacity"], group["maxSize"])
	template := result.Get("aws:ec2/launchTemplate:LaunchTemplate", "shop-al-nodes").Inputs
	fmt.Println(template["imageId"], template["keyName"])
	// Output:
	// <nil>
	// 1 3 4
	// resolve:ssm:/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id operators
}
