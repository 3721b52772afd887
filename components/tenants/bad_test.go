package tenants_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tenants"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refused expects that a change of args is the one problem that New names, and that nothing
// is registered.
func refused(t *testing.T, want string, change func(*tenants.Args)) {
	t.Helper()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		args := argsOf()
		change(&args)
		_, err := tenants.New(ctx, "demo", &args)
		return err
	})
	require.ErrorContains(t, err, want)
	assert.ErrorContains(t, err, "1 problem\n", "one mistake is one problem")
	assert.Empty(t, r.All())
}

// changed is a change of the tenant shop.
func changed(change func(*tenants.Tenant)) func(*tenants.Args) {
	return func(a *tenants.Args) {
		tenant := a.Tenants["shop"]
		change(&tenant)
		a.Tenants["shop"] = tenant
	}
}

func TestBadTenantsAreRefused(t *testing.T) {
	t.Parallel()
	named := func(name string) func(*tenants.Args) {
		return func(a *tenants.Args) { a.Tenants[name] = tenants.Tenant{Team: "x"} }
	}
	for want, change := range map[string]func(*tenants.Args){
		`tenants.Shop: "Shop" can't be a namespace's name; use up to 63`:                                                        named("Shop"),
		`tenants.kube-extra: is a namespace of Kubernetes itself; use a name of the team's own`:                                 named("kube-extra"),
		`tenants.default: is a namespace of Kubernetes itself; use a name of the team's own`:                                    named("default"),
		`tenants.monitoring: is a namespace that the platform installs things in; use a name`:                                   named("monitoring"),
		`tenants.shop.team: "" can't be a label's value; use up to 63`:                                                          changed(func(s *tenants.Tenant) { s.Team = "" }),
		`tenants.billing.environment: "" can't be a label's value; use up to 63`:                                                func(a *tenants.Args) { a.Environment = "" },
		`tenants.shop.environment: "a b" can't be a label's value; use up to 63`:                                                changed(func(s *tenants.Tenant) { s.Environment = "a b" }),
		`tenants.shop.podSecurity: "open" is not known; use one of restricted, baseline, privileged`:                            changed(func(s *tenants.Tenant) { s.PodSecurity = "open" }),
		`tenants.shop.reason: is missing, and podSecurity is privileged; say why`:                                               changed(func(s *tenants.Tenant) { s.PodSecurity = "privileged" }),
		`tenants.shop.reason: has no effect, for podSecurity is not privileged; remove it`:                                      changed(func(s *tenants.Tenant) { s.Reason = "so" }),
		`tenants.shop.quota.requestsCpu: "many" is not an amount; write it as 500m`:                                             changed(func(s *tenants.Tenant) { s.Quota.RequestsCPU = "many" }),
		`tenants.shop.quota.storage: "-1Gi" is not an amount; write it as 500m`:                                                 changed(func(s *tenants.Tenant) { s.Quota.Storage = "-1Gi" }),
		`tenants.shop.quota.requestsMemory: 50Gi is more than the limit 40Gi, which no container goes beyond; use less`:         changed(func(s *tenants.Tenant) { s.Quota.RequestsMemory = "50Gi" }),
		`tenants.shop.quota.pods: -1 is less than nothing; use 0 or more`:                                                       changed(func(s *tenants.Tenant) { s.Quota.Pods = new(-1) }),
		`tenants.shop.quota.other.pods: is what quota.pods says; write it there`:                                                changed(func(s *tenants.Tenant) { s.Quota.Other = map[string]string{"pods": "1"} }),
		`tenants.shop.quota.other.count/jobs.batch: "x" is not an amount`:                                                       changed(func(s *tenants.Tenant) { s.Quota.Other = map[string]string{"count/jobs.batch": "x"} }),
		`tenants.shop.limits.default.cpu: is missing, and quota.limitsCpu refuses containers without a limit of CPU; name`:      changed(func(s *tenants.Tenant) { s.Limits.Default.CPU = "" }),
		`tenants.shop.limits.max.memory: "x" is not an amount; write it as 500m`:                                                changed(func(s *tenants.Tenant) { s.Limits.Max.Memory = "x" }),
		`tenants.shop.limits.requests.cpu: 100m is less than 1, the amount at min.cpu; let min, requests, default and max grow`: changed(func(s *tenants.Tenant) { s.Limits.Min.CPU = "1" }),
		`tenants.shop.limits.maxVolume: 50Gi is less than 60Gi, the amount at minVolume; let`:                                   changed(func(s *tenants.Tenant) { s.Limits.MinVolume = "60Gi" }),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			refused(t, want, change)
		})
	}
}

// A reason lets through what can't be narrowed.
func TestReasons(t *testing.T) {
	t.Parallel()
	args := argsOf()
	changed(func(s *tenants.Tenant) {
		s.PodSecurity, s.Reason = "privileged", "they load kernel modules"
		s.ServiceAccounts["x"] = tenants.ServiceAccount{IAM: []tenants.Statement{{Actions: []string{"cloudwatch:*", "ec2:DescribeInstances"}, Resources: []string{"*"}, Reason: "AWS has nothing narrower"}}}
	})(&args)
	assert.Empty(t, tenants.Validate(args))
	r, err := run(t, func(a *tenants.Args) { a.Tenants = args.Tenants })
	require.NoError(t, err)
	metadata := get(t, r, namespaceType, "demo-shop").Inputs["metadata"].(object)
	assert.Equal(t, object{"pod-security-reason": "they load kernel modules"}, metadata["annotations"])
	assert.Equal(t, "privileged", metadata["labels"].(object)["pod-security.kubernetes.io/enforce"])
	assert.Equal(t, "restricted", metadata["labels"].(object)["pod-security.kubernetes.io/warn"])
}

func TestBadPeersAreRefused(t *testing.T) {
	t.Parallel()
	call := func(change func(*tenants.Peer)) func(*tenants.Args) {
		return changed(func(s *tenants.Tenant) {
			peer := tenants.Peer{Namespace: "elsewhere", Ports: []tenants.Port{{Port: 80}}}
			change(&peer)
			s.Calls["x"], s.Calls["aws"] = peer, tenants.Peer{CIDRs: []string{"10.1.0.0/16"}, Ports: []tenants.Port{{Port: 443}}}
		})
	}
	ranges := func(text string) func(*tenants.Args) {
		return call(func(p *tenants.Peer) { p.Namespace, p.CIDRs = "", []string{text} })
	}
	ports := func(all ...tenants.Port) func(*tenants.Args) {
		return call(func(p *tenants.Peer) { p.Ports = all })
	}
	for want, change := range map[string]func(*tenants.Args){
		`calls.Bad: "Bad" can't be in the name of a network policy; use up to 50`:  changed(func(s *tenants.Tenant) { s.Calls["Bad"] = s.Calls["aws"] }),
		`calls.x: names 0 kinds of peers; name one of namespace, cidrs, internet`:  call(func(p *tenants.Peer) { p.Namespace = "" }),
		`calls.x: names 2 kinds of peers; name one of namespace, cidrs, internet`:  call(func(p *tenants.Peer) { p.Internet = true }),
		`calls.x.namespace: "A" is not a namespace's name; use`:                    call(func(p *tenants.Peer) { p.Namespace = "A" }),
		`calls.x.podLabels: are of pods, and no namespace is named; name it`:       call(func(p *tenants.Peer) { p.Namespace, p.Internet, p.PodLabels = "", true, map[string]string{"a": "b"} }),
		`calls.x.podLabels: "a b" can't be a label`:                                call(func(p *tenants.Peer) { p.PodLabels = map[string]string{"a b": "c"} }),
		`calls.x.pods.a: "b c" can't be a label's value`:                           call(func(p *tenants.Peer) { p.Pods = map[string]string{"a": "b c"} }),
		`calls.x.cidrs[0]: "10.0.0.1/8" is not an aligned range; write`:            ranges("10.0.0.1/8"),
		`calls.x.cidrs[0]: 0.0.0.0/0 is every address, those in the cluster among`: ranges("0.0.0.0/0"),
		`calls.x.cidrs[0]: 169.254.0.0/16 holds the metadata service, which hands`: ranges("169.254.0.0/16"),
		`calls.x.ports: is empty; name those that are called`:                      ports(),
		`calls.x.ports: there are 25 of TCP, and the VPC CNI takes 24; use ranges`: ports(func() (all []tenants.Port) {
			for i := range 25 {
				all = append(all, tenants.Port{Port: 8000 + 2*i})
			}
			return all
		}()...),
		`calls.x.ports[0].port: 0 is not a port; use 1 to 65535`:                      ports(tenants.Port{}),
		`calls.x.ports[0].endPort: 79 is not after 80; use port or more`:              ports(tenants.Port{Port: 80, EndPort: 79}),
		`calls.x.ports[0].protocol: "ICMP" is not known; use one of TCP, UDP, SCTP`:   ports(tenants.Port{Port: 80, Protocol: "ICMP"}),
		`callers.x.ports: is empty; name those that are called`:                       changed(func(s *tenants.Tenant) { s.Callers["x"] = tenants.Peer{Namespace: "elsewhere"} }),
		`calls.x: billing lets nobody of shop in; add a caller {namespace: shop} to `: call(func(p *tenants.Peer) { p.Namespace = "billing" }),
		`callers.billing: billing lets nobody out to shop; add a call {namespace: sh`: func(a *tenants.Args) { a.Tenants["billing"] = tenants.Tenant{Team: "billing"} },
		`tenants.shop.calls: let nobody reach AWS, and a service account has permiss`: changed(func(s *tenants.Tenant) { delete(s.Calls, "aws") }),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			refused(t, want, change)
		})
	}
}

func TestBadHandlesAreRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*tenants.Args){
		`cluster: lacks its OIDC provider; hand over`:                                                                 func(a *tenants.Args) { a.Cluster.PodIdentity = false },
		`cluster.name: has 41 characters, which leaves no room in the names of roles; use up to 40`:                   func(a *tenants.Args) { a.Cluster.Name = strings.Repeat("c", 41) },
		`cluster: lacks its name or place, by which principals enter; hand over a cluster's Ref()`:                    func(a *tenants.Args) { a.Cluster = ref.Cluster{}; delete(a.Tenants, "shop"); alone(a) },
		`apiServer[0]: "" is not an aligned range; write ranges as 10.0.0.0/16`:                                       func(a *tenants.Args) { a.APIServer = []string{""} },
		`awsEndpoints[0]: 0.0.0.0/0 is every address, those in the cluster among them; name ranges, or internet: tru`: func(a *tenants.Args) { a.AWSEndpoints = []string{"0.0.0.0/0"} },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			refused(t, want, change)
		})
	}
	_, err := tenants.New(nil, "demo", nil)
	require.EqualError(t, err, "tenants: args are required")
}

// alone lets no tenant name another.
func alone(a *tenants.Args) {
	for name, tenant := range a.Tenants {
		tenant.Calls, tenant.Callers = nil, nil
		a.Tenants[name] = tenant
	}
}

// Without principals and permissions in AWS, a cluster's handle needs nothing of AWS.
func TestPlainTenantNeedsNoAWS(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := tenants.New(ctx, "demo", &tenants.Args{Tenants: map[string]tenants.Tenant{"shop": {Team: "shop", Environment: "dev"}}})
		return err
	})
	require.NoError(t, err)
	for _, made := range r.All() {
		assert.False(t, strings.HasPrefix(made.Type, "aws:"), made.Type)
	}
	assert.Empty(t, tenants.Validate(tenants.Args{}))
}
