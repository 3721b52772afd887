package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	helm "helm.sh/helm/v4/pkg/chart/v2"
)

// schema is a part of a values.schema.json, with the whole for its references.
type schema struct {
	root, node map[string]any
}

func schemaOf(text []byte) schema {
	var root map[string]any
	if len(text) == 0 || json.Unmarshal(text, &root) != nil {
		return schema{}
	}
	return schema{root, root}.resolved(0)
}

// maxReferences bounds a chain of references, which a schema may close to a ring.
const maxReferences = 16

// resolved follows a reference within the schema.
func (s schema) resolved(depth int) schema {
	pointer, isReference := s.node["$ref"].(string)
	if !isReference || depth > maxReferences {
		return s
	}
	at, local := strings.CutPrefix(pointer, "#/")
	if !local {
		return schema{s.root, nil}
	}
	node := s.root
	for part := range strings.SplitSeq(at, "/") {
		node, _ = node[part].(map[string]any)
	}
	return schema{s.root, node}.resolved(depth + 1)
}

// property is the schema of a key; false when the schema doesn't name it.
func (s schema) property(key string) (schema, bool) {
	properties, _ := s.node["properties"].(map[string]any)
	if found, has := properties[key]; has {
		node, _ := found.(map[string]any)
		return schema{s.root, node}.resolved(0), true
	}
	if any, isSchema := s.node["additionalProperties"].(map[string]any); isSchema {
		return schema{s.root, any}.resolved(0), true
	}
	if _, patterns := s.node["patternProperties"]; patterns {
		return schema{}, true
	}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		parts, _ := s.node[word].([]any)
		for _, part := range parts {
			node, _ := part.(map[string]any)
			if found, has := (schema{s.root, node}).resolved(0).property(key); has {
				return found, true
			}
		}
	}
	return schema{}, false
}

// closed says whether the schema names the keys that it knows.
func (s schema) closed() bool { return len(s.names()) > 0 }

func (s schema) names() []string {
	properties, _ := s.node["properties"].(map[string]any)
	return slices.Collect(maps.Keys(properties))
}

// free stands for the schemas of other servers that a schema refers to: rendering
// never reads the network, so what they describe is not checked.
type free struct{}

// Load answers with the schema that everything meets.
func (free) Load(string) (any, error) { return true, nil }

// violations checks values against the schemas of a chart and its subcharts.
func violations(c *helm.Chart, values map[string]any, path string) []string {
	var found []string
	if len(c.Schema) > 0 {
		found = append(found, violated(c.Schema, values, path)...)
	}
	for _, sub := range c.Dependencies() {
		if below, given := values[sub.Name()].(map[string]any); given {
			found = append(found, violations(sub, below, path+sub.Name()+".")...)
		}
	}
	return found
}

// place is where a schema is taken to be; nothing is read there.
const place = "chart:///values.schema.json"

func violated(text []byte, values map[string]any, path string) []string {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return []string{fmt.Sprintf("%svalues.schema.json: %v", path, err)}
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(free{})
	if err := compiler.AddResource(place, parsed); err != nil {
		return []string{fmt.Sprintf("%svalues.schema.json: %v", path, err)}
	}
	compiled, err := compiler.Compile(place)
	if err != nil {
		return []string{fmt.Sprintf("%svalues.schema.json: %v", path, err)}
	}
	var failed *jsonschema.ValidationError
	if err := compiled.Validate(values); errors.As(err, &failed) {
		lines := leaves(failed, path, message.NewPrinter(language.English))
		slices.Sort(lines)
		return slices.Compact(lines)
	}
	return nil
}

// leaves are the causes of a violation, each with the path of its value.
func leaves(e *jsonschema.ValidationError, path string, english *message.Printer) []string {
	if len(e.Causes) == 0 {
		return []string{path + strings.Join(e.InstanceLocation, ".") + ": " + e.ErrorKind.LocalizedString(english)}
	}
	var lines []string
	for _, cause := range e.Causes {
		lines = append(lines, leaves(cause, path, english)...)
	}
	return lines
}
