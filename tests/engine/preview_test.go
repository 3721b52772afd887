package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// find is the one resource of a type and a name in a plan.
func find(t *testing.T, plan engine.Plan, token, name string) engine.Resource {
	t.Helper()
	for _, res := range plan {
		if res.Type == token && res.Name == name {
			return res
		}
	}
	require.Failf(t, "not planned", "%s %s", token, name)
	return engine.Resource{}
}

func TestPreviewOfEveryStack(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]struct {
		public    bool
		protect   bool
		podsApart bool
		zones     int
		after     string
	}{
		"dev": {public: true, zones: 2}, "stg": {podsApart: true, zones: 3, after: "dev"},
		"prd": {podsApart: true, protect: true, zones: 3, after: "stg"},
	} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			r := open(t, stack, program)
			preview, err := r.Preview(context.Background())
			require.NoError(t, err)
			plan := preview.Plan
			assert.Empty(t, preview.Findings, "the policies have nothing to say against it")
			assert.Contains(t, r.output.String(), "eks-platform@v0.1.0", "the policy pack has given its verdict")
			warnings := slices.Compact(regexp.MustCompile(`warning: .*`).FindAllString(r.output.String(), -1)) // once as it comes, once in the end
			warnings = slices.DeleteFunc(warnings, func(text string) bool { return strings.Contains(text, "NOT IN THIS PLAN: chart ") })
			slices.Sort(warnings)
			warnings = slices.Compact(warnings)
			if want.after == "" {
				assert.Empty(t, warnings, "the plan is clean")
			} else {
				assert.Equal(t, []string{"warning: stack " + want.after + " has not been deployed, so nothing has proved Kubernetes 1.35 there"}, warnings)
			}
			assert.Contains(t, r.output.String(), "Kubernetes 1.35: standard support until 2027-03-27 (146 days), 0.10 USD an hour")

			count := regexp.MustCompile(`\+ (\d+) to create`).FindStringSubmatch(r.output.String())
			require.Len(t, count, 2)
			assert.Contains(t, preview.Summary(nil), "### Stack `"+stack+"`: "+count[1]+" to create\n", "the summary counts as Pulumi does")

			name := "eks-platform-" + stack
			component := find(t, plan, "eks:index:Cluster", name)
			control := find(t, plan, "aws:eks/cluster:Cluster", name+"-eksCluster")
			assert.Equal(t, component.URN, control.Parent, "the plan shows the children of eks.Cluster")
			assert.Equal(t, map[string]any{"supportType": "STANDARD"}, control.Inputs["upgradePolicy"], "set on the child")
			assert.Equal(t, false, control.Inputs["bootstrapSelfManagedAddons"])
			if want.podsApart {
				assert.Equal(t, map[string]any{"enabled": true}, control.Inputs["zonalShiftConfig"])
			} else {
				assert.NotContains(t, control.Inputs, "zonalShiftConfig")
			}
			assert.Contains(t, control.Dependencies, find(t, plan, "aws:cloudwatch/logGroup:LogGroup", name).URN, "the log group is there before the cluster writes to it")
			network := control.Inputs["vpcConfig"].(map[string]any)
			assert.Equal(t, want.public, network["endpointPublicAccess"])
			assert.Equal(t, true, network["endpointPrivateAccess"])

			subnets := 0
			for _, res := range plan {
				assert.Equal(t, "create", res.Operation, res.URN)
				if res.Type == "aws:ec2/subnet:Subnet" {
					subnets++
				}
				labels, _ := res.Inputs["tags"].(map[string]any)
				assert.NotEqual(t, "owned", labels["kubernetes.io/cluster/"+name], "%s: only EKS's own security group is the cluster's", res.URN)
				assert.NotContains(t, res.Type, "iam/instanceProfile", "eks.Cluster makes no nodes")
				assert.False(t, res.Type == "pulumi:providers:aws" && res.Name != name, "%s: the children of eks.Cluster use the one provider", res.Name)
			}
			tiers := map[bool]int{true: 5, false: 4}[want.podsApart]
			assert.Equal(t, tiers*want.zones, subnets)
			assert.Contains(t, r.output.String(), "Address plan", "reviewers see what addresses there are")
			assert.Contains(t, r.output.String(), "free is what the worst of normal, maximum, rolling")

			group := find(t, plan, "aws:eks/nodeGroup:NodeGroup", name+"-general")
			assert.Contains(t, group.Dependencies, find(t, plan, "aws:eks/addon:Addon", name+"-before-nodes-vpc-cni").URN, "the CNI comes before the nodes")
			configs := 0
			for _, res := range plan {
				if res.Type == "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig" {
					configs++
					assert.Contains(t, group.Dependencies, res.URN, "a node's ENIConfig is there before the node")
					assert.Contains(t, res.Dependencies, find(t, plan, "aws:eks/addon:Addon", name+"-before-nodes-vpc-cni").URN)
				}
			}
			assert.Equal(t, map[bool]int{true: want.zones}[want.podsApart], configs, "one a zone")
			dns := find(t, plan, "aws:eks/addon:Addon", name+"-after-nodes-coredns")
			assert.Contains(t, dns.Dependencies, group.URN, "DNS comes after the nodes")
		})
	}
}

// The plan's file is JSON in which unknowns and secrets are marked.
func TestPlanFile(t *testing.T) {
	t.Parallel()
	r := open(t, "dev", program)
	preview, err := r.Preview(context.Background())
	require.NoError(t, err)
	plan := preview.Plan
	file := filepath.Join(t.TempDir(), "plan.json")
	require.NoError(t, plan.Write(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var resources []map[string]any
	require.NoError(t, json.Unmarshal(text, &resources))
	require.Len(t, resources, len(plan))
	for _, res := range resources {
		for _, key := range []string{"urn", "type", "name", "custom", "dependencies", "inputs"} {
			assert.Contains(t, res, key)
		}
	}
	subnet := find(t, plan, "aws:ec2/subnet:Subnet", "eks-platform-dev-private-a")
	assert.Equal(t, map[string]any{"$unknown": true}, subnet.Inputs["vpcId"])
	stack := find(t, plan, "pulumi:pulumi:Stack", "eks-platform-dev")
	assert.Empty(t, stack.Parent)
	provider := find(t, plan, "pulumi:providers:kubernetes", "eks-platform-dev-provider")
	assert.NotContains(t, provider.Inputs, "ciphertext")
}

func TestWhatCannotRunSaysWhy(t *testing.T) {
	t.Parallel()
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	empty := t.TempDir()
	for name, test := range map[string]struct {
		options engine.Options
		want    string
	}{
		"unknown stack": {engine.Options{Root: absolute, Stack: "qa", StateDir: empty}, `there is no stack "qa"; the stacks here are dev, prd, stg`},
		"no folder":     {engine.Options{Root: absolute, Stack: "dev", StateDir: filepath.Join(blocked, "x")}, "the offline state needs a folder that can be written"},
		"no tools":      {engine.Options{Root: empty, Stack: "dev"}, "the Pulumi CLI is missing: run `make tools`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := engine.Open(context.Background(), test.options)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestOneRunAtATimeHasAStack(t *testing.T) {
	t.Parallel()
	r := open(t, "dev", program)
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	_, err = engine.Open(context.Background(), engine.Options{Root: absolute, Stack: "dev", StateDir: r.state, Program: program})
	assert.ErrorContains(t, err, "another offline run has stack dev")
}
