package awsfake

import (
	"fmt"
	"hash/crc32"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

// routeDestinations and routeTargets: the provider wants exactly one of each.
var (
	routeDestinations = []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"}
	routeTargets      = []string{
		"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
		"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
	}
)

// ec2Routing is where packets go.
var ec2Routing = map[string]*row{
	"aws:ec2/routeTable:RouteTable": {
		args: ec2.RouteTableArgs{}, result: ec2.RouteTable{},
		Rules: delta.Rules{Replace: []string{"vpcId"}, Sets: []string{"routes", "propagatingVgws"}},
		id:    ec2ID("rtb"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("ec2", "route-table/"+t.id), "ownerId": account, "routes": []any{}, "propagatingVgws": []any{},
			}
		},
	},
	"aws:ec2/route:Route": {
		args: ec2.RouteArgs{}, result: ec2.Route{},
		exactlyOne: [][]string{routeDestinations, routeTargets},
		Rules:      delta.Rules{Replace: append([]string{"routeTableId"}, routeDestinations...)},
		id: func(t thing) string {
			var destination string
			for _, property := range routeDestinations {
				destination += t.str(property)
			}
			return fmt.Sprintf("r-%s%d", t.str("routeTableId"), crc32.ChecksumIEEE([]byte(destination)))
		},
		outputs: func(thing) map[string]any {
			return map[string]any{"origin": "CreateRoute", "state": "active"}
		},
		taken:    message{"RouteAlreadyExists", "The route identified by %s already exists."},
		goesWith: "routeTableId",
		yields:   true, // AWS leaves the route behind as a black hole
	},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": {
		args: ec2.RouteTableAssociationArgs{}, result: ec2.RouteTableAssociation{},
		exactlyOne: [][]string{{"subnetId", "gatewayId"}},
		Rules:      delta.Rules{Replace: []string{"subnetId", "gatewayId"}},
		id:         ec2ID("rtbassoc"),
		unique: []unique{{[]string{"subnetId"}, message{
			"Resource.AlreadyAssociated", "the specified association for subnet %s conflicts with an existing association"}}},
	},
}
