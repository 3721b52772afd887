package karpenter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	role        = "aws:iam/role:Role"
	rolePolicy  = "aws:iam/rolePolicy:RolePolicy"
	attachment  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	profile     = "aws:iam/instanceProfile:InstanceProfile"
	entry       = "aws:eks/accessEntry:AccessEntry"
	association = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	queue       = "aws:sqs/queue:Queue"
	queuePolicy = "aws:sqs/queuePolicy:QueuePolicy"
	rule        = "aws:cloudwatch/eventRule:EventRule"
	target      = "aws:cloudwatch/eventTarget:EventTarget"
)

type object = map[string]any

// run makes what Karpenter needs of AWS, and something that waits for it.
func run(t *testing.T, change func(*karpenter.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	t.Helper()
	return recorder.Run(func(ctx *pulumi.Context) error {
		args := &karpenter.Args{
			Cluster: ref.Cluster{Name: "demo", NameOutput: pulumi.String("demo"), PodIdentity: true,
				Place: ref.Place{Partition: "aws", Region: "eu-west-1", Account: "111122223333"}},
			Network: ref.Network{Zones: []string{"eu-west-1a", "eu-west-1b"}},
			Tags:    map[string]string{"team": "platform"},
		}
		if change != nil {
			change(args)
		}
		made, err := karpenter.New(ctx, "demo", args)
		if err != nil {
			return err
		}
		var chart pulumi.CustomResourceState
		return ctx.RegisterResource("test:index:Thing", "chart", pulumi.Map{
			"profile": made.InstanceProfile, "queue": made.QueueName, "node": made.NodeRoleArn, "controller": made.ControllerRoleArn,
		}, &chart, pulumi.DependsOn(made.Resources()))
	}, options...)
}

// decode reads a policy, which is text in the inputs.
func decode(t *testing.T, text any) object {
	t.Helper()
	var policy object
	require.NoError(t, json.Unmarshal([]byte(text.(string)), &policy))
	return policy
}

func TestNodes(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	node := r.Get(role, "demo-karpenter-node")
	require.NotNil(t, node)
	assert.Contains(t, node.Inputs["assumeRolePolicy"], `"Principal":{"Service":"ec2.amazonaws.com"}`)
	assert.Equal(t, object{"Name": "demo-karpenter-node", "team": "platform"}, node.Inputs["tags"])
	var policies []string
	for _, made := range r.OfType(attachment) {
		policies = append(policies, made.Inputs["policyArn"].(string))
		assert.Equal(t, "demo-karpenter-node", made.Inputs["role"])
	}
	assert.ElementsMatch(t, []string{
		"arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
		"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	}, policies)
	assert.Equal(t, "demo-karpenter-node", r.Get(profile, "demo-karpenter-node").Inputs["role"])
	in := r.Get(entry, "demo-karpenter-node").Inputs
	assert.Equal(t, "EC2_LINUX", in["type"])
	assert.Equal(t, "demo", in["clusterName"])
	assert.Equal(t, "arn:aws:mock:::demo-karpenter-node", in["principalArn"])
	assert.Nil(t, r.Get(rolePolicy, "demo-karpenter-node-cni-ipv6"))
}

func TestNodesWithIPv6AndInChina(t *testing.T) {
	t.Parallel()
	r, err := run(t, func(a *karpenter.Args) { a.IPv6, a.Network.Zones = true, []string{"cn-north-1a"} })
	require.NoError(t, err)
	assert.Contains(t, r.Get(rolePolicy, "demo-karpenter-node-cni-ipv6").Inputs["policy"], "ec2:AssignIpv6Addresses")
	assert.Equal(t, "arn:aws-cn:iam::aws:policy/AmazonEKS_CNI_Policy", r.Get(attachment, "demo-karpenter-node-AmazonEKS_CNI_Policy").Inputs["policyArn"])
}

func TestQueueOfInterruptions(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	made := r.Get(queue, "demo-karpenter").Inputs
	assert.Equal(t, "demo-karpenter", made["name"])
	assert.Equal(t, karpenter.QueueName("demo"), made["name"], "the chart is told before there is a queue")
	assert.InDelta(t, 300, made["messageRetentionSeconds"], 0)
	assert.Equal(t, true, made["sqsManagedSseEnabled"])

	want := map[string]string{
		"demo-karpenter-health":      `{"detail-type":["AWS Health Event"],"source":["aws.health"]}`,
		"demo-karpenter-rebalance":   `{"detail-type":["EC2 Instance Rebalance Recommendation"],"source":["aws.ec2"]}`,
		"demo-karpenter-reservation": `{"detail-type":["EC2 Capacity Reservation Instance Interruption Warning"],"source":["aws.ec2"]}`,
		"demo-karpenter-spot":        `{"detail-type":["EC2 Spot Instance Interruption Warning"],"source":["aws.ec2"]}`,
		"demo-karpenter-state":       `{"detail-type":["EC2 Instance State-change Notification"],"source":["aws.ec2"]}`,
	}
	assert.Len(t, r.OfType(rule), len(want))
	var rules []any
	for name, pattern := range want {
		require.NotNil(t, r.Get(rule, name), name)
		assert.JSONEq(t, pattern, r.Get(rule, name).Inputs["eventPattern"].(string))
		assert.Equal(t, object{"rule": name, "arn": "arn:aws:mock:::demo-karpenter", "targetId": "karpenter"}, r.Get(target, name).Inputs)
		rules = append(rules, "arn:aws:mock:::"+name)
	}
	policy := decode(t, r.Get(queuePolicy, "demo-karpenter").Inputs["policy"])["Statement"].([]any)
	require.Len(t, policy, 2)
	events := policy[0].(object)
	assert.ElementsMatch(t, rules, events["Condition"].(object)["ArnEquals"].(object)["aws:SourceArn"], "no rule of another account fills the queue")
	delete(events, "Condition")
	assert.Equal(t, object{
		"Sid": "Events", "Effect": "Allow", "Principal": object{"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:mock:::demo-karpenter",
	}, events)
	assert.Equal(t, object{
		"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:mock:::demo-karpenter",
		"Condition": object{"Bool": object{"aws:SecureTransport": "false"}},
	}, policy[1])
}

func TestController(t *testing.T) {
	t.Parallel()
	r, err := run(t, func(a *karpenter.Args) { a.Namespace, a.ZonalShift = "infra", true })
	require.NoError(t, err)
	made := r.Get(association, "demo-karpenter-controller-karpenter").Inputs
	assert.Equal(t, "infra", made["namespace"])
	assert.Equal(t, "karpenter", made["serviceAccount"])
	assert.Equal(t, "demo", made["clusterName"])
	assert.Equal(t, "arn:aws:mock:::demo-karpenter-controller", made["roleArn"])
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{
		"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],
		"Condition":{"StringEquals":{
			"aws:RequestTag/eks-cluster-name":"demo","aws:RequestTag/kubernetes-namespace":"infra","aws:RequestTag/kubernetes-service-account":"karpenter"}}}]}`,
		r.Get(role, "demo-karpenter-controller").Inputs["assumeRolePolicy"].(string))
	policy := r.Get(rolePolicy, "demo-karpenter-controller").Inputs
	assert.Equal(t, "demo-karpenter", policy["role"])
	want := karpenter.Scope{Partition: "aws", Cluster: "demo", ZonalShift: true,
		NodeRoleArn: "arn:aws:mock:::demo-karpenter-node", QueueArn: "arn:aws:mock:::demo-karpenter"}.Policy()
	assert.JSONEq(t, want, policy["policy"].(string))
}

// What the chart depends on is there before the controller's first pod: EKS gives a pod
// its role when it admits it, or never.
func TestChartWaits(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, nil, options...)
			require.NoError(t, err)
			chart := r.Get("test:index:Thing", "chart")
			require.NotNil(t, chart)
			for _, needed := range []string{attachment, profile, entry, queuePolicy, target, rolePolicy, association} {
				require.NotEmpty(t, r.OfType(needed), needed)
				for _, one := range r.OfType(needed) {
					assert.Contains(t, chart.DependsOn, one.URN)
				}
			}
			for _, one := range r.All() {
				if one.Custom && strings.HasPrefix(one.Type, "aws:") {
					assert.Equal(t, r.OfType(karpenter.Token)[0].URN, one.Parent, one.Name)
				}
			}
		})
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*karpenter.Args)
		want   string
	}{
		"no cluster":      {func(a *karpenter.Args) { a.Cluster = ref.Cluster{} }, "cluster: lacks a name; hand over a cluster's Ref()"},
		"long name":       {func(a *karpenter.Args) { a.Cluster.Name = strings.Repeat("a", 71) }, "is too long for the name of a queue"},
		"namespace":       {func(a *karpenter.Args) { a.Namespace = "Kube_System" }, `namespace: "Kube_System" is not a name`},
		"service account": {func(a *karpenter.Args) { a.ServiceAccount = "-" }, `serviceAccount: "-" is not a name`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, test.change)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.OfType(karpenter.Token))
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error { _, err := karpenter.New(ctx, "demo", nil); return err })
	assert.ErrorContains(t, err, "karpenter: args are required")
}
