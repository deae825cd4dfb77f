package proxy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"schemaside/storage"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".", ".c")}
	m := NewMetrics(3)
	p := newTestProxy(t, r, true, func(o *Options) { o.Metrics, o.Version, o.Commit = m, "1.2", `a"b` })
	h := p.Handler(Listener{Admin: true})
	ask(h, "GET", "/schemas/ids/1", "")
	settle(p)
	ask(h, "GET", "/schemas/ids/1", "")
	ask(h, "HEAD", "/contexts/c/schemas/ids/1", "")
	ask(h, "POST", "/subjects/s", "{")
	ask(h, "BREW", "/nosuch", "")
	ask(h, "GET", "/contexts/x%22y/subjects/s/versions", "")
	m.ObserveStorage("Schema", time.Millisecond, nil)
	m.ObserveStorage("Schema", time.Millisecond, fmt.Errorf("no: %w", storage.ErrNotFound))
	m.ObserveStorage("Commit", 3*time.Millisecond, nil)
	m.ObserveStorage("Commit", time.Minute, storage.ErrConflict)
	m.ObserveStorage("Commit", time.Minute, storage.ErrUnavailable)

	x := ask(h, "GET", "/metrics", "")
	if x.status() != 200 || x.header("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("%d %s", x.status(), x.header("Content-Type"))
	}
	page := x.body()
	for _, want := range []string{
		`schemaside_http_requests_total{route="/schemas/ids/{id}",method="GET",status="200",context="."} 2`,
		`schemaside_http_requests_total{route="/schemas/ids/{id}",method="HEAD",status="200",context=".c"} 1`,
		`schemaside_http_requests_total{route="/subjects/{subject}",method="POST",status="400",context="."} 1`,
		`schemaside_http_requests_total{route="",method="OTHER",status="404",context=""} 1`,
		`schemaside_http_requests_total{route="/subjects/{subject}/versions",method="GET",status="200",context=".x\"y"} 1`,
		`schemaside_http_request_duration_seconds_bucket{route="/schemas/ids/{id}",le="+Inf"} 3`,
		`schemaside_http_request_duration_seconds_count{route="/schemas/ids/{id}"} 3`,
		`schemaside_cache_hits_total 1`,
		`schemaside_storage_commits_total 1`,
		`schemaside_storage_conflicts_total 1`,
		`schemaside_storage_calls_total{call="Schema",outcome="ok"} 1`,
		`schemaside_storage_calls_total{call="Schema",outcome="not_found"} 1`,
		`schemaside_storage_calls_total{call="Commit",outcome="error"} 1`,
		`schemaside_storage_call_duration_seconds_bucket{call="Commit",le="0.005"} 1`,
		`schemaside_build_info{version="1.2",commit="a\"b",go="go`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

// TestBoundedContexts: however many contexts are asked for, the labels stay few.
func TestBoundedContexts(t *testing.T) {
	t.Parallel()
	m := NewMetrics(3)
	h := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.Metrics = m }).Handler(Listener{})
	for i := range 50 {
		ask(h, "GET", fmt.Sprintf("/contexts/c%d/subjects/s/versions", i), "")
	}
	var page strings.Builder
	m.WritePrometheus(&page)
	if n := strings.Count(page.String(), `route="/subjects/{subject}/versions",method="GET",status="200"`); n != 4 {
		t.Errorf("%d labels, want 3 and the other", n)
	}
	if !strings.Contains(page.String(), `status="200",context="other"} 47`) {
		t.Error("what is beyond the bound is not counted as other")
	}
}

// TestProvenContexts: a name gets a label once an answer shows that the context is there, not when somebody types it.
func TestProvenContexts(t *testing.T) {
	t.Parallel()
	p, _ := newStack(t)
	h := p.Handler(Listener{})
	f := func(method, path, body string, status int, want string) {
		t.Helper()
		if x := ask(h, method, "/contexts/c"+path, body); x.status() != status {
			t.Errorf("%s %s: %d %s", method, path, x.status(), x.body())
		}
		var page strings.Builder
		p.metrics.WritePrometheus(&page)
		if labelled := strings.Contains(page.String(), `context=".c"`); labelled != (want == ".c") {
			t.Errorf("after %s %s: labelled %t", method, path, labelled)
		}
	}
	f("GET", "/mode?defaultToGlobal=true", "", 200, "other")
	f("GET", "/config?defaultToGlobal=true", "", 200, "other")
	f("GET", "/subjects", "", 200, "other")
	f("GET", "/schemas", "", 200, "other")
	f("GET", "/subjects/s/versions", "", 404, "other")
	f("GET", "/schemas/ids/1", "", 404, "other")
	f("POST", "/compatibility/subjects/s/versions", record, 200, "other")
	f("POST", "/subjects/s/versions", "{", 400, "other")
	f("POST", "/subjects/s/versions", record, 200, ".c")
}

// TestLongLabels: the label of a long name is cut, between two characters.
func TestLongLabels(t *testing.T) {
	t.Parallel()
	m := NewMetrics(3)
	h := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.Metrics = m }).Handler(Listener{})
	ask(h, "GET", "/contexts/x"+strings.Repeat("%C3%A9", 1000)+"/subjects/s/versions", "")
	ask(h, "GET", "/contexts/xx"+strings.Repeat("%C3%A9", 1000)+"/subjects/s/versions", "")
	var page strings.Builder
	m.WritePrometheus(&page)
	for _, want := range []string{".x" + strings.Repeat("é", 31), ".xx" + strings.Repeat("é", 30)} {
		if !strings.Contains(page.String(), `context="`+want+`"} 1`) {
			t.Errorf("no label %s in\n%s", want, page.String())
		}
	}
}
