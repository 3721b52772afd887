package nodegroups

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/noderole"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// class is a kind of nodes that has a role of its own: an access entry has one type,
// and EKS makes the entries of what it starts by itself.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
type class struct {
	// suffix ends the names of the role and what belongs to it.
	suffix string
	// entry is the type of the access entry; empty where EKS makes it.
	entry string
}

var (
	managedLinux   = class{}
	managedWindows = class{suffix: "-windows"}
	selfLinux      = class{suffix: "-self", entry: "EC2_LINUX"}
	selfWindows    = class{suffix: "-self-windows", entry: "EC2_WINDOWS"}
	fargatePods    = class{suffix: "-fargate"}
)

// name is what the class is called in the component's outputs.
func (c class) name() string { return cmp.Or(strings.TrimPrefix(c.suffix, "-"), "managed") }

func (g Group) class() class {
	switch {
	case g.Kind == ipplan.Fargate:
		return fargatePods
	case g.Kind == ipplan.SelfManaged && g.Windows():
		return selfWindows
	case g.Kind == ipplan.SelfManaged:
		return selfLinux
	case g.Windows():
		return managedWindows
	default:
		return managedLinux
	}
}

// makeRoles makes a role for each class that a group has.
func (c *NodeGroups) makeRoles(ctx *pulumi.Context, groups map[string]Group) error {
	for _, key := range sortedKeys(groups) {
		class := groups[key].class()
		if _, made := c.roles[class]; made {
			continue
		}
		args := noderole.Args{
			Description: "Nodes of the EKS cluster " + c.args.Cluster.Name, Partition: c.args.Network.Partition(), IPv6: c.args.IPv6,
			Entry: class.entry, ClusterName: c.args.Cluster.NameOutput, Tags: c.args.Tags,
		}
		if class == fargatePods {
			args.Trust, args.Policies, args.IPv6 = c.trustFargate(), []string{"AmazonEKSFargatePodExecutionRolePolicy"}, false
		}
		made, err := noderole.New(ctx, c.name+class.suffix, args, c)
		if err != nil {
			return fmt.Errorf("role of %s nodes: %w", class.name(), err)
		}
		c.roles[class] = made
	}
	return nil
}
