package network

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// adopt takes the VPC and the subnets that exist, and puts on the subnets the tags
// by which load balancers and Karpenter find them. Nothing else of them changes.
func (c *Network) adopt(ctx *pulumi.Context) error {
	c.VpcID = pulumi.String(c.args.Existing.VpcID).ToStringOutput()
	for _, s := range c.plan {
		c.subnets[s.Name] = pulumi.String(s.ID)
		tags := c.tierTags(s.Tier)
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			_, err := ec2.NewTag(ctx, c.childName(s.Name)+"-"+key, &ec2.TagArgs{
				ResourceId: pulumi.String(s.ID),
				Key:        pulumi.String(key),
				Value:      pulumi.String(tags[key]),
			}, pulumi.Parent(c))
			if err != nil {
				return fmt.Errorf("tag %s of subnet %s: %w", key, s.ID, err)
			}
		}
	}
	return nil
}
