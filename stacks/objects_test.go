package stacks_test

import (
	"fmt"
	"testing"

	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// warnings keeps what a program warns of.
type warnings struct {
	pulumi.Log
	said []string
}

func (w *warnings) Warn(message string, _ *pulumi.LogArgs) error {
	w.said = append(w.said, message)
	return nil
}

// watched runs a program and then checks what it registered; it returns the warnings
// and the error that the program ends in.
func watched(program pulumi.RunFunc, options ...recorder.Option) ([]upgrade.Object, []string, error) {
	said := &warnings{}
	var found []upgrade.Object
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		said.Log, ctx.Log = ctx.Log, said
		objects, err := stacks.WatchObjects(ctx)
		if err != nil {
			return err
		}
		if err := program(ctx); err != nil {
			return err
		}
		found = objects.All()
		return objects.Check(ctx, "1.35")
	}, options...)
	return found, said.said, err
}

// register makes an object of plain data, as a rendered chart's are.
func register(ctx *pulumi.Context, version, kind, name string, spec object) error {
	_, err := apiextensions.NewCustomResource(ctx, kind+"-"+name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(version), Kind: pulumi.String(kind),
		Metadata:    metav1.ObjectMetaArgs{Name: pulumi.String(name), Namespace: pulumi.String("shop")},
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	})
	return err
}

// budget makes one with the SDK's own types.
func budget(ctx *pulumi.Context, metadata metav1.ObjectMetaPtrInput, spec *policyv1.PodDisruptionBudgetSpecArgs, options ...pulumi.ResourceOption) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, "guard", &policyv1.PodDisruptionBudgetArgs{Metadata: metadata, Spec: spec}, options...)
	return err
}

func TestRemovedAPIsEndTheProgram(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			found, said, err := watched(func(ctx *pulumi.Context) error {
				for i, kind := range []string{"PodDisruptionBudget", "PodDisruptionBudgetList"} {
					if err := register(ctx, "policy/v1beta1", kind, fmt.Sprint("old-", i), object{}); err != nil {
						return err
					}
				}
				if err := register(ctx, "resource.k8s.io/v1beta1", "ResourceClaim", "gpu", object{}); err != nil {
					return err
				}
				return register(ctx, "crd.k8s.amazonaws.com/v1alpha1", "ENIConfig", "zone", object{})
			}, options...)
			require.ErrorContains(t, err, "Kubernetes objects of stack dev: 2 problems\n"+
				"  - PodDisruptionBudget shop/old-0: policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1\n"+
				"  - PodDisruptionBudgetList shop/old-1: policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1")
			assert.Equal(t, []string{"ResourceClaim shop/gpu: resource.k8s.io/v1beta1 is deprecated, and gone in Kubernetes 1.38; use resource.k8s.io/v1"}, said)
			assert.Len(t, found, 4)
		})
	}
}

// Objects are seen wherever they are registered, and named by what is known of them.
func TestObjectsAreCollected(t *testing.T) {
	t.Parallel()
	found, _, err := watched(func(ctx *pulumi.Context) error {
		var component pulumi.ResourceState
		if err := ctx.RegisterComponentResource("test:index:Component", "outer", &component); err != nil {
			return err
		}
		if err := budget(ctx, metav1.ObjectMetaArgs{Name: pulumi.String("x").ToStringOutput(), Namespace: pulumi.String("shop").ToStringOutput()}, nil, pulumi.Parent(&component)); err != nil {
			return err
		}
		if _, err := policyv1.NewPodDisruptionBudgetPatch(ctx, "patch", &policyv1.PodDisruptionBudgetPatchArgs{
			Spec: policyv1.PodDisruptionBudgetSpecPatchArgs{MaxUnavailable: pulumi.Int(0)},
		}); err != nil {
			return err
		}
		var other pulumi.CustomResourceState
		if err := ctx.RegisterResource("kubernetes:core/v1:ConfigMap", "settings", pulumi.Map{"metadata": pulumi.Map{"namespace": pulumi.String("shop")}}, &other); err != nil {
			return err
		}
		return ctx.RegisterResource("aws:s3/bucket:Bucket", "bucket", pulumi.Map{"apiVersion": pulumi.String("policy/v1beta1")}, &other)
	})
	require.NoError(t, err)
	assert.Equal(t, []upgrade.Object{
		{APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Name: "guard"},
		{APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Name: "patch"},
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: "settings"},
	}, found)
}

func TestBudgetsThatLetNothingGo(t *testing.T) {
	t.Parallel()
	pods := func(labels object) object { return object{"metadata": object{"labels": labels}} }
	web := func(replicas any) object {
		return object{"replicas": replicas, "template": pods(object{"app": "web"})}
	}
	of := func(labels pulumi.StringMapInput, expressions ...metav1.LabelSelectorRequirementInput) metav1.LabelSelectorPtrInput {
		return metav1.LabelSelectorArgs{MatchLabels: labels, MatchExpressions: metav1.LabelSelectorRequirementArray(expressions)}
	}
	app := of(pulumi.StringMap{"app": pulumi.String("web")})
	const refused = "minAvailable 2 lets none of its 2 pods go"
	for name, test := range map[string]struct {
		spec    policyv1.PodDisruptionBudgetSpecArgs
		objects map[string]object // by "version kind name"
		want    string
	}{
		"no pod":      {policyv1.PodDisruptionBudgetSpecArgs{MaxUnavailable: pulumi.Int(0)}, nil, "PodDisruptionBudget shop/web: maxUnavailable 0 lets no pod go"},
		"no share":    {policyv1.PodDisruptionBudgetSpecArgs{MaxUnavailable: pulumi.String("0%")}, nil, "maxUnavailable 0% lets no pod go"},
		"all":         {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.StringPtr("100%")}, nil, "minAvailable 100% lets no pod go"},
		"one may go":  {policyv1.PodDisruptionBudgetSpecArgs{MaxUnavailable: pulumi.Int(1)}, nil, ""},
		"not known":   {policyv1.PodDisruptionBudgetSpecArgs{MaxUnavailable: pulumi.Int(0).ToIntOutput()}, nil, ""},
		"as many":     {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(2)}, refused},
		"from JSON":   {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Float64(2), Selector: app}, map[string]object{"apps/v1 StatefulSet web": web(2.0)}, refused},
		"fewer":       {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(3)}, ""},
		"one unsaid":  {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(1), Selector: app}, map[string]object{"apps/v1 Deployment web": {"template": pods(object{"app": "web"})}}, "minAvailable 1 lets none of its 1 pods go"},
		"other pods":  {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment api": {"replicas": 2, "template": pods(object{"app": "api"})}}, ""},
		"expressions": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: of(nil, metav1.LabelSelectorRequirementArgs{Key: pulumi.String("app"), Operator: pulumi.String("In"), Values: pulumi.ToStringArray([]string{"web"})})}, map[string]object{"apps/v1 Deployment web": web(2)}, refused},
		"expressions that say no": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: of(nil, metav1.LabelSelectorRequirementArgs{Key: pulumi.String("app"), Operator: pulumi.String("DoesNotExist")})},
			map[string]object{"apps/v1 Deployment web": web(2)}, ""},
		"expression not known": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: of(nil, metav1.LabelSelectorRequirementArgs{Key: pulumi.String("app"), Operator: pulumi.String("Exists").ToStringOutput()})},
			map[string]object{"apps/v1 Deployment web": web(2)}, ""},
		"values not known": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: of(nil, metav1.LabelSelectorRequirementArgs{Key: pulumi.String("app"), Operator: pulumi.String("In"), Values: pulumi.ToStringArray([]string{"web"}).ToStringArrayOutput()})},
			map[string]object{"apps/v1 Deployment web": web(2)}, ""},
		"selector not known": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: of(pulumi.StringMap{"app": pulumi.String("web").ToStringOutput()})}, map[string]object{"apps/v1 Deployment web": web(2)}, ""},
		"no selector":        {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2)}, map[string]object{"apps/v1 Deployment web": web(2)}, ""},
		"replicas not known": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(pulumi.Int(2).ToIntOutput())}, ""},
		"labels not known":   {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(2), "apps/v1 Deployment b": {"template": pods(object{"app": pulumi.String("web").ToStringOutput()})}}, ""},
		"one on every node":  {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(2), "apps/v1 DaemonSet b": {"template": pods(object{"app": "web"})}}, ""},
		"scaled": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(2),
			"autoscaling/v2 HorizontalPodAutoscaler web": {"maxReplicas": 5, "scaleTargetRef": object{"kind": "Deployment", "name": "web"}}}, ""},
		"scaled too little": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(1),
			"keda.sh/v1alpha1 ScaledObject web": {"maxReplicaCount": 2, "scaleTargetRef": object{"kind": "Deployment", "name": "web"}}}, refused},
		"another is scaled": {policyv1.PodDisruptionBudgetSpecArgs{MinAvailable: pulumi.Int(2), Selector: app}, map[string]object{"apps/v1 Deployment web": web(2),
			"autoscaling/v2 HorizontalPodAutoscaler web": {"maxReplicas": 5, "scaleTargetRef": object{"kind": "Deployment", "name": "api"}}}, refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := watched(func(ctx *pulumi.Context) error {
				for key, spec := range test.objects {
					var version, kind, name string
					if _, err := fmt.Sscan(key, &version, &kind, &name); err != nil {
						return err
					}
					if err := register(ctx, version, kind, name, spec); err != nil {
						return err
					}
				}
				return budget(ctx, &metav1.ObjectMetaArgs{Name: pulumi.StringPtr("web"), Namespace: pulumi.StringPtr("shop")}, &test.spec)
			})
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}
