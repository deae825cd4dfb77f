package proxy

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/cache"
	"schemaside/storage"
)

func testTarget(registryCtx, subject string) backend.Target {
	return backend.Target{Context: registryCtx, Subject: subject}
}

// stampsOf is a basis of contexts at their first revision, that of fakeHeads.
func stampsOf(contexts ...string) backend.Basis {
	var b backend.Basis
	for _, c := range contexts {
		b.Stamps = append(b.Stamps, storage.Stamp{Context: c})
	}
	return b
}

// settle waits until the cache has taken in what it was handed.
func settle(p *Proxy) {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if s := p.o.Cache.Stats(); s.Entries > 0 {
			break
		}
		runtime.Gosched()
	}
}

// TestRefusals: a refusal that rests on stamps is an answer, one that rests on none isn't kept, a failure is neither.
func TestRefusals(t *testing.T) {
	t.Parallel()
	f := func(err error, basis backend.Basis, status int, body string) {
		t.Helper()
		r := &fakeRegistry{err: err, basis: basis}
		p := newTestProxy(t, r, true, nil)
		x := ask(p.Handler(Listener{Context: ".c"}), "GET", "/subjects/s/versions/1", "")
		if x.status() != status || x.body() != body {
			t.Errorf("%v: %d %s, want %d %s", err, x.status(), x.body(), status, body)
		}
	}
	name := wire.Name{Context: ".c", Subject: "s"}
	f(wire.SubjectNotFound(name), stampsOf(".c"), 404, `{"error_code":40401,"message":"Subject 's' not found."}`)
	f(wire.SubjectNotFound(name), backend.Basis{}, 404, `{"error_code":40401,"message":"Subject 's' not found."}`)
	f(wire.Unavailable(storage.ErrUnavailable), backend.Basis{}, 500, `{"error_code":50002,"message":"The backend data store did not answer in time"}`)
	f(storage.ErrUnavailable, backend.Basis{}, 500, `{"error_code":50002,"message":"The backend data store did not answer in time"}`)
	f(errors.New("unforeseen"), backend.Basis{}, 500, `{"error_code":500,"message":"Internal Server Error"}`)
}

// TestWritesAreNotKept: a registration that wrote something is asked for again.
func TestWritesAreNotKept(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: backend.Basis{Volatile: true}}
	h := newTestProxy(t, r, true, nil).Handler(Listener{})
	for range 3 {
		ask(h, "POST", "/subjects/s/versions", `{"schema":"x"}`)
	}
	if n := r.calls.Load(); n != 3 {
		t.Errorf("%d registrations, want 3", n)
	}
}

// TestHitsNegotiate: what is cached is the body; the type of the answer is the caller's.
func TestHitsNegotiate(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".")}
	p := newTestProxy(t, r, true, nil)
	h := p.Handler(Listener{})
	f := func(status int, contentType string, headers ...string) {
		t.Helper()
		x := ask(h, "POST", "/subjects/s", `{"schema":"x"}`, headers...)
		if x.status() != status || x.header("Content-Type") != contentType {
			t.Errorf("%v: %d %s", headers, x.status(), x.header("Content-Type"))
		}
	}
	f(200, "application/vnd.schemaregistry.v1+json")
	settle(p)
	f(200, "application/json", "Accept", "application/json")
	f(406, "application/vnd.schemaregistry.v1+json", "Accept", "text/html")
	f(415, "application/vnd.schemaregistry.v1+json", "Content-Type", "text/plain")
	f(415, "application/vnd.schemaregistry.v1+json", "Content-Encoding", "br")
	if n := r.calls.Load(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// TestStale: when storage is away an older answer says so.
func TestStale(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".")}
	now := time.Now()
	p := newTestProxy(t, r, true, func(o *Options) {
		o.Now = func() time.Time { return now }
		c := cache.New(cache.Options{
			Freshness: time.Second, StaleIfError: time.Hour, FillTimeout: time.Second,
			Heads: func(context.Context, []string) ([]storage.Head, error) { return nil, storage.ErrUnavailable },
		})
		t.Cleanup(c.Close)
		o.Cache = c
	})
	h := p.Handler(Listener{})
	ask(h, "GET", "/subjects/s/versions", "")
	settle(p)
	r.err = wire.Unavailable(storage.ErrUnavailable)
	now = now.Add(time.Minute)
	x := ask(h, "GET", "/subjects/s/versions", "")
	if x.status() != 200 || x.header("Warning") != `110 - "Response is Stale"` {
		t.Fatalf("%d %s, Warning %q", x.status(), x.body(), x.header("Warning"))
	}
	if _, err := strconv.Atoi(x.header("Age")); err != nil {
		t.Errorf("Age %q", x.header("Age"))
	}
}

// TestPanicInFill: what panics behind the cache answers 500 and takes nobody down.
func TestPanicInFill(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{before: func() { panic("boom") }}
	h := newTestProxy(t, r, true, nil).Handler(Listener{})
	x := ask(h, "GET", "/subjects/s/versions", "")
	if x.status() != 500 || x.body() != `{"error_code":500,"message":"Internal Server Error"}` {
		t.Errorf("%d %s", x.status(), x.body())
	}
}

// TestHerd: however many ask the same at once, the registry is asked once.
func TestHerd(t *testing.T) {
	t.Parallel()
	callers := 10_000
	if raceDetector {
		callers = 500
	}
	r := &fakeRegistry{basis: stampsOf(".")}
	var waiting sync.WaitGroup
	release := make(chan struct{})
	r.before = func() { <-release }
	h := newTestProxy(t, r, true, nil).Handler(Listener{})
	var done sync.WaitGroup
	waiting.Add(callers)
	for range callers {
		done.Go(func() {
			waiting.Done()
			if x := ask(h, "GET", "/subjects/s/versions/1", ""); x.status() != 200 {
				t.Errorf("%d %s", x.status(), x.body())
			}
		})
	}
	waiting.Wait()
	close(release)
	done.Wait()
	if n := r.calls.Load(); n != 1 {
		t.Errorf("the registry was asked %d times", n)
	}
}
