package awsfake

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const rangeType = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"

// ec2VPC is what a VPC has besides subnets and routes.
var ec2VPC = map[string]*row{
	rangeType: {
		args: ec2.VpcIpv4CidrBlockAssociationArgs{}, result: ec2.VpcIpv4CidrBlockAssociation{},
		atMostOne: [][]string{{"cidrBlock", "ipv4NetmaskLength"}},
		rules:     []rule{{"cidrBlock", prefixBetween(16, 28)}},
		Rules:     delta.Rules{Replace: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "vpcId"}},
		id:        ec2ID("vpc-cidr-assoc"),
		outputs:   func(thing) map[string]any { return map[string]any{} },
	},
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": {
		args: ec2.EgressOnlyInternetGatewayArgs{}, result: ec2.EgressOnlyInternetGateway{},
		Rules:   delta.Rules{Replace: []string{"vpcId"}},
		id:      ec2ID("eigw"),
		outputs: func(thing) map[string]any { return map[string]any{} },
	},
	"aws:ec2/subnetCidrReservation:SubnetCidrReservation": {
		args: ec2.SubnetCidrReservationArgs{}, result: ec2.SubnetCidrReservation{},
		rules: []rule{{"reservationType", oneOf("prefix", "explicit")}, {"cidrBlock", prefixBetween(16, 28)}},
		Rules: delta.Rules{Replace: []string{"cidrBlock", "description", "reservationType", "subnetId"}},
		id:    ec2ID("scr"),
		outputs: func(thing) map[string]any {
			return map[string]any{"ownerId": account}
		},
		goesWith: "subnetId",
	},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {
		args: ec2.VpcEndpointArgs{}, result: ec2.VpcEndpoint{},
		exactlyOne: [][]string{{"resourceConfigurationArn", "serviceName", "serviceNetworkArn"}},
		rules: []rule{
			{"vpcEndpointType", oneOf("Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork")},
			{"ipAddressType", oneOf("ipv4", "dualstack", "ipv6")},
			{"serviceName", matching(regexp.MustCompile(`^(cn\.)?com\.amazonaws\.([a-z0-9-]+\.){1,2}[a-z0-9.-]+$`), "must be the name of a service, com.amazonaws.<region>.<service>")},
			{"policy", isPolicy},
		},
		Rules:    delta.Rules{Replace: []string{"serviceName", "serviceRegion", "vpcEndpointType", "vpcId"}, Sets: []string{"routeTableIds", "securityGroupIds", "subnetIds"}},
		defaults: map[string]any{"vpcEndpointType": "Gateway"},
		id:       ec2ID("vpce"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "vpc-endpoint/"+t.id), "ownerId": account, "state": "available", "requesterManaged": false,
				"cidrBlocks": []any{}, "dnsEntries": []any{}, "networkInterfaceIds": []any{}, "prefixListId": "",
				"policy": allowAll, "ipAddressType": "ipv4", "privateDnsEnabled": t.hasTrue("privateDnsEnabled"),
				"routeTableIds": []any{}, "securityGroupIds": []any{}, "subnetIds": []any{}, "serviceRegion": t.region,
				"dnsOptions": map[string]any{"dnsRecordIpType": "ipv4"}, "subnetConfigurations": []any{},
			}
		},
	},
	"aws:ec2/flowLog:FlowLog": {
		args: ec2.FlowLogArgs{}, result: ec2.FlowLog{},
		exactlyOne: [][]string{{"eniId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"}},
		rules: []rule{
			{"logDestinationType", oneOf("cloud-watch-logs", "s3", "kinesis-data-firehose")},
			{"trafficType", oneOf("ACCEPT", "ALL", "REJECT")},
			{"maxAggregationInterval", oneOfNumbers(60, 600)},
			{"logDestination", isARN}, {"iamRoleArn", isARN},
		},
		Rules: delta.Rules{Replace: []string{
			"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType",
			"logFormat", "logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "transitGatewayAttachmentId", "transitGatewayId", "vpcId",
		}},
		defaults: map[string]any{"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
		id:       ec2ID("fl"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "vpc-flow-log/"+t.id), "logGroupName": "",
				"logFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
			}
		},
	},
	"aws:ec2/tag:Tag": {
		args: ec2.TagArgs{}, result: ec2.Tag{},
		Rules:    delta.Rules{Replace: []string{"key", "resourceId"}},
		id:       idFrom(",", "resourceId", "key"),
		outputs:  func(thing) map[string]any { return map[string]any{} },
		taken:    message{"TagAlreadyManaged", "The tag %s is managed already."},
		goesWith: "resourceId",
		yields:   true, // AWS deletes a resource with its tags
	},
}

// allowAll is the policy that AWS gives an endpoint.
const allowAll = `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
