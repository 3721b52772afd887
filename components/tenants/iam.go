package tenants

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Statement allows actions on resources in AWS.
type Statement struct {
	// Required. The actions: s3:GetObject.
	Actions []string `json:"actions"`
	// Required. The ARNs of what they are allowed on.
	Resources []string `json:"resources"`
	// Optional. What must hold besides: operator, key, value or list of values, such as
	// {StringEquals: {aws:RequestedRegion: ap-northeast-2}}. Default nothing.
	Conditions map[string]map[string]any `json:"conditions"`
	// Optional. Why all actions of a service, or all resources, are needed. Default none.
	Reason string `json:"reason"`
}

var (
	action = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9*?]+$`)
	arn    = regexp.MustCompile(`^arn:[a-z*?-]+:[a-z0-9-]+:[^:]*:[^:]*:.+$`)
)

// boundActions let a workload be somebody else, so their resource is always named.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
var boundActions = []string{"iam:PassRole", "sts:AssumeRole"}

// maxPolicy is how many characters the policies of a role may have that stand in it.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxPolicy = 10240

func validateIAM(statements []Statement) []problem.Problem {
	var list problem.List
	for i, s := range statements {
		list.Under(fmt.Sprintf("[%d]", i), s.validate())
	}
	if size := len(document(statements)); size > maxPolicy {
		list.Addf("", "allow less, or split the workload", "the policy has %d characters, and IAM takes %d", size, maxPolicy)
	}
	return list.All()
}

func (s Statement) validate() []problem.Problem {
	var list problem.List
	for key, values := range map[string][]string{"actions": s.Actions, "resources": s.Resources} {
		if len(values) == 0 {
			list.Add(key, "is empty", "name what the workload uses")
		}
	}
	for i, name := range s.Actions {
		service, rest, _ := strings.Cut(name, ":")
		switch {
		case name == wildcard || strings.Contains(service, wildcard):
			list.Addf(at("actions", i), "name the actions, as s3:GetObject", "%q allows every action of AWS", name)
		case !action.MatchString(name):
			list.Addf(at("actions", i), "write it as s3:GetObject", "%q is not an action", name)
		case rest == wildcard && s.Reason == "":
			list.Addf(at("actions", i), "name the actions, or say in reason why all are needed", "%q allows every action of the service", name)
		}
	}
	for i, name := range s.Resources {
		switch {
		case name != wildcard && !arn.MatchString(name):
			list.Addf(at("resources", i), "write it as arn:aws:s3:::bucket/*", "%q is not an ARN", name)
		case everything(name) && slices.ContainsFunc(s.Actions, func(a string) bool { return slices.ContainsFunc(boundActions, covers(a)) }):
			list.Addf(at("resources", i), "name the roles", "%q lets the workload be any role that trusts it", name)
		case everything(name) && s.Reason == "":
			list.Addf(at("resources", i), "name the resources, or say in reason why that is not possible", "%q is every resource", name)
		}
	}
	return list.All()
}

// everything says whether a resource is all that a service has.
func everything(resource string) bool {
	parts := strings.SplitN(resource, ":", 6)
	return resource == wildcard || len(parts) == 6 && strings.Trim(parts[5], "*/") == "" || len(parts) == 6 && parts[2] == "iam" && parts[5] == "role/*"
}

// covers says whether an action, which may hold wildcards, is or includes another.
func covers(pattern string) func(string) bool {
	text := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	expression := regexp.MustCompile("(?i)^" + text + "$")
	return expression.MatchString
}

// document is the policy of an account's role.
func document(statements []Statement) string {
	written := make([]iamdoc.Statement, 0, len(statements))
	for _, s := range statements {
		written = append(written, iamdoc.Statement{Action: s.Actions, Resource: s.Resources, Condition: s.Conditions})
	}
	return iamdoc.Document(written...)
}

// Digits of a hash that tell roles apart whose names are cut, or would be the same: account
// b-c of a and account c of a-b.
const digits = 8

// roleName is what the role of an account is called behind the cluster's name.
func roleName(cluster ref.Cluster, namespace, account string) string {
	sum := sha256.Sum256([]byte(namespace + "/" + account))
	name, room := namespace+"-"+account, max(irsa.MaxName-len(irsa.Name(cluster, ""))-1-digits, 0)
	if len(name) > room {
		name = strings.TrimRight(name[:room], "-")
	}
	return name + "-" + hex.EncodeToString(sum[:])[:digits]
}

// maxCluster leaves room for something readable in the names of roles.
const maxCluster = 40

func at(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
