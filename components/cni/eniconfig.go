package cni

import (
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeENIConfigs tells the VPC CNI which subnet the pods of each zone are in.
func makeENIConfigs(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) ([]pulumi.Resource, error) {
	var configs []pulumi.Resource
	for _, subnet := range args.Network.Pods {
		config, err := apiextensions.NewCustomResource(ctx, name+"-"+subnet.Zone, args.eniConfig(subnet),
			pulumi.Parent(parent), pulumi.DependsOn(args.After), pulumi.DeletedWith(args.Cluster.Resource))
		if err != nil {
			return nil, fmt.Errorf("ENIConfig %s: %w", subnet.Zone, err)
		}
		configs = append(configs, config)
	}
	return configs, nil
}

// eniConfig is named after the zone, which is the value of the node's label.
func (a Args) eniConfig(subnet ref.Subnet) *apiextensions.CustomResourceArgs {
	groups := pulumi.Array{a.Cluster.NodesIn()}
	for _, id := range a.PodSecurityGroupIDs {
		groups = append(groups, pulumi.String(id))
	}
	labels := maps.Clone(a.Labels)
	return &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("crd.k8s.amazonaws.com/v1alpha1"),
		Kind:       pulumi.String("ENIConfig"),
		Metadata:   metav1.ObjectMetaArgs{Name: pulumi.String(subnet.Zone), Labels: pulumi.ToStringMap(labels)},
		OtherFields: kubernetes.UntypedArgs{
			"spec": pulumi.Map{"subnet": subnet.ID, "securityGroups": groups},
		},
	}
}

func (a Args) validateENIConfigs(list *problem.List) {
	zones := map[string]bool{}
	for _, subnet := range a.Network.Pods {
		if zones[subnet.Zone] {
			list.Addf("network", "keep one", "%s has two subnets for pods, and an ENIConfig names one", subnet.Zone)
		}
		zones[subnet.Zone] = true
	}
	for _, zone := range a.Network.Zones {
		if !zones[zone] {
			list.Addf("network", "add one to the network's secondary ranges", "%s has no subnet for pods", zone)
		}
	}
	if a.Cluster.SecurityGroupID == nil {
		list.Add("cluster", "lacks its security group", "hand over a cluster's Ref()")
	}
	if slices.Contains(a.After, nil) || len(a.After) == 0 {
		list.Add("after", "names nothing", "hand over the vpc-cni add-on, which installs the ENIConfig resource")
	}
}
