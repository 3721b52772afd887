package awsfake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// TestDiffReplaces: which changes of a sample force a new resource.
func TestDiffReplaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step    string
		changes m
		replace bool
	}{
		{"vpc", m{"cidrBlock": "10.1.0.0/16"}, true},
		{"vpc", m{"enableDnsHostnames": true}, false},
		{"igw", m{"vpcId": "vpc-2"}, false},
		{"a", m{"cidrBlock": "10.0.32.0/20"}, true},
		{"a", m{"availabilityZone": "ap-northeast-2c"}, true},
		{"a", m{"vpcId": "vpc-2"}, true},
		{"a", m{"tags": m{"a": "b"}}, false},
		{"a", m{"mapPublicIpOnLaunch": true}, false},
		{"eip", m{"domain": "standard"}, true},
		{"nat", m{"subnetId": "subnet-2"}, true},
		{"nat", m{"allocationId": "eipalloc-2"}, true},
		{"rtb", m{"vpcId": "vpc-2"}, true},
		{"route", m{"destinationCidrBlock": "10.0.0.0/8"}, true},
		{"route", m{"natGatewayId": "nat-2"}, false},
		{"rta", m{"subnetId": "subnet-2"}, true},
		{"rta", m{"routeTableId": "rtb-2"}, false},
		{"firewall", m{"description": "d"}, true},
		{"firewall", m{"ingress": []any{}}, false},
		{"rule", m{"fromPort": 80}, true},
		{"rule", m{"description": "d"}, false},
		{"lt", m{"name": "new"}, true},
		{"lt", m{"imageId": "ami-2"}, false},
		{"way-in", m{"securityGroupId": "sg-2"}, true},
		{"way-in", m{"referencedSecurityGroupId": "sg-2"}, false},
		{"way-in", m{"referencedSecurityGroupId": nil, "cidrIpv4": "10.0.0.0/16"}, true},
		{"way-in", m{"toPort": 444}, false},
		{"way-out", m{"cidrIpv4": "10.0.0.0/8"}, false},
		{"asg", m{"name": "new"}, true},
		{"asg", m{"desiredCapacity": 2}, false},
		{"asg", m{"minSize": 1, "maxSize": 3}, false},
		{"asg", m{"launchTemplate": m{"id": "lt-1", "version": "2"}}, false},
		{"asg", m{"launchTemplate": nil, "mixedInstancesPolicy": m{"launchTemplate": m{}}}, false},
		{"asg", m{"vpcZoneIdentifiers": []any{"subnet-2"}}, false},
		{"asg", m{"tags": []any{}}, false},
		{"asg", m{"instanceRefresh": m{"strategy": "Rolling"}}, false},
		{"asg", m{"initialLifecycleHooks": []any{m{"name": "h"}}}, true},
		{"hook", m{"heartbeatTimeout": 60}, false},
		{"hook", m{"name": "new"}, true},
		{"profile", m{"role": "other"}, false},
		{"profile", m{"path": "/new/"}, true},
		{"managed-policy", m{"policy": "{}"}, false},
		{"managed-policy", m{"description": "d"}, true},
		{"queue", m{"name": "new"}, true},
		{"queue", m{"fifoQueue": true}, true},
		{"queue", m{"messageRetentionSeconds": 60}, false},
		{"queue-policy", m{"policy": "{}"}, false},
		{"queue-policy", m{"queueUrl": "https://2"}, true},
		{"event-rule", m{"eventPattern": "{}"}, false},
		{"event-rule", m{"name": "new"}, true},
		{"event-target", m{"arn": "arn:2"}, false},
		{"event-target", m{"targetId": "new"}, true},
		{"event-target", m{"rule": "new"}, true},
		{"fargate", m{"selectors": []any{m{"namespace": "other"}}}, true},
		{"fargate", m{"subnetIds": []any{"subnet-2"}}, true},
		{"fargate", m{"tags": m{"a": "b"}}, false},
		{"identity", m{"roleArn": "arn:2"}, false},
		{"identity", m{"serviceAccount": "other"}, true},
		{"role", m{"name": "new"}, true},
		{"role", m{"path": "/new/"}, true},
		{"role", m{"assumeRolePolicy": m{}}, false},
		{"attachment", m{"policyArn": "arn:2"}, true},
		{"policy", m{"policy": "{}"}, false},
		{"oidc", m{"url": "https://2"}, true},
		{"oidc", m{"clientIdLists": []any{"x"}}, false},
		{"key", m{"keyUsage": "SIGN_VERIFY"}, true},
		{"key", m{"enableKeyRotation": true}, false},
		{"alias", m{"name": "alias/2"}, true},
		{"alias", m{"targetKeyId": "2"}, false},
		{"logs", m{"name": "new"}, true},
		{"logs", m{"retentionInDays": 90}, false},
		{"cluster", m{"name": "new"}, true},
		{"cluster", m{"roleArn": "arn:2"}, true},
		{"cluster", m{"version": "1.33"}, false},
		{"cluster", m{"vpcConfig": m{"subnetIds": []any{"x", "y"}}}, false},
		{"cluster", m{"bootstrapSelfManagedAddons": false}, true},
		{"cluster", m{"kubernetesNetworkConfig": m{"serviceIpv4Cidr": "10.100.0.0/16"}}, true},
		{"cluster", m{"kubernetesNetworkConfig": m{"elasticLoadBalancing": m{"enabled": true}}}, false},
		{"cluster", m{"encryptionConfig": m{"resources": []any{"secrets"}}}, false},
		{"entry", m{"principalArn": "arn:2"}, true},
		{"entry", m{"type": "EC2_LINUX"}, true},
		{"entry", m{"kubernetesGroups": []any{"x"}}, false},
		{"association", m{"policyArn": "arn:2"}, true},
		{"addon", m{"addonName": "kube-proxy"}, true},
		{"addon", m{"addonVersion": "v2"}, false},
		{"group", m{"nodeGroupName": "new"}, true},
		{"group", m{"nodeRoleArn": "arn:2"}, true},
		{"group", m{"subnetIds": []any{"x"}}, true},
		{"group", m{"amiType": "CUSTOM"}, true},
		{"group", m{"capacityType": "SPOT"}, true},
		{"group", m{"instanceTypes": []any{"m7i.large"}}, true},
		{"group", m{"diskSize": 50}, true},
		{"group", m{"scalingConfig": m{"minSize": 2, "desiredSize": 2, "maxSize": 2}}, false},
		{"group", m{"launchTemplate": m{"id": "lt-1", "version": "2"}}, false},
		{"group", m{"launchTemplate": m{"id": "lt-2", "version": "1"}}, true},
	} {
		ids := map[string]string{"vpc": "vpc-1", "a": "subnet-1", "b": "subnet-2", "lt": "lt-1", "eip": "eipalloc-1", "nat": "nat-1", "rtb": "rtb-1", "firewall": "sg-1", "role": "role", "key": "1", "cluster": "c", "dsg": "sg-3", "own-lt": "lt-1", "asg": "asg", "queue": "https://1", "event-rule": "rule"}
		old := sample(test.step, ids)
		diff := newLab(t).diff(tokenOf(test.step), old, with(old, test.changes))
		assert.Equal(t, plugin.DiffSome, diff.Changes, "%s %v", test.step, test.changes)
		assert.Equal(t, test.replace, diff.Replace(), "%s %v", test.step, test.changes)
		assert.Equal(t, plugin.DiffNone, newLab(t).diff(tokenOf(test.step), old, old).Changes, test.step)
	}
}

func TestEncryptionIsNeverTakenBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	old := m{"encryptionConfig": m{"provider": m{"keyArn": "1"}}}
	assert.True(t, l.diff(clusterType, old, m{}).Replace())
	assert.True(t, l.diff(clusterType, old, m{"encryptionConfig": m{"provider": m{"keyArn": "2"}}}).Replace())
}

func TestAChosenNameIsDeletedFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	madeUp := m{"name": "role-0123456", "path": "/a/", "__defaults": []any{"name"}}
	assert.False(t, l.diff(roleType, madeUp, with(madeUp, m{"path": "/b/"})).DeleteBeforeReplace)
	chosen := m{"name": "role", "path": "/a/"}
	assert.True(t, l.diff(roleType, chosen, with(chosen, m{"path": "/b/"})).DeleteBeforeReplace)
	assert.False(t, l.diff(roleType, chosen, m{"name": "other", "path": "/b/"}).DeleteBeforeReplace)
}

func TestDefaultTagsAreADifference(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	in := toMap(m{"cidrBlock": "10.0.0.0/16"})
	req := plugin.DiffRequest{
		URN: urnOf(vpcType, "v"), Type: vpcType, OldInputs: in, NewInputs: in, OldOutputs: toMap(m{"tagsAll": m{"owner": "before"}}),
	}
	diff, err := l.Diff(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffSome, diff.Changes)
	assert.False(t, diff.Replace())
	req.OldOutputs = toMap(m{"tagsAll": m{"owner": "lab"}})
	diff, err = l.Diff(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffNone, diff.Changes)
}
