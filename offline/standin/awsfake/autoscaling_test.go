package awsfake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// TestAGroupReplacesWithinBounds: percentages of healthy instances are judged in
// pairs, with the defaults where a refresh leaves one out.
func TestAGroupReplacesWithinBounds(t *testing.T) {
	t.Parallel()
	refreshing := func(preferences m) m {
		return m{"instanceRefresh": m{"strategy": "Rolling", "preferences": preferences}}
	}
	maintained := func(low, high int) m {
		return m{"instanceMaintenancePolicy": m{"minHealthyPercentage": low, "maxHealthyPercentage": high}}
	}
	const tooWide = "maxHealthyPercentage: must be at most 100 more than minHealthyPercentage, got "
	for name, test := range map[string]struct {
		changes m
		want    string
	}{
		"refresh":              {refreshing(m{"minHealthyPercentage": 100, "maxHealthyPercentage": 200}), ""},
		"refresh by default":   {refreshing(m{}), ""},
		"refresh of all":       {refreshing(m{"minHealthyPercentage": 0}), ""},
		"refresh too wide":     {refreshing(m{"minHealthyPercentage": 50, "maxHealthyPercentage": 151}), "instanceRefresh.preferences." + tooWide + "50 and 151"},
		"refresh, low default": {refreshing(m{"maxHealthyPercentage": 200}), tooWide + "90 and 200"},
		"refresh below zero":   {refreshing(m{"minHealthyPercentage": -1}), "minHealthyPercentage: expected 0 to 100, got -1"},
		"refresh not known":    {refreshing(m{"minHealthyPercentage": resource.Computed{Element: resource.NewNumberProperty(0)}, "maxHealthyPercentage": 200}), ""},
		"policy":               {maintained(90, 190), ""},
		"policy taken back":    {maintained(-1, -1), ""},
		"policy too wide":      {maintained(90, 191), "instanceMaintenancePolicy." + tooWide + "90 and 191"},
		"policy half back":     {maintained(-1, 120), "instanceMaintenancePolicy.maxHealthyPercentage: must be -1 together with minHealthyPercentage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reasons := newLab(t).reasons("asg", test.changes)
			if test.want == "" {
				assert.Empty(t, reasons)
				return
			}
			assert.Contains(t, reasons, test.want)
		})
	}
}

func TestPoolsOfSpotInstancesBelongToOneStrategy(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[string]string{
		"lowest-price":             "",
		"price-capacity-optimized": "spotInstancePools: can only be given with the spotAllocationStrategy lowest-price, not price-capacity-optimized",
	} {
		reasons := newLab(t).reasons("asg", m{"launchTemplate": nil, "mixedInstancesPolicy": m{
			"instancesDistribution": m{"spotAllocationStrategy": strategy, "spotInstancePools": 3},
			"launchTemplate":        m{"launchTemplateSpecification": m{"launchTemplateName": "nodes"}},
		}})
		if want == "" {
			assert.Empty(t, reasons)
			continue
		}
		assert.Contains(t, reasons, want)
	}
}

// TestATemplateIsDeletedInUse: neither EC2 Auto Scaling nor EKS keeps EC2 from it.
func TestATemplateIsDeletedInUse(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("")
	require.NoError(t, l.delete(templateType, "own-lt", ids["own-lt"]))
	require.NoError(t, l.delete(templateType, "lt", ids["lt"]))
	in := sample("asg", ids)
	_, err := l.update(groupType, "asg", ids["asg"], states["asg"], in, with(in, m{"maxSize": 5}), false)
	require.ErrorContains(t, err, "InvalidLaunchTemplateId.NotFound")
}

func TestASelectorHasFiveLabels(t *testing.T) {
	t.Parallel()
	labels := m{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
	selectors := func(labels m) m {
		return m{"selectors": []any{m{"namespace": "n"}, m{"namespace": "n", "labels": labels}}}
	}
	assert.Empty(t, newLab(t).reasons("fargate", selectors(labels)))
	assert.Contains(t, newLab(t).reasons("fargate", selectors(with(labels, m{"f": "6"}))), "selectors[1].labels: at most 5 labels are possible, got 6")
}
