package chart

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	helm "helm.sh/helm/v4/pkg/chart/v2"
)

// documents parts a file as Helm does: by --- at the start of a line, whatever follows.
// A regular expression for it took as long as all templates together.
func documents(text string) []string {
	parts := strings.Split("\n"+text, "\n---")
	for i := range parts[:len(parts)-1] {
		parts[i] += "\n" // a block of text ends with it
	}
	return parts
}

const notes = "NOTES.txt"

// manifests reads the objects of rendered templates and of crds folders.
func manifests(c *helm.Chart, rendered map[string]string) ([]Object, error) {
	files := maps.Clone(rendered)
	maps.DeleteFunc(files, func(name, _ string) bool { return path.Base(name) == notes })
	for _, crd := range c.CRDObjects() {
		files[crd.Filename] = string(crd.File.Data)
	}
	var objects []Object
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, text := range documents(files[name]) {
			found, err := parse(name, text)
			if err != nil {
				return nil, err
			}
			objects = append(objects, found...)
		}
	}
	return objects, nil
}

// parse reads one document: none, one object, or a list of them.
func parse(template, text string) ([]Object, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	body, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", template, err)
	}
	if len(body) == 0 { // comments alone
		return nil, nil
	}
	return flatten(template, body)
}

// flatten takes lists apart.
func flatten(template string, body map[string]any) ([]Object, error) {
	items, isList := body["items"].([]any)
	if kind, _ := body["kind"].(string); !isList || !strings.HasSuffix(kind, "List") {
		o, err := newObject(template, body)
		return []Object{o}, err
	}
	var objects []Object
	for _, item := range items {
		inner, isObject := item.(map[string]any)
		if !isObject {
			return nil, errors.New(template + ": a list of something else than objects")
		}
		found, err := flatten(template, inner)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	return objects, nil
}
