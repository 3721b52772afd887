package awsfake

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

func TestOutputsHaveTheRightForm(t *testing.T) {
	t.Parallel()
	ids, states := newLab(t).build("")
	const hex17 = `[0-9a-f]{17}$`
	for name, pattern := range map[string]string{
		"vpc": `^vpc-` + hex17, "a": `^subnet-` + hex17, "igw": `^igw-` + hex17, "eip": `^eipalloc-` + hex17,
		"nat": `^nat-` + hex17, "rtb": `^rtb-` + hex17, "lt": `^lt-` + hex17, "firewall": `^sg-` + hex17,
		"rta": `^rtbassoc-` + hex17, "role": `^role$`, "cluster": `^c$`, "group": `^c:group-[0-9a-f]{7}$`,
		"addon": `^c:coredns$`, "entry": `^c:arn:aws:iam::111122223333:role/role$`,
		"oidc": `^arn:aws:iam::111122223333:oidc-provider/oidc\.example\.com/id/1$`, "way-in": `^sgr-` + hex17,
		"asg": `^asg-[0-9a-f]{7}$`, "profile": `^profile-[0-9a-f]{7}$`, "managed-policy": `^arn:aws:iam::111122223333:policy/managed$`,
		"queue": `^https://sqs\.ap-northeast-2\.amazonaws\.com/111122223333/queue-[0-9a-f]{7}$`, "event-rule": `^event-rule-[0-9a-f]{7}$`,
		"event-target": `^event-rule-[0-9a-f]{7}-event-target-[0-9a-f]{7}$`, "fargate": `^c:fargate-[0-9a-f]{7}$`, "identity": `^a-` + hex17,
		"key": `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, "alias": `^alias/alias-[0-9a-f]{7}$`,
	} {
		assert.Regexp(t, pattern, ids[name])
	}
	cluster := states["cluster"]
	assert.Regexp(t, `^https://[0-9A-F]{32}\.gr7\.ap-northeast-2\.eks\.amazonaws\.com$`, props.String(cluster, "endpoint"))
	assert.Equal(t, "arn:aws:eks:ap-northeast-2:111122223333:cluster/c", props.String(cluster, "arn"))
	assert.Equal(t, ids["vpc"], props.String(cluster, "vpcConfig", "vpcId"))
	assert.Regexp(t, `^sg-`+hex17, props.String(cluster, "vpcConfig", "clusterSecurityGroupId"))
	issuer := cluster["identities"].ArrayValue()[0].ObjectValue()["oidcs"].ArrayValue()[0].ObjectValue()
	assert.Regexp(t, `^https://oidc\.eks\.ap-northeast-2\.amazonaws\.com/id/[0-9A-F]{32}$`, props.String(issuer, "issuer"))
	assert.Equal(t, "1.32", props.String(states["group"], "version"), "a node group follows its cluster")
	assert.Equal(t, "apne2-az1", props.String(states["a"], "availabilityZoneId"))
	assert.Equal(t, props.String(states["eip"], "publicIp"), props.String(states["nat"], "publicIp"))
	assert.Equal(t, props.String(states["vpc"], "defaultSecurityGroupId"), ids["dsg"])
	assert.Equal(t, map[string]any{"owner": "lab", "Name": "igw"}, states["igw"]["tagsAll"].Mappable())
}

func TestPreviewKnowsWhatIsGivenOnly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	preview, err := l.Create(t.Context(), plugin.CreateRequest{
		URN: urnOf(clusterType, "c"), Type: clusterType, Preview: true,
		Properties: toMap(m{"name": "c", "roleArn": "r", "vpcConfig": m{"subnetIds": []any{"a"}}, "tags": m{"a": "b"}}),
	})
	require.NoError(t, err)
	state := preview.Properties
	assert.Equal(t, "c", props.String(state, "name"))
	assert.True(t, isUnknown(state, "endpoint"))
	assert.True(t, isUnknown(state, "vpcConfig", "clusterSecurityGroupId"))
	assert.True(t, state["vpcConfig"].ObjectValue()["subnetIds"].IsArray())
	assert.True(t, state["bootstrapSelfManagedAddons"].BoolValue(), "defaults are known")
	assert.Equal(t, "lab", props.String(state, "tagsAll", "owner"))
}

func TestDeleteRefusesWhatIsReferredTo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("")
	for step, want := range map[string]string{
		"vpc":     "DependencyViolation: '" + ids["vpc"] + "' has dependencies and cannot be deleted: ",
		"a":       "DependencyViolation",
		"eip":     "DependencyViolation",
		"role":    "DeleteConflict",
		"cluster": "ResourceInUseException: 'c' has dependencies and cannot be deleted: urn:pulumi:test::lab::aws:eks/fargateProfile:FargateProfile::fargate",
		// What goes with the group does not hold it, what another group lets in does.
		"dsg":            "DependencyViolation",
		"managed-policy": "DeleteConflict",
		"event-rule":     "ValidationException: 'event-rule-",
	} {
		require.ErrorContains(t, l.delete(tokenOf(step), step, ids[step]), want, step)
	}
	require.NoError(t, l.delete(tokenOf("nat"), "nat", ids["nat"]), "the route to it becomes a black hole")
	require.NoError(t, l.delete(tokenOf("fargate"), "fargate", ids["fargate"]))
	require.ErrorContains(t, l.delete(tokenOf("cluster"), "cluster", ids["cluster"]), "urn:pulumi:test::lab::aws:eks/nodeGroup:NodeGroup::group")
	require.NoError(t, l.delete(tokenOf("group"), "group", ids["group"]))
	require.NoError(t, l.delete(tokenOf("cluster"), "cluster", ids["cluster"]))
	for _, object := range l.objects() {
		assert.NotContains(t, []string{tokenOf("addon"), tokenOf("entry"), tokenOf("association"), tokenOf("identity")}, object.Type, "a cluster takes along what is in it")
	}
	require.NoError(t, l.delete(tokenOf("addon"), "addon", ids["addon"]), "what is gone already is deleted")
}

func TestANewObjectUnderAnOldURNHasANewID(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first, _ := l.create(vpcType, "vpc", m{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, l.delete(vpcType, "vpc", first))
	second, _ := l.create(vpcType, "vpc", m{"cidrBlock": "10.0.0.0/16"})
	assert.NotEqual(t, first, second)
	again, _ := newLab(t).create(vpcType, "vpc", m{"cidrBlock": "10.0.0.0/16"})
	assert.Equal(t, first, again, "another world repeats the first")
}

func (l *lab) update(token, name, id string, old resource.PropertyMap, inputs, news m, preview bool) (resource.PropertyMap, error) {
	response, err := l.Update(l.t.Context(), plugin.UpdateRequest{
		URN: urnOf(token, name), Type: tokens.Type(token), ID: resource.ID(id),
		OldInputs: toMap(inputs), OldOutputs: old, NewInputs: toMap(news), Preview: preview,
	})
	return response.Properties, err
}

func TestUpdateKeepsWhatWasComputed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("")
	in := sample("cluster", ids)
	state, err := l.update(clusterType, "cluster", "c", states["cluster"], in, with(in, m{"version": "1.33"}), false)
	require.NoError(t, err)
	assert.Equal(t, states["cluster"]["endpoint"], state["endpoint"])
	assert.Equal(t, "1.33", props.String(state, "version"))
	assert.Equal(t, props.String(states["cluster"], "vpcConfig", "clusterSecurityGroupId"), props.String(state, "vpcConfig", "clusterSecurityGroupId"))

	_, err = l.update(clusterType, "cluster", "c", states["cluster"], in, with(in, m{"vpcConfig": m{"subnetIds": []any{"subnet-0123456789abcdef0"}}}), false)
	require.ErrorContains(t, err, "InvalidSubnetID.NotFound")
	_, err = l.update(clusterType, "cluster", "gone", states["cluster"], in, in, false)
	require.ErrorContains(t, err, "ResourceNotFoundException")
}

func TestALaunchTemplateHasVersions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	token := tokenOf("lt")
	in := m{"name": "lt-name", "imageId": "ami-1"}
	id, state := l.create(token, "lt", in)
	preview, err := l.update(token, "lt", id, state, in, with(in, m{"imageId": "ami-2"}), true)
	require.NoError(t, err)
	assert.True(t, isUnknown(preview, "latestVersion"))
	assert.Equal(t, state["arn"], preview["arn"])
	next, err := l.update(token, "lt", id, state, in, with(in, m{"imageId": "ami-2"}), false)
	require.NoError(t, err)
	assert.InDelta(t, 2, next["latestVersion"].NumberValue(), 0)
	assert.InDelta(t, 1, next["defaultVersion"].NumberValue(), 0)
	tagged, err := l.update(token, "lt", id, next, in, with(in, m{"tags": m{"a": "b"}}), false)
	require.NoError(t, err)
	assert.InDelta(t, 2, tagged["latestVersion"].NumberValue(), 0, "tags are no part of a version")
}

func TestReadFindsAndMisses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("cluster")
	group := props.String(states["cluster"], "vpcConfig", "clusterSecurityGroupId")
	read, err := l.Read(t.Context(), plugin.ReadRequest{URN: urnOf(securityGroupType, "g"), Type: securityGroupType, ID: resource.ID(group)})
	require.NoError(t, err)
	assert.Equal(t, resource.ID(group), read.ID, "what AWS made by itself can be read")
	read, err = l.Read(t.Context(), plugin.ReadRequest{
		URN: urnOf(vpcType, "vpc"), Type: vpcType, ID: resource.ID(ids["vpc"]), State: states["vpc"], Inputs: toMap(sample("vpc", ids)),
	})
	require.NoError(t, err)
	assert.Equal(t, states["vpc"], read.Outputs)
	read, err = l.Read(t.Context(), plugin.ReadRequest{URN: urnOf(vpcType, "vpc"), Type: vpcType, ID: "vpc-gone", State: states["vpc"]})
	require.NoError(t, err)
	assert.Empty(t, read.ID)
}

func TestNoSecretReachesTheWorld(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	in := toMap(m{"tags": m{"plain": "visible"}})
	secret := resource.MakeSecret(resource.NewStringProperty("aHVudGVyMg=="))
	in["userData"] = secret
	in["tags"].ObjectValue()["token"] = secret
	_, state, err := l.try(tokenOf("lt"), "lt", in)
	require.NoError(t, err)
	assert.True(t, state["userData"].IsSecret(), "a secret input is a secret output")
	assert.True(t, state["tagsAll"].ContainsSecrets())
	text, err := os.ReadFile(l.path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "visible")
	assert.NotContains(t, string(text), "aHVudGVyMg==")
}
