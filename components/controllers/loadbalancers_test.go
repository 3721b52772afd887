package controllers_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const loadBalancerChart = "aws-load-balancer-controller"

func TestLoadBalancersValues(t *testing.T) {
	t.Parallel()
	goldenOf(t, controllers.Spec{}, loadBalancerChart)
}

func TestLoadBalancersRender(t *testing.T) {
	t.Parallel()
	for replicas, budgets := range map[int][]string{1: nil, 3: {loadBalancerChart}} {
		wanted := chartOf(t, defaults(controllers.Spec{}, replicas), loadBalancerChart)
		objects := real(t, wanted)
		sound(t, objects, replicas, map[string]int32{loadBalancerChart: int32(min(2, replicas))})
		assert.Equal(t, budgets, namedObjects(objects, "PodDisruptionBudget"))
		assert.Equal(t, []string{"alb"}, namedObjects(objects, "IngressClass"))
		assert.Equal(t, []string{"aws-load-balancer-root-cert", "aws-load-balancer-serving-cert"}, namedObjects(objects, "Certificate"))
		assert.Empty(t, namedObjects(objects, "Secret"), "the chart's own certificate would be new every time")
		assert.Equal(t, []string{"cert-manager"}, wanted.After)
		pod := deployments(t, objects)[loadBalancerChart].Spec.Template.Spec
		assert.Equal(t, "system-cluster-critical", pod.PriorityClassName)
		for _, flag := range []string{
			"--cluster-name=demo", "--aws-region=eu-west-1", "--aws-vpc-tags=Name=demo,platform=demo", "--default-tags=team=platform",
			"--default-target-type=ip", "--enable-shield=false", "--enable-waf=false", "--enable-wafv2=false", "--ingress-class=alb",
		} {
			assert.Contains(t, pod.Containers[0].Args, flag)
		}
		for _, o := range objects {
			if o.Kind == "MutatingWebhookConfiguration" {
				assert.NotContains(t, mustJSON(t, o.Body), "mservice.elbv2.k8s.aws", "no Service waits for this controller")
			}
		}
	}
}

func mustJSON(t *testing.T, of any) string {
	t.Helper()
	text, err := json.Marshal(of)
	require.NoError(t, err)
	return string(text)
}

func TestLoadBalancersChoices(t *testing.T) {
	t.Parallel()
	args := defaults(controllers.Spec{LoadBalancers: controllers.LoadBalancers{
		AllServices: true, DefaultClass: true, TargetType: "instance", BackendSecurityGroup: "sg-0123456789abcdef0", WAF: true, Shield: true,
	}}, 1)
	args.VpcID, args.VpcTags = "vpc-0123456789abcdef0", nil
	args.Tags = map[string]string{
		"team": "platform", "note": "a,b", "said": `"`, "a=b": "c", "elbv2.k8s.aws/cluster": "demo", "service.k8s.aws/stack": "x",
		"gateway.k8s.aws.alb/stack": "x", "formula": "a=b",
	}
	values := chartOf(t, args, loadBalancerChart).Values
	assert.Equal(t, map[string]any{"team": "platform", "formula": "a=b"}, values["defaultTags"], "the controller can't read the others, or refuses them")
	assert.NotContains(t, values, "vpcTags")
	assert.NotContains(t, chartOf(t, defaults(controllers.Spec{}, 1), loadBalancerChart).Values, "vpcId")

	objects := real(t, chartOf(t, args, loadBalancerChart))
	flags := deployments(t, objects)[loadBalancerChart].Spec.Template.Spec.Containers[0].Args
	for _, flag := range []string{
		"--aws-vpc-id=vpc-0123456789abcdef0", "--backend-security-group=sg-0123456789abcdef0", "--enable-shield=true", "--enable-wafv2=true",
		"--enable-waf=false", "--default-tags=formula=a=b,team=platform",
	} {
		assert.Contains(t, flags, flag)
	}
	assert.False(t, slices.Contains(flags, "--default-target-type=ip"), "instance is the controller's own default")
	for _, o := range objects {
		switch o.Kind {
		case "MutatingWebhookConfiguration":
			assert.Contains(t, mustJSON(t, o.Body), "mservice.elbv2.k8s.aws")
		case "IngressClass":
			assert.Contains(t, mustJSON(t, o.Body), `"ingressclass.kubernetes.io/is-default-class":"true"`)
		}
	}
}

func TestLoadBalancersPolicy(t *testing.T) {
	t.Parallel()
	golden(t, loadBalancerChart+"-policy", policyOf(t, defaults(controllers.Spec{}, 1), "load-balancers"))
	args := defaults(controllers.Spec{LoadBalancers: controllers.LoadBalancers{WAF: true, Shield: true}}, 1)
	args.VpcID, args.VpcTags = "vpc-0123456789abcdef0", nil
	golden(t, loadBalancerChart+"-all-policy", policyOf(t, args, "load-balancers"))
}

func TestBadLoadBalancers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec controllers.Spec
		want []string
	}{
		"no certificates": {
			controllers.Spec{Certificates: controllers.Certificates{Enabled: new(false)}},
			[]string{"loadBalancers.enabled: needs cert-manager, which makes the certificate of its webhook; leave certificates on, or turn both off"},
		},
		"both off": {controllers.Spec{
			LoadBalancers: controllers.LoadBalancers{Enabled: new(false)}, Certificates: controllers.Certificates{Enabled: new(false)},
		}, nil},
		"values": {
			controllers.Spec{LoadBalancers: controllers.LoadBalancers{TargetType: "pod", BackendSecurityGroup: "backend"}},
			[]string{
				`loadBalancers.backendSecurityGroup: "backend" is no security group's id; write it as sg-0123456789abcdef0`,
				`loadBalancers.targetType: "pod" is not known; use one of ip, instance`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, problems(test.spec))
		})
	}
}
