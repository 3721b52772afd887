package rules

import (
	"fmt"
	"strings"
)

// Markdown is the documentation of rules.
func Markdown(list []Rule) string {
	var b strings.Builder
	b.WriteString(`# Policies

This CrossGuard pack holds every resource of a plan against the rules below. It runs in every offline preview, and in an
ordinary installation with

` + "```sh\npulumi preview --policy-pack policies\n```" + `

A rule's level follows the stack's profile, ` + "`eks-platform:platform.profile`" + `; a stack without one is judged by its name where
that is dev, stg or prd, and else as production. Pods are held against the Pod Security Standards of the Kubernetes minor
in ` + "`cluster.version`" + `. What can't be decided before the update, because a deciding property is not known yet, is told by the
advisory policy ` + "`undecided-at-preview`" + `, and held against the rule again during the update.

The rules are data in the package ` + "`policies/rules`" + `; ` + "`policies/pack`" + ` makes a pack of them, or of your own choice of them.

| rule | severity | dev | stg | prd |
|---|---|---|---|---|
`)
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", r.ID, r.ID, r.Severity, r.Level(Dev), r.Level(Stg), r.Level(Prd))
	}
	for _, r := range list {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n**Why.** %s\n\n**Fix.** %s.\n\n**From.** %s.\n", r.ID, r.Title, r.Why, r.Fix, strings.Join(r.References, "; "))
	}
	b.WriteString("\n## Exemptions\n\nThe platform's own workloads that can't be otherwise.\n\n| rule | workload | why |\n|---|---|---|\n")
	for _, e := range exemptions {
		fmt.Fprintf(&b, "| %s | %s %s | %s |\n", e.Rule, e.Kind, strings.TrimPrefix(e.Namespace+"/"+e.Name, "/"), e.Reason)
	}
	return b.String()
}
