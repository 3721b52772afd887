package nodegroups

import (
	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (g Group) validateDisk(list *problem.List) {
	list.Under("", form.GP3{GiB: g.DiskGiB, IOPS: g.DiskIOPS, Throughput: g.DiskThroughput}.Validate(g.image().smallestDisk(), form.LaunchTemplateThroughput))
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
