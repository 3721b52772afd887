package form_test

import (
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/stretchr/testify/assert"
)

func TestForms(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"team": true, "example.com/team": true, "A_b.c-d": true, "": false, "a b": false, "Example.com/team": false, "-a": false,
		"a/b/c": false, strings.Repeat("a", 63): true, strings.Repeat("a", 64): false, strings.Repeat("a.", 127) + "a/b": false, "..com/a": false,
	} {
		assert.Equal(t, want, form.LabelKey(key), key)
	}
	for name, arm := range map[string]bool{
		"m7g.large": true, "a1.medium": true, "g5g": true, "c7gn.xlarge": true, "p6e-gb200.36xlarge": true, "m7i.large": false, "g5.xlarge": false, "g6": false,
	} {
		assert.Equal(t, arm, form.Arm(name), name)
	}
	assert.True(t, form.Name.MatchString("kube-system"))
	assert.False(t, form.Name.MatchString("Kube"))
}

func TestGP3(t *testing.T) {
	t.Parallel()
	for want, volume := range map[string]form.GP3{
		"": {GiB: 20}, "diskGiB: 19 is out of range; use 20 to 16384": {GiB: 19},
		"diskIops: 26000 is too much for 50 GiB; use up to 25000, or a larger disk":                       {GiB: 50, IOPS: 26000},
		"diskThroughput: 1000 is too much for 3000 operations a second; use up to 750, or raise diskIops": {GiB: 50, Throughput: 1000},
		"diskThroughput: 2001 is out of range; use 125 to 2000":                                           {GiB: 500, IOPS: 80000, Throughput: 2001},
	} {
		problems := volume.Validate(20, form.GP3MaxThroughput)
		if want == "" {
			assert.Empty(t, problems)
			continue
		}
		assert.Equal(t, want, problems[0].String())
	}
}
