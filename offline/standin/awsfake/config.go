package awsfake

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/shape"
)

// enginesOwn are the properties of a provider that are for the engine.
var enginesOwn = []resource.PropertyKey{"version", "pluginDownloadURL", "parameterization"}

var regionPattern = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)

// otherPartition are regions whose ARNs do not begin with arn:aws:.
var otherPartition = regexp.MustCompile(`^(cn|us-gov|us-iso[a-z]*|eu-isoe?)-`)

// CheckConfig judges a provider's own configuration.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	in := configuration(req.News)
	var failures []plugin.CheckFailure
	fail := func(property resource.PropertyKey, format string, args ...any) {
		failures = append(failures, plugin.CheckFailure{Property: property, Reason: fmt.Sprintf(format, args...)})
	}
	for _, problem := range shape.Check(aws.ProviderArgs{}.ElementType(), in) {
		failures = append(failures, report(problem))
	}
	switch region, known := regionOf(in); {
	case !known:
	case region == "":
		fail("region", "Missing region information: set aws:region, or the region of the provider, or AWS_REGION")
	case otherPartition.MatchString(region):
		fail("region", "%s is not in the partition aws, the only one that the stand-in simulates", region)
	case !regionPattern.MatchString(region):
		fail("region", "invalid AWS Region: %s", region)
	}
	if allowed := stringsOf(in["allowedAccountIds"]); len(allowed) > 0 && !slices.Contains(allowed, account) {
		fail("allowedAccountIds", "AWS account ID not allowed: %s (the account of every simulated run)", account)
	}
	if slices.Contains(stringsOf(in["forbiddenAccountIds"]), account) {
		fail("forbiddenAccountIds", "AWS account ID not allowed: %s (the account of every simulated run)", account)
	}
	if tags, given := props.Get(in, "defaultTags", "tags"); given {
		for _, f := range tagFailures(resource.PropertyPath{"defaultTags", "tags"}, tags) {
			failures = append(failures, report(f))
		}
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

// DiffConfig replaces for another region only: objects live in one. All else,
// tags among it, changes in place.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return delta.Compare(configuration(req.OldInputs), configuration(req.NewInputs), delta.Rules{Replace: []string{"region"}}), nil
}

// Configure takes what the stand-in needs of the configuration.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	in := configuration(req.Inputs)
	p.region, _ = regionOf(in)
	p.defaultTags = resource.PropertyMap{}
	if tags, given := props.Get(in, "defaultTags", "tags"); given && tags.IsObject() {
		p.defaultTags = tags.ObjectValue()
	}
	return plugin.ConfigureResponse{}, nil
}

// configuration gives a provider's properties revealed and decoded: the SDKs
// send whatever is not a string as JSON in a string.
func configuration(m resource.PropertyMap) resource.PropertyMap {
	in := props.RevealMap(m)
	fields := shape.Fields(aws.ProviderArgs{}.ElementType())
	for _, key := range enginesOwn {
		delete(in, key)
	}
	for key, value := range in {
		field, known := fields[string(key)]
		if !known || !value.IsString() || isString(field.Type) {
			continue
		}
		var decoded any
		if err := json.Unmarshal([]byte(value.StringValue()), &decoded); err == nil {
			in[key] = resource.NewPropertyValue(decoded)
		}
	}
	return in
}

func isString(t reflect.Type) bool {
	return t.Kind() == reflect.String || (t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.String)
}

// regionOf gives the region, from where the real provider looks for it, and
// whether it is known by now.
func regionOf(in resource.PropertyMap) (region string, known bool) {
	if v, given := in["region"]; given && !v.IsString() {
		return "", false
	}
	for _, region := range []string{props.String(in, "region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")} {
		if region != "" {
			return region, true
		}
	}
	return "", true
}

func stringsOf(v resource.PropertyValue) []string {
	var texts []string
	if v.IsArray() {
		for _, item := range v.ArrayValue() {
			if s, scalar := text(item); scalar {
				texts = append(texts, s)
			}
		}
	}
	return texts
}
