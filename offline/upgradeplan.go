package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// upgradePlan prints the steps by which a stack gets to a newer Kubernetes minor, and
// what blocks them.
func upgradePlan(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("upgrade-plan", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	r := planRequest{day: time.Now()}
	flags.StringVar(&r.stack, "stack", "dev", "")
	flags.StringVar(&r.to, "to", "", "")
	flags.StringVar(&r.outputs, "outputs", "", "")
	flags.StringVar(&r.beforeOutputs, "before-outputs", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errors.New("unknown flag\n\n" + usage)
	}
	if r.to == "" {
		return errors.New("name the Kubernetes minor to go to: --to 1.36 (with make, TO=1.36)")
	}
	var err error
	if r.root, err = projectRoot(); err != nil {
		return err
	}
	if r.charts, err = simulatedCharts(r.root); err != nil {
		return err
	}
	plan, from, err := r.plan()
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plan)
	}
	_, err = io.WriteString(out, planText(r.stack, from, plan))
	return err
}

// planRequest is what a plan is asked for.
type planRequest struct {
	root, stack, to string
	// outputs are files of what is deployed, of the stack and of the one before it.
	outputs, beforeOutputs string
	day                    time.Time
	// charts are where charts are found, whose objects are looked at.
	charts stacks.Charts
}

// plan plans from what is deployed where that is known, otherwise from what the file
// says, and says which of them it was.
func (r planRequest) plan() (stacks.UpgradePlan, string, error) {
	cfg, from, err := stackConfig(r.root, r.stack, r.outputs)
	if err != nil {
		return stacks.UpgradePlan{}, "", err
	}
	before, _, err := stackConfig(r.root, cfg.UpgradeAfter[strings.LastIndex(cfg.UpgradeAfter, "/")+1:], r.beforeOutputs)
	if err != nil && r.beforeOutputs != "" {
		return stacks.UpgradePlan{}, "", err
	} // without the file of the stack before, the plan says what it must have deployed
	plan, problems := cfg.UpgradePlan(r.to, before, r.day, objectsOf(*cfg, r.stack, r.charts)...)
	return plan, from, problem.Error("upgrade of stack "+r.stack, problems)
}

// planText is the plan with what has to be known to read it.
func planText(stack, from string, plan stacks.UpgradePlan) string {
	text := fmt.Sprintf("Stack %s, Kubernetes %s to %s, from %s. Each step with something to write is one deployment: write, preview, deploy.\n\n%s",
		stack, plan.From, plan.To, from, plan.Text())
	if plan.Blocked() {
		text += "\nWhat is BLOCKED is refused as things stand; the way out is behind it.\n"
	}
	return text
}

// stackConfig reads and checks a stack's file, and lays over it what is deployed: by a
// file of its outputs, or in the simulated account. It says which of them it was.
func stackConfig(root, stack, outputs string) (*stacks.Config, string, error) {
	text, project, err := engine.ReadConfig(root, stack, stacks.Key)
	if err != nil {
		return nil, "", err
	}
	cfg, problems := stacks.Parse(text, project+"-"+stack)
	if err := problem.Error("configuration of stack "+stack, problems); err != nil {
		return nil, "", err
	}
	if outputs != "" {
		deployed, err := readOutputs(outputs)
		if err != nil {
			return nil, "", err
		}
		is, deployedThere := cfg.AsDeployed(deployed)
		if !deployedThere {
			return nil, "", fmt.Errorf("%s says no version of a cluster: write there what `pulumi stack output --json` prints", outputs)
		}
		return &is, outputs, nil
	}
	deployed, err := engine.Outputs(filepath.Join(root, ".offline"), project, stack)
	if err != nil {
		return nil, "", err
	}
	if is, deployedThere := cfg.AsDeployed(deployed); deployedThere {
		return &is, "what is deployed to the simulated account", nil
	}
	return cfg, "what its file says", nil
}

// readOutputs reads what `pulumi stack output --json` printed.
func readOutputs(file string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var outputs map[string]any
	if err := json.Unmarshal(text, &outputs); err != nil {
		return nil, fmt.Errorf("%s is not what `pulumi stack output --json` prints: %w", file, err)
	}
	return outputs, nil
}

// objectsOf are the Kubernetes objects that a stack registers, whatever its minor costs.
// A program that ends with an error says so in a preview, and the plan then says that
// previews look at the objects. Those of charts that can't be had are not among them.
func objectsOf(cfg stacks.Config, stack string, charts stacks.Charts) (all []upgrade.Object) {
	cfg.Charts = charts
	cfg.Cluster.AcceptExtendedSupport = cfg.Cluster.Version
	_, _ = recorder.Run(func(ctx *pulumi.Context) error {
		objects, err := stacks.WatchObjects(ctx)
		if err != nil {
			return err
		}
		if _, err = stacks.New(ctx, &cfg); err == nil {
			all = objects.All()
		}
		return err
	}, recorder.Preview(), recorder.Stack(stack))
	return all
}
