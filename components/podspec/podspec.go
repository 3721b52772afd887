// Package podspec holds what charts' values have in common: security contexts of the
// restricted Pod Security profile, requests and limits, spread over zones.
package podspec

// Pod is a pod's security context under the restricted profile, as a user that is not
// root; 0 leaves the user to the image, which must not be root then.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
func Pod(user int) map[string]any {
	context := map[string]any{"runAsNonRoot": true, "seccompProfile": map[string]any{"type": "RuntimeDefault"}}
	if user > 0 {
		context["runAsUser"], context["runAsGroup"], context["fsGroup"] = user, user, user
	}
	return context
}

// Container is a container's security context under the restricted profile, with a file
// system that can't be written.
func Container() map[string]any {
	return map[string]any{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true,
		"capabilities": map[string]any{"drop": []any{"ALL"}}, "seccompProfile": map[string]any{"type": "RuntimeDefault"},
	}
}

// Resources are requests of CPU and memory, and a limit of memory alone: a CPU limit
// slows a container down while its node has CPU to spare.
// Source: https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html
func Resources(cpu, memory, limit string) map[string]any {
	return map[string]any{"requests": map[string]any{"cpu": cpu, "memory": memory}, "limits": map[string]any{"memory": limit}}
}

// Spread keeps pods with these labels apart, in zones and on nodes, as far as there are
// any.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints
func Spread(labels map[string]any) []any {
	var constraints []any
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		constraints = append(constraints, map[string]any{
			"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": map[string]any{"matchLabels": labels},
		})
	}
	return constraints
}
