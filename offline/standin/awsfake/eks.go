package awsfake

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

const clusterType = "aws:eks/cluster:Cluster"

// certificate is what a certificate authority's data looks like; no key
// belongs to it.
var certificate = base64.StdEncoding.EncodeToString([]byte(
	"-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVkIGJ5IHRoZSBhd3Mgc3RhbmQtaW4=\n-----END CERTIFICATE-----\n"))

var (
	clusterName   = matching(regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`), "must have 1 to 100 letters, digits, dashes or underscores and begin with a letter or digit")
	minorVersion  = matching(regexp.MustCompile(`^1\.\d{1,2}$`), "must be a Kubernetes minor version such as 1.33")
	nodeGroupName = matching(regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$`), "must have 1 to 63 letters, digits, dashes or underscores and begin with a letter or digit")
)

// eksRows: enumerations without a source of their own are those of the SDK's
// doc comments.
var eksRows = map[string]*row{
	clusterType: {
		args: eks.ClusterArgs{}, result: eks.Cluster{},
		required: []string{"vpcConfig.subnetIds", "encryptionConfig.resources"},
		rules: []rule{
			{"name", clusterName}, {"version", minorVersion},
			{"enabledClusterLogTypes.*", oneOf("api", "audit", "authenticator", "controllerManager", "scheduler")},
			{"accessConfig.authenticationMode", oneOf("API", "API_AND_CONFIG_MAP", "CONFIG_MAP")},
			{"encryptionConfig.resources.*", oneOf("secrets")},
			{"kubernetesNetworkConfig.ipFamily", oneOf("ipv4", "ipv6")},
			{"kubernetesNetworkConfig.serviceIpv4Cidr", prefixBetween(12, 24)},
			{"kubernetesNetworkConfig.serviceIpv4Cidr", isPrivate},
			{"upgradePolicy.supportType", oneOf("STANDARD", "EXTENDED")},
		},
		cross: crossCluster,
		name:  &autoname{property: "name", max: 100},
		Rules: delta.Rules{
			Replace: []string{
				"name", "roleArn", "bootstrapSelfManagedAddons", "kubernetesNetworkConfig.ipFamily",
				"kubernetesNetworkConfig.serviceIpv4Cidr", "accessConfig.bootstrapClusterCreatorAdminPermissions",
				"outpostConfig", "remoteNetworkConfig",
			},
			ReplaceUnlessAdded: []string{"encryptionConfig"},
			Sets: []string{
				"enabledClusterLogTypes", "encryptionConfig.resources", "vpcConfig.subnetIds",
				"vpcConfig.securityGroupIds", "vpcConfig.publicAccessCidrs",
			},
		},
		defaults: map[string]any{"bootstrapSelfManagedAddons": true},
		id:       idFrom("", "name"),
		outputs:  clusterOutputs,
		implicit: [][]string{{"vpcConfig", "clusterSecurityGroupId"}},
		amend:    amendCluster,
		taken:    message{"ResourceInUseException", "Cluster already exists with name: %s"},
		inUse:    "ResourceInUseException",
	},
	"aws:eks/nodeGroup:NodeGroup": {
		args: eks.NodeGroupArgs{}, result: eks.NodeGroup{},
		required: []string{"subnetIds"},
		atMostOne: [][]string{
			{"nodeGroupName", "nodeGroupNamePrefix"}, {"launchTemplate", "remoteAccess"}, {"launchTemplate", "diskSize"},
			{"launchTemplate.id", "launchTemplate.name"}, {"updateConfig.maxUnavailable", "updateConfig.maxUnavailablePercentage"},
		},
		rules: []rule{
			{"nodeGroupName", nodeGroupName}, {"clusterName", clusterName}, {"version", minorVersion},
			{"amiType", oneOf(amiTypes...)}, {"capacityType", oneOf("ON_DEMAND", "SPOT", "CAPACITY_BLOCK")},
			{"taints.*.effect", oneOf("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE")},
			{"taints.*.key", matching(regexp.MustCompile(`^.{1,63}$`), "must have 1 to 63 characters")},
			{"scalingConfig.minSize", between(0, 1000000)}, {"scalingConfig.maxSize", between(1, 1000000)},
			{"updateConfig.maxUnavailable", between(1, 100)}, {"updateConfig.maxUnavailablePercentage", between(1, 100)},
		},
		cross: crossNodeGroup,
		name:  &autoname{property: "nodeGroupName", prefix: "nodeGroupNamePrefix", max: 63},
		Rules: delta.Rules{
			Replace: []string{
				"nodeGroupName", "nodeGroupNamePrefix", "clusterName", "nodeRoleArn", "subnetIds", "amiType",
				"capacityType", "instanceTypes", "diskSize", "remoteAccess", "launchTemplate.id", "launchTemplate.name",
			},
			Sets: []string{"subnetIds", "taints", "remoteAccess.sourceSecurityGroupIds"},
		},
		id: idFrom(":", "clusterName", "nodeGroupName"),
		outputs: func(t thing) map[string]any {
			group := "eks-" + t.str("nodeGroupName") + "-" + t.uuid("asg")
			amiType, release, disk := t.image()
			return map[string]any{
				"arn":    t.arn("eks", fmt.Sprintf("nodegroup/%s/%s/%s", t.str("clusterName"), t.str("nodeGroupName"), t.uuid("arn"))),
				"status": "ACTIVE", "amiType": amiType, "capacityType": "ON_DEMAND",
				"version": clusterVersion(t), "releaseVersion": release,
				"resources":     []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": group}}, "remoteAccessSecurityGroupId": ""}},
				"instanceTypes": []any{"t3.medium"}, "diskSize": disk, "updateConfig": map[string]any{"maxUnavailable": 1},
				"nodeRepairConfig": map[string]any{"enabled": false},
			}
		},
		taken:      message{"ResourceInUseException", "NodeGroup already exists: %s"},
		references: clusterReference,
		admit:      admitNodeGroup,
		amend:      again(admitNodeGroup),
	},
}

func clusterOutputs(t thing) map[string]any {
	mark := strings.ToUpper(t.hex("cluster", 32))
	issuer := fmt.Sprintf("https://oidc.eks.%s.amazonaws.com/id/%s", t.region, mark)
	authority := map[string]any{"data": certificate}
	return map[string]any{
		"arn": t.arn("eks", "cluster/"+t.id), "status": "ACTIVE", "platformVersion": "eks.1", "createdAt": createdAt,
		"endpoint":             fmt.Sprintf("https://%s.gr7.%s.eks.amazonaws.com", mark, t.region),
		"certificateAuthority": authority, "certificateAuthorities": []any{authority},
		"identities":              []any{map[string]any{"oidcs": []any{map[string]any{"issuer": issuer}}}},
		"vpcConfig":               map[string]any{"clusterSecurityGroupId": t.ec2ID("sg"), "vpcId": subnetVPC(t), "endpointPublicAccess": true, "endpointPrivateAccess": false},
		"accessConfig":            map[string]any{"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": true},
		"kubernetesNetworkConfig": map[string]any{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16", "serviceIpv6Cidr": ""},
		"upgradePolicy":           map[string]any{"supportType": "EXTENDED"},
		"version":                 newestVersion,
	}
}

// newestVersion is what a cluster without a version of its own gets.
const newestVersion = "1.33"

// subnetVPC finds the VPC that a cluster's subnets are in.
func subnetVPC(t thing) string {
	for _, id := range t.strs("vpcConfig", "subnetIds") {
		if subnet, found := t.objects.FindID(t.region, id); found {
			vpc, _ := subnet.Inputs["vpcId"].(string)
			return vpc
		}
	}
	return ""
}

// clusterVersion finds the version of the cluster that a thing belongs to.
func clusterVersion(t thing) string {
	cluster, _ := t.objects.Find(t.region, clusterType, t.str("clusterName"))
	if version, given := cluster.Inputs["version"].(string); given {
		return version
	}
	return newestVersion
}

// crossCluster: somebody must be able to reach the API server, and EKS wants
// subnets in two zones, which takes at least two subnets.
func crossCluster(in resource.PropertyMap) []failure {
	var failures []failure
	private, _ := props.Get(in, "vpcConfig", "endpointPrivateAccess")
	public, _ := props.Get(in, "vpcConfig", "endpointPublicAccess")
	if public.IsBool() && !public.BoolValue() && (private.IsNull() || (private.IsBool() && !private.BoolValue())) {
		failures = append(failures, wrong("private and public endpoint access cannot both be false", "vpcConfig"))
	}
	if subnets, given := props.Get(in, "vpcConfig", "subnetIds"); given && subnets.IsArray() && len(subnets.ArrayValue()) < 2 {
		failures = append(failures, wrong("subnets in at least two availability zones must be given", "vpcConfig", "subnetIds"))
	}
	return failures
}

// crossNodeGroup: minimum, desired and maximum size in that order, and an image
// of one's own with all that it asks for.
func crossNodeGroup(in resource.PropertyMap) []failure {
	failures := crossImage(in)
	for _, pair := range [][2]string{{"minSize", "desiredSize"}, {"desiredSize", "maxSize"}} {
		low, lowKnown := number(in, "scalingConfig", pair[0])
		high, highKnown := number(in, "scalingConfig", pair[1])
		if lowKnown && highKnown && low > high {
			failures = append(failures, wrong(
				fmt.Sprintf("%s %v cannot be greater than %s %v", pair[0], low, pair[1], high), "scalingConfig", pair[0]))
		}
	}
	return failures
}
