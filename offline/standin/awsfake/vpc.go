package awsfake

import (
	"reflect"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// vpcRows are the rules of security groups that are resources of their own.
var vpcRows = map[string]*row{
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": singleRule(vpc.SecurityGroupIngressRuleArgs{}, vpc.SecurityGroupIngressRule{}),
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   singleRule(vpc.SecurityGroupEgressRuleArgs{}, vpc.SecurityGroupEgressRule{}),
}

// otherEnds are what a rule may let in, or out to: exactly one of them.
var otherEnds = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

// singleRule is the row of either direction. A rule changes in place, but not
// to another group, and not from one kind of other end to another.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
func singleRule(args interface{ ElementType() reflect.Type }, result any) *row {
	return &row{
		args: args, result: result,
		exactlyOne: [][]string{otherEnds},
		rules: []rule{
			{"cidrIpv4", cidr(true)}, {"cidrIpv6", cidr(false)},
			{"ipProtocol", matching(regexp.MustCompile(`^(-1|tcp|udp|icmp|icmpv6|\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$`), "must be -1, tcp, udp, icmp, icmpv6 or a protocol's number")},
			{"fromPort", between(-1, 65535)}, {"toPort", between(-1, 65535)},
			{"description", matching(groupDescription, "holds a character that EC2 does not allow")},
		},
		cross: crossPorts,
		Rules: delta.Rules{Replace: []string{"securityGroupId"}},
		kinds: otherEnds,
		id:    ec2ID("sgr"),
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.arn("ec2", "security-group-rule/"+t.id), "securityGroupRuleId": t.id}
		},
		unique: []unique{{
			append([]string{"securityGroupId", "ipProtocol", "fromPort", "toPort"}, otherEnds...),
			message{"InvalidPermission.Duplicate", "the specified rule already exists in the security group %s"},
		}},
		goesWith: "securityGroupId",
	}
}

// crossPorts: a port range belongs to some protocols, and must not be given for
// all of them at once.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
func crossPorts(in resource.PropertyMap) []failure {
	var failures []failure
	protocol := props.String(in, "ipProtocol")
	for _, port := range []string{"fromPort", "toPort"} {
		switch known := given(in, port); {
		case protocol == "-1" && known:
			failures = append(failures, wrong("must not be given when ipProtocol is -1, which is every port", port))
		case (protocol == "tcp" || protocol == "udp" || protocol == "icmp") && !known:
			failures = append(failures, wrong("must be given when ipProtocol is "+protocol, port))
		}
	}
	from, fromKnown := number(in, "fromPort")
	to, toKnown := number(in, "toPort")
	if fromKnown && toKnown && from > to && (protocol == "tcp" || protocol == "udp") {
		failures = append(failures, wrong("must not be greater than toPort", "fromPort"))
	}
	return failures
}
