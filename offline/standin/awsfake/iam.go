package awsfake

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const roleType = "aws:iam/role:Role"

// roleReference is a property that names a role.
var roleReference = []reference{{
	property: "role", typ: roleType,
	missing: message{"NoSuchEntity", "The role with name %s cannot be found."},
}}

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
			{"path", matching(regexp.MustCompile(`^/([\x21-\x7e]+/)?$`), "must begin and end with a slash")},
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
		references:  roleReference,
	},
	"aws:iam/rolePolicy:RolePolicy": {
		args: iam.RolePolicyArgs{}, result: iam.RolePolicy{},
		required:   []string{"policy", "role"},
		atMostOne:  [][]string{{"name", "namePrefix"}},
		rules:      []rule{{"policy", isPolicy}, {"name", matching(iamName("128"), "must have 1 to 128 letters, digits or +=,.@-_")}},
		name:       &autoname{property: "name", prefix: "namePrefix", max: 128},
		Rules:      delta.Rules{Replace: []string{"name", "namePrefix", "role"}},
		global:     true,
		id:         idFrom(":", "role", "name"),
		taken:      message{"EntityAlreadyExists", "the inline policy %s exists already"},
		references: roleReference,
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
