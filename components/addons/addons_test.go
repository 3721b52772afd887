package addons_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/addons"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddonsInUpdateAndPreview(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				var nodes pulumi.CustomResourceState
				if err := ctx.RegisterResource("test:index:Nodes", "nodes", pulumi.Map{}, &nodes); err != nil {
					return err
				}
				_, err := addons.New(ctx, "demo", &addons.Args{
					Names: []string{"vpc-cni", "coredns"}, Configuration: map[string]string{"vpc-cni": `{"env":{}}`, "coredns": ""},
					Versions: map[string]string{"coredns": "v1.11.3-eksbuild.2"}, Cluster: ref.Cluster{NameOutput: pulumi.String("demo")}, After: []pulumi.Resource{&nodes},
				})
				return err
			}, options...)
			require.NoError(t, err)
			require.Len(t, r.OfType("aws:eks/addon:Addon"), 2)
			dns := r.Get("aws:eks/addon:Addon", "demo-coredns")
			assert.Equal(t, "coredns", dns.Inputs["addonName"])
			assert.Equal(t, "v1.11.3-eksbuild.2", dns.Inputs["addonVersion"])
			assert.NotContains(t, r.Get("aws:eks/addon:Addon", "demo-vpc-cni").Inputs, "addonVersion", "EKS picks it")
			assert.NotContains(t, dns.Inputs, "configurationValues", "the add-on's own")
			assert.JSONEq(t, `{"env":{}}`, r.Get("aws:eks/addon:Addon", "demo-vpc-cni").Inputs["configurationValues"].(string))
			assert.Equal(t, "demo", dns.Inputs["clusterName"])
			assert.Contains(t, dns.DependsOn, r.Get("test:index:Nodes", "nodes").URN)
		})
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args *addons.Args
		want string
	}{
		"none":       {nil, "addons: args are required"},
		"no names":   {&addons.Args{}, "names: names no add-on"},
		"no cluster": {&addons.Args{Names: []string{"coredns"}}, "cluster: lacks a name"},
		"bad name":   {&addons.Args{Names: []string{"Core DNS"}}, `names: "Core DNS" can't be an add-on`},
		"no JSON":    {&addons.Args{Names: []string{"coredns"}, Configuration: map[string]string{"coredns": "replicas"}}, `configuration.coredns: "replicas" is not JSON`},
		"no version": {&addons.Args{Names: []string{"coredns"}, Versions: map[string]string{"coredns": "1.13"}}, `versions.coredns: "1.13" is not an add-on's version; write one that`},
		"of none":    {&addons.Args{Names: []string{"coredns"}, Versions: map[string]string{"dns": "v1.11.3-eksbuild.2"}}, "versions.dns: is not among the add-ons; use one of coredns"},
		"for none":   {&addons.Args{Names: []string{"coredns"}, Configuration: map[string]string{"vpc-cni": "{}"}}, "configuration.vpc-cni: is not among the add-ons"},
		"twice":      {&addons.Args{Names: []string{"coredns", "coredns"}}, "names: coredns is named twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := addons.New(ctx, "demo", test.args)
				return err
			})
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All())
		})
	}
}
