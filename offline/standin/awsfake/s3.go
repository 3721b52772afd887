package awsfake

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const bucketType = "aws:s3/bucketV2:BucketV2"

// ofBucket is a part's reference to its bucket.
var ofBucket = []reference{{
	property: "bucket", typ: bucketType,
	missing: message{"NoSuchBucket", "The specified bucket does not exist: %s"},
}}

// s3Rows: the enumerations are those of the AWS SDK's s3 types.
var s3Rows = map[string]*row{
	bucketType: {
		args: s3.BucketV2Args{}, result: s3.BucketV2{},
		atMostOne: [][]string{{"bucket", "bucketPrefix"}},
		rules: []rule{
			{"bucket", matching(regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`), "must have 3 to 63 lower-case letters, digits, dots or hyphens")},
			{"bucket", notMatching(regexp.MustCompile(`\.\.|^xn--|-s3alias$|^\d+\.\d+\.\d+\.\d+$`), "is a name that S3 keeps for itself")},
			{"policy", isJSON},
		},
		name:     &autoname{property: "bucket", prefix: "bucketPrefix", max: 63},
		Rules:    delta.Rules{Replace: []string{"bucket", "bucketPrefix", "objectLockEnabled"}},
		defaults: map[string]any{"forceDestroy": false},
		global:   true,
		id:       idFrom("", "bucket"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": "arn:" + partition + ":s3:::" + t.id, "region": t.region, "hostedZoneId": "Z3W03O7B5YMIYP", "requestPayer": "BucketOwner",
				"bucketDomainName": t.id + ".s3.amazonaws.com", "bucketRegionalDomainName": fmt.Sprintf("%s.s3.%s.amazonaws.com", t.id, t.region),
				"grants": []any{}, "corsRules": []any{}, "lifecycleRules": []any{}, "loggings": []any{}, "replicationConfigurations": []any{}, "websites": []any{},
				"versionings":                        []any{map[string]any{"enabled": false, "mfaDelete": false}},
				"serverSideEncryptionConfigurations": []any{},
			}
		},
		taken: message{"BucketAlreadyExists", "The requested bucket name is not available: %s"},
	},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": ofS3(&row{
		args: s3.BucketVersioningV2Args{}, result: s3.BucketVersioningV2{},
		rules: []rule{
			{"versioningConfiguration.status", oneOf("Enabled", "Suspended", "Disabled")}, {"versioningConfiguration.mfaDelete", oneOf("Enabled", "Disabled")},
		},
	}),
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofS3(&row{
		args: s3.BucketPublicAccessBlockArgs{}, result: s3.BucketPublicAccessBlock{},
		defaults: map[string]any{"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false},
	}),
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofS3(&row{
		args: s3.BucketOwnershipControlsArgs{}, result: s3.BucketOwnershipControls{},
		rules: []rule{{"rule.objectOwnership", oneOf("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")}},
	}),
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": ofS3(&row{
		args: s3.BucketServerSideEncryptionConfigurationV2Args{}, result: s3.BucketServerSideEncryptionConfigurationV2{},
		required: []string{"rules"},
		rules:    []rule{{"rules.*.applyServerSideEncryptionByDefault.sseAlgorithm", oneOf("AES256", "aws:fsx", "aws:kms", "aws:kms:dsse")}},
	}),
	"aws:s3/bucketPolicy:BucketPolicy": ofS3(&row{
		args: s3.BucketPolicyArgs{}, result: s3.BucketPolicy{},
		required: []string{"policy"},
		rules:    []rule{{"policy", isPolicy}},
	}),
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": ofS3(&row{
		args: s3.BucketLifecycleConfigurationV2Args{}, result: s3.BucketLifecycleConfigurationV2{},
		rules: []rule{
			{"rules.*.status", oneOf("Enabled", "Disabled")},
			{"rules.*.id", matching(regexp.MustCompile(`^.{1,255}$`), "must have 1 to 255 characters")},
			{"rules.*.transitions.*.storageClass", oneOf(storageClasses...)},
			{"rules.*.noncurrentVersionTransitions.*.storageClass", oneOf(storageClasses...)},
			{"transitionDefaultMinimumObjectSize", oneOf("varies_by_storage_class", "all_storage_classes_128K")},
		},
		outputs: func(thing) map[string]any {
			return map[string]any{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"}
		},
	}),
}

// storageClasses are s3.TransitionStorageClass of the SDK.
var storageClasses = []string{"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"}

// ofS3 fills in what all parts of a bucket have in common: they are known by its name, and
// go with it.
func ofS3(r *row) *row {
	r.Replace = append(r.Replace, "bucket")
	r.global, r.id, r.references, r.goesWith = true, idFrom("", "bucket"), ofBucket, "bucket"
	return r
}
