package awsfake

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// eksWorkloadRows is where pods run without nodes, and as whom.
var eksWorkloadRows = map[string]*row{
	"aws:eks/fargateProfile:FargateProfile": {
		args: eks.FargateProfileArgs{}, result: eks.FargateProfile{},
		required: []string{"selectors"},
		rules: []rule{
			{"clusterName", clusterName}, {"fargateProfileName", notEmpty}, {"selectors.*.namespace", notEmpty},
		},
		cross: crossSelectors,
		name:  &autoname{property: "fargateProfileName", max: 255},
		// Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
		Rules: delta.Rules{
			Replace: []string{"clusterName", "fargateProfileName", "podExecutionRoleArn", "selectors", "subnetIds"},
			Sets:    []string{"selectors", "subnetIds"},
		},
		id: idFrom(":", "clusterName", "fargateProfileName"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn":    t.arn("eks", fmt.Sprintf("fargateprofile/%s/%s/%s", t.str("clusterName"), t.str("fargateProfileName"), t.uuid("arn"))),
				"status": "ACTIVE",
			}
		},
		taken:      message{"ResourceInUseException", "A Fargate Profile already exists with this name in this cluster."},
		references: append(roleOf("podExecutionRoleArn", "The role %s does not exist"), clusterReference...),
		admit: trustedBy("podExecutionRoleArn", "eks-fargate-pods.amazonaws.com",
			"Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal"),
	},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {
		args: eks.PodIdentityAssociationArgs{}, result: eks.PodIdentityAssociation{},
		rules: []rule{
			{"clusterName", clusterName}, {"namespace", notEmpty}, {"serviceAccount", notEmpty},
		},
		Rules: delta.Rules{Replace: []string{"clusterName", "namespace", "serviceAccount"}},
		id:    func(t thing) string { return "a-" + t.hex("association", 17) },
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"associationId": t.id, "associationArn": t.arn("eks", "podidentityassociation/"+t.str("clusterName")+"/"+t.id),
			}
		},
		unique: []unique{{
			[]string{"serviceAccount", "namespace", "clusterName"},
			message{"ResourceInUseException", "Association already exists: %s"},
		}},
		references: append(roleOf("roleArn", "Role provided in the request does not exist: %s"), clusterReference...),
		goesWith:   "clusterName",
		admit:      podsTrusted,
		amend:      again(podsTrusted),
	},
}

var podsTrusted = trustedBy("roleArn", "pods.eks.amazonaws.com",
	"Trust policy of the role provided is invalid. Follow the official documentation to resolve the issue.")

// roleOf is a property that has the ARN of a role that EKS takes: IAM does not
// know, and lets it be deleted.
func roleOf(property, missing string) []reference {
	return []reference{{
		property: property, typ: roleType, yields: true,
		missing: message{"InvalidParameterException", missing},
		id: func(arn string, inputs map[string]any) string {
			return lastSegment(ofAccount("role")(arn, inputs))
		},
	}}
}

// trustedBy: EKS asks that a role lets one of its services take it.
func trustedBy(property, service, refusal string) func(thing) error {
	return func(t thing) error {
		role, found := t.objects.Find(globalScope, roleType, lastSegment(t.str(property)))
		if trust, known := role.Inputs["assumeRolePolicy"]; !found || !known || strings.Contains(fmt.Sprint(trust), service) {
			return nil
		}
		return awsError("InvalidParameterException", "%s", refusal)
	}
}

// crossSelectors: a profile has one to five selectors, each with up to five labels.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
// Source: https://docs.aws.amazon.com/general/latest/gr/eks.html#limits_eks
func crossSelectors(in resource.PropertyMap) []failure {
	selectors, _ := props.Get(in, "selectors")
	if !selectors.IsArray() {
		return nil
	}
	var failures []failure
	if count := len(selectors.ArrayValue()); count > 5 {
		failures = append(failures, wrong(fmt.Sprintf("at most 5 selectors are possible, got %d", count), "selectors"))
	}
	for i, selector := range selectors.ArrayValue() {
		if !selector.IsObject() {
			continue
		}
		labels, _ := props.Get(selector.ObjectValue(), "labels")
		if labels.IsObject() && len(labels.ObjectValue()) > 5 {
			failures = append(failures, wrong(fmt.Sprintf("at most 5 labels are possible, got %d", len(labels.ObjectValue())), "selectors", i, "labels"))
		}
	}
	return failures
}
