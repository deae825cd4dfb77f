package proxy

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/registry"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/cache"
	"schemaside/resolver"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

// The tests of this file run over the real registry and a store whose calls are counted.

func newStack(tb testing.TB) (*Proxy, *faulty.Store) {
	tb.Helper()
	store := faulty.Wrap(memory.New())
	c := cache.New(cache.Options{Heads: store.Heads, Freshness: time.Hour, StaleIfError: time.Hour})
	tb.Cleanup(c.Close)
	r := registry.New(store, registry.Options{
		Languages: []schema.Language{avro.Language{}}, SplitName: resolver.SplitName, Learn: c.Learn,
	})
	return newTestProxy(tb, r, false, func(o *Options) { o.Cache = c }), store
}

const record = `{"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"}]}"}`

func register(tb testing.TB, h fasthttp.RequestHandler, target string) {
	tb.Helper()
	if x := ask(h, "POST", target, record); x.status() != 200 {
		tb.Fatalf("%s: %d %s", target, x.status(), x.body())
	}
}

// TestStackHitsAllocateNothing: the hits that matter most, with what the registry says they rest on.
func TestStackHitsAllocateNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	p, store := newStack(t)
	open, bound := p.Handler(Listener{}), p.Handler(Listener{Context: ".team-a"})
	register(t, open, "/subjects/s/versions")
	register(t, bound, "/subjects/s/versions")
	f := func(h fasthttp.RequestHandler, method, target, body string) {
		t.Helper()
		x := hitRequest(t, p, h, method, target, body)
		h(&x.ctx)
		waitForHit(t, p, h, x)
		store.ResetCalls()
		if n := mallocs(func() { x.ctx.Response.Reset(); h(&x.ctx) }); n > 0 {
			t.Errorf("%s %s: %d allocations in %d hits", method, target, n, mallocRuns)
		}
		if n := store.TotalCalls(); n > 0 {
			t.Errorf("%s %s: %d calls of the store", method, target, n)
		}
	}
	for _, h := range []fasthttp.RequestHandler{open, bound} {
		f(h, "GET", "/schemas/ids/1", "")
		f(h, "GET", "/subjects/s/versions/1", "")
		f(h, "GET", "/subjects/s/versions/latest", "")
		f(h, "GET", "/schemas/guids/acb9a771-413f-2f1c-6a25-9db09a05dd82", "")
		f(h, "GET", "/schemas?subjectPrefix=s&latestOnly=true", "")
		f(h, "POST", "/subjects/s/versions", record)
		f(h, "POST", "/subjects/s", record)
	}
}

// waitForHit asks until the cache answers: it takes in what it was handed a little later.
func waitForHit(tb testing.TB, p *Proxy, h fasthttp.RequestHandler, x *exchange) {
	tb.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		before := p.o.Cache.Stats().Hits
		h(&x.ctx)
		if p.o.Cache.Stats().Hits > before {
			return
		}
		if time.Now().After(deadline) {
			tb.Fatal("the cache never answers")
		}
	}
}

// TestStackHerd: 10,000 who ask the same at once cost the store what one costs.
func TestStackHerd(t *testing.T) {
	t.Parallel()
	p, store := newStack(t)
	h := p.Handler(Listener{})
	register(t, h, "/contexts/alone/subjects/s/versions")
	register(t, h, "/contexts/herd/subjects/s/versions")
	for _, path := range []string{"/subjects/s/versions/1", "/schemas/ids/1", "/subjects/s/versions/latest"} {
		store.ResetCalls()
		if x := ask(h, "GET", "/contexts/alone"+path, ""); x.status() != 200 {
			t.Fatalf("%d %s", x.status(), x.body())
		}
		one := store.TotalCalls()
		if path == "/schemas/ids/1" && one != 1 {
			t.Errorf("a cold look-up by ID makes %d calls of the store, want 1", one)
		}
		store.ResetCalls()
		release := store.Hold()
		var ready, done sync.WaitGroup
		callers := 10_000
		if raceDetector {
			callers = 500
		}
		ready.Add(callers)
		for range callers {
			done.Go(func() {
				ready.Done()
				if x := ask(h, "GET", "/contexts/herd"+path, ""); x.status() != 200 {
					t.Errorf("%d %s", x.status(), x.body())
				}
			})
		}
		ready.Wait()
		release()
		done.Wait()
		if n := store.TotalCalls(); n != one {
			t.Errorf("%s: %d calls of the store, one caller alone makes %d", path, n, one)
		}
		t.Logf("%s: %d calls of the store", path, one)
	}
}

// TestStackViews: the same data through an open and a bound door.
func TestStackViews(t *testing.T) {
	t.Parallel()
	p, _ := newStack(t)
	open, bound := p.Handler(Listener{}), p.Handler(Listener{Context: ".team-a"})
	register(t, bound, "/subjects/orders/versions")
	f := func(h fasthttp.RequestHandler, target string, status int, want string) {
		t.Helper()
		for range 2 {
			if x := ask(h, "GET", target, ""); x.status() != status || !strings.Contains(x.body(), want) {
				t.Errorf("%s: %d %s", target, x.status(), x.body())
			}
		}
	}
	f(open, "/subjects", 200, `[":.team-a:orders"]`)
	f(bound, "/subjects", 200, `["orders"]`)
	f(open, "/contexts/team-a/schemas/ids/1", 200, `{"subject":":.team-a:orders","version":1,`)
	f(bound, "/schemas/ids/1", 200, `{"subject":"orders","version":1,`)
	f(open, "/schemas/ids/1", 404, `{"error_code":40403,"message":"Schema 1 not found"}`)
	f(open, "/subjects/:.team-a:x/versions", 404, `"Subject ':.team-a:x' not found."`)
	f(bound, "/subjects/x/versions", 404, `"Subject 'x' not found."`)
	f(bound, "/contexts/team-a/subjects/:.team-a:orders/versions", 200, `[1]`)
	f(bound, "/subjects/:.team-b:orders/versions", 403, `"error_code":40301`)
}
