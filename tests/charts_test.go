package tests

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/chart"
	"github.com/megazonecloud/eks-platform/policies/rules"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// everything is a stack with all that the platform offers.
const everything = "testdata/everything.yaml"

// rendered are the charts of a stack, as far as the cache has them.
func rendered(tb testing.TB, stack string) []chart.Rendered {
	tb.Helper()
	dir, err := chart.CacheDir()
	require.NoError(tb, err)
	cfg, problems := stacks.Parse(platformOf(tb, stack), "eks-platform-"+strings.TrimSuffix(stack, ".yaml"))
	require.Empty(tb, problems)
	cfg.Day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	cfg.Charts = stacks.Charts{Source: chart.NewCache(dir, nil, nil), ShowMissing: true}
	all, err := cfg.RenderCharts()
	require.NoError(tb, err)
	var found []chart.Rendered
	var missing []string
	for name, one := range all {
		if one.Missing {
			missing = append(missing, name)
			continue
		}
		found = append(found, one)
	}
	slices.SortFunc(found, func(a, b chart.Rendered) int { return strings.Compare(a.Spec.Chart.Name, b.Spec.Chart.Name) })
	slices.Sort(missing)
	if len(found) == 0 {
		tb.Skip("no chart of this stack is in the cache: `make charts` gets them")
	}
	if len(missing) > 0 {
		tb.Logf("not in the cache, so not looked at: %s", strings.Join(missing, ", "))
	}
	return found
}

// withCharts runs a test for each stack, and for the one with everything.
func withCharts(t *testing.T, test func(t *testing.T, stack string, charts []chart.Rendered)) {
	t.Helper()
	for _, stack := range append(slices.Clone(allStacks), everything) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			test(t, stack, rendered(t, stack))
		})
	}
}

// The same configuration renders the same bytes, and no chart has more than it was asked.
func TestChartsRenderTheSameTwice(t *testing.T) {
	t.Parallel()
	withCharts(t, func(t *testing.T, stack string, charts []chart.Rendered) {
		t.Helper()
		again := rendered(t, stack)
		require.Len(t, again, len(charts))
		objects := 0
		for i, one := range charts {
			first, err := one.Manifest()
			require.NoError(t, err)
			second, err := again[i].Manifest()
			require.NoError(t, err)
			assert.Equal(t, string(first), string(second), one.Spec.Chart.Name)
			objects += len(one.Objects)
		}
		t.Logf("%d charts, %d objects", len(charts), objects)
	})
}

// Values are known while planning, on an account where nothing is: a preview shows the
// very values of an update.
func TestValuesAreKnownInAPreview(t *testing.T) {
	t.Parallel()
	for _, stack := range append(slices.Clone(allStacks), everything) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			updated, planned := map[string]any{}, 0
			for _, res := range record(t, stack).OfType(chart.Token) {
				updated[res.Name] = res.Inputs
			}
			for _, res := range record(t, stack, preview).OfType(chart.Token) {
				assert.Equal(t, updated[res.Name], any(res.Inputs), res.Name)
				planned++
			}
			assert.Equal(t, len(updated), planned)
			assert.NotZero(t, planned)
		})
	}
}

// as reads an object into its Kubernetes type.
func as[T any](t *testing.T, o chart.Object) T {
	t.Helper()
	text, err := json.Marshal(o.Body)
	require.NoError(t, err)
	var into T
	require.NoError(t, json.Unmarshal(text, &into), o.String())
	return into
}

// workload is what Deployments, StatefulSets and DaemonSets have in common.
type workload struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Replicas *int32                 `json:"replicas"`
		Template corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`
}

var workloadKinds = []string{"DaemonSet", "Deployment", "StatefulSet"}

func workloads(t *testing.T, charts []chart.Rendered) map[string]workload {
	t.Helper()
	found := map[string]workload{}
	for _, one := range charts {
		for _, o := range one.Objects {
			if slices.Contains(workloadKinds, o.Kind) {
				found[o.Kind+" "+o.Namespace+"/"+o.Name] = as[workload](t, o)
			}
		}
	}
	return found
}

// single are the controllers that run once, whatever the profile.
var single = map[string]string{
	"Deployment kube-system/external-dns":              "two would write the same records twice; the chart has no key for it, and pods start in seconds",
	"Deployment kube-system/s3-csi-controller":         "the chart has no key for it, and mounted buckets don't need it",
	"Deployment kube-system/file-cache-csi-controller": "the chart has no keys for a budget or a spread; volumes are mounted without it",
	"Deployment kube-system/descheduler":               "the chart has no key for a budget; nothing waits for it",
	"Deployment headlamp/headlamp":                     "with OIDC a sign-in that one pod began no other can end; it is two otherwise",
	"Deployment trident/trident-operator":              "the chart has no key for it; it installs Trident and is not needed for volumes",
}

// In staging and production a controller has a second replica in another zone, and a
// budget that keeps one of them while nodes are drained.
func TestControllersAreHighlyAvailable(t *testing.T) {
	t.Parallel()
	withCharts(t, func(t *testing.T, stack string, charts []chart.Rendered) {
		t.Helper()
		if stack == "dev" {
			t.Skip("dev has one of each")
		}
		var budgets []policyv1.PodDisruptionBudget
		for _, one := range charts {
			for _, o := range one.Objects {
				if o.Kind == "PodDisruptionBudget" {
					budgets = append(budgets, as[policyv1.PodDisruptionBudget](t, o))
					budgets[len(budgets)-1].Namespace = o.Namespace
				}
			}
		}
		for _, one := range charts {
			for _, o := range one.Objects {
				if o.Kind != "Deployment" || single["Deployment "+o.Namespace+"/"+o.Name] != "" {
					continue
				}
				deployment := as[appsv1.Deployment](t, o)
				assert.GreaterOrEqual(t, *deployment.Spec.Replicas, int32(2), "%s", o)
				pod := deployment.Spec.Template
				spread := len(pod.Spec.TopologySpreadConstraints) > 0 || pod.Spec.Affinity != nil && pod.Spec.Affinity.PodAntiAffinity != nil
				assert.True(t, spread, "%s is not spread", o)
				assert.True(t, slices.ContainsFunc(budgets, func(b policyv1.PodDisruptionBudget) bool {
					selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
					return err == nil && b.Namespace == o.Namespace && !selector.Empty() && selector.Matches(labels.Set(pod.Labels))
				}), "%s has no disruption budget", o)
				for _, constraint := range pod.Spec.TopologySpreadConstraints {
					selector, err := metav1.LabelSelectorAsSelector(constraint.LabelSelector)
					require.NoError(t, err)
					assert.True(t, selector.Matches(labels.Set(pod.Labels)), "%s: the spread over %s means other pods", o, constraint.TopologyKey)
				}
			}
		}
	})
}

// Every container asks for CPU and memory and is held to its memory, and every pod has a
// service account of its own.
func TestWorkloadsAskForWhatTheyNeed(t *testing.T) {
	t.Parallel()
	withCharts(t, func(t *testing.T, _ string, charts []chart.Rendered) {
		t.Helper()
		accounts := map[string]bool{}
		for _, one := range charts {
			for _, o := range one.Objects {
				if o.Kind == "ServiceAccount" {
					accounts[o.Namespace+"/"+o.Name] = true
				}
			}
		}
		for name, w := range workloads(t, charts) {
			spec := w.Spec.Template.Spec
			for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
				assert.Contains(t, c.Resources.Requests, corev1.ResourceCPU, "%s, container %s", name, c.Name)
				assert.Contains(t, c.Resources.Requests, corev1.ResourceMemory, "%s, container %s", name, c.Name)
				assert.Contains(t, c.Resources.Limits, corev1.ResourceMemory, "%s, container %s", name, c.Name)
			}
			assert.NotContains(t, []string{"", "default"}, spec.ServiceAccountName, name)
			assert.True(t, accounts[w.Namespace+"/"+spec.ServiceAccountName], "%s: no chart makes its service account %s", name, spec.ServiceAccountName)
		}
	})
}

// unrestricted are the workloads that are not restricted, with the level that they keep.
// What is not even baseline has an exemption in the policies, with the reason.
var unrestricted = map[string]api.Level{
	"DaemonSet kube-system/ebs-csi-node":               api.LevelPrivileged,
	"DaemonSet kube-system/efs-csi-node":               api.LevelPrivileged,
	"DaemonSet kube-system/file-cache-csi-node":        api.LevelPrivileged,
	"DaemonSet kube-system/fsx-csi-node":               api.LevelPrivileged,
	"DaemonSet kube-system/fsx-openzfs-csi-node":       api.LevelPrivileged,
	"DaemonSet kube-system/s3-csi-node":                api.LevelPrivileged,
	"Deployment kube-system/file-cache-csi-controller": api.LevelPrivileged,
	// The driver starts a watchdog that writes below /etc; root, without privileges.
	"Deployment kube-system/efs-csi-controller": api.LevelBaseline,
	// Their charts have no keys for it, or no template reads them.
	"Deployment kube-system/fsx-csi-controller":         api.LevelBaseline,
	"Deployment kube-system/fsx-openzfs-csi-controller": api.LevelBaseline,
	"Deployment kube-system/s3-csi-controller":          api.LevelBaseline,
	"Deployment trident/trident-operator":               api.LevelBaseline,
}

// Pods keep the restricted level, but those of the list.
func TestPodsAreRestricted(t *testing.T) {
	t.Parallel()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	withCharts(t, func(t *testing.T, _ string, charts []chart.Rendered) {
		t.Helper()
		for name, w := range workloads(t, charts) {
			level := api.LevelRestricted
			if lower, listed := unrestricted[name]; listed {
				level = lower
			}
			if level == api.LevelPrivileged {
				continue
			}
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &w.Spec.Template.ObjectMeta, &w.Spec.Template.Spec))
			assert.True(t, result.Allowed, "%s is not %s: %s", name, level, result.ForbiddenDetail())
		}
	})
}

// The platform passes its own policies, those inside charts among them.
func TestChartsPassThePolicies(t *testing.T) {
	t.Parallel()
	withCharts(t, func(t *testing.T, stack string, charts []chart.Rendered) {
		t.Helper()
		for _, one := range charts {
			for _, o := range one.Objects {
				token := "kubernetes:" + o.APIVersion + ":" + o.Kind
				if !strings.Contains(o.APIVersion, "/") {
					token = "kubernetes:core/" + o.APIVersion + ":" + o.Kind
				}
				inputs := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(o.Body))
				for _, found := range rules.Evaluate(rules.All(), rules.NewResource(token, o.Name, inputs, one.Spec.Kubernetes)) {
					if found.Rule.Level(rules.Prd) == rules.Mandatory {
						assert.Fail(t, fmt.Sprintf("chart %s: %s", one.Spec.Chart.Name, found.Message()))
					}
				}
			}
		}
	})
}

// BenchmarkRenderStack reads and renders all charts of a stack, as each preview does.
func BenchmarkRenderStack(b *testing.B) {
	for _, stack := range append(slices.Clone(allStacks), everything) {
		b.Run(strings.TrimPrefix(stack, "testdata/"), func(b *testing.B) {
			objects, charts := 0, 0
			for b.Loop() {
				found := rendered(b, stack)
				objects, charts = 0, len(found)
				for _, one := range found {
					objects += len(one.Objects)
				}
			}
			b.ReportMetric(float64(charts), "charts")
			b.ReportMetric(float64(objects), "objects")
		})
	}
}
