package chart

import (
	"fmt"
	"slices"
	"strings"
)

// finish makes of what the templates say what is installed.
func finish(spec Spec, objects []Object) (Rendered, error) {
	kept, dropped, err := hooks(spec, objects)
	if err != nil {
		return Rendered{}, err
	}
	if spec.OwnsNamespace {
		kept = append(kept, spec.namespace())
	}
	known := scopes{}
	for _, o := range kept {
		if o.Kind == crdKind {
			known.add(o)
		}
	}
	webhook := slices.ContainsFunc(kept, Object.isWebhook)
	for i := range kept {
		if err := kept[i].place(spec, known, webhook); err != nil {
			return Rendered{}, err
		}
	}
	sortObjects(kept)
	// Two subcharts may bring the same CRD.
	kept = slices.CompactFunc(kept, func(a, b Object) bool { return a.key() == b.key() && text(a) == text(b) })
	for i := range kept[:max(0, len(kept)-1)] {
		if kept[i].key() == kept[i+1].key() {
			return Rendered{}, fmt.Errorf("%s is rendered twice, by %s and %s", kept[i], kept[i].Template, kept[i+1].Template)
		}
	}
	return Rendered{Spec: spec, Objects: kept, Dropped: dropped}, nil
}

// place gives the object its namespace and its stage.
func (o *Object) place(spec Spec, known scopes, webhook bool) error {
	if o.Name == "" {
		return fmt.Errorf("%s: a %s without metadata.name, so nothing would tell it from another at the next deployment", o.Template, o.Kind)
	}
	meta, err := metadata(o.Body)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", o.Template, o, err)
	}
	switch {
	case !known.namespaced(*o):
		o.Namespace = ""
		delete(meta, "namespace")
	case o.Namespace == "":
		o.Namespace = spec.Namespace
		meta["namespace"] = spec.Namespace
	}
	switch {
	case o.Kind == crdKind, o.APIVersion == "v1" && o.Kind == "Namespace":
		o.stage = stageDefinitions
	case o.stage == stageDefinitions && webhook && known.own(*o):
		o.stage = stageOwn
	case o.stage == stageDefinitions:
		o.stage = stageRest
	}
	return nil
}

func (o Object) isWebhook() bool {
	return o.Group() == "admissionregistration.k8s.io" && strings.HasSuffix(o.Kind, "WebhookConfiguration")
}

// namespace is the namespace that the chart owns.
func (s Spec) namespace() Object {
	labels := map[string]any{"pod-security.kubernetes.io/enforce": s.PodSecurity, "pod-security.kubernetes.io/warn": restricted}
	return Object{APIVersion: "v1", Kind: "Namespace", Name: s.Namespace, Template: "ownsNamespace", Body: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": s.Namespace, "labels": labels},
	}}
}
