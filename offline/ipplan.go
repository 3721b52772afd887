package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
)

// ipPlan prints the address plan of a stack, as a table or as JSON. Where the plan
// does not fit it prints it all the same, and then what is wrong.
func ipPlan(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("ip-plan", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	stack := flags.String("stack", "dev", "")
	asJSON := flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errors.New("unknown flag\n\n" + usage)
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	text, project, err := engine.ReadConfig(root, *stack, stacks.Key)
	if err != nil {
		return err
	}
	cfg, problems := stacks.Parse(text, project+"-"+*stack)
	wrong := problem.Error("configuration of stack "+*stack, problems)
	if cfg == nil {
		return wrong
	}
	plan, _ := cfg.AddressPlan()
	switch {
	case plan == nil:
	case *asJSON:
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(plan)
	default:
		_, err = fmt.Fprint(out, plan.Table())
	}
	return errors.Join(wrong, err)
}
