// Command gen writes what the documentation says of the configuration, from the
// comments of the types that decode it: docs/config.md, and the description of
// the key in Pulumi.yaml.
//
//	go run ./docs/gen          write
//	go run ./docs/gen -check   fail where what is written differs
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

const (
	begin = "    # The description is generated from the configuration's types: make docs\n"
	end   = "    # End of the generated description.\n"
)

func main() {
	check := flag.Bool("check", false, "fail where what is written differs")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	keys, err := readKeys("stacks", "Config", "")
	if err != nil {
		return err
	}
	project, err := os.ReadFile("Pulumi.yaml")
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(project), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("Pulumi.yaml lacks the lines that enclose the generated description")
	}
	for file, text := range map[string]string{
		"docs/config.md": markdown(keys),
		"Pulumi.yaml":    head + begin + description(keys) + end + tail,
	} {
		if err := write(file, text, check); err != nil {
			return err
		}
	}
	return nil
}

func write(file, text string, check bool) error {
	if !check {
		return os.WriteFile(file, []byte(text), 0o644)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if string(written) != text {
		return fmt.Errorf("%s is not what the types say: run `make docs` and commit it", file)
	}
	return nil
}

func markdown(keys []key) string {
	var b strings.Builder
	b.WriteString(`# Configuration

A stack's whole configuration is one object, ` + "`eks-platform:platform`" + `, in ` + "`Pulumi.<stack>.yaml`" + `. A misspelt key, a
wrong type and a value that can't work are errors, all of them reported at once, before anything is registered. What
a stack leaves out has the default of its profile, else the default given here.

This page is generated from the types in ` + "`stacks`" + ` and ` + "`components`" + `: ` + "`make docs`" + ` writes it.

| key | type | |
|---|---|---|
`)
	for _, k := range keys {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.path, k.kind, strings.ReplaceAll(k.text, "|", "\\|"))
	}
	b.WriteString(`
## What a profile decides

` + profileTable)
	return b.String()
}

// profileTable mirrors the table of stacks/profiles.go; a test holds the two together.
const profileTable = `| | dev | stg | prd |
|---|---|---|---|
| ` + "`network.nat`" + ` | single | perZone | perZone |
| ` + "`network.flowLogs.to`" + ` | none | cloudWatch | cloudWatch |
| ` + "`network.budget.growthPercent`" + ` | 0 | 25 | 50 |
| ` + "`network.budget.upgrades`" + ` | rolling | rolling, blueGreen | rolling, blueGreen |
| ` + "`cluster.logRetentionDays`, `network.flowLogs.retentionDays`" + ` | 7 | 30 | 365 |
| ` + "`cluster.keyDeletionDays`" + ` | 7 | 7 | 30 |
| ` + "`cluster.protect`" + ` | false | false | true |
| ` + "`cluster.zonalShift`" + ` | false | true | true |
| ` + "`nodeSecurity.group`" + ` | cluster | own | own |
| ` + "`nodeGroups.*.capacityType`" + ` | SPOT | ON_DEMAND | ON_DEMAND |
| ` + "`nodeGroups.*.min`" + ` | 1 | 2 | 3 |
| zones, at least | 2 | 2 | 3 |
| sum of the groups' min, at least | 1 | 2 | 2 |
| past standard support | allowed | allowed | only with ` + "`cluster.acceptExtendedSupport`" + ` |
| ` + "`publicAccessCidrs`" + ` may hold 0.0.0.0/0 | yes, with a policy's advice against it | yes, likewise | no |
`

func description(keys []key) string {
	var b strings.Builder
	b.WriteString("    description: |\n      The whole platform of this stack, as one object; docs/config.md has the same as a table.\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "      %s (%s): %s\n", k.path, k.kind, k.text)
	}
	return b.String()
}
