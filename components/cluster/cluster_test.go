package cluster_test

import (
	"encoding/json"
	"testing"

	"github.com/megazonecloud/eks-platform/components/cluster"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const admin = "arn:aws:iam::111122223333:role/PlatformAdmin"

func args(change func(*cluster.Args)) *cluster.Args {
	a := &cluster.Args{
		Spec:        cluster.Spec{Admins: map[string]string{"platform": admin}},
		ClusterName: "demo",
		Network: ref.Network{
			VpcID: pulumi.String("vpc-1"),
			Zones: []string{"eu-west-1a", "eu-west-1b"},
			Control: ref.Subnets{
				{Name: "control-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-a")},
				{Name: "control-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")},
			},
		},
		Tags: map[string]string{"team": "platform"},
	}
	if change != nil {
		change(a)
	}
	return a
}

func run(t *testing.T, a *cluster.Args, options ...recorder.Option) *recorder.Recorder {
	t.Helper()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := cluster.New(ctx, "demo", a)
		return err
	}, options...)
	require.NoError(t, err)
	return r
}

func TestControlPlaneDefaults(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			control := run(t, args(nil), options...).Get("eks:index:Cluster", "demo")
			require.NotNil(t, control)
			for key, want := range map[string]any{
				"name":                            "demo",
				"version":                         "1.35",
				"authenticationMode":              "API",
				"endpointPrivateAccess":           true,
				"endpointPublicAccess":            false,
				"skipDefaultNodeGroup":            true,
				"useDefaultVpcCni":                true,
				"createOidcProvider":              false,
				"kubernetesServiceIpAddressRange": "172.20.0.0/16",
				"privateSubnetIds":                []any{"subnet-a", "subnet-b"},
				"instanceRoles":                   []any{},
				"enabledClusterLogTypes":          []any{"api", "audit", "authenticator", "controllerManager", "scheduler"},
			} {
				assert.Equal(t, want, control.Inputs[key], key)
			}
			assert.NotContains(t, control.Inputs, "publicAccessCidrs")
		})
	}
}

func TestIPv6Family(t *testing.T) {
	t.Parallel()
	control := run(t, args(func(a *cluster.Args) { a.IPv6 = true })).Get("eks:index:Cluster", "demo")
	assert.Equal(t, "ipv6", control.Inputs["ipFamily"])
	assert.NotContains(t, control.Inputs, "kubernetesServiceIpAddressRange", "EKS picks it")
	assert.NotContains(t, run(t, args(nil)).Get("eks:index:Cluster", "demo").Inputs, "ipFamily")
}

// EKS keeps the zones that a cluster was made with; a zone that the network gains is
// for nodes only.
func TestZonesOfTheControlPlaneStay(t *testing.T) {
	t.Parallel()
	control := run(t, args(func(a *cluster.Args) {
		a.Zones = []string{"eu-west-1b", "eu-west-1a"}
		a.Network.Zones = append(a.Network.Zones, "eu-west-1c")
		a.Network.Control = append(a.Network.Control, ref.Subnet{Name: "control-c", Zone: "eu-west-1c", ID: pulumi.String("subnet-c")})
	})).Get("eks:index:Cluster", "demo")
	assert.Equal(t, []any{"subnet-a", "subnet-b"}, control.Inputs["privateSubnetIds"])
}

func TestPublicAccessIsByListOnly(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *cluster.Args) { a.PublicAccessCIDRs = []string{"203.0.113.0/24"} }))
	control := r.Get("eks:index:Cluster", "demo")
	assert.Equal(t, true, control.Inputs["endpointPublicAccess"])
	assert.Equal(t, []any{"203.0.113.0/24"}, control.Inputs["publicAccessCidrs"])
}

func TestAdministratorsEnterByAccessEntry(t *testing.T) {
	t.Parallel()
	entries := run(t, args(nil)).Get("eks:index:Cluster", "demo").Inputs["accessEntries"].(map[string]any)
	entry := entries["platform"].(map[string]any)
	assert.Equal(t, admin, entry["principalArn"])
	assert.Equal(t, map[string]any{"admin": map[string]any{
		"policyArn":   "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
		"accessScope": map[string]any{"type": "cluster"},
	}}, entry["accessPolicies"])
}

const other = "arn:aws:iam::111122223333:role/Other"

func TestOthersEnterWithAPolicyOrByTheirGroups(t *testing.T) {
	t.Parallel()
	entries := run(t, args(func(a *cluster.Args) {
		a.Access = map[string]cluster.Access{
			"shop":  {Principal: other, Policy: "edit", Namespaces: []string{"shop", "shop-test"}},
			"audit": {Principal: other + "2", Groups: []string{"auditors"}},
		}
	})).Get("eks:index:Cluster", "demo").Inputs["accessEntries"].(map[string]any)
	shop := entries["shop"].(map[string]any)
	assert.Equal(t, other, shop["principalArn"])
	assert.Equal(t, map[string]any{"edit": map[string]any{
		"policyArn":   "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
		"accessScope": map[string]any{"type": "namespace", "namespaces": []any{"shop", "shop-test"}},
	}}, shop["accessPolicies"])
	audit := entries["audit"].(map[string]any)
	assert.Equal(t, []any{"auditors"}, audit["kubernetesGroups"])
	assert.NotContains(t, audit, "accessPolicies")
}

func TestPeopleOfAnOIDCProvider(t *testing.T) {
	t.Parallel()
	const token = "aws:eks/identityProviderConfig:IdentityProviderConfig"
	assert.Empty(t, run(t, args(nil)).OfType(token))
	r := run(t, args(func(a *cluster.Args) {
		a.IdentityProvider = &cluster.IdentityProvider{IssuerURL: "https://login.example.com/realms/platform", ClientID: "kubernetes", RequiredClaims: map[string]string{"team": "platform"}}
	}))
	provider := r.Get(token, "demo")
	require.NotNil(t, provider)
	assert.Equal(t, map[string]any{
		"identityProviderConfigName": "oidc", "issuerUrl": "https://login.example.com/realms/platform", "clientId": "kubernetes",
		"usernameClaim": "sub", "usernamePrefix": "oidc:", "groupsClaim": "groups", "groupsPrefix": "oidc:",
		"requiredClaims": map[string]any{"team": "platform"},
	}, provider.Inputs["oidc"])
	assert.Equal(t, "demo", provider.Inputs["clusterName"])
}

func TestSecretsAreEncryptedWithARotatingKeyAndLogsExpire(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *cluster.Args) { a.Protect, a.LogRetentionDays = true, 365 }))
	key := r.Get("aws:kms/key:Key", "demo")
	assert.Equal(t, true, key.Inputs["enableKeyRotation"])
	assert.True(t, key.Protect)
	assert.Equal(t, "arn:aws:mock:::demo", r.Get("eks:index:Cluster", "demo").Inputs["encryptionConfigKeyArn"])
	logs := r.Get("aws:cloudwatch/logGroup:LogGroup", "demo")
	assert.Equal(t, "/aws/eks/demo/cluster", logs.Inputs["name"])
	assert.InDelta(t, 365, logs.Inputs["retentionInDays"], 0)
}

func TestOidcProviderTrustsTheClustersIssuer(t *testing.T) {
	t.Parallel()
	provider := run(t, args(nil)).Get("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "demo")
	assert.Equal(t, "https://oidc.example/id/1", provider.Inputs["url"])
	assert.Equal(t, []any{"sts.amazonaws.com"}, provider.Inputs["clientIdLists"])
}

// The kubeconfig depends on name, endpoint and certificate and on nothing else,
// or a new tag or version would replace the Kubernetes provider.
func TestKubeconfigIsStableAndSecret(t *testing.T) {
	t.Parallel()
	texts := map[string]bool{}
	for _, change := range []func(*cluster.Args){
		nil,
		func(a *cluster.Args) { a.Version = "1.34" },
		func(a *cluster.Args) { a.Tags = map[string]string{"other": "tag"} },
	} {
		_, err := recorder.Run(func(ctx *pulumi.Context) error {
			c, err := cluster.New(ctx, "demo", args(change))
			if err != nil {
				return err
			}
			done := make(chan string, 1)
			c.Kubeconfig.ApplyT(func(text string) string { done <- text; return text })
			texts[<-done] = true
			return nil
		})
		require.NoError(t, err)
	}
	require.Len(t, texts, 1)
	for text := range texts {
		var parsed map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &parsed))
		assert.Contains(t, text, `"server":"https://EXAMPLE.eks.amazonaws.com"`)
		assert.Contains(t, text, `"args":["eks","get-token","--cluster-name","demo","--output","json"]`)
	}
}

func TestPartitionFollowsTheRegion(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *cluster.Args) { a.Network.Zones = []string{"cn-north-1a"} }))
	entry := r.Get("eks:index:Cluster", "demo").Inputs["accessEntries"].(map[string]any)["platform"].(map[string]any)
	assert.Contains(t, entry["accessPolicies"].(map[string]any)["admin"].(map[string]any)["policyArn"], "arn:aws-cn:eks::aws:")
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*cluster.Args)
		want   string
	}{
		"name":           {func(a *cluster.Args) { a.ClusterName = "a_b" }, `clusterName: "a_b" can't be a cluster's name`},
		"network":        {func(a *cluster.Args) { a.Network = ref.Network{} }, "network: lacks the VPC's id"},
		"zone elsewhere": {func(a *cluster.Args) { a.Zones = []string{"eu-west-1a", "eu-west-1f"} }, "zones: eu-west-1f is not among the network's zones; use some of eu-west-1a, eu-west-1b"},
		"one zone":       {func(a *cluster.Args) { a.Zones = []string{"eu-west-1a"} }, "zones: EKS needs two zones, this names 1"},
		"one twice over": {func(a *cluster.Args) { a.Access = map[string]cluster.Access{"x": {Principal: admin, Policy: "view"}} }, "admins.platform: is the same principal as access.x.principal"},
		"one name": {func(a *cluster.Args) {
			a.Access = map[string]cluster.Access{"platform": {Principal: other, Policy: "view"}}
		}, "access.platform: is the name of an administrator, too"},
		"no such policy": {func(a *cluster.Args) { a.Access = map[string]cluster.Access{"x": {Principal: other, Policy: "root"}} }, `access.x.policy: "root" is not known; use one of admin, adminView, edit, view`},
		"no right":       {func(a *cluster.Args) { a.Access = map[string]cluster.Access{"x": {Principal: other}} }, "access.x: may do nothing; name a policy, or groups that RBAC knows"},
		"no policy": {func(a *cluster.Args) {
			a.Access = map[string]cluster.Access{"x": {Principal: other, Namespaces: []string{"shop"}}}
		}, "access.x.namespaces: has no effect without a policy"},
		"bad namespace": {func(a *cluster.Args) {
			a.Access = map[string]cluster.Access{"x": {Principal: other, Policy: "view", Namespaces: []string{"Shop"}}}
		}, `access.x.namespaces[0]: "Shop" is not a namespace's name`},
		"bad group": {func(a *cluster.Args) {
			a.Access = map[string]cluster.Access{"x": {Principal: other, Groups: []string{"system:masters"}}}
		}, `access.x.groups[0]: "system:masters" is a group of Kubernetes itself`},
		"issuer": {func(a *cluster.Args) {
			a.IdentityProvider = &cluster.IdentityProvider{IssuerURL: "http://x", ClientID: "y"}
		}, `identityProvider.issuerUrl: "http://x" is not an issuer's URL; write it as https://login.example.com/realms/platform`},
		"client": {func(a *cluster.Args) { a.IdentityProvider = &cluster.IdentityProvider{IssuerURL: "https://x"} }, "identityProvider.clientId: is empty"},
		"prefix": {func(a *cluster.Args) {
			a.IdentityProvider = &cluster.IdentityProvider{IssuerURL: "https://x", ClientID: "y", GroupsPrefix: "system:"}
		}, `identityProvider.groupsPrefix: "system:" would make users of Kubernetes itself`},
		"version":          {func(a *cluster.Args) { a.Version = "1.3" }, `version: "1.3" is not known; use one of 1.33, 1.34, 1.35`},
		"support":          {func(a *cluster.Args) { a.SupportType = "LONG" }, `supportType: "LONG" is not known; use one of STANDARD, EXTENDED`},
		"log type":         {func(a *cluster.Args) { a.LogTypes = []string{"etcd"} }, `logTypes: "etcd" is not known`},
		"retention":        {func(a *cluster.Args) { a.LogRetentionDays = 8 }, "logRetentionDays: 8 is not one"},
		"key":              {func(a *cluster.Args) { a.KeyDeletionDays = 3 }, "keyDeletionDays: 3 is out of range"},
		"service range":    {func(a *cluster.Args) { a.ServiceCIDR = "8.8.0.0/16" }, "serviceCidr: EKS refuses 8.8.0.0/16"},
		"service size":     {func(a *cluster.Args) { a.ServiceCIDR = "10.0.0.0/8" }, "serviceCidr: EKS refuses 10.0.0.0/8"},
		"service text":     {func(a *cluster.Args) { a.ServiceCIDR = "x" }, `serviceCidr: "x" is not an aligned IPv4 range`},
		"public range":     {func(a *cluster.Args) { a.PublicAccessCIDRs = []string{"1.2.3.4/8"} }, `publicAccessCidrs: "1.2.3.4/8" is not an aligned range`},
		"no administrator": {func(a *cluster.Args) { a.Admins = nil }, "admins: nobody but the creator could enter the cluster"},
		"not a principal":  {func(a *cluster.Args) { a.Admins["x"] = "root" }, `admins.x: "root" is not one; give the ARN of an IAM role or user`},
		"one twice":        {func(a *cluster.Args) { a.Admins["x"] = admin }, "admins.x: is the same principal as admins.platform"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := cluster.New(ctx, "demo", args(test.change))
				return err
			})
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All(), "nothing is registered")
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := cluster.New(ctx, "demo", nil)
		return err
	})
	assert.ErrorContains(t, err, "cluster: args are required")
}

// Pods on Windows get their addresses from the control plane.
func TestWindowsNodes(t *testing.T) {
	t.Parallel()
	const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	assert.Nil(t, run(t, args(nil)).Get(attachment, "demo-windows"))
	made := run(t, args(func(a *cluster.Args) { a.Windows = true })).Get(attachment, "demo-windows")
	require.NotNil(t, made)
	assert.Equal(t, "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController", made.Inputs["policyArn"])
	assert.Equal(t, "eks-role", made.Inputs["role"], "the role's name, out of its ARN")
}
