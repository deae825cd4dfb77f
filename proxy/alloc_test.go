package proxy

import (
	"runtime"
	"testing"

	"github.com/valyala/fasthttp"
)

// hits are requests that come in on the hot path, as clients send them.
func hits() []struct{ name, method, target, body string } {
	return []struct{ name, method, target, body string }{
		{"by ID", "GET", "/schemas/ids/1", ""},
		{"by ID as clients ask", "GET", "/schemas/ids/1?fetchMaxId=false&format=&subject=orders-value", ""},
		{"text by ID", "GET", "/schemas/ids/1/schema", ""},
		{"by ID behind a context", "GET", "/contexts/.team-a/schemas/ids/1", ""},
		{"by version", "GET", "/subjects/orders-value/versions/1", ""},
		{"by version, qualified", "GET", "/subjects/%3A.team-a%3Aorders-value/versions/1", ""},
		{"by version behind a bare context", "GET", "/contexts/team-a/subjects/orders-value/versions/1", ""},
		{"latest", "GET", "/subjects/orders-value/versions/latest", ""},
		{"versions", "GET", "/subjects/orders-value/versions", ""},
		{"subjects of a context", "GET", "/contexts/.team-a/subjects", ""},
		{"config", "GET", "/config/orders-value?defaultToGlobal=true", ""},
		{"mode", "GET", "/mode", ""},
		{"look-up", "POST", "/subjects/orders-value?normalize=true", `{"schema":"\"string\""}`},
		{"re-registration", "POST", "/subjects/orders-value/versions", `{"schema":"\"string\""}`},
	}
}

// hitRequest prepares a request whose answer is in the cache.
func hitRequest(tb testing.TB, p *Proxy, h fasthttp.RequestHandler, method, target, body string) *exchange {
	tb.Helper()
	x := ask(h, method, target, body,
		"Accept", "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
		"Content-Type", "application/vnd.schemaregistry.v1+json", "User-Agent", "client/1.0")
	if x.status() != fasthttp.StatusOK {
		tb.Fatalf("%s %s: %d %s", method, target, x.status(), x.body())
	}
	settle(p)
	return x
}

// TestHitsAllocateNothing counts every allocation of the whole handler, from the raw request to the written answer.
func TestHitsAllocateNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	for _, l := range []Listener{{}, {Context: ".team-a"}} {
		for _, hit := range hits() {
			t.Run(hit.name+l.Context, func(t *testing.T) {
				r := &fakeRegistry{basis: stampsOf(".", ".team-a")}
				p := newTestProxy(t, r, true, nil)
				h := p.Handler(l)
				x := hitRequest(t, p, h, hit.method, hit.target, hit.body)
				x.ctx.Response.Reset()
				h(&x.ctx)
				n := mallocs(func() { x.ctx.Response.Reset(); h(&x.ctx) })
				if calls := r.calls.Load(); calls != 1 {
					t.Fatalf("the registry was asked %d times", calls)
				}
				if n > 0 {
					t.Errorf("%d allocations in %d hits", n, mallocRuns)
				}
			})
		}
	}
}

const mallocRuns = 1000

// mallocs counts the allocations of so many runs. The runtime and the cache's keeper allocate now and then beside
// them, so the best of a few counts is told.
func mallocs(run func()) uint64 {
	best := ^uint64(0)
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range mallocRuns {
			run()
		}
		runtime.ReadMemStats(&after)
		if best = min(best, after.Mallocs-before.Mallocs); best == 0 {
			break
		}
	}
	return best
}

// bytesAllocated counts the bytes that one run allocates; the best of a few counts is told, as by mallocs.
func bytesAllocated(run func()) uint64 {
	best := ^uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		best = min(best, after.TotalAlloc-before.TotalAlloc)
	}
	return best
}

func BenchmarkHit(b *testing.B) {
	for _, hit := range hits() {
		b.Run(hit.name, func(b *testing.B) {
			r := &fakeRegistry{basis: stampsOf(".", ".team-a")}
			p := newTestProxy(b, r, true, nil)
			h := p.Handler(Listener{})
			x := hitRequest(b, p, h, hit.method, hit.target, hit.body)
			b.ReportAllocs()
			for b.Loop() {
				x.ctx.Response.Reset()
				h(&x.ctx)
			}
		})
	}
}
