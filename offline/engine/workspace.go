package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gopkg.in/yaml.v3"
)

// A project or stack file as it is copied into the working folder.
type project struct {
	name string
	text []byte
}

// readStack reads the project file and the stack's file.
func readStack(root, stack string) (project, []byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return project{}, nil, fmt.Errorf("this is not a Pulumi project: %w", err)
	}
	var named struct {
		Name string `yaml:"name"`
	}
	if err := yaml.Unmarshal(text, &named); err != nil {
		return project{}, nil, fmt.Errorf("Pulumi.yaml: %w", err)
	}
	settings, err := os.ReadFile(filepath.Join(root, "Pulumi."+stack+".yaml"))
	if errors.Is(err, os.ErrNotExist) {
		return project{}, nil, fmt.Errorf("there is no stack %q; the stacks here are %s", stack, strings.Join(stacksIn(root), ", "))
	}
	if err != nil {
		return project{}, nil, err
	}
	if text, err = withPlugins(text); err != nil {
		return project{}, nil, fmt.Errorf("Pulumi.yaml: %w", err)
	}
	settings, err = withoutSecrets(settings)
	if err != nil {
		return project{}, nil, fmt.Errorf("Pulumi.%s.yaml: %w", stack, err)
	}
	return project{name: named.Name, text: text}, settings, nil
}

// ReadConfig reads what a stack's file says of a key in the project's namespace, as
// JSON, and the project's name. Encrypted values are masked.
func ReadConfig(root, stack, key string) (text []byte, name string, err error) {
	project, settings, err := readStack(root, stack)
	if err != nil {
		return nil, "", err
	}
	var written struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(settings, &written); err != nil {
		return nil, "", fmt.Errorf("Pulumi.%s.yaml: %w", stack, err)
	}
	text, err = json.Marshal(written.Config[project.name+":"+key])
	return text, project.name, err
}

// withPlugins names the shims as the project's own plugins, which the engine
// takes whatever version it is asked for, and without a warning.
func withPlugins(text []byte) ([]byte, error) {
	var settings map[string]any
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, err
	}
	plugin := func(name string) any { return map[string]any{"name": name, "path": shimFolder} }
	settings["plugins"] = map[string]any{
		"providers": []any{plugin("aws"), plugin("eks"), plugin("kubernetes")},
		"analyzers": []any{plugin("policy-go")},
	}
	return yaml.Marshal(settings)
}

func stacksIn(root string) []string {
	files, _ := filepath.Glob(filepath.Join(root, "Pulumi.*.yaml"))
	stacks := make([]string, 0, len(files))
	for _, file := range files {
		stacks = append(stacks, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml"))
	}
	return stacks
}

// withoutSecrets takes out of a stack's settings what only the real stack's key
// can decrypt: an offline run has no such key, and needs none.
func withoutSecrets(text []byte) ([]byte, error) {
	var settings map[string]any
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, err
	}
	for _, key := range []string{"secretsprovider", "encryptedkey", "encryptionsalt"} {
		delete(settings, key)
	}
	settings["config"] = masked(settings["config"])
	return yaml.Marshal(settings)
}

// Masked stands where a stack's file has an encrypted value.
const Masked = "secret-of-the-real-stack"

func masked(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if _, encrypted := v["secure"]; encrypted && len(v) == 1 {
			return Masked
		}
		for key := range v {
			v[key] = masked(v[key])
		}
	case []any:
		for i := range v {
			v[i] = masked(v[i])
		}
	}
	return value
}

// shimFolder holds the shims, below the working folder.
const shimFolder = "bin"

// dirs are the folders of a run.
type dirs struct{ work, home, state, shims string }

// layOut makes the folders of a run and takes the stack's lock. The project's
// own files are copied: Pulumi writes an encryption salt into the stack's file.
func (e *Engine) layOut(project project, settings []byte) (dirs, error) {
	base := e.options.StateDir
	d := dirs{
		work:  filepath.Join(base, "work", e.options.Stack),
		home:  filepath.Join(base, "home"),
		state: filepath.Join(base, "state"),
		shims: filepath.Join(base, "work", e.options.Stack, shimFolder),
	}
	for _, dir := range []string{d.work, d.home, d.state, d.shims} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return d, fmt.Errorf("the offline state needs a folder that can be written: %w", err)
		}
	}
	release, err := lock(filepath.Join(d.work, "lock"), e.options.Stack)
	if err != nil {
		return d, err
	}
	e.close = append(e.close, release)
	files := map[string][]byte{
		filepath.Join(d.work, "Pulumi.yaml"):                     project.text,
		filepath.Join(d.work, "Pulumi."+e.options.Stack+".yaml"): settings,
		// Pulumi logs every property of every resource, compressed and encrypted,
		// into the folder "logs", which takes longer than the preview itself. Where
		// a plain file has that name it does without.
		filepath.Join(d.home, "logs"): []byte("not a folder, so that Pulumi keeps no log of an offline run\n"),
	}
	for path, text := range files {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return d, fmt.Errorf("the offline state needs a folder that can be written: %w", err)
		}
	}
	if err := knowSiblings(e.options.Root, project.name, d.state); err != nil {
		return d, err
	}
	return d, writeShims(d.shims)
}

// knowSiblings makes the project's other stacks known, without a deployment: a
// stack that looks at one that does not exist ends with an error.
func knowSiblings(root, project, state string) error {
	dir := filepath.Join(state, ".pulumi", "stacks", project)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the offline state needs a folder that can be written: %w", err)
	}
	for _, stack := range stacksIn(root) {
		file, err := os.OpenFile(filepath.Join(dir, stack+".json"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err == nil {
			_, err = fmt.Fprintf(file, `{"version":3,"checkpoint":{"stack":"organization/%s/%s"}}`, project, stack)
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			return fmt.Errorf("the offline state needs a folder that can be written: %w", err)
		}
	}
	return nil
}

// lock makes sure that one run at a time has a stack. The kernel gives the lock
// back when the process ends, however it ends.
func lock(path, stack string) (func() error, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the offline state needs a folder that can be written: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another offline run has stack %s: wait for it, or end it", stack), file.Close())
	}
	return file.Close, nil
}
