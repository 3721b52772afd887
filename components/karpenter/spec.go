package karpenter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// Spec decides what nodes Karpenter makes. It is plain data: what it yields is known
// before anything exists.
type Spec struct {
	// Required. The image of every node class that names none: a family, al2023 or
	// bottlerocket, and a release, such as al2023@v20260114 or bottlerocket@v1.46.0. There is
	// no default: a new image replaces all nodes, so when that happens is a decision. With
	// al2023@latest it is AWS's, for places where that does no harm. After an upgrade of the
	// control plane nodes are replaced by the same release for the new minor: it must be one
	// that AWS built for that minor, or no node is made.
	AMI string `json:"ami"`
	// Optional. How nodes are made, by name. Default one, called default.
	NodeClasses map[string]NodeClass `json:"nodeClasses"`
	// Optional. Which nodes are made, and how many at most, by name. Default one, called
	// default, of the first node class.
	Pools map[string]Pool `json:"pools"`
}

const defaultName = "default"

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	classes := make(map[string]NodeClass, len(s.NodeClasses))
	for name, class := range s.NodeClasses {
		classes[name] = class.WithDefaults(s.AMI)
	}
	if s.NodeClasses == nil {
		classes[defaultName] = NodeClass{}.WithDefaults(s.AMI)
	}
	class := defaultName
	if names := sortedKeys(classes); len(names) == 1 {
		class = names[0]
	}
	pools := make(map[string]Pool, len(s.Pools))
	for name, pool := range s.Pools {
		pools[name] = pool.WithDefaults(class)
	}
	if s.Pools == nil {
		pools[defaultName] = Pool{}.WithDefaults(class)
	}
	s.NodeClasses, s.Pools = classes, pools
	return s
}

// Validate lists what is wrong with the values as written; call WithDefaults first.
// Paths are relative to the spec.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	if s.AMI != "" && !alias.MatchString(s.AMI) {
		list.Addf("ami", aliasFix, "%q is not an image", s.AMI)
	}
	if len(s.NodeClasses) == 0 {
		list.Add("nodeClasses", "is empty", "name a node class, or leave it out")
	}
	if len(s.Pools) == 0 {
		list.Add("pools", "is empty, so no node is made", "name a pool, or leave it out")
	}
	for _, name := range sortedKeys(s.NodeClasses) {
		path := problem.Join("nodeClasses", name)
		validateName(&list, path, name)
		class := s.NodeClasses[name]
		switch {
		case class.AMI == "":
			list.Add("ami", "names no image, and node class "+name+" has none of its own", aliasFix)
		case class.AMI != s.AMI && !alias.MatchString(class.AMI):
			list.Addf(path+".ami", aliasFix, "%q is not an image", class.AMI)
		}
		list.Under(path, class.Validate())
	}
	for _, name := range sortedKeys(s.Pools) {
		path := problem.Join("pools", name)
		validateName(&list, path, name)
		if _, known := s.NodeClasses[s.Pools[name].NodeClass]; !known && len(s.NodeClasses) > 0 {
			list.Addf(path+".nodeClass", "use one of "+strings.Join(sortedKeys(s.NodeClasses), ", "), "%q is not a node class", s.Pools[name].NodeClass)
		}
		list.Under(path, s.Pools[name].Validate())
	}
	return list.All()
}

// ValidateSubnets lists what a network has not: subnets of node classes, and zones of
// pools. Of the private subnets only names and zones are looked at. Paths are relative to
// the spec.
func (s Spec) ValidateSubnets(private ref.Subnets) []problem.Problem {
	var list problem.List
	names := make([]string, 0, len(private))
	for _, subnet := range private {
		names = append(names, subnet.Name)
	}
	for _, name := range sortedKeys(s.NodeClasses) {
		for i, subnet := range s.NodeClasses[name].Subnets {
			if !slices.Contains(names, subnet) {
				list.Addf(fmt.Sprintf("nodeClasses.%s.subnets[%d]", name, i), "use some of "+strings.Join(names, ", "), "%q is not a private subnet", subnet)
			}
		}
	}
	for _, name := range sortedKeys(s.Pools) {
		var zones []string
		for _, subnet := range s.NodeClasses[s.Pools[name].NodeClass].subnetsOf(private) {
			zones = append(zones, subnet.Zone)
		}
		zones = slices.Compact(slices.Sorted(slices.Values(zones)))
		for i, zone := range s.Pools[name].Zones {
			if !slices.Contains(zones, zone) {
				list.Addf(fmt.Sprintf("pools.%s.zones[%d]", name, i), "use some of "+strings.Join(zones, ", "),
					"%q has no subnet of node class %s", zone, s.Pools[name].NodeClass)
			}
		}
	}
	return list.All()
}

func validateName(list *problem.List, path, name string) {
	if !form.Name.MatchString(name) {
		list.Add(path, "can't be a name", "use up to 63 lower-case letters, digits and hyphens")
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// orElse is the values as given; a list that is there but empty is not left out.
func orElse(values []string, otherwise ...string) []string {
	if values == nil {
		return otherwise
	}
	return slices.Clone(values)
}

// text is a value, or what stands for it when it is left out.
func text(value *string, otherwise string) { *value = cmp.Or(*value, otherwise) }
