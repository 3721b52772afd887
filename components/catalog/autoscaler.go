package catalog

// autoscalers are the newest images of the Cluster Autoscaler by the minor of the cluster,
// which it must be of. Source: the releases of
// https://github.com/kubernetes/autoscaler as of August 2026.
var autoscalers = map[string]string{"1.33": "v1.33.6", "1.34": "v1.34.5", "1.35": "v1.35.2", "1.36": "v1.36.1"}

// AutoscalerImage is the tag of the Cluster Autoscaler's image for a minor; empty for a
// minor that the catalogue doesn't know.
func AutoscalerImage(minor string) string { return autoscalers[minor] }
