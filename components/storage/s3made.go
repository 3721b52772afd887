package storage

import (
	"fmt"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// make makes the bucket, but where one is named.
func (s S3) make(m maker) (made, error) {
	name := m.args.bucketOf(m.class)
	names := map[string]pulumi.StringInput{"bucket": pulumi.String(name)}
	if s.Bucket != "" {
		return made{names: names}, nil
	}
	bucket, err := s3.NewBucketV2(m.ctx, m.name, &s3.BucketV2Args{
		Bucket: pulumi.String(name), ForceDestroy: pulumi.Bool(!m.retains()), Tags: tags.Named(m.args.Tags, name),
	}, m.options()...)
	if err != nil {
		return made{}, fmt.Errorf("bucket: %w", err)
	}
	ready, err := s.guard(m, bucket)
	if err != nil {
		return made{}, err
	}
	return made{names: names, ready: append([]pulumi.Resource{bucket}, ready...)}, nil
}

// guard makes a bucket private, versioned and encrypted.
func (s S3) guard(m maker, bucket *s3.BucketV2) ([]pulumi.Resource, error) {
	parent := pulumi.Parent(m.parent)
	block, err := s3.NewBucketPublicAccessBlock(m.ctx, m.name, &s3.BucketPublicAccessBlockArgs{
		Bucket: bucket.ID(), BlockPublicAcls: pulumi.Bool(true), BlockPublicPolicy: pulumi.Bool(true),
		IgnorePublicAcls: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("public access of the bucket: %w", err)
	}
	ownership, err := s3.NewBucketOwnershipControls(m.ctx, m.name, &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.ID(), Rule: s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("ownership in the bucket: %w", err)
	}
	versioning, err := s3.NewBucketVersioningV2(m.ctx, m.name, &s3.BucketVersioningV2Args{
		Bucket: bucket.ID(), VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("versions of the bucket: %w", err)
	}
	encryption, err := s3.NewBucketServerSideEncryptionConfigurationV2(m.ctx, m.name, &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: bucket.ID(), Rules: s.encryption(),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("encryption of the bucket: %w", err)
	}
	// S3 refuses a policy while it changes what is public.
	policy, err := s3.NewBucketPolicy(m.ctx, m.name, &s3.BucketPolicyArgs{
		Bucket: bucket.ID(), Policy: bucket.Arn.ApplyT(onlyTLS).(pulumi.StringOutput),
	}, parent, pulumi.DependsOn([]pulumi.Resource{block}))
	if err != nil {
		return nil, fmt.Errorf("policy of the bucket: %w", err)
	}
	return []pulumi.Resource{block, ownership, versioning, encryption, policy}, nil
}

func (s S3) encryption() s3.BucketServerSideEncryptionConfigurationV2RuleArray {
	by := s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{SseAlgorithm: pulumi.String("AES256")}
	rule := s3.BucketServerSideEncryptionConfigurationV2RuleArgs{}
	if s.KMSKeyArn != "" {
		by.SseAlgorithm, by.KmsMasterKeyId = pulumi.String("aws:kms"), pulumi.String(s.KMSKeyArn)
		rule.BucketKeyEnabled = pulumi.Bool(true)
	}
	rule.ApplyServerSideEncryptionByDefault = by
	return s3.BucketServerSideEncryptionConfigurationV2RuleArray{rule}
}

func onlyTLS(arn string) string {
	return iamdoc.Document(iamdoc.Statement{
		Sid: "OnlyTLS", Effect: iamdoc.Deny, Principal: "*", Action: "s3:*", Resource: []string{arn, arn + "/*"},
		Condition: iamdoc.Condition{"Bool": {"aws:SecureTransport": "false"}},
	})
}
