package awsfake

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

const kmsKeyType = "aws:kms/key:Key"

// kmsRows: the enumerations are those of the SDK's doc comments on kms.Key.
var kmsRows = map[string]*row{
	kmsKeyType: {
		args: kms.KeyArgs{}, result: kms.Key{},
		rules: []rule{
			{"policy", isPolicy}, {"deletionWindowInDays", between(7, 30)}, {"rotationPeriodInDays", between(90, 2560)},
			{"keyUsage", oneOf("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")},
			{"customerMasterKeySpec", oneOf("SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "HMAC_256",
				"HMAC_224", "HMAC_384", "HMAC_512", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1")},
		},
		Rules:    delta.Rules{Replace: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"}},
		defaults: map[string]any{"isEnabled": true, "keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"},
		id:       func(t thing) string { return t.uuid("key") },
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("kms", "key/"+t.id), "keyId": t.id, "rotationPeriodInDays": 365,
				"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + iamARN("root") + `"},"Action":"kms:*","Resource":"*"}]}`,
			}
		},
	},
	"aws:kms/alias:Alias": {
		args: kms.AliasArgs{}, result: kms.Alias{},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"name", matching(regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`), "must be alias/ and letters, digits or /_-")},
			{"name", notMatching(regexp.MustCompile(`^alias/aws/`), "must not begin with alias/aws/, which is AWS's own")},
		},
		name:  &autoname{property: "name", prefix: "namePrefix", max: 256, format: "alias/%s"},
		Rules: delta.Rules{Replace: []string{"name", "namePrefix"}},
		id:    idFrom("", "name"),
		outputs: func(t thing) map[string]any {
			return map[string]any{
				"arn": t.arn("kms", t.id), "targetKeyArn": t.arn("kms", "key/"+lastSegment(t.str("targetKeyId"))),
			}
		},
		taken: message{"AlreadyExistsException", "An alias with the name %s already exists"},
		references: []reference{{
			property: "targetKeyId", typ: kmsKeyType,
			id:      func(key string, _ map[string]any) string { return lastSegment(key) },
			missing: message{"NotFoundException", "Key '%s' does not exist"},
		}},
		goesWith: "targetKeyId",
	},
}
