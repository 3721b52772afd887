// Package awsfake is the aws stand-in: a table of resource types, one file a
// service, and the few methods that interpret it.
package awsfake

import (
	"context"
	"fmt"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// version is what the stand-in calls itself: not older than what anybody asks
// for (the Go SDK 6.83.2, the node EKS provider 6.83.4), or the engine warns.
var version = semver.MustParse("6.83.4")

// Provider is the stand-in. The engine makes one for every provider resource.
type Provider struct {
	plugin.UnimplementedProvider
	world       *world.World
	region      string
	defaultTags resource.PropertyMap
}

// New gives a stand-in whose objects exist in the given world.
func New(w *world.World) *Provider {
	return &Provider{world: w, defaultTags: resource.PropertyMap{}}
}

// Handshake says what the stand-in can take. Of a resource among the inputs it
// takes the id, as the real provider does.
func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: false, AcceptOutputs: false, SupportsAutonamingConfiguration: true,
	}, nil
}

// GetPluginInfo gives the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

// SignalCancellation has nothing to interrupt: no call takes long.
func (p *Provider) SignalCancellation(context.Context) error { return nil }

// Close has nothing to close.
func (p *Provider) Close() error { return nil }

// Check makes up the name where there is none and judges the inputs.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.CheckResponse{}, unknownType(string(req.Type))
	}
	inputs := req.News.Copy()
	if inputs == nil {
		inputs = resource.PropertyMap{}
	}
	if r.name != nil {
		if err := r.name.apply(req, inputs); err != nil {
			return plugin.CheckResponse{Failures: []plugin.CheckFailure{
				{Property: resource.PropertyKey(r.name.property), Reason: err.Error()}}}, nil
		}
	}
	return plugin.CheckResponse{Properties: inputs, Failures: r.check(props.RevealMap(inputs))}, nil
}

// Diff compares by the row's tables.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	r, known := table[string(req.Type)]
	if !known {
		return plugin.DiffResponse{}, unknownType(string(req.Type))
	}
	diff := delta.Compare(props.RevealMap(req.OldInputs), props.RevealMap(req.NewInputs), r.Rules)
	r.replaceOtherKind(&diff)
	diff.DeleteBeforeReplace = diff.Replace() && r.inTheWay(req, diff)
	p.diffDefaultTags(req, &diff)
	return diff, nil
}

// replaceOtherKind: an object of one kind does not become one of another.
func (r *row) replaceOtherKind(diff *plugin.DiffResult) {
	for _, property := range r.kinds {
		change, changed := diff.DetailedDiff[property]
		if !changed || change.Kind == plugin.DiffUpdate {
			continue
		}
		change.Kind = change.Kind.AsReplace()
		diff.DetailedDiff[property] = change
		diff.ReplaceKeys = append(diff.ReplaceKeys, resource.PropertyKey(property))
	}
}

// diffDefaultTags: a change of the provider's default tags is a change of
// every resource that has tags.
func (p *Provider) diffDefaultTags(req plugin.DiffRequest, diff *plugin.DiffResult) {
	old, tagged := req.OldOutputs["tagsAll"]
	all := allTags(req.NewInputs["tags"], p.defaultTags)
	if !tagged || all.ContainsUnknowns() || props.Reveal(old).DeepEquals(props.Reveal(all)) {
		return
	}
	diff.Changes = plugin.DiffSome
	diff.ChangedKeys = append(diff.ChangedKeys, "tagsAll")
	diff.DetailedDiff["tagsAll"] = plugin.PropertyDiff{Kind: plugin.DiffUpdate}
}

// inTheWay tells whether the old object must go before the new one can come:
// they would have one name, because a person chose it.
func (r *row) inTheWay(req plugin.DiffRequest, diff plugin.DiffResult) bool {
	if r.name == nil {
		return r.deleteFirst
	}
	_, renamed := diff.DetailedDiff[r.name.property]
	return given(req.NewInputs, r.name.property) && !madeUp(req.NewInputs, r.name.property) && !renamed
}

// Invoke answers exactly the functions that are in the table.
func (p *Provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	answer, known := invokes[string(req.Tok)]
	if !known {
		return plugin.InvokeResponse{}, fmt.Errorf(
			"the aws stand-in does not answer %s; add a row to offline/standin/awsfake/invoke.go", req.Tok)
	}
	return plugin.InvokeResponse{Properties: resource.NewPropertyMapFromMap(answer(p, props.RevealMap(req.Args)))}, nil
}
