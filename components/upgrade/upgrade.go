// Package upgrade knows what EKS and Kubernetes allow of versions: one minor at a
// time, nodes not ahead of their control plane and not far behind it, an order of
// stacks, and what support costs until when. It is plain data in, problems out.
package upgrade

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// maxSkew is how many minors a kubelet may be behind the API server.
// Source: https://kubernetes.io/releases/version-skew-policy/#kubelet
const maxSkew = 3

// minor is the number behind "1."; false where a version is none.
func minor(version string) (int, bool) {
	text, ok := strings.CutPrefix(version, "1.")
	number, err := strconv.Atoi(text)
	return number, ok && err == nil && number >= 0
}

// Behind says how many minors one version is behind another, negative where it is
// ahead; false where one of them is no version.
func Behind(version, other string) (int, bool) {
	own, ok := minor(version)
	reference, known := minor(other)
	return reference - own, ok && known
}

// CheckStep notes a control plane that would go back, or further than the one
// minor that EKS upgrades at a time, from what is deployed. Nothing deployed, an
// empty version, allows any.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
func CheckStep(list *problem.List, path, deployed, wanted string) {
	step, ok := Behind(deployed, wanted)
	switch {
	case !ok:
	case step < 0:
		list.Addf(path, "keep "+deployed+", or make another cluster and move there", "goes back from %s to %s, which EKS never does", deployed, wanted)
	case step > 1:
		from, _ := minor(deployed)
		list.Addf(path, fmt.Sprintf("deploy 1.%d first", from+1), "goes from %s to %s; EKS upgrades one minor at a time", deployed, wanted)
	}
}

// CheckSkew notes nodes that are newer than their control plane, or too far behind.
func CheckSkew(list *problem.List, path, controlPlane, nodes string) {
	behind, ok := Behind(nodes, controlPlane)
	switch {
	case !ok:
	case behind < 0:
		list.Addf(path, "upgrade the control plane first: "+controlPlane+" or older here", "%s is newer than the control plane's %s", nodes, controlPlane)
	case behind > maxSkew:
		reference, _ := minor(controlPlane)
		list.Addf(path, fmt.Sprintf("use 1.%d or newer", reference-maxSkew), "%s is %d minors behind the control plane's %s, and Kubernetes supports %d", nodes, behind, controlPlane, maxSkew)
	}
}

// CheckNodesFirst notes nodes that a control plane would leave too far behind when
// it takes its next step from what is deployed.
func CheckNodesFirst(list *problem.List, path, deployedNodes, wantedControlPlane string) {
	if behind, ok := Behind(deployedNodes, wantedControlPlane); ok && behind > maxSkew {
		list.Addf(path, "upgrade the nodes first", "the deployed nodes' %s would be %d minors behind %s, and Kubernetes supports %d",
			deployedNodes, behind, wantedControlPlane, maxSkew)
	}
}

// CheckOrder notes a version that the stack before this one has not deployed yet.
func CheckOrder(list *problem.List, path, before, deployedThere, wanted string) {
	if ahead, ok := Behind(deployedThere, wanted); ok && ahead > 0 {
		list.Addf(path, fmt.Sprintf("deploy %s in %s first, and let it prove itself there", wanted, before),
			"%s is ahead of %s, which has %s deployed", wanted, before, deployedThere)
	}
}
