// Command offline runs the platform's program on the real Pulumi engine without
// an AWS account: AWS and Kubernetes are simulated.
//
//	go run ./offline preview --stack dev [--diff] [--json FILE] [--summary FILE]
//	go run ./offline up      --stack dev
//	go run ./offline destroy --stack dev
//	go run ./offline ip-plan --stack dev [--json]
//	go run ./offline upgrade-plan --stack dev --to 1.36 [--json] [--outputs FILE] [--before-outputs FILE]
//	go run ./offline charts  [--mirror URL] [--frozen] [NAME...]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/megazonecloud/eks-platform/offline/engine"
	"github.com/megazonecloud/eks-platform/stacks"
)

const usage = `usage: offline preview|up|destroy [--stack NAME] [--diff]
               [--json FILE] [--summary FILE] [--color auto|always|never]
       offline ip-plan [--stack NAME] [--json]
       offline upgrade-plan [--stack NAME] --to MINOR [--json]
               [--outputs FILE] [--before-outputs FILE]
       offline charts  [--mirror URL] [--frozen] [NAME...]

  preview   plan the stack and hold the plan against the policies
  up        apply it to a simulated account, kept in .offline
  destroy   remove it from there
  ip-plan   print what addresses the stack has and needs, --json for a program
  upgrade-plan  print the steps to a newer Kubernetes minor, and what blocks them
  charts    download the charts of the catalogue, or those named, and check them

  --stack   the stack whose Pulumi.NAME.yaml to read; default dev
  --diff    show each property of each resource
  --json    write the plan there, one object a resource
  --summary write what a reviewer needs there, as Markdown
  --outputs plan from these outputs, of ` + "`pulumi stack output --json`" + `; default those of the
            simulated account, or the file. --before-outputs: of the stack before
  --mirror  a repository (https://) or registry (oci://) that has all charts
  --frozen  fail on a chart that charts.lock doesn't know, instead of adding it

AWS and Kubernetes are simulated: nothing here needs, or touches, an account.
Only charts uses the network.
`

func main() {
	if engine.ServePlugin(os.Args) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "offline:", err)
		os.Exit(1)
	}
}

// prints are the commands that print what the configuration alone says.
var prints = map[string]func([]string, io.Writer) error{"ip-plan": ipPlan, "upgrade-plan": upgradePlan}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if print, plans := prints[args[0]]; plans {
			return print(args[1:], out)
		}
	}
	if len(args) > 0 && args[0] == "charts" {
		return charts(ctx, args[1:], out)
	}
	request, err := parse(args)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "AWS and Kubernetes are simulated: this %s of stack %s needs no account and touches none.\n", request.command, request.stack)
	source, err := simulatedCharts(request.root)
	if err != nil {
		return err
	}
	run, err := engine.Open(ctx, engine.Options{
		Root: request.root, Stack: request.stack, Program: stacks.DeployWith(time.Time{}, source),
		Output: out, Diff: request.diff, Color: request.color, Dependencies: request.json != "",
	})
	if err != nil {
		return interrupted(ctx, err)
	}
	return interrupted(ctx, errors.Join(request.perform(ctx, run, out), run.Close()))
}

// interrupted says that the run was ended from outside, which is all there is to
// say then.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted; the next run begins where this one stopped")
	}
	return err
}

type request struct {
	command, stack, json, summary, root, color string
	diff                                       bool
}

// parse reads the command line. The project is the nearest folder upwards that
// has a Pulumi.yaml.
func parse(args []string) (request, error) {
	var r request
	flags := flag.NewFlagSet("offline", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&r.stack, "stack", "dev", "")
	flags.StringVar(&r.json, "json", "", "")
	flags.StringVar(&r.summary, "summary", "", "")
	flags.StringVar(&r.color, "color", "auto", "")
	flags.BoolVar(&r.diff, "diff", false, "")
	if len(args) > 0 {
		r.command, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || !known(r.command) {
		return r, errors.New("unknown command or flag\n\n" + usage)
	}
	if r.json+r.summary != "" && r.command != "preview" {
		return r, errors.New("--json and --summary go with preview")
	}
	var err error
	r.root, err = projectRoot()
	return r, err
}

func known(command string) bool {
	return command == "preview" || command == "up" || command == "destroy"
}

func projectRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "Pulumi.yaml")); missing == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no Pulumi.yaml here or above: run this inside the project")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

func (r request) perform(ctx context.Context, run *engine.Engine, out io.Writer) error {
	switch r.command {
	case "up":
		if _, err := run.Preview(ctx); err != nil {
			return err
		}
		_, err := run.Up(ctx)
		return err
	case "destroy":
		return run.Destroy(ctx)
	}
	return r.preview(ctx, run, out)
}

// preview writes the files asked for; the summary when the preview failed, too.
func (r request) preview(ctx context.Context, run *engine.Engine, out io.Writer) error {
	result, err := run.Preview(ctx)
	if r.summary != "" && result != nil {
		err = errors.Join(err, engine.WriteFile(r.summary, []byte(result.Summary(err))))
	}
	if err != nil || r.json == "" {
		return err
	}
	if err := result.Plan.Write(r.json); err != nil {
		return err
	}
	fmt.Fprintf(out, "The plan's %d resources are in %s.\n", len(result.Plan), r.json)
	return nil
}
