package nodesecurity

import (
	"maps"
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Spec decides what reaches the nodes. It is plain data: what it yields is known
// before anything exists.
type Spec struct {
	// Optional. The security group of nodes and pods: cluster (EKS's own, in which
	// everything reaches everything, the control plane included) or own (one that lets
	// the control plane in at the ports of what is installed, and nodes reach each other). Default
	// cluster; own in profiles stg and prd. Another one replaces the nodes.
	Group string `json:"group"`
	// Optional. Further TCP ports at which the control plane calls webhooks and
	// aggregated APIs of your own, by a name of your choice: {orders-webhook: 9443}. With
	// group own only. Default none.
	WebhookPorts map[string]int `json:"webhookPorts"`
}

// The groups.
const (
	// GroupCluster is EKS's own.
	GroupCluster = "cluster"
	// GroupOwn is one with rules derived from what is installed.
	GroupOwn = "own"
)

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	if s.Group == "" {
		s.Group = GroupCluster
	}
	s.WebhookPorts = maps.Clone(s.WebhookPorts)
	return s
}

var listener = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// Validate lists what is wrong with the values; call WithDefaults first.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	problem.OneOf(&list, "group", s.Group, GroupCluster, GroupOwn)
	if s.Group == GroupCluster && len(s.WebhookPorts) > 0 {
		list.Add("webhookPorts", "has no effect in EKS's own group, which lets the control plane in everywhere", "remove it, or set group: own")
	}
	for _, name := range slices.Sorted(maps.Keys(s.WebhookPorts)) {
		path := problem.Join("webhookPorts", name)
		if !listener.MatchString(name) {
			list.Add(path, "can't be a name", "use up to 40 lower-case letters, digits and hyphens")
		}
		if port := s.WebhookPorts[name]; port < 1 || port > 65535 {
			list.Addf(path, "use 1 to 65535", "%d is not a port", port)
		}
	}
	return list.All()
}
