package copier_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"schemaside/copier"
)

// between stands in front of a registry. handle may answer by itself, or call pass.
func between(t *testing.T, to string, handle func(w http.ResponseWriter, r *http.Request, pass func())) string {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(502) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, func() { forward.ServeHTTP(w, r) })
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func hangUp() { panic(http.ErrAbortHandler) }

// TestInterrupted breaks a copy off at points all over it, and goes on.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	from, whole := start(t), start(t)
	fill(t, from)
	shown := everything(t, from)
	// counting lets through so many writes and tells how many came.
	counting := func(t *testing.T, to string, limit int64) (at string, seen *atomic.Int64) {
		t.Helper()
		seen = &atomic.Int64{}
		return between(t, to, func(_ http.ResponseWriter, r *http.Request, pass func()) {
			if r.Method != http.MethodGet && seen.Add(1) > limit {
				hangUp()
			}
			pass()
		}), seen
	}
	at, all := counting(t, whole, math.MaxInt64)
	wantSame(t, run(t, options(t, from, at)))
	total := all.Load()
	if total < 80 {
		t.Errorf("a copy writes %d times", total)
	}
	const points = 6
	for i := range int64(points) {
		writes := i * (total - 1) / (points - 1)
		t.Run(fmt.Sprint(writes, " writes"), func(t *testing.T) {
			t.Parallel()
			to := start(t)
			at, _ := counting(t, to, writes)
			o := options(t, from, at)
			o.Attempts = 2
			if _, err := copier.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "start it again") {
				t.Fatalf("error %v", err)
			}
			wantSame(t, run(t, options(t, from, to)))
			same(t, shown, everything(t, to))
		})
	}
}

// TestUnsteady copies between registries that fail now and then, before or after they have done what was asked.
func TestUnsteady(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	fill(t, from)
	shaky := func(to string) string {
		var seen atomic.Int64
		return between(t, to, func(w http.ResponseWriter, r *http.Request, pass func()) {
			switch seen.Add(1) % 17 {
			case 3:
				http.Error(w, "<html>gone fishing</html>", http.StatusServiceUnavailable)
			case 6:
				w.Header().Set("Retry-After", "0")
				http.Error(w, `{"error_code":429,"message":"slow down"}`, http.StatusTooManyRequests)
			case 9:
				http.Error(w, `{"error_code":50001,"message":"Error in the backend data store"}`, 500)
			case 12:
				hangUp()
			case 15:
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				forgotten := httptest.NewRecorder()
				target, _ := url.Parse(to)
				(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}).ServeHTTP(forgotten, r)
				hangUp()
			default:
				pass()
			}
		})
	}
	wantSame(t, run(t, options(t, shaky(from), shaky(to))))
	sameEverything(t, from, to)
}

// TestWithoutContexts copies from servers that have never heard of contexts, nor of what came with them.
func TestWithoutContexts(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"no such path": func(w http.ResponseWriter) { http.Error(w, "<html>", 404) },
		"not allowed": func(w http.ResponseWriter) {
			http.Error(w, `{"error_code":405,"message":"no"}`, http.StatusMethodNotAllowed)
		},
		"the nameless one": func(w http.ResponseWriter) { fmt.Fprint(w, `[":.:"]`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := start(t), start(t)
			c := client{t, from}
			c.fillEvolution("")
			c.fillReferences("")
			c.fillOddities("")
			c.do("PUT", "/config/orders", `{"compatibility":"NONE"}`)
			c.do("PUT", "/mode", `{"mode":"READONLY"}`)
			old := between(t, from, func(w http.ResponseWriter, r *http.Request, pass func()) {
				switch {
				case r.URL.Path == "/contexts":
					answer(w)
				case r.URL.Path == "/schemas":
					http.Error(w, "<html>", 404)
				case strings.Contains(r.URL.Path, "/:."):
					t.Errorf("%s %s of a server without contexts", r.Method, r.URL.Path)
				default:
					pass()
				}
			})
			r := run(t, options(t, old, to))
			wantSame(t, r)
			if len(r.Contexts) != 1 {
				t.Errorf("contexts: %v", r.Contexts)
			}
			sameEverything(t, from, to)

			o := options(t, old, to)
			o.Contexts = []copier.Pair{{From: ".a", To: ".a"}}
			if _, err := copier.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "has no contexts") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestAmbiguousName: a plain name of a server without contexts isn't carried into a context.
func TestAmbiguousName(t *testing.T) {
	t.Parallel()
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/subjects":
			fmt.Fprint(w, `[":.x:s","t"]`)
		case "/subjects/:.x:s/versions", "/subjects/t/versions":
			fmt.Fprint(w, `[1]`)
		case "/subjects/:.x:s/versions/1", "/subjects/t/versions/1":
			fmt.Fprint(w, `{"version":1,"id":3,"schema":"\"string\""}`)
		case "/config":
			fmt.Fprint(w, `{"compatibilityLevel":"BACKWARD"}`)
		case "/mode":
			fmt.Fprint(w, `{"mode":"READWRITE"}`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer from.Close()
	to := start(t)
	r := run(t, options(t, from.URL, to))
	if len(r.Refusals) != 1 || r.Refusals[0].Subject != ":.x:s" || len(r.Differences) > 0 {
		t.Errorf("refusals %+v, differences %+v", r.Refusals, r.Differences)
	}
	if got := (client{t, to}).do("GET", "/subjects?deleted=true", ""); got != `["t"]` {
		t.Errorf("subjects %s", got)
	}
}

// TestUnauthorised: a refusal of everything ends the copy at once.
func TestUnauthorised(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		var writes atomic.Int64
		from, to := start(t), start(t)
		fill(t, from)
		o := options(t, from, between(t, to, func(w http.ResponseWriter, r *http.Request, pass func()) {
			if r.Method != http.MethodGet {
				writes.Add(1)
				http.Error(w, `{"error_code":`+fmt.Sprint(status)+`,"message":"no"}`, status)
				return
			}
			pass()
		}))
		_, err := copier.Run(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(status, ": no")) || writes.Load() != 1 {
			t.Errorf("%d: error %v after %d writes", status, err, writes.Load())
		}
	}
}

// TestForbiddenGlobal: whoever may not set `.__GLOBAL` can still copy the rest, and is told.
func TestForbiddenGlobal(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	c := client{t, from}
	c.register("s", "AVRO", `"string"`)
	c.do("PUT", "/config/:.__GLOBAL:", `{"compatibility":"FULL"}`)
	c.do("PUT", "/config", `{"compatibility":"NONE"}`)
	at := between(t, to, func(w http.ResponseWriter, r *http.Request, pass func()) {
		if r.Method != http.MethodGet && strings.Contains(r.URL.Path, "__GLOBAL") {
			http.Error(w, `{"error_code":403,"message":"no"}`, http.StatusForbidden)
			return
		}
		pass()
	})
	r := run(t, options(t, from, at))
	if len(r.Refusals) != 1 || r.Refusals[0].Context != ".__GLOBAL" || len(r.Differences) != 1 || r.Differences[0].What != "config" {
		t.Errorf("refusals %+v, differences %+v", r.Refusals, r.Differences)
	}
	if got := (client{t, to}).do("GET", "/mode", "") + (client{t, to}).do("GET", "/config", ""); got != `{"mode":"READWRITE"}{"compatibilityLevel":"NONE"}` {
		t.Errorf("the target has %s", got)
	}
}
