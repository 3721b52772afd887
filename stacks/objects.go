package stacks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Objects are the Kubernetes objects that a program registers, as far as its own
// values say what they are: what another resource yields is not known here.
type Objects struct {
	mu        sync.Mutex
	all       []upgrade.Object
	budgets   []upgrade.Budget
	workloads []upgrade.Workload
	scalers   []scaler
}

// scaler is what changes the replicas of a workload.
type scaler struct {
	namespace, kind, name string
	most                  *int
}

// WatchObjects collects the objects that a program registers from here on, those of
// every component in this process among them. Call it before anything is registered.
func WatchObjects(ctx *pulumi.Context) (*Objects, error) {
	objects := &Objects{}
	// The engine's own transforms would see remote components, too, and call this
	// process for each resource; these are called where it is registered.
	err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		if token, ok := strings.CutPrefix(args.Type, "kubernetes:"); ok {
			objects.note(token, args.Name, read(args.Props))
		}
		return nil // nothing is changed
	})
	if err != nil {
		return nil, fmt.Errorf("watching Kubernetes objects: %w", err)
	}
	return objects, nil
}

// All are the objects, in the order in which they were registered.
func (o *Objects) All() []upgrade.Object {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all)
}

// Check holds the objects against a Kubernetes minor. It warns of deprecated APIs, and
// lists in one error all objects of removed ones and all disruption budgets that let no
// node be drained. Call it when everything is registered.
func (o *Objects) Check(ctx *pulumi.Context, version string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list problem.List
	for _, warning := range upgrade.CheckAPIs(&list, version, o.all) {
		if err := ctx.Log.Warn(warning.String(), nil); err != nil {
			return err
		}
	}
	upgrade.CheckBudgets(&list, o.budgets, o.scaled())
	return list.Err("Kubernetes objects of stack " + ctx.Stack())
}

// note keeps what an object says of itself. The token is that of its resource, such as
// policy/v1:PodDisruptionBudget, the name its resource's.
func (o *Objects) note(token, name string, props value) {
	version, kind, _ := strings.Cut(token, ":")
	metadata := props.at("metadata")
	object := upgrade.Object{
		APIVersion: cmp.Or(props.at("apiVersion").text(), strings.TrimPrefix(version, "core/")),
		Kind:       cmp.Or(props.at("kind").text(), strings.TrimSuffix(kind, "Patch")),
		Namespace:  metadata.at("namespace").text(),
		Name:       cmp.Or(metadata.at("name").text(), name),
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, object)
	if object.Kind != kind {
		return // a patch says only what it changes
	}
	if !metadata.at("namespace").written() {
		object.Namespace = "default"
	}
	o.noteSpec(object, props.at("spec"))
}

// noteSpec keeps what draining nodes depends on.
func (o *Objects) noteSpec(object upgrade.Object, spec value) {
	pod := spec.at("template", "metadata")
	target := spec.at("scaleTargetRef")
	switch {
	case object.Kind == "PodDisruptionBudget":
		o.budgets = append(o.budgets, upgrade.Budget{
			Object: object, MinAvailable: spec.at("minAvailable").text(), MaxUnavailable: spec.at("maxUnavailable").text(),
			Selector: selector(spec.at("selector")),
		})
	case target.written():
		most := cmp.Or(spec.at("maxReplicas").number(), spec.at("maxReplicaCount").number())
		o.scalers = append(o.scalers, scaler{namespace: object.Namespace, kind: target.at("kind").text(), name: target.at("name").text(), most: most})
	case pod.written():
		o.workloads = append(o.workloads, upgrade.Workload{Object: object, Labels: pod.at("labels").texts(), Most: replicas(object.Kind, spec.at("replicas"))})
	}
}

// replicas are those that a workload says, 1 where it says none; nil for kinds that
// count their pods otherwise.
func replicas(kind string, written value) *int {
	switch {
	case !slices.Contains([]string{"Deployment", "ReplicaSet", "StatefulSet"}, kind):
		return nil
	case !written.written():
		return new(1)
	default:
		return written.number()
	}
}

// selector reads a label selector; nil where part of it is not known.
func selector(written value) *upgrade.Selector {
	labels := written.at("matchLabels").texts()
	expressions, known := written.at("matchExpressions").items()
	if !written.written() || labels == nil || !known {
		return nil
	}
	all := &upgrade.Selector{Labels: labels}
	for _, expression := range expressions {
		var values []string
		items, known := expression.at("values").items()
		for _, item := range items {
			values = append(values, item.text())
			known = known && item.text() != ""
		}
		key, operator := expression.at("key").text(), expression.at("operator").text()
		if !known || key == "" || operator == "" {
			return nil
		}
		all.Expressions = append(all.Expressions, upgrade.Expression{Key: key, Operator: operator, Values: values})
	}
	return all
}

// scaled are the workloads with the most replicas that something may give them.
func (o *Objects) scaled() []upgrade.Workload {
	all := slices.Clone(o.workloads)
	for i, workload := range all {
		for _, s := range o.scalers {
			here := s.namespace == "" || workload.Namespace == "" || s.namespace == workload.Namespace
			if here && (s.kind == "" || s.kind == workload.Kind) && (s.name == "" || s.name == workload.Name) {
				all[i].Most = s.most
			}
		}
	}
	return all
}
