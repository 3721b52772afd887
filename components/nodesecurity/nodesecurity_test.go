package nodesecurity_test

import (
	"maps"
	"testing"

	"github.com/megazonecloud/eks-platform/components/nodesecurity"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

func run(change func(*nodesecurity.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	args := &nodesecurity.Args{
		Spec:    nodesecurity.Spec{Group: nodesecurity.GroupOwn},
		Network: ref.Network{VpcID: pulumi.String("vpc-1")},
		Cluster: ref.Cluster{Name: "demo", SecurityGroupID: pulumi.String("sg-cluster")},
		Tags:    map[string]string{"team": "platform"},
	}
	if change != nil {
		change(args)
	}
	return recorder.Run(func(ctx *pulumi.Context) error {
		made, err := nodesecurity.New(ctx, "demo", args)
		if err == nil && len(made.Resources()) < 4 {
			panic("a rule is missing from what nodes wait for")
		}
		return err
	}, options...)
}

// rules are the rules as text: "from -> in port".
func rules(r *recorder.Recorder) map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, rule := range r.OfType(ingress) {
		delete(rule.Inputs, "tags")
		found[rule.Name] = rule.Inputs
	}
	return found
}

func TestRulesFollowFromWhatIsInstalled(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(func(a *nodesecurity.Args) {
				a.Installed, a.WebhookPorts = []string{"istiod", "cert-manager", "coredns"}, map[string]int{"orders": 9443}
			}, options...)
			require.NoError(t, err)
			group := r.Get("aws:ec2/securityGroup:SecurityGroup", "demo-nodes")
			require.NotNil(t, group)
			assert.Equal(t, map[string]any{"Name": "demo-nodes", "team": "platform"}, group.Inputs["tags"], "the cluster's mark of ownership is EKS's group's alone")
			found := rules(r)
			nodes := found["demo-nodes-among-themselves"]["securityGroupId"]
			tcp := func(in, from any, port float64, why string) map[string]any {
				return map[string]any{"securityGroupId": in, "referencedSecurityGroupId": from, "ipProtocol": "tcp", "fromPort": port, "toPort": port, "description": why}
			}
			want := map[string]map[string]any{
				"demo-nodes-among-themselves":         {"securityGroupId": nodes, "referencedSecurityGroupId": nodes, "ipProtocol": "-1", "description": "Nodes and pods among themselves"},
				"demo-nodes-to-control-plane-443":     tcp("sg-cluster", nodes, 443, "Nodes and pods to the API server"),
				"demo-nodes-from-control-plane-9443":  tcp(nodes, "sg-cluster", 9443, "Control plane to orders"),
				"demo-nodes-from-control-plane-10250": tcp(nodes, "sg-cluster", 10250, "Control plane to cert-manager, kubelet"),
				"demo-nodes-from-control-plane-15017": tcp(nodes, "sg-cluster", 15017, "Control plane to istiod"),
			}
			for _, rule := range want { // a first preview knows no id of the group
				maps.DeleteFunc(rule, func(_ string, value any) bool { return value == nil })
			}
			assert.Equal(t, want, found)
		})
	}
}

// Pods on Fargate are in EKS's own group.
func TestFargateAndIPv6(t *testing.T) {
	t.Parallel()
	const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	r, err := run(func(a *nodesecurity.Args) { a.Fargate, a.IPv6 = true, true })
	require.NoError(t, err)
	assert.Equal(t, "-1", rules(r)["demo-nodes-from-fargate"]["ipProtocol"])
	assert.Equal(t, "sg-cluster", rules(r)["demo-nodes-to-fargate"]["securityGroupId"])
	assert.Equal(t, "0.0.0.0/0", r.Get(egress, "demo-nodes-out").Inputs["cidrIpv4"])
	assert.Equal(t, "::/0", r.Get(egress, "demo-nodes-out-ipv6").Inputs["cidrIpv6"])
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*nodesecurity.Args)
		want   string
	}{
		"group":          {func(a *nodesecurity.Args) { a.Group = "mine" }, `group: "mine" is not known; use one of cluster, own`},
		"nothing to do":  {func(a *nodesecurity.Args) { a.Group = "" }, "group: is EKS's own, so there is nothing to make"},
		"idle ports":     {func(a *nodesecurity.Args) { a.Group, a.WebhookPorts = "cluster", map[string]int{"x": 1} }, "webhookPorts: has no effect in EKS's own group"},
		"port":           {func(a *nodesecurity.Args) { a.WebhookPorts = map[string]int{"x": 70000} }, "webhookPorts.x: 70000 is not a port; use 1 to 65535"},
		"name of a port": {func(a *nodesecurity.Args) { a.WebhookPorts = map[string]int{"A b": 1} }, "webhookPorts.A b: can't be a name"},
		"no network":     {func(a *nodesecurity.Args) { a.Network = ref.Network{} }, "network: lacks the VPC's id"},
		"no cluster":     {func(a *nodesecurity.Args) { a.Cluster = ref.Cluster{} }, "cluster: lacks its security group"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(test.change)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error { _, err := nodesecurity.New(ctx, "demo", nil); return err })
	assert.ErrorContains(t, err, "nodesecurity: args are required")
}
