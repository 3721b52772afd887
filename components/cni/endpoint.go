package cni

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeEndpoint puts the API server's address where the chart's agents look for it.
func makeEndpoint(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) ([]pulumi.Resource, error) {
	where := endpointMaps[args.Plugin]
	options := []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.DependsOn(args.After), pulumi.DeletedWith(args.Cluster.Resource)}
	var made []pulumi.Resource
	if where.namespace != "kube-system" {
		var namespace pulumi.CustomResourceState
		err := ctx.RegisterResource("kubernetes:core/v1:Namespace", name+"-"+where.namespace, pulumi.Map{
			"apiVersion": pulumi.String("v1"), "kind": pulumi.String("Namespace"),
			// The agents change the network of their node.
			"metadata": args.metadata(where.namespace, "", map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}),
		}, &namespace, options...)
		if err != nil {
			return nil, fmt.Errorf("namespace %s: %w", where.namespace, err)
		}
		made = append(made, &namespace)
		options = append(options, pulumi.DependsOn(made))
	}
	host := args.Cluster.Endpoint.ToStringOutput().ApplyT(func(url string) string {
		return strings.TrimPrefix(url, "https://")
	}).(pulumi.StringOutput)
	var address pulumi.CustomResourceState
	err := ctx.RegisterResource("kubernetes:core/v1:ConfigMap", name+"-"+where.name, pulumi.Map{
		"apiVersion": pulumi.String("v1"), "kind": pulumi.String("ConfigMap"),
		"metadata": args.metadata(where.name, where.namespace, nil),
		"data":     pulumi.StringMap{where.host: host, where.port: pulumi.String(apiServerPort)},
	}, &address, options...)
	if err != nil {
		return nil, fmt.Errorf("ConfigMap %s: %w", where.name, err)
	}
	return append(made, &address), nil
}

// metadata is that of an object, with the labels of all objects and some of its own.
func (a Args) metadata(name, namespace string, own map[string]string) pulumi.Map {
	labels := pulumi.ToStringMap(a.Labels)
	for key, value := range own {
		labels[key] = pulumi.String(value)
	}
	metadata := pulumi.Map{"name": pulumi.String(name), "labels": labels}
	if namespace != "" {
		metadata["namespace"] = pulumi.String(namespace)
	}
	return metadata
}
