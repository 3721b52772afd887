package awsfake

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const fileSystemType = "aws:efs/fileSystem:FileSystem"

// lifecycles are efs.TransitionToIARules of the SDK, and those to the archive.
var lifecycles = []string{
	"AFTER_1_DAY", "AFTER_7_DAYS", "AFTER_14_DAYS", "AFTER_30_DAYS", "AFTER_60_DAYS", "AFTER_90_DAYS", "AFTER_180_DAYS", "AFTER_270_DAYS", "AFTER_365_DAYS",
}

// ofFileSystem is a part's reference to its file system.
var ofFileSystem = []reference{{
	property: "fileSystemId", typ: fileSystemType,
	missing: message{"FileSystemNotFound", "File system '%s' does not exist"},
}}

// efsRows: the enumerations are those of the AWS SDK's efs types.
var efsRows = map[string]*row{
	fileSystemType: {
		args: efs.FileSystemArgs{}, result: efs.FileSystem{},
		rules: []rule{
			{"creationToken", matching(regexp.MustCompile(`^.{1,64}$`), "must have 1 to 64 characters")},
			{"performanceMode", oneOf("generalPurpose", "maxIO")},
			{"throughputMode", oneOf("bursting", "provisioned", "elastic")},
			{"kmsKeyId", isARN},
			{"lifecyclePolicies.*.transitionToIa", oneOf(lifecycles...)},
			{"lifecyclePolicies.*.transitionToArchive", oneOf(lifecycles...)},
			{"lifecyclePolicies.*.transitionToPrimaryStorageClass", oneOf("AFTER_1_ACCESS")},
			{"protection.replicationOverwrite", oneOf("ENABLED", "DISABLED")},
		},
		name:     &autoname{property: "creationToken", max: 64},
		Rules:    delta.Rules{Replace: []string{"availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode"}},
		defaults: map[string]any{"throughputMode": "bursting"},
		id:       ec2ID("fs"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("elasticfilesystem", "file-system/"+t.id), "dnsName": fmt.Sprintf("%s.efs.%s.amazonaws.com", t.id, t.region),
				"name": t.str("tags", "Name"), "ownerId": account, "performanceMode": "generalPurpose", "numberOfMountTargets": 0,
				"protection":  map[string]any{"replicationOverwrite": "ENABLED"},
				"sizeInBytes": []any{map[string]any{"value": 6144, "valueInIa": 0, "valueInStandard": 6144}},
			}
		},
		unique: []unique{{[]string{"creationToken"}, message{"FileSystemAlreadyExists", "File system with creation token '%s' already exists"}}},
		inUse:  "FileSystemInUse",
	},
	"aws:efs/mountTarget:MountTarget": {
		args: efs.MountTargetArgs{}, result: efs.MountTarget{},
		Rules: delta.Rules{Replace: []string{"fileSystemId", "ipAddress", "subnetId"}, Sets: []string{"securityGroups"}},
		id:    ec2ID("fsmt"),
		outputs: func(t thing) map[string]any {
			system := t.str("fileSystemId")
			outputs := map[string]any{
				"ownerId": account, "ipAddress": t.address("mount", "10.0"), "networkInterfaceId": t.ec2ID("eni"), "securityGroups": []any{},
				"dnsName": fmt.Sprintf("%s.efs.%s.amazonaws.com", system, t.region), "fileSystemArn": t.arn("elasticfilesystem", "file-system/"+system),
			}
			for _, zone := range t.zonesOf([]string{t.str("subnetId")}) {
				outputs["availabilityZoneName"] = zone
				outputs["mountTargetDnsName"] = fmt.Sprintf("%v.%s.efs.%s.amazonaws.com", zone, system, t.region)
			}
			return outputs
		},
		references: ofFileSystem,
		unique: []unique{{[]string{"fileSystemId", "subnetId"}, message{
			"MountTargetConflict", "mount target already exists in this AZ: %s"}}},
	},
	"aws:efs/backupPolicy:BackupPolicy": {
		args: efs.BackupPolicyArgs{}, result: efs.BackupPolicy{},
		rules:      []rule{{"backupPolicy.status", oneOf("ENABLED", "DISABLED")}},
		Rules:      delta.Rules{Replace: []string{"fileSystemId"}},
		id:         idFrom("", "fileSystemId"),
		references: ofFileSystem, goesWith: "fileSystemId",
	},
	"aws:efs/fileSystemPolicy:FileSystemPolicy": {
		args: efs.FileSystemPolicyArgs{}, result: efs.FileSystemPolicy{},
		rules:      []rule{{"policy", isPolicy}},
		Rules:      delta.Rules{Replace: []string{"fileSystemId"}},
		id:         idFrom("", "fileSystemId"),
		references: ofFileSystem, goesWith: "fileSystemId",
	},
	"aws:efs/accessPoint:AccessPoint": {
		args: efs.AccessPointArgs{}, result: efs.AccessPoint{},
		rules: []rule{
			{"posixUser.uid", between(0, 4294967295)}, {"posixUser.gid", between(0, 4294967295)},
			{"rootDirectory.creationInfo.permissions", matching(regexp.MustCompile(`^[0-7]{3,4}$`), "must be octal")},
			{"rootDirectory.path", matching(regexp.MustCompile(`^(/|(/[^$#<>;|&?{}^*/\n]+){1,4})$`), "must be a path of up to four levels")},
		},
		Rules: delta.Rules{Replace: []string{"fileSystemId", "posixUser", "rootDirectory"}},
		id:    ec2ID("fsap"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("elasticfilesystem", "access-point/"+t.id), "fileSystemArn": t.arn("elasticfilesystem", "file-system/"+t.str("fileSystemId")),
				"ownerId": account, "rootDirectory": map[string]any{"path": "/"},
			}
		},
		references: ofFileSystem,
	},
}
