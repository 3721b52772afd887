package storage

import (
	"regexp"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/problem"
)

// defaultNamespace is that of claims which name none.
const defaultNamespace = "default"

// The forms of ids and names in AWS.
var (
	volumeID     = regexp.MustCompile(`^vol-[0-9a-f]{8,17}$`)
	fileSystemID = regexp.MustCompile(`^fs-[0-9a-f]{8,17}$`)
	zoneName     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d[a-z]$`)
	keyArn       = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-zA-Z0-9-]+$`)
	// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

func validateName(list *problem.List, path, name string) {
	if !form.Name.MatchString(name) {
		list.Addf(path, "use up to 63 lower-case letters, digits and hyphens", "%q is not a name", name)
	}
}

func validateKey(list *problem.List, arn string) {
	if arn != "" && !keyArn.MatchString(arn) {
		list.Addf("kmsKeyArn", "write the ARN of the key, not of an alias: arn:aws:kms:ap-northeast-2:111122223333:key/1234abcd-…", "%q is not the ARN of a key", arn)
	}
}

func keysOf(arn string) []string {
	if arn == "" {
		return nil
	}
	return []string{arn}
}
