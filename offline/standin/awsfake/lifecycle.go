package awsfake

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// Create makes an object exist, or in a preview tells what it will look like.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.CreateResponse{}, unknownType(string(req.Type))
	}
	if req.Preview {
		t := thing{region: p.region, urn: string(req.URN), in: r.withDefaults(req.Properties), objects: world.Nothing()}
		return plugin.CreateResponse{Properties: r.state(req.Properties, r.compute(t), true, p.defaultTags), Status: resource.StatusOK}, nil
	}
	var created plugin.CreateResponse
	err := p.world.Change(func(objects *world.Objects) error {
		t := thing{
			region: p.region, urn: string(req.URN), generation: objects.Generation(string(req.URN)),
			in: r.withDefaults(req.Properties), objects: objects,
		}
		inputs := r.named(t, req.Properties)
		t.in = r.withDefaults(inputs)
		t.id = r.id(t)
		object := world.Object{
			Scope: r.scope(p.region), Type: string(req.Type), ID: t.id, URN: t.urn,
			Generation: t.generation, Inputs: props.Public(inputs),
		}
		object.Owner = r.owner(p.region, object.Inputs, objects)
		if err := r.admissible(t, object); err != nil {
			return err
		}
		outputs := r.compute(t)
		objects.Put(object)
		r.putImplicit(object, outputs, objects)
		created = plugin.CreateResponse{
			ID: resource.ID(t.id), Properties: r.state(inputs, outputs, false, p.defaultTags), Status: resource.StatusOK,
		}
		return nil
	})
	return created, err
}

// named gives the inputs with a name made of the prefix where one was given.
// Other than a name made up in Check, AWS or Terraform make this one.
func (r *row) named(t thing, inputs resource.PropertyMap) resource.PropertyMap {
	if r.name == nil || given(inputs, r.name.property) || !given(inputs, r.name.prefix) {
		return inputs
	}
	named := inputs.Copy()
	named[resource.PropertyKey(r.name.property)] = resource.NewStringProperty(t.str(r.name.prefix) + t.hex("name", 26))
	return named
}

// stillNamed gives new inputs with the name that was made of the prefix before.
func (r *row) stillNamed(inputs, old resource.PropertyMap) resource.PropertyMap {
	if r.name == nil || given(inputs, r.name.property) || !given(old, r.name.property) {
		return inputs
	}
	named := inputs.Copy()
	named[resource.PropertyKey(r.name.property)] = old[resource.PropertyKey(r.name.property)]
	return named
}

// admissible asks all that AWS asks before it makes an object.
func (r *row) admissible(t thing, object world.Object) error {
	if err := r.dangling(t.region, object.Inputs, t.objects); err != nil {
		return err
	}
	if err := r.shared(object, "", t.objects); err != nil {
		return err
	}
	if _, taken := t.objects.Get(object.Key()); taken {
		if r.taken.code == "" {
			return fmt.Errorf("the simulated world has a second %s %s", object.Type, object.ID)
		}
		return r.taken.about(object.ID)
	}
	if r.admit == nil {
		return nil
	}
	return r.admit(t)
}

// shared refuses values that no two objects of the type may share; self is the
// key of the object where it exists already.
func (r *row) shared(object world.Object, self string, objects *world.Objects) error {
	for _, u := range r.unique {
		first, _ := object.Inputs[u.properties[0]].(string)
		for _, other := range objects.All() {
			same := first != "" && other.Type == object.Type && other.Scope == object.Scope && other.Key() != self
			for _, property := range u.properties {
				same = same && other.Inputs[property] == object.Inputs[property]
			}
			if same {
				return u.message.about(first)
			}
		}
	}
	return nil
}

// putImplicit adds the objects that AWS makes along with one.
func (r *row) putImplicit(object world.Object, outputs map[string]any, objects *world.Objects) {
	for _, path := range r.implicit {
		id := props.String(resource.NewPropertyMapFromMap(outputs), path...)
		objects.Put(world.Object{Scope: object.Scope, Type: implicitTypes[idPrefix(id)], ID: id, Owner: object.Key()})
	}
}

// Update changes an object in place.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.UpdateResponse{}, unknownType(string(req.Type))
	}
	inputs := r.stillNamed(req.NewInputs, req.OldOutputs)
	changed := delta.Compare(props.RevealMap(req.OldInputs), props.RevealMap(req.NewInputs), r.Rules).ChangedKeys
	var updated plugin.UpdateResponse
	visit := p.world.Change
	if req.Preview {
		visit = p.world.Look
	}
	err := visit(func(objects *world.Objects) error {
		object, found := objects.Find(r.scope(p.region), string(req.Type), string(req.ID))
		if !found {
			return awsError("ResourceNotFoundException", "%s %s does not exist", req.Type, req.ID)
		}
		t := p.existing(object, r.withDefaults(inputs), objects)
		outputs := r.kept(r.compute(t), req.OldOutputs, inputs)
		state := r.state(inputs, outputs, false, p.defaultTags)
		if r.updated != nil {
			for name, value := range r.updated(req.OldOutputs, changed, t) {
				state[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
				if req.Preview {
					state[resource.PropertyKey(name)] = props.Unknown()
				}
			}
		}
		updated = plugin.UpdateResponse{Properties: state, Status: resource.StatusOK}
		if req.Preview {
			return nil
		}
		before := object.Inputs
		object.Inputs = props.Public(inputs)
		if err := r.dangling(p.region, object.Inputs, objects); err != nil {
			return err
		}
		if r.amend != nil {
			if err := r.amend(before, t); err != nil {
				return err
			}
		}
		if err := r.shared(object, object.Key(), objects); err != nil {
			return err
		}
		objects.Put(object)
		return nil
	})
	return updated, err
}

// existing gives an object as a thing, so that its outputs come out again.
func (p *Provider) existing(object world.Object, in resource.PropertyMap, objects *world.Objects) thing {
	return thing{
		region: p.region, urn: object.URN, generation: object.Generation, id: object.ID, in: in, objects: objects,
	}
}

// kept gives computed outputs where the old state has its say: what was
// computed once, and is not given now, stays as it is.
func (r *row) kept(outputs map[string]any, old, inputs resource.PropertyMap) map[string]any {
	for _, name := range props.SortedKeys(outputs) {
		value, had := old[resource.PropertyKey(name)]
		if _, nested := outputs[name].(map[string]any); had && !nested && !given(inputs, name) {
			outputs[name] = value
		}
	}
	return outputs
}

// Read finds an object in the world: gone where it is not there.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.ReadResponse{}, unknownType(string(req.Type))
	}
	var read plugin.ReadResponse
	err := p.world.Look(func(objects *world.Objects) error {
		object, found := objects.Find(r.scope(p.region), string(req.Type), string(req.ID))
		if !found {
			return nil
		}
		inputs, state := req.Inputs, req.State
		if len(state) == 0 {
			inputs = resource.NewPropertyMapFromMap(object.Inputs)
			t := p.existing(object, r.withDefaults(inputs), objects)
			state = r.state(inputs, r.compute(t), false, p.defaultTags)
		}
		read = plugin.ReadResponse{
			ReadResult: plugin.ReadResult{ID: req.ID, Inputs: inputs, Outputs: state}, Status: resource.StatusOK,
		}
		return nil
	})
	return read, err
}

// Delete makes an object and all that goes with it disappear.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.DeleteResponse{}, unknownType(string(req.Type))
	}
	err := p.world.Change(func(objects *world.Objects) error {
		object, found := objects.Find(r.scope(p.region), string(req.Type), string(req.ID))
		if !found {
			return nil // gone already: deleting is done
		}
		if err := r.blocked(p.region, object, objects); err != nil {
			return err
		}
		objects.Remove(object.Key())
		return nil
	})
	return plugin.DeleteResponse{Status: resource.StatusOK}, err
}
