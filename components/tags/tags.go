// Package tags builds the AWS tags of a resource.
package tags

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Named returns the common tags and a Name, by which the AWS console lists
// things. The common tags are copied.
func Named(common map[string]string, name string) pulumi.StringMap {
	tags := pulumi.StringMap{"Name": pulumi.String(name)}
	for key, value := range common {
		tags[key] = pulumi.String(value)
	}
	return tags
}
