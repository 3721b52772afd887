package awsfake

import (
	"fmt"
	"hash/crc32"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

const securityGroupType = "aws:ec2/securityGroup:SecurityGroup"

// groupDescription is what EC2 allows in descriptions of groups and rules.
var groupDescription = regexp.MustCompile(`^[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]*$`)

// ec2Security is who may talk to whom.
var ec2Security = map[string]*row{
	securityGroupType: {
		args: ec2.SecurityGroupArgs{}, result: ec2.SecurityGroup{},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: append(blockRules("ingress", "egress"),
			rule{"name", matching(regexp.MustCompile(`^.{1,255}$`), "must have 1 to 255 characters")},
			rule{"name", notMatching(regexp.MustCompile(`^sg-`), "must not begin with sg-")},
			rule{"description", matching(groupDescription, "holds a character that EC2 does not allow")}),
		name: &autoname{property: "name", prefix: "namePrefix", max: 255},
		Rules: delta.Rules{
			Replace: []string{"name", "namePrefix", "description", "vpcId"},
			Sets:    []string{"ingress", "egress"},
		},
		defaults: map[string]any{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		id:       ec2ID("sg"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "security-group/"+t.id), "ownerId": account, "ingress": []any{}, "egress": []any{},
			}
		},
		unique: []unique{{[]string{"name", "vpcId"}, message{
			"InvalidGroup.Duplicate", "The security group '%s' already exists for VPC"}}},
	},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
		args: ec2.DefaultSecurityGroupArgs{}, result: ec2.DefaultSecurityGroup{},
		rules: blockRules("ingress", "egress"),
		Rules: delta.Rules{Replace: []string{"vpcId"}, Sets: []string{"ingress", "egress"}},
		id:    defaultGroupID,
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "security-group/"+t.id), "ownerId": account, "name": "default",
				"description": "default VPC security group", "ingress": []any{}, "egress": []any{},
			}
		},
		goesWith: "vpcId",
	},
	"aws:ec2/securityGroupRule:SecurityGroupRule": {
		args: ec2.SecurityGroupRuleArgs{}, result: ec2.SecurityGroupRule{},
		atMostOne: [][]string{{"self", "sourceSecurityGroupId", "cidrBlocks"}, {"self", "sourceSecurityGroupId", "ipv6CidrBlocks"}},
		rules: []rule{
			{"type", oneOf("ingress", "egress")}, {"fromPort", between(-1, 65535)}, {"toPort", between(-1, 65535)},
			{"description", matching(groupDescription, "holds a character that EC2 does not allow")},
		},
		// A rule needs somebody at its other end.
		atLeastOne: [][]string{{"cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId"}},
		Rules: delta.Rules{Replace: []string{
			"type", "fromPort", "toPort", "protocol", "securityGroupId", "sourceSecurityGroupId", "self",
			"cidrBlocks", "ipv6CidrBlocks", "prefixListIds",
		}},
		id: func(t thing) string {
			return fmt.Sprintf("sgrule-%d", crc32.ChecksumIEEE(fmt.Append(nil, t.str("securityGroupId"), props.Public(t.in))))
		},
		outputs: func(t thing) map[string]any {
			return map[string]any{"securityGroupRuleId": t.ec2ID("sgr")}
		},
		taken:       message{"InvalidPermission.Duplicate", "the specified rule already exists (%s)"},
		deleteFirst: true,
		goesWith:    "securityGroupId",
	},
}

// blockRules are the rules for rules written inside a group.
func blockRules(blocks ...string) []rule {
	var rules []rule
	for _, block := range blocks {
		rules = append(rules,
			rule{block + ".*.fromPort", between(-1, 65535)}, rule{block + ".*.toPort", between(-1, 65535)},
			rule{block + ".*.description", matching(groupDescription, "holds a character that EC2 does not allow")})
	}
	return rules
}

// defaultGroupID finds the group that AWS made along with the VPC.
func defaultGroupID(t thing) string {
	vpc, found := t.objects.Find(t.region, vpcType, t.str("vpcId"))
	if !found {
		return t.ec2ID("sg") // the default VPC, of which nothing is known
	}
	for _, object := range t.objects.All() {
		if object.Owner == vpc.Key() && object.Type == securityGroupType {
			return object.ID
		}
	}
	return t.ec2ID("sg")
}
