package proxy

import (
	"errors"
	"io"
	"maps"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/valyala/fasthttp"

	"schemaside/cache"
	"schemaside/storage"
)

// Metrics counts what happens and writes it as Prometheus text. It is safe for concurrent use, and counting a request
// of a kind seen before allocates nothing.
type Metrics struct {
	set         *metrics.Set
	maxContexts int
	durations   []*durations
	templates   []string
	commits     *metrics.Counter
	conflicts   *metrics.Counter

	// contexts maps a context to its counters. It is copied on write: readers never wait.
	contexts atomic.Pointer[map[string]*contextCounters]
	other    *contextCounters
	learn    sync.Mutex
}

// The methods and statuses that are told apart; the last of each stands for all others.
const numMethods, numStatuses = 8, 20

func countedMethods() [numMethods]string {
	return [...]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "OTHER"}
}

func countedStatuses() [numStatuses]int {
	return [...]int{200, 204, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 421, 422, 429, 431, 500, 501, 503, 0}
}

// maxLabel is how many bytes of a context's name its label has. Contexts that differ only later share their counts.
const maxLabel = 64

// otherContexts is the label of contexts beyond the bound; it can't be a context's name, which starts with a dot.
const otherContexts = "other"

// contextCounters are the requests of one context: a row for each route, made when it is needed, with a counter for
// each method and status.
type contextCounters struct {
	label string
	rows  []atomic.Pointer[counterRow]
}

type counterRow [numMethods * numStatuses]atomic.Pointer[metrics.Counter]

// NewMetrics returns Metrics that label requests with at most maxContexts contexts; the rest count as "other".
func NewMetrics(maxContexts int) *Metrics {
	m := &Metrics{set: metrics.NewSet(), maxContexts: maxContexts}
	for _, r := range routes("", "") {
		m.templates = append(m.templates, r.template)
	}
	m.templates = append(m.templates, "")
	for _, t := range m.templates {
		d := newDurations()
		m.durations = append(m.durations, d)
		m.set.RegisterMetricsWriter(func(w io.Writer) { d.write(w, "schemaside_http_request_duration_seconds", label("route", t)) })
	}
	m.commits = m.set.NewCounter("schemaside_storage_commits_total")
	m.conflicts = m.set.NewCounter("schemaside_storage_conflicts_total")
	m.other = m.newContext(otherContexts)
	m.contexts.Store(&map[string]*contextCounters{"": m.newContext("")})
	return m
}

func (m *Metrics) newContext(label string) *contextCounters {
	return &contextCounters{label: label, rows: make([]atomic.Pointer[counterRow], len(m.templates))}
}

// describe tells what is running.
func (m *Metrics) describe(version, commit string) {
	m.set.GetOrCreateGauge("schemaside_build_info{"+label("version", version)+","+label("commit", commit)+","+
		label("go", runtime.Version())+"}", func() float64 { return 1 })
}

// ObserveStorage counts a call of the store: its name, how long it took, and its error.
func (m *Metrics) ObserveStorage(call string, took time.Duration, err error) {
	outcome := "ok"
	switch {
	case errors.Is(err, storage.ErrConflict):
		outcome = "conflict"
		m.conflicts.Inc()
	case errors.Is(err, storage.ErrNotFound):
		outcome = "not_found"
	case err != nil:
		outcome = "error"
	case call == "Commit":
		m.commits.Inc()
	}
	m.set.GetOrCreatePrometheusHistogramExt(
		"schemaside_storage_call_duration_seconds{"+label("call", call)+"}", durationBuckets()).Update(took.Seconds())
	m.set.GetOrCreateCounter("schemaside_storage_calls_total{" + label("call", call) + "," + label("outcome", outcome) + "}").Inc()
}

// observe counts a request that was answered.
func (m *Metrics) observe(c *call, took time.Duration) {
	route, status, proven := len(m.templates)-1, c.ctx.Response.StatusCode(), false
	if c.route != nil {
		route, proven = c.route.index, c.route.proves && status < fasthttp.StatusBadRequest
	}
	m.durations[route].observe(c.shard, took)
	if c.short != nil {
		c.short.hits.Inc()
		return
	}
	m.counter(m.context(c.question.context(), proven), route, c.ctx.Method(), status).Inc()
}

// countUnreadable counts a request that never reached a handler.
func (m *Metrics) countUnreadable(status int) {
	m.counter(m.context("", false), len(m.templates)-1, nil, status).Inc()
}

func (m *Metrics) counter(cc *contextCounters, route int, method []byte, status int) *metrics.Counter {
	row := cc.rows[route].Load()
	if row == nil {
		cc.rows[route].CompareAndSwap(nil, new(counterRow))
		row = cc.rows[route].Load()
	}
	at := methodIndex(method)*numStatuses + statusIndex(status)
	counter := row[at].Load()
	if counter == nil {
		counter = m.newCounter(cc.label, m.templates[route], at)
		row[at].Store(counter)
	}
	return counter
}

func (m *Metrics) newCounter(name, template string, at int) *metrics.Counter {
	status := "other"
	if s := countedStatuses()[at%numStatuses]; s != 0 {
		status = strconv.Itoa(s)
	}
	return m.set.GetOrCreateCounter("schemaside_http_requests_total{" + label("route", template) + "," +
		label("method", countedMethods()[at/numStatuses]) + "," + label("status", status) + "," + label("context", name) + "}")
}

func methodIndex(method []byte) int {
	for i, name := range countedMethods() {
		if string(method) == name {
			return i
		}
	}
	return numMethods - 1
}

func statusIndex(status int) int {
	for i, s := range countedStatuses() {
		if status == s {
			return i
		}
	}
	return numStatuses - 1
}

// context returns the counters of a context, or those of all others once there are enough. A context that isn't proven to
// be there gets none of its own: anybody can type a name.
func (m *Metrics) context(registryCtx string, proven bool) *contextCounters {
	if cc, ok := (*m.contexts.Load())[registryCtx]; ok {
		return cc
	}
	if !proven {
		return m.other
	}
	m.learn.Lock()
	defer m.learn.Unlock()
	known := *m.contexts.Load()
	if cc, ok := known[registryCtx]; ok {
		return cc
	}
	// One of the known ones is the empty label of requests about no context.
	if len(known) > m.maxContexts {
		return m.other
	}
	name := strings.Clone(registryCtx)
	next := maps.Clone(known)
	next[name] = m.newContext(name[:min(len(name), maxLabel)])
	m.contexts.Store(&next)
	return next[name]
}

// label writes a label with the escapes of Prometheus.
func label(name, value string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(value, ""))
	return name + `="` + escaped + `"`
}

// WritePrometheus writes all metrics as Prometheus text.
func (m *Metrics) WritePrometheus(w io.Writer) {
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

// answer writes the metrics page.
func (m *Metrics) answer(ctx *fasthttp.RequestCtx) {
	ctx.Response.Header.SetContentType("text/plain; version=0.0.4; charset=utf-8")
	ctx.Response.SetStatusCode(fasthttp.StatusOK)
	m.WritePrometheus(ctx.Response.BodyWriter())
}

// watchCache shows what the cache counts.
func (m *Metrics) watchCache(c *cache.Cache) {
	shown := []struct {
		name string
		of   func(s cache.Stats) float64
	}{
		{"schemaside_cache_hits_total", func(s cache.Stats) float64 { return float64(s.Hits) }},
		{"schemaside_cache_misses_total", func(s cache.Stats) float64 { return float64(s.Misses) }},
		{"schemaside_cache_coalesced_total", func(s cache.Stats) float64 { return float64(s.Coalesced) }},
		{"schemaside_cache_stale_total", func(s cache.Stats) float64 { return float64(s.Stale) }},
		{"schemaside_cache_evictions_total", func(s cache.Stats) float64 { return float64(s.Evictions) }},
		{"schemaside_cache_entries", func(s cache.Stats) float64 { return float64(s.Entries) }},
		{"schemaside_cache_bytes", func(s cache.Stats) float64 { return float64(s.Bytes) }},
		{"schemaside_cache_instances", func(s cache.Stats) float64 { return float64(s.Instances) }},
		{"schemaside_cache_contexts", func(s cache.Stats) float64 { return float64(s.Contexts) }},
	}
	for _, v := range shown {
		m.set.GetOrCreateGauge(v.name, func() float64 { return v.of(c.Stats()) })
	}
}
