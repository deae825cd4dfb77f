package proxy

import (
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/valyala/fasthttp"

	"schemaside/resolver"
)

// shortHandler is the handler of a listener, with its shortcuts open to view.
func shortHandler(p *Proxy, l Listener) (*entrance, fasthttp.RequestHandler) {
	at := p.newEntrance(l)
	return at, func(ctx *fasthttp.RequestCtx) { p.serve(ctx, at) }
}

// TestShortcuts: which request lines are remembered once they hit, and that what is remembered answers alike.
func TestShortcuts(t *testing.T) {
	t.Parallel()
	f := func(l Listener, method, target string, remembered bool, headers ...string) {
		t.Helper()
		r := &fakeRegistry{basis: stampsOf(".", ".team-a")}
		p := newTestProxy(t, r, true, nil)
		at, h := shortHandler(p, l)
		first := ask(h, method, target, "", headers...)
		settle(p)
		ask(h, method, target, "", headers...)
		s := at.short.place([]byte(target)).Load()
		if (s != nil) != remembered {
			t.Errorf("%s %s %q: remembered is %v", method, target, headers, s != nil)
		}
		third := ask(h, method, target, "", headers...)
		if third.status() != first.status() || third.body() != first.body() || third.header("Content-Type") != first.header("Content-Type") {
			t.Errorf("%s %s: %d %s, first %d %s", method, target, third.status(), third.body(), first.status(), first.body())
		}
	}
	open, bound := Listener{}, Listener{Context: ".team-a"}
	f(open, "GET", "/schemas/ids/1", true)
	f(open, "GET", "/schemas/ids/1", true, "Accept", "application/json")
	f(open, "GET", "/contexts/.team-a/subjects/s/versions/1?deleted=true", true)
	f(bound, "GET", "/subjects/s/versions/latest", true)
	f(open, "HEAD", "/schemas/ids/1", false)
	f(open, "POST", "/subjects/s/versions", false)
	f(open, "GET", "/schemas/ids/1", false, "X-Schemaside-Context", ".team-a")
	f(open, "GET", "/schemas/ids/1", false, "Cache-Control", "no-cache")
	f(Listener{TrustHeader: true}, "GET", "/schemas/ids/1", false)
	f(open, "GET", "/schemas/ids/1?x="+strings.Repeat("x", longestShortcut), false)
	f(open, "GET", "/nothing", false)
}

// TestShortcutsAreRefusedElsewhere: a remembered line says nothing about requests that come with more than the line.
func TestShortcutsAreRefusedElsewhere(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".", ".team-a")}
	p := newTestProxy(t, r, true, nil)
	h := p.Handler(Listener{})
	const target = "/schemas/ids/1"
	for range 3 {
		ask(h, "GET", target, "")
		settle(p)
	}
	asked := r.calls.Load()
	f := func(want int64, status int, headers ...string) {
		t.Helper()
		x := ask(h, "GET", target, "", headers...)
		if got := r.calls.Load() - asked; got != want || x.status() != status {
			t.Errorf("%q: %d calls and status %d, want %d and %d", headers, got, x.status(), want, status)
		}
		asked = r.calls.Load()
	}
	f(0, 200)
	f(1, 200, "X-Schemaside-Context", ".team-a")
	f(0, 400, "X-Schemaside-Context", ".team-a:b")
	f(0, 406, "Accept", "text/html")
}

// TestShortcutPlaces: a place is given away no more than once a second, so that many request lines don't make a hit
// allocate.
func TestShortcutPlaces(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	p := newTestProxy(t, &fakeRegistry{basis: stampsOf(".")}, true, func(o *Options) { o.Now = func() time.Time { return now } })
	at, h := shortHandler(p, Listener{})
	hit := func(target string) {
		t.Helper()
		for range 2 {
			ask(h, "GET", target, "")
			settle(p)
		}
	}
	hit("/schemas/ids/1")
	place := at.short.place([]byte("/schemas/ids/1"))
	other := *place.Load()
	other.target = "/another"
	place.Store(&other)
	hit("/schemas/ids/1")
	if place.Load().target != "/another" {
		t.Error("a place was given away at once")
	}
	now = now.Add(shortcutStays)
	hit("/schemas/ids/1")
	if place.Load().target != "/schemas/ids/1" {
		t.Error("a place was not given away")
	}
}

// TestShortcutsByHost: where hosts bind, a request line alone means nothing.
func TestShortcutsByHost(t *testing.T) {
	t.Parallel()
	rules, err := resolver.NewRules(resolver.RulesOptions{Hosts: map[string]string{"a.example": ".a"}})
	if err != nil {
		t.Fatal(err)
	}
	p := newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.Rules = rules })
	if at := p.newEntrance(Listener{}); at.short != nil {
		t.Error("request lines are remembered")
	}
}

func TestDurationShards(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(durationShard{}); size%64 != 0 {
		t.Errorf("a shard is %d bytes, so that shards share cache lines", size)
	}
	if n := len(durationBuckets()); n != numDurationBuckets {
		t.Errorf("%d buckets", n)
	}
}
