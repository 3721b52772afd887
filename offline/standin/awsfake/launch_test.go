package awsfake

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// TestANodeGroupGoesWithItsTemplate: what a launch template says a node group must
// not say too, and an image of one's own is in the template.
func TestANodeGroupGoesWithItsTemplate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		template, group m
		want            string
	}{
		"own image":             {m{"imageId": "ami-1"}, m{"amiType": "CUSTOM"}, ""},
		"own image, no type":    {m{"imageId": "ami-1"}, m{}, ""},
		"image of EKS":          {m{}, m{"amiType": "BOTTLEROCKET_x86_64", "version": "1.32"}, ""},
		"no image":              {m{}, m{"amiType": "CUSTOM"}, "InvalidParameterException: The launch template lt-name has no image id"},
		"two images":            {m{"imageId": "ami-1"}, m{"amiType": "AL2023_x86_64_STANDARD"}, "You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template."},
		"image and version":     {m{"imageId": "ami-1"}, m{"version": "1.32"}, "InvalidParameterException: You cannot specify a kubernetes version to use"},
		"image and release":     {m{"imageId": "ami-1"}, m{"releaseVersion": "1.32.0-20250101"}, "InvalidParameterException: The release version"},
		"instance type":         {m{"instanceType": "m7i.large"}, m{}, ""},
		"instance types, twice": {m{"instanceType": "m7i.large"}, m{"instanceTypes": []any{"m7i.large"}}, "InvalidRequestException: Cannot specify instance types in launch template and API request"},
		"instance profile":      {m{"iamInstanceProfile": m{"name": "p"}}, m{}, "Launch template lt-name should not specify an instance profile."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			ids, _ := l.build("cluster")
			ids["lt"], _ = l.create(templateType, "own", with(m{"name": "lt-name"}, test.template))
			in := with(sample("group", ids), test.group)
			id, state, err := l.try(tokenOf("group"), "group", toMap(in))
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			if test.template["imageId"] == nil {
				return
			}
			assert.Equal(t, "CUSTOM", props.String(state, "amiType"))
			assert.Equal(t, "ami-1", props.String(state, "releaseVersion"), "EKS reports the image instead of a release")
			_, err = l.update(tokenOf("group"), "group", id, state, in, with(in, m{"version": "1.32"}), false)
			require.ErrorContains(t, err, "You cannot specify a kubernetes version", "neither later")
		})
	}
}

func TestAGroupStartsFromItsTemplate(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("asg")
	template := states["own-lt"]
	assert.Equal(t, props.String(template, "name"), props.String(states["asg"], "launchTemplate", "name"))
	assert.Equal(t, []any{"ap-northeast-2a", "ap-northeast-2b"}, states["asg"]["availabilityZones"].Mappable())
	assert.InDelta(t, 1, states["asg"]["desiredCapacity"].NumberValue(), 0)

	byName := m{"launchTemplate": m{"launchTemplateSpecification": m{"launchTemplateName": props.String(template, "name")}}}
	mixed := with(sample("asg", ids), m{"launchTemplate": nil, "desiredCapacity": nil, "minSize": 2, "mixedInstancesPolicy": byName})
	id, state, err := l.try(groupType, "mixed", toMap(mixed))
	require.NoError(t, err)
	assert.InDelta(t, 2, state["desiredCapacity"].NumberValue(), 0, "the minimum is desired where nothing else is said")

	require.NoError(t, l.delete(profileType, "profile", ids["profile"]), "IAM does not know of templates")
	const want = "ValidationError: You must use a valid fully-formed launch template. Value (profile-"
	_, _, err = l.try(groupType, "late", toMap(sample("asg", ids)))
	require.ErrorContains(t, err, want)
	_, err = l.update(groupType, "mixed", id, state, mixed, with(mixed, m{"maxSize": 5}), false)
	require.ErrorContains(t, err, want)
}

func TestEKSTakesRolesThatTrustIt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("")
	untrusting := iamARN("role/role")
	_, _, err := l.try(tokenOf("fargate"), "second", toMap(with(sample("fargate", ids), m{"podExecutionRoleArn": untrusting})))
	require.ErrorContains(t, err, "InvalidParameterException: Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal")
	in := sample("identity", ids)
	_, err = l.update(tokenOf("identity"), "identity", ids["identity"], states["identity"], in, with(in, m{"roleArn": untrusting}), false)
	require.ErrorContains(t, err, "InvalidParameterException: Trust policy of the role provided is invalid.")
	_, _, err = l.try(tokenOf("identity"), "foreign", toMap(with(in, m{"serviceAccount": "x", "roleArn": "arn:aws:iam::444455556666:role/theirs"})))
	require.NoError(t, err, "of other accounts nothing is known")
	require.NoError(t, l.delete(roleType, "pod-role", ids["pod-role"]), "IAM does not know what EKS has taken")
}

func TestNodesHaveNoPolicies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("cluster")
	for entryType, want := range map[string]string{
		"STANDARD": "", "EC2": "", "EC2_LINUX": `InvalidParameterException: This operation can only be performed on Access Entries with a type of "STANDARD".`,
	} {
		principal := m{"principalArn": iamARN("role/" + entryType)}
		_, state := l.create(tokenOf("entry"), "entry-"+entryType, with(sample("entry", ids), with(principal, m{"type": entryType})))
		_, _, err := l.try(tokenOf("association"), "association-"+entryType, toMap(with(sample("association", ids), principal)))
		if want == "" {
			require.NoError(t, err, entryType)
			continue
		}
		require.ErrorContains(t, err, want, entryType)
		assert.Equal(t, "system:node:{{EC2PrivateDNSName}}", props.String(state, "userName"))
	}
}

func TestInlinePoliciesOfARoleAddUp(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("policy")
	half := `{"Version":"2012-10-17","Statement":["` + strings.Repeat("s", 6000) + `"]}`
	in := with(sample("policy", ids), m{"policy": half})
	id, state, err := l.try(inlineType, "first", toMap(in))
	require.NoError(t, err)
	const want = "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role role"
	_, _, err = l.try(inlineType, "second", toMap(in))
	require.ErrorContains(t, err, want)
	_, err = l.update(inlineType, "first", id, state, in, with(in, m{"policy": strings.ReplaceAll(half, "[", "[\n\t")}), false)
	require.NoError(t, err, "white space does not count, and an update replaces")
}
