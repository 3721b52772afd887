package pack

import (
	"context"
	"testing"

	"github.com/blang/semver"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// build makes the pack as policyx would, for a stack with a configuration.
func build(t *testing.T, stack, config string, preview bool) policyx.PolicyPack {
	t.Helper()
	ctx, err := pulumi.NewContext(context.Background(), pulumi.RunInfo{
		Project: "eks-platform", Stack: stack, DryRun: preview, Mocks: nothing{},
		Config: map[string]string{"eks-platform:platform": config},
	})
	require.NoError(t, err)
	made, err := New(Name, Version, rules.All())(ctx)
	require.NoError(t, err)
	return made
}

type nothing struct{ pulumi.MockResourceMonitor }

func levelsOf(p policyx.PolicyPack) map[string]policyx.EnforcementLevel {
	all := map[string]policyx.EnforcementLevel{}
	for _, policy := range p.Policies() {
		all[policy.Name()] = policy.EnforcementLevel()
	}
	return all
}

// policyx ignores a pack's level, and the zero level is advisory: each policy
// must carry the one that its rule has in the stack's profile.
func TestEachPolicyCarriesItsLevel(t *testing.T) {
	t.Parallel()
	for _, profile := range profiles {
		got := levelsOf(build(t, "any", `{"profile":"`+string(profile)+`"}`, true))
		assert.Len(t, got, len(rules.All())+1)
		for _, rule := range rules.All() {
			assert.Equal(t, levels[rule.Level(profile)], got[rule.ID], "%s in %s", rule.ID, profile)
		}
		assert.Equal(t, policyx.EnforcementLevelAdvisory, got[UndecidedPolicy])
	}
	assert.NotContains(t, levelsOf(build(t, "any", "", false)), UndecidedPolicy, "at an update nothing is left undecided")
}

func TestProfileOfAStack(t *testing.T) {
	t.Parallel()
	const id = "workload-named-service-account" // advisory in dev only
	for name, test := range map[string]struct {
		stack, config string
		want          policyx.EnforcementLevel
	}{
		"configured":        {"prd", `{"profile":"dev"}`, policyx.EnforcementLevelAdvisory},
		"by name":           {"dev", "", policyx.EnforcementLevelAdvisory},
		"misspelt":          {"dev", `{"profile":"dve"}`, policyx.EnforcementLevelAdvisory},
		"another wins":      {"dev", `{"profile":"prd"}`, policyx.EnforcementLevelMandatory},
		"neither":           {"team-7", "", policyx.EnforcementLevelMandatory},
		"not an object":     {"team-7", `[1]`, policyx.EnforcementLevelMandatory},
		"not even JSON":     {"team-7", `{`, policyx.EnforcementLevelMandatory},
		"profile of a type": {"team-7", `{"profile":7}`, policyx.EnforcementLevelMandatory},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, levelsOf(build(t, test.stack, test.config, true))[id])
		})
	}
}

// reported runs every policy on a resource and lists who reported.
func reported(t *testing.T, p policyx.PolicyPack, token string, inputs map[string]property.Value) []string {
	t.Helper()
	var names []string
	for _, policy := range p.Policies() {
		validation, ok := policy.(policyx.ResourceValidationPolicy)
		require.True(t, ok)
		require.NoError(t, validation.Validate(context.Background(), policyx.ResourceValidationArgs{
			Manager: manager(func(message, urn string) {
				names = append(names, policy.Name())
				assert.Equal(t, "urn:x", urn)
				assert.NotEmpty(t, message)
			}),
			Resource: policyx.AnalyzerResource{Type: token, Name: "x", URN: "urn:x", Properties: property.NewMap(inputs)},
		}), "an error would end the run")
	}
	return names
}

type manager func(message, urn string)

func (m manager) ReportViolation(message, urn string) { m(message, urn) }

func TestUndecidedIsAdviceAtPreviewAndAViolationAtUpdate(t *testing.T) {
	t.Parallel()
	const role = "kubernetes:rbac.authorization.k8s.io/v1:Role"
	open := map[string]property.Value{"rules": property.New(property.Computed)}
	assert.Equal(t, []string{UndecidedPolicy}, reported(t, build(t, "prd", "", true), role, open))
	assert.Equal(t, []string{"rbac-no-wildcards"}, reported(t, build(t, "prd", "", false), role, open))

	clear := map[string]property.Value{"rules": property.New([]property.Value{})}
	assert.Empty(t, reported(t, build(t, "prd", "", true), role, clear))
}

// A cluster's own minor decides what the Pod Security Standards say.
func TestPodsAreHeldAgainstTheConfiguredMinor(t *testing.T) {
	t.Parallel()
	probe := property.New(map[string]property.Value{"httpGet": property.New(map[string]property.Value{
		"port": property.New(80.0), "host": property.New("127.0.0.2"),
	})})
	pod := map[string]property.Value{"spec": property.New(map[string]property.Value{
		"serviceAccountName": property.New("web"),
		"containers":         property.New([]property.Value{property.New(map[string]property.Value{"name": property.New("web"), "livenessProbe": probe})}),
	})}
	older := build(t, "prd", `{"cluster":{"version":"1.33"}}`, true)
	newer := build(t, "prd", `{"cluster":{"version":"1.35"}}`, true)
	assert.Empty(t, reported(t, older, "kubernetes:core/v1:Pod", pod))
	assert.Equal(t, []string{"pod-security-baseline"}, reported(t, newer, "kubernetes:core/v1:Pod", pod))
}

// Another repository composes a pack of its own.
func TestAPackOfOnesOwn(t *testing.T) {
	t.Parallel()
	mine := rules.Rule{
		ID: "mine", Title: "Mine.", Levels: map[rules.Profile]rules.Level{rules.Prd: rules.Disabled},
		Applies: func(rules.Type) bool { return true },
		Check:   func(rules.Resource) []rules.Finding { return []rules.Finding{{What: "is not mine", Undecided: true}} },
	}
	ctx, err := pulumi.NewContext(context.Background(), pulumi.RunInfo{Project: "other", Stack: "prd", DryRun: true, Mocks: nothing{}})
	require.NoError(t, err)
	made, err := New("other", semver.MustParse("1.2.3"), []rules.Rule{mine})(ctx)
	require.NoError(t, err)
	assert.Equal(t, "other", made.Name())
	assert.Equal(t, policyx.EnforcementLevelDisabled, levelsOf(made)["mine"])
	var messages []string
	for _, policy := range made.Policies() {
		if policy.Name() == UndecidedPolicy {
			validation := policy.(policyx.ResourceValidationPolicy)
			require.NoError(t, validation.Validate(context.Background(), policyx.ResourceValidationArgs{
				Manager: manager(func(message, _ string) { messages = append(messages, message) }), Resource: policyx.AnalyzerResource{Type: "a:b:C"},
			}))
		}
	}
	assert.Empty(t, messages, "a disabled rule is not undecided either")
}
