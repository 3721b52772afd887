package recorder

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tree draws the resources as a person reviews them: components with their
// children below them, each with its options and inputs, in a fixed order.
func (r *Recorder) Tree() string {
	children := map[string][]Resource{}
	known := map[string]bool{}
	for _, res := range r.resources {
		known[res.URN] = true
	}
	for _, res := range r.resources {
		parent := res.Parent
		if !known[parent] {
			parent = "" // the stack itself
		}
		children[parent] = append(children[parent], res)
	}
	var b strings.Builder
	drawBelow(&b, children, "", 0)
	return b.String()
}

func drawBelow(b *strings.Builder, children map[string][]Resource, parent string, depth int) {
	for _, res := range children[parent] {
		indent := strings.Repeat("    ", depth)
		fmt.Fprintf(b, "%s%s %s%s\n", indent, res.Type, res.Name, options(res))
		for _, key := range slices.Sorted(maps.Keys(res.Inputs)) {
			fmt.Fprintf(b, "%s  . %s: %s\n", indent, key, compact(res.Inputs[key]))
		}
		drawBelow(b, children, res.URN, depth+1)
	}
}

func options(res Resource) string {
	var text string
	if res.Protect {
		text += " [protected]"
	}
	if len(res.IgnoreChanges) > 0 {
		text += " [ignores changes of " + strings.Join(res.IgnoreChanges, ", ") + "]"
	}
	return text
}

// compact writes a value on one line; encoding/json sorts the keys.
func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
