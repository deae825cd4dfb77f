package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The two ways to drive a target.
const (
	loopClosed = "closed"
	loopOpen   = "open"
)

// report collects samples.
type report struct {
	o       options
	targets []*target
	samples map[series][]sample
}

// series is what belongs together over the rounds.
type series struct{ work, loop, target string }

// Line is one line of the report. Latencies are in nanoseconds and over all rounds; Rate and Ratio are medians of the rounds.
type Line struct {
	Work   string  `json:"work"`
	Loop   string  `json:"loop"`
	Target string  `json:"target"`
	Rate   float64 `json:"requests_per_second"`
	P50    int64   `json:"p50_ns"`
	P99    int64   `json:"p99_ns"`
	P999   int64   `json:"p999_ns"`
	// Ratio is the throughput (closed loop) or the inverse of the median latency (open loop), in parts of the first target's in
	// the same round: the bare handler's, or memory's where stores are compared.
	Ratio float64 `json:"ratio"`
	all   *hdrhistogram.Histogram
}

func newReport(o options, targets []*target) *report {
	return &report{o: o, targets: targets, samples: map[series][]sample{}}
}

func (r *report) add(work, loop string, t *target, s sample) {
	key := series{work, loop, t.Name}
	r.samples[key] = append(r.samples[key], s)
}

// slowest is the lowest median throughput of a closed loop.
func (r *report) slowest(work string) float64 {
	low := math.Inf(1)
	for _, t := range r.targets {
		low = min(low, median(rates(r.samples[series{work, loopClosed, t.Name}])))
	}
	return low
}

func rates(samples []sample) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = s.Rate
	}
	return out
}

func (r *report) lines() []Line {
	var lines []Line
	for _, work := range r.o.Work {
		for _, loop := range []string{loopClosed, loopOpen} {
			for _, t := range r.targets {
				samples := r.samples[series{work, loop, t.Name}]
				if len(samples) == 0 {
					continue
				}
				bare := r.samples[series{work, loop, r.targets[0].Name}]
				lines = append(lines, summarise(work, loop, t.Name, samples, bare))
			}
		}
	}
	return lines
}

func summarise(work, loop, name string, samples, bare []sample) Line {
	all := newHistogram()
	ratios := make([]float64, len(samples))
	for i, s := range samples {
		all.Merge(s.latency)
		if loop == loopClosed {
			ratios[i] = s.Rate / bare[i].Rate
		} else {
			ratios[i] = float64(bare[i].latency.ValueAtQuantile(50)) / float64(s.latency.ValueAtQuantile(50))
		}
	}
	return Line{
		Work: work, Loop: loop, Target: name, Rate: median(rates(samples)), Ratio: median(ratios),
		P50: all.ValueAtQuantile(50), P99: all.ValueAtQuantile(99), P999: all.ValueAtQuantile(99.9), all: all,
	}
}

func (r *report) write(o options, stdout io.Writer) error {
	lines := r.lines()
	if o.HTML != "" {
		if err := writePage(o.HTML, page{Pictures: pictures(lines)}); err != nil {
			return err
		}
	}
	if o.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	return writeLines(stdout, lines)
}

func writeLines(stdout io.Writer, lines []Line) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "work\tloop\ttarget\treq/s\tp50\tp99\tp99.9\tratio\t")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f\t%s\t%s\t%s\t%.3f\t\n", l.Work, l.Loop, l.Target, l.Rate, shown(l.P50), shown(l.P99), shown(l.P999), l.Ratio)
	}
	return w.Flush()
}

func shown(ns int64) string { return time.Duration(ns).Round(100 * time.Nanosecond).String() }

// curve is one line of a picture: latency over percentile.
type curve struct {
	Name, Colour, Points string
	Y                    int
}

type picture struct {
	Title  string
	Curves []curve
	Marks  []mark
	Rows   []Line
}

type mark struct {
	X, Y int
	Text string
}

// The picture's percentile axis shows each further nine at the same distance; latency is logarithmic.
const (
	pictureWidth, pictureHeight = 720, 300
	nines                       = 4
)

// page is what the page shows.
type page struct {
	Pictures []picture
	Charts   []chart
}

func pictures(lines []Line) []picture {
	var pictures []picture
	for _, l := range lines {
		title := fmt.Sprintf("%s, %s loop", l.Work, l.Loop)
		if len(pictures) == 0 || pictures[len(pictures)-1].Title != title {
			pictures = append(pictures, picture{Title: title, Marks: marks()})
		}
		p := &pictures[len(pictures)-1]
		p.Rows = append(p.Rows, l)
		p.Curves = append(p.Curves, curve{
			Name: l.Target, Colour: colour(len(p.Curves)), Points: points(l.all), Y: 20 + 18*len(p.Curves),
		})
	}
	return pictures
}

func writePage(path string, p page) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	t, err := template.New("page").Funcs(template.FuncMap{"shown": shown}).Parse(pageText)
	if err != nil {
		return err
	}
	if err := t.Execute(f, p); err != nil {
		return err
	}
	return f.Close()
}

func colour(n int) string {
	return []string{"#888888", "#0b6e4f", "#c0392b", "#2c5aa0", "#b7791f", "#6b3fa0"}[n%6]
}

func points(h *hdrhistogram.Histogram) string {
	var b strings.Builder
	for i := range 100 {
		x := float64(i) / 100
		quantile := 100 * (1 - math.Pow(10, -nines*x))
		fmt.Fprintf(&b, "%.1f,%.1f ", x*pictureWidth, height(h.ValueAtQuantile(quantile)))
	}
	return b.String()
}

// height places a latency between 1 µs (bottom) and 100 ms (top).
func height(ns int64) float64 {
	decades := math.Log10(max(float64(ns), 1000) / 1000)
	return pictureHeight * (1 - min(decades, 5)/5)
}

func marks() []mark {
	var out []mark
	for i, text := range []string{"0", "90 %", "99 %", "99.9 %"} {
		out = append(out, mark{X: i * pictureWidth / nines, Y: pictureHeight + 16, Text: text})
	}
	for i, text := range []string{"1 µs", "10 µs", "100 µs", "1 ms", "10 ms"} {
		out = append(out, mark{X: -44, Y: pictureHeight - i*pictureHeight/5, Text: text})
	}
	return out
}

const pageText = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>schemaside bench</title>
<style>body{font:15px sans-serif;max-width:860px;margin:2em auto}svg{margin:1em 0}td,th{padding:.2em .8em;text-align:right}</style></head><body>
<h1>Lookup latency</h1>
<p>Latency by percentile. Further right is rarer, higher is slower.</p>
{{range .Pictures}}<h2>{{.Title}}</h2>
<svg width="820" height="340" viewBox="-56 -10 830 340" role="img">
<rect x="0" y="0" width="720" height="300" fill="#fafafa" stroke="#ddd"/>
{{range .Marks}}<text x="{{.X}}" y="{{.Y}}" font-size="11">{{.Text}}</text>{{end}}
{{range .Curves}}<polyline fill="none" stroke="{{.Colour}}" stroke-width="2" points="{{.Points}}"/>
<text x="12" y="{{.Y}}" font-size="13" fill="{{.Colour}}">{{.Name}}</text>{{end}}
</svg>
<table><tr><th>target</th><th>req/s</th><th>p50</th><th>p99</th><th>p99.9</th><th>ratio</th></tr>
{{range .Rows}}<tr><td>{{.Target}}</td><td>{{printf "%.0f" .Rate}}</td><td>{{shown .P50}}</td><td>{{shown .P99}}</td><td>{{shown .P999}}</td><td>{{printf "%.3f" .Ratio}}</td></tr>
{{end}}</table>
{{end}}{{range .Charts}}<h2>{{.Title}}</h2>
<svg width="820" height="{{.Height}}" viewBox="-100 0 820 {{.Height}}" role="img">
{{range .Bars}}<g transform="translate(0 {{.Y}})"><text x="-8" y="15" font-size="13" text-anchor="end">{{.Name}}</text>
<rect width="{{.Width}}" y="2" height="18" fill="{{.Colour}}"/><text x="{{.Width}}" dx="6" y="15" font-size="13">{{.Text}}</text></g>
{{end}}</svg>
{{end}}</body></html>
`
