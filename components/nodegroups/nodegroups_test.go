package nodegroups_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"testing"

	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func args(change func(*nodegroups.Args, *nodegroups.Group)) *nodegroups.Args {
	group := nodegroups.Group{InstanceTypes: []string{"t3.medium"}}
	a := &nodegroups.Args{
		Cluster: ref.Cluster{Name: "demo", Version: "1.35", NameOutput: pulumi.String("demo")},
		Network: ref.Network{
			Zones:   []string{"eu-west-1a"},
			Private: ref.Subnets{{Name: "private-a", Zone: "eu-west-1a", ID: pulumi.String("subnet-a")}},
		},
		Tags: map[string]string{"team": "platform"},
	}
	if change != nil {
		change(a, &group)
	}
	if a.Groups == nil {
		a.Groups = map[string]nodegroups.Group{"general": group}
	}
	return a
}

func run(t *testing.T, a *nodegroups.Args, options ...recorder.Option) *recorder.Recorder {
	t.Helper()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := nodegroups.New(ctx, "demo", a)
		return err
	}, options...)
	require.NoError(t, err)
	return r
}

func TestGroupInUpdateAndPreview(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := run(t, args(nil), options...).Get("aws:eks/nodeGroup:NodeGroup", "demo-general")
			require.NotNil(t, group)
			for key, want := range map[string]any{
				"clusterName":         "demo",
				"version":             "1.35",
				"nodeGroupNamePrefix": "general-",
				"amiType":             "AL2023_x86_64_STANDARD",
				"capacityType":        "ON_DEMAND",
				"instanceTypes":       []any{"t3.medium"},
				"subnetIds":           []any{"subnet-a"},
				"scalingConfig":       map[string]any{"minSize": 1.0, "maxSize": 3.0, "desiredSize": 1.0},
				"updateConfig":        map[string]any{"maxUnavailablePercentage": 33.0},
			} {
				assert.Equal(t, want, group.Inputs[key], key)
			}
			assert.Equal(t, []string{"scalingConfig.desiredSize"}, group.IgnoreChanges, "the autoscaler owns the size")
		})
	}
}

func TestNodesGuardTheirMetadataAndEncryptTheirDisk(t *testing.T) {
	t.Parallel()
	template := run(t, args(nil)).Get("aws:ec2/launchTemplate:LaunchTemplate", "demo-general")
	require.NotNil(t, template)
	assert.Equal(t, map[string]any{"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1.0},
		template.Inputs["metadataOptions"])
	assert.Equal(t, []any{map[string]any{"deviceName": "/dev/xvda", "ebs": map[string]any{
		"volumeType": "gp3", "volumeSize": 50.0, "encrypted": "true", "deleteOnTermination": "true",
	}}}, template.Inputs["blockDeviceMappings"])
	assert.Len(t, template.Inputs["tagSpecifications"], 3, "instances, volumes and interfaces are tagged")
}

// The kubelet gets the number of pods that the address plan counts with.
func TestMaxPodsOfTheAddressPlan(t *testing.T) {
	t.Parallel()
	const template = "aws:ec2/launchTemplate:LaunchTemplate"
	assert.NotContains(t, run(t, args(nil)).Get(template, "demo-general").Inputs, "userData", "EKS computes it")
	r := run(t, args(func(a *nodegroups.Args, _ *nodegroups.Group) { a.MaxPods = map[string]int{"general": 20} }))
	text, err := base64.StdEncoding.DecodeString(r.Get(template, "demo-general").Inputs["userData"].(string))
	require.NoError(t, err)
	message, err := mail.ReadMessage(bytes.NewReader(text))
	require.NoError(t, err)
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	assert.Equal(t, "multipart/mixed", kind)
	part, err := multipart.NewReader(message.Body, parameters["boundary"]).NextPart()
	require.NoError(t, err)
	assert.Equal(t, "application/node.eks.aws", part.Header.Get("Content-Type"))
	body, err := io.ReadAll(part)
	require.NoError(t, err)
	assert.YAMLEq(t, "{apiVersion: node.eks.aws/v1alpha1, kind: NodeConfig, spec: {kubelet: {config: {maxPods: 20}}}}", string(body))
}

// Images differ in where they keep pods' data and in how they are told of maxPods.
func TestImages(t *testing.T) {
	t.Parallel()
	for amiType, want := range map[string]struct {
		types, disk string
		volumes     int
		says        string
	}{
		"AL2023_ARM_64_STANDARD":     {"m7g.large", "/dev/xvda", 1, "maxPods: 20"},
		"AL2023_x86_64_NVIDIA":       {"g5.xlarge", "/dev/xvda", 1, "maxPods: 20"},
		"BOTTLEROCKET_x86_64":        {"m7i.large", "/dev/xvdb", 2, "[settings.kubernetes]\nmax-pods = 20\n"},
		"BOTTLEROCKET_ARM_64_NVIDIA": {"g5g.xlarge", "/dev/xvdb", 2, "[settings.kubernetes]\nmax-pods = 20\n"},
	} {
		t.Run(amiType, func(t *testing.T) {
			t.Parallel()
			r := run(t, args(func(a *nodegroups.Args, g *nodegroups.Group) {
				g.AMIType, g.InstanceTypes = amiType, []string{want.types}
				a.MaxPods = map[string]int{"general": 20}
			}))
			assert.Equal(t, amiType, r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").Inputs["amiType"])
			template := r.Get("aws:ec2/launchTemplate:LaunchTemplate", "demo-general").Inputs
			volumes := template["blockDeviceMappings"].([]any)
			assert.Equal(t, want.disk, volumes[0].(map[string]any)["deviceName"])
			assert.Len(t, volumes, want.volumes)
			for _, volume := range volumes {
				assert.Equal(t, "true", volume.(map[string]any)["ebs"].(map[string]any)["encrypted"], "the system's own, too")
			}
			text, err := base64.StdEncoding.DecodeString(template["userData"].(string))
			require.NoError(t, err)
			assert.Contains(t, string(text), want.says)
		})
	}
}

func TestWhatAGroupMaySay(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(_ *nodegroups.Args, g *nodegroups.Group) {
		g.Version, g.AMIRelease, g.SSHKey = "1.34", "1.34.2-20260114", "operators"
		g.DiskGiB, g.DiskIOPS, g.DiskThroughput = 100, 6000, 500
		g.Taints = []nodegroups.Taint{{Key: "gpu", Value: "true", Effect: "NO_SCHEDULE"}}
	}))
	group := r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").Inputs
	assert.Equal(t, "1.34", group["version"])
	assert.Equal(t, "1.34.2-20260114", group["releaseVersion"])
	assert.Equal(t, []any{map[string]any{"key": "gpu", "value": "true", "effect": "NO_SCHEDULE"}}, group["taints"])
	template := r.Get("aws:ec2/launchTemplate:LaunchTemplate", "demo-general").Inputs
	assert.Equal(t, "operators", template["keyName"])
	disk := template["blockDeviceMappings"].([]any)[0].(map[string]any)["ebs"].(map[string]any)
	assert.EqualValues(t, 6000, disk["iops"])
	assert.EqualValues(t, 500, disk["throughput"])
}

func TestIPv6NodesMayAssignAddresses(t *testing.T) {
	t.Parallel()
	const policy = "aws:iam/rolePolicy:RolePolicy"
	assert.Empty(t, run(t, args(nil)).OfType(policy))
	r := run(t, args(func(a *nodegroups.Args, _ *nodegroups.Group) { a.IPv6 = true }))
	assert.Contains(t, r.Get(policy, "demo-cni-ipv6").Inputs["policy"], "ec2:AssignIpv6Addresses")
	assert.Contains(t, r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").DependsOn, r.Get(policy, "demo-cni-ipv6").URN)
}

func TestSubnetsOfAGroup(t *testing.T) {
	t.Parallel()
	r := run(t, args(func(a *nodegroups.Args, g *nodegroups.Group) {
		a.Network.Private = append(a.Network.Private, ref.Subnet{Name: "private-b", Zone: "eu-west-1b", ID: pulumi.String("subnet-b")})
		g.Subnets = []string{"private-b"}
	}))
	assert.Equal(t, []any{"subnet-b"}, r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").Inputs["subnetIds"])
}

func TestLabelsAreTheGroups(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"example.com/team": "shop", "tier": ""}
	r := run(t, args(func(_ *nodegroups.Args, g *nodegroups.Group) { g.Labels = labels }))
	assert.Equal(t, map[string]any{"example.com/team": "shop", "tier": ""}, r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").Inputs["labels"])
}

// A node joins after its role's policies, the CNI and its way to the internet,
// and is gone before they are.
func TestGroupWaitsForWhatItsNodesNeed(t *testing.T) {
	t.Parallel()
	r, err := recorder.Run(func(ctx *pulumi.Context) error {
		var cni, route pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:CNI", "cni", pulumi.Map{}, &cni); err != nil {
			return err
		}
		if err := ctx.RegisterResource("test:index:Route", "route", pulumi.Map{}, &route); err != nil {
			return err
		}
		_, err := nodegroups.New(ctx, "demo", args(func(a *nodegroups.Args, _ *nodegroups.Group) {
			a.Cluster.NodesNeed, a.Network.Egress = []pulumi.Resource{&cni}, []pulumi.Resource{&route}
		}))
		return err
	})
	require.NoError(t, err)
	needs := r.Get("aws:eks/nodeGroup:NodeGroup", "demo-general").DependsOn
	attachments := r.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
	assert.Len(t, attachments, 4)
	for _, attachment := range attachments {
		assert.Contains(t, needs, attachment.URN)
	}
	assert.Contains(t, needs, r.Get("test:index:CNI", "cni").URN)
	assert.Contains(t, needs, r.Get("test:index:Route", "route").URN)
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*nodegroups.Args, *nodegroups.Group)
		want   string
	}{
		"no groups":    {func(a *nodegroups.Args, _ *nodegroups.Group) { a.Groups = map[string]nodegroups.Group{} }, "groups: there is no node group"},
		"group name":   {func(a *nodegroups.Args, g *nodegroups.Group) { a.Groups = map[string]nodegroups.Group{"A b": *g} }, "groups.A b: can't be a group's name"},
		"no cluster":   {func(a *nodegroups.Args, _ *nodegroups.Group) { a.Cluster = ref.Cluster{} }, "cluster: lacks a name"},
		"pods of none": {func(a *nodegroups.Args, _ *nodegroups.Group) { a.MaxPods = map[string]int{"other": 20} }, `maxPods.other: 20 pods for group "other" can't be`},
		"no subnet":    {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Subnets = []string{"private-a", "data-a"} }, `groups.general.subnets[1]: "data-a" is not a private subnet; use some of private-a`},
		"architecture": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.InstanceTypes = []string{"m7g.large"} }, "groups.general.instanceTypes[0]: m7g.large is for arm64, and AL2023_x86_64_STANDARD for x86_64; use types and an amiType of one architecture"},
		"iops":         {func(_ *nodegroups.Args, g *nodegroups.Group) { g.DiskIOPS = 26000 }, "groups.general.diskIops: 26000 is too much for 50 GiB; use up to 25000, or a larger disk"},
		"throughput":   {func(_ *nodegroups.Args, g *nodegroups.Group) { g.DiskThroughput = 1000 }, "groups.general.diskThroughput: 1000 is too much for 3000 operations a second; use up to 750, or raise diskIops"},
		"provider": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.DiskGiB, g.DiskIOPS, g.DiskThroughput = 100, 8000, 1250
		}, "groups.general.diskThroughput: 1250 is out of range; use 125 to 1000"},
		"few iops": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.DiskIOPS = 100 }, "groups.general.diskIops: 100 is out of range; use 3000 to 80000"},
		"taint": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Taints = []nodegroups.Taint{{Key: "", Effect: "NoSchedule"}}
		}, `groups.general.taints[0].effect: "NoSchedule" is not known; use one of NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE`},
		"taint twice": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Taints = []nodegroups.Taint{{Key: "a", Effect: "NO_EXECUTE"}, {Key: "a", Effect: "NO_EXECUTE"}}
		}, "groups.general.taints[1]: a with NO_EXECUTE is there twice"},
		"no step": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.BlueGreen = &nodegroups.BlueGreen{Step: "red"} }, `groups.general.blueGreen.step: "red" is not known; use one of blue, both, blueCordoned, green, greenCordoned`},
		"green's types": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.BlueGreen = &nodegroups.BlueGreen{Step: "both", Green: nodegroups.Green{InstanceTypes: []string{"m7g.large"}}}
		}, "groups.general.blueGreen.green.instanceTypes[0]: m7g.large is for arm64"},
		"newer green": {func(a *nodegroups.Args, g *nodegroups.Group) {
			a.Cluster.Version, g.BlueGreen = "1.34", &nodegroups.BlueGreen{Step: "both", Green: nodegroups.Green{Version: "1.35"}}
		}, "groups.general.blueGreen.green.version: 1.35 is newer than the control plane's 1.34"},
		"green's name": {func(a *nodegroups.Args, g *nodegroups.Group) {
			g.BlueGreen = &nodegroups.BlueGreen{Step: "both"}
			a.Groups = map[string]nodegroups.Group{"x": *g, "x-green": {InstanceTypes: g.InstanceTypes}}
		}, "groups.x-green: is what the second group of x is called"},
		"old nodes":     {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Version = "1.30" }, `groups.general.version: "1.30" is not known`},
		"newer nodes":   {func(a *nodegroups.Args, g *nodegroups.Group) { a.Cluster.Version, g.Version = "1.34", "1.35" }, "groups.general.version: 1.35 is newer than the control plane's 1.34"},
		"no network":    {func(a *nodegroups.Args, _ *nodegroups.Group) { a.Network = ref.Network{} }, "network: has no private subnets"},
		"no types":      {func(_ *nodegroups.Args, g *nodegroups.Group) { g.InstanceTypes = nil }, "groups.general.instanceTypes: names no instance type"},
		"a bad type":    {func(_ *nodegroups.Args, g *nodegroups.Group) { g.InstanceTypes = []string{"big"} }, `groups.general.instanceTypes[0]: "big" is not an instance type that the VPC CNI knows; write an EC2 type such as m7i.large`},
		"image":         {func(_ *nodegroups.Args, g *nodegroups.Group) { g.AMIType = "AL2" }, `groups.general.amiType: "AL2" is not known`},
		"capacity":      {func(_ *nodegroups.Args, g *nodegroups.Group) { g.CapacityType = "FREE" }, `groups.general.capacityType: "FREE" is not known`},
		"negative":      {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Min = new(-1) }, "groups.general.min: -1 is negative"},
		"max below min": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Min, g.Max = new(4), new(2) }, "groups.general.max: 2 is less than that (min is 4)"},
		"desired":       {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Desired = new(9) }, "groups.general.desired: 9 is not between min 1 and max 3"},
		"disk":          {func(_ *nodegroups.Args, g *nodegroups.Group) { g.DiskGiB = 8 }, "groups.general.diskGiB: 8 is out of range"},
		"unavailable":   {func(_ *nodegroups.Args, g *nodegroups.Group) { g.MaxUnavailablePercent = 101 }, "maxUnavailablePercent: 101 is out of range"},
		"reserved label": {func(_ *nodegroups.Args, g *nodegroups.Group) {
			g.Labels = map[string]string{"eks.amazonaws.com/x": "y"}
		}, "groups.general.labels.eks.amazonaws.com/x: has a prefix that EKS"},
		"label key":   {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Labels = map[string]string{"a b": "y"} }, "is not a Kubernetes label key"},
		"label value": {func(_ *nodegroups.Args, g *nodegroups.Group) { g.Labels = map[string]string{"a": "b c"} }, `"b c" is not a label value`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := nodegroups.New(ctx, "demo", args(test.change))
				return err
			})
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, r.All(), "nothing is registered")
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error {
		_, err := nodegroups.New(ctx, "demo", nil)
		return err
	})
	assert.ErrorContains(t, err, "nodegroups: args are required")
}
