package upgrade_test

import (
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// said is what a check notes, empty when it is content.
func said(check func(*problem.List)) string {
	var list problem.List
	check(&list)
	if problems := list.All(); len(problems) > 0 {
		return problems[0].String()
	}
	return ""
}

func TestStep(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ deployed, wanted, want string }{
		{"", "1.35", ""}, {"1.34", "1.35", ""}, {"1.35", "1.35", ""}, {"latest", "1.35", ""},
		{"1.33", "1.35", "version: goes from 1.33 to 1.35; EKS upgrades one minor at a time; deploy 1.34 first"},
		{"1.9", "1.11", "version: goes from 1.9 to 1.11; EKS upgrades one minor at a time; deploy 1.10 first"},
		{"1.35", "1.34", "version: goes back from 1.35 to 1.34, which EKS never does; keep 1.35, or make another cluster and move there"},
	} {
		assert.Equal(t, test.want, said(func(l *problem.List) { upgrade.CheckStep(l, "version", test.deployed, test.wanted) }))
	}
}

func TestSkew(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ controlPlane, nodes, want string }{
		{"1.35", "1.35", ""}, {"1.35", "1.32", ""}, {"1.35", "", ""},
		{"1.34", "1.35", "version: 1.35 is newer than the control plane's 1.34; upgrade the control plane first: 1.34 or older here"},
		{"1.35", "1.31", "version: 1.31 is 4 minors behind the control plane's 1.35, and Kubernetes supports 3; use 1.32 or newer"},
	} {
		assert.Equal(t, test.want, said(func(l *problem.List) { upgrade.CheckSkew(l, "version", test.controlPlane, test.nodes) }))
	}
}

func TestNodesThatStayBehind(t *testing.T) {
	t.Parallel()
	assert.Empty(t, said(func(l *problem.List) { upgrade.CheckNodesFirst(l, "version", "1.32", "1.35") }))
	assert.Equal(t, "version: the deployed nodes' 1.31 would be 4 minors behind 1.35, and Kubernetes supports 3; upgrade the nodes first",
		said(func(l *problem.List) { upgrade.CheckNodesFirst(l, "version", "1.31", "1.35") }))
}

func TestOrderOfStacks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ there, wanted, want string }{
		{"1.35", "1.35", ""}, {"1.35", "1.34", ""}, {"", "1.35", ""},
		{"1.34", "1.35", "version: 1.35 is ahead of stg, which has 1.34 deployed; deploy 1.35 in stg first, and let it prove itself there"},
	} {
		assert.Equal(t, test.want, said(func(l *problem.List) { upgrade.CheckOrder(l, "version", "stg", test.there, test.wanted) }))
	}
}

func TestSupportCalendar(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		day   string
		phase upgrade.Phase
		left  int
		text  string
	}{
		{"2026-12-01", upgrade.Standard, 1, "Kubernetes 1.34: standard support until 2026-12-02 (1 days), 0.10 USD an hour (73 USD a month); then extended until 2027-12-02, 0.60 USD an hour (438 USD a month)"},
		{"2026-12-02", upgrade.Standard, 0, "(0 days)"},
		{"2026-12-03", upgrade.Extended, 364, "Kubernetes 1.34: extended support since 2026-12-02, until 2027-12-02 (364 days), 0.60 USD an hour (438 USD a month) instead of 0.10 USD an hour (73 USD a month)"},
		{"2027-12-03", upgrade.Ended, 0, "Kubernetes 1.34: support ended on 2027-12-02; EKS upgrades such clusters by itself"},
	} {
		day, err := time.Parse(time.DateOnly, test.day)
		require.NoError(t, err)
		support, known := upgrade.SupportOf("1.34", day.Add(13*time.Hour))
		require.True(t, known)
		assert.Equal(t, test.phase, support.Phase, test.day)
		assert.Equal(t, test.left, support.DaysLeft, test.day)
		assert.Contains(t, support.String(), test.text)
	}
	_, known := upgrade.SupportOf("1.12", time.Now())
	assert.False(t, known)
}

// Whatever stands for a version, a check notes at most one thing and does not panic.
func FuzzChecks(f *testing.F) {
	f.Add("1.34", "1.35")
	f.Add("1.", "1.-1")
	f.Add("", "v1.35")
	f.Fuzz(func(t *testing.T, one, other string) {
		for _, check := range []func(*problem.List){
			func(l *problem.List) { upgrade.CheckStep(l, "p", one, other) },
			func(l *problem.List) { upgrade.CheckSkew(l, "p", one, other) },
			func(l *problem.List) { upgrade.CheckNodesFirst(l, "p", one, other) },
			func(l *problem.List) { upgrade.CheckOrder(l, "p", "stg", one, other) },
		} {
			var list problem.List
			check(&list)
			assert.LessOrEqual(t, len(list.All()), 1)
		}
	})
}
