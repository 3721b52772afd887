package rules

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

// An exemption is for one workload and one rule: another name, another namespace, another
// kind and another rule are held as ever.
func TestExemptions(t *testing.T) {
	t.Parallel()
	agent := func(token, namespace, name string) Resource {
		return NewResource(token, "x", property.NewMap(map[string]property.Value{
			"metadata": property.New(map[string]property.Value{"name": property.New(name), "namespace": property.New(namespace)}),
			"spec": property.New(map[string]property.Value{"template": property.New(map[string]property.Value{"spec": property.New(map[string]property.Value{
				"hostNetwork": property.New(true), "containers": property.New([]property.Value{}),
			})})}),
		}), "1.35")
	}
	found := func(r Resource) (rules []string) {
		for _, result := range Evaluate(All(), r) {
			rules = append(rules, result.Rule.ID)
		}
		return rules
	}
	const daemonSet = "kubernetes:apps/v1:DaemonSet"
	assert.NotContains(t, found(agent(daemonSet, "kube-system", "cilium")), "pod-security-baseline")
	assert.Contains(t, found(agent(daemonSet, "kube-system", "cilium")), "workload-named-service-account", "another rule holds")
	for _, other := range []Resource{agent(daemonSet, "kube-system", "cilium2"), agent(daemonSet, "shop", "cilium"), agent("kubernetes:apps/v1:Deployment", "kube-system", "cilium")} {
		assert.Contains(t, found(other), "pod-security-baseline", other.Subject())
	}
	ids := map[string]bool{}
	for _, rule := range All() {
		ids[rule.ID] = true
	}
	for _, e := range Exemptions() {
		assert.True(t, ids[e.Rule], e.Rule)
		assert.Greater(t, len(e.Reason), 20, e.Name)
	}
}
