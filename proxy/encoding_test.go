package proxy

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func zip(tb testing.TB, body string) string {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(body)); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestEncodings: what a body is packed in, and what is wrong with it, with the cache and without it.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const plain, limit = `{"schema":"x"}`, 1000
	for _, cached := range []bool{false, true} {
		r := &fakeRegistry{basis: stampsOf(".")}
		h := newTestProxy(t, r, cached, func(o *Options) { o.BodyLimit = limit }).Handler(Listener{})
		f := func(status int, body string, encodings ...string) {
			t.Helper()
			var headers []string
			for _, e := range encodings {
				headers = append(headers, "Content-Encoding", e)
			}
			for range 2 {
				if x := ask(h, "POST", "/subjects/s", body, headers...); x.status() != status {
					t.Errorf("%q, cached %t: %d %s, want %d", encodings, cached, x.status(), x.body(), status)
				}
			}
		}
		packed := zip(t, plain)
		full := plain + strings.Repeat(" ", limit-len(plain))
		f(200, plain)
		f(200, plain, "identity")
		f(200, plain, " Identity ")
		f(200, plain, "")
		f(200, packed, "gzip")
		f(200, packed, " GZip ")
		f(200, packed, "x-gzip")
		f(200, zip(t, full), "gzip")
		f(200, zip(t, plain[:5])+zip(t, plain[5:]), "gzip")
		f(413, zip(t, full+" "), "gzip")
		f(413, zip(t, strings.Repeat(" ", 100*limit)), "gzip")
		f(400, plain, "gzip")
		f(400, packed)
		f(400, packed[:len(packed)-1], "gzip")
		f(400, packed[:5], "gzip")
		f(400, packed+"x", "gzip")
		f(422, "", "gzip")
		f(422, zip(t, ""), "gzip")
		for _, other := range []string{"deflate", "br", "zstd", "gzip, gzip", "gzip,", "*"} {
			f(415, packed, other)
		}
		f(415, packed, "gzip", "gzip")
		f(415, plain, "identity", "gzip")
		if x := ask(h, "GET", "/subjects/s/versions", "", "Content-Encoding", "br"); x.status() != 200 {
			t.Errorf("a request without a body: %d", x.status())
		}
	}
}

// TestPackedIsAnotherQuestion: the same bytes mean another thing when they are packed.
func TestPackedIsAnotherQuestion(t *testing.T) {
	t.Parallel()
	r := &fakeRegistry{basis: stampsOf(".")}
	p := newTestProxy(t, r, true, nil)
	h := p.Handler(Listener{})
	packed := zip(t, `{"schema":"x"}`)
	if x := ask(h, "POST", "/subjects/s", packed, "Content-Encoding", "gzip"); x.status() != 200 || !strings.Contains(r.asked(), "Text:x") {
		t.Fatalf("%d %s", x.status(), x.body())
	}
	settle(p)
	if x := ask(h, "POST", "/subjects/s", packed, "Content-Encoding", "gzip"); x.status() != 200 || r.asked() != "" {
		t.Errorf("the packed body is asked for again: %d", x.status())
	}
	if x := ask(h, "POST", "/subjects/s", packed); x.status() != 400 {
		t.Errorf("the bytes as they are: %d %s", x.status(), x.body())
	}
}

// TestBombCostsTheLimit: a small body that unpacks to a large one is given up at the limit.
func TestBombCostsTheLimit(t *testing.T) {
	bomb := zip(t, strings.Repeat(" ", 64<<20))
	h := newTestProxy(t, &fakeRegistry{}, false, func(o *Options) { o.BodyLimit = 1 << 20 }).Handler(Listener{})
	var x *exchange
	if n := bytesAllocated(func() { x = ask(h, "POST", "/subjects/s", bomb, "Content-Encoding", "gzip") }); n > 8<<20 {
		t.Errorf("%d bytes are allocated for a limit of 1 MiB", n)
	}
	if x.status() != 413 || x.body() != `{"error_code":413,"message":"Request body is larger than the limit of 1048576 bytes"}` {
		t.Errorf("%d %s", x.status(), x.body())
	}
}

// TestPackedHitsAllocateNothing: what is known is found without unpacking the question.
func TestPackedHitsAllocateNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	r := &fakeRegistry{basis: stampsOf(".")}
	p := newTestProxy(t, r, true, nil)
	h := p.Handler(Listener{})
	x := ask(h, "POST", "/subjects/s/versions", zip(t, `{"schema":"x"}`), "Content-Encoding", "gzip", "Content-Type", "application/json")
	settle(p)
	x.ctx.Response.Reset()
	h(&x.ctx)
	if n := mallocs(func() { x.ctx.Response.Reset(); h(&x.ctx) }); n > 0 || r.calls.Load() != 1 || x.status() != 200 {
		t.Errorf("%d allocations in %d hits; status %d, %d calls", n, mallocRuns, x.status(), r.calls.Load())
	}
}
