package storage

import (
	"fmt"
	"slices"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fsx"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// make makes the network access, and the cache where the class has one.
func (c FileCache) make(m maker) (made, error) {
	subnet, err := m.subnet(c.Zone)
	if err != nil {
		return made{}, err
	}
	group, ready, err := m.securityGroupAndRules(c.ports())
	if err != nil {
		return made{}, err
	}
	names := map[string]pulumi.StringInput{"subnetId": subnet.ID, "securityGroupId": group.ID().ToStringOutput()}
	if c.PerClaim {
		return made{names: names, ready: ready}, nil
	}
	lustre := fsx.FileCacheLustreConfigurationArgs{
		DeploymentType: pulumi.String(cacheDeployment), PerUnitStorageThroughput: pulumi.Int(cacheThroughput),
		MetadataConfigurations: fsx.FileCacheLustreConfigurationMetadataConfigurationArray{
			fsx.FileCacheLustreConfigurationMetadataConfigurationArgs{StorageCapacity: pulumi.Int(cacheMetadata)},
		},
		WeeklyMaintenanceStartTime: optional(c.MaintenanceAt),
	}
	cache, err := fsx.NewFileCache(m.ctx, m.name, &fsx.FileCacheArgs{
		FileCacheType: pulumi.String(cacheType), FileCacheTypeVersion: pulumi.String(cacheVersion), StorageCapacity: pulumi.Int(c.GiB),
		LustreConfigurations: fsx.FileCacheLustreConfigurationArray{lustre}, DataRepositoryAssociations: c.associations(),
		CopyTagsToDataRepositoryAssociations: pulumi.Bool(true), KmsKeyId: optional(c.KMSKeyArn),
		SubnetIds: pulumi.StringArray{subnet.ID}, SecurityGroupIds: inGroup(group.ID()), Tags: tags.Named(m.args.Tags, m.physical()),
	}, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("cache: %w", err)
	}
	names["fileCacheId"], names["dnsName"] = cache.FileCacheId, cache.DnsName
	names["mountName"] = cache.LustreConfigurations.Index(pulumi.Int(0)).MountName().Elem()
	return made{names: names, ready: append(ready, cache)}, nil
}

func (c FileCache) associations() fsx.FileCacheDataRepositoryAssociationArray {
	var all fsx.FileCacheDataRepositoryAssociationArray
	for _, path := range c.paths() {
		repository := c.Repositories[path]
		args := fsx.FileCacheDataRepositoryAssociationArgs{FileCachePath: pulumi.String(path), DataRepositoryPath: pulumi.String(repository.Path)}
		if len(repository.Exports) > 0 {
			args.DataRepositorySubdirectories = pulumi.ToStringArray(repository.Exports)
		}
		if repository.isNFS() {
			nfs := fsx.FileCacheDataRepositoryAssociationNfArgs{Version: pulumi.String(cacheNFS)}
			if len(repository.DNSServers) > 0 {
				nfs.DnsIps = pulumi.ToStringArray(repository.DNSServers)
			}
			args.Nfs = fsx.FileCacheDataRepositoryAssociationNfArray{nfs}
		}
		all = append(all, args)
	}
	return all
}

// nfsServers are what a cache reads from, where each listens for mounts as it likes.
var nfsServers = port{protocol: "-1", use: "NFS servers and DNS", outbound: true}

// ports are Lustre's, and a way to what is cached: AWS reads S3 by itself, and NFS from the
// network of the cache.
func (c FileCache) ports() []port {
	for _, repository := range c.Repositories {
		if repository.isNFS() {
			return append(slices.Clone(lustrePorts), nfsServers)
		}
	}
	return lustrePorts
}
