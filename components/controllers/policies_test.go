package controllers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unscoped are the actions that may be for all resources, by what AWS offers for them.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
// (an action without a resource type in its service's table takes "*" only)
var unscoped = []struct{ action, why string }{
	{`ec2:Describe[A-Za-z]+`, "EC2 lists without resource types"},
	{`ec2:GetInstanceTypesFromInstanceRequirements`, "types are not resources"},
	{`elasticloadbalancing:Describe[A-Za-z]+`, "Elastic Load Balancing lists without resource types"},
	{`autoscaling:Describe[A-Za-z]+`, "EC2 Auto Scaling lists without resource types"},
	{`acm:ListCertificates`, "a list of all"},
	{`wafv2:ListWebACLs`, "a list of all"},
	{`shield:GetSubscriptionState`, "the account's"},
	{`route53:ListHostedZones`, "a list of all"},
	{`cloudwatch:GetMetricData`, "metrics are not resources"},
}

// global are services whose requests name one region for all, or none.
var global = regexp.MustCompile(`^(route53|shield):`)

type policyDocument struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource any
		Condition        map[string]map[string]any
	}
}

func listed(of any) []string {
	if one, is := of.(string); is {
		return []string{one}
	}
	var all []string
	for _, each := range of.([]any) {
		all = append(all, each.(string))
	}
	return all
}

// policies are the documents of all roles, with everything on that asks for one.
func policies(t *testing.T) map[string]string {
	t.Helper()
	adopted := defaults(full(), 1)
	adopted.VpcID, adopted.VpcTags = "vpc-0123456789abcdef0", nil
	quiet := defaults(dns(), 1)
	found := map[string]string{}
	for name, args := range map[string]controllers.Args{"full": defaults(full(), 1), "adopted": adopted, "quiet": quiet} {
		r, err := told(args)
		require.NoError(t, err)
		for _, policy := range r.OfType(rolePolicyType) {
			found[name+" "+policy.Name] = policy.Inputs["policy"].(string)
		}
	}
	require.Len(t, found, 6+6+3)
	return found
}

// No role may do all of a service; "*" is only where AWS takes nothing narrower, and then
// only in the cluster's region.
func TestPoliciesAreNarrow(t *testing.T) {
	t.Parallel()
	all := policies(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var document policyDocument
		require.NoError(t, json.Unmarshal([]byte(all[name]), &document), name)
		sids := map[string]bool{}
		for _, s := range document.Statement {
			at := fmt.Sprintf("%s: %s", name, s.Sid)
			assert.NotEmpty(t, s.Sid, at)
			assert.False(t, sids[s.Sid], "%s is there twice", at)
			sids[s.Sid] = true
			assert.Equal(t, "Allow", s.Effect, at)
			for _, action := range listed(s.Action) {
				assert.NotContains(t, action, "*", at)
			}
			for _, resource := range listed(s.Resource) {
				if resource == "*" {
					assertUnscoped(t, at, listed(s.Action), s.Condition)
					continue
				}
				arn := strings.SplitN(resource, ":", 6)
				require.Len(t, arn, 6, at)
				assert.NotContains(t, arn[0]+arn[1]+arn[2]+arn[3], "*", at)
				assert.NotEqual(t, "*", arn[5], at)
				if arn[4] == "*" {
					assert.Equal(t, "vpc/vpc-0123456789abcdef0", arn[5], "%s: an id that is one account's alone", at)
				}
			}
		}
	}
}

func assertUnscoped(t *testing.T, at string, actions []string, condition map[string]map[string]any) {
	t.Helper()
	for _, action := range actions {
		known := slices.ContainsFunc(unscoped, func(u struct{ action, why string }) bool {
			return regexp.MustCompile("^(" + u.action + ")$").MatchString(action)
		})
		assert.True(t, known, "%s: %s takes resources", at, action)
		if !global.MatchString(action) {
			assert.Equal(t, "eu-west-1", condition["StringEquals"]["aws:RequestedRegion"], "%s: %s", at, action)
		}
	}
}

// What changes something is the cluster's own, by tag, or in a zone, store or queue that the
// configuration names.
func TestPoliciesChangeOwnThings(t *testing.T) {
	t.Parallel()
	changing := regexp.MustCompile(`^(elasticloadbalancing|ec2|autoscaling):(Create|Delete|Modify|Set|Add|Remove|Register|Deregister|Authorize|Revoke|Terminate)`)
	for name, text := range policies(t) {
		var document policyDocument
		require.NoError(t, json.Unmarshal([]byte(text), &document))
		for _, s := range document.Statement {
			for _, action := range listed(s.Action) {
				if !changing.MatchString(action) || action == "elasticloadbalancing:SetWebAcl" || strings.Contains(fmt.Sprint(s.Resource), ":vpc/") {
					continue // neither knows the cluster's tag
				}
				mine := false
				for key, value := range s.Condition["StringEquals"] {
					tagged := strings.HasPrefix(key, "aws:ResourceTag/") || strings.HasPrefix(key, "aws:RequestTag/")
					mine = mine || tagged && strings.Contains(key+fmt.Sprint(value), "demo")
				}
				assert.True(t, mine, "%s: %s: %s of any cluster", name, s.Sid, action)
			}
		}
	}
}

// IAM takes 10,240 characters of a role's inline policies.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPoliciesFit(t *testing.T) {
	t.Parallel()
	args := defaults(full(), 1)
	args.Cluster.Name = strings.Repeat("a", 40)
	args.VpcTags = map[string]string{"Name": args.Cluster.Name, "platform": args.Cluster.Name}
	args.Cluster.Place.Region, args.Cluster.Place.Partition = "ap-southeast-10", "aws-us-gov"
	r, err := told(args)
	require.NoError(t, err)
	require.NotEmpty(t, r.OfType(rolePolicyType))
	for _, policy := range r.OfType(rolePolicyType) {
		assert.LessOrEqual(t, len(policy.Inputs["policy"].(string)), 10240, policy.Name)
	}
}
