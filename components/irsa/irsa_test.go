package irsa_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const policy = `{"Version":"2012-10-17","Statement":[]}`

func demo() ref.Cluster {
	return ref.Cluster{
		Name: "demo", NameOutput: pulumi.String("demo"), Place: ref.Place{Partition: "aws", Region: "eu-west-1", Account: "111122223333"},
		OidcProviderArn: pulumi.String("arn:aws:iam::111122223333:oidc-provider/oidc.example"), OidcIssuer: pulumi.String("oidc.example"),
	}
}

func run(change func(*irsa.Args), options ...recorder.Option) (*recorder.Recorder, error) {
	return recorder.Run(func(ctx *pulumi.Context) error {
		args := irsa.Args{Cluster: demo(), Workload: irsa.Workload{Name: "dns", Namespace: "kube-system", ServiceAccounts: []string{"external-dns"}, Policy: policy}}
		change(&args)
		parent := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource("test:index:Parent", "parent", parent); err != nil {
			return err
		}
		role, err := irsa.New(ctx, "demo-dns", args, parent)
		if err != nil {
			return err
		}
		var pod pulumi.CustomResourceState
		return ctx.RegisterResource("test:index:Thing", "pod", pulumi.Map{"role": role.Arn}, &pod, pulumi.DependsOn(role.Needs))
	}, options...)
}

// The role's name is known before there is a role, so that a chart can name it.
func TestNamesAreComputed(t *testing.T) {
	t.Parallel()
	assert.Equal(t, map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/demo-dns"}, irsa.Annotations(demo(), "dns"))
	r, err := run(func(*irsa.Args) {}, recorder.Preview())
	require.NoError(t, err)
	assert.Equal(t, "demo-dns", r.Get("aws:iam/role:Role", "demo-dns").Inputs["name"])
	china := demo()
	china.Place.Partition = "aws-cn"
	assert.Equal(t, "arn:aws-cn:iam::111122223333:role/demo-dns", irsa.Arn(china, "dns"))
}

func TestTrust(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change       func(*irsa.Args)
		trust        string
		associations int
	}{
		"IRSA": {func(*irsa.Args) {}, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example"},"Action":"sts:AssumeRoleWithWebIdentity",
			"Condition":{"StringEquals":{"oidc.example:aud":"sts.amazonaws.com","oidc.example:sub":"system:serviceaccount:kube-system:external-dns"}}}]}`, 0},
		"IRSA of two": {func(a *irsa.Args) { a.ServiceAccounts = []string{"controller", "node"} }, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example"},"Action":"sts:AssumeRoleWithWebIdentity",
			"Condition":{"StringEquals":{"oidc.example:aud":"sts.amazonaws.com",
				"oidc.example:sub":["system:serviceaccount:kube-system:controller","system:serviceaccount:kube-system:node"]}}}]}`, 0},
		"Pod Identity": {func(a *irsa.Args) { a.Cluster.PodIdentity = true }, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{
			"aws:RequestTag/eks-cluster-name":"demo","aws:RequestTag/kubernetes-namespace":"kube-system","aws:RequestTag/kubernetes-service-account":"external-dns"}}}]}`, 1},
		"Pod Identity of two": {func(a *irsa.Args) { a.Cluster.PodIdentity, a.ServiceAccounts = true, []string{"controller", "node"} },
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{
			"aws:RequestTag/eks-cluster-name":"demo","aws:RequestTag/kubernetes-namespace":"kube-system","aws:RequestTag/kubernetes-service-account":["controller","node"]}}}]}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(test.change)
			require.NoError(t, err)
			role := r.Get("aws:iam/role:Role", "demo-dns")
			assert.JSONEq(t, test.trust, role.Inputs["assumeRolePolicy"].(string))
			associations := r.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation")
			assert.Len(t, associations, test.associations)
			pod := r.Get("test:index:Thing", "pod")
			for _, one := range append(associations, *role, *r.Get("aws:iam/rolePolicy:RolePolicy", "demo-dns")) {
				assert.Contains(t, pod.DependsOn, one.URN, "pods wait for %s", one.Name)
			}
		})
	}
	assert.Empty(t, irsa.Annotations(ref.Cluster{Name: "demo", PodIdentity: true}, "dns"), "Pod Identity needs no annotation")
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*irsa.Args){
		"workload: lacks its name":                                 func(a *irsa.Args) { a.Name = "" },
		"lacks its name, namespace, service accounts or policy":    func(a *irsa.Args) { a.Policy = "" },
		"a role's name 64 at most":                                 func(a *irsa.Args) { a.Name = strings.Repeat("x", 60) },
		"cluster.place: lacks partition, region or account":        func(a *irsa.Args) { a.Cluster.Place.Account = "" },
		"cluster: lacks its OIDC provider; hand over a cluster's":  func(a *irsa.Args) { a.Cluster.OidcIssuer = nil },
		"cluster: lacks a name; hand over a cluster's Ref(), with": func(a *irsa.Args) { a.Cluster.PodIdentity, a.Cluster.NameOutput = true, nil },
	} {
		r, err := run(change)
		require.ErrorContains(t, err, want)
		assert.Empty(t, r.OfType("aws:iam/role:Role"))
	}
}
