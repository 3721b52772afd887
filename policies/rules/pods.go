package rules

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podPaths say where the kinds that make pods have the pod's metadata and spec.
// The group is not part of the key: Deployments were in extensions, too.
var podPaths = map[string]string{
	"Pod":                   "",
	"PodTemplate":           "template",
	"ReplicationController": "spec.template",
	"ReplicaSet":            "spec.template",
	"Deployment":            "spec.template",
	"StatefulSet":           "spec.template",
	"DaemonSet":             "spec.template",
	"Job":                   "spec.template",
	"CronJob":               "spec.jobTemplate.spec.template",
}

// podGroups are the API groups of those kinds: another group's Deployment is a
// custom resource.
var podGroups = map[string]bool{"": true, "apps": true, "batch": true, "extensions": true}

// makesPods tells whether objects of a type are pods or make them.
func makesPods(t Type) bool {
	_, known := podPaths[t.Kind]
	return known && podGroups[t.Group]
}

// pod is the pod that an object is or makes.
type pod struct {
	// path is where its template stands, with a dot behind; empty for a Pod.
	path string
	// value is its spec as written.
	value Value
	// metadata and spec are the known parts of it.
	metadata metav1.ObjectMeta
	spec     corev1.PodSpec
	// complete is false where something in it is not known yet.
	complete bool
}

// specPath is the path of a property of the spec.
func (p pod) specPath(property string) string { return p.path + "spec." + property }

// podOf finds the pod in an object. The second result, where there is one, says
// why it can't be judged.
func podOf(r Resource) (pod, *Finding) {
	template, path := r.Inputs, ""
	if at := podPaths[r.Type.Kind]; at != "" {
		template, path = template.At(strings.Split(at, ".")...), at+"."
	}
	p := pod{path: path, value: template.Get("spec")}
	if p.value.Unknown() {
		return p, new(undecided(path + "spec"))
	}
	known, err := template.Get("metadata").Decode(&p.metadata)
	if err != nil {
		return p, new(unreadable(path + "metadata"))
	}
	complete, err := p.value.Decode(&p.spec)
	if err != nil {
		return p, new(unreadable(path + "spec"))
	}
	p.complete = known && complete
	return p, nil
}
