package workload

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/podspec"
	"github.com/megazonecloud/eks-platform/components/problem"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Container is a container that can't get more rights, and writes only where it is said.
type Container struct {
	// Required. Its name.
	Name string `json:"name"`
	// Required. Its image, with a tag that is not latest, or a digest.
	Image string `json:"image"`
	// Optional. What it runs instead of the image's entry point. Default the image's.
	Command []string `json:"command"`
	// Optional. Its arguments. Default the image's.
	Args []string `json:"args"`
	// Optional. Environment variables as Kubernetes writes them. Default none.
	Env []map[string]any `json:"env"`
	// Optional. The ports that it listens on, by name. Default none.
	Ports map[string]int `json:"ports"`
	// Required. The CPU that it asks for: 250m. It has no limit.
	CPU string `json:"cpu"`
	// Required. The memory that it asks for: 256Mi.
	Memory string `json:"memory"`
	// Optional. The memory beyond which it is stopped. Default memory, which its node has
	// in any case.
	MemoryLimit string `json:"memoryLimit"`
	// Required. Says whether the container can serve.
	Ready *Probe `json:"ready"`
	// Optional. Says whether the container must be restarted. It must not ask what the
	// container depends on. Default none.
	Live *Probe `json:"live"`
	// Optional. Says whether the container has started; the others wait for it. Default
	// none.
	Started *Probe `json:"started"`
	// Optional. Folders that it may write in, with their sizes, gone with the pod:
	// {/tmp: 64Mi}. Default none: its file system can't be written.
	Scratch map[string]string `json:"scratch"`
	// Optional. Mounts of the pod's volumes as Kubernetes writes them. Default none.
	Mounts []map[string]any `json:"mounts"`
}

// Probe asks a container how it is, in one of three ways.
type Probe struct {
	// Required, or command. The port that is asked.
	Port int `json:"port"`
	// Optional. The path that is asked by HTTP. Default none: a connection is enough.
	Path string `json:"path"`
	// Required, or port. What is run in the container.
	Command []string `json:"command"`
	// Optional. Seconds between two questions. Default 10.
	PeriodSeconds int `json:"periodSeconds"`
	// Optional. Seconds that an answer may take. Default 1.
	TimeoutSeconds int `json:"timeoutSeconds"`
	// Optional. How many answers must fail in a row. Default 3.
	Failures int `json:"failures"`
}

func (c Container) withDefaults() Container {
	c.MemoryLimit = cmp.Or(c.MemoryLimit, c.Memory)
	return c
}

// pinned is an image with a digest, or with a tag behind its last slash.
var pinned = regexp.MustCompile(`@sha256:[0-9a-f]{64}$|:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func (c Container) validate() []problem.Problem {
	var list problem.List
	if !form.Name.MatchString(c.Name) {
		list.Addf("name", "use up to 63 lower-case letters, digits and hyphens", "%q can't be a container's name", c.Name)
	}
	if image := c.Image[strings.LastIndex(c.Image, "/")+1:]; !pinned.MatchString(image) || strings.HasSuffix(image, ":latest") {
		list.Addf("image", "name a version or a digest", "%q is another image tomorrow", c.Image)
	}
	for key, text := range map[string]string{"cpu": c.CPU, "memory": c.Memory, "memoryLimit": c.MemoryLimit} {
		if amount, err := resource.ParseQuantity(text); err != nil || amount.Sign() <= 0 {
			list.Addf(key, "write it as 250m or 256Mi, in quotes", "%q is not an amount", text)
		}
	}
	asks, err := resource.ParseQuantity(c.Memory)
	if limit, limitErr := resource.ParseQuantity(c.MemoryLimit); err == nil && limitErr == nil && limit.Cmp(asks) < 0 {
		list.Addf("memoryLimit", "use memory or more", "%s is less than memory, which is %s", c.MemoryLimit, c.Memory)
	}
	for _, name := range sortedKeys(c.Ports) {
		if path := problem.Join("ports", name); !form.Name.MatchString(name) || len(name) > maxPortName {
			list.Addf(path, "use up to 15 lower-case letters, digits and hyphens", "%q can't be a port's name", name)
		} else if port := c.Ports[name]; port < 1 || port > 65535 {
			list.Addf(path, "use 1 to 65535", "%d is not a port", port)
		}
	}
	if c.Ready == nil {
		list.Add("ready", "is missing: pods would be sent requests before they can serve", "name one: {port: 8080, path: /healthz}")
	}
	for key, probe := range c.probes() {
		list.Under(key, probe.validate())
	}
	for _, path := range sortedKeys(c.Scratch) {
		if name := scratchName(c.Name, path); !strings.HasPrefix(path, "/") || !form.Name.MatchString(name) {
			list.Addf("scratch", "write folders as /tmp", "%q can't be a folder for volume %q", path, name)
		}
		if _, err := resource.ParseQuantity(c.Scratch[path]); err != nil {
			list.Addf(problem.Join("scratch", path), "write its size as 64Mi", "%q is not an amount", c.Scratch[path])
		}
	}
	return list.All()
}

// maxPortName is how long a port's name may be.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
const maxPortName = 15

func (c Container) probes() map[string]*Probe {
	all := map[string]*Probe{}
	for key, probe := range map[string]*Probe{"ready": c.Ready, "live": c.Live, "started": c.Started} {
		if probe != nil {
			all[key] = probe
		}
	}
	return all
}

func (p Probe) validate() []problem.Problem {
	var list problem.List
	if (p.Port == 0) == (len(p.Command) == 0) {
		list.Add("", "asks nothing, or twice", "name either a port or a command")
	}
	if p.Port < 0 || p.Port > 65535 {
		list.Addf("port", "use 1 to 65535", "%d is not a port", p.Port)
	}
	if p.Path != "" && (!strings.HasPrefix(p.Path, "/") || p.Port == 0) {
		list.Addf("path", "write it as /healthz, with a port", "%q can't be asked for", p.Path)
	}
	for key, number := range map[string]int{"periodSeconds": p.PeriodSeconds, "timeoutSeconds": p.TimeoutSeconds, "failures": p.Failures} {
		if number < 0 {
			list.Addf(key, "use 1 or more", "%d is out of range", number)
		}
	}
	return list.All()
}

func (p Probe) object() map[string]any {
	probe := map[string]any{
		"periodSeconds": cmp.Or(p.PeriodSeconds, 10), "timeoutSeconds": cmp.Or(p.TimeoutSeconds, 1), "failureThreshold": cmp.Or(p.Failures, 3),
	}
	switch {
	case p.Path != "":
		probe["httpGet"] = map[string]any{"path": p.Path, "port": p.Port}
	case p.Port != 0:
		probe["tcpSocket"] = map[string]any{"port": p.Port}
	default:
		probe["exec"] = map[string]any{"command": p.Command}
	}
	return probe
}

// scratchName is a volume's, of the container and the folder.
func scratchName(container, path string) string {
	return container + "-" + strings.ReplaceAll(strings.Trim(strings.ToLower(path), "/"), "/", "-")
}

// object is the container, whose end is put off by the seconds to drain.
func (c Container) object(drain int) map[string]any {
	object := map[string]any{
		"name": c.Name, "image": c.Image, "securityContext": podspec.Container(),
		"resources": podspec.Resources(c.CPU, c.Memory, c.MemoryLimit),
	}
	if len(c.Command) > 0 {
		object["command"] = c.Command
	}
	if len(c.Args) > 0 {
		object["args"] = c.Args
	}
	var ports, mounts []any
	for _, name := range sortedKeys(c.Ports) {
		ports = append(ports, map[string]any{"name": name, "containerPort": c.Ports[name]})
	}
	for _, path := range sortedKeys(c.Scratch) {
		mounts = append(mounts, map[string]any{"name": scratchName(c.Name, path), "mountPath": path})
	}
	for _, mount := range c.Mounts {
		mounts = append(mounts, mount)
	}
	for key, list := range map[string][]any{"ports": ports, "volumeMounts": mounts, "env": anys(c.Env)} {
		if len(list) > 0 {
			object[key] = list
		}
	}
	for key, probe := range c.probes() {
		object[probeFields[key]] = probe.object()
	}
	if drain > 0 {
		// Source: https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations
		object["lifecycle"] = map[string]any{"preStop": map[string]any{"sleep": map[string]any{"seconds": drain}}}
	}
	return object
}

var probeFields = map[string]string{"ready": "readinessProbe", "live": "livenessProbe", "started": "startupProbe"}

func anys(list []map[string]any) []any {
	all := make([]any, 0, len(list))
	for _, item := range list {
		all = append(all, item)
	}
	return all
}
