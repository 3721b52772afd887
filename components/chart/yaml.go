package chart

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v2"
)

// decode reads an object as the API server's clients do, whose YAML is that of
// version 1.1 ("on" is true). It skips their way through JSON text, which takes a
// third of the time.
func decode(text string) (map[string]any, error) {
	var raw any
	if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
		return nil, err
	}
	converted, err := fromYAML(raw)
	if err != nil || converted == nil {
		return nil, err
	}
	body, isMap := converted.(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("a document that is a %T and no object", converted)
	}
	return body, nil
}

// fromYAML turns what the YAML parser reads into what a JSON parser would.
func fromYAML(value any) (any, error) {
	switch known := value.(type) {
	case nil, bool, string, float64:
		return known, nil
	case int:
		return float64(known), nil
	case int64:
		return float64(known), nil
	case uint64:
		return float64(known), nil
	case []any:
		for i, element := range known {
			converted, err := fromYAML(element)
			if err != nil {
				return nil, err
			}
			known[i] = converted
		}
		return known, nil
	case map[any]any:
		table := make(map[string]any, len(known))
		for key, element := range known {
			name, err := keyText(key)
			if err != nil {
				return nil, err
			}
			if table[name], err = fromYAML(element); err != nil {
				return nil, err
			}
		}
		return table, nil
	}
	return nil, fmt.Errorf("a value of type %T", value)
}

// keyText is a key as JSON has it.
func keyText(key any) (string, error) {
	switch known := key.(type) {
	case string:
		return known, nil
	case int:
		return strconv.Itoa(known), nil
	case bool:
		return strconv.FormatBool(known), nil
	}
	return "", fmt.Errorf("a key of type %T", key)
}
