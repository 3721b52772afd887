package ipplan_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	secondary = ipplan.CNI{}
	prefixes  = ipplan.CNI{PrefixDelegation: true}
	custom    = ipplan.CNI{CustomNetworking: true}
	both      = ipplan.CNI{CustomNetworking: true, PrefixDelegation: true}
	ipv6      = ipplan.CNI{IPv6: true}
)

// Numbers that AWS publishes, or that follow from the formula by hand.
func TestMaxPods(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cni               ipplan.CNI
		instanceType      string
		most, recommended int
	}{
		{secondary, "m5.large", 29, 29},         // 3 × (10 − 1) + 2
		{custom, "m5.large", 20, 20},            // 2 × (10 − 1) + 2
		{prefixes, "m5.large", 434, 110},        // 3 × (10 − 1) × 16 + 2
		{both, "m5.large", 290, 110},            // 2 × (10 − 1) × 16 + 2
		{ipv6, "m5.large", 434, 110},            //
		{secondary, "t3.medium", 17, 17},        // 3 × (6 − 1) + 2
		{secondary, "m5.24xlarge", 737, 250},    // 15 × (50 − 1) + 2, 96 vCPUs
		{prefixes, "m5.8xlarge", 3714, 250},     // 8 × (30 − 1) × 16 + 2, 32 vCPUs
		{prefixes, "m5.4xlarge", 3714, 110},     // the same, 16 vCPUs
		{prefixes, "c7g.metal", 11762, 250},     // 15 × (50 − 1) × 16 + 2, 64 vCPUs
		{prefixes, "a1.metal", 3714, 110},       // 16 vCPUs
		{secondary, "m7i.metal-24xl", 737, 250}, // 96 vCPUs
		{secondary, "u-6tb1.112xlarge", 737, 250},
	} {
		most, ok := test.cni.MaxPods(test.instanceType)
		require.True(t, ok, test.instanceType)
		assert.Equal(t, test.most, most, "%s %+v", test.instanceType, test.cni)
		recommended, ok := test.cni.RecommendedPods(test.instanceType)
		require.True(t, ok)
		assert.Equal(t, test.recommended, recommended, "%s %+v", test.instanceType, test.cni)
	}
	_, ok := secondary.MaxPods("m5.enormous")
	assert.False(t, ok)
}

// The VPC CNI publishes its own numbers for every instance type.
func TestMaxPodsAgreesWithTheTableOfTheCNI(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/amazon-vpc-cni-k8s").Output()
	if err != nil {
		t.Skip("the folder of the module amazon-vpc-cni-k8s can't be listed: ", err)
	}
	file, err := os.Open(filepath.Join(strings.TrimSpace(string(out)), "misc", "eni-max-pods.txt"))
	if err != nil {
		t.Skip("the module has no published table here (vendored?): ", err)
	}
	t.Cleanup(func() { assert.NoError(t, file.Close()) })
	checked := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, number, ok := strings.Cut(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		want, err := strconv.Atoi(number)
		require.NoError(t, err, lines.Text())
		got, known := secondary.MaxPods(name)
		assert.True(t, known, name)
		assert.Equal(t, want, got, name)
		checked++
	}
	assert.Greater(t, checked, 1000, "the table was read")
}

// What a full node takes, by hand.
func TestWhatANodeTakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cni           ipplan.CNI
		types         []string
		private, pods ipplan.Amount
	}{
		"three interfaces of ten addresses":    {secondary, []string{"m5.large"}, ipplan.Amount{Addresses: 30}, ipplan.Amount{}},
		"two of them for pods":                 {custom, []string{"m5.large"}, ipplan.Amount{Addresses: 1}, ipplan.Amount{Addresses: 20}},
		"108 pods: 7 prefixes and a warm one":  {prefixes, []string{"m5.large"}, ipplan.Amount{Addresses: 1, Prefixes: 8}, ipplan.Amount{}},
		"the same in the pods' subnet":         {both, []string{"m5.large"}, ipplan.Amount{Addresses: 1}, ipplan.Amount{Addresses: 1, Prefixes: 8}},
		"IPv6 takes one IPv4 address":          {ipv6, []string{"m5.large"}, ipplan.Amount{Addresses: 1}, ipplan.Amount{}},
		"248 pods: 6 of 15 interfaces, 1 warm": {secondary, []string{"m5.24xlarge"}, ipplan.Amount{Addresses: 7 * 50}, ipplan.Amount{}},
		"27 pods on 15-address interfaces":     {secondary, []string{"m5.large", "m5.xlarge"}, ipplan.Amount{Addresses: 45}, ipplan.Amount{}},
		"two warm addresses instead": {ipplan.CNI{WarmIPTarget: new(2)}, []string{"m5.xlarge"},
			ipplan.Amount{Addresses: 56 + 4}, ipplan.Amount{}}, // 58 pods: 56 with addresses, all that 4 interfaces have
		"no warm interface": {ipplan.CNI{WarmENITarget: new(0)}, []string{"m5.24xlarge"}, ipplan.Amount{Addresses: 6 * 50}, ipplan.Amount{}},
		"a minimum":         {ipplan.CNI{PrefixDelegation: true, MinimumIPTarget: new(200)}, []string{"m5.large"}, ipplan.Amount{Addresses: 2, Prefixes: 13}, ipplan.Amount{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, problems := ipplan.New(input(func(in *ipplan.Input) {
				in.CNI = test.cni
				in.NodeGroups["general"] = ipplan.Group{InstanceTypes: test.types, Min: 1, Max: 2}
			}))
			require.Empty(t, problems)
			assert.Equal(t, test.private, plan.Groups["general"].Private)
			assert.Equal(t, test.pods, plan.Groups["general"].Pods)
		})
	}
}
