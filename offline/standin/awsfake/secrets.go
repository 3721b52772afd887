package awsfake

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// secretVersion answers what a secret holds: credentials, as every simulated secret does.
func secretVersion(_ *Provider, args resource.PropertyMap) map[string]any {
	id := props.String(args, "secretId")
	return map[string]any{
		"id": id + "|AWSCURRENT", "arn": id, "secretId": id, "createdDate": createdAt, "secretBinary": "", "versionId": "AWSCURRENT",
		"versionStage": "AWSCURRENT", "versionStages": []any{"AWSCURRENT"},
		"secretString": `{"username":"vsadmin","password":"simulated-1"}`,
	}
}
