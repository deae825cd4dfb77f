package proxy

import (
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	f := func(header string, want bool) {
		t.Helper()
		if got := acceptsGzip([]byte(header)); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
	f("", false)
	f("gzip", true)
	f("GZIP", true)
	f("x-gzip", true)
	f("gzip, deflate, br, zstd", true)
	f("br;q=1.0, gzip;q=0.8, *;q=0.1", true)
	f("gzip;q=0", false)
	f("gzip; q=0.0", false)
	f("*", true)
	f("*;q=0", false)
	f("gzip;q=0, *", false)
	f("identity", false)
	f("gzipped", false)
	f(",,;", false)
}

// longRegistry answers with a schema of more than packAbove bytes.
func longRegistry() *fakeRegistry {
	return &fakeRegistry{basis: stampsOf("."), text: `"` + strings.Repeat("long ", packAbove/4) + `"`}
}

// TestPackedAnswers: who gets an answer packed, that it unpacks to the plain one, and that others are told that they may get
// it otherwise.
func TestPackedAnswers(t *testing.T) {
	t.Parallel()
	for _, cached := range []bool{true, false} {
		p := newTestProxy(t, longRegistry(), cached, nil)
		h := p.Handler(Listener{})
		const target = "/schemas/ids/1"
		plain := ask(h, "GET", target, "").body()
		if len(plain) <= packAbove {
			t.Fatal("a short answer")
		}
		f := func(packed bool, headers ...string) {
			t.Helper()
			x := ask(h, "GET", target, "", headers...)
			body := x.body()
			if (x.header("Content-Encoding") == "gzip") != packed {
				t.Errorf("cached %v, %q: packed is %v", cached, headers, !packed)
			}
			if packed {
				unpacked, err := x.ctx.Response.BodyGunzip()
				if err != nil {
					t.Fatal(err)
				}
				body = string(unpacked)
			}
			if body != plain || x.header("Vary") != "Accept-Encoding" || x.status() != fasthttp.StatusOK {
				t.Errorf("cached %v, %q: %d, Vary %q, %s", cached, headers, x.status(), x.header("Vary"), body)
			}
		}
		for range 3 {
			f(true, "Accept-Encoding", "gzip")
			f(true, "Accept-Encoding", "br", "Accept-Encoding", "gzip")
			f(false)
			f(false, "Accept-Encoding", "br")
			f(false, "Accept-Encoding", "gzip;q=0")
			if cached {
				settle(p)
			}
		}
	}
}

// TestPackedPages: documents are packed like answers, and keep their types.
func TestPackedPages(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<!-- long -->", packAbove/10)
	h := newTestProxy(t, &fakeRegistry{}, true, func(o *Options) { o.OpenAPI, o.DocsPage = text, text }).Handler(Listener{})
	f := func(path, contentType string) {
		t.Helper()
		packed, plain := ask(h, "GET", path, "", "Accept-Encoding", "gzip"), ask(h, "GET", path, "")
		unpacked, err := packed.ctx.Response.BodyGunzip()
		if err != nil || string(unpacked) != text || plain.body() != text {
			t.Errorf("%s: %v, packed %.20s, plain %.20s", path, err, unpacked, plain.body())
		}
		for _, x := range []*exchange{packed, plain} {
			if x.header("Content-Type") != contentType || x.header("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %s, Vary %q", path, x.header("Content-Type"), x.header("Vary"))
			}
		}
	}
	f("/openapi.yaml", "application/yaml")
	f("/docs", "text/html; charset=utf-8")
}

func TestShortAnswersStayPlain(t *testing.T) {
	t.Parallel()
	p := newTestProxy(t, &fakeRegistry{basis: stampsOf(".")}, true, nil)
	x := ask(p.Handler(Listener{}), "GET", "/schemas/ids/1", "", "Accept-Encoding", "gzip")
	if x.header("Content-Encoding") != "" || x.header("Vary") != "" {
		t.Errorf("Content-Encoding %q, Vary %q", x.header("Content-Encoding"), x.header("Vary"))
	}
}

// TestPackedAnswersAllocateNothing: the packed form is kept.
func TestPackedAnswersAllocateNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	for _, method := range []string{"GET", "HEAD"} {
		p := newTestProxy(t, longRegistry(), true, nil)
		h := p.Handler(Listener{})
		x := hitRequest(t, p, h, method, "/schemas/ids/1", "")
		x.ctx.Request.Header.Set("Accept-Encoding", "gzip, deflate")
		for range 100 {
			x.ctx.Response.Reset()
			h(&x.ctx)
			time.Sleep(time.Millisecond)
		}
		if n := mallocs(func() { x.ctx.Response.Reset(); h(&x.ctx) }); n > 0 {
			t.Errorf("%s: %d allocations in %d hits", method, n, mallocRuns)
		}
		if x.header("Content-Encoding") != "gzip" {
			t.Error("not packed")
		}
	}
}
