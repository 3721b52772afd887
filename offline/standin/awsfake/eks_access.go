package awsfake

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
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
		},
		Rules:    delta.Rules{Replace: []string{"clusterName", "principalArn", "type"}, Sets: []string{"kubernetesGroups"}},
		defaults: map[string]any{"type": "STANDARD"},
		id:       idFrom(":", "clusterName", "principalArn"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"accessEntryArn": t.arn("eks", fmt.Sprintf("access-entry/%s/role/%s/%s/%s",
					t.str("clusterName"), account, lastSegment(t.str("principalArn")), t.uuid("entry"))),
				"createdAt": createdAt, "modifiedAt": createdAt, "userName": t.str("principalArn"), "kubernetesGroups": []any{},
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

// admitAssociation: a policy is associated with a principal that has an entry.
func admitAssociation(t thing) error {
	entry := t.str("clusterName") + ":" + t.str("principalArn")
	if _, found := t.objects.Find(t.region, "aws:eks/accessEntry:AccessEntry", entry); found {
		return nil
	}
	return awsError("ResourceNotFoundException", "The specified principalArn could not be found: %s", t.str("principalArn"))
}
