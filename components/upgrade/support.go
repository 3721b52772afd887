package upgrade

import (
	"fmt"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
)

// Phase is where a minor stands in its support.
type Phase string

const (
	// Standard support costs the standard price.
	Standard Phase = "standard"
	// Extended support costs more.
	Extended Phase = "extended"
	// Ended support makes EKS upgrade the cluster by itself.
	Ended Phase = "ended"
)

// What a cluster costs an hour, in US cents.
// Source: https://aws.amazon.com/eks/pricing/
const (
	standardCents = 10
	extendedCents = 60
)

// hoursPerMonth is what AWS counts in a month.
const hoursPerMonth = 730

// Support is what the calendar says of a minor on a day.
type Support struct {
	// Version is the minor.
	Version string
	// Phase is where it stands.
	Phase Phase
	// StandardEnds and ExtendedEnds are the last days of either.
	StandardEnds, ExtendedEnds time.Time
	// DaysLeft counts the days until the phase ends; 0 when all have ended.
	DaysLeft int
}

// SupportOf looks a minor up in EKS's calendar; false for one that it doesn't have.
func SupportOf(version string, day time.Time) (Support, bool) {
	day = day.UTC().Truncate(24 * time.Hour)
	for _, m := range catalog.KubernetesMinors() {
		standard, errStandard := time.Parse(time.DateOnly, m.StandardSupportEnds)
		extended, errExtended := time.Parse(time.DateOnly, m.ExtendedSupportEnds)
		if m.Version != version || errStandard != nil || errExtended != nil {
			continue
		}
		support := Support{Version: version, Phase: Ended, StandardEnds: standard, ExtendedEnds: extended}
		switch {
		case !day.After(standard):
			support.Phase, support.DaysLeft = Standard, days(day, standard)
		case !day.After(extended):
			support.Phase, support.DaysLeft = Extended, days(day, extended)
		}
		return support, true
	}
	return Support{}, false
}

func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

// String says in one line until when the minor costs what.
func (s Support) String() string {
	const date = time.DateOnly
	switch s.Phase {
	case Standard:
		return fmt.Sprintf("Kubernetes %s: standard support until %s (%d days), %s; then extended until %s, %s",
			s.Version, s.StandardEnds.Format(date), s.DaysLeft, price(standardCents), s.ExtendedEnds.Format(date), price(extendedCents))
	case Extended:
		return fmt.Sprintf("Kubernetes %s: extended support since %s, until %s (%d days), %s instead of %s",
			s.Version, s.StandardEnds.Format(date), s.ExtendedEnds.Format(date), s.DaysLeft, price(extendedCents), price(standardCents))
	default:
		return fmt.Sprintf("Kubernetes %s: support ended on %s; EKS upgrades such clusters by itself", s.Version, s.ExtendedEnds.Format(date))
	}
}

// price renders cents an hour with the dollars of a month.
func price(cents int) string {
	return fmt.Sprintf("%d.%02d USD an hour (%d USD a month)", cents/100, cents%100, cents*hoursPerMonth/100)
}
