package copier

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"text/tabwriter"
	"time"
)

//go:embed report.html
var pageText string

// maxLines bounds the differences, and the refusals, that the text shows; maxRows those of the page.
const (
	maxLines = 50
	maxRows  = 5000
)

// Report tells what a run found and did.
type Report struct {
	// From and To are the URLs, without anything secret.
	From, To    string
	DryRun      bool
	Took        time.Duration
	Contexts    []*ContextReport
	Differences []Difference
	Refusals    []Refusal
	// Notes are worth knowing, and no differences.
	Notes []string
}

// ContextReport tells about one context.
type ContextReport struct {
	Pair Pair
	// Subjects, Versions and Deleted (soft-deleted versions) are the source's. Present are the versions that the target had
	// before.
	Subjects, Versions, Deleted, Present int
	// Registered, SoftDeleted and Settings count what was written.
	Registered, SoftDeleted, Settings int
	// Blocked tells why nothing was written.
	Blocked string
	// StaysImport tells that the context was left in mode IMPORT, since the copy of it isn't complete.
	StaysImport bool
}

// Refusal is something that couldn't be written.
type Refusal struct {
	Context, Subject string
	Version          int
	Why              string
}

// Place names what was refused.
func (r Refusal) Place() string { return place(r.Context, r.Subject, r.Version) }

// Same tells whether source and target are alike.
func (r *Report) Same() bool { return len(r.Differences) == 0 && len(r.Refusals) == 0 }

// WriteText writes the report for a terminal.
func (r *Report) WriteText(out io.Writer) error {
	fmt.Fprintf(out, "%s -> %s, %s in %s\n\n", r.From, r.To, r.verb(), r.Took.Round(time.Millisecond))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "context\tsubjects\tversions\tsoft-deleted\twere there\tregistered\tdeleted\tsettings written")
	for _, c := range r.Contexts {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", c.Pair, c.Subjects, c.Versions, c.Deleted, c.Present, c.Registered, c.SoftDeleted, c.Settings)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, remark := range r.Remarks() {
		fmt.Fprintln(out, remark)
	}
	for _, refusal := range first(r.Refusals, maxLines) {
		fmt.Fprintf(out, "refused: %s: %s\n", refusal.Place(), shortened(refusal.Why, 300))
	}
	more(out, "refusals", len(r.Refusals))
	for _, d := range first(r.Differences, maxLines) {
		source, target := d.excerpt()
		fmt.Fprintf(out, "differs: %s: %s: %s -> %s\n", d.Place(), d.What, source, target)
	}
	more(out, "differences", len(r.Differences))
	fmt.Fprintln(out, r.Verdict())
	return nil
}

// excerpt is what source and target show, each on a part of a line that begins shortly before they part.
func (d Difference) excerpt() (source, target string) {
	const length, before = 80, 20
	a, b := []rune(d.Source), []rune(d.Target)
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	if same <= length/2 {
		return shortened(d.Source, length), shortened(d.Target, length)
	}
	return "... " + shortened(string(a[same-before:]), length), "... " + shortened(string(b[same-before:]), length)
}

func (r *Report) verb() string {
	if r.DryRun {
		return "compared"
	}
	return "copied"
}

// Verdict is the report in a sentence.
func (r *Report) Verdict() string {
	if r.Same() {
		return "Source and target are alike."
	}
	return fmt.Sprintf("Source and target differ (differences: %d, refusals: %d).", len(r.Differences), len(r.Refusals))
}

// Remarks are the sentences about contexts that need attention, and the notes.
func (r *Report) Remarks() []string {
	var out []string
	for _, c := range r.Contexts {
		if c.Blocked != "" {
			out = append(out, fmt.Sprintf("Context %s: %s.", c.Pair, c.Blocked))
		}
		if c.StaysImport {
			out = append(out, fmt.Sprintf("Context %s stays in mode IMPORT, since its copy is not complete.", c.Pair))
		}
	}
	for _, note := range r.Notes {
		out = append(out, "Note: "+note+".")
	}
	return out
}

// String names a context, and what it is called at the target if that differs.
func (p Pair) String() string {
	if p.From == p.To {
		return p.From
	}
	return p.From + " as " + p.To
}

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

func more(out io.Writer, what string, n int) {
	if n > maxLines {
		fmt.Fprintf(out, "... and %d more %s\n", n-maxLines, what)
	}
}

// WriteHTML writes the report as a page that needs nothing else.
func (r *Report) WriteHTML(out io.Writer) error {
	page, err := template.New("report").Parse(pageText)
	if err != nil {
		return err
	}
	return page.Execute(out, struct {
		*Report
		Verb             string
		Took             time.Duration
		ShownDifferences []Difference
		ShownRefusals    []Refusal
	}{r, r.verb(), r.Took.Round(time.Millisecond), first(r.Differences, maxRows), first(r.Refusals, maxRows)})
}
