package tenants_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
)

func TestNetworkPolicies(t *testing.T) {
	t.Parallel()
	r, err := run(t, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"default-deny", "dns", "to-shop"}, names(policies(t, r, "billing")), "who has no permissions needs no way to them")

	all := policies(t, r, "shop")
	assert.Equal(t, []string{"api-server", "default-deny", "dns", "from-billing", "from-ingress", "from-self", "pod-identity", "to-aws", "to-self"}, names(all))

	deny := all["default-deny"]
	assert.Empty(t, deny.PodSelector)
	assert.Equal(t, []networkingv1.PolicyType{"Ingress", "Egress"}, deny.PolicyTypes)
	assert.Empty(t, deny.Ingress)
	assert.Empty(t, deny.Egress)

	for name, policy := range all {
		for _, rule := range policy.Egress {
			assert.NotEmpty(t, rule.To, name)
			assert.NotEmpty(t, rule.Ports, name)
		}
		for _, rule := range policy.Ingress {
			assert.NotEmpty(t, rule.From, name)
			assert.NotEmpty(t, rule.Ports, name)
		}
		if name != "default-deny" {
			assert.Len(t, policy.PolicyTypes, 1, name)
			assert.Equal(t, policy.PolicyTypes[0] == "Egress", len(policy.Egress) == 1, name)
			assert.Equal(t, policy.PolicyTypes[0] == "Ingress", len(policy.Ingress) == 1, name)
		}
	}

	dns := all["dns"].Egress[0]
	assert.Equal(t, "kube-system", dns.To[0].NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"])
	assert.Equal(t, "kube-dns", dns.To[0].PodSelector.MatchLabels["k8s-app"])
	assert.Equal(t, []string{"UDP 53", "TCP 53"}, ports(dns.Ports))

	assert.Equal(t, []string{"10.0.0.0/28", "172.20.0.1/32"}, blocks(all["api-server"].Egress[0].To))
	assert.Equal(t, []string{"TCP 443"}, ports(all["api-server"].Egress[0].Ports))
	assert.Equal(t, []string{"169.254.170.23/32", "fd00:ec2::23/128"}, blocks(all["pod-identity"].Egress[0].To))
	assert.Equal(t, []string{"TCP 80"}, ports(all["pod-identity"].Egress[0].Ports))

	billing := all["from-billing"]
	assert.Empty(t, billing.PodSelector)
	assert.Equal(t, "billing", billing.Ingress[0].From[0].NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"])
	assert.Equal(t, map[string]string{"app": "invoices"}, billing.Ingress[0].From[0].PodSelector.MatchLabels)
	assert.Equal(t, int32(8010), *billing.Ingress[0].Ports[0].EndPort)
	assert.Equal(t, map[string]string{"app": "web"}, all["from-ingress"].PodSelector.MatchLabels)
	assert.Equal(t, []string{"10.0.0.0/20"}, blocks(all["from-ingress"].Ingress[0].From))
	assert.Nil(t, all["to-self"].Egress[0].To[0].PodSelector, "every pod of the namespace")
	assert.Equal(t, []string{"TCP 5432", "UDP 53"}, ports(all["to-self"].Egress[0].Ports))

	internet := all["to-aws"].Egress[0].To
	assert.Equal(t, []string{"0.0.0.0/0", "::/0"}, blocks(internet))
	assert.Equal(t, []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"}, internet[0].IPBlock.Except)
	assert.Equal(t, []string{"fc00::/7", "fe80::/10"}, internet[1].IPBlock.Except)
}

// How pods reach AWS and the API server depends on the cluster.
func TestWaysOfTheCluster(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*tenants.Args)
		want   []string
		cilium map[string]string
	}{
		"Pod Identity":  {func(*tenants.Args) {}, []string{"api-server", "pod-identity"}, nil},
		"IRSA":          {func(a *tenants.Args) { a.Cluster.PodIdentity = false }, []string{"api-server"}, nil},
		"endpoints":     {func(a *tenants.Args) { a.AWSEndpoints = []string{"10.0.16.0/20"} }, []string{"api-server", "aws-endpoints", "pod-identity"}, nil},
		"no API server": {func(a *tenants.Args) { a.APIServer = nil }, []string{"pod-identity"}, nil},
		"Cilium":        {func(a *tenants.Args) { a.Cilium = true }, nil, map[string]string{"api-server": "kube-apiserver", "pod-identity": "host"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := run(t, func(a *tenants.Args) {
				a.Cluster.OidcProviderArn, a.Cluster.OidcIssuer = a.Cluster.NameOutput, a.Cluster.NameOutput
				test.change(a)
			})
			require.NoError(t, err)
			all := policies(t, r, "shop")
			for _, own := range []string{"default-deny", "dns", "from-billing", "from-ingress", "from-self", "to-aws", "to-self"} {
				delete(all, own)
			}
			assert.ElementsMatch(t, test.want, names(all))
			assert.Len(t, r.OfType(ciliumType), len(test.cilium))
			for policy, entity := range test.cilium {
				egress := get(t, r, ciliumType, "demo-shop."+policy).Inputs["spec"].(object)["egress"].([]any)[0].(object)
				assert.Equal(t, []any{entity}, egress["toEntities"])
			}
		})
	}
}

func TestAPIAddress(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "172.20.0.1/32", tenants.APIAddress("172.20.0.0/16"))
	assert.Equal(t, "fd00::1/128", tenants.APIAddress("fd00::/108"))
	assert.Empty(t, tenants.APIAddress("x"))
}

func blocks(peers []networkingv1.NetworkPolicyPeer) []string {
	var all []string
	for _, peer := range peers {
		all = append(all, peer.IPBlock.CIDR)
	}
	return all
}

func ports(list []networkingv1.NetworkPolicyPort) []string {
	var all []string
	for _, port := range list {
		all = append(all, string(*port.Protocol)+" "+port.Port.String())
	}
	return all
}
