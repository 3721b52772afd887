package recorder

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// computed are the outputs that programs read, by type. Every resource has an arn.
var computed = map[string]map[string]any{
	"aws:ec2/vpc:Vpc":                       {"ownerId": "111122223333", "ipv6CidrBlock": "2600:1f14:0:1200::/56"},
	"aws:ec2/eip:Eip":                       {"allocationId": "eipalloc-1"},
	"aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
	"aws:kms/key:Key":                       {"keyId": "key-1"},
	"aws:eks/nodeGroup:NodeGroup":           {"nodeGroupName": "general-1"},
	"aws:eks/addon:Addon":                   {"addonVersion": "v1"},
	"aws:eks/cluster:Cluster": {
		"vpcConfig":            map[string]any{"clusterSecurityGroupId": "sg-cluster"},
		"endpoint":             "https://EXAMPLE.eks.amazonaws.com",
		"roleArn":              "arn:aws:iam::111122223333:role/eks-role",
		"certificateAuthority": map[string]any{"data": "Q0E="},
		"identities":           []any{map[string]any{"oidcs": []any{map[string]any{"issuer": "https://oidc.example/id/1"}}}},
	},
}

// componentCluster is the remote component; controlPlane is the child that it
// makes in its own process, where mocks can't see it.
const (
	stackReference   = "pulumi:pulumi:StackReference"
	componentCluster = "eks:index:Cluster"
	controlPlane     = "aws:eks/cluster:Cluster"
)

// complete adds a provider's outputs to the inputs.
func (r *Recorder) complete(args pulumi.MockResourceArgs, state resource.PropertyMap) error {
	if !args.Custom && args.TypeToken != componentCluster {
		return nil
	}
	if _, named := state["name"]; !named {
		state["name"] = resource.NewProperty(args.Name)
	}
	state["arn"] = resource.NewProperty("arn:aws:mock:::" + args.Name)
	for key, value := range computed[args.TypeToken] {
		state[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
	}
	if args.TypeToken != componentCluster {
		return nil
	}
	return r.makeControlPlane(args, state)
}

// makeControlPlane registers the cluster that eks.Cluster would, and lets the
// component refer to it.
func (r *Recorder) makeControlPlane(args pulumi.MockResourceArgs, state resource.PropertyMap) error {
	var child pulumi.CustomResourceState
	inputs := pulumi.Map{"name": pulumi.String(args.Inputs["name"].StringValue())}
	if err := r.ctx.RegisterResource(controlPlane, args.Name+"-eksCluster", inputs, &child); err != nil {
		return err
	}
	urn := make(chan string, 1)
	child.URN().ApplyT(func(u pulumi.URN) string { urn <- string(u); return "" })
	state["eksCluster"] = resource.NewProperty(resource.ResourceReference{URN: resource.URN(<-urn)})
	return nil
}

// plain turns properties into Go values, secrets unwrapped.
func plain(inputs resource.PropertyMap) map[string]any { return inputs.MapRepl(nil, unwrap) }

func unwrap(v resource.PropertyValue) (any, bool) {
	if v.IsSecret() {
		return v.SecretValue().Element.MapRepl(nil, unwrap), true
	}
	return nil, false
}

// secrets names the properties that are secret, sorted.
func secrets(inputs resource.PropertyMap) []string {
	var names []string
	for key, value := range inputs {
		if value.IsSecret() || value.IsOutput() && value.OutputValue().Secret {
			names = append(names, string(key))
		}
	}
	slices.Sort(names)
	return names
}

func dependencies(option []string, properties map[string]*pulumirpc.RegisterResourceRequest_PropertyDependencies) []string {
	all := slices.Clone(option)
	for _, property := range properties {
		all = append(all, property.GetUrns()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// urnOf is the URN that the mock monitor gives.
func (r *Recorder) urnOf(res Resource) string {
	var parent tokens.Type
	if p := resource.URN(res.Parent); p != "" && p.QualifiedType() != resource.RootStackType {
		parent = p.QualifiedType()
	}
	return string(resource.NewURN(tokens.QName(r.stack), tokens.PackageName(r.project), parent, tokens.Type(res.Type), res.Name))
}
