package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"schemaside/conformance/features"
)

//go:embed report.html
var page string

// HTML writes a report as one page that needs nothing from elsewhere.
func HTML(w io.Writer, r features.Report, at time.Time) error {
	t, err := template.New("report").Parse(page)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	return t.Execute(w, struct {
		features.Report
		At      string
		Reasons map[string]int
	}{r, at.UTC().Format("2006-01-02 15:04 MST"), skips(r)})
}
