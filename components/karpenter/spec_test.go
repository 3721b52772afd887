package karpenter_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/karpenter"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ofClass and the others change one part of a spec that is right.
func ofClass(class karpenter.NodeClass) func(*karpenter.PoolsArgs) {
	return func(a *karpenter.PoolsArgs) { a.NodeClasses = map[string]karpenter.NodeClass{"default": class} }
}

func ofPool(pool karpenter.Pool) func(*karpenter.PoolsArgs) {
	return func(a *karpenter.PoolsArgs) { a.Pools = map[string]karpenter.Pool{"apps": pool} }
}

func ofDisruption(d karpenter.Disruption) func(*karpenter.PoolsArgs) {
	return ofPool(karpenter.Pool{Disruption: d})
}

func ofBudget(b karpenter.Budget) func(*karpenter.PoolsArgs) {
	return ofDisruption(karpenter.Disruption{Budgets: []karpenter.Budget{b}})
}

func ofRequirement(key, operator string, values ...string) func(*karpenter.PoolsArgs) {
	return ofPool(karpenter.Pool{Requirements: []karpenter.Requirement{{Key: key, Operator: operator, Values: values}}})
}

func TestBadPools(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*karpenter.PoolsArgs)
		want   string
	}{
		"no image":              {func(a *karpenter.PoolsArgs) { a.AMI = "" }, "ami: names no image, and node class default has none of its own; write a family and a release, such as al2023@v20260114"},
		"no release":            {func(a *karpenter.PoolsArgs) { a.AMI = "al2023" }, `ami: "al2023" is not an image; write a family and a release`},
		"old family":            {ofClass(karpenter.NodeClass{AMI: "al2@v20260114"}), `nodeClasses.default.ami: "al2@v20260114" is not an image`},
		"other family's form":   {ofClass(karpenter.NodeClass{AMI: "bottlerocket@v20260114"}), `"bottlerocket@v20260114" is not an image`},
		"no classes":            {func(a *karpenter.PoolsArgs) { a.NodeClasses = map[string]karpenter.NodeClass{} }, "nodeClasses: is empty"},
		"no pools":              {func(a *karpenter.PoolsArgs) { a.Pools = map[string]karpenter.Pool{} }, "pools: is empty, so no node is made"},
		"name of a class":       {func(a *karpenter.PoolsArgs) { a.NodeClasses = map[string]karpenter.NodeClass{"GPU": {}} }, "nodeClasses.GPU: can't be a name"},
		"name of a pool":        {func(a *karpenter.PoolsArgs) { a.Pools = map[string]karpenter.Pool{"my.pool": {}} }, "pools.my.pool: can't be a name"},
		"unknown class":         {ofPool(karpenter.Pool{NodeClass: "gpu"}), `pools.apps.nodeClass: "gpu" is not a node class; use one of default`},
		"image id":              {ofClass(karpenter.NodeClass{AMIIDs: []string{"al2023"}}), `nodeClasses.default.amiIds[0]: "al2023" is not an id; write it as ami-0123456789abcdef0`},
		"group id":              {ofClass(karpenter.NodeClass{SecurityGroupIDs: []string{"web"}}), `nodeClasses.default.securityGroupIds[0]: "web" is not an id`},
		"group twice":           {ofClass(karpenter.NodeClass{SecurityGroupIDs: []string{"sg-0123456789abcdef0", "sg-0123456789abcdef0"}}), "securityGroupIds[1]: sg-0123456789abcdef0 is there twice"},
		"many groups":           {ofClass(karpenter.NodeClass{SecurityGroupIDs: []string{"sg-0000000a", "sg-0000000b", "sg-0000000c", "sg-0000000d", "sg-0000000e"}}), "securityGroupIds: there are 5; use up to 4"},
		"no subnets of a class": {ofClass(karpenter.NodeClass{Subnets: []string{}}), "nodeClasses.default.subnets: is empty"},
		"unknown subnet":        {ofClass(karpenter.NodeClass{Subnets: []string{"private-z"}}), `nodeClasses.default.subnets[0]: "private-z" is not a private subnet; use some of private-a, private-b`},
		"small disk":            {ofClass(karpenter.NodeClass{DiskGiB: 10}), "nodeClasses.default.diskGiB: 10 is out of range; use 20 to 16384"},
		"many operations":       {ofClass(karpenter.NodeClass{DiskIOPS: 26000}), "diskIops: 26000 is too much for 50 GiB; use up to 25000"},
		"much throughput":       {ofClass(karpenter.NodeClass{DiskThroughput: 1000}), "diskThroughput: 1000 is too much for 3000 operations a second; use up to 750"},
		"long user data":        {ofClass(karpenter.NodeClass{UserData: strings.Repeat("a", 16385)}), "nodeClasses.default.userData: has 16385 bytes"},
		"TOML for AL2023":       {ofClass(karpenter.NodeClass{UserData: "\n[settings.kubernetes]"}), `userData: begins with "[settings", which AL2023 does not read`},
		"script for Rocket":     {ofClass(karpenter.NodeClass{AMI: "bottlerocket@v1.46.0", UserData: "#!/bin/sh"}), `userData: begins with "#!", which Bottlerocket does not read`},
		"no architecture":       {ofPool(karpenter.Pool{Architectures: []string{}}), "pools.apps.architectures: is empty, so no node can be made; use some of amd64, arm64"},
		"architecture":          {ofPool(karpenter.Pool{Architectures: []string{"x86_64"}}), `architectures[0]: "x86_64" is not known`},
		"architecture twice":    {ofPool(karpenter.Pool{Architectures: []string{"amd64", "amd64"}}), "architectures[1]: amd64 is there twice"},
		"capacity type":         {ofPool(karpenter.Pool{CapacityTypes: []string{"ON_DEMAND"}}), `capacityTypes[0]: "ON_DEMAND" is not known; use one of on-demand, spot`},
		"no categories":         {ofPool(karpenter.Pool{InstanceCategories: []string{}}), "instanceCategories: is empty"},
		"category":              {ofPool(karpenter.Pool{InstanceCategories: []string{"m7i"}}), `instanceCategories[0]: "m7i" is not one`},
		"family":                {ofPool(karpenter.Pool{InstanceFamilies: []string{"m7i.large"}}), `instanceFamilies[0]: "m7i.large" is not one`},
		"type":                  {ofPool(karpenter.Pool{InstanceTypes: []string{"m7i"}}), `instanceTypes[0]: "m7i" is not one; use types such as m7i.large`},
		"types and families":    {ofPool(karpenter.Pool{InstanceTypes: []string{"m7i.large"}, InstanceFamilies: []string{"m7i"}}), "instanceTypes: says all about instances"},
		"type of Arm":           {ofPool(karpenter.Pool{InstanceTypes: []string{"m7g.large"}}), "instanceTypes[0]: m7g.large is for arm64, and the pool is not; remove it, or add arm64 to architectures"},
		"family of Intel":       {ofPool(karpenter.Pool{Architectures: []string{"arm64"}, InstanceFamilies: []string{"g4dn"}}), "instanceFamilies[0]: g4dn is for amd64"},
		"generation":            {ofPool(karpenter.Pool{MinInstanceGeneration: -1}), "minInstanceGeneration: -1 is out of range"},
		"no zones":              {ofPool(karpenter.Pool{Zones: []string{}}), "zones: is empty, so no node can be made; use zones such as eu-west-1a, or leave it out"},
		"zone without subnet":   {ofPool(karpenter.Pool{Zones: []string{"eu-west-1c"}}), `pools.apps.zones[0]: "eu-west-1c" has no subnet of node class default; use some of eu-west-1a, eu-west-1b`},
		"requirement key":       {ofRequirement("a b", "Exists"), `requirements[0].key: "a b" is not a label's key`},
		"has a field":           {ofRequirement("kubernetes.io/arch", "In", "amd64"), "requirements[0].key: kubernetes.io/arch has a field of its own; use architectures"},
		"system":                {ofRequirement("kubernetes.io/os", "In", "windows"), "kubernetes.io/os is always linux"},
		"Karpenter's own":       {ofRequirement("karpenter.sh/nodepool", "Exists"), "karpenter.sh/nodepool is not a label that Karpenter chooses by"},
		"made-up label":         {ofRequirement("karpenter.k8s.aws/instance-colour", "Exists"), "karpenter.k8s.aws/instance-colour is not a label that Karpenter chooses by"},
		"operator":              {ofRequirement("example.com/a", "Equals", "b"), `requirements[0].operator: "Equals" is not known`},
		"In of nothing":         {ofRequirement("example.com/a", "In"), "requirements[0].values: In needs values"},
		"Exists of something":   {ofRequirement("example.com/a", "Exists", "b"), "requirements[0].values: Exists takes none"},
		"Gt of a word":          {ofRequirement("karpenter.k8s.aws/instance-cpu", "Gt", "four"), "requirements[0].values: Gt takes one number"},
		"requirement value":     {ofRequirement("example.com/a", "In", "a b"), `requirements[0].values[0]: "a b" is not a label value`},
		"label key":             {ofPool(karpenter.Pool{Labels: map[string]string{"a b": ""}}), "pools.apps.labels.a b: is not a Kubernetes label key"},
		"label of Karpenter":    {ofPool(karpenter.Pool{Labels: map[string]string{"karpenter.sh/nodepool": "a"}}), "is a label that Karpenter sets by itself"},
		"label of a field":      {ofPool(karpenter.Pool{Labels: map[string]string{"topology.kubernetes.io/zone": "a"}}), "is a label that Karpenter sets by itself"},
		"label of a host":       {ofPool(karpenter.Pool{Labels: map[string]string{"kubernetes.io/hostname": "a"}}), "is a label that Karpenter sets by itself"},
		"label value":           {ofPool(karpenter.Pool{Labels: map[string]string{"a": "b c"}}), `labels.a: "b c" is not a label value`},
		"taint key":             {ofPool(karpenter.Pool{Taints: []karpenter.Taint{{Effect: "NoSchedule"}}}), `taints[0].key: "" is not a taint's key`},
		"taint value":           {ofPool(karpenter.Pool{Taints: []karpenter.Taint{{Key: "a", Value: "-", Effect: "NoSchedule"}}}), `taints[0].value: "-" is not a taint's value`},
		"taint effect":          {ofPool(karpenter.Pool{StartupTaints: []karpenter.Taint{{Key: "a", Effect: "NO_SCHEDULE"}}}), `startupTaints[0].effect: "NO_SCHEDULE" is not known`},
		"taint in both lists": {ofPool(karpenter.Pool{Taints: []karpenter.Taint{{Key: "a", Effect: "NoExecute"}},
			StartupTaints: []karpenter.Taint{{Key: "a", Value: "b", Effect: "NoExecute"}}}), "startupTaints[0]: a with NoExecute is there twice"},
		"cpu":              {ofPool(karpenter.Pool{Limits: karpenter.Limits{CPU: "many"}}), `limits.cpu: "many" is not one; write a quantity such as "100" or 400Gi`},
		"memory":           {ofPool(karpenter.Pool{Limits: karpenter.Limits{Memory: "-4Gi"}}), `limits.memory: "-4Gi" is not one`},
		"nodes":            {ofPool(karpenter.Pool{Limits: karpenter.Limits{Nodes: -1}}), "limits.nodes: -1 is out of range"},
		"weight":           {ofPool(karpenter.Pool{Weight: 101}), "weight: 101 is out of range; use 1 to 100"},
		"expiry":           {ofPool(karpenter.Pool{ExpireAfter: "30d"}), `expireAfter: "30d" is not such a duration; write it as 720h, or Never`},
		"expiry at once":   {ofPool(karpenter.Pool{ExpireAfter: "0h"}), `expireAfter: "0h" is not such a duration`},
		"drain":            {ofPool(karpenter.Pool{TerminationGracePeriod: "1 day"}), `terminationGracePeriod: "1 day" is not such a duration`},
		"policy":           {ofDisruption(karpenter.Disruption{ConsolidationPolicy: "Always"}), `disruption.consolidationPolicy: "Always" is not known`},
		"after":            {ofDisruption(karpenter.Disruption{ConsolidateAfter: "soon"}), `disruption.consolidateAfter: "soon" is not a duration`},
		"no budgets":       {ofDisruption(karpenter.Disruption{Budgets: []karpenter.Budget{}}), "disruption.budgets: is empty"},
		"many budgets":     {ofDisruption(karpenter.Disruption{Budgets: make([]karpenter.Budget, 51)}), "disruption.budgets: there are 51; use up to 50"},
		"budget":           {ofBudget(karpenter.Budget{Nodes: "200%"}), `disruption.budgets[0].nodes: "200%" is neither`},
		"reason":           {ofBudget(karpenter.Budget{Reasons: []string{"Expired"}}), `budgets[0].reasons[0]: "Expired" is not known`},
		"reason twice":     {ofBudget(karpenter.Budget{Reasons: []string{"Empty", "Empty"}}), "budgets[0].reasons: names one twice"},
		"schedule alone":   {ofBudget(karpenter.Budget{Schedule: "@daily"}), "budgets[0].schedule: goes with duration"},
		"duration":         {ofBudget(karpenter.Budget{Schedule: "@daily", Duration: "90s"}), `budgets[0].duration: "90s" is not such a duration`},
		"schedule":         {ofBudget(karpenter.Budget{Schedule: "0 24 * * *", Duration: "8h"}), `budgets[0].schedule: "24" can't be a hour`},
		"no network":       {func(a *karpenter.PoolsArgs) { a.Network = ref.Network{} }, "network: has no private subnets"},
		"no cluster":       {func(a *karpenter.PoolsArgs) { a.Cluster = ref.Cluster{} }, "cluster: lacks its security group"},
		"no profile":       {func(a *karpenter.PoolsArgs) { a.InstanceProfile = nil }, "instanceProfile: is missing"},
		"before the chart": {func(a *karpenter.PoolsArgs) { a.After = nil }, "after: names nothing"},
		"pods of no class": {func(a *karpenter.PoolsArgs) { a.MaxPods = map[string]int{"gpu": 10} }, `maxPods.gpu: 10 pods for node class "gpu" can't be`},
		"tag of Karpenter": {func(a *karpenter.PoolsArgs) { a.Tags = map[string]string{"karpenter.sh/nodepool": "a"} }, "tags.karpenter.sh/nodepool: is a tag that Karpenter or AWS sets by itself"},
		"tag of a cluster": {func(a *karpenter.PoolsArgs) { a.Tags = map[string]string{"kubernetes.io/cluster/demo": "owned"} }, "is a tag that Karpenter or AWS sets by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := recorder.Run(poolsProgram(test.change))
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "karpenter pools: 1 problem\n", "nothing else is wrong")
			assert.Empty(t, r.OfType(classType))
			assert.Empty(t, r.OfType(poolType))
		})
	}
	_, err := recorder.Run(func(ctx *pulumi.Context) error { _, err := karpenter.NewPools(ctx, "demo", nil); return err })
	assert.ErrorContains(t, err, "karpenter pools: args are required")
}

// Everything wrong is told at once.
func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := recorder.Run(poolsProgram(func(a *karpenter.PoolsArgs) {
		a.AMI, a.After = "", nil
		ofPool(karpenter.Pool{Weight: -1, Limits: karpenter.Limits{CPU: "x"}})(a)
	}))
	require.ErrorContains(t, err, "karpenter pools: 4 problems")
}

func TestDefaultsOfNames(t *testing.T) {
	t.Parallel()
	only := karpenter.Spec{AMI: "al2023@latest", NodeClasses: map[string]karpenter.NodeClass{"gpu": {}}, Pools: map[string]karpenter.Pool{"apps": {}}}.WithDefaults()
	assert.Equal(t, "gpu", only.Pools["apps"].NodeClass, "the only class")
	assert.Empty(t, only.Validate())
	several := karpenter.Spec{AMI: "al2023@latest", NodeClasses: map[string]karpenter.NodeClass{"default": {}, "gpu": {AMI: "bottlerocket@1.46.0"}}}.WithDefaults()
	assert.Equal(t, "default", several.Pools["default"].NodeClass)
	assert.Equal(t, "al2023@latest", several.NodeClasses["default"].AMI)
	assert.Equal(t, "bottlerocket@1.46.0", several.NodeClasses["gpu"].AMI)
	assert.Empty(t, several.Validate())
	named := karpenter.Spec{NodeClasses: map[string]karpenter.NodeClass{"a": {AMI: "al2023@v20260114"}}}.WithDefaults()
	assert.Empty(t, named.Validate(), "each class has an image of its own")
}

// Defaults that go with each other.
func TestDefaultsOfPools(t *testing.T) {
	t.Parallel()
	types := karpenter.Pool{InstanceTypes: []string{"m7i.large"}}.WithDefaults("default")
	assert.Nil(t, types.InstanceCategories, "types say all")
	assert.Equal(t, karpenter.Limits{Nodes: 3}, karpenter.Pool{Limits: karpenter.Limits{Nodes: 3}}.WithDefaults("default").Limits, "a limit is there")
	given := karpenter.Pool{Architectures: []string{"arm64"}, Disruption: karpenter.Disruption{Budgets: []karpenter.Budget{{}}}}
	full := given.WithDefaults("default")
	full.Architectures[0], full.Disruption.Budgets[0].Nodes = "amd64", "1"
	assert.Equal(t, "arm64", given.Architectures[0], "defaults go into a copy")
	assert.Empty(t, given.Disruption.Budgets[0].Nodes)
}
