// Package chart installs Helm charts: a chart is data, it is rendered in the program
// itself, and each of its objects is an ordinary resource.
package chart

import (
	"regexp"
	"slices"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Spec is a chart as data.
type Spec struct {
	// Required. Which chart, at which version, from where: a row of the catalogue.
	Chart catalog.Chart `json:"chart"`
	// Optional. Name of the release, of which charts make their objects' names.
	// Default the chart's name.
	Release string `json:"release,omitempty"`
	// Required. Namespace of the chart's objects.
	Namespace string `json:"namespace"`
	// Optional. Makes the namespace part of this chart. Default false: it exists, or
	// something else makes it.
	OwnsNamespace bool `json:"ownsNamespace,omitempty"`
	// Optional. Pod Security level of the namespace that the chart owns: restricted,
	// baseline or privileged. Default restricted.
	PodSecurity string `json:"podSecurity,omitempty"`
	// Required. Minor of the cluster, such as "1.35": charts ask for it, and for the API
	// versions that come with it.
	Kubernetes string `json:"kubernetes"`
	// Optional. API versions and kinds beyond those of the minor that charts may count
	// on: "monitoring.coreos.com/v1", "monitoring.coreos.com/v1/ServiceMonitor".
	APIVersions []string `json:"apiVersions,omitempty"`
	// Optional. The values, in layers. Default the chart's own.
	Values Values `json:"values,omitzero"`
	// Optional. Value keys that the chart reads though its values.yaml doesn't name
	// them, as paths: "controller.extra". What stands below such a path is allowed too.
	ExtraKeys []string `json:"extraKeys,omitempty"`
	// Optional. What becomes of the chart's hooks. A hook that no rule names is an error.
	Hooks []Hook `json:"hooks,omitempty"`
	// Optional. Fields that something in the cluster writes, so that no deployment
	// takes them back.
	Ignore []Ignore `json:"ignore,omitempty"`
}

// Action is what becomes of a hook.
type Action string

// The actions. Objects that are kept are made in the order of their hook weights.
const (
	// Drop leaves the hook out.
	Drop Action = "drop"
	// Before makes the object after the CRDs and before all else.
	Before Action = "before"
	// After makes it last.
	After Action = "after"
)

// Hook is a rule for objects with a helm.sh/hook annotation. Test hooks need none:
// they are always left out.
type Hook struct {
	// Required. The object, as kind and name: "Job/velero-upgrade-crds". A * at the end
	// stands for any rest of the name.
	Object string `json:"object"`
	// Required. What becomes of it: drop, before or after.
	Action Action `json:"action"`
	// Required. Why.
	Reason string `json:"reason"`
}

// Ignore names fields of objects that are left as they are found.
type Ignore struct {
	// Required. The object, as kind and name, like that of a hook.
	Object string `json:"object"`
	// Required. Property paths, such as "spec.replicas" or "data".
	Fields []string `json:"fields"`
}

const restricted = "restricted"

// WithDefaults returns a copy with the defaults filled in.
func (s Spec) WithDefaults() Spec {
	if s.Chart.Upstream == "" {
		s.Chart.Upstream = s.Chart.Name
	}
	if s.Release == "" {
		s.Release = s.Chart.Name
	}
	if s.PodSecurity == "" {
		s.PodSecurity = restricted
	}
	return s
}

// theirs are namespaces that the cluster makes by itself.
var theirs = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

var (
	minorForm   = regexp.MustCompile(`^1\.\d+$`)
	objectForm  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*/.+$`)
	versionForm = regexp.MustCompile(`^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$`)
)

// maxRelease is the longest name of a release. Source:
// https://helm.sh/docs/chart_template_guide/builtin_objects (Release.Name)
const maxRelease = 53

// Validate lists what is wrong with the spec itself, which needs no chart.
func (s Spec) Validate() []problem.Problem {
	s = s.WithDefaults()
	var list problem.List
	if s.Chart.Name == "" {
		list.Add("chart.name", "is missing", "take a row of the catalogue")
	}
	if !versionForm.MatchString(s.Chart.Version) {
		list.Addf("chart.version", "write one exact version, such as 1.2.3", "%q is no version of a chart", s.Chart.Version)
	}
	if len(validation.IsDNS1123Subdomain(s.Release)) > 0 || len(s.Release) > maxRelease {
		list.Addf("release", "use up to 53 small letters, digits and hyphens", "%q can't name a release", s.Release)
	}
	if len(validation.IsDNS1123Label(s.Namespace)) > 0 {
		list.Addf("namespace", "use up to 63 small letters, digits and hyphens", "%q can't name a namespace", s.Namespace)
	}
	if s.OwnsNamespace && slices.Contains(theirs, s.Namespace) {
		list.Addf("ownsNamespace", "leave it out, or choose another namespace", "%s belongs to the cluster", s.Namespace)
	}
	problem.OneOf(&list, "podSecurity", s.PodSecurity, restricted, "baseline", "privileged")
	if !minorForm.MatchString(s.Kubernetes) {
		list.Addf("kubernetes", "write a minor, such as "+catalog.KubernetesDefault, "%q is no Kubernetes minor", s.Kubernetes)
	}
	for i, rule := range s.Hooks {
		list.Under(problem.Join("hooks", index(i)), rule.validate())
	}
	for i, rule := range s.Ignore {
		list.Under(problem.Join("ignore", index(i)), rule.validate())
	}
	list.Under("values", s.Values.validate())
	return list.All()
}

func (h Hook) validate() []problem.Problem {
	var list problem.List
	checkObject(&list, h.Object)
	problem.OneOf(&list, "action", string(h.Action), string(Drop), string(Before), string(After))
	if h.Reason == "" {
		list.Add("reason", "is missing", "say why, for whoever reads this next")
	}
	return list.All()
}

func (i Ignore) validate() []problem.Problem {
	var list problem.List
	checkObject(&list, i.Object)
	if len(i.Fields) == 0 {
		list.Add("fields", "names nothing", "name property paths, such as spec.replicas")
	}
	return list.All()
}

func checkObject(list *problem.List, object string) {
	if !objectForm.MatchString(object) {
		list.Addf("object", "write kind and name, such as Job/setup or Job/setup-*", "%q names no object", object)
	}
}
