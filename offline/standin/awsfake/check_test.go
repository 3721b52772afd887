package awsfake

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// TestCheckRejects changes one input of a valid sample at a time.
func TestCheckRejects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step    string
		changes m
		want    string
	}{
		{"vpc", m{"cidrBlok": "10.0.0.0/16"}, `cidrBlok: unexpected property, did you mean "cidrBlock"?`},
		{"vpc", m{"cidrBlock": "10.0.0.0/8"}, "cidrBlock: expected a prefix between /16 and /28, got 10.0.0.0/8"},
		{"vpc", m{"cidrBlock": "10.0.0.0"}, `cidrBlock: "10.0.0.0" is not a valid IPv4 CIDR block`},
		{"vpc", m{"cidrBlock": "10.0.1.0/16"}, `did you mean "10.0.0.0/16"?`},
		{"vpc", m{"instanceTenancy": "shared"}, `expected one of default, dedicated, got "shared"`},
		{"vpc", m{"enableDnsSupport": "maybe"}, "enableDnsSupport: expected a boolean"},
		{"vpc", m{"tags": m{"aws:x": "y"}}, `tags["aws:x"]: tags that begin with aws: are reserved`},
		{"vpc", m{"tags": m{"k": strings.Repeat("v", 257)}}, "at most 256 characters"},
		{"vpc", m{"tags": m{strings.Repeat("k", 129): "v"}}, "1 to 128 characters"},
		{"vpc", m{"tags": m{"k": "<v>"}}, "may hold letters"},
		{"a", m{"cidrBlock": "10.0.0.0/29"}, "expected a prefix between /16 and /28"},
		{"a", m{"ipv6CidrBlock": "10.0.0.0/24"}, "is not a valid IPv6 CIDR block"},
		{"a", m{"vpcId": nil}, "vpcId: missing required property"},
		{"a", m{"availabilityZoneId": "apne2-az1"}, "availabilityZoneId: conflicts with availabilityZone"},
		{"eip", m{"domain": "classic"}, "expected one of vpc, standard"},
		{"nat", m{"connectivityType": "open"}, "expected one of private, public"},
		{"route", m{"natGatewayId": nil}, "must be given"},
		{"route", m{"gatewayId": "igw-1"}, "natGatewayId: conflicts with gatewayId"},
		{"route", m{"destinationCidrBlock": "anywhere"}, "is not a valid IPv4 CIDR block"},
		{"rta", m{"gatewayId": "igw-1"}, "conflicts with"},
		{"firewall", m{"name": "sg-mine"}, "must not begin with sg-"},
		{"firewall", m{"description": "naïve"}, "a character that EC2 does not allow"},
		{"firewall", m{"ingress": []any{m{"fromPort": 70000, "toPort": 0, "protocol": "tcp"}}}, "ingress[0].fromPort: expected -1 to 65535"},
		{"firewall", m{"ingress": []any{m{"fromPort": 1, "toPort": 1}}}, "ingress[0].protocol: missing required property"},
		{"rule", m{"type": "inbound"}, "expected one of ingress, egress"},
		{"rule", m{"cidrBlocks": nil}, "one of cidrBlocks, ipv6CidrBlocks"},
		{"rule", m{"self": true}, "conflicts with self"},
		{"lt", m{"metadataOptions": m{"httpTokens": "yes"}}, "metadataOptions.httpTokens: expected one of optional, required"},
		{"lt", m{"blockDeviceMappings": []any{m{"ebs": m{"volumeType": "gp9"}}}}, "blockDeviceMappings[0].ebs.volumeType: expected one of"},
		{"lt", m{"blockDeviceMappings": []any{m{"ebs": m{"throughput": 1250}}}}, "blockDeviceMappings[0].ebs.throughput: expected 125 to 1000, got 1250"},
		{"lt", m{"userData": "#!/bin/bash"}, "userData: expected base64"},
		{"lt", m{"tagSpecifications": []any{m{"resourceType": "pod"}}}, "expected one of instance"},
		{"lt", m{"name": "x"}, "must have 3 to 128"},
		{"lt", m{"imageId": "al2023"}, `"al2023" must be an AMI id or resolve:ssm:<parameter>`},
		{"lt", m{"iamInstanceProfile": m{"name": "p", "arn": "arn:aws:iam::111122223333:instance-profile/p"}}, "iamInstanceProfile.name: conflicts with iamInstanceProfile.arn"},
		{"way-in", m{"cidrIpv4": "10.0.0.0/16"}, "conflicts with cidrIpv4"},
		{"way-in", m{"referencedSecurityGroupId": nil}, "one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId must be given"},
		{"way-in", m{"fromPort": nil}, "fromPort: must be given when ipProtocol is tcp"},
		{"way-in", m{"fromPort": 444}, "fromPort: must not be greater than toPort"},
		{"way-in", m{"toPort": 65536}, "expected -1 to 65535"},
		{"way-in", m{"ipProtocol": "-1"}, "toPort: must not be given when ipProtocol is -1"},
		{"way-in", m{"ipProtocol": "https"}, "must be -1, tcp, udp, icmp, icmpv6 or a protocol's number"},
		{"way-in", m{"ipProtocol": "256"}, "or a protocol's number"},
		{"way-in", m{"securityGroupId": nil}, "securityGroupId: missing required property"},
		{"way-out", m{"cidrIpv4": "10.0.0.1/16"}, `did you mean "10.0.0.0/16"?`},
		{"way-out", m{"cidrIpv4": nil, "cidrIpv6": "10.0.0.0/16"}, "is not a valid IPv6 CIDR block"},
		{"asg", m{"launchTemplate": nil}, "one of launchTemplate, mixedInstancesPolicy, launchConfiguration must be given"},
		{"asg", m{"mixedInstancesPolicy": m{"launchTemplate": m{"launchTemplateSpecification": m{}}}}, "mixedInstancesPolicy: conflicts with launchTemplate"},
		{"asg", m{"vpcZoneIdentifiers": nil}, "one of vpcZoneIdentifiers, availabilityZones must be given"},
		{"asg", m{"availabilityZones": []any{"ap-northeast-2a"}}, "conflicts with vpcZoneIdentifiers"},
		{"asg", m{"launchTemplate": m{"id": "lt-1", "name": "lt"}}, "launchTemplate.name: conflicts with launchTemplate.id"},
		{"asg", m{"maxSize": nil}, "maxSize: missing required property"},
		{"asg", m{"minSize": 3}, "maxSize: ValidationError: Max bound, 2, must be greater than or equal to min bound, 3"},
		{"asg", m{"desiredCapacity": 3}, "ValidationError: Desired capacity:3 must be between the specified min size:0 and max size:2"},
		{"asg", m{"tags": m{"Name": "node"}}, "tags: expected a list"},
		{"asg", m{"tags": []any{m{"key": "Name", "value": "node"}}}, "tags[0].propagateAtLaunch: missing required property"},
		{"asg", m{"tags": []any{m{"key": "aws:x", "value": "y", "propagateAtLaunch": true}}}, "tags[0]: tags that begin with aws: are reserved"},
		{"asg", m{"enabledMetrics": []any{"CPUUtilization"}}, "enabledMetrics[0]: expected one of GroupMinSize"},
		{"asg", m{"metricsGranularity": "5Minute"}, "expected one of 1Minute"},
		{"asg", m{"healthCheckType": "HTTP"}, "expected one of EC2, ELB"},
		{"asg", m{"suspendedProcesses": []any{"Rebalance"}}, "suspendedProcesses[0]: expected one of Launch"},
		{"asg", m{"terminationPolicies": []any{"Newest"}}, `"Newest" is no termination policy`},
		{"asg", m{"maxInstanceLifetime": 3600}, "expected 86400 to 31536000"},
		{"asg", m{"waitForCapacityTimeout": "soon"}, "expected a duration such as 10m"},
		{"asg", m{"instanceRefresh": m{"strategy": "BlueGreen"}}, "instanceRefresh.strategy: expected one of Rolling"},
		{"asg", m{"instanceRefresh": m{"strategy": "Rolling", "preferences": m{"maxHealthyPercentage": 90}}}, "expected 100 to 200"},
		{"asg", m{"instanceMaintenancePolicy": m{"minHealthyPercentage": 90, "maxHealthyPercentage": 50}}, "must be -1 or 100 to 200"},
		{"asg", m{"mixedInstancesPolicy": m{"instancesDistribution": m{"spotAllocationStrategy": "cheapest"}}}, "spotAllocationStrategy: expected one of lowest-price"},
		{"asg", m{"mixedInstancesPolicy": m{"instancesDistribution": m{}}}, "mixedInstancesPolicy.launchTemplate: missing required property"},
		{"asg", m{"initialLifecycleHooks": []any{m{"name": "h", "lifecycleTransition": "launch"}}}, "initialLifecycleHooks[0].lifecycleTransition: expected one of autoscaling:EC2_INSTANCE_LAUNCHING"},
		{"hook", m{"defaultResult": "WAIT"}, "expected one of CONTINUE, ABANDON"},
		{"hook", m{"heartbeatTimeout": 10}, "expected 30 to 7200"},
		{"role", m{"name": strings.Repeat("r", 65)}, "must have 1 to 64"},
		{"role", m{"name": "a role"}, "must have 1 to 64"},
		{"role", m{"assumeRolePolicy": nil}, "assumeRolePolicy: missing required property"},
		{"role", m{"assumeRolePolicy": "{"}, "invalid JSON policy"},
		{"role", m{"assumeRolePolicy": `{"Statement":[]}`}, "has no Version"},
		{"role", m{"assumeRolePolicy": m{"Version": "2012-10-17"}}, "has no Statement"},
		{"role", m{"assumeRolePolicy": `{"Version":"2024-01-01","Statement":[]}`}, "is not a policy language version"},
		{"role", m{"maxSessionDuration": 60}, "expected 3600 to 43200"},
		{"role", m{"managedPolicyArns": []any{"AdministratorAccess"}}, `managedPolicyArns[0]: "AdministratorAccess" is not an ARN`},
		{"managed-policy", m{"policy": `{"Version":"2012-10-17","Statement":["` + strings.Repeat("s", 6144) + `"]}`}, "LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
		{"managed-policy", m{"policy": nil}, "policy: missing required property"},
		{"managed-policy", m{"path": "team"}, "must begin and end with a slash"},
		{"profile", m{"name": "a profile"}, "must have 1 to 128"},
		{"queue", m{"name": "interruptions!"}, "must have 1 to 80"},
		{"queue", m{"name": "jobs.fifo"}, "invalid queue name: jobs.fifo"},
		{"queue", m{"name": "jobs", "fifoQueue": true}, "invalid queue name: jobs"},
		{"queue", m{"contentBasedDeduplication": true}, "content-based deduplication can only be set for FIFO queue"},
		{"queue", m{"messageRetentionSeconds": 30}, "expected 60 to 1209600"},
		{"queue", m{"sqsManagedSseEnabled": true, "kmsMasterKeyId": "alias/aws/sqs"}, "sqsManagedSseEnabled: conflicts with kmsMasterKeyId"},
		{"queue-policy", m{"policy": "allow"}, "policy: expected valid JSON"},
		{"queue-policy", m{"queueUrl": nil}, "queueUrl: missing required property"},
		{"event-rule", m{"eventPattern": nil}, "one of eventPattern, scheduleExpression must be given"},
		{"event-rule", m{"eventPattern": "{"}, "InvalidEventPatternException: Event pattern is not valid. Reason: "},
		{"event-rule", m{"eventPattern": `{"detail":{"state":"running"}}`}, `"state" must be an object or an array`},
		{"event-rule", m{"scheduleExpression": "5 minutes"}, "ValidationException: Parameter ScheduleExpression is not valid."},
		{"event-rule", m{"scheduleExpression": "rate(5 minutes)", "eventBusName": "own"}, "ScheduleExpression is supported only on the default event bus."},
		{"event-rule", m{"state": "ON"}, "expected one of DISABLED, ENABLED"},
		{"event-rule", m{"name": "a rule"}, "must have 1 to 64"},
		{"event-target", m{"arn": "queue"}, "is not an ARN"},
		{"event-target", m{"rule": nil}, "rule: missing required property"},
		{"event-target", m{"input": "{}", "inputPath": "$.detail"}, "inputPath: conflicts with input"},
		{"event-target", m{"input": "{"}, "expected valid JSON"},
		{"attachment", m{"policyArn": "AmazonEKSClusterPolicy"}, "is not an ARN"},
		{"oidc", m{"url": "http://x"}, "must begin with https://"},
		{"oidc", m{"clientIdLists": nil}, "clientIdLists: missing required property"},
		{"key", m{"deletionWindowInDays": 1}, "expected 7 to 30"},
		{"alias", m{"name": "mine"}, "must be alias/"},
		{"alias", m{"name": "alias/aws/ebs"}, "AWS's own"},
		{"logs", m{"retentionInDays": 31}, "expected one of 0, 1, 3"},
		{"logs", m{"kmsKeyId": "1234"}, "is not an ARN"},
		{"cluster", m{"name": "-c"}, "begin with a letter or digit"},
		{"cluster", m{"name": strings.Repeat("c", 101)}, "1 to 100"},
		{"cluster", m{"version": "v1.32.1"}, "must be a Kubernetes minor version"},
		{"cluster", m{"roleArn": "role"}, "roleArn: \"role\" is not an ARN"},
		{"cluster", m{"enabledClusterLogTypes": []any{"api", "etcd"}}, "enabledClusterLogTypes[1]: expected one of api"},
		{"cluster", m{"accessConfig": m{"authenticationMode": "IAM"}}, "accessConfig.authenticationMode: expected one of"},
		{"cluster", m{"upgradePolicy": m{"supportType": "LTS"}}, "upgradePolicy.supportType"},
		{"cluster", m{"kubernetesNetworkConfig": m{"ipFamily": "ipv5"}}, "kubernetesNetworkConfig.ipFamily"},
		{"cluster", m{"kubernetesNetworkConfig": m{"serviceIpv4Cidr": "8.8.0.0/16"}}, "expected a block within 10.0.0.0/8"},
		{"cluster", m{"vpcConfig": m{}}, "vpcConfig.subnetIds: missing required property"},
		{"cluster", m{"vpcConfig": m{"subnetIds": []any{"subnet-1"}}}, "at least two availability zones"},
		{"cluster", m{"encryptionConfig": m{"provider": m{"keyArn": "arn:aws:kms:ap-northeast-2:111122223333:key/1"}}}, "encryptionConfig.resources: missing required property"},
		{"cluster", m{"vpcConfig": m{"subnetIds": []any{"a", "b"}, "endpointPublicAccess": false}}, "cannot both be false"},
		{"cluster", m{"vpcConfig": m{"subnetIds": []any{"a", "b"}, "publicAccessCidrs": []any{"all"}}}, "vpcConfig.publicAccessCidrs[0]"},
		{"entry", m{"type": "ADMIN"}, "expected one of STANDARD"},
		{"entry", m{"type": "EC2_LINUX", "kubernetesGroups": []any{"x"}}, "kubernetesGroups: can only be given for entries of the type STANDARD, not EC2_LINUX"},
		{"entry", m{"type": "HYBRID_LINUX", "userName": "x"}, "userName: can only be given"},
		{"entry", m{"type": "FARGATE_LINUX", "principalArn": "arn:aws:iam::111122223333:user/x"}, "principalArn: must be a role"},
		{"entry", m{"kubernetesGroups": []any{"system:masters"}}, "it cannot start with system:"},
		{"entry", m{"userName": "aws:x"}, "must not begin with system:"},
		{"fargate", m{"selectors": nil}, "selectors: missing required property"},
		{"fargate", m{"selectors": []any{m{"labels": m{"a": "b"}}}}, "selectors[0].namespace: missing required property"},
		{"fargate", m{"selectors": []any{m{"namespace": ""}}}, "selectors[0].namespace: must not be empty"},
		{"fargate", m{"selectors": slices.Repeat([]any{m{"namespace": "n"}}, 6)}, "at most 5 selectors are possible, got 6"},
		{"fargate", m{"podExecutionRoleArn": "pods"}, `"pods" is not an ARN`},
		{"identity", m{"serviceAccount": nil}, "serviceAccount: missing required property"},
		{"identity", m{"roleArn": "pods"}, `"pods" is not an ARN`},
		{"association", m{"accessScope": m{"type": "all"}}, "accessScope.type: expected one of"},
		{"addon", m{"configurationValues": "{"}, "expected valid JSON"},
		{"addon", m{"resolveConflictsOnCreate": "PRESERVE"}, "expected one of NONE, OVERWRITE"},
		{"group", m{"amiType": "AL3"}, "amiType: expected one of"},
		{"group", m{"capacityType": "spot"}, "capacityType: expected one of"},
		{"group", m{"taints": []any{m{"key": "k", "effect": "NoSchedule"}}}, "taints[0].effect: expected one of NO_SCHEDULE"},
		{"group", m{"scalingConfig": m{"minSize": 3, "desiredSize": 1, "maxSize": 2}}, "minSize 3 cannot be greater than desiredSize 1"},
		{"group", m{"scalingConfig": m{"minSize": 1}}, "scalingConfig.maxSize: missing required property"},
		{"group", m{"diskSize": 20}, "diskSize: conflicts with launchTemplate"},
		{"group", m{"amiType": "CUSTOM", "launchTemplate": nil}, "launchTemplate: InvalidParameterException: Launch template details can't be null for Custom ami type node group"},
		{"group", m{"amiType": "CUSTOM", "version": "1.33"}, "version: InvalidParameterException: You cannot specify a kubernetes version"},
		{"group", m{"amiType": "CUSTOM", "releaseVersion": "1.33.0-20250101"}, "releaseVersion: InvalidParameterException"},
		{"group", m{"subnetIds": []any{}}, "subnetIds: missing required property"},
		{"group", m{"nodeGroupName": strings.Repeat("n", 64)}, "1 to 63"},
	} {
		t.Run(test.step+" "+test.want, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, newLab(t).reasons(test.step, test.changes), test.want)
		})
	}
}

func TestCheckLooksThroughSecretsAndAcceptsUnknowns(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	secret := toMap(sample("vpc", nil))
	secret["cidrBlock"] = resource.MakeSecret(resource.NewStringProperty("10.0.0.0/8"))
	assert.Len(t, l.check(vpcType, "r", nil, secret).Failures, 1)
	secret["cidrBlock"] = resource.MakeSecret(props.Unknown())
	response := l.check(vpcType, "r", nil, secret)
	assert.Empty(t, response.Failures)
	assert.True(t, response.Properties["cidrBlock"].IsSecret(), "a secret stays one")
}

func TestAutonaming(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	in := m{"assumeRolePolicy": policyJSON}
	first := l.check(roleType, "app", nil, toMap(in)).Properties
	assert.Regexp(t, `^app-[0-9a-f]{7}$`, props.String(first, "name"))
	again := l.check(roleType, "app", first, toMap(with(in, m{"description": "d"}))).Properties
	assert.Equal(t, first["name"], again["name"], "an update keeps the name")

	chosen := l.check(roleType, "app", first, toMap(with(in, m{"name": "chosen"}))).Properties
	assert.Equal(t, "chosen", props.String(chosen, "name"))
	dropped := l.check(roleType, "app", chosen, toMap(in)).Properties
	assert.NotEqual(t, "chosen", props.String(dropped, "name"), "a chosen name is not kept when nobody chooses it any more")

	prefixed := l.check(roleType, "app", nil, toMap(with(in, m{"namePrefix": "app-"}))).Properties
	assert.NotContains(t, prefixed, resource.PropertyKey("name"))
	_, state, err := l.try(roleType, "app", toMap(with(in, m{"namePrefix": "app-"})))
	require.NoError(t, err)
	assert.Regexp(t, `^app-[0-9a-f]{26}$`, props.String(state, "name"))

	alias := l.check("aws:kms/alias:Alias", "key", nil, toMap(m{"targetKeyId": "k"})).Properties
	assert.Regexp(t, `^alias/key-[0-9a-f]{7}$`, props.String(alias, "name"))
	assert.Regexp(t, `^group-[0-9a-f]{7}$`, props.String(l.check(tokenOf("group"), "group", nil, toMap(sample("group", nil))).Properties, "nodeGroupName"))

	long := l.check(roleType, strings.Repeat("x", 60), nil, toMap(in))
	require.Len(t, long.Failures, 1)
	assert.Contains(t, long.Failures[0].Reason, "longer than maximum length 64")
}

func TestEngineAutonaming(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	req := plugin.CheckRequest{URN: urnOf(roleType, "app"), Type: roleType, News: toMap(m{"assumeRolePolicy": policyJSON})}
	req.Autonaming = &plugin.AutonamingOptions{ProposedName: "stack-app"}
	response, err := l.Check(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, "stack-app", props.String(response.Properties, "name"))
	req.Autonaming = &plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled}
	response, err = l.Check(t.Context(), req)
	require.NoError(t, err)
	require.Len(t, response.Failures, 1)
	assert.Contains(t, response.Failures[0].Reason, "automatic naming is disabled")
}
