package controllers_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const roleType = "aws:iam/role:Role"

// defaults are args with nothing said: load balancers, certificates, metrics and sizes.
func defaults(spec controllers.Spec, replicas int) controllers.Args {
	args := only(controllers.Spec{}, replicas, true)
	args.Spec, args.VpcTags = spec, map[string]string{"Name": "demo", "platform": "demo"}
	return args
}

// full is a spec in which everything is on that asks AWS for something.
func full() controllers.Spec {
	spec := customMetrics()
	spec.Secrets = stores().Secrets
	spec.LoadBalancers = controllers.LoadBalancers{WAF: true, Shield: true}
	spec.DNS = controllers.DNS{Zones: someZones, Policy: "sync"}
	spec.Certificates = controllers.Certificates{ACME: &controllers.ACME{Email: "platform@example.com", Zones: someZones}}
	return spec
}

func names(charts []ref.Chart) []string {
	var names []string
	for _, c := range charts {
		names = append(names, c.Name)
	}
	return names
}

// What is installed, in which order, and which of them has a role.
func TestInstalled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  func() controllers.Args
		want  []string
		roles []string
	}{
		"defaults": {
			args:  func() controllers.Args { return defaults(controllers.Spec{}, 1) },
			want:  []string{"cert-manager", "aws-load-balancer-controller", "metrics-server", "cluster-autoscaler"},
			roles: []string{"demo-cluster-autoscaler", "demo-load-balancers"},
		},
		"with Karpenter": {
			args: func() controllers.Args {
				args := defaults(controllers.Spec{}, 1)
				args.Karpenter = true
				return args
			},
			want:  []string{"cert-manager", "aws-load-balancer-controller", "metrics-server"},
			roles: []string{"demo-load-balancers"},
		},
		"everything with a role": {
			args: func() controllers.Args { return defaults(full(), 3) },
			want: []string{
				"cert-manager", "aws-load-balancer-controller", "external-dns", "metrics-server", "cluster-autoscaler", "external-secrets", "keda",
			},
			roles: []string{
				"demo-cert-manager", "demo-cluster-autoscaler", "demo-external-dns", "demo-external-secrets", "demo-keda", "demo-load-balancers",
			},
		},
		"nothing": {args: func() controllers.Args { return only(controllers.Spec{}, 1, false) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := test.args()
			assert.Equal(t, test.want, names(args.Charts()))
			for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
				r, err := told(args, options...)
				require.NoError(t, err, mode)
				var roles []string
				for _, role := range r.OfType(roleType) {
					roles = append(roles, role.Inputs["name"].(string))
				}
				slices.Sort(roles)
				assert.Equal(t, test.roles, roles, mode)
			}
		})
	}
}

// A chart waits for its role, and for no other's.
func TestNeeds(t *testing.T) {
	t.Parallel()
	args := defaults(controllers.Spec{}, 1)
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		made, err := controllers.New(ctx, "demo", &args)
		if err != nil {
			return err
		}
		assert.Len(t, made.Needs("cluster-autoscaler"), 2, "the role and its policy")
		assert.Empty(t, made.Needs("metrics-server"))
		return nil
	})
	require.NoError(t, err)
}

func TestNoArgs(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := controllers.New(ctx, "demo", nil)
		require.EqualError(t, err, "controllers: args are required")
		_, err = controllers.NewSettings(ctx, "demo", nil)
		require.EqualError(t, err, "controllers' settings: args are required")
		return nil
	})
	require.NoError(t, err)
	assert.Empty(t, r.OfType(controllers.Token))
}

// Each problem is told before anything is registered, on both sides.
func TestBadArgs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*controllers.Args)
		want   []string
	}{
		"no cluster": {func(a *controllers.Args) { a.Cluster = ref.Cluster{} }, []string{
			"cluster: lacks a name; hand over a cluster's Ref()",
			"cluster: lacks its OIDC provider; hand over a cluster's Ref(), with its place",
			"cluster.place: lacks partition, region or account, of which ARNs are made; hand over a cluster's Ref(), with its place",
		}},
		"no VPC": {func(a *controllers.Args) { a.VpcTags = nil }, []string{
			"vpcTags: is empty, and so is vpcId; name the VPC, for the AWS Load Balancer Controller",
		}},
		"both make nodes": {func(a *controllers.Args) { a.Karpenter, a.Autoscaler.Enabled = true, new(true) }, []string{
			"autoscaler.enabled: is true beside Karpenter, and each would undo what the other does; leave it out, or leave Karpenter out",
		}},
		"a minor without an image": {func(a *controllers.Args) { a.Cluster.Version = "1.99" }, []string{
			`cluster.version: no Cluster Autoscaler is known for "1.99"; use one of 1.33, 1.34, 1.35, 1.36, or turn autoscaler off`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := defaults(controllers.Spec{}, 1)
			test.change(&args)
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := controllers.New(ctx, "demo", &args)
				for _, want := range test.want {
					require.ErrorContains(t, err, "  - "+want)
				}
				_, second := controllers.NewSettings(ctx, "demo", &controllers.SettingsArgs{Args: args})
				require.EqualError(t, second, err.Error())
				return nil
			})
			require.NoError(t, err)
			assert.Empty(t, r.OfType(controllers.Token))
		})
	}
}

// problems are a spec's, as text.
func problems(spec controllers.Spec) []string {
	var texts []string
	for _, p := range spec.Validate() {
		texts = append(texts, p.String())
	}
	return texts
}

// goldenOf holds a chart's values for one replica and for three.
func goldenOf(t *testing.T, spec controllers.Spec, name string) {
	t.Helper()
	both := map[string]any{}
	for key, replicas := range map[string]int{"one": 1, "three": 3} {
		c := chartOf(t, defaults(spec, replicas), name)
		both[key], both["values"] = c.Profile, c.Values
	}
	text, err := json.Marshal(both)
	require.NoError(t, err)
	golden(t, name+"-values", string(text))
}

// policyOf is what a role may do, the same in an update and in a preview.
func policyOf(t *testing.T, args controllers.Args, role string) string {
	t.Helper()
	var policy string
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		r, err := told(args, options...)
		require.NoError(t, err, mode)
		written := r.Get(rolePolicyType, "demo-"+role).Inputs["policy"].(string)
		if policy != "" {
			assert.Equal(t, policy, written, mode)
		}
		policy = written
	}
	return policy
}

// Every minor that the platform offers has an autoscaler, which is of that minor.
func TestEveryMinorHasAnAutoscaler(t *testing.T) {
	t.Parallel()
	for _, minor := range catalog.KubernetesVersions() {
		assert.Regexp(t, `^v`+minor+`\.\d+$`, catalog.AutoscalerImage(minor))
	}
	assert.Empty(t, catalog.AutoscalerImage("1.32"))
}
