package rules

import (
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// podSecurityBaseline holds pods against the baseline level of the Pod Security
// Standards, with the API server's own checks.
func podSecurityBaseline() Rule {
	return Rule{
		ID:       "pod-security-baseline",
		Family:   Pods,
		Title:    "Pods keep the baseline level of the Pod Security Standards: nothing privileged, nothing of the host.",
		Severity: Critical,
		Applies:  makesPods,
		Why: "A privileged container, or one that shares the host's namespaces, paths or ports, is root on its node: " +
			"from there it has the credentials of every pod of the node.",
		Fix:        "Remove the setting; where a node agent needs it, give it a namespace and an exemption of its own",
		References: []string{"Pod Security Standards: baseline", "CIS EKS Benchmark 4.2.1-4.2.4", "NSA/CISA Kubernetes Hardening Guide: Kubernetes Pod security"},
		Check:      checkBaseline,
	}
}

// podCheck is one check of the Pod Security Standards. They are run one at a
// time, because a result does not say which check it comes from.
type podCheck struct {
	id        policy.CheckID
	evaluator policy.Evaluator
}

// baselineChecks builds the checks once.
var baselineChecks = sync.OnceValue(func() []podCheck {
	var checks []podCheck
	for _, check := range policy.DefaultChecks() {
		if check.Level != api.LevelBaseline {
			continue
		}
		evaluator, err := policy.NewEvaluator([]policy.Check{check}, nil)
		if err != nil {
			panic(fmt.Errorf("pod security check %s: %w", check.ID, err))
		}
		checks = append(checks, podCheck{check.ID, evaluator})
	}
	return checks
})

func checkBaseline(r Resource) []Finding {
	p, unjudged := podOf(r)
	if unjudged != nil {
		return []Finding{*unjudged}
	}
	defaultVolumes(&p.spec)
	level := api.LevelVersion{Level: api.LevelBaseline, Version: policyVersion(r.KubernetesVersion)}
	var findings []Finding
	for _, check := range baselineChecks() {
		result := policy.AggregateCheckResults(check.evaluator.EvaluatePod(level, &p.metadata, &p.spec))
		if !result.Allowed {
			findings = append(findings, Finding{
				Path: p.path + "spec",
				What: fmt.Sprintf("%s; the check %s of Kubernetes %s forbids it", told(p, result), check.id, level.Version.String()),
			})
		}
	}
	// Baseline forbids values and demands none, so what is known and forbidden is
	// wrong whatever the rest will be.
	if len(findings) == 0 && !p.complete {
		findings = append(findings, undecided(p.path+"spec"))
	}
	return findings
}

// told is what a check says of a pod: with names and values, unless something in
// the pod is secret.
func told(p pod, result policy.AggregateCheckResult) string {
	if p.value.Secret() {
		return result.ForbiddenReason()
	}
	return result.ForbiddenDetail()
}

// policyVersion is the version of the standards that a cluster enforces. A
// cluster newer than the checks is held against the newest they know.
func policyVersion(kubernetes string) api.Version {
	version, err := api.ParseVersion("v" + kubernetes)
	if err != nil {
		return api.LatestVersion()
	}
	return version
}

// defaultVolumes does what the API server does before it checks: a volume
// without a source is an emptyDir.
func defaultVolumes(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
