package workload_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/workload"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadWorkloadsAreRefused(t *testing.T) {
	t.Parallel()
	first := func(s *workload.Spec) *workload.Container { return &s.Pod.Containers[0] }
	metric := func(s *workload.Spec) *workload.Metric { return &s.Scale.Metrics[0] }
	for want, change := range map[string]func(*workload.Spec){
		`name: "Web" can't be a name; use up to 63`:                                                             func(s *workload.Spec) { s.Name = "Web"; s.Pod.Labels = map[string]string{"app": "web"} },
		`namespace: "" can't be a name; use up to 63`:                                                           func(s *workload.Spec) { s.Namespace = "" },
		`replicas: is 1: with its node, the application is gone; use 2 or more in production`:                   func(s *workload.Spec) { s.Scale, s.Replicas = nil, 1 },
		`replicas: -1 run nothing; use 1 or more`:                                                               func(s *workload.Spec) { s.Scale, s.Replicas = nil, -1 },
		`maxUnavailable: 0 lets no pod go, so its nodes can't be drained; use "1" or more`:                      func(s *workload.Spec) { s.MaxUnavailable = "0" },
		`maxUnavailable: 0% lets no pod go, so its nodes can't be drained; use "1" or more`:                     func(s *workload.Spec) { s.MaxUnavailable = "0%" },
		`maxUnavailable: 51% lets all of 2 pods go at a time; use less`:                                         func(s *workload.Spec) { s.MaxUnavailable = "51%" },
		`maxUnavailable: "some" is no number of pods; write it as "1" or "25%"`:                                 func(s *workload.Spec) { s.MaxUnavailable = "some" },
		`scale.min: is 1: with its node, the application is gone; use 2 or more in production`:                  func(s *workload.Spec) { s.Scale.Min = 1 },
		`scale.min: -1 run nothing; use 1 or more`:                                                              func(s *workload.Spec) { s.Scale.Min = -1 },
		`scale.max: 1 is less than min, which is 2; use min or more`:                                            func(s *workload.Spec) { s.Scale.Max = 1 },
		`scale.cpu: 101 is no share of what pods ask for; use 1 to 100`:                                         func(s *workload.Spec) { s.Scale.CPU = 101 },
		`scale.memory: -1 is no share of what pods ask for; use 1 to 100`:                                       func(s *workload.Spec) { s.Scale.Memory = -1 },
		`scale.downAfterSeconds: 3601 is out of range; use up to 3600`:                                          func(s *workload.Spec) { s.Scale.DownAfterSeconds = 3601 },
		`scale.downPercent: 101 is out of range; use 1 to 100`:                                                  func(s *workload.Spec) { s.Scale.DownPercent = 101 },
		`scale.metrics[0].type: "Resource" is not known; use one of Pods, Object, External`:                     func(s *workload.Spec) { metric(s).Type = "Resource" },
		`scale.metrics[0].name: is empty; name the metric`:                                                      func(s *workload.Spec) { metric(s).Name = "" },
		`scale.metrics[0]: says what there is to be twice, or not at all; write either`:                         func(s *workload.Spec) { metric(s).Average = "" },
		`scale.metrics[0].value: has no meaning for Pods; write average`:                                        func(s *workload.Spec) { metric(s).Average, metric(s).Value = "", "1" },
		`scale.metrics[0].average: "many" is not an amount; write it as 500m or 100, in quotes`:                 func(s *workload.Spec) { metric(s).Average = "many" },
		`scale.metrics[1].object: goes with the type Object, and with no other; name its apiVersion`:            func(s *workload.Spec) { s.Scale.Metrics[1].Object.Kind = "" },
		`pod.serviceAccount: is the account of every pod that names none; name an account`:                      func(s *workload.Spec) { s.Pod.ServiceAccount = "default" },
		`pod.serviceAccount: "Web" can't be a service account's name; use up to 63`:                             func(s *workload.Spec) { s.Pod.ServiceAccount = "Web" },
		`pod.labels: is empty, which is every pod of the namespace; name the pods' labels`:                      func(s *workload.Spec) { s.Pod.Labels = map[string]string{} },
		`pod.labels: "a b" can't be a label`:                                                                    func(s *workload.Spec) { s.Pod.Labels = map[string]string{"a b": "c"} },
		`pod.labels.a: "b c" can't be a label's value`:                                                          func(s *workload.Spec) { s.Pod.Labels = map[string]string{"a": "b c"} },
		`pod.user: -1 is no user; use 1 or more`:                                                                func(s *workload.Spec) { s.Pod.User = -1 },
		`pod.drainSeconds: -1 is no time; use 0 or more`:                                                        func(s *workload.Spec) { s.Pod.DrainSeconds = new(-1) },
		`pod.stopSeconds: -1 is no time; use 1 or more`:                                                         func(s *workload.Spec) { s.Pod.StopSeconds = -1 },
		`pod.containers: is empty; name one or more`:                                                            func(s *workload.Spec) { s.Pod.Containers = nil },
		`pod.containers[1]: "web" is there twice; use another name`:                                             func(s *workload.Spec) { s.Pod.Containers = append(s.Pod.Containers, *first(s)) },
		`pod.containers[0].name: "" can't be a container's name; use up to 63`:                                  func(s *workload.Spec) { first(s).Name, first(s).Scratch = "", nil },
		`pod.containers[0].image: "registry.example:5000/web" is another image tomorrow; name a version`:        func(s *workload.Spec) { first(s).Image = "registry.example:5000/web" },
		`pod.containers[0].image: "web:latest" is another image tomorrow; name a version or a digest`:           func(s *workload.Spec) { first(s).Image = "web:latest" },
		`pod.containers[0].cpu: "" is not an amount; write it as 250m or 256Mi, in quotes`:                      func(s *workload.Spec) { first(s).CPU = "" },
		`pod.containers[0].memoryLimit: 1Mi is less than memory, which is 256Mi; use memory or more`:            func(s *workload.Spec) { first(s).MemoryLimit = "1Mi" },
		`pod.containers[0].ports.http: 70000 is not a port; use 1 to 65535`:                                     func(s *workload.Spec) { first(s).Ports["http"] = 70000 },
		`pod.containers[0].ports.sixteen-letters-: "sixteen-letters-" can't be a port's name; use up to 15`:     func(s *workload.Spec) { first(s).Ports["sixteen-letters-"] = 1 },
		`pod.containers[0].ready: is missing: pods would be sent requests before they can serve; name one`:      func(s *workload.Spec) { first(s).Ready = nil },
		`pod.containers[0].ready: asks nothing, or twice; name either a port or a command`:                      func(s *workload.Spec) { first(s).Ready.Command = []string{"true"} },
		`pod.containers[0].ready.path: "ready" can't be asked for; write it as /healthz, with a port`:           func(s *workload.Spec) { first(s).Ready.Path = "ready" },
		`pod.containers[0].ready.port: 70000 is not a port; use 1 to 65535`:                                     func(s *workload.Spec) { first(s).Ready.Port = 70000 },
		`pod.containers[0].live.failures: -1 is out of range; use 1 or more`:                                    func(s *workload.Spec) { first(s).Live.Failures = -1 },
		`pod.containers[0].scratch: "tmp space" can't be a folder for volume "web-tmp space"; write folders as`: func(s *workload.Spec) { first(s).Scratch = map[string]string{"tmp space": "1Mi"} },
		`pod.containers[0].scratch./tmp: "" is not an amount; write its size as 64Mi`:                           func(s *workload.Spec) { first(s).Scratch = map[string]string{"/tmp": ""} },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			spec := web()
			change(&spec)
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				_, err := workload.New(ctx, "shop-web", &workload.Args{Spec: spec})
				return err
			})
			require.ErrorContains(t, err, want)
			assert.ErrorContains(t, err, "1 problem\n", "one mistake is one problem")
			assert.Empty(t, r.All())
		})
	}
}

func TestBadPartsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := workload.Budget{Name: "web", Namespace: "shop", Replicas: 1}.Object()
	require.ErrorContains(t, err, "2 problems")
	require.ErrorContains(t, err, `replicas: with 1 pods a budget either blocks every drain or keeps nothing up; run 2 or more`)
	require.ErrorContains(t, err, `pods: is empty`)
	_, err = workload.Scaler{Name: "Web"}.Object()
	require.ErrorContains(t, err, "3 problems", "name, namespace, max")
	_, err = workload.Pod{}.Spec("web")
	require.ErrorContains(t, err, "2 problems", "account, containers")
	_, err = workload.New(nil, "web", nil)
	require.EqualError(t, err, "workload: args are required")
}
