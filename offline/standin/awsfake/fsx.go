package awsfake

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fsx"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const ontapType = "aws:fsx/ontapFileSystem:OntapFileSystem"

// The times of FSx.
var (
	isDaily  = matching(regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`), "must be a time of day, HH:MM")
	isWeekly = matching(regexp.MustCompile(`^[1-7]:([01]\d|2[0-3]):[0-5]\d$`), "must be a time of the week, d:HH:MM")
)

// upkeepRules hold for all file systems.
var upkeepRules = []rule{
	{"automaticBackupRetentionDays", between(0, 90)}, {"dailyAutomaticBackupStartTime", isDaily},
	{"weeklyMaintenanceStartTime", isWeekly}, {"kmsKeyId", isARN}, {"storageType", oneOf("SSD", "HDD", "INTELLIGENT_TIERING")},
	{"diskIopsConfiguration.mode", oneOf("AUTOMATIC", "USER_PROVISIONED")},
}

// fsxReplace are what no file system can change.
var fsxReplace = []string{"backupId", "deploymentType", "kmsKeyId", "securityGroupIds", "storageType", "subnetIds"}

// fsxRows: the enumerations are those of the AWS SDK's fsx types, the numbers those of its
// doc comments.
var fsxRows = map[string]*row{
	"aws:fsx/lustreFileSystem:LustreFileSystem": {
		args: fsx.LustreFileSystemArgs{}, result: fsx.LustreFileSystem{},
		rules: append([]rule{
			{"deploymentType", oneOf("SCRATCH_1", "SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2")},
			{"storageCapacity", between(1200, 1<<31-1)}, {"perUnitStorageThroughput", oneOfNumbers(12, 40, 50, 100, 125, 200, 250, 500, 1000)},
			{"fileSystemTypeVersion", oneOf("2.10", "2.12", "2.15")}, {"dataCompressionType", oneOf("NONE", "LZ4")},
			{"driveCacheType", oneOf("NONE", "READ")}, {"metadataConfiguration.mode", oneOf("AUTOMATIC", "USER_PROVISIONED")},
			{"metadataConfiguration.iops", between(1500, 192000)},
		}, withoutDisk(upkeepRules)...),
		Rules: delta.Rules{
			Replace: append([]string{"copyTagsToBackups", "driveCacheType", "efaEnabled", "exportPath", "importPath", "importedFileChunkSize"}, fsxReplace...),
			Sets:    []string{"securityGroupIds"},
		},
		defaults: map[string]any{"deploymentType": "SCRATCH_1", "storageType": "SSD", "dataCompressionType": "NONE", "skipFinalBackup": true, "copyTagsToBackups": false},
		id:       ec2ID("fs"),
		outputs: func(t thing) map[string]any {
			return fsxOutputs(t, "file-system/", map[string]any{
				"mountName": t.hex("mount", 8), "fileSystemTypeVersion": "2.10", "importedFileChunkSize": 0,
				"logConfiguration":      map[string]any{"level": "DISABLED"},
				"metadataConfiguration": map[string]any{"mode": "AUTOMATIC", "iops": 1500},
			})
		},
	},
	"aws:fsx/openZfsFileSystem:OpenZfsFileSystem": {
		args: fsx.OpenZfsFileSystemArgs{}, result: fsx.OpenZfsFileSystem{},
		required: []string{"subnetIds"},
		rules: append([]rule{
			{"deploymentType", oneOf("SINGLE_AZ_1", "SINGLE_AZ_2", "SINGLE_AZ_HA_1", "SINGLE_AZ_HA_2", "MULTI_AZ_1")},
			{"storageCapacity", between(64, 524288)},
			{"throughputCapacity", oneOfNumbers(64, 128, 256, 512, 1024, 2048, 3072, 4096, 160, 320, 640, 1280, 2560, 3840, 5120, 7680, 10240)},
			{"deleteOptions.*", oneOf("DELETE_CHILD_VOLUMES_AND_SNAPSHOTS")},
			{"rootVolumeConfiguration.dataCompressionType", oneOf("NONE", "ZSTD", "LZ4")},
			{"rootVolumeConfiguration.recordSizeKib", oneOfNumbers(4, 8, 16, 32, 64, 128, 256, 512, 1024)},
		}, upkeepRules...),
		Rules: delta.Rules{
			Replace: append([]string{"endpointIpAddressRange", "preferredSubnetId"}, fsxReplace...), Sets: []string{"securityGroupIds", "routeTableIds"},
		},
		defaults: map[string]any{"storageType": "SSD", "skipFinalBackup": false, "copyTagsToBackups": false, "copyTagsToVolumes": false},
		id:       ec2ID("fs"),
		outputs: func(t thing) map[string]any {
			gib, _ := number(t.in, "storageCapacity")
			return fsxOutputs(t, "file-system/", map[string]any{
				"rootVolumeId": t.ec2ID("fsvol"), "endpointIpAddress": t.address("endpoint", "10.0"), "routeTableIds": []any{},
				"diskIopsConfiguration":   map[string]any{"mode": "AUTOMATIC", "iops": 3 * gib},
				"rootVolumeConfiguration": map[string]any{"dataCompressionType": "NONE", "recordSizeKib": 128, "readOnly": false},
			})
		},
	},
	ontapType: {
		args: fsx.OntapFileSystemArgs{}, result: fsx.OntapFileSystem{},
		required:   []string{"subnetIds"},
		exactlyOne: [][]string{{"throughputCapacity", "throughputCapacityPerHaPair"}},
		rules: append([]rule{
			{"deploymentType", oneOf("MULTI_AZ_1", "MULTI_AZ_2", "SINGLE_AZ_1", "SINGLE_AZ_2")},
			{"storageCapacity", between(1024, 1048576)}, {"haPairs", between(1, 12)},
			{"throughputCapacity", oneOfNumbers(128, 256, 512, 1024, 2048, 4096)},
			{"throughputCapacityPerHaPair", oneOfNumbers(128, 256, 512, 1024, 2048, 4096, 384, 768, 1536, 3072, 6144)},
			{"fsxAdminPassword", isOntapPassword},
		}, upkeepRules...),
		Rules: delta.Rules{
			Replace: append([]string{"endpointIpAddressRange", "preferredSubnetId"}, fsxReplace[1:]...), Sets: []string{"securityGroupIds", "routeTableIds"},
		},
		defaults: map[string]any{"storageType": "SSD"},
		id:       ec2ID("fs"),
		outputs: func(t thing) map[string]any {
			gib, _ := number(t.in, "storageCapacity")
			pairs, given := number(t.in, "haPairs")
			if !given {
				pairs = 1
			}
			each, _ := number(t.in, "throughputCapacityPerHaPair")
			return fsxOutputs(t, "file-system/", map[string]any{
				"haPairs": pairs, "throughputCapacity": pairs * each, "throughputCapacityPerHaPair": each, "routeTableIds": []any{},
				"diskIopsConfiguration": map[string]any{"mode": "AUTOMATIC", "iops": 3 * gib},
				"endpoints": []any{map[string]any{
					"interclusters": []any{t.endpoint("intercluster.")}, "managements": []any{t.endpoint("management.")},
				}},
			})
		},
		inUse: "BadRequest",
	},
	"aws:fsx/ontapStorageVirtualMachine:OntapStorageVirtualMachine": {
		args: fsx.OntapStorageVirtualMachineArgs{}, result: fsx.OntapStorageVirtualMachine{},
		rules: []rule{
			{"name", matching(regexp.MustCompile(`^[A-Za-z0-9_]{1,47}$`), "must have 1 to 47 letters, digits or _")},
			{"rootVolumeSecurityStyle", oneOf("UNIX", "NTFS", "MIXED")}, {"svmAdminPassword", isOntapPassword},
		},
		name:     &autoname{property: "name", max: 47},
		Rules:    delta.Rules{Replace: []string{"fileSystemId", "name", "rootVolumeSecurityStyle"}},
		defaults: map[string]any{"rootVolumeSecurityStyle": "UNIX"},
		id:       ec2ID("svm"),
		outputs: func(t thing) map[string]any {
			endpoint := t.endpoint("")
			return map[string]any{
				"arn":  t.arn("fsx", "storage-virtual-machine/"+t.str("fileSystemId")+"/"+t.id),
				"uuid": t.uuid("svm"), "subtype": "DEFAULT", "endpoints": []any{map[string]any{
					"iscsis": []any{endpoint}, "managements": []any{endpoint}, "nfs": []any{endpoint}, "smbs": []any{},
				}},
			}
		},
		references: []reference{{property: "fileSystemId", typ: ontapType, missing: message{"FileSystemNotFound", "File system '%s' does not exist."}}},
		unique:     []unique{{[]string{"fileSystemId", "name"}, message{"BadRequest", "SVM name already in use: %s"}}},
	},
	"aws:fsx/fileCache:FileCache": {
		args: fsx.FileCacheArgs{}, result: fsx.FileCache{},
		required: []string{"subnetIds"},
		rules: []rule{
			{"fileCacheType", oneOf("LUSTRE")}, {"fileCacheTypeVersion", oneOf("2.12")}, {"storageCapacity", between(1200, 1<<31-1)}, {"kmsKeyId", isARN},
			{"lustreConfigurations.*.deploymentType", oneOf("CACHE_1")}, {"lustreConfigurations.*.perUnitStorageThroughput", oneOfNumbers(1000)},
			{"lustreConfigurations.*.metadataConfigurations.*.storageCapacity", oneOfNumbers(2400)},
			{"lustreConfigurations.*.weeklyMaintenanceStartTime", isWeekly},
			{"dataRepositoryAssociations.*.nfs.*.version", oneOf("NFS3")},
			{"dataRepositoryAssociations.*.fileCachePath", matching(regexp.MustCompile(`^/`), "must begin with /")},
			{"dataRepositoryAssociations.*.dataRepositoryPath", matching(regexp.MustCompile(`^(s3|nfs)://.+`), "must begin with s3:// or nfs://")},
		},
		Rules: delta.Rules{
			Replace: []string{
				"copyTagsToDataRepositoryAssociations", "dataRepositoryAssociations", "fileCacheType", "fileCacheTypeVersion", "kmsKeyId",
				"lustreConfigurations.*.deploymentType", "lustreConfigurations.*.metadataConfigurations", "lustreConfigurations.*.perUnitStorageThroughput",
				"securityGroupIds", "storageCapacity", "subnetIds",
			},
			Sets: []string{"dataRepositoryAssociations", "securityGroupIds"},
		},
		defaults: map[string]any{"copyTagsToDataRepositoryAssociations": false},
		id:       ec2ID("fc"),
		outputs: func(t thing) map[string]any {
			outputs := fsxOutputs(t, "file-cache/", map[string]any{"fileCacheId": t.id, "dataRepositoryAssociationIds": []any{t.ec2ID("dra")}})
			delete(outputs, "weeklyMaintenanceStartTime")
			outputs["lustreConfigurations"] = t.cacheConfigurations()
			return outputs
		},
	},
}

// isOntapPassword: the rules of ONTAP for passwords.
var isOntapPassword = onText(func(s string) string {
	if len(s) < 8 || len(s) > 50 || !regexp.MustCompile(`[A-Za-z]`).MatchString(s) || !regexp.MustCompile(`\d`).MatchString(s) {
		return "must have 8 to 50 characters with letters and digits"
	}
	return ""
})

// withoutDisk leaves out what Lustre has no disks for.
func withoutDisk(rules []rule) []rule { return rules[:len(rules)-1] }

// fsxOutputs are what FSx computes for all, with some of a type's own.
func fsxOutputs(t thing, kind string, own map[string]any) map[string]any {
	outputs := map[string]any{
		"arn": t.arn("fsx", kind+t.id), "dnsName": fmt.Sprintf("%s.fsx.%s.amazonaws.com", t.id, t.region), "ownerId": account,
		"vpcId": t.vpcOf(t.subnets()), "kmsKeyId": t.arn("kms", "key/"+t.uuid("fsx")), "weeklyMaintenanceStartTime": "7:09:00",
		"networkInterfaceIds": []any{t.ec2ID("eni")}, "securityGroupIds": []any{},
	}
	for key, value := range own {
		outputs[key] = value
	}
	return outputs
}

// subnets are the file system's: one, or a list.
func (t thing) subnets() []string {
	if one := t.str("subnetIds"); one != "" {
		return []string{one}
	}
	return t.strs("subnetIds")
}

func (t thing) endpoint(prefix string) map[string]any {
	return map[string]any{
		"dnsName":     fmt.Sprintf("%s%s.fsx.%s.amazonaws.com", prefix, t.id, t.region),
		"ipAddresses": []any{t.address(prefix, "10.0")},
	}
}

// cacheConfigurations are the cache's own, with the name that it is mounted by.
func (t thing) cacheConfigurations() []any {
	return []any{map[string]any{
		"mountName": t.hex("mount", 8), "weeklyMaintenanceStartTime": "7:09:00",
		"logConfigurations": []any{map[string]any{"level": "DISABLED"}},
	}}
}

// vpcOf is the VPC of subnets.
func (t thing) vpcOf(subnets []string) string {
	for _, id := range subnets {
		if subnet, found := t.objects.Find(t.region, subnetType, id); found {
			vpc, _ := subnet.Inputs["vpcId"].(string)
			return vpc
		}
	}
	return ""
}
