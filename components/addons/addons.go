// Package addons installs EKS managed add-ons. A platform has two of these: the
// add-ons that nodes need to become ready, and those that need nodes.
package addons

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:addons:Addons"

// Args is what New needs.
type Args struct {
	// Required. The add-ons by the names EKS gives them, such as vpc-cni.
	Names []string
	// Optional. Versions of add-ons by name, such as v1.19.0-eksbuild.1. Default the
	// one that EKS picks for the cluster's Kubernetes minor when it makes the add-on.
	Versions map[string]string
	// Optional. Configuration of add-ons by name, as the JSON that EKS takes.
	// Default the add-on's own.
	Configuration map[string]string
	// Required. The cluster to install them in.
	Cluster ref.Cluster
	// Optional. What must exist first, such as the node groups. Default nothing.
	After []pulumi.Resource
	// Optional. Tags of every add-on. Default none.
	Tags map[string]string
}

// Addons is the component.
type Addons struct {
	pulumi.ResourceState

	// Versions are the add-ons' versions by name.
	Versions pulumi.StringMapOutput `pulumi:"versions"`

	addons []pulumi.Resource
}

// New installs the add-ons. It reports every problem of args at once, before
// anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Addons, error) {
	if args == nil {
		return nil, errors.New("addons: args are required")
	}
	if err := args.validate(); err != nil {
		return nil, err
	}
	c := &Addons{}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("addons %q: %w", name, err)
	}
	versions := pulumi.StringMap{}
	for _, key := range slices.Sorted(slices.Values(args.Names)) {
		addon, err := eks.NewAddon(ctx, name+"-"+key, &eks.AddonArgs{
			ClusterName:  args.Cluster.NameOutput,
			AddonName:    pulumi.String(key),
			AddonVersion: optional(args.Versions[key]),
			// Empty leaves the add-on's own.
			ConfigurationValues: optional(args.Configuration[key]),
			// The platform owns the add-on's fields, at first and ever after.
			ResolveConflictsOnCreate: pulumi.String("OVERWRITE"),
			ResolveConflictsOnUpdate: pulumi.String("OVERWRITE"),
			Tags:                     tags.Named(args.Tags, key),
		}, pulumi.Parent(c), pulumi.DependsOn(args.After))
		if err != nil {
			return nil, fmt.Errorf("addons %q: %s: %w", name, key, err)
		}
		versions[key] = addon.AddonVersion
		c.addons = append(c.addons, addon)
	}
	c.Versions = versions.ToStringMapOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"versions": c.Versions})
}

func optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}

// Resources are the add-ons: what needs them depends on them.
func (c *Addons) Resources() []pulumi.Resource { return c.addons }

var addonName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (a Args) validate() error {
	var list problem.List
	if len(a.Names) == 0 {
		list.Add("names", "names no add-on", "name one or more, such as vpc-cni")
	}
	seen := map[string]bool{}
	for _, name := range a.Names {
		switch {
		case !addonName.MatchString(name):
			list.Addf("names", "use the name that EKS gives it, such as vpc-cni", "%q can't be an add-on", name)
		case seen[name]:
			list.Addf("names", "name each once", "%s is named twice", name)
		}
		seen[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(a.Configuration)) {
		if path := problem.Join("configuration", name); !slices.Contains(a.Names, name) {
			list.Add(path, "is not among the add-ons", "name it, or remove its configuration")
		} else if text := a.Configuration[name]; text != "" && !json.Valid([]byte(text)) {
			list.Addf(path, "write what `aws eks describe-addon-configuration` describes", "%q is not JSON", text)
		}
	}
	list.Under("versions", ValidateVersions(a.Versions, a.Names))
	if a.Cluster.NameOutput == nil {
		list.Add("cluster", "lacks a name", "hand over a cluster's Ref()")
	}
	return list.Err("addons")
}

var addonVersion = regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`)

// ValidateVersions lists what is wrong with versions of add-ons that are among some
// names. Paths are the add-ons' names.
func ValidateVersions(versions map[string]string, names []string) []problem.Problem {
	var list problem.List
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if !slices.Contains(names, name) {
			list.Add(name, "is not among the add-ons", "use one of "+strings.Join(names, ", "))
		}
		if !addonVersion.MatchString(versions[name]) {
			list.Addf(name, "write one that `aws eks describe-addon-versions --addon-name "+name+"` prints, such as v1.19.0-eksbuild.1",
				"%q is not an add-on's version", versions[name])
		}
	}
	return list.All()
}
