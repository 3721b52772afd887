package workload

import (
	"cmp"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Pod is a pod that passes the restricted Pod Security profile, spread over zones and nodes.
type Pod struct {
	// Required. The service account, which is not default.
	ServiceAccount string `json:"serviceAccount"`
	// Required. The containers.
	Containers []Container `json:"containers"`
	// Optional. Labels by which the pod is selected. Default app.kubernetes.io/name, the
	// workload's name.
	Labels map[string]string `json:"labels"`
	// Optional. The user's number, which is not root's. Default the image's, which must not
	// be root then.
	User int `json:"user"`
	// Optional. Give the pod a token for the API server. Default false.
	Token bool `json:"token"`
	// Optional. Volumes as Kubernetes writes them. Default none.
	Volumes []map[string]any `json:"volumes"`
	// Optional. Seconds between the pod being taken out of its Services and its containers
	// being told to stop: load balancers hear of it in between. Default 10.
	DrainSeconds *int `json:"drainSeconds"`
	// Optional. Seconds that containers have to stop in. Default 30.
	StopSeconds int `json:"stopSeconds"`
}

func (p Pod) withDefaults(name string) Pod {
	if p.Labels == nil {
		p.Labels = map[string]string{"app.kubernetes.io/name": name}
	}
	if p.DrainSeconds == nil {
		p.DrainSeconds = new(10)
	}
	p.StopSeconds = cmp.Or(p.StopSeconds, 30)
	containers := make([]Container, 0, len(p.Containers))
	for _, c := range p.Containers {
		containers = append(containers, c.withDefaults())
	}
	p.Containers = containers
	return p
}

// Validate lists what is wrong with the values.
func (p Pod) Validate() []problem.Problem {
	var list problem.List
	switch {
	case p.ServiceAccount == "" || p.ServiceAccount == "default":
		list.Add("serviceAccount", "is the account of every pod that names none", "name an account of the workload's own")
	case !form.Name.MatchString(p.ServiceAccount):
		list.Addf("serviceAccount", "use up to 63 lower-case letters, digits and hyphens", "%q can't be a service account's name", p.ServiceAccount)
	}
	validateLabels(&list, "labels", p.Labels)
	if p.User < 0 {
		list.Addf("user", "use 1 or more", "%d is no user", p.User)
	}
	if p.DrainSeconds != nil && *p.DrainSeconds < 0 {
		list.Addf("drainSeconds", "use 0 or more", "%d is no time", *p.DrainSeconds)
	}
	if p.StopSeconds < 0 {
		list.Addf("stopSeconds", "use 1 or more", "%d is no time", p.StopSeconds)
	}
	if len(p.Containers) == 0 {
		list.Add("containers", "is empty", "name one or more")
	}
	names := map[string]bool{}
	for i, c := range p.Containers {
		list.Under(at("containers", i), c.validate())
		if names[c.Name] {
			list.Addf(at("containers", i), "use another name", "%q is there twice", c.Name)
		}
		names[c.Name] = true
	}
	return list.All()
}

// Spec is the pod's spec, for a workload of the given name. The error lists all problems.
func (p Pod) Spec(name string) (map[string]any, error) {
	p = p.withDefaults(name)
	if err := problem.Error("pod of "+name, p.Validate()); err != nil {
		return nil, err
	}
	return p.spec(), nil
}

func (p Pod) spec() map[string]any {
	var containers []any
	volumes := anys(p.Volumes)
	scratch := map[string]string{}
	for _, c := range p.Containers {
		containers = append(containers, c.object(*p.DrainSeconds))
		for path, size := range c.Scratch {
			scratch[scratchName(c.Name, path)] = size
		}
	}
	for _, name := range sortedKeys(scratch) {
		volumes = append(volumes, map[string]any{"name": name, "emptyDir": map[string]any{"sizeLimit": scratch[name]}})
	}
	spec := map[string]any{
		"serviceAccountName": p.ServiceAccount, "automountServiceAccountToken": p.Token,
		"securityContext": podspec.Pod(p.User), "containers": containers,
		"topologySpreadConstraints":     podspec.Spread(texts(p.Labels)),
		"terminationGracePeriodSeconds": *p.DrainSeconds + p.StopSeconds,
		// Variables of every Service of the namespace are of no use where there is DNS.
		"enableServiceLinks": false,
	}
	if len(volumes) > 0 {
		spec["volumes"] = volumes
	}
	return spec
}
