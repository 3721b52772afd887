package types_test

import (
	"strings"
	"testing"

	"github.com/aws/karpenter-provider-aws/pkg/apis"
	awskarpenter "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/robfig/cron/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/clock"
	corekarpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
)

const (
	classType = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
	poolType  = "kubernetes:karpenter.sh/v1:NodePool"
)

// specs are taken from the least to the most that can be written.
var specs = map[string]karpenter.Spec{
	"default": {AMI: "al2023@v20260114"},
	"latest":  {AMI: "bottlerocket@latest"},
	"everything": {
		AMI: "bottlerocket@v1.46.0",
		NodeClasses: map[string]karpenter.NodeClass{
			"rocket": {Subnets: []string{"private-a"}, SecurityGroupIDs: []string{"sg-0123456789abcdef0"}, DetailedMonitoring: true, InstanceStore: true,
				DiskGiB: 16384, DiskIOPS: 80000, DiskThroughput: 2000, UserData: "[settings.kernel]\nlockdown = \"integrity\"\n"},
			"own": {AMI: "al2023@v20260114", AMIIDs: []string{"ami-0123456789abcdef0", "ami-0123456789abcdef1"}},
		},
		Pools: map[string]karpenter.Pool{
			"batch": {
				NodeClass: "rocket", Architectures: []string{"amd64", "arm64"}, CapacityTypes: []string{"spot", "on-demand"},
				InstanceCategories: []string{"c", "m"}, InstanceFamilies: []string{"m7i", "m7g", "m7i-flex"}, MinInstanceGeneration: 7, Zones: []string{"eu-west-1a"},
				Requirements: []karpenter.Requirement{
					{Key: "karpenter.k8s.aws/instance-cpu", Operator: "Gt", Values: []string{"1"}}, {Key: "karpenter.k8s.aws/instance-memory", Operator: "Lte", Values: []string{"65536"}},
					{Key: "karpenter.k8s.aws/instance-size", Operator: "NotIn", Values: []string{"metal"}}, {Key: "karpenter.k8s.aws/instance-gpu-name", Operator: "DoesNotExist"},
					{Key: "example.com/team", Operator: "Exists"},
				},
				Labels:        map[string]string{"example.com/use": "batch", "node.kubernetes.io/pool": "batch", "plain": ""},
				Taints:        []karpenter.Taint{{Key: "example.com/batch", Value: "yes", Effect: "NoSchedule"}, {Key: "example.com/batch", Effect: "PreferNoSchedule"}},
				StartupTaints: []karpenter.Taint{{Key: "example.com/starting", Effect: "NoExecute"}},
				Limits:        karpenter.Limits{CPU: "64.5", Memory: "256Gi", Nodes: 8}, Weight: 100,
				Disruption: karpenter.Disruption{ConsolidationPolicy: "Balanced", ConsolidateAfter: "1h30m", Budgets: []karpenter.Budget{
					{Nodes: "0", Reasons: []string{"Underutilized", "Empty", "Drifted"}, Schedule: "0 9 * * mon-fri", Duration: "8h"},
					{Nodes: "100%", Schedule: "@midnight", Duration: "1h30m"}, {Nodes: "3"}}},
				ExpireAfter: "Never", TerminationGracePeriod: "Never",
			},
			"types": {NodeClass: "own", InstanceTypes: []string{"m7i.large", "c7i.metal-24xl"}, Limits: karpenter.Limits{Nodes: 1},
				Disruption:  karpenter.Disruption{ConsolidationPolicy: "WhenEmpty", ConsolidateAfter: "Never"},
				ExpireAfter: "2h45m10s", TerminationGracePeriod: "90s"},
		},
	},
}

// register records the objects of a spec.
func register(t *testing.T, spec karpenter.Spec) *recorder.Recorder {
	t.Helper()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		var chart pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:Thing", "chart", pulumi.Map{}, &chart); err != nil {
			return err
		}
		_, err := karpenter.NewPools(ctx, "demo", &karpenter.PoolsArgs{
			Spec:            spec,
			Cluster:         ref.Cluster{SecurityGroupID: pulumi.String("sg-0123456789abcdef1")},
			Network:         ref.Network{Private: ref.Subnets{{Name: "private-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-0123456789abcdef0")}}},
			InstanceProfile: pulumi.String("demo-profile"),
			After:           []pulumi.Resource{&chart},
			MaxPods:         map[string]int{firstClass(spec): 110},
			Labels:          map[string]string{"app.kubernetes.io/managed-by": "pulumi"},
			Tags:            map[string]string{"team": "platform"},
		})
		return err
	})
	require.NoError(t, err)
	return r
}

func firstClass(spec karpenter.Spec) string {
	for name := range spec.NodeClasses {
		return name
	}
	return "default"
}

// What is registered is read with Karpenter's own types, nothing in it is unknown to
// them, and an API server with Karpenter's definitions takes it.
func TestKarpenterObjects(t *testing.T) {
	t.Parallel()
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := register(t, spec)
			full := spec.WithDefaults()
			require.Len(t, r.OfType(classType), len(full.NodeClasses))
			for _, registered := range r.OfType(classType) {
				class := decode[awskarpenter.EC2NodeClass](t, registered)
				assert.Contains(t, full.NodeClasses, class.Name)
				assert.Empty(t, admit(t, crdOf(t, apis.CRDs, "EC2NodeClass"), registered))
				assert.Equal(t, "demo-profile", *class.Spec.InstanceProfile)
				assert.EqualValues(t, 1, *class.Spec.MetadataOptions.HTTPPutResponseHopLimit)
				assert.Equal(t, awskarpenter.AMIFamilyBottlerocket == class.AMIFamily(), len(class.Spec.BlockDeviceMappings) == 2)
			}
			require.Len(t, r.OfType(poolType), len(full.Pools))
			for _, registered := range r.OfType(poolType) {
				pool := decode[corekarpenter.NodePool](t, registered)
				assert.Empty(t, admit(t, crdOf(t, apis.CRDs, "NodePool"), registered))
				require.NoError(t, pool.RuntimeValidate(t.Context()))
				assert.Equal(t, full.Pools[pool.Name].NodeClass, pool.Spec.Template.Spec.NodeClassRef.Name)
				for _, budget := range pool.Spec.Disruption.Budgets {
					_, err := budget.IsActive(clock.RealClock{})
					assert.NoError(t, err, "Karpenter reads the schedule")
				}
			}
		})
	}
}

// The check itself finds what is wrong.
func TestAdmissionFindsProblems(t *testing.T) {
	t.Parallel()
	registered := register(t, specs["default"]).OfType(poolType)[0]
	registered.Inputs["spec"].(map[string]any)["weight"] = 101
	problems := admit(t, crdOf(t, apis.CRDs, "NodePool"), registered).ToAggregate()
	require.ErrorContains(t, problems, "spec.weight")
	registered = register(t, specs["default"]).OfType(classType)[0]
	registered.Inputs["spec"].(map[string]any)["role"] = "nodes"
	problems = admit(t, crdOf(t, apis.CRDs, "EC2NodeClass"), registered).ToAggregate()
	require.ErrorContains(t, problems, "must specify exactly one of ['role', 'instanceProfile']")
}

// problemsOf are those of a spec with one pool.
func problemsOf(pool karpenter.Pool) []problem.Problem {
	return karpenter.Spec{AMI: "al2023@latest", Pools: map[string]karpenter.Pool{"apps": pool}}.WithDefaults().Validate()
}

// Requirements may name every label by which Karpenter chooses, and labels may not.
func TestKarpenterLabels(t *testing.T) {
	t.Parallel()
	for label := range corekarpenter.WellKnownLabels {
		if !strings.HasPrefix(label, "karpenter.") {
			continue
		}
		problems := problemsOf(karpenter.Pool{Requirements: []karpenter.Requirement{{Key: label, Operator: "Exists"}}})
		if len(problems) > 0 && label != corekarpenter.NodePoolLabelKey {
			assert.Contains(t, problems[0].What, "has a field of its own", label)
		}
		assert.NotEmpty(t, problemsOf(karpenter.Pool{Labels: map[string]string{label: "a"}}), label)
	}
	for _, label := range []string{"karpenter.sh/registered", "karpenter.k8s.aws/made-up", "kubernetes.io/hostname", "sub.karpenter.sh/a"} {
		require.Error(t, corekarpenter.IsRestrictedLabel(label))
		assert.NotEmpty(t, problemsOf(karpenter.Pool{Requirements: []karpenter.Requirement{{Key: label, Operator: "Exists"}}}), label)
		assert.NotEmpty(t, problemsOf(karpenter.Pool{Labels: map[string]string{label: "a"}}), label)
	}
}

// Schedules and quantities are taken as Karpenter and Kubernetes take them.
func TestSchedulesAsKarpenterReadsThem(t *testing.T) {
	t.Parallel()
	for _, schedule := range []string{
		"0 9 * * mon-fri", "*/15 0-6,22,23 1,15 JAN-jun ?", "5 4 * * 0-6", "0 22 31 12 6", "1-59/2 * * * *", "10/5 * * * *",
		"@daily", "@hourly", "@weekly", "0 24 * * *", "60 * * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 7", "* * * * fri-mon",
		"* * * *", "* * * * * *", "*/0 * * * *", "a * * * *", "- * * * *", "1-2-3 * * * *", "*/ * * * *", "@never", "* * * foo *", "1/2/3 * * * *",
	} {
		_, err := cron.ParseStandard("TZ=UTC " + schedule)
		problems := problemsOf(karpenter.Pool{Disruption: karpenter.Disruption{Budgets: []karpenter.Budget{{Schedule: schedule, Duration: "1h"}}}})
		assert.Equal(t, err == nil, len(problems) == 0, "%q: %v, %v", schedule, err, problems)
	}
}

func TestQuantitiesAsKubernetesReadsThem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"100", "1.5", ".5", "5.", "64000m", "400Gi", "1e3", "1E-2", "12k", "0", "4GiB", "1,5", "1 Gi", "1e", "ten", "1.2.3"} {
		_, err := resource.ParseQuantity(text)
		problems := problemsOf(karpenter.Pool{Limits: karpenter.Limits{Memory: text}})
		assert.Equal(t, err == nil, len(problems) == 0, "%q: %v, %v", text, err, problems)
	}
}
