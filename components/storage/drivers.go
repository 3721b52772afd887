package storage

import "github.com/megazonecloud/eks-platform/components/ref"

// driver is a CSI driver: which chart installs it, and what it may do in AWS.
type driver struct {
	// provisioner is the driver's name in Kubernetes.
	provisioner string
	// chart is its chart in the catalogue, namespace where that is installed.
	chart, namespace string
	// role is what its role is called behind the cluster's name, accounts are the service
	// accounts that have it, and policy is what it may do; nil for a driver without. A
	// policy reads of Args the classes, the tags, and the cluster's name and place.
	role     string
	accounts []string
	policy   func(Args) string
	// values are the chart's values; profile those that depend on the replicas of its
	// controller. Either may be nil.
	values  func(Args) map[string]any
	profile func(replicas int) map[string]any
	// extraKeys are keys of the values that the chart reads though its own don't name them.
	extraKeys []string
	// more sets what else is special about the chart: hooks, its namespace. May be nil.
	more func(*ref.Chart)
}

// systemNamespace is where drivers are installed: their pods are the cluster's own.
const systemNamespace = "kube-system"

// drivers by their own key, which kinds name.
var drivers = map[string]driver{
	"ebs": ebsDriver, "efs": efsDriver, "s3": s3Driver,
	"lustre": lustreDriver, "openzfs": openzfsDriver, "ontap": ontapDriver, "fileCache": fileCacheDriver,
}
