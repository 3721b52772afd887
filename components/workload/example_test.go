package workload_test

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/workload"
	"sigs.k8s.io/yaml"
)

// An application's program says what is its own; the rest is decided so that it is safe.
func Example() {
	spec := workload.Spec{
		Name: "web", Namespace: "shop", Production: true,
		Pod: workload.Pod{
			ServiceAccount: "web",
			Containers: []workload.Container{{
				Name: "web", Image: "registry.example/shop/web:1.4.2", CPU: "250m", Memory: "256Mi",
				Ports: map[string]int{"http": 8080}, Ready: &workload.Probe{Port: 8080, Path: "/ready"},
			}},
		},
		Scale: &workload.Scale{Min: 3, Max: 12},
	}
	objects, err := spec.Objects()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, object := range objects {
		fmt.Println(object["kind"])
	}
	// Output:
	// Deployment
	// HorizontalPodAutoscaler
	// PodDisruptionBudget
}

// A budget for pods that something else makes.
func ExampleBudget_Object() {
	budget, err := workload.Budget{
		Name: "orders", Namespace: "shop", Pods: map[string]string{"app.kubernetes.io/name": "orders"}, Replicas: 3,
	}.Object()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := yaml.Marshal(budget)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(text))
	// Output:
	// apiVersion: policy/v1
	// kind: PodDisruptionBudget
	// metadata:
	//   name: orders
	//   namespace: shop
	// spec:
	//   maxUnavailable: 1
	//   selector:
	//     matchLabels:
	//       app.kubernetes.io/name: orders
	//   unhealthyPodEvictionPolicy: AlwaysAllow
}

// A budget that blocks drains is refused, with what to write instead.
func ExampleBudget_Object_refused() {
	_, err := workload.Budget{Name: "orders", Namespace: "shop", Pods: map[string]string{"app": "orders"}, Replicas: 1}.Object()
	fmt.Println(err)
	// Output:
	// disruption budget orders: 1 problem
	//   - replicas: with 1 pods a budget either blocks every drain or keeps nothing up; run 2 or more, or leave the budget out
}
