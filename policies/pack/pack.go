// Package pack makes a CrossGuard policy pack of rules. The pack in the folder
// policies serves rules.All(); a program of your own serves the rules you want:
//
//	func main() {
//		err := policyx.Main(pack.New("my-pack", semver.MustParse("1.0.0"), append(rules.All(), mine...)))
//		…
//	}
package pack

import (
	"context"

	"github.com/blang/semver"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"
)

// Name is the name of the platform's own pack.
const Name = "eks-platform"

// Version is the version of the platform's own pack.
var Version = semver.MustParse("0.1.0")

// UndecidedPolicy is the name of the advisory policy that tells, at a preview,
// what can't be decided before the update.
const UndecidedPolicy = "undecided-at-preview"

// Serve is the whole of the platform's pack: it serves until the engine ends it.
func Serve() error { return policyx.Main(New(Name, Version, rules.All())) }

// New makes the factory of a pack that policyx.Main serves. The stack's
// configuration decides the profile, and the profile each rule's level.
func New(name string, version semver.Version, list []rules.Rule) func(*pulumi.Context) (policyx.PolicyPack, error) {
	return func(ctx *pulumi.Context) (policyx.PolicyPack, error) {
		settings := readSettings(ctx)
		// The pack's own level is not used by policyx: each policy carries its own.
		return policyx.NewPolicyPack(name, version, policyx.EnforcementLevelMandatory, policies(list, settings))
	}
}

// policies makes one policy of each rule, and at a preview the one that tells
// what is undecided.
func policies(list []rules.Rule, s settings) []policyx.Policy {
	var all []policyx.Policy
	for _, rule := range list {
		all = append(all, policyx.NewResourceValidationPolicy(rule.ID, policyx.ResourceValidationPolicyArgs{
			Description:      rule.Title,
			EnforcementLevel: levels[rule.Level(s.profile)],
			// At an update everything is known that decides: what still is not, is wrong.
			ValidateResource: report([]rules.Rule{rule}, s, func(f rules.Finding) bool { return !f.Undecided || !s.preview }),
		}))
	}
	if s.preview {
		all = append(all, policyx.NewResourceValidationPolicy(UndecidedPolicy, policyx.ResourceValidationPolicyArgs{
			Description:      "Some rules can't be decided before the update, which holds the resources against them again.",
			EnforcementLevel: policyx.EnforcementLevelAdvisory,
			ValidateResource: report(enabled(list, s), s, func(f rules.Finding) bool { return f.Undecided }),
		}))
	}
	return all
}

var levels = map[rules.Level]policyx.EnforcementLevel{
	rules.Mandatory: policyx.EnforcementLevelMandatory,
	rules.Advisory:  policyx.EnforcementLevelAdvisory,
	rules.Disabled:  policyx.EnforcementLevelDisabled,
}

func enabled(list []rules.Rule, s settings) []rules.Rule {
	var on []rules.Rule
	for _, rule := range list {
		if rule.Level(s.profile) != rules.Disabled {
			on = append(on, rule)
		}
	}
	return on
}

// report holds a resource against rules and reports each finding that is wanted.
// It never returns an error: that would end the run and lose the other findings.
func report(list []rules.Rule, s settings, wanted func(rules.Finding) bool) func(context.Context, policyx.ResourceValidationArgs) error {
	return func(_ context.Context, args policyx.ResourceValidationArgs) error {
		resource := rules.NewResource(args.Resource.Type, args.Resource.Name, args.Resource.Properties, s.kubernetesVersion)
		for _, result := range rules.Evaluate(list, resource) {
			if wanted(result.Finding) {
				args.Manager.ReportViolation(result.Message(), args.Resource.URN)
			}
		}
		return nil
	}
}
