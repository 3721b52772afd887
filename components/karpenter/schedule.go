package karpenter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// cronField is one of the five fields of a schedule.
type cronField struct {
	name      string
	low, high int
	// names stand for the numbers from low on.
	names []string
}

// cronFields and shorthands are what Karpenter's parser takes: a schedule that it does
// not take makes the pool unusable, and nothing but the pool's status says so.
// Source: https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
var (
	cronFields = []cronField{
		{name: "minute", high: 59},
		{name: "hour", high: 23},
		{name: "day of the month", low: 1, high: 31},
		{name: "month", low: 1, high: 12, names: []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
		{name: "day of the week", high: 6, names: []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
	}
	shorthands = []string{"@annually", "@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
)

func validateSchedule(list *problem.List, path, schedule string) {
	const fix = `write five cron fields such as "0 9 * * mon-fri", or @daily`
	if slices.Contains(shorthands, schedule) {
		return
	}
	fields := strings.Fields(schedule)
	if len(fields) != len(cronFields) {
		list.Addf(path, fix, "%q has %d fields", schedule, len(fields))
		return
	}
	for i, field := range cronFields {
		if !field.takes(fields[i]) {
			list.Addf(path, fix, "%q can't be a %s", fields[i], field.name)
		}
	}
}

// takes reads a field: values, spans and steps, with commas between them.
func (f cronField) takes(text string) bool {
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		if count, err := strconv.Atoi(step); stepped && (err != nil || count < 1) {
			return false
		}
		if span == "*" || span == "?" {
			continue
		}
		first, last, isSpan := strings.Cut(span, "-")
		from, ok := f.number(first)
		if to, known := f.number(last); !ok || isSpan && (!known || to < from) {
			return false
		}
	}
	return true
}

// number is what a value stands for.
func (f cronField) number(text string) (int, bool) {
	if at := slices.Index(f.names, strings.ToLower(text)); at >= 0 {
		return f.low + at, true
	}
	number, err := strconv.Atoi(text)
	return number, err == nil && number >= f.low && number <= f.high
}
