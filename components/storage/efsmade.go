package storage

import (
	"fmt"
	"slices"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// nfs is the port of EFS.
// Source: https://docs.aws.amazon.com/efs/latest/ug/network-access.html
var nfs = []port{{protocol: tcp, from: 2049, use: "NFS"}}

// make makes the file system with a mount target in each zone; one that exists has its own.
func (e EFS) make(m maker) (made, error) {
	if e.FileSystemID != "" {
		return made{names: map[string]pulumi.StringInput{"fileSystemId": pulumi.String(e.FileSystemID)}}, nil
	}
	system, err := e.makeSystem(m)
	if err != nil {
		return made{}, err
	}
	policy, err := efs.NewFileSystemPolicy(m.ctx, m.name, &efs.FileSystemPolicyArgs{
		FileSystemId: system.ID(), Policy: system.Arn.ApplyT(efsAccess).(pulumi.StringOutput),
	}, pulumi.Parent(m.parent))
	if err != nil {
		return made{}, fmt.Errorf("policy: %w", err)
	}
	// A file system outlives its way into the network, which would hold up the VPC.
	way := m
	way.goes = true
	group, rules, err := way.securityGroupAndRules(nfs)
	if err != nil {
		return made{}, err
	}
	targets, err := m.mountTargets(system, group)
	if err != nil {
		return made{}, err
	}
	return made{
		names: map[string]pulumi.StringInput{"fileSystemId": system.ID().ToStringOutput()},
		ready: slices.Concat([]pulumi.Resource{policy}, rules, targets),
	}, nil
}

func (e EFS) makeSystem(m maker) (*efs.FileSystem, error) {
	args := &efs.FileSystemArgs{
		Encrypted: pulumi.Bool(true), PerformanceMode: pulumi.String(e.PerformanceMode), ThroughputMode: pulumi.String(e.ThroughputMode),
		LifecyclePolicies: e.lifecycle(), Tags: tags.Named(m.args.Tags, m.physical()),
	}
	if e.KMSKeyArn != "" {
		args.KmsKeyId = pulumi.String(e.KMSKeyArn)
	}
	if e.Throughput > 0 {
		args.ProvisionedThroughputInMibps = pulumi.Float64(e.Throughput)
	}
	system, err := efs.NewFileSystem(m.ctx, m.name, args, m.options()...)
	if err != nil {
		return nil, fmt.Errorf("file system: %w", err)
	}
	status := "ENABLED"
	if e.NoBackups {
		status = "DISABLED"
	}
	_, err = efs.NewBackupPolicy(m.ctx, m.name, &efs.BackupPolicyArgs{
		FileSystemId: system.ID(), BackupPolicy: efs.BackupPolicyBackupPolicyArgs{Status: pulumi.String(status)},
	}, pulumi.Parent(m.parent))
	if err != nil {
		return nil, fmt.Errorf("backups: %w", err)
	}
	return system, nil
}

// lifecycle is one transition in each policy, as EFS wants it.
func (e EFS) lifecycle() efs.FileSystemLifecyclePolicyArray {
	policies := efs.FileSystemLifecyclePolicyArray{}
	if e.InfrequentDays != never {
		policies = append(policies,
			efs.FileSystemLifecyclePolicyArgs{TransitionToIa: after(e.InfrequentDays)},
			efs.FileSystemLifecyclePolicyArgs{TransitionToPrimaryStorageClass: pulumi.String("AFTER_1_ACCESS")})
	}
	if e.ArchiveDays != never {
		policies = append(policies, efs.FileSystemLifecyclePolicyArgs{TransitionToArchive: after(e.ArchiveDays)})
	}
	return policies
}

func after(days int) pulumi.StringPtrInput {
	if days == 1 {
		return pulumi.String("AFTER_1_DAY")
	}
	return pulumi.Sprintf("AFTER_%d_DAYS", days).ToStringPtrOutput()
}

// mountTargets are one in each zone: EFS takes no more of them.
func (m maker) mountTargets(system *efs.FileSystem, group *ec2.SecurityGroup) ([]pulumi.Resource, error) {
	var targets []pulumi.Resource
	zones := map[string]bool{}
	for _, subnet := range m.args.Network.Private {
		if zones[subnet.Zone] {
			continue
		}
		zones[subnet.Zone] = true
		target, err := efs.NewMountTarget(m.ctx, m.name+"-"+subnet.Name, &efs.MountTargetArgs{
			FileSystemId: system.ID(), SubnetId: subnet.ID, SecurityGroups: pulumi.StringArray{group.ID()},
		}, pulumi.Parent(m.parent))
		if err != nil {
			return nil, fmt.Errorf("mount target in %s: %w", subnet.Name, err)
		}
		targets = append(targets, target)
	}
	return targets, nil
}

// efsAccess is the file system's own policy: whoever reaches a mount target may read and
// write as the access point's user, but not as root, and only over TLS. Who reaches it is
// the security group's to say: the driver mounts without credentials.
// Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func efsAccess(arn string) string {
	anyone := map[string]string{"AWS": "*"}
	return iamdoc.Document(
		iamdoc.Statement{
			Sid: "Mount", Principal: anyone, Resource: arn, Action: []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"},
			Condition: iamdoc.Condition{"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
		},
		iamdoc.Statement{
			Sid: "OnlyTLS", Effect: iamdoc.Deny, Principal: anyone, Resource: arn,
			Action:    []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"},
			Condition: iamdoc.Condition{"Bool": {"aws:SecureTransport": "false"}},
		},
	)
}
