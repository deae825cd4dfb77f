package proxy

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func TestReadiness(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	r := &fakeRegistry{ping: errors.New("away")}
	p := newTestProxy(t, r, false, func(o *Options) { o.Now = func() time.Time { return now } })
	h := p.Handler(Listener{Admin: true})
	f := func(status int, body string) {
		t.Helper()
		x := ask(h, "GET", "/health/ready", "")
		if x.status() != status || x.body() != body {
			t.Errorf("%d %s, want %d %s", x.status(), x.body(), status, body)
		}
		now = now.Add(pingEvery)
	}
	f(503, `{"status":"starting"}`)
	r.ping = nil
	f(200, `{"status":"ready"}`)
	r.ping = errors.New("away")
	f(200, `{"status":"degraded"}`)
	r.ping = nil
	f(200, `{"status":"ready"}`)
	if err := p.Drain(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	f(503, `{"status":"draining"}`)
	if x := ask(h, "GET", "/health/live", ""); x.status() != 200 || x.body() != `{"status":"live"}` {
		t.Errorf("%d %s", x.status(), x.body())
	}
}

// TestPings: checks don't become load on the database.
func TestPings(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	pings := 0
	h := health{now: func() time.Time { return now }, ping: func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a ping without a deadline")
		}
		pings++
		return nil
	}}
	for range 10 {
		h.check()
	}
	now = now.Add(pingEvery)
	h.check()
	if pings != 2 {
		t.Errorf("%d pings, want 2", pings)
	}
}

// TestWhereAdminIs: health and metrics are on open listeners that are told to have them, and on the admin listener,
// which has nothing else.
func TestWhereAdminIs(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{}, true, nil)
	f := func(l Listener, want int, headers ...string) {
		t.Helper()
		for _, path := range []string{"/health/live", "/health/ready", "/metrics"} {
			if x := ask(p.Handler(l), "GET", path, "", headers...); x.status() != want {
				t.Errorf("%+v %q %s: %d, want %d", l, headers, path, x.status(), want)
			}
		}
	}
	f(Listener{Admin: true}, 200)
	f(Listener{}, 404)
	f(Listener{Admin: true, Context: ".c"}, 404)
	f(Listener{Admin: true, TrustHeader: true}, 403)
	f(Listener{Admin: true, TrustHeader: true}, 404, "X-Schemaside-Context", "c")
	for _, path := range []string{"/health/live", "/health/ready", "/metrics", "/metrics/"} {
		for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "BREW": 405} {
			// Where they exist a wrong method is told from a wrong path; where they don't, nothing tells them from other paths.
			for _, h := range []fasthttp.RequestHandler{p.adminHandler(), p.Handler(Listener{Admin: true})} {
				x := ask(h, method, path, "")
				if x.status() != want || want == 405 && x.header("Allow") != "GET, HEAD" {
					t.Errorf("%s %s: %d, Allow %q, want %d", method, path, x.status(), x.header("Allow"), want)
				}
			}
			for _, l := range []Listener{{}, {Admin: true, Context: ".c"}} {
				if x := ask(p.Handler(l), method, path, ""); x.status() != 404 || x.header("Allow") != "" {
					t.Errorf("%+v %s %s: %d, Allow %q, want 404", l, method, path, x.status(), x.header("Allow"))
				}
			}
		}
	}
	for _, method := range []string{"GET", "POST", "PATCH"} {
		for _, path := range []string{"/subjects", "/", "/nosuch", "//metrics"} {
			if x := ask(p.adminHandler(), method, path, ""); x.status() != 404 || x.header("Allow") != "" {
				t.Errorf("admin %s %s: %d, want 404", method, path, x.status())
			}
		}
	}
	if x := ask(p.Handler(Listener{Admin: true}), "GET", "/contexts/c/metrics", ""); x.status() != 404 {
		t.Errorf("metrics behind a context: %d", x.status())
	}
}

// TestReadyBeforeTheFirstProbe: a database that was there when serving began, and is lost before anybody probes, only
// degrades.
func TestReadyBeforeTheFirstProbe(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	p := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.Now = func() time.Time { return time.Unix(now.Load(), 0) } })
	var away atomic.Bool
	asked := make(chan struct{}, 1)
	p.health.ping = func(context.Context) error {
		if away.Load() {
			return errors.New("away")
		}
		asked <- struct{}{}
		return nil
	}
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- p.Serve(ln, Listener{}) }()
	<-asked
	away.Store(true)
	now.Add(10)
	if got := p.health.check(); got != degraded {
		t.Errorf("%s, want %s", got, degraded)
	}
	if err := errors.Join(p.Drain(t.Context(), 0), <-served); err != nil {
		t.Fatal(err)
	}
}
