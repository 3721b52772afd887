package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/nodegroups"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// deployed is what the last deployment of a stack says of its versions; empty
// where the stack was never deployed.
type deployed struct {
	controlPlane string
	nodes        map[string]string
	steps        map[string]string
}

// The outputs by which stacks learn of each other's versions.
const (
	versionOutput      = "kubernetesVersion"
	nodeVersionsOutput = "nodeGroupVersions"
	nodeStepsOutput    = "nodeGroupSteps"
)

// checkTrain refuses, before anything is registered, what upgrades do not allow
// from what is deployed here and in the stack that goes before this one.
func (c Config) checkTrain(ctx *pulumi.Context) error {
	var list problem.List
	own, err := readDeployed(ctx, ctx.Stack())
	if err != nil {
		return err
	}
	c.checkUpgrade(&list, own)
	if c.UpgradeAfter != "" {
		before, err := readDeployed(ctx, c.UpgradeAfter)
		if err != nil {
			return err
		}
		if before.controlPlane == "" {
			if err := ctx.Log.Warn(fmt.Sprintf("stack %s has not been deployed, so nothing has proved Kubernetes %s there", c.UpgradeAfter, c.Cluster.Version), nil); err != nil {
				return err
			}
		}
		upgrade.CheckOrder(&list, "cluster.version", c.UpgradeAfter, before.controlPlane, c.Cluster.Version)
	}
	return list.Err("upgrade of stack " + ctx.Stack())
}

// checkUpgrade holds the configuration against what is deployed.
func (c Config) checkUpgrade(list *problem.List, own deployed) {
	upgrade.CheckStep(list, "cluster.version", own.controlPlane, c.Cluster.Version)
	groups := nodegroups.Expand(c.nodeGroups())
	for _, name := range slices.Sorted(maps.Keys(own.nodes)) {
		if _, kept := groups[name]; kept {
			upgrade.CheckNodesFirst(list, problem.Join("nodeGroups", name), own.nodes[name], c.Cluster.Version)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own.steps)) {
		if group, kept := c.NodeGroups[name]; kept {
			nodegroups.CheckStep(list, problem.Join("nodeGroups", name)+".blueGreen.step", own.steps[name], group.Step())
		}
	}
}

// showSupport says at every preview until when the cluster is supported and what
// it costs, and refuses production that has slid into the higher price.
func (c Config) showSupport(ctx *pulumi.Context) error {
	day := c.Day
	if day.IsZero() {
		day = time.Now()
	}
	var list problem.List
	c.checkSupport(&list, day)
	if err := list.Err("support of stack " + ctx.Stack()); err != nil {
		return err
	}
	support, known := upgrade.SupportOf(c.Cluster.Version, day)
	switch {
	case !known || !ctx.DryRun():
		return nil
	case support.Phase == upgrade.Standard:
		return ctx.Log.Info(support.String(), nil)
	default:
		return ctx.Log.Warn(support.String(), nil)
	}
}

// checkSupport notes a minor past its standard support where the profile accepts that
// only by name.
func (c Config) checkSupport(list *problem.List, day time.Time) {
	support, known := upgrade.SupportOf(c.Cluster.Version, day)
	if known && profiles[c.Profile].supported && support.Phase != upgrade.Standard && c.Cluster.AcceptExtendedSupport != c.Cluster.Version {
		list.Addf("cluster.version", fmt.Sprintf("upgrade, or accept it with cluster.acceptExtendedSupport: %q", c.Cluster.Version),
			"is past standard support, which profile %s refuses. %s", c.Profile, support)
	}
}

// planned is what a deployment of this configuration would say of its versions.
func (c Config) planned() deployed {
	is := deployed{controlPlane: c.Cluster.Version, nodes: map[string]string{}, steps: map[string]string{}}
	for name, group := range nodegroups.Expand(c.nodeGroups()) {
		if group.Kind != ipplan.Fargate { // there each pod has the minor of the day it started
			is.nodes[name] = cmp.Or(group.Version, c.Cluster.Version)
		}
	}
	for name, group := range c.NodeGroups {
		is.steps[name] = group.Step()
	}
	return is
}

// readDeployed reads what a stack's last deployment exported; of this stack, too,
// whose new outputs are not there yet.
func readDeployed(ctx *pulumi.Context, stack string) (deployed, error) {
	reference, err := pulumi.NewStackReference(ctx, qualified(ctx, stack), nil)
	if err != nil {
		return deployed{}, fmt.Errorf("reading what stack %s has deployed: %w", stack, err)
	}
	var read deployed
	version, err := reference.GetOutputDetails(versionOutput)
	if err != nil {
		return deployed{}, fmt.Errorf("reading what stack %s has deployed: %w", stack, err)
	}
	read.controlPlane, _ = version.Value.(string)
	for output, into := range map[string]*map[string]string{nodeVersionsOutput: &read.nodes, nodeStepsOutput: &read.steps} {
		details, err := reference.GetOutputDetails(output)
		if err != nil {
			return deployed{}, fmt.Errorf("reading what stack %s has deployed: %w", stack, err)
		}
		*into = textByName(details.Value)
	}
	return read, nil
}

// textByName is a mapping of text, without what else an output may hold.
func textByName(value any) map[string]string {
	byName, _ := value.(map[string]any)
	texts := make(map[string]string, len(byName))
	for name, item := range byName {
		if text, ok := item.(string); ok {
			texts[name] = text
		}
	}
	return texts
}

// qualified completes a stack's name with this stack's organization and project.
func qualified(ctx *pulumi.Context, stack string) string {
	switch strings.Count(stack, "/") {
	case 0:
		return strings.Join([]string{ctx.Organization(), ctx.Project(), stack}, "/")
	case 1:
		return ctx.Organization() + "/" + stack
	default:
		return stack
	}
}
