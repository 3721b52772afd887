package awsfake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

func TestDanglingReferences(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("cluster")
	nowhere := "-0123456789abcdef0"
	for _, test := range []struct {
		step    string
		changes m
		want    string
	}{
		{"a", m{"vpcId": "vpc" + nowhere}, "InvalidVpcID.NotFound: The vpc ID 'vpc" + nowhere + "' does not exist"},
		{"nat", m{"subnetId": "subnet" + nowhere}, "InvalidSubnetID.NotFound: The subnet ID"},
		{"nat", m{"allocationId": "eipalloc" + nowhere}, "InvalidAllocationID.NotFound"},
		{"route", m{"natGatewayId": "nat" + nowhere}, "InvalidNatGatewayID.NotFound"},
		{"rta", m{"routeTableId": "rtb" + nowhere}, "InvalidRouteTableID.NotFound"},
		{"lt", m{"vpcSecurityGroupIds": []any{"sg" + nowhere}}, "InvalidGroup.NotFound"},
		{"group", m{"launchTemplate": m{"version": "1"}}, "InvalidParameterException: Either provide launch template ID or launch template name in the request."},
		{"group", m{"launchTemplate": m{"name": "other", "version": "1"}}, "InvalidLaunchTemplateName.NotFoundException"},
		{"group", m{"launchTemplate": m{"id": "lt" + nowhere, "version": "1"}}, "InvalidLaunchTemplateId.NotFound"},
		{"addon", m{"clusterName": "other"}, "ResourceNotFoundException: No cluster found for name: other."},
		{"attachment", m{"role": "other"}, "NoSuchEntity: The role with name other cannot be found."},
		{"alias", m{"targetKeyId": "other"}, "NotFoundException: Key 'other' does not exist"},
		{"association", m{}, "ResourceNotFoundException: The specified principalArn could not be found"},
		{"way-in", m{"securityGroupId": "sg" + nowhere}, "InvalidGroup.NotFound"},
		{"asg", m{"vpcZoneIdentifiers": []any{"subnet" + nowhere}}, "InvalidSubnetID.NotFound"},
		{"asg", m{"launchTemplate": m{"id": "lt" + nowhere}}, "InvalidLaunchTemplateId.NotFound"},
		{"asg", m{"launchTemplate": m{"name": "other"}}, "InvalidLaunchTemplateName.NotFoundException: The specified launch template, with template name other, does not exist."},
		{"asg", m{"launchTemplate": m{"version": "1"}}, "ValidationError: Valid requests must contain either launchTemplateId or LaunchTemplateName"},
		{"hook", m{"autoscalingGroupName": "other"}, "ValidationError: AutoScalingGroup name not found - AutoScalingGroup other not found"},
		{"profile", m{"role": "other"}, "NoSuchEntity: The role with name other cannot be found."},
		{"own-attachment", m{"policyArn": iamARN("policy/other")}, "NoSuchEntity: Policy arn:aws:iam::111122223333:policy/other does not exist or is not attachable."},
		{"queue-policy", m{"queueUrl": "https://other"}, "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist"},
		{"event-target", m{"rule": "other"}, "ResourceNotFoundException: Rule other does not exist"},
		{"event-target", m{"eventBusName": "own"}, "ResourceNotFoundException: Rule event-rule-"},
		{"fargate", m{"clusterName": "other"}, "ResourceNotFoundException: No cluster found for name: other."},
		{"fargate", m{"subnetIds": []any{"subnet" + nowhere}}, "InvalidSubnetID.NotFound"},
		{"fargate", m{"podExecutionRoleArn": iamARN("role/other")}, "InvalidParameterException: The role " + iamARN("role/other") + " does not exist"},
		{"identity", m{"roleArn": iamARN("role/other")}, "InvalidParameterException: Role provided in the request does not exist"},
	} {
		_, _, err := l.try(tokenOf(test.step), "new", toMap(with(sample(test.step, ids), test.changes)))
		require.ErrorContains(t, err, test.want)
	}
	_, _, err := l.try(vpcType, "tagged", toMap(m{"cidrBlock": "10.9.0.0/16", "tags": m{"peer": "vpc" + nowhere}}))
	require.NoError(t, err, "tags are mere text")
}

func TestTakenNames(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("")
	for step, want := range map[string]string{
		"role":     "EntityAlreadyExists: Role with name role already exists.",
		"cluster":  "ResourceInUseException: Cluster already exists with name: c",
		"logs":     "ResourceAlreadyExistsException: The specified log group already exists",
		"addon":    "ResourceInUseException: Addon already exists",
		"entry":    "ResourceInUseException: The specified access entry",
		"oidc":     "EntityAlreadyExists: Provider",
		"route":    "RouteAlreadyExists",
		"rule":     "InvalidPermission.Duplicate",
		"rta":      "Resource.AlreadyAssociated",
		"a":        "InvalidSubnet.Conflict: The CIDR '10.0.0.0/20' conflicts with another subnet",
		"alias":    "AlreadyExistsException: An alias with the name",
		"group":    "ResourceInUseException: NodeGroup already exists",
		"firewall": "InvalidGroup.Duplicate",
		"lt":       "InvalidLaunchTemplateName.AlreadyExistsException",
		"way-in":   "InvalidPermission.Duplicate",
		"asg":      "AlreadyExists: AutoScalingGroup by this name already exists - A group with the name asg-",
		"profile":  "EntityAlreadyExists: Instance Profile profile-",
		"queue":    "QueueAlreadyExists: A queue already exists with the same name: queue-",
		"fargate":  "ResourceInUseException: A Fargate Profile already exists with this name in this cluster.",
		"identity": "ResourceInUseException: Association already exists",
		// The name is taken whatever the path is.
		"managed-policy": "EntityAlreadyExists: A policy called managed already exists. Duplicate names are not allowed.",
	} {
		in := sample(step, ids)
		if name := table[tokenOf(step)].name; name != nil {
			in[name.property] = props.String(states[step], name.property)
		}
		if step == "managed-policy" {
			in["path"] = "/other/"
		}
		_, _, err := l.try(tokenOf(step), "second", toMap(in))
		require.ErrorContains(t, err, want, step)
	}
	_, _, err := l.try(subnetType, "far", toMap(m{"vpcId": ids["vpc"], "cidrBlock": "192.168.0.0/20"}))
	require.ErrorContains(t, err, "InvalidSubnet.Range")
	_, _, err = l.try(subnetType, "abroad", toMap(m{"vpcId": ids["vpc"], "cidrBlock": "10.0.64.0/20", "availabilityZone": "us-east-1a"}))
	require.ErrorContains(t, err, "parameter availabilityZone is invalid")
}

func TestRulesGoWithTheirGroup(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("way-out")
	group, _ := l.create(securityGroupType, "nodes", m{"vpcId": ids["vpc"]})
	within := m{"securityGroupId": group, "referencedSecurityGroupId": group, "ipProtocol": "-1"}
	rule, _ := l.create(tokenOf("way-in"), "among nodes", within)
	l.create(tokenOf("way-out"), "out", with(sample("way-out", ids), m{"securityGroupId": group}))
	require.NoError(t, l.delete(securityGroupType, "nodes", group), "a group's own rules do not hold it")
	for _, object := range l.objects() {
		require.NotEqual(t, rule, object.ID)
		require.NotEqual(t, group, object.Inputs["securityGroupId"])
	}
}
