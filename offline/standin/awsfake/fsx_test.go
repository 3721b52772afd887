package awsfake

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// TestFileSystemsAreMounted: what pods mount by has a value, inside lists too.
func TestFileSystemsAreMounted(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, states := l.build("")
	cache := states["file-cache"]["lustreConfigurations"].ArrayValue()[0].ObjectValue()
	assert.Len(t, cache["mountName"].StringValue(), 8)
	assert.Equal(t, "CACHE_1", cache["deploymentType"].StringValue(), "what was given stays")
	assert.Equal(t, ids["file-cache"]+".fsx.ap-northeast-2.amazonaws.com", states["file-cache"]["dnsName"].StringValue())
	assert.Len(t, states["lustre"]["mountName"].StringValue(), 8)
	assert.Equal(t, ids["vpc"], states["lustre"]["vpcId"].StringValue())
	assert.Regexp(t, "^fsvol-", states["openzfs"]["rootVolumeId"].StringValue())
	assert.InDelta(t, 128, states["ontap"]["throughputCapacity"].NumberValue(), 0)
	endpoints := states["svm"]["endpoints"].ArrayValue()[0].ObjectValue()
	assert.NotEmpty(t, endpoints["nfs"].ArrayValue()[0].ObjectValue()["ipAddresses"].ArrayValue())
}

func TestWrongStorage(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for want, test := range map[string]struct {
		name    string
		changes m
	}{
		"expected one of SCRATCH_1, SCRATCH_2, PERSISTENT_1, PERSISTENT_2": {"lustre", m{"deploymentType": "PERSISTENT_3"}},
		"expected one of 2.10, 2.12, 2.15":                                 {"lustre", m{"fileSystemTypeVersion": "2.16"}},
		"expected 0 to 90":                                                 {"openzfs", m{"automaticBackupRetentionDays": 91}},
		"expected 64 to 524288":                                            {"openzfs", m{"storageCapacity": 1}},
		"must be a time of the week":                                       {"ontap", m{"weeklyMaintenanceStartTime": "8:00:00"}},
		"conflicts with throughputCapacity":                                {"ontap", m{"throughputCapacity": 128}},
		"must have 8 to 50 characters with letters and digits":             {"svm", m{"svmAdminPassword": "short"}},
		"must begin with s3:// or nfs://":                                  {"file-cache", m{"dataRepositoryAssociations": []any{m{"fileCachePath": "/a", "dataRepositoryPath": "x"}}}},
		"expected one of bursting, provisioned, elastic":                   {"efs", m{"throughputMode": "fast"}},
		"must be octal":                                                    {"access-point", m{"rootDirectory": m{"path": "/", "creationInfo": m{"ownerUid": 0, "ownerGid": 0, "permissions": "9"}}}},
		"must have 3 to 63 lower-case letters, digits, dots or hyphens":    {"bucket", m{"bucket": "Big"}},
		"expected one of Enabled, Suspended, Disabled":                     {"bucket-versions", m{"versioningConfiguration": m{"status": "On"}}},
		"expected one of AES256, aws:fsx, aws:kms, aws:kms:dsse":           {"bucket-encryption", m{"rules": []any{m{"applyServerSideEncryptionByDefault": m{"sseAlgorithm": "none"}}}}},
	} {
		assert.Contains(t, l.reasons(test.name, test.changes), want, test.name)
	}
}

// TestStorageInUse: AWS keeps what something else needs.
func TestStorageInUse(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids, _ := l.build("")
	assert.ErrorContains(t, l.delete(fileSystemType, "efs", ids["efs"]), "FileSystemInUse")
	assert.ErrorContains(t, l.delete(ontapType, "ontap", ids["ontap"]), "BadRequest")
	assert.ErrorContains(t, l.delete(securityGroupType, "firewall", ids["firewall"]), "DependencyViolation")
}

func TestSecretsHoldCredentials(t *testing.T) {
	t.Parallel()
	answer := invokes["aws:secretsmanager/getSecretVersion:getSecretVersion"](newLab(t).Provider, resource.PropertyMap{"secretId": resource.NewProperty("x")})
	assert.JSONEq(t, `{"username":"vsadmin","password":"simulated-1"}`, answer["secretString"].(string))
}
