package awsfake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const (
	roleType    = "aws:iam/role:Role"
	policyType  = "aws:iam/policy:Policy"
	inlineType  = "aws:iam/rolePolicy:RolePolicy"
	profileType = "aws:iam/instanceProfile:InstanceProfile"
)

// roleReference is a property that names a role.
var roleReference = []reference{{
	property: "role", typ: roleType,
	missing: message{"NoSuchEntity", "The role with name %s cannot be found."},
}}

// ofAccount gives the ARN of something in the simulated account: of what AWS and
// others own nothing is known.
func ofAccount(kind string) func(string, map[string]any) string {
	return func(arn string, _ map[string]any) string {
		if strings.HasPrefix(arn, iamARN(kind+"/")) {
			return arn
		}
		return ""
	}
}

// rolePath is IAM's own pattern for paths.
var rolePath = matching(regexp.MustCompile(`^/([\x21-\x7e]+/)?$`), "must begin and end with a slash")

// iamName is IAM's own pattern for names.
func iamName(limit string) *regexp.Regexp { return regexp.MustCompile(`^[\w+=,.@-]{1,` + limit + `}$`) }

var iamRows = map[string]*row{
	roleType: {
		args: iam.RoleArgs{}, result: iam.Role{},
		required:  []string{"assumeRolePolicy"},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"name", matching(iamName("64"), "must have 1 to 64 letters, digits or +=,.@-_")},
			{"namePrefix", matching(iamName("38"), "must have 1 to 38 letters, digits or +=,.@-_")},
			{"assumeRolePolicy", isPolicy}, {"inlinePolicies.*.policy", isPolicy},
			{"path", rolePath},
			{"maxSessionDuration", between(3600, 43200)},
			{"description", matching(regexp.MustCompile(`^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}\t\n\r]{0,1000}$`), "must have at most 1000 printable characters")},
			{"permissionsBoundary", isARN},
		},
		name:     &autoname{property: "name", prefix: "namePrefix", max: 64},
		Rules:    delta.Rules{Replace: []string{"name", "namePrefix", "path"}, Sets: []string{"managedPolicyArns", "inlinePolicies"}},
		defaults: map[string]any{"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": false},
		global:   true,
		id:       idFrom("", "name"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": iamARN("role" + t.str("path") + t.id), "createDate": createdAt,
				"uniqueId":          "AROA" + strings.ToUpper(t.hex("role", 17)),
				"managedPolicyArns": []any{}, "inlinePolicies": []any{},
			}
		},
		taken: message{"EntityAlreadyExists", "Role with name %s already exists."},
		inUse: "DeleteConflict",
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		args: iam.RolePolicyAttachmentArgs{}, result: iam.RolePolicyAttachment{},
		required:    []string{"role"},
		Rules:       delta.Rules{Replace: []string{"policyArn", "role"}},
		deleteFirst: true,
		global:      true,
		id:          func(t thing) string { return t.str("role") + "-" + t.hex("attachment", 26) },
		references: append([]reference{{
			property: "policyArn", typ: policyType, id: ofAccount("policy"),
			missing: message{"NoSuchEntity", "Policy %s does not exist or is not attachable."},
		}}, roleReference...),
	},
	policyType: {
		args: iam.PolicyArgs{}, result: iam.Policy{},
		required:  []string{"policy"},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"name", matching(iamName("128"), "must have 1 to 128 letters, digits or +=,.@-_")},
			{"namePrefix", matching(iamName("102"), "must have 1 to 102 letters, digits or +=,.@-_")},
			{"policy", isPolicy}, {"policy", onText(managedSize)},
			{"path", rolePath},
		},
		name:     &autoname{property: "name", prefix: "namePrefix", max: 128},
		Rules:    delta.Rules{Replace: []string{"name", "namePrefix", "path", "description"}},
		defaults: map[string]any{"path": "/"},
		global:   true,
		id:       func(t thing) string { return iamARN("policy" + t.str("path") + t.str("name")) },
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.id, "policyId": "ANPA" + strings.ToUpper(t.hex("policy", 17))}
		},
		unique: []unique{{[]string{"name"}, message{"EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed."}}},
		inUse:  "DeleteConflict",
	},
	profileType: {
		args: iam.InstanceProfileArgs{}, result: iam.InstanceProfile{},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"name", matching(iamName("128"), "must have 1 to 128 letters, digits or +=,.@-_")},
			{"namePrefix", matching(iamName("102"), "must have 1 to 102 letters, digits or +=,.@-_")},
			{"path", rolePath},
		},
		name:     &autoname{property: "name", prefix: "namePrefix", max: 128},
		Rules:    delta.Rules{Replace: []string{"name", "namePrefix", "path"}},
		defaults: map[string]any{"path": "/"},
		global:   true,
		id:       idFrom("", "name"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": iamARN("instance-profile" + t.str("path") + t.id), "createDate": createdAt,
				"uniqueId": "AIPA" + strings.ToUpper(t.hex("profile", 17)),
			}
		},
		taken:      message{"EntityAlreadyExists", "Instance Profile %s already exists."},
		references: roleReference,
	},
	inlineType: {
		args: iam.RolePolicyArgs{}, result: iam.RolePolicy{},
		required:  []string{"policy", "role"},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"policy", isPolicy}, {"name", matching(iamName("128"), "must have 1 to 128 letters, digits or +=,.@-_")},
		},
		name:       &autoname{property: "name", prefix: "namePrefix", max: 128},
		Rules:      delta.Rules{Replace: []string{"name", "namePrefix", "role"}},
		global:     true,
		id:         idFrom(":", "role", "name"),
		taken:      message{"EntityAlreadyExists", "the inline policy %s exists already"},
		references: roleReference,
		admit:      admitInline,
		amend:      again(admitInline),
	},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
		args: iam.OpenIdConnectProviderArgs{}, result: iam.OpenIdConnectProvider{},
		required: []string{"clientIdLists"},
		rules: []rule{
			{"url", matching(regexp.MustCompile(`^https://`), "must begin with https://")},
			{"thumbprintLists.*", matching(regexp.MustCompile(`^[0-9a-fA-F]{40}$`), "must be 40 hexadecimal digits")},
		},
		Rules:  delta.Rules{Replace: []string{"url"}, Sets: []string{"clientIdLists"}},
		global: true,
		id: func(t thing) string {
			return iamARN("oidc-provider/" + strings.TrimPrefix(t.str("url"), "https://"))
		},
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.id, "thumbprintLists": []any{t.hex("thumbprint", 40)}}
		},
		taken: message{"EntityAlreadyExists", "Provider %s already exists."},
	},
}

// IAM's limits for one managed policy, and for all inline policies of a role
// together, in characters that are no white space.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
const (
	managedLimit = 6144
	inlineLimit  = 10240
)

func policySize(document string) int { return len(strings.Join(strings.Fields(document), "")) }

func managedSize(document string) string {
	if size := policySize(document); size > managedLimit {
		return fmt.Sprintf("LimitExceeded: Cannot exceed quota for PolicySize: %d (it has %d)", managedLimit, size)
	}
	return ""
}

// admitInline adds up what a role's inline policies have.
func admitInline(t thing) error {
	size := policySize(t.str("policy"))
	for _, other := range t.objects.All() {
		if other.Type == inlineType && other.Inputs["role"] == t.str("role") && other.ID != t.id {
			document, _ := other.Inputs["policy"].(string)
			size += policySize(document)
		}
	}
	if size > inlineLimit {
		return awsError("LimitExceeded", "Maximum policy size of %d bytes exceeded for role %s", inlineLimit, t.str("role"))
	}
	return nil
}
