package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
)

// UpgradePlan is the way of a stack to a newer Kubernetes minor, one deployment a step.
type UpgradePlan struct {
	// From and To are the minors.
	From string `json:"from"`
	To   string `json:"to"`
	// Steps are in the order in which they are taken.
	Steps []UpgradeStep `json:"steps"`
}

// UpgradeStep is one step.
type UpgradeStep struct {
	// Title says what it is.
	Title string `json:"title"`
	// Write are the lines of the configuration that make it, as path: value.
	Write []string `json:"write,omitempty"`
	// Changes say what its deployment does.
	Changes []string `json:"changes,omitempty"`
	// Watch says what to look at.
	Watch []string `json:"watch,omitempty"`
	// Blocks is what would refuse it now.
	Blocks []problem.Problem `json:"blocks,omitempty"`
	// Config is what is deployed after it.
	Config Config `json:"-"`
}

// Blocked says whether a step would be refused.
func (p UpgradePlan) Blocked() bool {
	return slices.ContainsFunc(p.Steps, func(s UpgradeStep) bool { return len(s.Blocks) > 0 })
}

// UpgradePlan plans the way to a newer minor. Each step is a configuration, and is held
// against what the step before it would have deployed, on a day of the support calendar.
// Before is the configuration of the stack that goes before this one, nil where none does or it is not known.
// Objects are the stack's Kubernetes objects, none where they are not known.
func (c Config) UpgradePlan(to string, before *Config, day time.Time, objects ...upgrade.Object) (UpgradePlan, []problem.Problem) {
	var list problem.List
	plan := UpgradePlan{From: c.Cluster.Version, To: to}
	problem.OneOf(&list, "to", to, catalog.KubernetesVersions()...)
	if steps, known := upgrade.Behind(plan.From, to); len(list.All()) == 0 && known && steps < 1 {
		list.Addf("to", "name a newer minor", "%s is not newer than %s, which the stack has", to, plan.From)
	}
	if len(list.All()) > 0 {
		return plan, list.All()
	}
	walk := upgradeWalk{state: c, before: before, day: day, objects: objects}
	versions := catalog.KubernetesVersions()
	for _, minor := range versions[slices.Index(versions, plan.From)+1 : slices.Index(versions, to)+1] {
		walk.round(minor)
	}
	plan.Steps = walk.steps
	return plan, nil
}

// upgradeWalk goes from configuration to configuration.
type upgradeWalk struct {
	state   Config
	before  *Config
	day     time.Time
	objects []upgrade.Object
	steps   []UpgradeStep
}

// round upgrades everything by one minor: the control plane, then the nodes, then the
// add-ons, as EKS wants it for kube-proxy.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
func (w *upgradeWalk) round(minor string) {
	old := w.state.Cluster.Version
	w.review(minor)
	w.controlPlane(minor, old)
	for _, name := range slices.Sorted(maps.Keys(w.state.NodeGroups)) {
		w.group(name, minor)
	}
	w.addons(minor)
}

// take adds a step that leads to a configuration, with all that would refuse it.
func (w *upgradeWalk) take(step UpgradeStep, next Config) {
	var list problem.List
	next.validate(&list)
	next.checkUpgrade(&list, w.state.planned())
	next.checkSupport(&list, w.day)
	step.Blocks, step.Config = append(step.Blocks, list.All()...), next
	w.steps, w.state = append(w.steps, step), next
}

// review is what is to be known before anything changes.
func (w *upgradeWalk) review(minor string) {
	var list problem.List
	step := UpgradeStep{Title: "Review Kubernetes " + minor, Config: w.state}
	if support, known := upgrade.SupportOf(minor, w.day); known {
		step.Watch = append(step.Watch, support.String())
	}
	step.Watch = append(step.Watch, w.apis(&list, minor)...)
	if w.before != nil {
		upgrade.CheckOrder(&list, "upgradeAfter", w.state.UpgradeAfter, w.before.Cluster.Version, minor)
	} else if w.state.UpgradeAfter != "" {
		step.Watch = append(step.Watch, fmt.Sprintf("stack %s must have deployed %s; its configuration is not here", w.state.UpgradeAfter, minor))
	}
	step.Blocks = list.All()
	w.steps = append(w.steps, step)
}

func (w *upgradeWalk) controlPlane(minor, old string) {
	next := w.state
	next.NodeGroups, next.Cluster.Version = maps.Clone(next.NodeGroups), minor
	step := UpgradeStep{
		Title:   "Control plane to " + minor,
		Write:   []string{fmt.Sprintf("cluster.version: %q", minor)},
		Changes: []string{"updates the EKS cluster in place, and nothing else"},
	}
	for _, name := range slices.Sorted(maps.Keys(next.NodeGroups)) {
		group := next.NodeGroups[name]
		if group.Kind == ipplan.Fargate {
			step.Watch = append(step.Watch, "pods of "+name+" have "+old+" until they are restarted")
			continue
		}
		has := group.Version
		if group.Step() == "green" {
			has = cmp.Or(group.BlueGreen.Green.Version, has)
		}
		if behind, known := upgrade.Behind(has, old); known && behind > 0 {
			// Source: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
			step.Watch = append(step.Watch, fmt.Sprintf("nodes of %s have %s: AWS advises %s before the control plane moves on", name, has, old))
		}
		pinned, write := pin(name, group, old)
		next.NodeGroups[name], step.Write = pinned, append(step.Write, write...)
	}
	if next.AddonsMinor == old {
		step.Write = append(step.Write, fmt.Sprintf("addonsMinor: %q", old))
	}
	w.take(step, next)
}

// addons moves the managed add-ons to the minor. What is pinned has to be pinned anew.
func (w *upgradeWalk) addons(minor string) {
	next := w.state
	next.AddonsMinor, next.AddonVersions = minor, maps.Clone(next.AddonVersions)
	step := UpgradeStep{Title: "Add-ons to those of " + minor, Write: []string{"remove addonsMinor"}}
	names := next.CNI.Plan().Keeps(catalog.Addons())
	for _, name := range names {
		listed := catalog.AddonVersions(name, minor)
		if pinned, ok := next.AddonVersions[name]; ok && !slices.Contains(listed, pinned) && len(listed) > 0 {
			next.AddonVersions[name] = listed[0]
			step.Write = append(step.Write, fmt.Sprintf("addonVersions.%s: %s", name, listed[0]))
		}
		if pinned, ok := next.UnlistedAddonVersions[name]; ok {
			step.Watch = append(step.Watch, fmt.Sprintf("%s is pinned at %s: see that EKS has it for %s", name, pinned, minor))
		}
	}
	from, to := w.state.addonVersions(names), next.addonVersions(names)
	for _, name := range names {
		if from[name] != to[name] {
			step.Changes = append(step.Changes, fmt.Sprintf("updates %s from %s to %s", name, from[name], to[name]))
		}
	}
	w.take(step, next)
}

// group upgrades one node group, in a step or in those of its blue/green upgrade.
func (w *upgradeWalk) group(name, minor string) {
	group := w.state.NodeGroups[name]
	switch {
	case group.Kind == ipplan.Fargate:
	case group.BlueGreen != nil:
		w.blueGreen(name, minor)
	default:
		step := UpgradeStep{
			Title:   fmt.Sprintf("Nodes of %s to %s", name, minor),
			Write:   []string{fmt.Sprintf("remove nodeGroups.%s.version", name)},
			Changes: []string{rolling(group)},
			Watch:   images(name, group, minor),
		}
		group.Version, group.AMIRelease = "", ""
		w.take(step, w.with(name, group))
	}
}

// with is the state with another group.
func (w *upgradeWalk) with(name string, group nodegroups.Group) Config {
	next := w.state
	next.NodeGroups = maps.Clone(next.NodeGroups)
	next.NodeGroups[name] = group
	return next
}

func rolling(g nodegroups.Group) string {
	atATime := max(1, percent(*g.Max, g.MaxUnavailablePercent))
	if g.Kind == ipplan.SelfManaged {
		return fmt.Sprintf("replaces instances, up to %d of %d at a time; nobody drains them", atATime, *g.Max)
	}
	return fmt.Sprintf("replaces nodes, up to %d of %d at a time; EKS drains them within the disruption budgets", atATime, *g.Max)
}
