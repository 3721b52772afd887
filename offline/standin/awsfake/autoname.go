package awsfake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// defaultsKey is where the real provider, too, notes which inputs it made up.
const defaultsKey = "__defaults"

// apply adds the made-up name to inputs that lack one. A name made up before
// is kept: that is what Olds are for.
func (a *autoname) apply(req plugin.CheckRequest, inputs resource.PropertyMap) error {
	key := resource.PropertyKey(a.property)
	if given(inputs, a.property) || given(inputs, a.prefix) {
		return nil
	}
	name, err := a.make(req)
	if err != nil {
		return err
	}
	inputs[key] = resource.NewStringProperty(name)
	inputs[defaultsKey] = resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty(a.property)})
	return nil
}

func (a *autoname) make(req plugin.CheckRequest) (string, error) {
	if old := props.String(props.RevealMap(req.Olds), a.property); old != "" && madeUp(req.Olds, a.property) {
		return old, nil
	}
	if req.Autonaming != nil && req.Autonaming.Mode == plugin.AutonamingModeDisabled {
		return "", fmt.Errorf("automatic naming is disabled: give %s", a.property)
	}
	format := a.format
	if format == "" {
		format = "%s"
	}
	if req.Autonaming != nil && req.Autonaming.ProposedName != "" {
		return fmt.Sprintf(format, req.Autonaming.ProposedName), nil
	}
	room := a.max - len(strings.TrimSuffix(format, "%s"))
	name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 7, room, nil)
	if err != nil {
		return "", fmt.Errorf("cannot make up %s: %w", a.property, err)
	}
	return fmt.Sprintf(format, name), nil
}

// given tells whether a property has a value, known or not.
func given(inputs resource.PropertyMap, property string) bool {
	value, found := inputs[resource.PropertyKey(property)]
	return found && !value.IsNull()
}

// madeUp tells whether a property of checked inputs was made up, not given.
func madeUp(inputs resource.PropertyMap, property string) bool {
	list := inputs[defaultsKey]
	return list.IsArray() && slices.ContainsFunc(list.ArrayValue(), func(v resource.PropertyValue) bool {
		return v.IsString() && v.StringValue() == property
	})
}
