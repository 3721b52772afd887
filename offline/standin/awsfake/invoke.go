package awsfake

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// invokes are the functions that the stand-in answers.
var invokes = map[string]func(*Provider, resource.PropertyMap) map[string]any{
	"aws:index/getPartition:getPartition": func(*Provider, resource.PropertyMap) map[string]any {
		return map[string]any{
			"id": partition, "partition": partition, "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws",
		}
	},
	"aws:index/getCallerIdentity:getCallerIdentity": func(*Provider, resource.PropertyMap) map[string]any {
		return map[string]any{
			"id": account, "accountId": account, "userId": "AROASIMULATEDACCOUNT0:offline",
			"arn": fmt.Sprintf("arn:%s:sts::%s:assumed-role/offline/simulated", partition, account),
		}
	},
	"aws:secretsmanager/getSecretVersion:getSecretVersion": secretVersion,
	"aws:index/getRegion:getRegion": func(p *Provider, args resource.PropertyMap) map[string]any {
		region := p.region
		if other := props.String(args, "name"); other != "" {
			region = other
		}
		return map[string]any{
			"id": region, "name": region, "description": "Simulated (" + region + ")",
			"endpoint": fmt.Sprintf("ec2.%s.amazonaws.com", region),
		}
	},
}
