package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
)

// apis says which API versions go with a minor and which it deprecates, and notes the
// stack's objects that it would not take.
func (w *upgradeWalk) apis(list *problem.List, minor string) []string {
	gone, deprecated := upgrade.APIChanges(minor)
	var watch []string
	for _, api := range gone {
		watch = append(watch, "gone: "+api)
	}
	for _, api := range deprecated {
		watch = append(watch, "deprecated: "+api)
	}
	if len(watch) == 0 {
		watch = append(watch, "no API version goes, or is deprecated")
	}
	warnings := upgrade.CheckAPIs(list, minor, w.objects)
	for _, warning := range warnings {
		watch = append(watch, warning.String())
	}
	switch {
	case len(w.objects) == 0:
		watch = append(watch, "every preview of the steps below holds all Kubernetes objects against what "+minor+" removes")
	case len(warnings)+len(list.All()) == 0:
		watch = append(watch, fmt.Sprintf("none of this stack's %d Kubernetes objects has an API that is gone or deprecated by then", len(w.objects)))
	}
	// Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
	return append(watch, fmt.Sprintf("aws eks list-insights --region %s --cluster-name %s names what other clients still call", w.state.Region, w.state.Name))
}

// AsDeployed is the configuration with the versions and the blue/green steps that a
// stack's last outputs say, as `pulumi stack output --json` prints them; false, and the
// configuration itself, where they say no version.
func (c Config) AsDeployed(outputs map[string]any) (Config, bool) {
	controlPlane, _ := outputs[versionOutput].(string)
	if controlPlane == "" {
		return c, false
	}
	nodes, steps := textByName(outputs[nodeVersionsOutput]), textByName(outputs[nodeStepsOutput])
	c.Cluster.Version = controlPlane
	if ahead, known := upgrade.Behind(controlPlane, c.AddonsMinor); known && ahead > 0 {
		c.AddonsMinor = controlPlane
	}
	groups := maps.Clone(c.NodeGroups)
	for name, group := range groups {
		if has := lowest(nodes, c.colour(name, group, "blue")); has != "" && has != cmp.Or(group.Version, controlPlane) {
			group.Version = has
		}
		if group.BlueGreen != nil {
			second := *group.BlueGreen
			second.Step = cmp.Or(steps[name], second.Step)
			if has := lowest(nodes, c.colour(name, group, "green")); has != "" && has != cmp.Or(second.Green.Version, group.Version, controlPlane) {
				second.Green.Version = has
			}
			group.BlueGreen = &second
		}
		groups[name] = group
	}
	c.NodeGroups = groups
	return c, true
}

// colour lists the names under which the nodes of a group's colour are deployed.
func (c Config) colour(name string, group nodegroups.Group, step string) []string {
	if group.BlueGreen != nil {
		group.BlueGreen = &nodegroups.BlueGreen{Step: step}
	}
	one := nodegroups.PerZone(map[string]nodegroups.Group{name: group}, c.privateSubnets())
	return slices.Collect(maps.Keys(nodegroups.Expand(one)))
}

// lowest is the oldest minor that some nodes have; empty where none is deployed.
func lowest(nodes map[string]string, names []string) string {
	oldest := ""
	for _, name := range names {
		if behind, known := upgrade.Behind(nodes[name], oldest); nodes[name] != "" && (oldest == "" || known && behind > 0) {
			oldest = nodes[name]
		}
	}
	return oldest
}

// Text is the plan for a person.
func (p UpgradePlan) Text() string {
	var b strings.Builder
	for i, step := range p.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, step.Title)
		for _, part := range []struct {
			word  string
			lines []string
		}{{"write", step.Write}, {"does", step.Changes}, {"watch", step.Watch}} {
			for _, line := range part.lines {
				fmt.Fprintf(&b, "   %-8s%s\n", part.word, line)
			}
		}
		for _, block := range step.Blocks {
			fmt.Fprintf(&b, "   %-8s%s\n", "BLOCKED", block)
		}
	}
	return b.String()
}
