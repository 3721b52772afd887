package awsfake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// clusterReference is a property that names a cluster.
var clusterReference = []reference{{
	property: "clusterName", typ: clusterType,
	missing: message{"ResourceNotFoundException", "No cluster found for name: %s."},
}}

// eksAccessRows is who gets into a cluster, and what runs in it from the start.
var eksAccessRows = map[string]*row{
	"aws:eks/accessEntry:AccessEntry": {
		args: eks.AccessEntryArgs{}, result: eks.AccessEntry{},
		rules: []rule{
			{"clusterName", clusterName},
			// The enumeration is that of the EKS API (API_CreateAccessEntry).
			{"type", oneOf("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX")},
			{"kubernetesGroups.*", notMatching(regexp.MustCompile(`^system:`), "is refused: InvalidParameterException: The kubernetes group name is invalid, it cannot start with system:")},
			{"userName", notMatching(regexp.MustCompile(`^(system|eks|aws|amazon|iam):`), "must not begin with system:, eks:, aws:, amazon: or iam:")},
		},
		cross:    crossEntry,
		Rules:    delta.Rules{Replace: []string{"clusterName", "principalArn", "type"}, Sets: []string{"kubernetesGroups"}},
		defaults: map[string]any{"type": standardEntry},
		id:       idFrom(":", "clusterName", "principalArn"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"accessEntryArn": t.arn("eks", fmt.Sprintf("access-entry/%s/role/%s/%s/%s",
					t.str("clusterName"), account, lastSegment(t.str("principalArn")), t.uuid("entry"))),
				"createdAt": createdAt, "modifiedAt": createdAt, "userName": userName(t), "kubernetesGroups": []any{},
			}
		},
		taken:       message{"ResourceInUseException", "The specified access entry resource is already in use on this cluster: %s"},
		references:  clusterReference,
		goesWith:    "clusterName",
		deleteFirst: true,
	},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
		args: eks.AccessPolicyAssociationArgs{}, result: eks.AccessPolicyAssociation{},
		rules:    []rule{{"clusterName", clusterName}, {"accessScope.type", oneOf("namespace", "cluster")}},
		Rules:    delta.Rules{Replace: []string{"clusterName", "principalArn", "policyArn", "accessScope"}, Sets: []string{"accessScope.namespaces"}},
		id:       idFrom("#", "clusterName", "principalArn", "policyArn"),
		goesWith: "clusterName",
		outputs: func(thing) map[string]any {
			return map[string]any{"associatedAt": createdAt, "modifiedAt": createdAt}
		},
		taken:       message{"ResourceInUseException", "The access policy is already associated: %s"},
		references:  clusterReference,
		deleteFirst: true,
		admit:       admitAssociation,
	},
	"aws:eks/identityProviderConfig:IdentityProviderConfig": {
		args: eks.IdentityProviderConfigArgs{}, result: eks.IdentityProviderConfig{},
		rules: []rule{
			{"clusterName", clusterName},
			{"oidc.issuerUrl", matching(regexp.MustCompile(`^https://[^?#]+$`), "must be an https URL without query")},
		},
		Rules: delta.Rules{Replace: []string{"clusterName", "oidc"}},
		id: func(t thing) string {
			return t.str("clusterName") + ":" + t.str("oidc", "identityProviderConfigName")
		},
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn":    t.arn("eks", fmt.Sprintf("identityproviderconfig/%s/oidc/%s/%s", t.str("clusterName"), t.str("oidc", "identityProviderConfigName"), t.uuid("idp"))),
				"status": "ACTIVE",
			}
		},
		taken:      message{"ResourceInUseException", "Identity provider config already exists: %s"},
		references: clusterReference,
		goesWith:   "clusterName",
	},
	"aws:eks/addon:Addon": {
		args: eks.AddonArgs{}, result: eks.Addon{},
		rules: []rule{
			{"clusterName", clusterName}, {"configurationValues", isJSON},
			{"resolveConflicts", oneOf("NONE", "OVERWRITE", "PRESERVE")},
			{"resolveConflictsOnCreate", oneOf("NONE", "OVERWRITE")},
			{"resolveConflictsOnUpdate", oneOf("NONE", "OVERWRITE", "PRESERVE")},
		},
		Rules: delta.Rules{Replace: []string{"addonName", "clusterName"}, Sets: []string{"podIdentityAssociations"}},
		id:    idFrom(":", "clusterName", "addonName"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn":          t.arn("eks", fmt.Sprintf("addon/%s/%s/%s", t.str("clusterName"), t.str("addonName"), t.uuid("addon"))),
				"addonVersion": "v1.0.0-eksbuild.1", "createdAt": createdAt, "modifiedAt": createdAt, "configurationValues": "",
			}
		},
		taken:      message{"ResourceInUseException", "Addon already exists: %s"},
		references: clusterReference,
		goesWith:   "clusterName",
	},
}

// standardEntry is the type of entries for whoever is no node.
const standardEntry = "STANDARD"

// crossEntry: nodes are roles, and EKS itself says what they may do.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func crossEntry(in resource.PropertyMap) []failure {
	kind := props.String(in, "type")
	if kind == "" || kind == standardEntry {
		return nil
	}
	var failures []failure
	for _, property := range []string{"kubernetesGroups", "userName"} {
		value, found := props.Get(in, property)
		if found && (!value.IsArray() || len(value.ArrayValue()) > 0) {
			failures = append(failures, wrong("can only be given for entries of the type STANDARD, not "+kind, property))
		}
	}
	if principal := props.String(in, "principalArn"); principal != "" && !strings.Contains(principal, ":role/") {
		failures = append(failures, wrong("must be a role for entries of the type "+kind, "principalArn"))
	}
	return failures
}

// userName gives the name that EKS makes up for a principal.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func userName(t thing) string {
	principal := t.str("principalArn")
	switch t.str("type") {
	case "EC2_LINUX", "EC2_WINDOWS":
		return "system:node:{{EC2PrivateDNSName}}"
	case "FARGATE_LINUX", "HYBRID_LINUX":
		return "system:node:{{SessionName}}"
	}
	head, _, isRole := strings.Cut(principal, ":role/")
	if !isRole {
		return principal
	}
	return strings.Replace(head, ":iam:", ":sts:", 1) + ":assumed-role/" + lastSegment(principal) + "/{{SessionName}}"
}

// admitAssociation: a policy is associated with a principal that has an entry, but
// not with nodes: only those of Auto Mode get theirs so.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-access-entry
func admitAssociation(t thing) error {
	entry, found := t.objects.Find(t.region, "aws:eks/accessEntry:AccessEntry", t.str("clusterName")+":"+t.str("principalArn"))
	if !found {
		return awsError("ResourceNotFoundException", "The specified principalArn could not be found: %s", t.str("principalArn"))
	}
	if entryType, given := entry.Inputs["type"].(string); given && entryType != standardEntry && entryType != "EC2" {
		return awsError("InvalidParameterException", "This operation can only be performed on Access Entries with a type of %q.", standardEntry)
	}
	return nil
}
