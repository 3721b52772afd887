package form

import (
	"cmp"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// GP3 is a volume of type gp3.
type GP3 struct {
	// GiB is its size.
	GiB int
	// IOPS are its operations a second; 0 is gp3's own 3000.
	IOPS int
	// Throughput is in MiB a second; 0 is gp3's own 125.
	Throughput int
}

// GP3MaxThroughput is what EBS takes since September 2025.
// LaunchTemplateThroughput is what version 6 of the AWS provider takes in a launch template.
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/44762
const (
	GP3MaxThroughput         = 2000
	LaunchTemplateThroughput = 1000
)

// What gp3 has by itself, and what it takes: 500 operations a second for a GiB, and 0.25
// MiB a second for an operation.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
const (
	GP3IOPS           = 3000
	GP3Throughput     = 125
	gp3MaxGiB         = 16384
	gp3MaxIOPS        = 80000
	iopsPerGiB        = 500
	iopsPerThroughput = 4
)

// Validate lists what is wrong with a node's volume of at least some size and at most some
// throughput, at the paths diskGiB, diskIops and diskThroughput.
func (v GP3) Validate(smallest, fastest int) []problem.Problem {
	var list problem.List
	v.IOPS, v.Throughput = cmp.Or(v.IOPS, GP3IOPS), cmp.Or(v.Throughput, GP3Throughput)
	for _, limit := range []struct {
		path             string
		value, low, high int
	}{{"diskGiB", v.GiB, smallest, gp3MaxGiB}, {"diskIops", v.IOPS, GP3IOPS, gp3MaxIOPS}, {"diskThroughput", v.Throughput, GP3Throughput, fastest}} {
		if limit.value < limit.low || limit.value > limit.high {
			list.Addf(limit.path, fmt.Sprintf("use %d to %d", limit.low, limit.high), "%d is out of range", limit.value)
		}
	}
	if most := v.GiB * iopsPerGiB; v.IOPS > most && v.GiB >= smallest {
		list.Addf("diskIops", fmt.Sprintf("use up to %d, or a larger disk", most), "%d is too much for %d GiB", v.IOPS, v.GiB)
	}
	if most := v.IOPS / iopsPerThroughput; v.Throughput > most {
		list.Addf("diskThroughput", fmt.Sprintf("use up to %d, or raise diskIops", most), "%d is too much for %d operations a second", v.Throughput, v.IOPS)
	}
	return list.All()
}
