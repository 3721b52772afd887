package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
)

// upgradePlan prints the steps by which a stack gets to a newer Kubernetes minor, and
// what blocks them, as its file stands.
func upgradePlan(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("upgrade-plan", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	stack, to := flags.String("stack", "dev", ""), flags.String("to", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errors.New("unknown flag\n\n" + usage)
	}
	if *to == "" {
		return errors.New("name the Kubernetes minor to go to: --to 1.36 (with make, TO=1.36)")
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	cfg, err := stackConfig(root, *stack)
	if err != nil {
		return err
	}
	// Without the file of the stack before, the plan says what it must have deployed.
	before, _ := stackConfig(root, cfg.UpgradeAfter[strings.LastIndex(cfg.UpgradeAfter, "/")+1:])
	plan, problems := cfg.UpgradePlan(*to, before, time.Now())
	if err := problem.Error("upgrade of stack "+*stack, problems); err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plan)
	}
	fmt.Fprintf(out, "Stack %s, Kubernetes %s to %s. Each step is one deployment: write, preview, deploy.\n\n%s", *stack, plan.From, plan.To, plan.Text())
	if plan.Blocked() {
		fmt.Fprintln(out, "\nWhat is BLOCKED is refused as things stand; the way out is behind it.")
	}
	return nil
}

// stackConfig reads and checks a stack's file.
func stackConfig(root, stack string) (*stacks.Config, error) {
	text, project, err := engine.ReadConfig(root, stack, stacks.Key)
	if err != nil {
		return nil, err
	}
	cfg, problems := stacks.Parse(text, project+"-"+stack)
	return cfg, problem.Error("configuration of stack "+stack, problems)
}
