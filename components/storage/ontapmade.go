package storage

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fsx"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// virtualMachine is what the storage virtual machine is called in its file system.
const virtualMachine = "trident"

func (n ONTAP) make(m maker) (made, error) {
	args, err := n.args(m)
	if err != nil {
		return made{}, err
	}
	group, ready, err := m.securityGroupAndRules(append([]port{ontapManagement}, ontapPorts[n.Protocol]...))
	if err != nil {
		return made{}, err
	}
	args.SecurityGroupIds = inGroup(group.ID())
	system, err := fsx.NewOntapFileSystem(m.ctx, m.name, args, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("file system: %w", err)
	}
	machine, err := fsx.NewOntapStorageVirtualMachine(m.ctx, m.name, &fsx.OntapStorageVirtualMachineArgs{
		FileSystemId: system.ID(), Name: pulumi.String(virtualMachine), RootVolumeSecurityStyle: pulumi.String("UNIX"),
		SvmAdminPassword: n.password(m), Tags: tags.Named(m.args.Tags, m.physical()),
	}, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("storage virtual machine: %w", err)
	}
	return made{
		names: map[string]pulumi.StringInput{"fileSystemId": system.ID().ToStringOutput(), "virtualMachine": machine.Name},
		ready: append(ready, machine),
	}, nil
}

func (n ONTAP) args(m maker) (*fsx.OntapFileSystemArgs, error) {
	subnet, err := m.subnet(n.Zone)
	if err != nil {
		return nil, err
	}
	args := &fsx.OntapFileSystemArgs{
		DeploymentType: pulumi.String(n.Deployment), StorageType: pulumi.String(ssd), StorageCapacity: pulumi.Int(n.GiB),
		HaPairs: pulumi.Int(n.Pairs), ThroughputCapacityPerHaPair: pulumi.Int(n.Throughput), KmsKeyId: optional(n.KMSKeyArn),
		PreferredSubnetId: subnet.ID, SubnetIds: pulumi.StringArray{subnet.ID},
		AutomaticBackupRetentionDays: pulumi.Int(*n.BackupDays), DailyAutomaticBackupStartTime: optional(n.BackupAt),
		WeeklyMaintenanceStartTime: optional(n.MaintenanceAt), Tags: tags.Named(m.args.Tags, m.physical()),
	}
	if n.IOPS != 0 {
		args.DiskIopsConfiguration = &fsx.OntapFileSystemDiskIopsConfigurationArgs{Mode: pulumi.String(userProvisioned), Iops: pulumi.Int(n.IOPS)}
	}
	if ontapTypes[n.Deployment].zones {
		other, err := m.otherSubnet(subnet)
		if err != nil {
			return nil, err
		}
		args.SubnetIds, args.RouteTableIds = pulumi.StringArray{subnet.ID, other.ID}, pulumi.ToStringArray(n.RouteTableIDs)
	}
	return args, nil
}

// password is that of the secret, which stays one in the state.
func (n ONTAP) password(m maker) pulumi.StringPtrInput {
	version := secretsmanager.LookupSecretVersionOutput(m.ctx, secretsmanager.LookupSecretVersionOutputArgs{
		SecretId: pulumi.String(n.CredentialsArn),
	}, pulumi.Parent(m.parent))
	return pulumi.ToSecret(version.SecretString().ApplyT(passwordIn)).(pulumi.StringOutput).ToStringPtrOutput()
}

// vsadmin is who administers a storage virtual machine.
const vsadmin = "vsadmin"

// passwordIn reads what Trident reads, too. What is wrong is said without the secret.
func passwordIn(secret string) (string, error) {
	var credentials struct{ Username, Password string }
	if err := json.Unmarshal([]byte(secret), &credentials); err != nil {
		return "", errors.New(`credentialsArn: the secret is not JSON; write {"username": "vsadmin", "password": "…"}`)
	}
	if credentials.Username != vsadmin || credentials.Password == "" {
		return "", errors.New("credentialsArn: the secret lacks the username vsadmin, or the password; write both")
	}
	return credentials.Password, nil
}
