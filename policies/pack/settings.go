package pack

import (
	"slices"

	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// settings are what the pack knows of the stack that it judges.
type settings struct {
	profile           rules.Profile
	kubernetesVersion string
	preview           bool
}

// platformKey is the configuration key of package stacks. Of the object behind
// it the pack reads two values, so that it need not compile the components.
const platformKey = "platform"

type platform struct {
	Profile string `json:"profile"`
	Cluster struct {
		Version string `json:"version"`
	} `json:"cluster"`
}

var profiles = []rules.Profile{rules.Dev, rules.Stg, rules.Prd}

// readSettings reads the profile and the Kubernetes minor from the stack's
// configuration. Without them the stack's name is the profile where it is one,
// else prd, the strictest; and the minor is the latest that the checks know.
func readSettings(ctx *pulumi.Context) settings {
	var found platform
	// A configuration that can't be read is the program's to report; here it only
	// means the strictest profile.
	_ = config.New(ctx, "").GetObject(platformKey, &found)
	s := settings{profile: rules.Prd, kubernetesVersion: found.Cluster.Version, preview: ctx.DryRun()}
	for _, name := range []string{found.Profile, ctx.Stack()} {
		if profile := rules.Profile(name); slices.Contains(profiles, profile) {
			s.profile = profile
			break
		}
	}
	return s
}
