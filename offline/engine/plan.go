package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Plan is what a preview would do, in the order of the URNs.
type Plan []Resource

// Resource is one resource of a plan.
type Resource struct {
	// URN identifies the resource in its stack.
	URN string `json:"urn"`
	// Type is its type token.
	Type string `json:"type"`
	// Name is its logical name.
	Name string `json:"name"`
	// Parent is the URN of the component it belongs to; empty for the stack.
	Parent string `json:"parent,omitempty"`
	// Custom tells resources of a provider from components.
	Custom bool `json:"custom"`
	// Operation is what would happen: create, update, same, replace, delete.
	Operation string `json:"operation"`
	// Dependencies are the URNs of what must exist first; recorded where
	// Options.Dependencies asks for them.
	Dependencies []string `json:"dependencies"`
	// Inputs are its properties. An unknown is {"$unknown": true}, a secret
	// {"$secret": "[secret]"}: its value is never written.
	Inputs map[string]any `json:"inputs"`
}

// readDependencies reads the dependencies from an update plan. The file is empty
// where the preview failed.
func readDependencies(file string) (map[string][]string, error) {
	text, err := os.ReadFile(file)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var plan apitype.DeploymentPlanV1
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("reading the update plan: %w", err)
	}
	all := map[string][]string{}
	for id, step := range plan.ResourcePlans {
		urns := []string{}
		if step.Goal != nil {
			for _, dependency := range step.Goal.Dependencies {
				urns = append(urns, string(dependency))
			}
		}
		slices.Sort(urns)
		all[string(id)] = slices.Compact(urns)
	}
	return all, nil
}

// readable replaces the engine's markers of unknowns and secrets by ones that a
// person understands.
func readable(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if v[resource.SigKey] == resource.SecretSig {
			return map[string]any{"$secret": "[secret]"}
		}
		result := make(map[string]any, len(v))
		for key := range v {
			result[key] = readable(v[key])
		}
		return result
	case []any:
		result := make([]any, len(v))
		for i := range v {
			result[i] = readable(v[i])
		}
		return result
	case string:
		if v == plugin.UnknownStringValue {
			return map[string]any{"$unknown": true}
		}
	}
	return value
}

// Write writes the plan as indented JSON, whole or not at all.
func (p Plan) Write(file string) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	return WriteFile(file, append(text, '\n'))
}

// WriteFile writes a file whole or not at all.
func WriteFile(file string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".part-*")
	if err != nil {
		return fmt.Errorf("the file can't be written: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if _, err := temporary.Write(text); err != nil {
		return fmt.Errorf("the file can't be written: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("the file can't be written: %w", err)
	}
	return os.Rename(temporary.Name(), file)
}
