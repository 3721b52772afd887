package cni

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/ipplan"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// Spec decides how pods get addresses. It is plain data: what it yields is known
// before anything exists.
type Spec struct {
	ipplan.CNI
	// Optional. Security groups of the pods' interfaces besides the cluster's own,
	// by id; with custom networking only. Default none.
	PodSecurityGroupIDs []string `json:"podSecurityGroupIds"`
	// Optional. Lets the VPC CNI enforce NetworkPolicies, on Linux nodes of EC2; without,
	// they change nothing. Other CNIs always do. Default false; true where there are tenants.
	NetworkPolicies bool `json:"networkPolicies"`
}

// WithDefaults returns a copy in which every value left out has its default.
func (s Spec) WithDefaults() Spec {
	s.CNI = s.CNI.WithDefaults()
	return s
}

// Validate lists what is wrong with the values.
func (s Spec) Validate() []problem.Problem {
	var list problem.List
	list.Under("", s.CNI.Validate())
	for i, id := range s.PodSecurityGroupIDs {
		if !form.SecurityGroupID.MatchString(id) {
			list.Addf(fmt.Sprintf("podSecurityGroupIds[%d]", i), "write it as sg-0123456789abcdef0", "%q is not a security group's id", id)
		}
	}
	if len(s.PodSecurityGroupIDs) > form.MaxInterfaceGroups {
		list.Addf("podSecurityGroupIds", "use up to 4", "there are %d", len(s.PodSecurityGroupIDs))
	}
	if len(s.PodSecurityGroupIDs) > 0 && !s.CustomNetworking {
		list.Add("podSecurityGroupIds", "has no effect without customNetworking", "remove it, or set customNetworking: true")
	}
	return list.All()
}

// Addon is the managed add-on that these settings are for.
const Addon = "vpc-cni"

// AddonConfiguration is the configuration of the managed vpc-cni add-on, as JSON.
// Everything is set that a decision of the plan rests on, and nothing else. With
// Windows nodes, the control plane gives addresses to their pods.
// Sources: https://github.com/aws/amazon-vpc-cni-k8s#cni-configuration-variables
// https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
// https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
func (s Spec) AddonConfiguration(windows bool) (string, error) {
	env := map[string]string{}
	if s.CustomNetworking {
		env["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] = "true"
		env["ENI_CONFIG_LABEL_DEF"] = zoneLabel
	}
	if s.PrefixDelegation {
		env["ENABLE_PREFIX_DELEGATION"] = "true"
	}
	for name, target := range map[string]*int{
		"WARM_ENI_TARGET": s.WarmENITarget, "WARM_IP_TARGET": s.WarmIPTarget,
		"MINIMUM_IP_TARGET": s.MinimumIPTarget, "WARM_PREFIX_TARGET": s.warmPrefixes(),
	} {
		if target != nil {
			env[name] = strconv.Itoa(*target)
		}
	}
	configuration := map[string]any{}
	if len(env) > 0 {
		configuration["env"] = env
	}
	if s.NetworkPolicies {
		configuration["enableNetworkPolicy"] = "true"
	}
	if windows {
		configuration["enableWindowsIpam"] = "true"
	}
	if len(configuration) == 0 {
		return "", nil
	}
	text, err := json.Marshal(configuration)
	return string(text), err
}

// warmPrefixes is written out where the plan counts with its default.
func (s Spec) warmPrefixes() *int {
	if s.PrefixDelegation && s.WarmPrefixTarget == nil && s.WarmIPTarget == nil && s.MinimumIPTarget == nil {
		return new(ipplan.DefaultWarmPrefixes)
	}
	return s.WarmPrefixTarget
}

// zoneLabel is the node's label by which the CNI finds a node's ENIConfig.
const zoneLabel = "topology.kubernetes.io/zone"
