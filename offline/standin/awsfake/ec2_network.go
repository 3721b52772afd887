package awsfake

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const (
	vpcType    = "aws:ec2/vpc:Vpc"
	subnetType = "aws:ec2/subnet:Subnet"
	eipType    = "aws:ec2/eip:Eip"
)

// ec2Network is the address side of a VPC.
var ec2Network = map[string]*row{
	vpcType: {
		args: ec2.VpcArgs{}, result: ec2.Vpc{},
		atMostOne: [][]string{{"ipv6IpamPoolId", "assignGeneratedIpv6CidrBlock"}, {"cidrBlock", "ipv4NetmaskLength"}},
		rules:     []rule{{"cidrBlock", prefixBetween(16, 28)}, {"instanceTenancy", oneOf("default", "dedicated")}},
		Rules:     delta.Rules{Replace: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"}},
		defaults:  map[string]any{"enableDnsSupport": true, "instanceTenancy": "default"},
		id:        ec2ID("vpc"),
		outputs: func(t thing) map[string]any {
			ipv6 := ""
			if t.hasTrue("assignGeneratedIpv6CidrBlock") {
				ipv6 = "2600:1f14:0:1200::/56"
			}
			return map[string]any{
				"ipv6CidrBlock": ipv6,
				"arn":           t.arn("ec2", "vpc/"+t.id), "ownerId": account, "dhcpOptionsId": t.ec2ID("dopt"),
				"defaultSecurityGroupId": t.ec2ID("sg"), "defaultNetworkAclId": t.ec2ID("acl"),
				"mainRouteTableId": t.ec2ID("rtb"), "defaultRouteTableId": t.ec2ID("rtb"),
			}
		},
		implicit: [][]string{{"defaultSecurityGroupId"}, {"defaultNetworkAclId"}, {"mainRouteTableId"}},
	},
	"aws:ec2/internetGateway:InternetGateway": {
		args: ec2.InternetGatewayArgs{}, result: ec2.InternetGateway{},
		id: ec2ID("igw"),
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.arn("ec2", "internet-gateway/"+t.id), "ownerId": account}
		},
	},
	subnetType: {
		args: ec2.SubnetArgs{}, result: ec2.Subnet{},
		atMostOne: [][]string{{"availabilityZone", "availabilityZoneId"}},
		rules: []rule{
			{"cidrBlock", prefixBetween(16, 28)}, {"ipv6CidrBlock", prefixBetween(64, 64)},
			{"privateDnsHostnameTypeOnLaunch", oneOf("ip-name", "resource-name")},
		},
		Rules:    delta.Rules{Replace: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId", "ipv6Native", "outpostArn"}},
		defaults: map[string]any{"mapPublicIpOnLaunch": false, "assignIpv6AddressOnCreation": false},
		id:       ec2ID("subnet"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "subnet/"+t.id), "ownerId": account, "privateDnsHostnameTypeOnLaunch": "ip-name",
				"availabilityZone": t.region + "a", "availabilityZoneId": zoneID(t),
			}
		},
		admit: admitSubnet,
	},
	eipType: {
		args: ec2.EipArgs{}, result: ec2.Eip{},
		rules: []rule{{"domain", oneOf("vpc", "standard")}},
		Rules: delta.Rules{Replace: []string{"domain", "vpc", "address", "customerOwnedIpv4Pool", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"}},
		id:    ec2ID("eipalloc"),
		outputs: func(t thing) map[string]any {
			ip := t.address("public", "203.0") // shaped like the documentation network
			return map[string]any{
				"allocationId": t.id, "arn": t.arn("ec2", "elastic-ip/"+t.id), "domain": "vpc", "vpc": true,
				"publicIp": ip, "publicDns": fmt.Sprintf("ec2-%s.%s.compute.amazonaws.com", strings.ReplaceAll(ip, ".", "-"), t.region),
				"publicIpv4Pool": "amazon", "networkBorderGroup": t.region,
			}
		},
	},
	"aws:ec2/natGateway:NatGateway": {
		args: ec2.NatGatewayArgs{}, result: ec2.NatGateway{},
		rules:    []rule{{"connectivityType", oneOf("private", "public")}},
		Rules:    delta.Rules{Replace: []string{"allocationId", "connectivityType", "privateIp", "subnetId"}, Sets: []string{"secondaryAllocationIds", "secondaryPrivateIpAddresses"}},
		defaults: map[string]any{"connectivityType": "public"},
		id:       ec2ID("nat"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"associationId": t.ec2ID("eipassoc"), "networkInterfaceId": t.ec2ID("eni"),
				"privateIp": t.address("private", "10.0"), "publicIp": t.publicIP(),
			}
		},
	},
}

// ec2ID gives the id function for ids such as vpc-0a1b….
func ec2ID(prefix string) func(thing) string {
	return func(t thing) string { return t.ec2ID(prefix) }
}

// publicIP finds the address behind a NAT gateway's allocation.
func (t thing) publicIP() string {
	address, found := t.objects.Find(t.region, eipType, t.str("allocationId"))
	if !found {
		return ""
	}
	return thing{urn: address.URN}.address("public", "203.0")
}

// zoneID makes up the id of a subnet's zone: ap-northeast-2a is apne2-az1.
func zoneID(t thing) string {
	zone := t.str("availabilityZone")
	parts := strings.Split(t.region, "-")
	if len(parts) != 3 || !strings.HasPrefix(zone, t.region) || len(zone) != len(t.region)+1 {
		return ""
	}
	short := parts[0]
	for _, side := range []string{"north", "south", "east", "west", "central"} {
		if strings.Contains(parts[1], side) {
			short += side[:1]
		}
	}
	return fmt.Sprintf("%s%s-az%d", short, parts[2], zone[len(zone)-1]-'a'+1)
}

// admitSubnet refuses what overlaps a sibling or lies outside the ranges of its VPC.
func admitSubnet(t thing) error {
	cidr := t.str("cidrBlock")
	own, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil // IPv6 only, or from a pool
	}
	found, inside := false, false
	for _, other := range t.objects.All() {
		if other.Scope != t.region {
			continue
		}
		text, _ := other.Inputs["cidrBlock"].(string)
		block, err := netip.ParsePrefix(text)
		ofVPC := other.Type == vpcType && other.ID == t.str("vpcId") || other.Type == rangeType && other.Inputs["vpcId"] == t.str("vpcId")
		switch {
		case err != nil:
		case ofVPC:
			found = true
			inside = inside || own.Bits() >= block.Bits() && block.Contains(own.Addr())
		case other.Type == subnetType && other.Inputs["vpcId"] == t.str("vpcId") && block.Overlaps(own):
			return awsError("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", cidr)
		}
	}
	if found && !inside {
		return awsError("InvalidSubnet.Range", "The CIDR '%s' is invalid.", cidr)
	}
	if zone := t.str("availabilityZone"); zone != "" && !strings.HasPrefix(zone, t.region) {
		return awsError("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. Subnets can only be created in the zones of %s.", zone, t.region)
	}
	return nil
}
