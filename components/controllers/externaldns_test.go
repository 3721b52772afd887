package controllers_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/controllers"
	"github.com/stretchr/testify/assert"
)

// someZones are a domain with a zone of its own, and two that share one.
var someZones = map[string]string{
	"example.com": "Z0123456789ABCDEFGHIJ", "apps.example.org": "Z1123456789ABCDEFGHIJ", "www.example.org": "Z1123456789ABCDEFGHIJ",
}

func dns() controllers.Spec { return controllers.Spec{DNS: controllers.DNS{Zones: someZones}} }

func TestDNSValues(t *testing.T) {
	t.Parallel()
	goldenOf(t, dns(), "external-dns")
	assert.NotContains(t, names(defaults(controllers.Spec{}, 1).Charts()), "external-dns", "it has nothing to do without a zone")
}

func TestDNSRenders(t *testing.T) {
	t.Parallel()
	objects := real(t, chartOf(t, defaults(dns(), 3), "external-dns"))
	sound(t, objects, 1, map[string]int32{"external-dns": 1})
	pod := deployments(t, objects)["external-dns"].Spec.Template.Spec
	assert.Equal(t, "system-cluster-critical", pod.PriorityClassName)
	for _, flag := range []string{
		"--source=service", "--source=ingress", "--policy=upsert-only", "--registry=txt", "--txt-owner-id=demo", "--txt-prefix=%{record_type}-owner.",
		"--domain-filter=example.com", "--domain-filter=apps.example.org", "--zone-id-filter=Z0123456789ABCDEFGHIJ", "--zone-id-filter=Z1123456789ABCDEFGHIJ",
		"--aws-zone-match-parent", "--aws-zones-cache-duration=1h", "--provider=aws", "--interval=1m", "--events",
	} {
		assert.Contains(t, pod.Containers[0].Args, flag)
	}
}

// Every source that may be named renders with rights that the project's rules allow.
func TestDNSSources(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"service", "ingress", "crd", "gateway-httproute", "gateway-grpcroute", "gateway-tlsroute", "istio-gateway", "istio-virtualservice",
	} {
		spec := dns()
		spec.DNS.Sources = []string{source}
		assert.Empty(t, problems(spec), source)
		objects := real(t, chartOf(t, defaults(spec, 1), "external-dns"))
		sound(t, objects, 1, map[string]int32{"external-dns": 1})
		assert.Contains(t, deployments(t, objects)["external-dns"].Spec.Template.Spec.Containers[0].Args, "--source="+source)
	}
}

func TestDNSChoices(t *testing.T) {
	t.Parallel()
	values := chartOf(t, defaults(controllers.Spec{DNS: controllers.DNS{
		Zones: someZones, Policy: "sync", OwnerID: "blue", Interval: "5m", Sources: []string{"gateway-httproute"},
	}}, 1), "external-dns").Values
	assert.Equal(t, "sync", values["policy"])
	assert.Equal(t, "blue", values["txtOwnerId"])
	assert.Equal(t, "5m", values["interval"])
	assert.Equal(t, []string{"gateway-httproute"}, values["sources"])
}

func TestDNSPolicy(t *testing.T) {
	t.Parallel()
	golden(t, "external-dns-policy", policyOf(t, defaults(dns(), 1), "external-dns"))
	spec := dns()
	spec.DNS.Policy = "sync"
	assert.NotContains(t, policyOf(t, defaults(spec, 1), "external-dns"), "ChangeResourceRecordSetsActions", "sync deletes, too")
}

func TestBadDNS(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dns  controllers.DNS
		want []string
	}{
		"good": {controllers.DNS{Zones: someZones, Policy: "upsertOnly", Interval: "10s", OwnerID: "blue"}, nil},
		"all of it": {
			controllers.DNS{
				Zones:  map[string]string{"Example.com": "Z0123456789ABCDEFGHIJ", "example.org.": "Z0123456789ABCDEFGHIJ", "example.net": "/hostedzone/Z01"},
				Policy: "delete", Sources: []string{"pod"}, OwnerID: "a b", Interval: "1s",
			},
			[]string{
				`dns.interval: "1s" is no interval; write 10s or more, such as 1m`,
				`dns.ownerId: "a b" can't be an owner; use up to 63 letters, digits, hyphens, dots and underscores`,
				`dns.policy: "delete" is not known; use one of upsertOnly, sync`,
				`dns.sources: "pod" is not known; use one of service, ingress, crd, gateway-httproute, gateway-grpcroute, gateway-tlsroute, istio-gateway, istio-virtualservice`,
				`dns.zones.Example.com: "Example.com" is not a domain; write it as example.com, in small letters and without a dot at the end`,
				"dns.zones.example.net: \"/hostedzone/Z01\" is not a hosted zone's id; write the id that `aws route53 list-hosted-zones` prints behind /hostedzone/",
				`dns.zones.example.org.: "example.org." is not a domain; write it as example.com, in small letters and without a dot at the end`,
			},
		},
		"nothing to write to": {
			controllers.DNS{Policy: "sync"},
			[]string{"dns.zones: is empty, so external-dns is off and the rest has no effect; name a zone, or remove the rest"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, problems(controllers.Spec{DNS: test.dns}))
		})
	}
}
