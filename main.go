// Command eks-platform is the Pulumi program of the platform's stacks.
package main

import (
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() { pulumi.Run(stacks.Deploy) }
