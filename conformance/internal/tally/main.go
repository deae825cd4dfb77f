// Command tally reads the output of `go test -json` (one run, or several in a row) and prints what a person wants to
// see: a line a package, the output of what failed, and how many tests ran, and scenarios by topic. Its last line reads
// "N passed, M failed"; it fails unless something passed and nothing failed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if !tally(os.Stdin, os.Stdout) {
		os.Exit(1)
	}
}

// event is a line of `go test -json`.
type event struct {
	Action  string
	Package string
	// Test is empty for what concerns the package as a whole, a failed build among it.
	Test    string
	Output  string
	Elapsed float64
	// ImportPath names what was built in events of a build.
	ImportPath string
}

// name tells a test or a package from all others.
type name struct{ pkg, test string }

// counts is what has been seen. A test that ran twice counts once, and as failed if it failed once.
type counts struct {
	w         io.Writer
	outcome   map[name]string
	parents   map[name]bool
	output    map[name][]string
	scenarios *topics
	broken    bool
}

// tally reports whether all went well.
func tally(r io.Reader, w io.Writer) bool {
	c := &counts{
		w:         w,
		outcome:   map[name]string{},
		parents:   map[name]bool{},
		output:    map[name][]string{},
		scenarios: newTopics(),
	}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			c.line(line)
		}
		if err != nil {
			return c.finish()
		}
	}
}

// line takes a line of the stream. What is no event is a word of the go command itself.
func (c *counts) line(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		fmt.Fprint(c.w, line)
		return
	}
	n := name{e.Package, e.Test}
	if e.Package == "" {
		n.pkg = e.ImportPath
	}
	switch e.Action {
	case "output", "build-output":
		c.output[n] = append(c.output[n], e.Output)
	case "build-fail":
		c.broken = true
		c.show(n)
	case "pass", "fail", "skip":
		c.end(n, e)
	}
}

// end notes the outcome of a test or a package.
func (c *counts) end(n name, e event) {
	if e.Action == "fail" {
		c.show(n)
	}
	c.countScenarios(n)
	delete(c.output, n)
	if n.test == "" {
		c.endPackage(n, e)
		return
	}
	if c.outcome[n] != "fail" && c.outcome[n] != "pass" || e.Action == "fail" {
		c.outcome[n] = e.Action
	}
	for at := strings.LastIndexByte(n.test, '/'); at > 0; at = strings.LastIndexByte(n.test[:at], '/') {
		c.parents[name{n.pkg, n.test[:at]}] = true
	}
}

func (c *counts) endPackage(n name, e event) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(c.w, "ok    %s (%.1f s)\n", n.pkg, e.Elapsed)
	case "fail":
		c.broken = true
		fmt.Fprintf(c.w, "FAIL  %s\n", n.pkg)
	}
}

func (c *counts) countScenarios(n name) {
	for _, text := range c.output[n] {
		c.scenarios.read(text)
	}
}

func (c *counts) show(n name) {
	for _, text := range c.output[n] {
		fmt.Fprint(c.w, text)
	}
	delete(c.output, n)
}

// finish prints the sums. A test that only holds other tests counts if it failed.
func (c *counts) finish() bool {
	sums := map[string]int{}
	for n, outcome := range c.outcome {
		if !c.parents[n] || outcome == "fail" {
			sums[outcome]++
		}
	}
	passed, failed := sums["pass"]+c.scenarios.total, sums["fail"]
	if failed == 0 && c.broken {
		failed = 1
	}
	if err := c.scenarios.write(c.w); err != nil {
		return false
	}
	fmt.Fprintf(c.w, "\n%d tests and %d scenarios passed, %d tests failed, %d skipped\n", sums["pass"], c.scenarios.total, failed, sums["skip"])
	fmt.Fprintf(c.w, "%d passed, %d failed\n", passed, failed)
	return passed > 0 && failed == 0
}
