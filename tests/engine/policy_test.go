package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// violations are resources that a program may not register, by the policy that
// must say so.
var violations = map[string]struct {
	token  string
	inputs pulumi.Map
}{
	"rbac-no-wildcards": {"kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String("planted")},
		"rules": pulumi.Array{pulumi.Map{
			"apiGroups": pulumi.ToStringArray([]string{""}), "resources": pulumi.ToStringArray([]string{"*"}), "verbs": pulumi.ToStringArray([]string{"get"}),
		}},
	}},
	"pod-security-baseline":          {"kubernetes:core/v1:Pod", pod("worker", true)},
	"workload-named-service-account": {"kubernetes:core/v1:Pod", pod("default", false)},
	"eks-endpoint-private": {"aws:eks/cluster:Cluster", pulumi.Map{
		"roleArn":   pulumi.String("arn:aws:iam::111122223333:role/eks"),
		"vpcConfig": pulumi.Map{"subnetIds": pulumi.ToStringArray([]string{"subnet-0123456789abcdef0"}), "endpointPrivateAccess": pulumi.Bool(true)},
	}},
}

func pod(account string, privileged bool) pulumi.Map {
	return pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String("planted"), "namespace": pulumi.String("shop")},
		"spec": pulumi.Map{
			"serviceAccountName": pulumi.String(account),
			"containers": pulumi.Array{pulumi.Map{
				"name": pulumi.String("web"), "image": pulumi.String("example.com/web:1"),
				"securityContext": pulumi.Map{"privileged": pulumi.Bool(privileged)},
			}},
		},
	}
}

// A planted violation makes the preview of production fail, by the policy's name.
func TestPlantedViolationFailsThePreview(t *testing.T) {
	t.Parallel()
	for policy, planted := range violations {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			r := open(t, "prd", plant(planted.token, planted.inputs))
			preview, err := r.Preview(context.Background())
			require.Error(t, err)
			assert.Contains(t, r.output.String(), policy, "Pulumi's own output names it")
			require.Len(t, preview.Findings, 1, "only the planted violation is found")
			finding := preview.Findings[0]
			assert.Equal(t, policy, finding.Policy)
			assert.Equal(t, "mandatory", finding.Level)
			assert.Contains(t, finding.URN, "::planted")
			assert.Contains(t, preview.Summary(err), "### Stack `prd`: the preview failed")
			assert.Contains(t, preview.Summary(err), "**"+policy+"** (mandatory)")
		})
	}
}

// plant makes a program of the platform and one resource more.
func plant(token string, inputs pulumi.Map) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg, err := stacks.Load(ctx)
		if err != nil {
			return err
		}
		cfg.Charts = noCharts
		platform, err := stacks.New(ctx, cfg)
		if err != nil {
			return err
		}
		account, err := aws.NewProvider(ctx, "planting", &aws.ProviderArgs{Region: pulumi.String(cfg.Region)})
		if err != nil {
			return err
		}
		cluster, err := kubernetes.NewProvider(ctx, "planting", &kubernetes.ProviderArgs{Kubeconfig: platform.Cluster.Kubeconfig})
		if err != nil {
			return err
		}
		providers := map[string]pulumi.ProviderResource{"aws": account, "kubernetes": cluster}
		name, _, _ := strings.Cut(token, ":")
		var planted pulumi.CustomResourceState
		return ctx.RegisterResource(token, "planted", inputs, &planted, pulumi.Provider(providers[name]))
	}
}
