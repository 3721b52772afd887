package nodegroups

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Selector names pods that run on Fargate.
type Selector struct {
	// Required. Their namespace; * and ? stand for any characters, and any one.
	Namespace string `json:"namespace"`
	// Optional. The labels that they must have, up to 5; * and ? as above. Default any.
	Labels map[string]string `json:"labels"`
}

// The limits of a Fargate profile.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
const (
	maxSelectors      = 5
	maxSelectorLabels = 5
)

var namespacePattern = regexp.MustCompile(`^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$`)

func (g Group) validateSelectors(list *problem.List) {
	if len(g.Selectors) == 0 || len(g.Selectors) > maxSelectors {
		list.Addf("selectors", "name 1 to 5: [{namespace: batch}]", "there are %d", len(g.Selectors))
	}
	for i, selector := range g.Selectors {
		path := fmt.Sprintf("selectors[%d]", i)
		if !namespacePattern.MatchString(selector.Namespace) {
			list.Addf(path+".namespace", "use lower-case letters, digits, hyphens, * and ?", "%q is not a namespace's name", selector.Namespace)
		}
		if len(selector.Labels) > maxSelectorLabels {
			list.Addf(path+".labels", "use up to 5", "there are %d", len(selector.Labels))
		}
	}
}

// trustFargate lets the cluster's own profiles take the role, and no other's.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html#check-pod-execution-role
func (c *NodeGroups) trustFargate() string {
	zone := c.args.Network.Zones[0]
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks-fargate-pods.amazonaws.com"},"Action":"sts:AssumeRole",`+
		`"Condition":{"ArnLike":{"aws:SourceArn":"arn:%s:eks:%s:*:fargateprofile/%s/*"}}}]}`,
		c.args.Network.Partition(), strings.TrimRight(zone, "abcdefghijklmnopqrstuvwxyz"), c.args.Cluster.Name)
}

// makeFargate makes a profile. AWS changes none: another one replaces it.
func (c *NodeGroups) makeFargate(ctx *pulumi.Context, key string, group Group) (pulumi.Resource, pulumi.StringOutput, error) {
	role := c.roles[fargatePods]
	selectors := eks.FargateProfileSelectorArray{}
	for _, selector := range group.Selectors {
		selectors = append(selectors, eks.FargateProfileSelectorArgs{
			Namespace: pulumi.String(selector.Namespace), Labels: pulumi.ToStringMap(maps.Clone(selector.Labels)),
		})
	}
	made, err := eks.NewFargateProfile(ctx, c.name+"-"+key, &eks.FargateProfileArgs{
		ClusterName:         c.args.Cluster.NameOutput,
		PodExecutionRoleArn: role.Arn,
		SubnetIds:           group.subnets(c.args.Network.Private).IDs(),
		Selectors:           selectors,
		Tags:                tags.Named(c.args.Tags, c.args.Cluster.Name+"-"+key),
	}, pulumi.Parent(c), pulumi.DependsOn(c.nodesNeed(role)))
	if err != nil {
		return nil, pulumi.StringOutput{}, fmt.Errorf("Fargate profile: %w", err)
	}
	return made, made.FargateProfileName, nil
}
