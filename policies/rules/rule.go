// Package rules holds the platform's security rules as data: what each looks at,
// what it finds, why it exists and how to mend what it finds. A rule is pure: it
// sees one resource's inputs, whatever engine, mock or file they come from.
//
// Package pack serves these rules to Pulumi; another repository makes a pack of
// its own from the ones it wants, with rules of its own beside them.
package rules

// Family groups rules that look at the same kind of thing.
type Family string

// The families.
const (
	RBAC            Family = "rbac"
	Pods            Family = "pods"
	ServiceAccounts Family = "serviceaccounts"
	AWS             Family = "aws"
)

// Severity says how bad a finding is, whatever the environment.
type Severity string

// The severities, as scanners name them.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Level says what a finding does to a plan.
type Level string

// The levels.
const (
	// Mandatory findings fail the preview or the update.
	Mandatory Level = "mandatory"
	// Advisory findings are shown.
	Advisory Level = "advisory"
	// Disabled rules don't run.
	Disabled Level = "disabled"
)

// Profile is the kind of environment that a stack is.
type Profile string

// The profiles, as package stacks has them.
const (
	Dev Profile = "dev"
	Stg Profile = "stg"
	Prd Profile = "prd"
)

// Rule is one rule.
type Rule struct {
	// ID is the rule's stable name: policies, exemptions and tests know it by this.
	ID string
	// Family groups it.
	Family Family
	// Title states the rule in one sentence.
	Title string
	// Severity says how bad a finding is.
	Severity Severity
	// Levels say what a finding does, by profile. A profile left out is Mandatory.
	Levels map[Profile]Level
	// Applies says which resources it looks at, by their type.
	Applies func(Type) bool
	// Why says what goes wrong without the rule.
	Why string
	// Fix says what to write instead.
	Fix string
	// References are where the rule comes from: standards and their numbers.
	References []string
	// Check finds what is wrong with a resource. It must neither panic nor read
	// anything but the resource; a panic becomes a finding that names the rule.
	Check func(Resource) []Finding
}

// Level is what a finding does in a profile. A profile that nobody knows is
// treated as the strictest.
func (r Rule) Level(profile Profile) Level {
	if level, set := r.Levels[profile]; set {
		return level
	}
	return Mandatory
}

// Finding is one thing wrong with one resource.
type Finding struct {
	// Path is the property that it is about, such as
	// spec.template.spec.containers[0].securityContext.privileged.
	Path string
	// What says what is there and what is needed, without the value of a secret.
	What string
	// Undecided is set where the deciding property is not known yet, as before a
	// first deployment: neither right nor wrong.
	Undecided bool
}

// All lists the rules, by family and then as they build on each other.
func All() []Rule {
	return []Rule{
		rbacNoWildcards(),
		podSecurityBaseline(),
		workloadNamedServiceAccount(),
		eksEndpointPrivate(),
	}
}
