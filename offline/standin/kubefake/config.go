package kubefake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// CheckConfig judges the kubeconfig where it is known. Without one the real
// provider would use whatever cluster the machine points at; there is none here.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	in := props.RevealMap(req.News)
	response := plugin.CheckConfigResponse{Properties: req.News}
	if v, given := in["kubeconfig"]; given && props.IsUnknown(v) {
		return response, nil
	}
	if _, err := activeServer(in); err != nil {
		response.Failures = []plugin.CheckFailure{{Property: "kubeconfig", Reason: err.Error()}}
	}
	return response, nil
}

// DiffConfig replaces the provider, and with it every object, where it would
// talk to another cluster: the clusterIdentifier tells, or else the server in
// the kubeconfig. An unknown kubeconfig is not taken for another cluster.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	old, new := props.RevealMap(req.OldInputs), props.RevealMap(req.NewInputs)
	rules := delta.Rules{Replace: []string{"clusterIdentifier"}}
	if props.String(new, "clusterIdentifier") == "" {
		before, errBefore := activeServer(old)
		after, errAfter := activeServer(new)
		if errBefore == nil && errAfter == nil && before != after {
			rules.Replace = append(rules.Replace, "kubeconfig", "context", "cluster")
		}
	}
	return delta.Compare(old, new, rules), nil
}

// Configure notes which cluster this provider's objects live in.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	in := props.RevealMap(req.Inputs)
	p.namespace = props.String(in, "namespace")
	cluster := props.String(in, "clusterIdentifier")
	if server, err := activeServer(in); cluster == "" && err == nil {
		cluster = server
	}
	// Hashed: a kubeconfig may be secret, and the world file holds no secret.
	sum := sha256.Sum256([]byte(cluster))
	p.name = cluster
	p.cluster = "cluster-" + hex.EncodeToString(sum[:6])
	return plugin.ConfigureResponse{}, nil
}

// kubeconfig is as much of the file as says where the cluster is.
type kubeconfig struct {
	CurrentContext string `yaml:"current-context"`
	Clusters       []struct {
		Name    string
		Cluster struct{ Server string }
	}
	Contexts []struct {
		Name    string
		Context struct{ Cluster string }
	}
}

// activeServer finds the API server that a provider's configuration leads to.
func activeServer(in resource.PropertyMap) (string, error) {
	config, err := readKubeconfig(in["kubeconfig"])
	if err != nil {
		return "", err
	}
	context := config.CurrentContext
	if override := props.String(in, "context"); override != "" {
		context = override
	}
	cluster := props.String(in, "cluster")
	for _, c := range config.Contexts {
		if cluster == "" && c.Name == context {
			cluster = c.Context.Cluster
		}
	}
	for _, c := range config.Clusters {
		if c.Name == cluster && c.Cluster.Server != "" {
			return c.Cluster.Server, nil
		}
	}
	return "", fmt.Errorf("the context %q of the kubeconfig leads to no cluster with a server", context)
}

// readKubeconfig reads a kubeconfig given as text, as an object, or as the
// path of a file.
func readKubeconfig(v resource.PropertyValue) (kubeconfig, error) {
	var config kubeconfig
	var text []byte
	switch {
	case v.IsObject():
		encoded, err := yaml.Marshal(props.Public(v.ObjectValue()))
		if err != nil {
			return config, fmt.Errorf("failed to parse kubeconfig data: %w", err)
		}
		text = encoded
	case !v.IsString() || v.StringValue() == "":
		return config, errors.New("unable to load Kubernetes client configuration: give the provider a kubeconfig (offline there is no cluster to fall back to)")
	case !strings.ContainsAny(v.StringValue(), "\n{"):
		content, err := os.ReadFile(v.StringValue())
		if err != nil {
			return config, errors.New("failed to parse kubeconfig data: it is neither a kubeconfig nor the path of one")
		}
		text = content
	default:
		text = []byte(v.StringValue())
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		// The text may hold credentials, so the parser's quotation of it stays out.
		return config, errors.New("failed to parse kubeconfig data: it is neither YAML nor JSON of that shape")
	}
	return config, nil
}
