package stacks

import (
	"cmp"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// blueGreen takes a group through its steps to the other colour, each a deployment.
func (w *upgradeWalk) blueGreen(name, minor string) {
	group, where := w.state.NodeGroups[name], problem.Join("nodeGroups", name)
	to, cordoned, path := "green", "blueCordoned", where+".blueGreen.green"
	switch group.Step() {
	case "blue":
	case to:
		to, cordoned, path = "blue", "greenCordoned", where
	default:
		w.steps = append(w.steps, UpgradeStep{Title: fmt.Sprintf("Nodes of %s to %s", name, minor), Config: w.state, Blocks: []problem.Problem{{
			Path: where + ".blueGreen.step", What: "stands at " + group.Step() + ", in the middle of an upgrade", Fix: "finish it, or take it back, and plan anew",
		}}})
		return
	}
	var blocks []problem.Problem
	if group.AMIID != "" {
		blocks = []problem.Problem{{Path: where + ".amiId", What: "is the image of both groups, so the second has the old minor, too", Fix: "use amiType and amiRelease, or leave blueGreen out"}}
	}
	has := group.AMIRelease
	if to == "green" {
		has = cmp.Or(group.BlueGreen.Green.AMIRelease, has)
	}
	watch := release(path, has, minor)
	for i, step := range []struct{ step, changes string }{
		{"both", "makes the second group beside the first: its nodes join"},
		{cordoned, "taints the old nodes: new pods go to the new ones only; restart what should move now"},
		{to, deletes(group)},
	} {
		bluegreen := *group.BlueGreen
		bluegreen.Step = step.step
		write := []string{fmt.Sprintf("nodeGroups.%s.blueGreen.step: %s", name, step.step)}
		if i == 0 {
			write = append(write, fmt.Sprintf("%s.version: %q", path, minor))
			if to == "green" {
				bluegreen.Green.Version = minor
			} else {
				group.Version = minor
			}
		}
		group.BlueGreen = &bluegreen
		w.take(UpgradeStep{
			Title:   fmt.Sprintf("Nodes of %s to %s: %s", name, minor, step.step),
			Write:   write,
			Changes: []string{step.changes},
			Watch:   watch,
			Blocks:  blocks,
		}, w.with(name, group))
		watch, blocks = nil, nil
	}
}

func deletes(g nodegroups.Group) string {
	if g.Kind == ipplan.SelfManaged {
		return "deletes the old group, whose nodes nobody drains: kubectl drain them before"
	}
	return "deletes the old group: EKS drains its nodes within the disruption budgets"
}

// pin makes a group whose nodes keep a minor while the control plane moves on, with
// the lines that say so.
func pin(name string, g nodegroups.Group, minor string) (nodegroups.Group, []string) {
	var write []string
	if g.Version == "" {
		g.Version = minor
		write = append(write, fmt.Sprintf("nodeGroups.%s.version: %q", name, minor))
	}
	if g.Step() == "green" && g.BlueGreen.Green.Version == "" { // blue's, which is upgraded next
		second := *g.BlueGreen
		second.Green.Version = g.Version
		g.BlueGreen = &second
		write = append(write, fmt.Sprintf("nodeGroups.%s.blueGreen.green.version: %q", name, g.Version))
	}
	return g, write
}

// release says that a pinned release of the image belongs to a minor.
func release(path, has, minor string) []string {
	if has == "" {
		return nil
	}
	return []string{fmt.Sprintf("%s.amiRelease is %s: write one of %s in the same step", path, has, minor)}
}

// images says what is pinned in a group and belongs to a minor.
func images(name string, g nodegroups.Group, minor string) []string {
	watch := release("nodeGroups."+name, g.AMIRelease, minor)
	if g.AMIID != "" {
		watch = append(watch, fmt.Sprintf("nodeGroups.%s.amiId is %s: write an image for %s in the same step", name, g.AMIID, minor))
	}
	return watch
}
