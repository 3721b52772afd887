package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
)

// stage orders the objects of a chart.
type stage int

// The stages, in the order in which they are made.
const (
	stageDefinitions stage = iota // CRDs and namespaces
	stageBefore                   // hooks that a rule puts before the rest
	stageRest
	stageOwn   // custom resources that the chart's own webhook looks at
	stageAfter // hooks that a rule puts after the rest
)

// Object is one rendered Kubernetes object.
type Object struct {
	// APIVersion, Kind, Namespace and Name identify it. Namespace is empty for kinds
	// without one.
	APIVersion, Kind, Namespace, Name string
	// Template is the file of the chart that it comes from.
	Template string
	// Body is all of it.
	Body map[string]any

	stage  stage
	weight int
}

// Group is the API group of the object; empty for the core group.
func (o Object) Group() string {
	group, _, found := strings.Cut(o.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// String names the object as people do: "Deployment kube-system/metrics-server".
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// key identifies the object in a cluster, whichever version writes it.
func (o Object) key() string {
	return strings.Join([]string{o.Group(), o.Kind, o.Namespace, o.Name}, "\x00")
}

// matches says whether a rule's "Kind/name" means the object.
func (o Object) matches(rule string) bool {
	kind, name, _ := strings.Cut(rule, "/")
	prefix, wild := strings.CutSuffix(name, "*")
	return kind == o.Kind && (name == o.Name || wild && strings.HasPrefix(o.Name, prefix))
}

const crdKind = "CustomResourceDefinition"

// newObject reads what identifies an object.
func newObject(template string, body map[string]any) (Object, error) {
	o := Object{Template: template, Body: body}
	o.APIVersion, _ = body["apiVersion"].(string)
	o.Kind, _ = body["kind"].(string)
	if o.APIVersion == "" || o.Kind == "" {
		return o, fmt.Errorf("%s: an object without apiVersion or kind", template)
	}
	meta, err := metadata(body)
	if err != nil {
		return o, fmt.Errorf("%s: %s: %w", template, o.Kind, err)
	}
	o.Name, _ = meta["name"].(string)
	o.Namespace, _ = meta["namespace"].(string)
	return o, nil
}

// metadata is the object's metadata, made where it has none.
func metadata(body map[string]any) (map[string]any, error) {
	return table(body, "metadata")
}

// table is the map below a key, made where there is none.
func table(in map[string]any, key string) (map[string]any, error) {
	if in[key] == nil {
		in[key] = map[string]any{}
	}
	found, isMap := in[key].(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("%s is no map", key)
	}
	return found, nil
}

// clusterScoped are kinds without a namespace that charts of the catalogue bring, and
// that other charts may make objects of. Those of a chart's own CRDs are read from them.
// Source: spec.scope of the CRDs.
var clusterScoped = map[string]string{
	"argoproj.io":                    "ClusterAnalysisTemplate",
	"cert-manager.io":                "ClusterIssuer",
	"configuration.konghq.com":       "KongClusterPlugin KongLicense KongVault",
	"crd.k8s.amazonaws.com":          "ENIConfig",
	"elbv2.k8s.aws":                  "IngressClassParams",
	"eventing.keda.sh":               "ClusterCloudEventSource",
	"expansion.gatekeeper.sh":        "ExpansionTemplate",
	"external-secrets.io":            "ClusterExternalSecret ClusterPushSecret ClusterSecretStore",
	"externaldata.gatekeeper.sh":     "Provider",
	"gateway.networking.k8s.io":      "GatewayClass",
	"generators.external-secrets.io": "ClusterGenerator",
	"groupsnapshot.storage.k8s.io":   "VolumeGroupSnapshotClass VolumeGroupSnapshotContent",
	"karpenter.k8s.aws":              "EC2NodeClass",
	"karpenter.sh":                   "NodeClaim NodeOverlay NodePool",
	"keda.sh":                        "ClusterTriggerAuthentication",
	"mutations.gatekeeper.sh":        "Assign AssignImage AssignMetadata ModifySet",
	"operator.tigera.io":             "APIServer GatewayAPI Goldmane ImageSet Installation Istio ManagementClusterConnection TigeraStatus Whisker",
	"policy.networking.k8s.io":       "ClusterNetworkPolicy",
	"projectcalico.org": "BGPConfiguration BGPFilter BGPPeer ClusterInformation FelixConfiguration GlobalNetworkPolicy GlobalNetworkSet " +
		"HostEndpoint IPPool IPReservation KubeControllersConfiguration Tier",
	"crd.projectcalico.org": "BGPConfiguration BGPFilter BGPPeer BlockAffinity CalicoNodeStatus ClusterInformation FelixConfiguration " +
		"GlobalNetworkPolicy GlobalNetworkSet HostEndpoint IPAMBlock IPAMConfig IPAMHandle IPPool IPReservation " +
		"KubeControllersConfiguration StagedGlobalNetworkPolicy Tier",
	"s3.csi.aws.com":            "MountpointS3PodAttachment",
	"snapshot.storage.k8s.io":   "VolumeSnapshotClass VolumeSnapshotContent",
	"syncset.gatekeeper.sh":     "SyncSet",
	"templates.gatekeeper.sh":   "ConstraintTemplate",
	"constraints.gatekeeper.sh": "*",
	"trident.netapp.io":         "TridentConfigurator TridentOrchestrator",
}

// scopes knows which kinds have a namespace: those of the cluster, those of a chart's
// CRDs, and those that are known of other charts.
type scopes map[string]bool

// add reads the scope of a CRD.
func (s scopes) add(o Object) {
	spec, _ := o.Body["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	s[fmt.Sprint(spec["group"], "/", names["kind"])] = spec["scope"] != "Cluster"
}

func (s scopes) namespaced(o Object) bool {
	if kind, known := catalog.KindOf(o.APIVersion, o.Kind); known {
		return kind.Namespaced
	}
	if namespaced, known := s[o.Group()+"/"+o.Kind]; known {
		return namespaced
	}
	listed := strings.Fields(clusterScoped[o.Group()])
	return !slices.Contains(listed, o.Kind) && !slices.Contains(listed, "*")
}

// own says whether the kind comes from the chart's own CRDs.
func (s scopes) own(o Object) bool {
	_, known := s[o.Group()+"/"+o.Kind]
	return known
}

// sortObjects puts the objects in the order in which they are made, and within a
// stage in an order that doesn't depend on the chart's files.
func sortObjects(objects []Object) {
	slices.SortFunc(objects, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.weight, b.weight), cmp.Compare(a.key(), b.key()), cmp.Compare(a.Template, b.Template))
	})
}
