package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
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
	// Dependencies are the URNs of what must exist first.
	Dependencies []string `json:"dependencies"`
	// Inputs are its properties. An unknown is {"$unknown": true}, a secret
	// {"$secret": "[secret]"}: its value is never written.
	Inputs map[string]any `json:"inputs"`
}

// recorder collects a plan from the two things that the engine writes: events
// with the inputs of each resource, and an update plan with the dependencies.
type recorder struct {
	file   string
	events chan events.EngineEvent
	done   chan []apitype.ResourcePreEvent
}

func newRecorder(dir string) (*recorder, error) {
	file, err := os.CreateTemp(dir, "plan-*.json")
	if err != nil {
		return nil, fmt.Errorf("recording the plan: %w", err)
	}
	r := &recorder{file: file.Name(), events: make(chan events.EngineEvent), done: make(chan []apitype.ResourcePreEvent, 1)}
	go func() {
		var steps []apitype.ResourcePreEvent
		for event := range r.events {
			if event.ResourcePreEvent != nil {
				steps = append(steps, *event.ResourcePreEvent)
			}
		}
		r.done <- steps
	}()
	return r, file.Close()
}

func (r *recorder) close() { _ = os.Remove(r.file) }

// plan joins the events with the update plan; the engine has closed the channel
// of events when the preview returns.
func (r *recorder) plan() (Plan, error) {
	dependencies, err := readDependencies(r.file)
	if err != nil {
		return nil, err
	}
	plan := Plan{}
	for _, step := range <-r.done {
		state := step.Metadata.New
		if state == nil {
			state = step.Metadata.Old
		}
		plan = append(plan, Resource{
			URN:          step.Metadata.URN,
			Type:         step.Metadata.Type,
			Name:         urn.URN(step.Metadata.URN).Name(),
			Parent:       state.Parent,
			Custom:       state.Custom,
			Operation:    string(step.Metadata.Op),
			Dependencies: dependencies[step.Metadata.URN],
			Inputs:       readable(state.Inputs).(map[string]any),
		})
	}
	slices.SortFunc(plan, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return plan, nil
}

// readDependencies reads the dependencies from an update plan. The file is empty
// where the preview failed.
func readDependencies(file string) (map[string][]string, error) {
	text, err := os.ReadFile(file)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var plan struct {
		Plan apitype.DeploymentPlanV1 `json:"plan"`
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("reading the update plan: %w", err)
	}
	all := map[string][]string{}
	for id, step := range plan.Plan.ResourcePlans {
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
	temporary, err := os.CreateTemp(filepath.Dir(file), ".plan-*")
	if err != nil {
		return fmt.Errorf("the plan can't be written: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if _, err := temporary.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("the plan can't be written: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("the plan can't be written: %w", err)
	}
	return os.Rename(temporary.Name(), file)
}
