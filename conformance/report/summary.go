// Package report writes what came of a run of the features: a table for a terminal, JUnit's XML, and a page of HTML.
package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"schemaside/conformance/features"
)

// Summary writes the steps that failed, with what was asked and answered, then a table of counts by topic.
func Summary(w io.Writer, r features.Report) error {
	for _, o := range r.Outcomes {
		if o.Status == features.Failed {
			Failure(w, o)
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "passed\tfailed\tskipped\ton contexts\t  topic")
	for _, topic := range append(r.Topics(), features.Topic{Name: "all", Report: r}) {
		fmt.Fprintf(t, "%d\t%d\t%d\t%d\t  %s\n", topic.Count(features.Passed), topic.Count(features.Failed),
			topic.Count(features.Skipped), topic.CountTagged("@contexts"), topic.Name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for reason, n := range skips(r) {
		fmt.Fprintf(w, "skipped %d: %s\n", n, reason)
	}
	_, err := fmt.Fprintf(w, "%d scenarios passed, %d failed\n", r.Count(features.Passed), r.Count(features.Failed))
	return err
}

// Failure writes the steps of a scenario up to the one that failed.
func Failure(w io.Writer, o features.Outcome) {
	fmt.Fprintf(w, "FAIL  %s: %s\n", o.Topic, o.Name)
	Steps(w, o)
	fmt.Fprintln(w)
}

// Steps writes each step of a scenario that ran, with what was asked and answered.
func Steps(w io.Writer, o features.Outcome) {
	failed := false
	for _, step := range o.Steps {
		if step.Status == features.Skipped {
			continue
		}
		fmt.Fprintf(w, "      %s\n", step.Text)
		if _, body, ok := strings.Cut(step.Asked, "\n"); ok {
			fmt.Fprintf(w, "        %s\n", body)
		}
		if step.Answered != "" {
			fmt.Fprintf(w, "        -> %s\n", step.Answered)
		}
		if step.Error != "" {
			failed = true
			fmt.Fprintf(w, "      ! %s\n", step.Error)
		}
	}
	if !failed && o.Reason != "" {
		fmt.Fprintf(w, "      ! %s\n", o.Reason)
	}
}

// skips counts the scenarios that did not run, by reason.
func skips(r features.Report) map[string]int {
	reasons := map[string]int{}
	for _, o := range r.Outcomes {
		if o.Status == features.Skipped {
			reasons[o.Reason]++
		}
	}
	return reasons
}
