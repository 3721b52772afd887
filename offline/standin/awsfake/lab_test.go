package awsfake

import (
	"fmt"
	"maps"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

type m = map[string]any

const policyJSON = `{"Version":"2012-10-17","Statement":[]}`

// lab is a stand-in over a world of its own, used the way the engine uses it.
type lab struct {
	t    *testing.T
	path string
	*Provider
}

func newLab(t *testing.T) *lab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "world.json")
	w, err := world.Open(path)
	require.NoError(t, err)
	p := New(w)
	_, err = p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: toMap(m{
		"region": "ap-northeast-2", "defaultTags": `{"tags":{"owner":"lab"}}`,
	})})
	require.NoError(t, err)
	return &lab{t, path, p}
}

func toMap(in m) resource.PropertyMap { return resource.NewPropertyMapFromMap(in) }

func urnOf(token, name string) resource.URN {
	return resource.NewURN("test", "lab", "", tokens.Type(token), name)
}

func (l *lab) check(token, name string, olds, news resource.PropertyMap) plugin.CheckResponse {
	l.t.Helper()
	response, err := l.Check(l.t.Context(), plugin.CheckRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), Olds: olds, News: news, RandomSeed: []byte(name),
	})
	require.NoError(l.t, err)
	return response
}

// try checks and creates; what Check refuses fails the test.
func (l *lab) try(token, name string, in resource.PropertyMap) (string, resource.PropertyMap, error) {
	l.t.Helper()
	checked := l.check(token, name, nil, in)
	require.Empty(l.t, checked.Failures)
	created, err := l.Create(l.t.Context(), plugin.CreateRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), Properties: checked.Properties,
	})
	return string(created.ID), created.Properties, err
}

func (l *lab) create(token, name string, in m) (string, resource.PropertyMap) {
	l.t.Helper()
	id, state, err := l.try(token, name, toMap(in))
	require.NoError(l.t, err)
	require.NotEmpty(l.t, id)
	return id, state
}

func (l *lab) delete(token, name, id string) error {
	_, err := l.Delete(l.t.Context(), plugin.DeleteRequest{
		URN: urnOf(token, name), Name: name, Type: tokens.Type(token), ID: resource.ID(id),
	})
	return err
}

func (l *lab) diff(token string, old, new m) plugin.DiffResult {
	l.t.Helper()
	diff, err := l.Diff(l.t.Context(), plugin.DiffRequest{
		URN: urnOf(token, "r"), Name: "r", Type: tokens.Type(token), ID: "id", OldInputs: toMap(old), NewInputs: toMap(new),
	})
	require.NoError(l.t, err)
	return diff
}

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
	{"aws:ec2/launchTemplate:LaunchTemplate", "lt", m{"metadataOptions": m{"httpTokens": "required"}, "vpcSecurityGroupIds": []any{"$firewall"}}},
	{roleType, "role", m{"name": "role", "assumeRolePolicy": policyJSON}},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", m{"role": "$role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}},
	{"aws:iam/rolePolicy:RolePolicy", "policy", m{"role": "$role", "policy": policyJSON}},
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
	{"aws:eks/nodeGroup:NodeGroup", "group", m{
		"clusterName": "$cluster", "nodeRoleArn": "arn:aws:iam::111122223333:role/role", "subnetIds": []any{"$a"},
		"scalingConfig": m{"minSize": 1, "desiredSize": 1, "maxSize": 2}, "launchTemplate": m{"id": "$lt", "version": "1"},
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

// with gives a copy of inputs with some changed; nil takes one away.
func with(in, changes m) m {
	out := maps.Clone(in)
	for key, value := range changes {
		out[key] = value
		if value == nil {
			delete(out, key)
		}
	}
	return out
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

func (l *lab) objects() []world.Object {
	var all []world.Object
	require.NoError(l.t, l.world.Look(func(o *world.Objects) error { all = o.All(); return nil }))
	return all
}

func isUnknown(state resource.PropertyMap, path ...string) bool {
	v, found := props.Get(state, path...)
	return found && props.IsUnknown(v)
}
