package stacks_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/network"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type object = map[string]any

// valid is a configuration that all three profiles accept.
func valid(profile string) object {
	return object{
		"profile":   profile,
		"region":    "ap-northeast-2",
		"accountId": "111122223333",
		"network":   object{"cidr": "10.10.0.0/16", "zones": []any{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"}},
		"cluster":   object{"admins": object{"platform": "arn:aws:iam::111122223333:role/Admin"}},
		"nodeGroups": object{
			"general": object{"instanceTypes": []any{"m7i.large"}},
		},
	}
}

func parse(t *testing.T, tree any) (*stacks.Config, []problem.Problem) {
	t.Helper()
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	return stacks.Parse(text, "eks-platform-dev")
}

func TestProfilesDecideDefaults(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]struct {
		nat       network.NAT
		flowLogs  string
		growth    int
		upgrades  []string
		retention int
		protect   bool
		capacity  string
		min       int
	}{
		"dev": {network.NATSingle, "none", 0, []string{"rolling"}, 7, false, "SPOT", 1},
		"stg": {network.NATPerZone, "cloudWatch", 25, []string{"rolling", "blueGreen"}, 30, false, "ON_DEMAND", 2},
		"prd": {network.NATPerZone, "cloudWatch", 50, []string{"rolling", "blueGreen"}, 365, true, "ON_DEMAND", 3},
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			cfg, problems := parse(t, valid(profile))
			require.Empty(t, problems)
			assert.Equal(t, want.nat, cfg.Network.NAT)
			assert.Equal(t, want.flowLogs, cfg.Network.FlowLogs.To)
			assert.Equal(t, want.retention, cfg.Network.FlowLogs.RetentionDays)
			assert.Equal(t, want.growth, cfg.Network.Budget.GrowthPercent)
			assert.Equal(t, want.upgrades, cfg.Network.Budget.Upgrades)
			assert.Equal(t, want.retention, cfg.Cluster.LogRetentionDays)
			assert.Equal(t, want.protect, cfg.Cluster.Protect)
			assert.Equal(t, want.capacity, cfg.NodeGroups["general"].CapacityType)
			assert.Equal(t, want.min, *cfg.NodeGroups["general"].Min)
			assert.Empty(t, cfg.Cluster.PublicAccessCIDRs, "private unless asked")
			assert.Equal(t, "eks-platform-dev", cfg.Name)
		})
	}
}

func TestWhatTheStackSaysWinsOverTheProfile(t *testing.T) {
	t.Parallel()
	tree := valid("prd")
	tree["cluster"].(object)["protect"] = false
	tree["network"].(object)["nat"] = "single"
	tree["nodeGroups"].(object)["general"].(object)["min"] = 0
	tree["nodeGroups"].(object)["other"] = object{"instanceTypes": []any{"c7g.large"}, "min": 2, "amiType": "AL2023_ARM_64_STANDARD"}
	tree["tags"] = nil
	cfg, problems := parse(t, tree)
	require.Empty(t, problems)
	assert.False(t, cfg.Cluster.Protect)
	assert.Equal(t, network.NATSingle, cfg.Network.NAT)
	assert.Zero(t, *cfg.NodeGroups["general"].Min)
	assert.Equal(t, 365, cfg.Cluster.LogRetentionDays, "what the stack leaves out stays the profile's")
}

// What is made only with a VPC has no default of the profile where the VPC exists.
func TestAnExistingVPC(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"dev", "stg", "prd"} {
		tree := valid(profile)
		subnets := object{}
		for _, letter := range []string{"a", "b", "c"} {
			subnets["ap-northeast-2"+letter] = object{"id": "subnet-0000000" + letter, "free": 4000}
		}
		tree["network"] = object{
			"zones":    []any{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"},
			"existing": object{"vpcId": "vpc-0123456789abcdef0", "private": subnets},
		}
		cfg, problems := parse(t, tree)
		require.Empty(t, problems)
		plan, problems := cfg.AddressPlan()
		require.Empty(t, problems)
		assert.Len(t, plan.Subnets, 3)
		subnets["ap-northeast-2a"].(object)["cidr"] = "172.20.16.0/20"
		_, problems = parse(t, tree)
		assert.ErrorContains(t, problem.Error("configuration", problems), "cluster.serviceCidr: 172.20.0.0/16 overlaps network.existing.private.ap-northeast-2a.cidr 172.20.16.0/20")
		assert.Equal(t, 4000, plan.Subnets[0].Has.Total())
	}
}

func TestBadConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		profile string
		change  func(object)
		want    string
	}{
		"misspelt key":        {"dev", func(o object) { o["netwrok"] = object{} }, "netwrok: is not a key of the configuration; did you mean network?"},
		"misspelt nested key": {"dev", func(o object) { o["network"].(object)["cdir"] = "x" }, "network.cdir: is not a key of the configuration; did you mean cidr?"},
		"misspelt group key":  {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["maximum"] = 3 }, "nodeGroups.general.maximum: is not a key of the configuration; did you mean max?"},
		"foreign key":         {"dev", func(o object) { o["xyzzy"] = 1 }, "xyzzy: is not a key of the configuration; remove it, or use one of accountId, addonVersions, addonsMinor"},
		"text for a list":     {"dev", func(o object) { o["network"].(object)["zones"] = "a" }, `network.zones: is the text "a", not a list; write a list`},
		"number for text":     {"dev", func(o object) { o["cluster"].(object)["version"] = 1.35 }, `cluster.version: is the number 1.35, not text; put it in quotes: "1.35"`},
		"number for account":  {"dev", func(o object) { o["accountId"] = 111122223333 }, `accountId: is the number 111122223333, not text; put it in quotes: "111122223333"`},
		"text for a number":   {"dev", func(o object) { o["cluster"].(object)["logRetentionDays"] = "90" }, `cluster.logRetentionDays: is the text "90", not a whole number`},
		"fraction":            {"dev", func(o object) { o["cluster"].(object)["logRetentionDays"] = 1.5 }, "cluster.logRetentionDays: is the number 1.5, not a whole number"},
		"number for a switch": {"dev", func(o object) { o["cluster"].(object)["protect"] = 1 }, "cluster.protect: is the number 1, not true or false"},
		"list for a mapping":  {"dev", func(o object) { o["nodeGroups"] = []any{} }, "nodeGroups: is a list, not a mapping of names to values"},
		"list for an object":  {"dev", func(o object) { o["network"] = true }, "network: is true, not a mapping of keys to values"},
		"bad list item":       {"dev", func(o object) { o["network"].(object)["zones"] = []any{object{}} }, "network.zones[0]: is a mapping, not text"},
		"unknown profile":     {"test", func(object) {}, `profile: "test" is not known; use one of dev, stg, prd`},
		"no profile":          {"dev", func(o object) { delete(o, "profile") }, `profile: "" is not known`},
		"region":              {"dev", func(o object) { o["region"] = "Seoul" }, `region: "Seoul" is not a region`},
		"zone elsewhere":      {"dev", func(o object) { o["region"] = "eu-west-1" }, "network.zones: ap-northeast-2a is not in eu-west-1; use zones of eu-west-1"},
		"name":                {"dev", func(o object) { o["name"] = "My Platform" }, `name: "My Platform" can't be a platform's name`},
		"account":             {"dev", func(o object) { o["accountId"] = "12" }, `accountId: "12" is not an AWS account`},
		"service overlap":     {"dev", func(o object) { o["cluster"].(object)["serviceCidr"] = "10.10.0.0/20" }, "cluster.serviceCidr: 10.10.0.0/20 overlaps network.cidr 10.10.0.0/16"},
		"pods overlap": {"dev", func(o object) {
			o["network"].(object)["secondary"] = object{"pods": object{"cidr": "100.64.0.0/16", "tier": "pods"}, "more": object{"cidr": "10.64.0.0/16", "tier": "private"}}
			o["cluster"].(object)["serviceCidr"] = "10.64.0.0/20"
		}, "cluster.serviceCidr: 10.64.0.0/20 overlaps network.secondary.more.cidr 10.64.0.0/16"},
		"addresses": {"prd", func(o object) {
			o["network"].(object)["cidr"], o["nodeGroups"].(object)["general"].(object)["max"] = "10.10.0.0/20", 30
		}, "network.cidr: each of the subnets private-a, private-b, private-c (/23) needs"},
		"unknown type": {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["instanceTypes"] = []any{"m9z.large"} }, `nodeGroups.general.instanceTypes[0]: "m9z.large" is not an instance type that the VPC CNI knows`},
		"no subnet":    {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["subnets"] = []any{"private-d"} }, `nodeGroups.general.subnets[0]: "private-d" is not a private subnet; use some of private-a, private-b, private-c`},
		"zones of EKS": {"dev", func(o object) { o["cluster"].(object)["zones"] = []any{"ap-northeast-2a", "ap-northeast-2d"} }, "cluster.zones: ap-northeast-2d is not among the network's zones"},
		"newer nodes": {"dev", func(o object) {
			o["cluster"].(object)["version"] = "1.34"
			o["nodeGroups"].(object)["general"].(object)["version"] = "1.35"
		}, "nodeGroups.general.version: 1.35 is newer than the control plane's 1.34; upgrade the control plane first: 1.34 or older here"},
		"unknown nodes":     {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["version"] = "1.2" }, `nodeGroups.general.version: "1.2" is not known; use one of 1.33, 1.34, 1.35`},
		"no room for green": {"dev", func(o object) { o["nodeGroups"].(object)["general"].(object)["blueGreen"] = object{"step": "both"} }, "network.budget.upgrades: leaves blueGreen out, and group general is upgraded that way; add blueGreen"},
		"add-on's version":  {"dev", func(o object) { o["addonVersions"] = object{"coredns": "latest"} }, `addonVersions.coredns: "latest" is not an add-on's version`},
		"no add-on":         {"dev", func(o object) { o["addonVersions"] = object{"istio": "v1.0.0-eksbuild.1"} }, "addonVersions.istio: is not among the add-ons; use one of vpc-cni, kube-proxy, eks-pod-identity-agent, coredns"},
		"mirror":            {"dev", func(o object) { o["chartMirror"] = "charts.example.com" }, `chartMirror: "charts.example.com" is no mirror of charts; write it as https://host/path or oci://host/path`},
		"Karpenter's image": {"dev", func(o object) { o["karpenter"] = object{"ami": "ubuntu@1"} }, `karpenter.ami: "ubuntu@1" is not an image`},
		"Karpenter's place": {"dev", func(o object) {
			o["karpenter"] = object{"ami": "al2023@latest", "nodeClasses": object{"a": object{"subnets": []any{"private-z"}}}}
		}, `karpenter.nodeClasses.a.subnets[0]: "private-z" is not a private subnet`},
		"unlisted version": {"dev", func(o object) { o["addonVersions"] = object{"coredns": "v1.99.0-eksbuild.1"} }, "addonVersions.coredns: v1.99.0-eksbuild.1 is not among the versions that the catalogue lists for Kubernetes 1.35; use one of v1.13.2-eksbuild.31"},
		"another minor's":  {"dev", func(o object) { o["addonVersions"] = object{"kube-proxy": "v1.36.0-eksbuild.25"} }, "addonVersions.kube-proxy: v1.36.0-eksbuild.25 is not among the versions that the catalogue lists for Kubernetes 1.35"},
		"version twice": {"dev", func(o object) {
			o["addonVersions"], o["unlistedAddonVersions"] = object{"coredns": "v1.13.2-eksbuild.31"}, object{"coredns": "v1.13.2-eksbuild.31"}
		}, "addonVersions.coredns: is in unlistedAddonVersions, too; remove one of them"},
		"newer add-ons": {"dev", func(o object) { o["addonsMinor"] = "1.36" }, "addonsMinor: 1.36 is newer than the control plane's 1.35"},
		"another CNI's": {"dev", func(o object) {
			o["cni"], o["addonVersions"] = object{"plugin": "cilium"}, object{"kube-proxy": "v1.35.3-eksbuild.29"}
		}, "addonVersions.kube-proxy: is not among the add-ons; use one of eks-pod-identity-agent, coredns"},
		"not Nitro": {"dev", func(o object) {
			o["cni"] = object{"prefixDelegation": true}
			o["nodeGroups"].(object)["general"].(object)["instanceTypes"] = []any{"t2.large"}
		}, "nodeGroups.general.instanceTypes[0]: t2.large takes no prefixes"},
		"pods nowhere":       {"dev", func(o object) { o["cni"] = object{"customNetworking": true} }, "network.secondary: custom networking needs one subnet for the pods of ap-northeast-2a, there are 0"},
		"IPv6 pods alone":    {"dev", func(o object) { o["cni"] = object{"ipv6": true} }, "cni.ipv6: needs IPv6 ranges in the VPC; set network.ipv6: true"},
		"nested key":         {"dev", func(o object) { o["network"].(object)["budget"] = object{"growth": 3} }, "network.budget.growth: is not a key of the configuration; did you mean growthPercent?"},
		"zone twice":         {"dev", func(o object) { o["network"].(object)["zones"] = []any{"ap-northeast-2a", "ap-northeast-2a"} }, "network.zones: ap-northeast-2a is named twice"},
		"AWS's own tag":      {"dev", func(o object) { o["tags"] = object{"aws:x": "y"} }, "tags.aws:x: begins with aws:"},
		"the platform's tag": {"dev", func(o object) { o["tags"] = object{"platform": "y"} }, "tags.platform: is a tag that the platform sets"},
		"long tag":           {"dev", func(o object) { o["tags"] = object{"k": strings.Repeat("v", 257)} }, "tags.k: is too long or empty"},
		"two zones in prd":   {"prd", func(o object) { o["network"].(object)["zones"] = []any{"ap-northeast-2a", "ap-northeast-2b"} }, "network.zones: profile prd needs 3 zones, this names 2"},
		"too few nodes":      {"prd", func(o object) { o["nodeGroups"].(object)["general"].(object)["min"] = 1 }, "nodeGroups: profile prd needs 2 nodes at all times, the groups' min add up to 1"},
		"no account":         {"dev", func(o object) { delete(o, "accountId") }, "accountId: is missing; write the account's 12 digits in quotes"},
		"open API server":    {"prd", func(o object) { o["cluster"].(object)["publicAccessCidrs"] = []any{"0.0.0.0/0"} }, "cluster.publicAccessCidrs: 0.0.0.0/0 opens the API server to everybody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := valid(test.profile)
			test.change(tree)
			_, problems := parse(t, tree)
			require.NotEmpty(t, problems)
			assert.ErrorContains(t, problem.Error("configuration", problems), test.want)
		})
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	tree := valid("prd")
	tree["regoin"] = "x"
	tree["network"].(object)["cidr"] = "10.10.0.0/30"
	tree["cluster"].(object)["version"] = "1.12"
	tree["nodeGroups"].(object)["general"].(object)["diskGiB"] = 1
	_, problems := parse(t, tree)
	paths := make([]string, 0, len(problems))
	for _, p := range problems {
		paths = append(paths, p.Path)
		assert.NotEmpty(t, p.Fix, "%s says what to do", p.Path)
	}
	assert.Equal(t, []string{"cluster.version", "network.cidr", "nodeGroups.general.diskGiB", "regoin"}, paths)
}

func TestNotAnObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", `"x"`, "{"} {
		_, problems := stacks.Parse([]byte(text), "x")
		assert.Len(t, problems, 1, text)
	}
}

// Whatever stands in a stack's file, the answer is a configuration or a list of
// problems.
func FuzzParse(f *testing.F) {
	for _, profile := range []string{"dev", "stg", "prd"} {
		text, err := json.Marshal(valid(profile))
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"nodeGroups":{"a":null},"network":{"zones":[null,""]},"cluster":{"admins":{"":""},"serviceCidr":"::/0"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg, problems := stacks.Parse(text, "x")
		if len(problems) == 0 {
			require.NotNil(t, cfg)
			assert.NotEmpty(t, maps.Keys(cfg.NodeGroups))
			assert.NotEmpty(t, cfg.Network.Subnets(cfg.CNI.CNI))
		}
	})
}
