package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Summary is the preview as a comment on a pull request, in Markdown. The error
// is the one that the preview ended in.
func (p *Preview) Summary(failure error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Stack `%s`: %s\n\n", p.Stack, p.headline(failure))
	p.writeOperations(&b)
	p.writeFindings(&b)
	b.WriteString("AWS and Kubernetes were simulated.\n")
	return b.String()
}

func (p *Preview) headline(failure error) string {
	if failure != nil {
		return "the preview failed"
	}
	counts := map[string]int{}
	for _, res := range p.Plan {
		if !res.defaultProvider() {
			counts[res.Operation]++
		}
	}
	var parts []string
	for _, operation := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d to %s", counts[operation], operation))
	}
	return strings.ReplaceAll(strings.Join(parts, ", "), "to same", "unchanged")
}

// defaultProvider tells whether the engine made the resource for itself; Pulumi
// does not count those either.
func (r Resource) defaultProvider() bool {
	return strings.HasPrefix(r.Type, "pulumi:providers:") && strings.HasPrefix(r.Name, "default")
}

// writeOperations counts the resources by operation and type; unchanged ones are
// left out.
func (p *Preview) writeOperations(b *strings.Builder) {
	counts := map[string]int{}
	for _, res := range p.Plan {
		if res.Operation != "same" && !res.defaultProvider() {
			counts["| "+res.Operation+" | `"+res.Type+"` |"]++
		}
	}
	if len(counts) == 0 {
		return
	}
	b.WriteString("<details><summary>Resources by type</summary>\n\n| operation | type | count |\n|---|---|---|\n")
	for _, row := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(b, "%s %d |\n", row, counts[row])
	}
	b.WriteString("\n</details>\n\n")
}

func (p *Preview) writeFindings(b *strings.Builder) {
	if len(p.Findings) == 0 {
		b.WriteString("The policies have nothing to say against it.\n\n")
		return
	}
	b.WriteString("Policies:\n\n")
	for _, finding := range p.Findings {
		fmt.Fprintf(b, "- **%s** (%s)", finding.Policy, finding.Level)
		if finding.URN != "" {
			fmt.Fprintf(b, " `%s`", finding.URN)
		}
		fmt.Fprintf(b, "\n  %s\n", strings.ReplaceAll(strings.TrimSpace(finding.Message), "\n", "\n  "))
	}
	b.WriteString("\n")
}
