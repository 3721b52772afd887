package nodegroups

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/userdata"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Taint keeps pods off a group's nodes that don't tolerate it.
type Taint struct {
	// Required. The key.
	Key string `json:"key"`
	// Optional. The value. Default empty.
	Value string `json:"value"`
	// Required. NO_SCHEDULE, PREFER_NO_SCHEDULE or NO_EXECUTE.
	Effect string `json:"effect"`
}

func (g Group) validateTaints(list *problem.List) {
	seen := map[[2]string]bool{}
	for i, taint := range g.Taints {
		path := fmt.Sprintf("taints[%d]", i)
		if !form.LabelKey(taint.Key) {
			list.Addf(path+".key", form.LabelKeyFix, "%q is not a taint's key", taint.Key)
		}
		if !form.LabelValue.MatchString(taint.Value) {
			list.Addf(path+".value", form.LabelValueFix, "%q is not a taint's value", taint.Value)
		}
		problem.OneOf(list, path+".effect", taint.Effect, sortedKeys(effects)...)
		if id := [2]string{taint.Key, taint.Effect}; seen[id] {
			list.Addf(path, "keep one", "%s with %s is there twice", taint.Key, taint.Effect)
		} else {
			seen[id] = true
		}
	}
}

// effects are the effects as Kubernetes writes them, by the EKS API's names.
var effects = map[string]string{"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}

// managedTaints are a group's taints for the EKS API.
func (g Group) managedTaints() eks.NodeGroupTaintArray {
	var taints eks.NodeGroupTaintArray
	for _, taint := range g.Taints {
		taints = append(taints, eks.NodeGroupTaintArgs{
			Key: pulumi.String(taint.Key), Value: pulumi.String(taint.Value), Effect: pulumi.String(taint.Effect),
		})
	}
	return taints
}

// kubernetesTaints are the same for the kubelet.
func (g Group) kubernetesTaints() []userdata.Taint {
	var taints []userdata.Taint
	for _, taint := range g.Taints {
		taints = append(taints, userdata.Taint{Key: taint.Key, Value: taint.Value, Effect: effects[taint.Effect]})
	}
	return taints
}
