package storage

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fsx"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// make makes the network access, and the file system where the class has one.
func (l Lustre) make(m maker) (made, error) {
	subnet, err := m.subnet(l.Zone)
	if err != nil {
		return made{}, err
	}
	group, ready, err := m.securityGroupAndRules(lustrePorts)
	if err != nil {
		return made{}, err
	}
	names := map[string]pulumi.StringInput{"subnetId": subnet.ID, "securityGroupId": group.ID().ToStringOutput()}
	if l.PerClaim {
		return made{names: names, ready: ready}, nil
	}
	args := l.args(m)
	args.SubnetIds, args.SecurityGroupIds = subnet.ID, inGroup(group.ID())
	system, err := fsx.NewLustreFileSystem(m.ctx, m.name, args, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("file system: %w", err)
	}
	names["fileSystemId"], names["dnsName"], names["mountName"] = system.ID().ToStringOutput(), system.DnsName, system.MountName
	return made{names: names, ready: append(ready, system)}, nil
}

func (l Lustre) args(m maker) *fsx.LustreFileSystemArgs {
	args := &fsx.LustreFileSystemArgs{
		DeploymentType: pulumi.String(l.Deployment), StorageType: pulumi.String(l.Storage), StorageCapacity: pulumi.Int(l.GiB),
		FileSystemTypeVersion: pulumi.String(lustreVersion), DataCompressionType: pulumi.String(l.compression()),
		KmsKeyId: optional(l.KMSKeyArn), WeeklyMaintenanceStartTime: optional(l.MaintenanceAt), DailyAutomaticBackupStartTime: optional(l.BackupAt),
		Tags: tags.Named(m.args.Tags, m.physical()),
	}
	if l.Throughput != 0 {
		args.PerUnitStorageThroughput = pulumi.Int(l.Throughput)
	}
	if l.Storage == hdd {
		args.DriveCacheType = pulumi.String(driveCache)
	}
	if l.BackupDays != nil {
		args.AutomaticBackupRetentionDays, args.CopyTagsToBackups = pulumi.Int(*l.BackupDays), pulumi.Bool(true)
		args.SkipFinalBackup = pulumi.Bool(*l.BackupDays == 0)
	}
	if l.Deployment == persistent2 {
		args.MetadataConfiguration = l.metadata()
	}
	return args
}

// driveCache keeps what is read often on SSD, for a fifth of the size.
const driveCache = "READ"

func (l Lustre) compression() string {
	if l.NoCompression {
		return "NONE"
	}
	return "LZ4"
}

func (l Lustre) metadata() *fsx.LustreFileSystemMetadataConfigurationArgs {
	if l.MetadataIOPS == 0 {
		return &fsx.LustreFileSystemMetadataConfigurationArgs{Mode: pulumi.String(automatic)}
	}
	return &fsx.LustreFileSystemMetadataConfigurationArgs{Mode: pulumi.String(userProvisioned), Iops: pulumi.Int(l.MetadataIOPS)}
}

// How AWS counts operations a second.
const (
	automatic       = "AUTOMATIC"
	userProvisioned = "USER_PROVISIONED"
)
