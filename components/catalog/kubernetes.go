// Package catalog holds what has a version or a date of its own: the Kubernetes
// minors that EKS offers, with the days on which their support ends.
package catalog

import "slices"

// Minor is one Kubernetes minor version on Amazon EKS.
type Minor struct {
	// Version is the minor, such as "1.35".
	Version string
	// Released is the day EKS offered it, as yyyy-mm-dd.
	Released string
	// StandardSupportEnds is the last day at the standard price, as yyyy-mm-dd.
	StandardSupportEnds string
	// ExtendedSupportEnds is the day after which EKS upgrades the cluster by
	// itself, as yyyy-mm-dd.
	ExtendedSupportEnds string
}

// minors is the EKS release calendar as read in September 2026, oldest first.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
// A minor whose dates AWS's own page did not give then is not in it: 1.37 came in
// October 2026.
var minors = []Minor{
	{Version: "1.33", Released: "2025-05-28", StandardSupportEnds: "2026-07-29", ExtendedSupportEnds: "2027-07-29"},
	{Version: "1.34", Released: "2025-10-02", StandardSupportEnds: "2026-12-02", ExtendedSupportEnds: "2027-12-02"},
	{Version: "1.35", Released: "2026-01-27", StandardSupportEnds: "2027-03-27", ExtendedSupportEnds: "2028-03-27"},
	{Version: "1.36", Released: "2026-06-02", StandardSupportEnds: "2027-08-02", ExtendedSupportEnds: "2028-08-02"},
}

// KubernetesDefault is the minor of a cluster whose configuration names none.
const KubernetesDefault = "1.35"

// KubernetesMinors lists the minors that this release of the library knows, oldest first.
func KubernetesMinors() []Minor { return slices.Clone(minors) }

// KubernetesVersions lists the same as version strings.
func KubernetesVersions() []string {
	versions := make([]string, 0, len(minors))
	for _, m := range minors {
		versions = append(versions, m.Version)
	}
	return versions
}
