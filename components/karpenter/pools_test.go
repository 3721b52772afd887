package karpenter_test

import (
	"sync"
	"testing"

	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	classType = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
	poolType  = "kubernetes:karpenter.sh/v1:NodePool"
)

// poolsProgram makes pools after something that stands for the chart.
func poolsProgram(change func(*karpenter.PoolsArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var things [4]pulumi.CustomResourceState
		for i, name := range []string{"cluster", "chart", "cni", "nat"} {
			if err := ctx.RegisterResource("test:index:Thing", name, pulumi.Map{}, &things[i]); err != nil {
				return err
			}
		}
		args := &karpenter.PoolsArgs{
			Spec: karpenter.Spec{AMI: "al2023@v20260114"},
			Cluster: ref.Cluster{Name: "demo", Resource: &things[0], NodesNeed: []pulumi.Resource{&things[2]},
				SecurityGroupID: things[0].ID().ApplyT(func(id pulumi.ID) string { return "sg-" + string(id) }).(pulumi.StringOutput)},
			Network: ref.Network{Egress: []pulumi.Resource{&things[3]}, Private: ref.Subnets{
				{Name: "private-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-a")},
				{Name: "private-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")},
			}},
			InstanceProfile: pulumi.String("demo-profile"),
			After:           []pulumi.Resource{&things[1]},
			Labels:          map[string]string{"app.kubernetes.io/managed-by": "pulumi"},
			Tags:            map[string]string{"team": "platform"},
		}
		if change != nil {
			change(args)
		}
		made, err := karpenter.NewPools(ctx, "demo", args)
		if err != nil {
			return err
		}
		var workload pulumi.CustomResourceState
		return ctx.RegisterResource("test:index:Thing", "workload", pulumi.Map{}, &workload, pulumi.DependsOn(made.Resources()))
	}
}

// spec is what an object says.
func spec(t *testing.T, r *recorder.Recorder, token, name string) object {
	t.Helper()
	made := r.Get(token, name)
	require.NotNil(t, made, name)
	return made.Inputs["spec"].(object)
}

func TestDefaultNodeClass(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(poolsProgram(nil))
	require.NoError(t, err)
	assert.Len(t, r.OfType(classType), 1)
	made := r.Get(classType, "demo-class-default")
	assert.Equal(t, object{"name": "default", "labels": object{"app.kubernetes.io/managed-by": "pulumi"}}, made.Inputs["metadata"])
	assert.Equal(t, object{
		"amiFamily":                  "AL2023",
		"amiSelectorTerms":           []any{object{"alias": "al2023@v20260114"}},
		"instanceProfile":            "demo-profile",
		"subnetSelectorTerms":        []any{object{"id": "subnet-a"}, object{"id": "subnet-b"}},
		"securityGroupSelectorTerms": []any{object{"id": "sg-Thing:cluster"}},
		"associatePublicIPAddress":   false,
		"detailedMonitoring":         false,
		"blockDeviceMappings": []any{object{"deviceName": "/dev/xvda", "ebs": object{
			"volumeType": "gp3", "volumeSize": "50Gi", "iops": 3000.0, "throughput": 125.0, "encrypted": true, "deleteOnTermination": true}}},
		"metadataOptions": object{"httpEndpoint": "enabled", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1.0, "httpTokens": "required"},
		"tags":            object{"team": "platform"},
	}, spec(t, r, classType, "demo-class-default"))
}

func TestDefaultPool(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(poolsProgram(nil))
	require.NoError(t, err)
	assert.Len(t, r.OfType(poolType), 1)
	in := func(key string, values ...any) object { return object{"key": key, "operator": "In", "values": values} }
	assert.Equal(t, object{
		"template": object{"spec": object{
			"nodeClassRef": object{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
			"requirements": []any{
				in("kubernetes.io/os", "linux"), in("kubernetes.io/arch", "amd64"), in("karpenter.sh/capacity-type", "on-demand"),
				in("karpenter.k8s.aws/instance-category", "c", "m", "r"), in("karpenter.k8s.aws/instance-hypervisor", "nitro"),
			},
			"expireAfter": "720h", "terminationGracePeriod": "48h",
		}},
		"disruption": object{"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "5m", "budgets": []any{object{"nodes": "10%"}}},
		"limits":     object{"cpu": "100"},
	}, spec(t, r, poolType, "demo-pool-default"))
}

func TestEveryField(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(poolsProgram(func(a *karpenter.PoolsArgs) {
		a.MaxPods = map[string]int{"rocket": 58}
		a.NodeClasses = map[string]karpenter.NodeClass{
			"own": {AMIIDs: []string{"ami-0123456789abcdef0", "ami-0123456789abcdef1"}, UserData: "#!/bin/sh\n"},
			"rocket": {AMI: "bottlerocket@v1.46.0", Subnets: []string{"private-b"}, SecurityGroupIDs: []string{"sg-0123456789abcdef0"},
				DiskGiB: 100, DiskIOPS: 4000, DiskThroughput: 500, DetailedMonitoring: true, InstanceStore: true},
		}
		a.Pools = map[string]karpenter.Pool{"batch": {
			NodeClass: "rocket", Architectures: []string{"arm64"}, CapacityTypes: []string{"spot", "on-demand"},
			InstanceFamilies: []string{"m7g", "c7g"}, MinInstanceGeneration: 7, Zones: []string{"eu-west-1b"},
			Requirements:  []karpenter.Requirement{{Key: "karpenter.k8s.aws/instance-cpu", Operator: "Lte", Values: []string{"16"}}, {Key: "example.com/gpu", Operator: "DoesNotExist"}},
			Labels:        map[string]string{"example.com/use": "batch"},
			Taints:        []karpenter.Taint{{Key: "example.com/batch", Value: "yes", Effect: "NoSchedule"}},
			StartupTaints: []karpenter.Taint{{Key: "example.com/starting", Effect: "NoExecute"}},
			Limits:        karpenter.Limits{CPU: "64", Memory: "256Gi", Nodes: 8}, Weight: 10,
			Disruption: karpenter.Disruption{ConsolidationPolicy: "WhenEmpty", ConsolidateAfter: "Never", Budgets: []karpenter.Budget{
				{Nodes: "0", Reasons: []string{"Drifted"}, Schedule: "0 9 * * mon-fri", Duration: "8h"}, {}}},
			ExpireAfter: "Never", TerminationGracePeriod: "Never",
		}}
	}))
	require.NoError(t, err)

	own := spec(t, r, classType, "demo-class-own")
	assert.Equal(t, []any{object{"id": "ami-0123456789abcdef0"}, object{"id": "ami-0123456789abcdef1"}}, own["amiSelectorTerms"])
	assert.Equal(t, "AL2023", own["amiFamily"])
	assert.Equal(t, "#!/bin/sh\n", own["userData"])

	rocket := spec(t, r, classType, "demo-class-rocket")
	assert.Equal(t, "Bottlerocket", rocket["amiFamily"])
	assert.Equal(t, []any{object{"id": "subnet-b"}}, rocket["subnetSelectorTerms"])
	assert.Equal(t, []any{object{"id": "sg-Thing:cluster"}, object{"id": "sg-0123456789abcdef0"}}, rocket["securityGroupSelectorTerms"])
	assert.Equal(t, object{"maxPods": 58.0}, rocket["kubelet"])
	assert.Equal(t, true, rocket["detailedMonitoring"])
	assert.Equal(t, []any{
		object{"deviceName": "/dev/xvdb", "ebs": object{"volumeType": "gp3", "volumeSize": "100Gi", "iops": 4000.0, "throughput": 500.0, "encrypted": true, "deleteOnTermination": true}},
		object{"deviceName": "/dev/xvda", "ebs": object{"volumeType": "gp3", "volumeSize": "4Gi", "encrypted": true, "deleteOnTermination": true}},
	}, rocket["blockDeviceMappings"])
	assert.Equal(t, "RAID0", rocket["instanceStorePolicy"])

	in := func(key string, values ...any) object { return object{"key": key, "operator": "In", "values": values} }
	assert.Equal(t, object{
		"template": object{
			"metadata": object{"labels": object{"example.com/use": "batch"}},
			"spec": object{
				"nodeClassRef": object{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "rocket"},
				"requirements": []any{
					in("kubernetes.io/os", "linux"), in("kubernetes.io/arch", "arm64"), in("karpenter.sh/capacity-type", "spot", "on-demand"),
					in("karpenter.k8s.aws/instance-family", "m7g", "c7g"), in("topology.kubernetes.io/zone", "eu-west-1b"),
					object{"key": "karpenter.k8s.aws/instance-generation", "operator": "Gte", "values": []any{"7"}},
					object{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Lte", "values": []any{"16"}},
					object{"key": "example.com/gpu", "operator": "DoesNotExist"},
				},
				"taints":        []any{object{"key": "example.com/batch", "value": "yes", "effect": "NoSchedule"}},
				"startupTaints": []any{object{"key": "example.com/starting", "effect": "NoExecute"}},
				"expireAfter":   "Never",
			},
		},
		"disruption": object{"consolidationPolicy": "WhenEmpty", "consolidateAfter": "Never", "budgets": []any{
			object{"nodes": "0", "reasons": []any{"Drifted"}, "schedule": "0 9 * * mon-fri", "duration": "8h"}, object{"nodes": "10%"}}},
		"limits": object{"cpu": "64", "memory": "256Gi", "nodes": "8"},
		"weight": 10.0,
	}, spec(t, r, poolType, "demo-pool-batch"))
}

// A hypervisor of one's own choice takes the default's place.
func TestOwnHypervisor(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(poolsProgram(func(a *karpenter.PoolsArgs) {
		a.Pools = map[string]karpenter.Pool{"metal": {Requirements: []karpenter.Requirement{{Key: "karpenter.k8s.aws/instance-hypervisor", Operator: "Exists"}}}}
	}))
	require.NoError(t, err)
	requirements := spec(t, r, poolType, "demo-pool-metal")["template"].(object)["spec"].(object)["requirements"].([]any)
	assert.Contains(t, requirements, object{"key": "karpenter.k8s.aws/instance-hypervisor", "operator": "Exists"})
	assert.NotContains(t, requirements, object{"key": "karpenter.k8s.aws/instance-hypervisor", "operator": "In", "values": []any{"nitro"}})
}

// The objects come after the controller and go before it: while they go, it ends their
// instances. So they don't go with the cluster.
func TestOrder(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(poolsProgram(nil), options...)
			require.NoError(t, err)
			class, pool := r.Get(classType, "demo-class-default"), r.Get(poolType, "demo-pool-default")
			require.NotNil(t, class)
			require.NotNil(t, pool)
			for _, needed := range []string{"chart", "cni", "nat"} {
				assert.Contains(t, class.DependsOn, r.Get("test:index:Thing", needed).URN)
			}
			assert.Contains(t, pool.DependsOn, class.URN, "a class is kept as long as a node of it is there")
			assert.Contains(t, r.Get("test:index:Thing", "workload").DependsOn, pool.URN)
			for _, made := range []*recorder.Resource{class, pool} {
				assert.Empty(t, made.DeletedWith)
				assert.Equal(t, r.OfType(karpenter.PoolsToken)[0].URN, made.Parent)
			}
			assert.Equal(t, "default", class.Inputs["metadata"].(object)["name"])
			assert.Equal(t, "100", pool.Inputs["spec"].(object)["limits"].(object)["cpu"])
		})
	}
}

// timeouts notes how long removals may take.
type timeouts struct {
	mu      sync.Mutex
	removal map[string]string
}

func (m *timeouts) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (m *timeouts) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.removal[args.TypeToken] = args.RegisterRPC.GetCustomTimeouts().GetDelete()
	return args.Name, args.Inputs, nil
}

func TestRemovalWaitsForDrains(t *testing.T) {
	t.Parallel()
	m := &timeouts{removal: map[string]string{}}
	require.NoError(t, pulumi.RunErr(poolsProgram(nil), pulumi.WithMocks("eks-platform", "dev", m)))
	assert.Equal(t, "60m", m.removal[classType])
	assert.Equal(t, "60m", m.removal[poolType])
}
