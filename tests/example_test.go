package tests

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/network"
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
