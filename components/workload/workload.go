// Package workload writes the objects of an application that runs well on the platform: a
// Deployment whose pods pass the restricted Pod Security profile, with what scales it and
// what keeps it up while nodes are drained. Each part can be had alone, as a pure function
// of plain data.
package workload

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:workload:Workload"

// Spec is an application's Deployment with all that goes with it.
type Spec struct {
	// Required. The Deployment's name.
	Name string `json:"name"`
	// Required. The namespace.
	Namespace string `json:"namespace"`
	// Required. What each pod is.
	Pod Pod `json:"pod"`
	// Optional. The pods, where nothing scales them. Default 2.
	Replicas int `json:"replicas"`
	// Optional. Scales the pods by what they do. Default none: replicas stay as they are.
	Scale *Scale `json:"scale"`
	// Optional. How many pods may be away at a time while nodes are drained: a number, or a
	// share such as "25%". Default "1".
	MaxUnavailable string `json:"maxUnavailable"`
	// Optional. The application is in production, where one pod is refused. Default false.
	Production bool `json:"production"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	s.Pod = s.Pod.withDefaults(s.Name)
	s.Replicas, s.MaxUnavailable = cmp.Or(s.Replicas, 2), cmp.Or(s.MaxUnavailable, "1")
	if s.Scale != nil {
		s.Scale = new(s.Scale.WithDefaults())
	}
	return s
}

// Validate lists what is wrong with the values; call WithDefaults first.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	validateNames(&list, s.Name, s.Namespace)
	list.Under("pod", s.Pod.Validate())
	switch {
	case s.Scale != nil:
		list.Under("scale", s.Scale.validate(s.Production))
	case s.Replicas < 1:
		list.Addf("replicas", "use 1 or more", "%d run nothing", s.Replicas)
	case s.Replicas == 1 && s.Production:
		list.Add("replicas", "is 1: with its node, the application is gone", "use 2 or more in production")
	}
	if s.least() > 1 {
		list.Under("", s.budget().validateAway())
	}
	return list.All()
}

// least are the pods that there are at least.
func (s Spec) least() int {
	if s.Scale != nil {
		return s.Scale.Min
	}
	return s.Replicas
}

func (s Spec) scaler() Scaler {
	return Scaler{Name: s.Name, Namespace: s.Namespace, Scale: *s.Scale, Production: s.Production}
}

func (s Spec) budget() Budget {
	return Budget{Name: s.Name, Namespace: s.Namespace, Pods: s.Pod.Labels, Replicas: s.least(), MaxUnavailable: s.MaxUnavailable}
}

// Objects are the Deployment, what scales it, and with two pods or more what keeps some of
// them up. The error lists all problems.
func (s Spec) Objects() ([]kube.Object, error) {
	s = s.WithDefaults()
	if err := problem.Error("workload "+s.Name, s.Validate()); err != nil {
		return nil, err
	}
	all := []kube.Object{s.deployment()}
	if s.Scale != nil {
		all = append(all, s.scaler().object())
	}
	if s.least() > 1 {
		all = append(all, s.budget().object())
	}
	return all, nil
}

// deployment has no replicas where something scales it: two would decide them.
func (s Spec) deployment() kube.Object {
	spec := map[string]any{
		"selector": map[string]any{"matchLabels": texts(s.Pod.Labels)},
		// None goes before a new one is ready.
		"strategy": map[string]any{"type": "RollingUpdate", "rollingUpdate": map[string]any{"maxUnavailable": 0, "maxSurge": "25%"}},
		"template": map[string]any{"metadata": map[string]any{"labels": texts(s.Pod.Labels)}, "spec": s.Pod.spec()},
	}
	if s.Scale == nil {
		spec["replicas"] = s.Replicas
	}
	return kube.New("apps/v1", "Deployment", s.Namespace, s.Name, map[string]any{"spec": spec})
}

// Args is what New needs.
type Args struct {
	Spec
	// Optional. The cluster that the objects go with. Default none: they are deleted one by
	// one.
	Cluster ref.Cluster
	// Optional. What pods need to run: their service account, and its permissions. Default
	// nothing.
	After []pulumi.Resource
	// Optional. Labels of every object. Default none.
	Tags map[string]string
}

// Workload is the component.
type Workload struct {
	pulumi.ResourceState
}

// New registers the objects; it needs a Kubernetes provider. It reports every problem of
// args at once, before anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Workload, error) {
	if args == nil {
		return nil, errors.New("workload: args are required")
	}
	objects, err := args.Objects()
	if err != nil {
		return nil, err
	}
	w := &Workload{}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, w, opts...); err != nil {
		return nil, fmt.Errorf("workload %q: %w", name, err)
	}
	for _, object := range objects {
		_, err := kube.Register(ctx, name, object, kube.Args{Parent: w, Cluster: args.Cluster, After: args.After, Tags: args.Tags})
		if err != nil {
			return nil, fmt.Errorf("workload %q: %s: %w", name, object["kind"], err)
		}
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{})
}

func validateNames(list *problem.List, name, namespace string) {
	for key, text := range map[string]string{"name": name, "namespace": namespace} {
		if !form.Name.MatchString(text) {
			list.Addf(key, "use up to 63 lower-case letters, digits and hyphens", "%q can't be a name", text)
		}
	}
}

func validateLabels(list *problem.List, path string, labels map[string]string) {
	if len(labels) == 0 {
		list.Add(path, "is empty, which is every pod of the namespace", "name the pods' labels: {app.kubernetes.io/name: web}")
	}
	for _, key := range sortedKeys(labels) {
		if !form.LabelKey(key) {
			list.Addf(path, form.LabelKeyFix, "%q can't be a label", key)
		}
		if !form.LabelValue.MatchString(labels[key]) {
			list.Addf(problem.Join(path, key), form.LabelValueFix, "%q can't be a label's value", labels[key])
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func at(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

func texts(m map[string]string) map[string]any {
	all := make(map[string]any, len(m))
	for key, value := range m {
		all[key] = value
	}
	return all
}
