// Package problem collects what is wrong with a configuration, so that a person
// sees everything at once instead of one mistake a run.
package problem

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a value: where, what, and what to do about it.
type Problem struct {
	// Path is where the value stands, as the person wrote it: "network.zones[1]".
	Path string
	// What says what is wrong, with the value found.
	What string
	// Fix says what to write instead.
	Fix string
}

// String renders "path: what; fix".
func (p Problem) String() string {
	text := p.What
	if p.Path != "" {
		text = p.Path + ": " + text
	}
	if p.Fix != "" {
		text += "; " + p.Fix
	}
	return text
}

// List is the problems found so far. The zero value is empty and ready to use.
type List struct {
	problems []Problem
}

// Add notes a problem. The fix may be empty where none can be named.
func (l *List) Add(path, what, fix string) {
	l.problems = append(l.problems, Problem{Path: path, What: what, Fix: fix})
}

// Addf notes a problem whose description is formatted.
func (l *List) Addf(path, fix, format string, args ...any) {
	l.Add(path, fmt.Sprintf(format, args...), fix)
}

// Has says whether a problem of a path is noted.
func (l *List) Has(path string) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Path == path })
}

// Under notes the problems of a part, with its path in front of theirs.
func (l *List) Under(path string, part []Problem) {
	for _, p := range part {
		l.problems = append(l.problems, Problem{Path: Join(path, p.Path), What: p.What, Fix: p.Fix})
	}
}

// All returns the problems in the order of their paths; nil when there are none.
func (l *List) All() []Problem {
	sorted := slices.Clone(l.problems)
	slices.SortStableFunc(sorted, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return sorted
}

// Err returns nil without problems, and otherwise one error that names them
// all, headed by what was being checked.
func (l *List) Err(what string) error {
	return Error(what, l.All())
}

// Error joins problems into one error headed by what was being checked; nil
// when there are none.
func Error(what string, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	lines := make([]string, 0, len(problems)+1)
	noun := "problems"
	if len(problems) == 1 {
		noun = "problem"
	}
	lines = append(lines, fmt.Sprintf("%s: %d %s", what, len(problems), noun))
	for _, p := range problems {
		lines = append(lines, "  - "+p.String())
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Join puts a path behind another: "network" and "zones[1]" are
// "network.zones[1]", "zones" and "[1]" are "zones[1]".
func Join(path, rest string) string {
	switch {
	case path == "":
		return rest
	case rest == "":
		return path
	case strings.HasPrefix(rest, "["):
		return path + rest
	default:
		return path + "." + rest
	}
}

// OneOf notes a problem when the value is not among the allowed ones.
func OneOf(l *List, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		l.Addf(path, "use one of "+strings.Join(allowed, ", "), "%q is not known", value)
	}
}
