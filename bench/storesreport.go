package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// storesReport is what is printed when stores are compared.
type storesReport struct {
	Lookups       []Line             `json:"lookups"`
	Registrations []RegistrationLine `json:"registrations"`
	Growth        []GrowthLine       `json:"growth"`
}

// RegistrationLine tells of registrations by several writers into several contexts. Latencies are in nanoseconds and over all
// rounds; Rate and Ratio are medians of the rounds.
type RegistrationLine struct {
	Writers  int     `json:"writers"`
	Contexts int     `json:"contexts"`
	Target   string  `json:"target"`
	Rate     float64 `json:"registrations_per_second"`
	P50      int64   `json:"p50_ns"`
	P99      int64   `json:"p99_ns"`
	// Ratio is the throughput in parts of that on memory in the same round.
	Ratio float64 `json:"ratio"`
}

// GrowthLine compares registrations in a large context with those in a small one.
type GrowthLine struct {
	Target string `json:"target"`
	Small  int    `json:"small_versions"`
	Large  int    `json:"large_versions"`
	// SmallP50 and LargeP50 are in nanoseconds, over all rounds.
	SmallP50 int64 `json:"small_p50_ns"`
	LargeP50 int64 `json:"large_p50_ns"`
	// Ratio is the median latency in the large context in parts of that in the small one: the median of the rounds.
	Ratio float64 `json:"ratio"`
}

func summariseRegistrations(s shape, name string, samples, memory []sample) RegistrationLine {
	l := summarise("", loopClosed, name, samples, memory)
	return RegistrationLine{Writers: s.Writers, Contexts: s.Contexts, Target: name, Rate: l.Rate, P50: l.P50, P99: l.P99, Ratio: l.Ratio}
}

func summariseGrowth(name string, versions int, rounds []sizes) GrowthLine {
	small, large := newHistogram(), newHistogram()
	ratios := make([]float64, len(rounds))
	for i, r := range rounds {
		small.Merge(r.small)
		large.Merge(r.large)
		ratios[i] = float64(r.large.ValueAtQuantile(50)) / float64(r.small.ValueAtQuantile(50))
	}
	return GrowthLine{
		Target: name, Small: smallContext, Large: versions,
		SmallP50: small.ValueAtQuantile(50), LargeP50: large.ValueAtQuantile(50), Ratio: median(ratios),
	}
}

func (r *storesReport) write(o options, stdout io.Writer) error {
	if o.HTML != "" {
		if err := writePage(o.HTML, page{Pictures: pictures(r.Lookups), Charts: r.charts()}); err != nil {
			return err
		}
	}
	if o.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	if err := writeLines(stdout, r.Lookups); err != nil {
		return err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nwriters\tcontexts\ttarget\tregistrations/s\tp50\tp99\tratio\t")
	for _, l := range r.Registrations {
		fmt.Fprintf(w, "%d\t%d\t%s\t%.0f\t%s\t%s\t%.3f\t\n", l.Writers, l.Contexts, l.Target, l.Rate, shown(l.P50), shown(l.P99), l.Ratio)
	}
	if err := w.Flush(); err != nil || len(r.Growth) == 0 {
		return err
	}
	w = tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\ntarget\tp50 at %d versions\tp50 at %d\tratio\t\n", r.Growth[0].Small, r.Growth[0].Large)
	for _, l := range r.Growth {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.3f\t\n", l.Target, shown(l.SmallP50), shown(l.LargeP50), l.Ratio)
	}
	return w.Flush()
}

// charts are the figures without a curve.
func (r *storesReport) charts() []chart {
	var charts []chart
	add := func(title, target string, value float64, text string) {
		if len(charts) == 0 || charts[len(charts)-1].Title != title {
			charts = append(charts, chart{Title: title})
		}
		charts[len(charts)-1].add(target, value, text)
	}
	for _, l := range r.Lookups {
		if l.Loop == loopClosed {
			add(fmt.Sprintf("Lookups a second: %s", l.Work), l.Target, l.Rate, fmt.Sprintf("%.0f", l.Rate))
		}
	}
	for _, l := range r.Registrations {
		add(fmt.Sprintf("Registrations a second: %s", shape{l.Writers, l.Contexts}), l.Target, l.Rate, fmt.Sprintf("%.0f", l.Rate))
	}
	for _, l := range r.Growth {
		add(fmt.Sprintf("Cost of a registration at %d versions, in parts of that at %d", l.Large, l.Small), l.Target, l.Ratio, fmt.Sprintf("%.2f", l.Ratio))
	}
	for i := range charts {
		charts[i].scale()
	}
	return charts
}

// chart is a picture of bars.
type chart struct {
	Title  string
	Bars   []bar
	Height int
}

type bar struct {
	Name, Text, Colour string
	Y, Width           int
	value              float64
}

const (
	barHeight = 24
	barWidth  = 520
)

func (c *chart) add(name string, value float64, text string) {
	c.Bars = append(c.Bars, bar{Name: name, Text: text, Colour: colour(len(c.Bars)), Y: c.Height, value: value})
	c.Height += barHeight
}

// scale gives the longest bar the whole width.
func (c *chart) scale() {
	var longest float64
	for _, b := range c.Bars {
		longest = max(longest, b.value)
	}
	if longest == 0 {
		return
	}
	for i := range c.Bars {
		c.Bars[i].Width = int(barWidth * c.Bars[i].value / longest)
	}
}
