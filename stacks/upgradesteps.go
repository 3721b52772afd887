package stacks

import (
	"fmt"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
)

// blueGreen takes a group through its steps to the other colour, each a deployment.
func (w *upgradeWalk) blueGreen(name, minor string) {
	group := w.state.NodeGroups[name]
	to, cordoned, path := "green", "blueCordoned", ".blueGreen.green.version"
	if group.Step() == to {
		to, cordoned, path = "blue", "greenCordoned", ".version"
	}
	watch := images(name, group, minor)
	for i, step := range []struct{ step, changes string }{
		{"both", "makes the second group beside the first: its nodes join"},
		{cordoned, "taints the old nodes: new pods go to the new ones only; restart what should move now"},
		{to, deletes(group)},
	} {
		bluegreen := *group.BlueGreen
		bluegreen.Step = step.step
		write := []string{fmt.Sprintf("nodeGroups.%s.blueGreen.step: %s", name, step.step)}
		if i == 0 {
			write = append(write, fmt.Sprintf("nodeGroups.%s%s: %q", name, path, minor))
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
		}, w.with(name, group))
		watch = nil
	}
}

func deletes(g nodegroups.Group) string {
	if g.Kind == ipplan.SelfManaged {
		return "deletes the old group, whose nodes nobody drains: kubectl drain them before"
	}
	return "deletes the old group: EKS drains its nodes within the disruption budgets"
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
