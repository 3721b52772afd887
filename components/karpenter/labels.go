package karpenter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Taint keeps pods off a pool's nodes that don't tolerate it.
type Taint struct {
	// Required. The key.
	Key string `json:"key"`
	// Optional. The value. Default empty.
	Value string `json:"value"`
	// Required. NoSchedule, PreferNoSchedule or NoExecute.
	Effect string `json:"effect"`
}

// Requirement is what an instance must be, by one of its labels.
type Requirement struct {
	// Required. The label, such as karpenter.k8s.aws/instance-cpu.
	Key string `json:"key"`
	// Required. In, NotIn, Exists, DoesNotExist, Gt, Gte, Lt or Lte.
	Operator string `json:"operator"`
	// Optional. The values, in quotes: one number for Gt, Gte, Lt and Lte, none for Exists
	// and DoesNotExist. Default none.
	Values []string `json:"values"`
}

// The labels of a pool's own fields, and what it always asks for.
// Source: https://karpenter.sh/docs/concepts/scheduling/#well-known-labels
const (
	archLabel       = "kubernetes.io/arch"
	osLabel         = "kubernetes.io/os"
	capacityLabel   = "karpenter.sh/capacity-type"
	categoryLabel   = "karpenter.k8s.aws/instance-category"
	familyLabel     = "karpenter.k8s.aws/instance-family"
	generationLabel = "karpenter.k8s.aws/instance-generation"
	hypervisorLabel = "karpenter.k8s.aws/instance-hypervisor"
	typeLabel       = "node.kubernetes.io/instance-type"
	zoneLabel       = "topology.kubernetes.io/zone"
	hostLabel       = "kubernetes.io/hostname"
)

// fieldOf says which of a pool's fields is about a label.
var fieldOf = map[string]string{
	archLabel: "architectures", capacityLabel: "capacityTypes", categoryLabel: "instanceCategories", familyLabel: "instanceFamilies",
	generationLabel: "minInstanceGeneration", typeLabel: "instanceTypes", zoneLabel: "zones",
}

// instanceLabels are those labels in Karpenter's own domain that requirements may name,
// besides the ones that have a field.
// Source: https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/apis/crds/karpenter.sh_nodepools.yaml
var instanceLabels = []string{
	"capacity-reservation-id", "capacity-reservation-interruptible", "capacity-reservation-type", "ec2nodeclass",
	"instance-accelerator-count", "instance-accelerator-manufacturer", "instance-accelerator-name", "instance-capability-flex",
	"instance-cpu", "instance-cpu-manufacturer", "instance-cpu-sustained-clock-speed-mhz", "instance-ebs-bandwidth",
	"instance-encryption-in-transit-supported", "instance-gpu-count", "instance-gpu-manufacturer", "instance-gpu-memory",
	"instance-gpu-name", "instance-hypervisor", "instance-local-nvme", "instance-memory", "instance-network-bandwidth",
	"instance-size", "instance-tenancy", "placement-group-id", "placement-group-partition",
}

// operators are those of requirements, with how many values they take; -1 is any
// number but none, and 1 is a number.
var operators = map[string]int{"In": -1, "NotIn": -1, "Exists": 0, "DoesNotExist": 0, "Gt": 1, "Gte": 1, "Lt": 1, "Lte": 1}

var number = regexp.MustCompile(`^[0-9]{1,9}$`)

// reserved says whether a key is in a domain that Karpenter keeps for itself.
func reserved(key string) bool {
	domain, _, prefixed := strings.Cut(key, "/")
	return key == hostLabel || prefixed && slices.ContainsFunc([]string{"karpenter.sh", "karpenter.k8s.aws"}, func(own string) bool {
		return strings.HasSuffix(domain, own)
	})
}

func validateLabels(list *problem.List, labels map[string]string) {
	for _, key := range sortedKeys(labels) {
		path := problem.Join("labels", key)
		switch {
		case !form.LabelKey(key):
			list.Add(path, "is not a Kubernetes label key", form.LabelKeyFix)
		case reserved(key) || fieldOf[key] != "" || key == osLabel:
			list.Add(path, "is a label that Karpenter sets by itself", "use a prefix of your own")
		}
		if !form.LabelValue.MatchString(labels[key]) {
			list.Addf(path, form.LabelValueFix, "%q is not a label value", labels[key])
		}
	}
}

// validateTaints takes what is seen already in another list of the same pool's.
func validateTaints(list *problem.List, path string, taints []Taint, seen map[[2]string]bool) {
	for i, taint := range taints {
		path := fmt.Sprintf("%s[%d]", path, i)
		if !form.LabelKey(taint.Key) {
			list.Addf(path+".key", form.LabelKeyFix, "%q is not a taint's key", taint.Key)
		}
		if !form.LabelValue.MatchString(taint.Value) {
			list.Addf(path+".value", form.LabelValueFix, "%q is not a taint's value", taint.Value)
		}
		problem.OneOf(list, path+".effect", taint.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
		id := [2]string{taint.Key, taint.Effect}
		if seen[id] {
			list.Addf(path, "keep one", "%s with %s is there twice", taint.Key, taint.Effect)
		}
		seen[id] = true
	}
}

func (r Requirement) validate() []problem.Problem {
	var list problem.List
	own, inDomain := strings.CutPrefix(r.Key, "karpenter.k8s.aws/")
	switch {
	case !form.LabelKey(r.Key):
		list.Addf("key", form.LabelKeyFix, "%q is not a label's key", r.Key)
	case fieldOf[r.Key] != "":
		list.Addf("key", "use "+fieldOf[r.Key], "%s has a field of its own", r.Key)
	case r.Key == osLabel:
		list.Addf("key", "remove it", "%s is always linux", r.Key)
	case inDomain && slices.Contains(instanceLabels, own):
	case reserved(r.Key):
		list.Addf("key", "use one of the labels that Karpenter documents, or one of your own", "%s is not a label that Karpenter chooses by", r.Key)
	}
	takes, known := operators[r.Operator]
	switch {
	case !known:
		problem.OneOf(&list, "operator", r.Operator, sortedKeys(operators)...)
	case takes < 0 && len(r.Values) == 0:
		list.Addf("values", "name one or more", "%s needs values", r.Operator)
	case takes == 0 && len(r.Values) > 0:
		list.Addf("values", "remove them", "%s takes none", r.Operator)
	case takes == 1 && (len(r.Values) != 1 || !number.MatchString(r.Values[0])):
		list.Addf("values", `write one in quotes, such as ["4"]`, "%s takes one number", r.Operator)
	}
	for i, value := range r.Values {
		if !form.LabelValue.MatchString(value) {
			list.Addf(fmt.Sprintf("values[%d]", i), form.LabelValueFix, "%q is not a label value", value)
		}
	}
	return list.All()
}
