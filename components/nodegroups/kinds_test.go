package nodegroups_test

import (
	"encoding/base64"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	managedType  = "aws:eks/nodeGroup:NodeGroup"
	asgType      = "aws:autoscaling/group:Group"
	profileType  = "aws:eks/fargateProfile:FargateProfile"
	templateType = "aws:ec2/launchTemplate:LaunchTemplate"
	entryType    = "aws:eks/accessEntry:AccessEntry"
	roleType     = "aws:iam/role:Role"
)

// joining is args with all that nodes are told that join by themselves.
func joining(change func(*nodegroups.Args, *nodegroups.Group)) *nodegroups.Args {
	return args(func(a *nodegroups.Args, g *nodegroups.Group) {
		a.Cluster.Endpoint, a.Cluster.CertificateAuthority = pulumi.String("https://demo"), pulumi.String("Y2E=")
		a.Cluster.ServiceCIDR, a.Cluster.SecurityGroupID = pulumi.String("172.20.0.0/16"), pulumi.String("sg-cluster")
		a.Network.Zones = []string{"eu-west-1a", "eu-west-1b"}
		a.Network.Private = append(a.Network.Private, ref.Subnet{Name: "private-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")})
		a.MaxPods = map[string]int{"general": 29}
		if change != nil {
			change(a, g)
		}
	})
}

func data(t *testing.T, r *recorder.Recorder, name string) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(r.Get(templateType, name).Inputs["userData"].(string))
	require.NoError(t, err)
	return string(text)
}

func TestSelfManagedGroup(t *testing.T) {
	t.Parallel()
	r := run(t, joining(func(_ *nodegroups.Args, g *nodegroups.Group) {
		g.Kind, g.Min, g.Desired, g.Max, g.SSHKey = ipplan.SelfManaged, new(1), new(3), new(4), "operators"
		g.Labels = map[string]string{"tier": "front"}
		g.Taints = []nodegroups.Taint{{Key: "gpu", Value: "true", Effect: "NO_SCHEDULE"}}
	}))
	assert.Empty(t, r.OfType(managedType))
	group := r.Get(asgType, "demo-general")
	require.NotNil(t, group)
	for key, want := range map[string]any{
		"minSize": 1.0, "maxSize": 4.0, "desiredCapacity": 3.0, "namePrefix": "demo-general-", "capacityRebalance": false,
		"vpcZoneIdentifiers": []any{"subnet-a", "subnet-b"},
		"suspendedProcesses": []any{"AZRebalance"},
		"instanceRefresh":    map[string]any{"strategy": "Rolling", "preferences": map[string]any{"minHealthyPercentage": 67.0, "maxHealthyPercentage": 100.0}},
	} {
		assert.Equal(t, want, group.Inputs[key], key)
	}
	assert.Equal(t, []string{"desiredCapacity"}, group.IgnoreChanges, "the autoscaler owns the size")
	policy := group.Inputs["mixedInstancesPolicy"].(map[string]any)
	assert.Equal(t, []any{map[string]any{"instanceType": "t3.medium"}}, policy["launchTemplate"].(map[string]any)["overrides"])
	tags := map[string]any{}
	for _, tag := range group.Inputs["tags"].([]any) {
		tag := tag.(map[string]any)
		tags[tag["key"].(string)] = []any{tag["value"], tag["propagateAtLaunch"]}
	}
	assert.Equal(t, map[string]any{
		"Name":                              []any{"demo-general", true},
		"team":                              []any{"platform", true},
		"kubernetes.io/cluster/demo":        []any{"owned", true},
		"k8s.io/cluster-autoscaler/enabled": []any{"true", false},
		"k8s.io/cluster-autoscaler/demo":    []any{"owned", false},
		"k8s.io/cluster-autoscaler/node-template/resources/pods":              []any{"29", false},
		"k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage": []any{"50Gi", false},
		"k8s.io/cluster-autoscaler/node-template/label/tier":                  []any{"front", false},
		"k8s.io/cluster-autoscaler/node-template/taint/gpu":                   []any{"true:NoSchedule", false},
	}, tags)

	template := r.Get(templateType, "demo-general").Inputs
	assert.Equal(t, "resolve:ssm:/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id", template["imageId"])
	assert.Equal(t, "operators", template["keyName"])
	assert.Equal(t, []any{"sg-cluster"}, template["vpcSecurityGroupIds"])
	assert.NotNil(t, template["iamInstanceProfile"])
	for _, want := range []string{`apiServerEndpoint: "https://demo"`, `certificateAuthority: "Y2E="`, `cidr: "172.20.0.0/16"`, "maxPods: 29", `--node-labels=tier=front`, `--register-with-taints=gpu=true:NoSchedule`} {
		assert.Contains(t, data(t, r, "demo-general"), want)
	}

	entry := r.Get(entryType, "demo-self")
	require.NotNil(t, entry, "EKS makes none for nodes it does not start")
	assert.Equal(t, "EC2_LINUX", entry.Inputs["type"])
	assert.Contains(t, group.DependsOn, entry.URN)
	assert.Nil(t, r.Get(roleType, "demo"), "there is no managed group")
}

// The endpoint is not known before there is a cluster: the plan says so, and shows all else.
func TestSelfManagedGroupInAFirstPreview(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		unknown := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
		_, err := nodegroups.New(ctx, "demo", joining(func(a *nodegroups.Args, g *nodegroups.Group) {
			a.Cluster.Endpoint, g.Kind = unknown, ipplan.SelfManaged
		}))
		return err
	}, recorder.Preview())
	require.NoError(t, err)
	require.NotNil(t, r.Get(asgType, "demo-general"))
	assert.Nil(t, r.Get(templateType, "demo-general").Inputs["userData"], "not known yet")
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	for capacity, want := range map[string]struct {
		base, percent float64
		rebalance     bool
	}{"ON_DEMAND": {0, 100, false}, "SPOT": {0, 0, true}, "MIXED": {2, 25, true}} {
		r := run(t, joining(func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Kind, g.CapacityType, g.SurgePercent = ipplan.SelfManaged, capacity, 20
			if capacity == "MIXED" {
				g.OnDemandBase, g.OnDemandPercent = new(2), new(25)
			}
		}))
		group := r.Get(asgType, "demo-general").Inputs
		assert.Equal(t, map[string]any{
			"onDemandBaseCapacity": want.base, "onDemandPercentageAboveBaseCapacity": want.percent,
			"onDemandAllocationStrategy": "prioritized", "spotAllocationStrategy": "price-capacity-optimized",
		}, group["mixedInstancesPolicy"].(map[string]any)["instancesDistribution"], capacity)
		assert.Equal(t, want.rebalance, group["capacityRebalance"], capacity)
		assert.InDelta(t, 120, group["instanceRefresh"].(map[string]any)["preferences"].(map[string]any)["maxHealthyPercentage"], 0)
	}
}

// Each image is named by its public parameter, with its release where one is given.
func TestImagesOfSelfManagedGroups(t *testing.T) {
	t.Parallel()
	for amiType, test := range map[string]struct{ types, release, want, says string }{
		"AL2023_ARM_64_NVIDIA":       {"g5g.xlarge", "", "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/nvidia/recommended/image_id", "kind: NodeConfig"},
		"AL2023_x86_64_STANDARD":     {"m7i.large", "1.34.2-20260114", "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/amazon-eks-node-al2023-x86_64-standard-1.34-v20260114/image_id", "kind: NodeConfig"},
		"BOTTLEROCKET_x86_64_NVIDIA": {"g5.xlarge", "1.50.0", "/aws/service/bottlerocket/aws-k8s-1.34-nvidia/x86_64/1.50.0/image_id", `cluster-name = "demo"`},
		"UBUNTU_24_04_x86_64":        {"m7i.large", "20260110", "/aws/service/canonical/ubuntu/eks/24.04/1.34/stable/20260110/amd64/hvm/ebs-gp3/ami-id", "/etc/eks/bootstrap.sh 'demo'"},
		"UBUNTU_22_04_ARM_64":        {"m7g.large", "", "/aws/service/canonical/ubuntu/eks/22.04/1.34/stable/current/arm64/hvm/ebs-gp2/ami-id", "/etc/eks/bootstrap.sh 'demo'"},
		"WINDOWS_CORE_2022_x86_64":   {"m7i.large", "", "/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.34/image_id", "Start-EKSBootstrap.ps1"},
	} {
		t.Run(amiType, func(t *testing.T) {
			t.Parallel()
			r := run(t, joining(func(a *nodegroups.Args, g *nodegroups.Group) {
				a.Groups = map[string]nodegroups.Group{"linux": {InstanceTypes: []string{"m7i.large"}}, "general": {
					Kind: ipplan.SelfManaged, Version: "1.34", AMIType: amiType, InstanceTypes: []string{test.types}, AMIRelease: test.release,
				}}
			}))
			assert.Equal(t, "resolve:ssm:"+test.want, r.Get(templateType, "demo-general").Inputs["imageId"])
			assert.Contains(t, data(t, r, "demo-general"), test.says)
		})
	}
}

// Windows nodes have roles of their own, a taint, a larger disk; EKS counts their pods.
func TestWindows(t *testing.T) {
	t.Parallel()
	r := run(t, joining(func(a *nodegroups.Args, g *nodegroups.Group) {
		windows := nodegroups.Group{AMIType: "WINDOWS_FULL_2022_x86_64", InstanceTypes: []string{"m7i.large"}}
		own := windows
		own.Kind = ipplan.SelfManaged
		a.Groups = map[string]nodegroups.Group{"general": *g, "windows": windows, "own": own}
		a.MaxPods = map[string]int{"windows": 9}
	}))
	managed := r.Get(managedType, "demo-windows").Inputs
	assert.Equal(t, "WINDOWS_FULL_2022_x86_64", managed["amiType"])
	assert.Equal(t, []any{map[string]any{"key": "os", "value": "windows", "effect": "NO_SCHEDULE"}}, managed["taints"])
	assert.NotContains(t, r.Get(templateType, "demo-windows").Inputs, "userData")
	disk := r.Get(templateType, "demo-windows").Inputs["blockDeviceMappings"].([]any)[0].(map[string]any)
	assert.Equal(t, "/dev/sda1", disk["deviceName"])
	assert.EqualValues(t, 100, disk["ebs"].(map[string]any)["volumeSize"])
	assert.NotEqual(t, managed["nodeRoleArn"], r.Get(managedType, "demo-general").Inputs["nodeRoleArn"])
	require.Len(t, r.OfType(entryType), 1, "EKS makes those of its own")
	assert.Equal(t, "EC2_WINDOWS", r.Get(entryType, "demo-self-windows").Inputs["type"])
}

// An image of one's own has its version in itself, and EKS adds nothing to what it is told.
func TestOwnImage(t *testing.T) {
	t.Parallel()
	r := run(t, joining(func(_ *nodegroups.Args, g *nodegroups.Group) {
		g.AMIType, g.AMIID, g.InstanceTypes = "UBUNTU_24_04_x86_64", "ami-0123456789abcdef0", []string{"m7i.large"}
	}))
	group := r.Get(managedType, "demo-general").Inputs
	assert.NotContains(t, group, "amiType")
	assert.NotContains(t, group, "version")
	assert.Equal(t, "ami-0123456789abcdef0", r.Get(templateType, "demo-general").Inputs["imageId"])
	assert.Contains(t, data(t, r, "demo-general"), "/etc/eks/bootstrap.sh 'demo'")
	assert.Empty(t, r.OfType(entryType))
}

func TestFargateProfile(t *testing.T) {
	t.Parallel()
	r := run(t, joining(func(a *nodegroups.Args, g *nodegroups.Group) {
		a.StartupTaints = []nodegroups.Taint{{Key: "agent", Effect: "NO_EXECUTE"}}
		a.Groups = map[string]nodegroups.Group{"general": *g, "batch": {
			Kind: ipplan.Fargate, Subnets: []string{"private-b"}, Selectors: []nodegroups.Selector{{Namespace: "batch-*", Labels: map[string]string{"size": "small"}}},
		}}
	}))
	profile := r.Get(profileType, "demo-batch")
	require.NotNil(t, profile)
	assert.Equal(t, []any{map[string]any{"namespace": "batch-*", "labels": map[string]any{"size": "small"}}}, profile.Inputs["selectors"])
	assert.Equal(t, []any{"subnet-b"}, profile.Inputs["subnetIds"])
	assert.Nil(t, r.Get(templateType, "demo-batch"))
	role := r.Get(roleType, "demo-fargate")
	require.NotNil(t, role)
	assert.Contains(t, role.Inputs["assumeRolePolicy"], `"aws:SourceArn":"arn:aws:eks:eu-west-1:*:fargateprofile/demo/*"`)
	assert.Len(t, r.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), 5, "four for nodes, one for Fargate")
	assert.Len(t, r.Get(managedType, "demo-general").Inputs["taints"], 1, "the startup taint is for nodes")
}

// Pods with volumes in a zone find nodes there when each zone has a group that scales by itself.
func TestOneGroupForEachZone(t *testing.T) {
	t.Parallel()
	r := run(t, joining(func(a *nodegroups.Args, g *nodegroups.Group) {
		g.PerZone, g.BlueGreen = true, &nodegroups.BlueGreen{Step: "both"}
		a.MaxPods = map[string]int{"general-a": 29, "general-b": 29}
	}))
	for name, subnet := range map[string]string{"general-a": "subnet-a", "general-b": "subnet-b", "general-a-green": "subnet-a", "general-b-green": "subnet-b"} {
		group := r.Get(managedType, "demo-"+name)
		require.NotNil(t, group, name)
		assert.Equal(t, []any{subnet}, group.Inputs["subnetIds"], name)
		assert.Contains(t, data(t, r, "demo-"+name), "maxPods: 29", name)
	}
	assert.Len(t, r.OfType(managedType), 4)
}

func TestBadKinds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*nodegroups.Args, *nodegroups.Group)
		want   string
	}{
		"kind":              {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Kind = "spot" }, `groups.general.kind: "spot" is not known; use one of managed, selfManaged, fargate`},
		"mixed and managed": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.CapacityType = "MIXED" }, "groups.general.capacityType: can't be MIXED for a managed group; use kind: selfManaged, or two groups"},
		"base alone":        {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Kind, g.OnDemandBase = ipplan.SelfManaged, new(1) }, "groups.general.onDemandBase: has no effect without capacityType MIXED"},
		"base of managed":   {func(_ *nodegroups.Args, g *nodegroups.Group) { g.OnDemandBase = new(1) }, "groups.general.onDemandBase: has no meaning for kind managed; remove it, or use kind: selfManaged"},
		"surge of managed":  {func(_ *nodegroups.Args, g *nodegroups.Group) { g.SurgePercent = 10 }, "groups.general.surgePercent: has no meaning for kind managed"},
		"surge and unavailable": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Kind, g.SurgePercent, g.MaxUnavailablePercent = ipplan.SelfManaged, 80, 30
		}, "groups.general.surgePercent: 80 and maxUnavailablePercent 30 are more than 100 together"},
		"share": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Kind, g.CapacityType, g.OnDemandPercent = ipplan.SelfManaged, "MIXED", new(101)
		}, "groups.general.onDemandPercent: 101 is out of range"},
		"selectors":    {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Selectors = []nodegroups.Selector{{Namespace: "a"}} }, "groups.general.selectors: has no meaning for kind managed; remove it, or use kind: fargate"},
		"no selectors": {func(_ *nodegroups.Args, g *nodegroups.Group) { *g = nodegroups.Group{Kind: ipplan.Fargate} }, "groups.general.selectors: there are 0; name 1 to 5"},
		"Fargate alone": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			*g = nodegroups.Group{Kind: ipplan.Fargate, Selectors: []nodegroups.Selector{{Namespace: "a"}}}
		}, "groups: has no group of Linux nodes"},
		"Fargate's types": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Kind = ipplan.Fargate }, "groups.general.instanceTypes: has no meaning for kind fargate"},
		"namespace": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			*g = nodegroups.Group{Kind: ipplan.Fargate, Selectors: []nodegroups.Selector{{Namespace: "A b"}}}
		}, `groups.general.selectors[0].namespace: "A b" is not a namespace's name`},
		"Windows alone": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIType = "WINDOWS_CORE_2022_x86_64" }, "groups: has no group of Linux nodes"},
		"Windows' disk": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIType, g.DiskGiB = "WINDOWS_CORE_2022_x86_64", 30 }, "groups.general.diskGiB: 30 is out of range; use 50 to 16384"},
		"Windows' release": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Kind, g.AMIType, g.AMIRelease = ipplan.SelfManaged, "WINDOWS_CORE_2022_x86_64", "1"
		}, "groups.general.amiRelease: is not to be had for self-managed Windows nodes"},
		"Ubuntu managed": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIType = "UBUNTU_24_04_x86_64" }, "groups.general.amiType: UBUNTU_24_04_x86_64 is not an image that EKS starts by itself; use kind: selfManaged, or name the image with amiId"},
		"image's id":     {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIID = "latest" }, `groups.general.amiId: "latest" is not an image's id`},
		"id and release": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIID, g.AMIRelease = "ami-0123456789abcdef0", "1" }, "groups.general.amiRelease: has no effect with amiId"},
		"early": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Kind, g.Version, g.AMIType = ipplan.SelfManaged, "1.34", "UBUNTU_26_04_x86_64"
		}, "groups.general.amiType: UBUNTU_26_04_x86_64 is for Kubernetes 1.35 and newer, and the nodes have 1.34; use another image, or a newer minor"},
		"zone's name": {func(a *nodegroups.Args, g *nodegroups.Group) {
			zoned := *g
			zoned.PerZone = true
			a.Groups, a.MaxPods = map[string]nodegroups.Group{"general": zoned, "general-b": *g}, nil
		}, "groups.general-b: is what the group general is called in eu-west-1b; use another name"},
		"no endpoint": {func(a *nodegroups.Args, g *nodegroups.Group) { g.Kind, a.Cluster.Endpoint = ipplan.SelfManaged, nil }, "cluster: lacks an endpoint, a certificate authority, a range of Services or a security group, and the nodes of general join by themselves"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := nodegroups.New(ctx, "demo", joining(test.change))
				return err
			})
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.OfType(roleType))
		})
	}
}
