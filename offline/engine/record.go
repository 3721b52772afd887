package engine

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// Preview is what a preview found out.
type Preview struct {
	// Stack is the stack's name.
	Stack string
	// Plan is what an update would do.
	Plan Plan
	// Findings are what the policies say of it.
	Findings []Finding
}

// Finding is one thing that a policy says of one resource.
type Finding struct {
	// Policy is the policy's name.
	Policy string
	// Level is mandatory, which fails the preview, or advisory.
	Level string
	// URN is the resource; empty for the whole stack.
	URN string
	// Message says what is wrong and what to do about it.
	Message string
}

// recorder collects a preview from the two things that the engine writes: events
// with the inputs of each resource and the policies' findings, and an update
// plan with the dependencies.
type recorder struct {
	file   string
	events chan events.EngineEvent
	done   chan recorded
}

type recorded struct {
	steps    []apitype.StepEventMetadata
	findings []Finding
}

func newRecorder(dir string) (*recorder, error) {
	file, err := os.CreateTemp(dir, "plan-*.json")
	if err != nil {
		return nil, fmt.Errorf("recording the plan: %w", err)
	}
	r := &recorder{file: file.Name(), events: make(chan events.EngineEvent), done: make(chan recorded, 1)}
	go r.collect()
	return r, file.Close()
}

func (r *recorder) collect() {
	var all recorded
	for event := range r.events {
		if event.ResourcePreEvent != nil {
			all.steps = append(all.steps, event.ResourcePreEvent.Metadata)
		}
		if policy := event.PolicyEvent; policy != nil {
			all.findings = append(all.findings, Finding{
				Policy: policy.PolicyName, Level: policy.EnforcementLevel, URN: policy.ResourceURN, Message: uncoloured(policy.Message),
			})
		}
	}
	r.done <- all
}

func (r *recorder) close() { _ = os.Remove(r.file) }

// result joins the events with the update plan. The Automation API ends the
// stream of events before a preview returns; a preview that could not even
// start has no such stream, and nothing to wait for.
func (r *recorder) result(stack string) (*Preview, error) {
	var all recorded
	select {
	case all = <-r.done:
	case <-time.After(5 * time.Second):
		return nil, nil
	}
	dependencies, err := readDependencies(r.file)
	if err != nil {
		return nil, err
	}
	preview := &Preview{Stack: stack, Findings: all.findings}
	for _, step := range all.steps {
		if step.Op == apitype.OpRead { // a look at another stack is no part of a plan
			continue
		}
		state := step.New
		if state == nil {
			state = step.Old
		}
		preview.Plan = append(preview.Plan, Resource{
			URN:          step.URN,
			Type:         step.Type,
			Name:         urn.URN(step.URN).Name(),
			Parent:       state.Parent,
			Custom:       state.Custom,
			Operation:    string(step.Op),
			Dependencies: dependencies[step.URN],
			Inputs:       readable(state.Inputs).(map[string]any),
		})
	}
	slices.SortFunc(preview.Plan, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return preview, nil
}

// uncoloured takes Pulumi's colour marks, such as <{%reset%}>, out of a text.
func uncoloured(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<{%")
		if !found {
			return text
		}
		_, after, _ := strings.Cut(rest, "%}>")
		text = before + after
	}
}
