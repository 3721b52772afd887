package storage

import (
	"maps"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/podspec"
)

// fileCacheRole is what the driver's role is called behind the cluster's name.
const fileCacheRole = "file-cache-csi"

var fileCacheDriver = driver{
	provisioner: "filecache.csi.aws.com", chart: "aws-file-cache-csi-driver", namespace: systemNamespace,
	role: fileCacheRole, accounts: []string{"file-cache-csi-controller-sa"}, policy: fileCachePolicy,
	values: fileCacheValues, profile: fileCacheProfile,
}

// fileCachePolicy is what the controller may do: look, and, where a class makes a cache for
// each claim, make some with the cluster's mark, and delete those that have it. Nodes mount
// without credentials.
//
// docs/README.md of the driver at 0.1.0 asks for AmazonFSxFullAccess. These are the calls
// that the driver makes, the role for caches of S3 buckets, and looking into the buckets
// that classes name.
func fileCachePolicy(a Args) string {
	place := a.Cluster.Place
	statements := []iamdoc.Statement{a.look("fsx:DescribeFileCaches")}
	buckets, perClaim := a.cachedPerClaim()
	if !perClaim {
		return iamdoc.Document(statements...)
	}
	// What a cache is linked to comes and goes with it, and has its tags.
	links := []string{place.Arn("fsx", "file-cache/*"), place.Arn("fsx", "association/*")}
	statements = append(statements, a.perClaim(links, "fsx:CreateFileCache", "fsx:DeleteFileCache")...)
	statements = append(statements, iamdoc.Statement{
		Sid: "Link", Action: "fsx:CreateDataRepositoryAssociation", Resource: links, Condition: tagged("aws:RequestTag/", a.mark()),
	}, a.serviceLinkedRole("fsx.amazonaws.com", "AWSServiceRoleForAmazonFSx"))
	if len(buckets) > 0 {
		role := a.serviceLinkedRole("s3.data-source.lustre.fsx.amazonaws.com", "AWSServiceRoleForFSxS3Access_*")
		role.Sid = "ServiceLinkedRoleForS3"
		statements = append(statements, role,
			iamdoc.Statement{Sid: "RightsOfThatRole", Action: []string{"iam:AttachRolePolicy", "iam:PutRolePolicy"}, Resource: role.Resource},
			iamdoc.Statement{Sid: "Buckets", Action: "s3:ListBucket", Resource: buckets})
	}
	statements = append(statements, keyStatements(a.keys("fileCache"), "fsx."+place.Region+".amazonaws.com")...)
	return iamdoc.Document(statements...)
}

// cachedPerClaim says whether a class makes a cache for each claim, and the ARNs of the
// buckets before them, in order.
func (a Args) cachedPerClaim() (buckets []string, perClaim bool) {
	arns := map[string]bool{}
	for _, class := range a.Classes {
		if class.FileCache == nil || !class.FileCache.PerClaim {
			continue
		}
		perClaim = true
		for _, repository := range class.FileCache.Repositories {
			if path, inS3 := strings.CutPrefix(repository.Path, "s3://"); inS3 {
				bucket, _, _ := strings.Cut(path, "/")
				arns["arn:"+a.Cluster.Place.Partition+":s3:::"+bucket] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(arns)), perClaim
}

// fileCacheValues: the chart has no security contexts, no disruption budget and no spread,
// and its controller is in the host's network.
func fileCacheValues(a Args) map[string]any {
	sidecars := map[string]any{}
	for _, name := range []string{"livenessProbe", "nodeDriverRegistrar", "provisioner"} {
		sidecars[name] = map[string]any{"resources": podspec.Resources("10m", "32Mi", "128Mi")}
	}
	return map[string]any{
		"sidecars": sidecars,
		"controller": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "file-cache-csi-controller-sa", "annotations": irsa.Annotations(a.Cluster, fileCacheRole)},
			"resources":      podspec.Resources("10m", "64Mi", "256Mi"),
		},
		"node": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": "file-cache-csi-node-sa"},
			"resources":      podspec.Resources("10m", "40Mi", "256Mi"), "tolerateAllTaints": true,
		},
	}
}

func fileCacheProfile(replicas int) map[string]any {
	return map[string]any{"controller": map[string]any{"replicaCount": replicas}}
}
