package cluster

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// kubeconfig is a secret, once it is known, whose text depends on the cluster's name, endpoint and
// certificate only: it must not change with versions or tags, because a changed
// kubeconfig is a changed Kubernetes provider.
func kubeconfig(name, endpoint, certificate pulumi.StringOutput) pulumi.StringOutput {
	// What is not known yet can't be a secret: the SDK's mocks refuse unknown ones.
	return pulumi.All(name, endpoint, certificate).ApplyT(func(v []any) (pulumi.StringOutput, error) {
		text, err := renderKubeconfig(v[0].(string), v[1].(string), v[2].(string))
		return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput), err
	}).(pulumi.StringOutput)
}

// renderKubeconfig writes JSON, which is YAML too and sorts its keys. Tokens come
// from the AWS CLI, with the credentials of whoever runs kubectl.
func renderKubeconfig(name, endpoint, certificate string) (string, error) {
	type object = map[string]any
	text, err := json.Marshal(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": name,
		"contexts":        []any{object{"name": name, "context": object{"cluster": name, "user": name}}},
		"clusters":        []any{object{"name": name, "cluster": object{"server": endpoint, "certificate-authority-data": certificate}}},
		"users": []any{object{"name": name, "user": object{"exec": object{
			"apiVersion":      "client.authentication.k8s.io/v1beta1",
			"command":         "aws",
			"args":            []string{"eks", "get-token", "--cluster-name", name, "--output", "json"},
			"interactiveMode": "Never",
		}}}},
	})
	return string(text), err
}
