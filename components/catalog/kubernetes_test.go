package catalog_test

import (
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// EKS gives a minor 14 months of standard and 12 of extended support: 26 in all.
func TestSupportOfAMinorLasts26Months(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time {
		parsed, err := time.Parse(time.DateOnly, s)
		require.NoError(t, err)
		return parsed
	}
	for _, m := range catalog.KubernetesMinors() {
		released, standard, extended := day(m.Released), day(m.StandardSupportEnds), day(m.ExtendedSupportEnds)
		assert.WithinDuration(t, released.AddDate(0, 14, 0), standard, 2*24*time.Hour, m.Version)
		assert.Equal(t, standard.AddDate(0, 12, 0), extended, m.Version)
	}
}

func TestTheDefaultMinorIsKnown(t *testing.T) {
	t.Parallel()
	assert.Contains(t, catalog.KubernetesVersions(), catalog.KubernetesDefault)
}
