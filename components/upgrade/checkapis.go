package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// Object names a Kubernetes object.
type Object struct {
	// APIVersion is its group and version: policy/v1, or v1 of the core group.
	APIVersion string
	// Kind is its kind.
	Kind string
	// Namespace is empty for what has none, and where it is not known yet.
	Namespace string
	// Name is its own name, or that of its resource in the program where its own is
	// not known yet.
	Name string
}

// String names the object as kubectl's users do: "PodDisruptionBudget shop/web".
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// CheckAPIs notes the objects whose API version a minor does not serve, and returns
// those whose API version it deprecates. Paths are the objects. Custom resources
// pass: their versions are their own project's.
func CheckAPIs(list *problem.List, target string, objects []Object) (warnings []problem.Problem) {
	number, ok := minor(target)
	if !ok {
		return nil
	}
	var warned problem.List
	if number > apisKnownTo {
		warned.Addf("", "read https://kubernetes.io/docs/reference/using-api/deprecation-guide/", "what Kubernetes %s removes is not known here, only what 1.%d and older do", target, apisKnownTo)
	}
	for _, object := range objects {
		row, known := find(object.APIVersion, object.Kind)
		switch {
		case alpha(object.APIVersion):
			list.Addf(object.String(), row.instead(number), "%s is alpha, which EKS does not serve", object.APIVersion)
		case !known || number < row.deprecated:
		case row.removed == 0:
			warned.Addf(object.String(), row.instead(number), "%s is deprecated since Kubernetes 1.%d", object.APIVersion, row.deprecated)
		case number < row.removed:
			warned.Addf(object.String(), row.instead(number), "%s is deprecated, and gone in Kubernetes 1.%d", object.APIVersion, row.removed)
		default:
			list.Addf(object.String(), row.instead(number), "%s is gone since Kubernetes 1.%d", object.APIVersion, row.removed)
		}
	}
	return warned.All()
}

// find looks a kind up, or the kind that a list is of.
func find(version, kind string) (api, bool) {
	for _, row := range apis {
		if row.version == version && (slices.Contains(row.kinds, kind) || slices.Contains(row.kinds, strings.TrimSuffix(kind, "List"))) {
			return row, true
		}
	}
	return api{}, false
}

// alpha says whether a version is an alpha one of a group of Kubernetes itself.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
func alpha(version string) bool {
	group, version, _ := strings.Cut(version, "/")
	return strings.Contains(version, "alpha") && slices.ContainsFunc(apis, func(row api) bool {
		return strings.HasPrefix(row.version, group+"/")
	})
}

// instead says what to write.
func (a api) instead(target int) string {
	switch {
	case a.use == "":
		return ""
	case a.from > target:
		return fmt.Sprintf("use %s, from Kubernetes 1.%d on", a.use, a.from)
	default:
		return "use " + a.use
	}
}

// APIChanges says which API versions are gone with a minor, and which it deprecates,
// each with what to write instead. Alpha versions are left out.
func APIChanges(version string) (gone, deprecated []string) {
	number, ok := minor(version)
	for _, row := range apis {
		if !ok || alpha(row.version) {
			continue
		}
		text := row.version + " " + strings.Join(row.kinds, ", ")
		if fix := row.instead(number); fix != "" {
			text += ": " + fix
		}
		switch number {
		case row.removed:
			gone = append(gone, text)
		case row.deprecated:
			if row.removed > 0 {
				text += fmt.Sprintf(" (gone in 1.%d)", row.removed)
			}
			deprecated = append(deprecated, text)
		}
	}
	return gone, deprecated
}
