package kube

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Labels turns AWS tags into what Kubernetes takes. A tag whose value is no label
// value (spaces, slashes, more than 63 characters) becomes an annotation of the same
// name. A tag whose key is no name in Kubernetes is in neither and is listed as left out.
func Labels(tags map[string]string) (labels, annotations map[string]string, leftOut []string) {
	labels, annotations = map[string]string{}, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case len(validation.IsQualifiedName(key)) > 0:
			leftOut = append(leftOut, key)
		case len(validation.IsValidLabelValue(tags[key])) > 0:
			annotations[key] = tags[key]
		default:
			labels[key] = tags[key]
		}
	}
	return labels, annotations, leftOut
}
