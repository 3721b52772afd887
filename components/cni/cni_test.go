package cni_test

import (
	"encoding/json"
	"testing"

	eniconfig "github.com/aws/amazon-vpc-cni-k8s/pkg/apis/crd/v1alpha1"
	"github.com/megazonecloud/eks-platform/components/cni"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const configType = "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig"

// run makes ENIConfigs after something that stands for the vpc-cni add-on.
func run(t *testing.T, change func(*cni.Args)) (*recorder.Recorder, error) {
	t.Helper()
	return recorder.Run(func(ctx *pulumi.Context) error {
		var addon, cluster pulumi.CustomResourceState
		for name, state := range map[string]*pulumi.CustomResourceState{"vpc-cni": &addon, "cluster": &cluster} {
			if err := ctx.RegisterResource("test:index:Thing", name, pulumi.Map{}, state); err != nil {
				return err
			}
		}
		args := &cni.Args{
			Spec: cni.Spec{CNI: ipplan.CNI{CustomNetworking: true}, PodSecurityGroupIDs: []string{"sg-0123456789abcdef0"}},
			Network: ref.Network{Zones: []string{"eu-west-1a", "eu-west-1b"}, Pods: ref.Subnets{
				{Name: "pods-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-a")},
				{Name: "pods-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")},
			}},
			Cluster: ref.Cluster{SecurityGroupID: pulumi.String("sg-cluster"), Resource: &cluster},
			After:   []pulumi.Resource{&addon},
			Labels:  map[string]string{"app.kubernetes.io/managed-by": "pulumi"},
		}
		if change != nil {
			change(args)
		}
		made, err := cni.New(ctx, "demo", args)
		if err == nil {
			assert.Len(t, made.Resources(), 2)
		}
		return err
	})
}

// What is registered is read with the CNI's own type, and nothing in it is unknown to that.
func TestENIConfigOfEachZone(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	require.Len(t, r.OfType(configType), 2)
	registered := r.Get(configType, "demo-eu-west-1b")
	require.NotNil(t, registered)
	text, err := json.Marshal(registered.Inputs)
	require.NoError(t, err)
	var config eniconfig.ENIConfig
	require.NoError(t, yaml.UnmarshalStrict(text, &config))
	assert.Equal(t, "ENIConfig", config.Kind)
	assert.Equal(t, "eu-west-1b", config.Name, "the node's zone is the name")
	assert.Equal(t, "subnet-b", config.Spec.Subnet)
	assert.Equal(t, []string{"sg-cluster", "sg-0123456789abcdef0"}, config.Spec.SecurityGroups)
	assert.Contains(t, registered.DependsOn, r.Get("test:index:Thing", "vpc-cni").URN, "the add-on brings the kind")
	assert.Equal(t, r.Get("test:index:Thing", "cluster").URN, registered.DeletedWith)
}

func TestAddonConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cni  ipplan.CNI
		want string
	}{
		"the add-on's own": {ipplan.CNI{}, ""},
		"IPv6":             {ipplan.CNI{IPv6: true}, ""},
		"custom networking": {ipplan.CNI{CustomNetworking: true},
			`{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.kubernetes.io/zone"}}`},
		"prefixes": {ipplan.CNI{PrefixDelegation: true}, `{"env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}`},
		"targets": {ipplan.CNI{PrefixDelegation: true, WarmIPTarget: new(5), MinimumIPTarget: new(20)},
			`{"env":{"ENABLE_PREFIX_DELEGATION":"true","MINIMUM_IP_TARGET":"20","WARM_IP_TARGET":"5"}}`},
		"no warm interface": {ipplan.CNI{WarmENITarget: new(0)}, `{"env":{"WARM_ENI_TARGET":"0"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := cni.Spec{CNI: test.cni}.AddonConfiguration(false)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestWindowsPodsGetTheirAddressesFromTheControlPlane(t *testing.T) {
	t.Parallel()
	got, err := cni.Spec{}.AddonConfiguration(true)
	require.NoError(t, err)
	assert.JSONEq(t, `{"enableWindowsIpam":"true"}`, got)
}

func TestNetworkPoliciesAreEnforced(t *testing.T) {
	t.Parallel()
	got, err := cni.Spec{NetworkPolicies: true}.AddonConfiguration(false)
	require.NoError(t, err)
	assert.JSONEq(t, `{"enableNetworkPolicy":"true"}`, got)
}

// Each CNI is a plan of its own: which managed add-ons are left, and what nodes start with.
func TestPlans(t *testing.T) {
	t.Parallel()
	all := []string{"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
	for plugin, want := range map[string]struct {
		keeps []string
		taint *cni.StartupTaint
	}{
		"":       {all, nil},
		"aws":    {all, nil},
		"cilium": {all[2:], &cni.StartupTaint{Key: "node.cilium.io/agent-not-ready", Value: "true"}},
		"calico": {all[2:], nil},
	} {
		plan := cni.Spec{CNI: ipplan.CNI{Plugin: plugin}}.WithDefaults().Plan()
		assert.Equal(t, want.keeps, plan.Keeps(all), plugin)
		assert.Equal(t, want.taint, plan.StartupTaint, plugin)
	}
	assert.Len(t, all, 3, "the list given is left alone")
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*cni.Args)
		want   string
	}{
		"nothing to make": {func(a *cni.Args) { a.CustomNetworking, a.PodSecurityGroupIDs = false, nil }, "customNetworking: is off, so there is nothing to make"},
		"idle groups":     {func(a *cni.Args) { a.CustomNetworking = false }, "podSecurityGroupIds: has no effect without customNetworking"},
		"no group":        {func(a *cni.Args) { a.PodSecurityGroupIDs = []string{"web"} }, `podSecurityGroupIds[0]: "web" is not a security group's id; write it as sg-0123456789abcdef0`},
		"many groups":     {func(a *cni.Args) { a.PodSecurityGroupIDs = make([]string, 5) }, "podSecurityGroupIds: there are 5; use up to 4"},
		"a zone without":  {func(a *cni.Args) { a.Network.Pods = a.Network.Pods[:1] }, "network: eu-west-1b has no subnet for pods"},
		"a zone with two": {func(a *cni.Args) { a.Network.Pods = append(a.Network.Pods, a.Network.Pods[0]) }, "network: eu-west-1a has two subnets for pods"},
		"no cluster":      {func(a *cni.Args) { a.Cluster = ref.Cluster{} }, "cluster: lacks its security group"},
		"before what":     {func(a *cni.Args) { a.After = nil }, "after: names nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, test.change)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.OfType(configType))
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error { _, err := cni.New(ctx, "demo", nil); return err })
	assert.ErrorContains(t, err, "cni: args are required")
}
