package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"text/tabwriter"
)

// topics counts scenarios by topic and run, each in the order of their first line.
type topics struct {
	line         *regexp.Regexp
	names, runs  []string
	passed       map[[2]string]int
	passedOfRuns map[string]int
	total        int
}

// newTopics wants lines that end like "scenarios of isolation, cache true: 20".
func newTopics() *topics {
	return &topics{
		line:   regexp.MustCompile(`\bscenarios of (.+), ([^,]+): (\d+)\n$`),
		passed: map[[2]string]int{}, passedOfRuns: map[string]int{},
	}
}

// read takes a line of a test's output.
func (t *topics) read(text string) {
	found := t.line.FindStringSubmatch(text)
	if found == nil {
		return
	}
	name, run := found[1], found[2]
	passed, err := strconv.Atoi(found[3])
	if err != nil {
		return
	}
	if !slices.Contains(t.names, name) {
		t.names = append(t.names, name)
	}
	if !slices.Contains(t.runs, run) {
		t.runs = append(t.runs, run)
	}
	t.passed[[2]string{name, run}] += passed
	t.passedOfRuns[run] += passed
	t.total += passed
}

// write writes a table: a line for each topic, a column for each run.
func (t *topics) write(w io.Writer) error {
	if t.total == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nscenarios passed:")
	for _, run := range t.runs {
		fmt.Fprintf(table, "%s\t", run)
	}
	fmt.Fprintln(table, "  topic")
	for _, name := range t.names {
		for _, run := range t.runs {
			fmt.Fprintf(table, "%d\t", t.passed[[2]string{name, run}])
		}
		fmt.Fprintf(table, "  %s\n", name)
	}
	for _, run := range t.runs {
		fmt.Fprintf(table, "%d\t", t.passedOfRuns[run])
	}
	fmt.Fprintln(table, "  all")
	return table.Flush()
}
