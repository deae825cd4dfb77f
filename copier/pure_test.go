package copier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestNames(t *testing.T) {
	t.Parallel()
	f := func(registryCtx, subject, wantName, wantSegment string) {
		t.Helper()
		name := qualified(registryCtx, subject)
		if name != wantName || segment(name) != wantSegment {
			t.Errorf("qualified(%q, %q) = %q, segment %q; want %q, %q", registryCtx, subject, name, segment(name), wantName, wantSegment)
		}
		if inCtx, in := split(name); inCtx != registryCtx || in != subject {
			t.Errorf("split(%q) = %q, %q", name, inCtx, in)
		}
	}
	f(".", "s", "s", "s")
	f(".", "", ":.:", ":.:")
	f(".", "..", "..", "%2E%2E")
	f(".", ".", ".", "%2E")
	f(".", ":ctx:s", ":ctx:s", ":ctx:s")
	f(".a", "s", ":.a:s", ":.a:s")
	f(".a", "", ":.a:", ":.a:")
	f(".a", "b:c", ":.a:b:c", ":.a:b:c")
	f(".a", "x/y z?#%", ":.a:x/y z?#%", ":.a:x%2Fy%20z%3F%23%25")
}

func TestParsePair(t *testing.T) {
	t.Parallel()
	f := func(text string, want Pair) {
		t.Helper()
		if got, err := ParsePair(text); (err == nil) != (want != Pair{}) || got != want {
			t.Errorf("ParsePair(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	f(".", Pair{".", "."})
	f(".a", Pair{".a", ".a"})
	f(".a=.b", Pair{".a", ".b"})
	f(".=.b", Pair{".", ".b"})
	f(".a=.", Pair{".a", "."})
	f(".a=b", Pair{".a=b", ".a=b"})
	f(".__GLOBAL", Pair{globalContext, globalContext})
	f(".__GLOBAL=.a", Pair{})
	f(".a=.__GLOBAL", Pair{})
	f("", Pair{})
	f("a", Pair{})
	f(":.a:", Pair{})
	f("a=.b", Pair{})
	f(".a=.b:", Pair{})
}

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	f := func(text, wantURL, wantUser, wantPassword string) {
		t.Helper()
		e, err := ParseEndpoint(text)
		switch {
		case (err == nil) != (wantURL != ""):
			t.Errorf("ParseEndpoint(%q): %v", text, err)
		case err != nil:
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("ParseEndpoint(%q) tells the password: %v", text, err)
			}
		case e.String() != wantURL || e.User != wantUser || e.Password != wantPassword:
			t.Errorf("ParseEndpoint(%q) = %s, %q, %q; want %s, %q, %q", text, e, e.User, e.Password, wantURL, wantUser, wantPassword)
		}
	}
	f("http://a", "http://a", "", "")
	f("https://a:8081/", "https://a:8081", "", "")
	f("http://a/apis/ccompat/v7/", "http://a/apis/ccompat/v7", "", "")
	f("http://u:secret@a/x", "http://a/x", "u", "secret")
	f("http://u%40x:p%3A@a", "http://a", "u@x", "p:")
	f("a:8081", "", "", "")
	f("ftp://a", "", "", "")
	f("http://", "", "", "")
	f("http://a/contexts/.b", "", "", "")
	f("http://a/contexts", "", "", "")
	f("http://u:secret@a?b=c", "", "", "")
	f("http://u:secret@a:port", "", "", "")
}

func TestConfigUpdate(t *testing.T) {
	t.Parallel()
	f := func(was, shall, want string) {
		t.Helper()
		update, err := configUpdate(was, shall)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(update)
		if err != nil || string(got) != want {
			t.Errorf("configUpdate(%s, %s) = %s, %v; want %s", was, shall, got, err, want)
		}
	}
	f(``, `{"compatibilityLevel":"FULL","normalize":true}`, `{"compatibility":"FULL","normalize":true}`)
	f(`{"alias":"x","compatibilityLevel":"NONE"}`, `{"compatibilityLevel":"FULL"}`, `{"alias":null,"compatibility":"FULL"}`)
	f(`{"compatibilityLevel":"NONE"}`, `{"alias":"x"}`, `{"alias":"x","compatibility":null}`)
	f(`{"alias":"x"}`, `{"alias":"x"}`, `{"alias":"x"}`)
	f(``, `{"defaultMetadata":{"properties":{"n":"1"}},"unheardOf":12345678901234567890}`, `{"defaultMetadata":{"properties":{"n":"1"}},"unheardOf":12345678901234567890}`)
}

// TestAlike: what contexts inherit counts, and the default context shows something even when nothing was set.
func TestAlike(t *testing.T) {
	t.Parallel()
	f := func(p Pair, from, to tier, want bool) {
		t.Helper()
		if got := p.sameMode(from, to); got != want {
			t.Errorf("%v: sameMode(%+v, %+v) = %t", p, from, to, got)
		}
	}
	shows := func(mode, inScope string) tier { return tier{mode: mode, modeInScope: inScope} }
	f(Pair{".", "."}, shows("READWRITE", "READWRITE"), shows("READWRITE", "READWRITE"), true)
	f(Pair{".", "."}, shows("READWRITE", "READWRITE"), shows("READWRITE", "READONLY"), false)
	f(Pair{".", "."}, shows("READWRITE", "READONLY"), shows("READONLY", "READONLY"), false)
	f(Pair{".a", ".b"}, shows("", "READONLY"), shows("", "READONLY"), true)
	f(Pair{".a", ".b"}, shows("", "READONLY"), shows("READONLY", "READONLY"), false)
	f(Pair{".", ".b"}, shows("READWRITE", "READWRITE"), shows("", "READWRITE"), true)
	f(Pair{".a", "."}, shows("READONLY", "READONLY"), shows("READONLY", "READONLY"), true)
	f(Pair{".a", "."}, shows("READONLY", "READONLY"), shows("READWRITE", "READONLY"), true)
	f(Pair{".a", "."}, shows("READONLY", "READONLY"), shows("READWRITE", "READWRITE"), false)
}

// TestCall: what is asked again, how often, and what is told in the end.
func TestCall(t *testing.T) {
	t.Parallel()
	f := func(status int, body string, wantCalls int64, want string) {
		t.Helper()
		var calls atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		defer s.Close()
		e, err := ParseEndpoint(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		o := DefaultOptions()
		o.Attempts, o.Backoff = 3, time.Millisecond
		var out []string
		err = newRemote(e, o, http.DefaultTransport).call(t.Context(), request{method: "GET", path: "/x"}, &out)
		if got := fmt.Sprint(err); !strings.Contains(got, want) || calls.Load() != wantCalls {
			t.Errorf("%d %s: asked %d times, %s; want %d times, %s", status, body, calls.Load(), got, wantCalls, want)
		}
	}
	f(200, `["a"]`, 1, "<nil>")
	f(200, `<html>`, 1, "GET /x: 200: not an answer of a registry")
	f(404, `{"error_code":40401,"message":"Subject 's' not found."}`, 1, "GET /x: 40401: Subject 's' not found.")
	f(422, `nonsense`, 1, "GET /x: 422: nonsense")
	f(401, ``, 1, "GET /x: 401: ")
	f(429, ``, 3, "GET /x: 429: ")
	f(500, `{"error_code":50001,"message":"m"}`, 3, "GET /x: 50001: m")
	f(503, "a\n  b", 3, "GET /x: 503: a b")
	f(0, ``, 3, "EOF")
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	f := func(e Endpoint, want string) {
		t.Helper()
		var got string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			fmt.Fprint(w, `[]`)
		}))
		defer s.Close()
		to, err := ParseEndpoint(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		e.URL = to.URL
		if err := newRemote(e, DefaultOptions(), http.DefaultTransport).call(t.Context(), request{method: "GET", path: "/"}, nil); err != nil || got != want {
			t.Errorf("%+v: sent %q, %v; want %q", e, got, err, want)
		}
	}
	f(Endpoint{}, "")
	f(Endpoint{User: "u", Password: "p"}, "Basic dTpw")
	f(Endpoint{Token: "t"}, "Bearer t")
}

// TestPause: a server that asks for a pause gets it, and a wait ends with its context.
func TestPause(t *testing.T) {
	t.Parallel()
	f := func(header string, want time.Duration) {
		t.Helper()
		if got := retryAfter(http.Header{"Retry-After": {header}}); got != want {
			t.Errorf("Retry-After %q: %v, want %v", header, got, want)
		}
	}
	f("", 0)
	f("7", 7*time.Second)
	f("-1", 0)
	f("999999999", time.Hour)
	f("Wed, 21 Oct 2026 07:28:00 GMT", 0)
}

// screen is a terminal that may be looked at while it is written to.
type screen struct {
	mu    sync.Mutex
	shown string
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown += string(b)
	return len(b), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown
}

// TestProgress: nothing for two seconds, then one line over and over, which is wiped out in the end.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out screen
		p := newProgress(&out)
		stop := p.start()
		p.phase("reading")
		p.expect("versions", 10)
		p.step()
		time.Sleep(patience - time.Millisecond)
		synctest.Wait()
		if out.String() != "" {
			t.Errorf("shown too early: %q", out.String())
		}
		time.Sleep(2 * time.Millisecond)
		p.step()
		time.Sleep(interval)
		stop()
		want := "\r\033[Kreading: 1 of 10 versions\r\033[Kreading: 2 of 10 versions\r\033[K"
		if out.String() != want {
			t.Errorf("shown %q, want %q", out.String(), want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		var out screen
		newProgress(&out).start()()
		if out.String() != "" {
			t.Errorf("a short run shows %q", out.String())
		}
	})
}

// TestReport: the text tells each kind of thing, and stays short; the page shows texts in full and as texts.
func TestReport(t *testing.T) {
	t.Parallel()
	r := &Report{
		From: "http://a", To: "http://b", Took: 1500 * time.Millisecond,
		Contexts: []*ContextReport{
			{Pair: Pair{".", "."}, Subjects: 2, Versions: 5, Deleted: 1, Present: 3, Registered: 2, SoftDeleted: 1, Settings: 4},
			{Pair: Pair{".a", ".b"}, Blocked: "nothing was written", StaysImport: true},
		},
		Refusals: []Refusal{{Context: ".a", Subject: "s", Version: 3, Why: "<b>no</b>"}},
		Notes:    []string{"context .z is in the target only"},
	}
	for i := range maxLines + 2 {
		r.Differences = append(r.Differences, Difference{Context: ".", Subject: "s", Version: i + 1, What: "text", Source: strings.Repeat("<x>", 100), Target: "none"})
	}
	var text, page bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"http://a -> http://b, copied in 1.5s", ".a as .b", "Context .a as .b: nothing was written.", "stays in mode IMPORT",
		"Note: context .z is in the target only.", "refused: :.a:s version 3: <b>no</b>", "differs: s version 50: text: <x>", "<x ... -> none",
		"... and 2 more differences", "Source and target differ (differences: 52, refusals: 1).",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "s version 51") || strings.Contains(text.String(), strings.Repeat("<x>", 50)) {
		t.Errorf("the text is too long:\n%s", &text)
	}
	for _, want := range []string{
		"&lt;b&gt;no&lt;/b&gt;", strings.Repeat("&lt;x&gt;", 100), "s version 52", "http://a &rarr; http://b, copied in 1.5s", `<p class="verdict">`,
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q:\n%.2000s", want, &page)
		}
	}
	same := &Report{DryRun: true}
	text.Reset()
	if err := same.WriteText(&text); err != nil || !strings.Contains(text.String(), "compared in 0s") || !strings.Contains(text.String(), "Source and target are alike.") {
		t.Errorf("%v: %s", err, &text)
	}
}

// TestExcerpt: what differs is in sight, however late it comes.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	f := func(source, target, wantSource, wantTarget string) {
		t.Helper()
		if a, b := (Difference{Source: source, Target: target}).excerpt(); a != wantSource || b != wantTarget {
			t.Errorf("excerpt(%q, %q) = %q, %q; want %q, %q", source, target, a, b, wantSource, wantTarget)
		}
	}
	long := strings.Repeat("ä", 100)
	f("a", "b", "a", "b")
	f(long[:60]+"x", long[:60]+"y", long[:60]+"x", long[:60]+"y")
	f(long+"x", long+"y"+long, "... "+long[:40]+"x", "... "+long[:40]+"y"+long[:118]+" ...")
	f(long, long+"y", "... "+long[:40], "... "+long[:40]+"y")
	f("a\n\n b", "none", "a b", "none")
}

// TestCompare: each part that differs is told.
func TestCompare(t *testing.T) {
	t.Parallel()
	read := func(body string, deleted bool) version {
		var shown shownSchema
		if err := json.Unmarshal([]byte(body), &shown); err != nil {
			t.Fatal(err)
		}
		v, err := shown.version("s", 1, deleted)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const plain = `{"id":1,"schema":"x","guid":"g"}`
	f := func(other string, deleted bool, want string) {
		t.Helper()
		var got []string
		for _, d := range compareVersions(Difference{}, read(plain, false), read(other, deleted)) {
			got = append(got, d.What+" "+d.Source+" "+d.Target)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", other, got, want)
		}
	}
	f(plain, false, "")
	f(`{"id":1,"schema":"x","schemaType":"AVRO","guid":"G","references":[],"metadata":null}`, false, "")
	f(`{"id":1,"schema":"x"}`, false, "")
	f(plain, true, "state live soft-deleted")
	f(`{"id":2,"schema":"x","guid":"g"}`, false, "ID 1 2")
	f(`{"id":1,"schema":"y","guid":"g"}`, false, "text x y")
	f(`{"id":1,"schema":"x","guid":"h"}`, false, "guid g h")
	f(`{"id":1,"schema":"x","schemaType":"JSON"}`, false, "type AVRO JSON")
	f(`{"id":1,"schema":"x","metadata":{}}`, false, "metadata none {}")
	f(`{"id":1,"schema":"x","ruleSet":{"b":1,"a":[2.50]}}`, false, `rule set none {"a":[2.50],"b":1}`)
	f(`{"id":1,"schema":"x","references":[{"name":"n","subject":"r","version":2}]}`, false, `references none [{"name":"n","subject":"r","version":2}]`)
}

// TestPinLatest: what a reference to the newest version means is fixed when it is read.
func TestPinLatest(t *testing.T) {
	t.Parallel()
	c := &copying{from: &remote{knowsContexts: true}, source: map[string]*snapshot{
		".a": {versions: map[versionKey]version{
			{"r", 1}: {}, {"r", 2}: {}, {"r", 3}: {deleted: true},
			{"s", 1}: {references: []reference{{"n", "r", -1}, {"m", ":.b:r", -1}, {"o", "r", 1}, {"p", "nowhere", -1}}},
		}},
		".b": {versions: map[versionKey]version{{"r", 9}: {}}},
	}}
	c.pinLatest()
	got := shownReferences(c.source[".a"].versions[versionKey{"s", 1}].references)
	want := `[{"name":"n","subject":"r","version":2},{"name":"m","subject":":.b:r","version":9},{"name":"o","subject":"r","version":1},{"name":"p","subject":"nowhere","version":-1}]`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
