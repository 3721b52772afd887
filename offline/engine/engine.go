// Package engine runs a Pulumi program on the real Pulumi engine without an AWS
// account: the CLI and the component provider of eks.Cluster are the real ones,
// the aws and kubernetes providers are stand-ins. Preview, up and destroy work;
// state stays in a folder of the project.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Options say what to run and where.
type Options struct {
	// Required. The project's folder: Pulumi.yaml, the stack files, policies, and
	// .tools as `make tools` fills it.
	Root string
	// Required. The stack: Pulumi.<stack>.yaml must exist in Root.
	Stack string
	// Required. The program.
	Program pulumi.RunFunc
	// Optional. Where state, logs and the like live. Default Root/.offline.
	StateDir string
	// Optional. Where Pulumi's own output goes. Default nowhere.
	Output io.Writer
	// Optional. Show each property of each resource. Default false.
	Diff bool
	// Optional. Record what depends on what in a preview's plan. Pulumi's output
	// then ends with the name of a plan file, which is gone by then. Default false.
	Dependencies bool
	// Optional. When to colour: auto, always or never. Default never.
	Color string
}

// Engine is a stack ready to run. Close it when done.
type Engine struct {
	options Options
	stack   auto.Stack
	close   []func() error
}

// Open prepares a run: it checks the tools, takes the stack's lock, lays out the
// working folder and selects or creates the stack.
func Open(ctx context.Context, options Options) (*Engine, error) {
	if options.StateDir == "" {
		options.StateDir = filepath.Join(options.Root, ".offline")
	}
	if options.Output == nil {
		options.Output = io.Discard
	}
	if options.Color == "" {
		options.Color = "never"
	}
	e := &Engine{options: options}
	if err := e.open(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context) error {
	if err := checkTools(e.options.Root); err != nil {
		return err
	}
	project, stack, err := readStack(e.options.Root, e.options.Stack)
	if err != nil {
		return err
	}
	dirs, err := e.layOut(project, stack)
	if err != nil {
		return err
	}
	variables, err := e.environment(dirs)
	if err != nil {
		return err
	}
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: toolsDir(e.options.Root)})
	if err != nil {
		return fmt.Errorf("the Pulumi CLI of `make tools` can't be used: %w", err)
	}
	e.stack, err = auto.UpsertStackInlineSource(ctx, e.options.Stack, project.name, e.options.Program,
		auto.WorkDir(dirs.work), auto.PulumiHome(dirs.home), auto.Pulumi(command), auto.EnvVars(variables))
	if err != nil {
		return fmt.Errorf("stack %s: %w", e.options.Stack, err)
	}
	return e.unlock(ctx)
}

// unlock removes the lock that a killed run left in the state: this process
// holds the stack's own lock, so no run that lives can hold that one.
func (e *Engine) unlock(ctx context.Context) error {
	if err := e.stack.Cancel(ctx); err != nil {
		return fmt.Errorf("stack %s: removing the lock of a killed run: %w", e.options.Stack, err)
	}
	return nil
}

// Close gives the stack's lock back and ends what Open started.
func (e *Engine) Close() error {
	var errs []error
	for i := len(e.close) - 1; i >= 0; i-- {
		errs = append(errs, e.close[i]())
	}
	e.close = nil
	return errors.Join(errs...)
}

// Preview plans the stack and holds the plan against the policies. The result is
// there when the preview failed, too, with what was planned and found until then.
func (e *Engine) Preview(ctx context.Context) (*Preview, error) {
	recorder, err := newRecorder(e.options.StateDir)
	if err != nil {
		return nil, err
	}
	defer recorder.close()
	opts := []optpreview.Option{
		optpreview.ProgressStreams(e.options.Output),
		optpreview.ErrorProgressStreams(e.options.Output),
		optpreview.Color(e.options.Color),
		optpreview.PolicyPacks(e.policies()),
		optpreview.EventStreams(recorder.events),
	}
	if e.options.Dependencies {
		opts = append(opts, optpreview.Plan(recorder.file))
	}
	if e.options.Diff {
		opts = append(opts, optpreview.Diff())
	}
	_, err = e.stack.Preview(ctx, opts...)
	result, recordErr := recorder.result(e.options.Stack)
	if err != nil {
		return result, verdict("preview", err)
	}
	return result, recordErr
}

// Up applies the stack to the simulated account. It does not preview first.
func (e *Engine) Up(ctx context.Context) (auto.UpResult, error) {
	opts := []optup.Option{
		optup.ProgressStreams(e.options.Output),
		optup.ErrorProgressStreams(e.options.Output),
		optup.Color(e.options.Color),
		optup.PolicyPacks(e.policies()),
	}
	if e.options.Diff {
		opts = append(opts, optup.Diff())
	}
	result, err := e.stack.Up(ctx, opts...)
	return result, verdict("up", err)
}

// Destroy removes the stack's resources from the simulated account. As with the
// CLI it previews first, and so removes nothing while anything is protected.
func (e *Engine) Destroy(ctx context.Context) error {
	opts := []optdestroy.Option{
		optdestroy.ProgressStreams(e.options.Output),
		optdestroy.ErrorProgressStreams(e.options.Output),
		optdestroy.Color(e.options.Color),
	}
	if _, err := e.stack.PreviewDestroy(ctx, opts...); err != nil {
		return verdict("destroy", err)
	}
	_, err := e.stack.Destroy(ctx, opts...)
	return verdict("destroy", err)
}

func (e *Engine) policies() string { return filepath.Join(e.options.Root, "policies") }

// ErrFailed is what a run ends with when Pulumi has already said why.
var ErrFailed = errors.New("failed, as said above")

// verdict keeps the CLI's whole output out of the error: it was shown already.
func verdict(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %w", what, ErrFailed)
}

// environment is what the CLI and everything it starts sees.
func (e *Engine) environment(dirs dirs) (map[string]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program's file: %w", err)
	}
	readiness, err := serveReadiness()
	if err != nil {
		return nil, err
	}
	e.close = append(e.close, readiness.Close)
	variables := map[string]string{
		"PATH":                     dirs.shims + string(os.PathListSeparator) + os.Getenv("PATH"),
		"PULUMI_BACKEND_URL":       "file://" + dirs.state,
		"PULUMI_CONFIG_PASSPHRASE": "offline",
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		selfVariable:      self,
		worldVariable:     filepath.Join(dirs.state, e.options.Stack+".world.json"),
		providerVariable:  filepath.Join(e.options.Root, providerFolder),
		readinessVariable: readiness.url,
	}
	maps.Copy(variables, withoutAccount())
	return variables, nil
}

// withoutAccount blanks what would lead to a real account: a profile changes
// what eks.Cluster writes into its kubeconfig, and nothing offline may sign requests.
func withoutAccount() map[string]string {
	blank := map[string]string{}
	for _, name := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "KUBECONFIG", "PULUMI_ACCESS_TOKEN"} {
		if os.Getenv(name) != "" {
			blank[name] = ""
		}
	}
	return blank
}
