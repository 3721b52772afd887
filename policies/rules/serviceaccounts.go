package rules

import "fmt"

// defaultAccount is the ServiceAccount that Kubernetes makes in every namespace
// and gives to pods that name none.
const defaultAccount = "default"

// workloadNamedServiceAccount demands that each workload names a ServiceAccount
// of its own.
func workloadNamedServiceAccount() Rule {
	return Rule{
		ID:       "workload-named-service-account",
		Family:   ServiceAccounts,
		Title:    "Workloads run as a ServiceAccount of their own, never as default.",
		Severity: Medium,
		Levels:   map[Profile]Level{Dev: Advisory},
		Applies:  makesPods,
		Why: "What is granted to default is granted to every pod of the namespace that names no account, now and later. " +
			"An account of its own is what least privilege is granted to, in Kubernetes and in AWS.",
		Fix:        "Make a ServiceAccount for the workload and set serviceAccountName",
		References: []string{"CIS EKS Benchmark 4.1.5, 5.2.1", "NSA/CISA Kubernetes Hardening Guide: protecting Pod service account tokens"},
		Check:      checkServiceAccount,
	}
}

func checkServiceAccount(r Resource) []Finding {
	p, unjudged := podOf(r)
	if unjudged != nil {
		return []Finding{*unjudged}
	}
	// serviceAccount is the older name of the same field; the API server takes the
	// newer one where both are set.
	for _, field := range []string{"serviceAccountName", "serviceAccount"} {
		value := p.value.Get(field)
		if value.Unknown() {
			return []Finding{undecided(p.specPath(field))}
		}
		switch name, _ := value.Text(); name {
		case "":
			continue
		case defaultAccount:
			return []Finding{{Path: p.specPath(field), What: fmt.Sprintf("is %q, the account of every pod that names none", name)}}
		default:
			return nil
		}
	}
	if r.Type.Patch {
		return nil // a patch leaves alone what it does not set
	}
	return []Finding{{Path: p.specPath("serviceAccountName"), What: "is not set, so the pod runs as default"}}
}
