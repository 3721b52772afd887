package karpenter_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var scope = karpenter.Scope{
	Partition: "aws", Region: "eu-west-1", Account: "111122223333", Cluster: "demo",
	NodeRoleArn: "arn:aws:iam::111122223333:role/nodes", QueueArn: "arn:aws:sqs:eu-west-1:111122223333:demo-karpenter", ZonalShift: true,
}

const (
	madeKinds = `["arn:aws:ec2:eu-west-1:111122223333:fleet/*","arn:aws:ec2:eu-west-1:111122223333:instance/*","arn:aws:ec2:eu-west-1:111122223333:volume/*",` +
		`"arn:aws:ec2:eu-west-1:111122223333:network-interface/*","arn:aws:ec2:eu-west-1:111122223333:launch-template/*","arn:aws:ec2:eu-west-1:111122223333:spot-instances-request/*"]`
	ownTags    = `"StringEquals":{"aws:ResourceTag/kubernetes.io/cluster/demo":"owned"},"StringLike":{"aws:ResourceTag/karpenter.sh/nodepool":"*"}`
	markedTags = `"aws:RequestTag/kubernetes.io/cluster/demo":"owned","aws:RequestTag/eks:eks-cluster-name":"demo"`
	markedPool = `"StringLike":{"aws:RequestTag/karpenter.sh/nodepool":"*"}`
)

// statements are all that the controller may do, word for word.
var statements = map[string]string{
	"LaunchInto": `{"Action":["ec2:RunInstances","ec2:CreateFleet"],"Resource":["arn:aws:ec2:eu-west-1::image/*","arn:aws:ec2:eu-west-1::snapshot/*",
		"arn:aws:ec2:eu-west-1:*:security-group/*","arn:aws:ec2:eu-west-1:*:subnet/*","arn:aws:ec2:eu-west-1:*:capacity-reservation/*","arn:aws:ec2:eu-west-1:*:placement-group/*"]}`,
	"LaunchFromOwnTemplates": `{"Action":["ec2:RunInstances","ec2:CreateFleet"],"Resource":["arn:aws:ec2:eu-west-1:111122223333:launch-template/*"],"Condition":{` + ownTags + `}}`,
	"LaunchMarked": `{"Action":["ec2:RunInstances","ec2:CreateFleet","ec2:CreateLaunchTemplate"],"Resource":` + madeKinds + `,
		"Condition":{"StringEquals":{` + markedTags + `},` + markedPool + `}}`,
	"MarkAtLaunch": `{"Action":"ec2:CreateTags","Resource":` + madeKinds + `,
		"Condition":{"StringEquals":{` + markedTags + `,"ec2:CreateAction":["RunInstances","CreateFleet","CreateLaunchTemplate"]},` + markedPool + `}}`,
	"GiveNodeRole": `{"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/nodes",
		"Condition":{"StringEquals":{"iam:PassedToService":["ec2.amazonaws.com","ec2.amazonaws.com.cn"]}}}`,
	"NameOwnInstances": `{"Action":"ec2:CreateTags","Resource":["arn:aws:ec2:eu-west-1:111122223333:instance/*"],
		"Condition":{` + ownTags + `,"StringEqualsIfExists":{"aws:RequestTag/eks:eks-cluster-name":"demo"},
		"ForAllValues:StringEquals":{"aws:TagKeys":["eks:eks-cluster-name","karpenter.sh/nodeclaim","Name"]}}}`,
	"EndOwn": `{"Action":["ec2:TerminateInstances","ec2:DeleteLaunchTemplate"],
		"Resource":["arn:aws:ec2:eu-west-1:111122223333:instance/*","arn:aws:ec2:eu-west-1:111122223333:launch-template/*"],"Condition":{` + ownTags + `}}`,
	"Interruptions": `{"Action":["sqs:DeleteMessage","sqs:GetQueueUrl","sqs:ReceiveMessage"],"Resource":"arn:aws:sqs:eu-west-1:111122223333:demo-karpenter"}`,
	"ReadRegion": `{"Action":["ec2:DescribeCapacityReservations","ec2:DescribeImages","ec2:DescribeInstances","ec2:DescribeInstanceStatus",
		"ec2:DescribeInstanceTypeOfferings","ec2:DescribeInstanceTypes","ec2:DescribeLaunchTemplates","ec2:DescribePlacementGroups",
		"ec2:DescribeSecurityGroups","ec2:DescribeSpotPriceHistory","ec2:DescribeSubnets"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`,
	"ReadImages": `{"Action":"ssm:GetParameter","Resource":["arn:aws:ssm:eu-west-1::parameter/aws/service/eks/optimized-ami/*",
		"arn:aws:ssm:eu-west-1::parameter/aws/service/bottlerocket/*"]}`,
	"ReadPrices":      `{"Action":"pricing:GetProducts","Resource":"*"}`,
	"ReadCluster":     `{"Action":"eks:DescribeCluster","Resource":"arn:aws:eks:eu-west-1:111122223333:cluster/demo"}`,
	"ListProfiles":    `{"Action":"iam:ListInstanceProfiles","Resource":"*"}`,
	"ReadOldProfiles": `{"Action":"iam:GetInstanceProfile","Resource":"arn:aws:iam::111122223333:instance-profile/demo_*"}`,
	"ReadZonalShift": `{"Action":"arc-zonal-shift:GetManagedResource","Resource":"*",
		"Condition":{"StringEquals":{"arc-zonal-shift:ResourceIdentifier":"arn:aws:eks:eu-west-1:111122223333:cluster/demo"}}}`,
}

// granted are the statements by their names.
func granted(t *testing.T, scope karpenter.Scope) map[string]object {
	t.Helper()
	found := map[string]object{}
	for _, one := range decode(t, scope.Policy())["Statement"].([]any) {
		statement := one.(object)
		sid := statement["Sid"].(string)
		assert.NotContains(t, found, sid)
		assert.Equal(t, "Allow", statement["Effect"])
		delete(statement, "Sid")
		delete(statement, "Effect")
		found[sid] = statement
	}
	return found
}

func TestControllerMayDo(t *testing.T) {
	t.Parallel()
	found := granted(t, scope)
	assert.Len(t, found, len(statements))
	for sid, want := range statements {
		t.Run(sid, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(found[sid])
			require.NoError(t, err)
			assert.JSONEq(t, want, string(got))
		})
	}
}

// What changes anything is bound to this cluster, by tags or by a whole ARN.
func TestControllerIsBound(t *testing.T) {
	t.Parallel()
	for sid, statement := range granted(t, scope) {
		text, err := json.Marshal(statement)
		require.NoError(t, err)
		assert.NotContains(t, string(text), `:*"`, "%s allows every action of a service", sid)
		reads := true
		for _, action := range strings.Split(strings.Trim(string(must(json.Marshal(statement["Action"]))), `[]`), ",") {
			verb := action[strings.Index(action, ":")+1:]
			reads = reads && slices.ContainsFunc([]string{"Describe", "Get", "List"}, func(prefix string) bool { return strings.HasPrefix(verb, prefix) })
		}
		if !reads && sid != "LaunchInto" { // what is launched is bound by LaunchMarked
			assert.Regexp(t, `demo|role/nodes"`, string(text), sid)
			assert.NotEqual(t, "*", statement["Resource"], sid)
		}
		assert.NotRegexp(t, `iam:(Create|Add|Remove|Delete|Tag)`, string(text), "node classes name a profile that is there")
	}
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

func TestZonalShiftIsAsked(t *testing.T) {
	t.Parallel()
	without := scope
	without.ZonalShift = false
	assert.NotContains(t, granted(t, without), "ReadZonalShift")
}

// A role's own policies may have 10,240 characters.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPolicyFitsARole(t *testing.T) {
	t.Parallel()
	long := scope
	long.Cluster = strings.Repeat("a", 70)
	long.Partition, long.Region = "aws-us-gov", "us-gov-west-1"
	long.NodeRoleArn = "arn:aws-us-gov:iam::111122223333:role/" + strings.Repeat("r", 64)
	long.QueueArn = "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:" + strings.Repeat("q", 80)
	assert.Less(t, len(long.Policy()), 10240)
}
