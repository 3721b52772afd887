// Package kubefake is the kubernetes stand-in. It knows no kinds: every API
// object has a type, a name and a namespace, and that is what it judges. What
// is inside the objects is for a real API server to judge.
package kubefake

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// version is what the stand-in calls itself: not older than what anybody asks
// for (the Go SDK 4.30.0, the node EKS provider 4.34.2), or the engine warns.
var version = semver.MustParse("4.34.2")

// autonamed is the annotation by which the real provider, too, remembers that
// it made up the name.
const autonamed = "pulumi.com/autonamed"

// Provider is the stand-in. The engine makes one for every provider resource.
type Provider struct {
	plugin.UnimplementedProvider
	world     *world.World
	cluster   string // where objects live
	name      string // what that cluster is called
	namespace string // for objects that name none
}

// New gives a stand-in whose objects exist in the given world.
func New(w *world.World) *Provider { return &Provider{world: w} }

// Handshake says what the stand-in can take. Of a resource among the inputs it
// takes the id, as the real provider does.
func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: false, AcceptOutputs: false}, nil
}

// GetPluginInfo gives the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

// SignalCancellation has nothing to interrupt: no call takes long.
func (p *Provider) SignalCancellation(context.Context) error { return nil }

// Close has nothing to close.
func (p *Provider) Close() error { return nil }

// Check fills in what follows from the type and the resource's name, and
// judges the rest.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	k, err := parseKind(string(req.Type))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	failures := judgeObject(k, props.RevealMap(req.News))
	if len(failures) > 0 {
		return plugin.CheckResponse{Properties: req.News, Failures: failures}, nil
	}
	inputs := req.News.Copy()
	if inputs == nil {
		inputs = resource.PropertyMap{}
	}
	fill(inputs, "apiVersion", k.apiVersion())
	fill(inputs, "kind", k.name)
	if reason := p.fillMetadata(k, req, inputs); reason != "" {
		failures = append(failures, plugin.CheckFailure{Reason: "metadata.name: " + reason})
	}
	return plugin.CheckResponse{Properties: inputs, Failures: failures}, nil
}

// fillMetadata adds the namespace and the name that a person left out.
func (p *Provider) fillMetadata(k kind, req plugin.CheckRequest, inputs resource.PropertyMap) string {
	if props.IsUnknown(props.Reveal(inputs["metadata"])) {
		return ""
	}
	reason := ""
	edit(inputs, "metadata", func(metadata resource.PropertyMap) {
		if k.defaultsToNamespace() {
			fill(metadata, "namespace", cmp.Or(p.namespace, "default"))
		}
		if metadata.HasValue("name") || metadata.HasValue("generateName") {
			return
		}
		name, err := k.madeUpName(req)
		if err != nil {
			reason = err.Error()
			return
		}
		fill(metadata, "name", name)
		edit(metadata, "annotations", func(annotations resource.PropertyMap) { fill(annotations, autonamed, "true") })
	})
	return reason
}

// madeUpName keeps the name that was made up before, or makes one up.
func (k kind) madeUpName(req plugin.CheckRequest) (string, error) {
	if k.patch {
		return "", errors.New("a patch must name the object that it patches")
	}
	old := props.RevealMap(req.Olds)
	if name := props.String(old, "metadata", "name"); name != "" && props.String(old, "metadata", "annotations", autonamed) == "true" {
		return name, nil
	}
	name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 8, 253, nil)
	if err != nil {
		return "", fmt.Errorf("cannot make one up: %w", err)
	}
	if problems := k.judgeName(name); len(problems) > 0 {
		return "", fmt.Errorf("%s, made up from the resource's name, will not do: %s", name, problems[0])
	}
	return name, nil
}

// fill sets a field that has no value yet.
func fill(m resource.PropertyMap, key resource.PropertyKey, value string) {
	if v, given := m[key]; !given || v.IsNull() {
		m[key] = resource.NewStringProperty(value)
	}
}

// edit changes a nested object in place of the old one, which stays as it
// was. What was secret as a whole stays secret as a whole.
func edit(m resource.PropertyMap, key resource.PropertyKey, change func(resource.PropertyMap)) {
	v := m[key]
	secret := v.IsSecret()
	if secret {
		v = v.SecretValue().Element
	}
	inner := resource.PropertyMap{}
	if v.IsObject() {
		inner = v.ObjectValue().Copy()
	}
	change(inner)
	m[key] = resource.NewObjectProperty(inner)
	if secret {
		m[key] = resource.MakeSecret(m[key])
	}
}

// identity is what cannot change in place.
var identity = delta.Rules{Replace: []string{"metadata.name", "metadata.namespace", "kind"}}

// Diff compares the inputs. A replacement under the same name must delete
// first, as two objects cannot have one name.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if _, err := parseKind(string(req.Type)); err != nil {
		return plugin.DiffResponse{}, err
	}
	old, new := props.RevealMap(req.OldInputs), props.RevealMap(req.NewInputs)
	diff := delta.Compare(old, new, identity)
	diff.DeleteBeforeReplace = diff.Replace() && idOf(old) == idOf(new)
	return diff, nil
}

// Invoke answers nothing: the platform asks Kubernetes no questions.
func (p *Provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, fmt.Errorf("the kubernetes stand-in does not answer %s (offline/standin/kubefake)", req.Tok)
}
