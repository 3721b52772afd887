package nodegroups

import (
	"slices"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// BlueGreen replaces the nodes of a group by those of a second one, in steps that
// each are one deployment: blue, both, blueCordoned, green. The next time it goes
// the other way: green, both, greenCordoned, blue.
type BlueGreen struct {
	// Required. Where the group stands: blue (the group itself), both, blueCordoned
	// (new pods go to green only), green, or greenCordoned on the way back. Each step
	// leads to the next or back to the one before.
	Step string `json:"step"`
	// Optional. What green has otherwise than the group itself, which is blue.
	Green Green `json:"green"`
}

// Green is what a second group has otherwise.
type Green struct {
	// Optional. The Kubernetes minor. Default blue's.
	Version string `json:"version"`
	// Optional. The image. Default blue's.
	AMIType string `json:"amiType"`
	// Optional. The image's release. Default blue's.
	AMIRelease string `json:"amiRelease"`
	// Optional. The instance types. Default blue's.
	InstanceTypes []string `json:"instanceTypes"`
}

// The steps.
const (
	stepBlue          = "blue"
	stepBoth          = "both"
	stepBlueCordoned  = "blueCordoned"
	stepGreen         = "green"
	stepGreenCordoned = "greenCordoned"
)

// steps lists them with those that may follow.
var steps = map[string][]string{
	stepBlue:          {stepBoth},
	stepBoth:          {stepBlue, stepGreen, stepBlueCordoned, stepGreenCordoned},
	stepBlueCordoned:  {stepBoth, stepGreen},
	stepGreen:         {stepBoth},
	stepGreenCordoned: {stepBoth, stepBlue},
}

// cordoned keeps new pods off nodes that are about to go.
var cordoned = Taint{Key: "platform/cordoned", Value: "blue-green", Effect: "NO_SCHEDULE"}

// greenSuffix ends the name of a second group.
const greenSuffix = "-green"

// Expand lists the groups that exist at the steps where groups stand, by name: a
// second group is called after the first, "general-green".
func Expand(groups map[string]Group) map[string]Group {
	all := make(map[string]Group, len(groups))
	for name, group := range groups {
		if group.BlueGreen == nil {
			all[name] = group
			continue
		}
		blue, green, step := group, group.green(), group.BlueGreen.Step
		blue.BlueGreen = nil
		if step == stepBlueCordoned {
			blue.Taints = append(slices.Clone(blue.Taints), cordoned)
		}
		if step == stepGreenCordoned {
			green.Taints = append(slices.Clone(green.Taints), cordoned)
		}
		if step != stepGreen {
			all[name] = blue
		}
		if step != stepBlue {
			all[name+greenSuffix] = green
		}
	}
	return all
}

// green is the second group.
func (g Group) green() Group {
	other := g.BlueGreen.Green
	g.BlueGreen = nil
	if other.Version != "" {
		g.Version = other.Version
	}
	if other.AMIType != "" {
		g.AMIType = other.AMIType
	}
	if other.AMIRelease != "" {
		g.AMIRelease = other.AMIRelease
	}
	if len(other.InstanceTypes) > 0 {
		g.InstanceTypes = other.InstanceTypes
	}
	return g
}

// Step is where a group stands: blue for one that is never replaced by another.
func (g Group) Step() string {
	if g.BlueGreen == nil {
		return stepBlue
	}
	return g.BlueGreen.Step
}

// CheckStep notes a step that can't follow the deployed one: pods would lose their
// nodes before others are there. Nothing deployed, an empty step, allows any.
func CheckStep(list *problem.List, path, deployed, wanted string) {
	next, known := steps[deployed]
	if !known || deployed == wanted || slices.Contains(next, wanted) {
		return
	}
	list.Addf(path, "deploy "+stepBoth+" first", "goes from %s to %s", deployed, wanted)
}

func (g Group) validateBlueGreen(list *problem.List) {
	if g.BlueGreen == nil {
		return
	}
	problem.OneOf(list, "blueGreen.step", g.BlueGreen.Step, stepBlue, stepBoth, stepBlueCordoned, stepGreen, stepGreenCordoned)
	list.Under("blueGreen.green", g.green().Validate())
}
