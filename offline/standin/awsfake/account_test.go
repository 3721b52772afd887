package awsfake

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	policyJSON   = `{"Version":"2012-10-17","Statement":[]}`
	trustingJSON = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["eks-fargate-pods.amazonaws.com","pods.eks.amazonaws.com"]}}]}`
)

// step is one resource of the sample account; its inputs may name ids of
// earlier steps as "$name".
type step struct {
	token, name string
	in          m
}

// account1 has one resource of every type in the table, smallest first.
var account1 = []step{
	{vpcType, "vpc", m{"cidrBlock": "10.0.0.0/16"}},
	{"aws:ec2/internetGateway:InternetGateway", "igw", m{"vpcId": "$vpc", "tags": m{"Name": "igw"}}},
	{subnetType, "a", m{"vpcId": "$vpc", "cidrBlock": "10.0.0.0/20", "availabilityZone": "ap-northeast-2a"}},
	{subnetType, "b", m{"vpcId": "$vpc", "cidrBlock": "10.0.16.0/20", "availabilityZone": "ap-northeast-2b"}},
	{eipType, "eip", m{"domain": "vpc"}},
	{"aws:ec2/natGateway:NatGateway", "nat", m{"allocationId": "$eip", "subnetId": "$a"}},
	{"aws:ec2/routeTable:RouteTable", "rtb", m{"vpcId": "$vpc"}},
	{"aws:ec2/route:Route", "route", m{"routeTableId": "$rtb", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "$nat"}},
	{"aws:ec2/routeTableAssociation:RouteTableAssociation", "rta", m{"routeTableId": "$rtb", "subnetId": "$a"}},
	{rangeType, "range", m{"vpcId": "$vpc", "cidrBlock": "100.64.0.0/16"}},
	{subnetType, "pods", m{"vpcId": "$vpc", "cidrBlock": "100.64.0.0/19", "availabilityZone": "ap-northeast-2a"}},
	{"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "eigw", m{"vpcId": "$vpc"}},
	{"aws:ec2/subnetCidrReservation:SubnetCidrReservation", "reservation", m{"subnetId": "$a", "cidrBlock": "10.0.8.0/21", "reservationType": "prefix"}},
	{"aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", m{"vpcId": "$vpc", "serviceName": "com.amazonaws.ap-northeast-2.s3", "routeTableIds": []any{"$rtb"}}},
	{"aws:ec2/flowLog:FlowLog", "flow", m{"vpcId": "$vpc", "trafficType": "ALL", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::log-archive"}},
	{"aws:ec2/tag:Tag", "tag", m{"resourceId": "$a", "key": "k", "value": "v"}},
	{"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "dsg", m{"vpcId": "$vpc"}},
	{securityGroupType, "firewall", m{"vpcId": "$vpc"}},
	{"aws:ec2/securityGroupRule:SecurityGroupRule", "rule", m{
		"type": "ingress", "fromPort": 443, "toPort": 443, "protocol": "tcp", "securityGroupId": "$firewall", "cidrBlocks": []any{"10.0.0.0/16"},
	}},
	{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "way-in", m{
		"securityGroupId": "$firewall", "referencedSecurityGroupId": "$dsg", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
	}},
	{"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "way-out", m{"securityGroupId": "$firewall", "cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}},
	{templateType, "lt", m{"metadataOptions": m{"httpTokens": "required"}, "vpcSecurityGroupIds": []any{"$firewall"}}},
	{roleType, "role", m{"name": "role", "assumeRolePolicy": policyJSON}},
	{roleType, "pod-role", m{"name": "pods", "assumeRolePolicy": trustingJSON}},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", m{"role": "$role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}},
	{"aws:iam/rolePolicy:RolePolicy", "policy", m{"role": "$role", "policy": policyJSON}},
	{policyType, "managed-policy", m{"name": "managed", "policy": policyJSON}},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "own-attachment", m{"role": "$role", "policyArn": "$managed-policy"}},
	{profileType, "profile", m{"role": "$role"}},
	{templateType, "own-lt", m{"imageId": "ami-1", "iamInstanceProfile": m{"name": "$profile"}}},
	{groupType, "asg", m{
		"minSize": 0, "desiredCapacity": 1, "maxSize": 2, "vpcZoneIdentifiers": []any{"$a", "$b"}, "launchTemplate": m{"id": "$own-lt", "version": "1"},
		"tags": []any{m{"key": "Name", "value": "node", "propagateAtLaunch": true}},
	}},
	{"aws:autoscaling/lifecycleHook:LifecycleHook", "hook", m{
		"autoscalingGroupName": "$asg", "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
	}},
	{queueType, "queue", m{"messageRetentionSeconds": 300}},
	{"aws:sqs/queuePolicy:QueuePolicy", "queue-policy", m{"queueUrl": "$queue", "policy": policyJSON}},
	{eventRuleType, "event-rule", m{"eventPattern": `{"source":["aws.ec2"]}`}},
	{"aws:cloudwatch/eventTarget:EventTarget", "event-target", m{"rule": "$event-rule", "arn": "arn:aws:sqs:ap-northeast-2:111122223333:queue"}},
	{"aws:iam/openIdConnectProvider:OpenIdConnectProvider", "oidc", m{"url": "https://oidc.example.com/id/1", "clientIdLists": []any{"sts.amazonaws.com"}}},
	{kmsKeyType, "key", m{}},
	{"aws:kms/alias:Alias", "alias", m{"targetKeyId": "$key"}},
	{"aws:cloudwatch/logGroup:LogGroup", "logs", m{"name": "/aws/eks/c/cluster", "retentionInDays": 30}},
	{clusterType, "cluster", m{"name": "c", "version": "1.32", "roleArn": "arn:aws:iam::111122223333:role/role", "vpcConfig": m{"subnetIds": []any{"$a", "$b"}}}},
	{"aws:eks/accessEntry:AccessEntry", "entry", m{"clusterName": "$cluster", "principalArn": "arn:aws:iam::111122223333:role/role"}},
	{"aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "association", m{
		"clusterName": "$cluster", "principalArn": "arn:aws:iam::111122223333:role/role",
		"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "accessScope": m{"type": "cluster"},
	}},
	{"aws:eks/identityProviderConfig:IdentityProviderConfig", "idp", m{"clusterName": "$cluster", "oidc": m{
		"identityProviderConfigName": "oidc", "issuerUrl": "https://login.example.com", "clientId": "platform",
	}}},
	{"aws:eks/addon:Addon", "addon", m{"clusterName": "$cluster", "addonName": "coredns"}},
	{"aws:eks/fargateProfile:FargateProfile", "fargate", m{
		"clusterName": "$cluster", "podExecutionRoleArn": "arn:aws:iam::111122223333:role/pods", "subnetIds": []any{"$a"},
		"selectors": []any{m{"namespace": "batch", "labels": m{"arn": "any"}}},
	}},
	{"aws:eks/podIdentityAssociation:PodIdentityAssociation", "identity", m{
		"clusterName": "$cluster", "namespace": "kube-system", "serviceAccount": "karpenter", "roleArn": "arn:aws:iam::111122223333:role/pods",
	}},
	{"aws:eks/nodeGroup:NodeGroup", "group", m{
		"clusterName": "$cluster", "nodeRoleArn": "arn:aws:iam::111122223333:role/role", "subnetIds": []any{"$a"},
		"scalingConfig": m{"minSize": 1, "desiredSize": 1, "maxSize": 2}, "launchTemplate": m{"id": "$lt", "version": "1"},
	}},
	{fileSystemType, "efs", m{"encrypted": true, "throughputMode": "elastic", "lifecyclePolicies": []any{m{"transitionToIa": "AFTER_30_DAYS"}}}},
	{"aws:efs/mountTarget:MountTarget", "mount-target", m{"fileSystemId": "$efs", "subnetId": "$a", "securityGroups": []any{"$firewall"}}},
	{"aws:efs/backupPolicy:BackupPolicy", "efs-backups", m{"fileSystemId": "$efs", "backupPolicy": m{"status": "ENABLED"}}},
	{"aws:efs/fileSystemPolicy:FileSystemPolicy", "efs-policy", m{"fileSystemId": "$efs", "policy": policyJSON}},
	{"aws:efs/accessPoint:AccessPoint", "access-point", m{"fileSystemId": "$efs", "rootDirectory": m{"path": "/data"}}},
	{"aws:fsx/lustreFileSystem:LustreFileSystem", "lustre", m{
		"subnetIds": "$a", "securityGroupIds": []any{"$firewall"}, "deploymentType": "PERSISTENT_2", "storageCapacity": 1200, "perUnitStorageThroughput": 125,
		"metadataConfiguration": m{"mode": "AUTOMATIC"},
	}},
	{"aws:fsx/openZfsFileSystem:OpenZfsFileSystem", "openzfs", m{
		"subnetIds": []any{"$a"}, "securityGroupIds": []any{"$firewall"}, "deploymentType": "SINGLE_AZ_HA_2", "storageCapacity": 64, "throughputCapacity": 160,
		"rootVolumeConfiguration": m{"dataCompressionType": "ZSTD"},
	}},
	{ontapType, "ontap", m{
		"subnetIds": []any{"$a"}, "preferredSubnetId": "$a", "securityGroupIds": []any{"$firewall"}, "deploymentType": "SINGLE_AZ_1",
		"storageCapacity": 1024, "haPairs": 1, "throughputCapacityPerHaPair": 128,
	}},
	{"aws:fsx/ontapStorageVirtualMachine:OntapStorageVirtualMachine", "svm", m{"fileSystemId": "$ontap", "name": "trident", "svmAdminPassword": "simulated-1"}},
	{"aws:fsx/fileCache:FileCache", "file-cache", m{
		"fileCacheType": "LUSTRE", "fileCacheTypeVersion": "2.12", "storageCapacity": 1200, "subnetIds": []any{"$a"}, "securityGroupIds": []any{"$firewall"},
		"lustreConfigurations": []any{m{
			"deploymentType": "CACHE_1", "perUnitStorageThroughput": 1000, "metadataConfigurations": []any{m{"storageCapacity": 2400}},
		}},
		"dataRepositoryAssociations": []any{m{"fileCachePath": "/data", "dataRepositoryPath": "s3://data"}},
	}},
	{bucketType, "bucket", m{"bucket": "sample-data"}},
	{"aws:s3/bucketVersioningV2:BucketVersioningV2", "bucket-versions", m{"bucket": "$bucket", "versioningConfiguration": m{"status": "Enabled"}}},
	{"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket-block", m{"bucket": "$bucket", "blockPublicAcls": true}},
	{"aws:s3/bucketOwnershipControls:BucketOwnershipControls", "bucket-ownership", m{"bucket": "$bucket", "rule": m{"objectOwnership": "BucketOwnerEnforced"}}},
	{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "bucket-encryption", m{
		"bucket": "$bucket", "rules": []any{m{"applyServerSideEncryptionByDefault": m{"sseAlgorithm": "aws:kms"}}},
	}},
	{"aws:s3/bucketPolicy:BucketPolicy", "bucket-policy", m{"bucket": "$bucket", "policy": policyJSON}},
	{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "bucket-lifecycle", m{
		"bucket": "$bucket", "rules": []any{m{"id": "old", "status": "Enabled", "filter": m{"prefix": ""}, "expiration": m{"days": 90}}},
	}},
}

// sample gives the inputs of one step, ids filled in as far as they are given.
func sample(name string, ids map[string]string) m {
	for _, s := range account1 {
		if s.name == name {
			return resolve(s.in, ids).(m)
		}
	}
	panic("no step " + name)
}

func resolve(v any, ids map[string]string) any {
	switch v := v.(type) {
	case string:
		if len(v) > 1 && v[0] == '$' {
			if id, made := ids[v[1:]]; made {
				return id
			}
			return resource.Computed{Element: resource.NewStringProperty("")}
		}
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = resolve(item, ids)
		}
		return items
	case m:
		fields := m{}
		for key, item := range v {
			fields[key] = resolve(item, ids)
		}
		return fields
	}
	return v
}

// build creates the sample account, up to and including the step named last.
func (l *lab) build(last string) (ids map[string]string, states map[string]resource.PropertyMap) {
	l.t.Helper()
	ids, states = map[string]string{}, map[string]resource.PropertyMap{}
	for _, s := range account1 {
		ids[s.name], states[s.name] = l.create(s.token, s.name, resolve(s.in, ids).(m))
		if s.name == last {
			break
		}
	}
	return ids, states
}

// tokenOf finds the type of a step.
func tokenOf(name string) string {
	for _, s := range account1 {
		if s.name == name {
			return s.token
		}
	}
	panic(fmt.Sprintf("no step %s", name))
}
