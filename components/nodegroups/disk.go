package nodegroups

import (
	"cmp"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What a gp3 volume takes: 500 operations a second for a GiB, and 0.25 MiB a second
// for an operation.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
const (
	iopsPerGiB        = 500
	iopsPerThroughput = 4
	gp3IOPS           = 3000
)

func (g Group) validateDisk(list *problem.List) {
	for _, limit := range []struct {
		path             string
		value, low, high int
	}{{"diskGiB", g.DiskGiB, g.image().smallestDisk(), 16384}, {"diskIops", cmp.Or(g.DiskIOPS, gp3IOPS), gp3IOPS, 80000}, {"diskThroughput", cmp.Or(g.DiskThroughput, 125), 125, 2000}} {
		if limit.value < limit.low || limit.value > limit.high {
			list.Addf(limit.path, fmt.Sprintf("use %d to %d", limit.low, limit.high), "%d is out of range", limit.value)
		}
	}
	if g.DiskIOPS > g.DiskGiB*iopsPerGiB {
		list.Addf("diskIops", fmt.Sprintf("use up to %d, or a larger disk", g.DiskGiB*iopsPerGiB), "%d is too much for %d GiB", g.DiskIOPS, g.DiskGiB)
	}
	if iops := cmp.Or(g.DiskIOPS, gp3IOPS); g.DiskThroughput*iopsPerThroughput > iops {
		list.Addf("diskThroughput", fmt.Sprintf("use up to %d, or raise diskIops", iops/iopsPerThroughput), "%d is too much for %d operations a second", g.DiskThroughput, iops)
	}
}

// disks are the volumes of a node, all encrypted. The size of a system's own
// volume is the image's.
func (g Group) disks() ec2.LaunchTemplateBlockDeviceMappingArray {
	encrypted := ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
		VolumeType:          pulumi.String("gp3"),
		Encrypted:           pulumi.String("true"),
		DeleteOnTermination: pulumi.String("true"),
	}
	sized := encrypted
	sized.VolumeSize = pulumi.Int(g.DiskGiB)
	sized.Iops, sized.Throughput = number(g.DiskIOPS), number(g.DiskThroughput)
	devices := devicesOf[g.image().system]
	volumes := ec2.LaunchTemplateBlockDeviceMappingArray{
		ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(devices.pods), Ebs: sized},
	}
	if devices.own != "" {
		volumes = append(volumes, ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(devices.own), Ebs: encrypted})
	}
	return volumes
}

// number sets a number only where one is given.
func number(value int) pulumi.IntPtrInput {
	if value == 0 {
		return nil
	}
	return pulumi.Int(value)
}
