// Package iamdoc writes IAM policy documents as pure functions of what they are about.
package iamdoc

import "encoding/json"

// The effects of a statement.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Condition is what must hold besides: operator, then key, then the value or values.
type Condition map[string]map[string]any

// Statement is one of a policy. Principal, Action and Resource are a string or a list of
// strings; a principal may be a map of its kind.
type Statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal any       `json:",omitempty"`
	Action    any       `json:",omitempty"`
	Resource  any       `json:",omitempty"`
	Condition Condition `json:",omitempty"`
}

// Document writes a policy. A statement without an effect allows.
func Document(statements ...Statement) string {
	for i := range statements {
		if statements[i].Effect == "" {
			statements[i].Effect = Allow
		}
	}
	text, err := json.Marshal(struct {
		Version   string
		Statement []Statement
	}{"2012-10-17", statements})
	if err != nil {
		panic(err) // strings and maps of them can always be written
	}
	return string(text)
}

// Service is the principal of an AWS service.
func Service(name string) map[string]string { return map[string]string{"Service": name} }

// Equals is the condition that keys have these values, exactly.
func Equals(values map[string]any) Condition { return Condition{"StringEquals": values} }
