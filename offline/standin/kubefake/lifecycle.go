package kubefake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// idOf gives the id of the object that inputs describe: namespace/name, or
// the name alone.
func idOf(in resource.PropertyMap) string {
	name, namespace := props.String(in, "metadata", "name"), props.String(in, "metadata", "namespace")
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

// Create makes an object exist. An object that exists already, made by
// another resource, is refused; a patch is laid over it instead.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	k, err := parseKind(string(req.Type))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: state(req.Properties, nil), Status: resource.StatusOK}, nil
	}
	var created plugin.CreateResponse
	err = p.world.Change(func(objects *world.Objects) error {
		generation := objects.Generation(string(req.URN))
		uid := uidOf(string(req.URN), generation)
		inputs := named(req.Properties, uid)
		id := idOf(props.RevealMap(inputs))
		other, taken := objects.Find(p.cluster, string(req.Type), id)
		if taken && !k.patch && other.URN != string(req.URN) {
			return status.Errorf(codes.AlreadyExists, "resource %q was not successfully created by the Kubernetes API server: %s %q already exists",
				req.URN, strings.ToLower(k.name), lastSegment(id))
		}
		objects.Put(world.Object{
			Scope: p.cluster, Type: string(req.Type), ID: id, URN: string(req.URN), Generation: generation, Owner: p.owner(objects),
		})
		created = plugin.CreateResponse{
			ID: resource.ID(id), Properties: state(inputs, server(uid, 1)), Status: resource.StatusOK,
		}
		return nil
	})
	return created, err
}

// owner is the key of the cluster that the objects are in and go with; empty where the
// account has none of that name.
func (p *Provider) owner(objects *world.Objects) string {
	for _, object := range objects.All() {
		if object.Type == "aws:eks/cluster:Cluster" && object.ID == p.name {
			return object.Key()
		}
	}
	return ""
}

// named gives the inputs with a name made of generateName where that was given.
func named(inputs resource.PropertyMap, uid string) resource.PropertyMap {
	in := props.RevealMap(inputs)
	prefix := props.String(in, "metadata", "generateName")
	if prefix == "" || props.String(in, "metadata", "name") != "" {
		return inputs
	}
	inputs = inputs.Copy()
	edit(inputs, "metadata", func(metadata resource.PropertyMap) { fill(metadata, "name", prefix+uid[:5]) })
	return inputs
}

// server is what the API server adds to the metadata.
func server(uid string, resourceVersion float64) resource.PropertyMap {
	return resource.PropertyMap{
		"uid":             resource.NewStringProperty(uid),
		"resourceVersion": resource.NewStringProperty(fmt.Sprint(resourceVersion)),
	}
}

// state gives the inputs with what the server added to the metadata; nil
// stands for a server that has not spoken yet.
func state(inputs, added resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range inputs {
		if !value.IsNull() {
			out[key] = value
		}
	}
	if props.IsUnknown(props.Reveal(out["metadata"])) {
		return out
	}
	edit(out, "metadata", func(metadata resource.PropertyMap) {
		for _, key := range []resource.PropertyKey{"uid", "resourceVersion"} {
			metadata[key] = props.Unknown()
			if value, spoken := added[key]; spoken {
				metadata[key] = value
			}
		}
	})
	return out
}

// Update changes an object in place.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if _, err := parseKind(string(req.Type)); err != nil {
		return plugin.UpdateResponse{}, err
	}
	old := props.RevealMap(req.OldOutputs)
	uid := props.String(old, "metadata", "uid")
	inputs := stillNamed(req.NewInputs, old)
	if req.Preview {
		known := resource.PropertyMap{"uid": resource.NewStringProperty(uid)}
		return plugin.UpdateResponse{Properties: state(inputs, known), Status: resource.StatusOK}, nil
	}
	err := p.world.Look(func(objects *world.Objects) error {
		if _, found := objects.Find(p.cluster, string(req.Type), string(req.ID)); !found {
			return status.Errorf(codes.NotFound, "%s %q not found", req.Type, req.ID)
		}
		return nil
	})
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	var before float64
	if _, err := fmt.Sscan(props.String(old, "metadata", "resourceVersion"), &before); err != nil {
		before = 1
	}
	return plugin.UpdateResponse{Properties: state(inputs, server(uid, before+1)), Status: resource.StatusOK}, nil
}

// stillNamed gives new inputs with the name that was made of generateName before.
func stillNamed(inputs, old resource.PropertyMap) resource.PropertyMap {
	inputs = inputs.Copy()
	edit(inputs, "metadata", func(metadata resource.PropertyMap) {
		fill(metadata, "name", props.String(old, "metadata", "name"))
	})
	return inputs
}

// Read finds an object: gone where the world does not have it.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	k, err := parseKind(string(req.Type))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	var read plugin.ReadResponse
	err = p.world.Look(func(objects *world.Objects) error {
		object, found := objects.Find(p.cluster, string(req.Type), string(req.ID))
		if !found {
			return nil
		}
		inputs, outputs := req.Inputs, req.State
		if len(outputs) == 0 {
			inputs = bare(k, object.ID)
			outputs = state(inputs, server(uidOf(object.URN, object.Generation), 1))
		}
		read = plugin.ReadResponse{
			ReadResult: plugin.ReadResult{ID: req.ID, Inputs: inputs, Outputs: outputs}, Status: resource.StatusOK,
		}
		return nil
	})
	return read, err
}

// bare is all that is known of an object of which nobody has a state: the
// world does not keep what is inside objects, some of which is secret.
func bare(k kind, id string) resource.PropertyMap {
	metadata := map[string]any{"name": lastSegment(id)}
	if namespace, _, namespaced := strings.Cut(id, "/"); namespaced {
		metadata["namespace"] = namespace
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"apiVersion": k.apiVersion(), "kind": k.name, "metadata": metadata,
	})
}

// Delete makes an object disappear.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if _, err := parseKind(string(req.Type)); err != nil {
		return plugin.DeleteResponse{}, err
	}
	err := p.world.Change(func(objects *world.Objects) error {
		objects.Remove(world.Key(p.cluster, string(req.Type), string(req.ID)))
		return nil
	})
	return plugin.DeleteResponse{Status: resource.StatusOK}, err
}

// uidOf makes up the UUID of an object.
func uidOf(urn string, generation int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", urn, generation))
	h := hex.EncodeToString(sum[:])[:32]
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func lastSegment(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
