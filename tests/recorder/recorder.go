// Package recorder runs a Pulumi program against mocks and keeps every resource
// that it registers, so that a test can ask what was made, of what, for whom.
// Programs that import this library can test theirs with it.
package recorder

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Resource is one registered resource.
type Resource struct {
	// URN, Type, Name and Parent identify it.
	URN, Type, Name, Parent string
	// Custom tells resources of a provider from components.
	Custom bool
	// Protect, IgnoreChanges, Provider, DeletedWith (a URN) and RetainOnDelete are its options.
	Protect        bool
	IgnoreChanges  []string
	DeletedWith    string
	Provider       string
	RetainOnDelete bool
	// Timeout is how long its creation may take; empty by default.
	Timeout string
	// AliasTypes are the types that it had before, by option.
	AliasTypes []string
	// Secrets are the names of the inputs that are secret as a whole.
	Secrets []string
	// DependsOn are the URNs of all that it depends on, by option or by property.
	DependsOn []string
	// Inputs are its properties, secrets unwrapped. Unknowns are left out.
	Inputs map[string]any
}

// Recorder is what a run left behind. It may be read once Run has returned.
type Recorder struct {
	project, stack string
	preview        bool
	config         map[string]string
	deployed       map[string]map[string]any
	answers        map[string]map[string]any

	mu        sync.Mutex
	ctx       *pulumi.Context
	resources []Resource
}

// Option changes how a program is run.
type Option func(*Recorder)

// Preview runs the program as a preview: outputs are unknown.
func Preview() Option { return func(r *Recorder) { r.preview = true } }

// Stack names the stack. Default "dev" of the project "eks-platform".
func Stack(name string) Option { return func(r *Recorder) { r.stack = name } }

// Config sets a configuration value of the project.
func Config(key, value string) Option {
	return func(r *Recorder) { r.config[r.project+":"+key] = value }
}

// Deployed gives the outputs of a stack's last deployment, by the stack's whole
// name: "organization/eks-platform/stg". Others were never deployed.
func Deployed(stack string, outputs map[string]any) Option {
	return func(r *Recorder) { r.deployed[stack] = outputs }
}

// Answer gives what a function returns, or what a type of resources computes besides its
// inputs, by token.
func Answer(token string, outputs map[string]any) Option {
	return func(r *Recorder) { r.answers[token] = outputs }
}

// Run runs a program and returns what it registered, with the error it ended in.
func Run(program pulumi.RunFunc, options ...Option) (*Recorder, error) {
	r := &Recorder{project: "eks-platform", stack: "dev", config: map[string]string{}, deployed: map[string]map[string]any{}, answers: map[string]map[string]any{}}
	for _, option := range options {
		option(r)
	}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		r.ctx = ctx
		return program(ctx)
	}, pulumi.WithMocks(r.project, r.stack, r), func(info *pulumi.RunInfo) {
		info.DryRun = r.preview
		info.Config = r.config
	})
	slices.SortFunc(r.resources, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return r, err
}

// All are the resources, in the order of their URNs.
func (r *Recorder) All() []Resource { return r.resources }

// OfType are the resources of a type.
func (r *Recorder) OfType(token string) []Resource {
	var found []Resource
	for _, res := range r.resources {
		if res.Type == token {
			found = append(found, res)
		}
	}
	return found
}

// Get is the resource of a type and a name; nil when there is none.
func (r *Recorder) Get(token, name string) *Resource {
	for i := range r.resources {
		if r.resources[i].Type == token && r.resources[i].Name == name {
			return &r.resources[i]
		}
	}
	return nil
}

// Call answers function calls: one that no test has an answer for fails it.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if outputs, known := r.answers[args.Token]; known {
		return resource.NewPropertyMapFromMap(outputs), nil
	}
	return nil, fmt.Errorf("the program calls %s, which no test answers", args.Token)
}

// ID is the id that the recorder gives a resource: "Vpc:demo".
func ID(token, name string) string { return token[strings.LastIndex(token, ":")+1:] + ":" + name }

// NewResource records a resource and answers with what its provider would.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.TypeToken == stackReference { // a look at a stack is no resource of this one
		return args.ID, resource.NewPropertyMapFromMap(map[string]any{"name": args.ID, "outputs": r.deployed[args.ID]}), nil
	}
	res := Resource{Type: args.TypeToken, Name: args.Name, Custom: args.Custom, Provider: args.Provider, Inputs: plain(args.Inputs), Secrets: secrets(args.Inputs)}
	if rpc := args.RegisterRPC; rpc != nil {
		res.Parent, res.Protect, res.IgnoreChanges = rpc.GetParent(), rpc.GetProtect(), rpc.GetIgnoreChanges()
		res.DeletedWith, res.RetainOnDelete = rpc.GetDeletedWith(), rpc.GetRetainOnDelete()
		res.Timeout = rpc.GetCustomTimeouts().GetCreate()
		for _, alias := range rpc.GetAliases() {
			if token := alias.GetSpec().GetType(); token != "" {
				res.AliasTypes = append(res.AliasTypes, token)
			}
		}
		res.DependsOn = dependencies(rpc.GetDependencies(), rpc.GetPropertyDependencies())
	}
	res.URN = r.urnOf(res)
	r.mu.Lock()
	r.resources = append(r.resources, res)
	r.mu.Unlock()
	state := args.Inputs.Copy()
	if r.preview {
		return "", state, nil
	}
	if err := r.complete(args, state); err != nil {
		return "", nil, err
	}
	maps.Copy(state, resource.NewPropertyMapFromMap(r.answers[args.TypeToken]))
	return ID(args.TypeToken, args.Name), state, nil
}
