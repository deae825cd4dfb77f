package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place string
		// has and hasNot are URLs, separated by blanks.
		has, hasNot string
	}{
		{
			"schemas.example", "https://schemas.example https://schemas.example/ https://SCHEMAS.example:443/a/b.json?c https://schemas.example./a",
			"http://schemas.example/ https://schemas.example:8443/ https://schemas.example.org/ https://a.schemas.example/ https://u:p@schemas.example/ https://schemas.example@evil.example/ ftp://schemas.example/ //schemas.example/a schemas.example",
		},
		{"schemas.example:8443", "https://schemas.example:8443/a", "https://schemas.example/a"},
		{"http://10.0.0.1:8080", "http://10.0.0.1:8080/a", "http://10.0.0.1/a https://10.0.0.1:8080/a"},
		{"http://[::1]", "http://[::1]:80/a", "http://[::2]/a"},
		{
			"https://h.example/a/b", "https://h.example/a/b https://h.example/a/b/ https://h.example/a/b/c",
			`https://h.example/a/bc https://h.example/a https://h.example/a/b/../c https://h.example/a/b/%2e%2e/c https://h.example/a/b%2f..%2fc https://h.example/a/b//c https://h.example/a/b/%5c..%5cc`,
		},
		{"https://h.example/a/", "https://h.example/a/x", "https://h.example/ax"},
		{
			"*", "https://h.example/ https://h.example:443/a",
			"http://h.example/ https://h.example:8443/ https://u@h.example/ https:///a https://h.example/" + strings.Repeat("a", maxURL),
		},
	} {
		f := fetcher(t, c.place)
		for address := range strings.FieldsSeq(c.has) {
			if _, _, err := f.client(address); err != nil {
				t.Errorf("%s: %s: %v", c.place, address, err)
			}
		}
		for address := range strings.FieldsSeq(c.hasNot) {
			if _, _, err := f.client(address); !errors.Is(err, errNotAllowed) {
				t.Errorf("%s has %.80s", c.place, address)
			}
		}
	}
}

func TestNoPlaces(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "/", "**", "*.example", "h.example/a", "ftp://h.example", "https://", "https://u@h.example", "https://h.example/?q", "https://h.example/#f", "https://h.example/../a", "https://h.example:x", " h.example", "h example"} {
		if _, err := New([]string{"h.example", text}, nil); err == nil || !strings.Contains(err.Error(), "[1]") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address       string
		public, named bool
	}{
		{"93.184.216.34:443", true, true},
		{"[2606:2800:220:1::1]:443", true, true},
		{"127.0.0.1:443", false, true},
		{"[::1]:443", false, true},
		{"[::ffff:127.0.0.1]:443", false, true},
		{"10.1.2.3:443", false, true},
		{"172.16.0.1:443", false, true},
		{"192.168.0.1:443", false, true},
		{"100.64.0.1:443", false, true},
		{"[fd00::1]:443", false, true},
		{"[::ffff:10.0.0.1]:443", false, true},
		{"[64:ff9b::a00:1]:443", false, true},
		{"[2002:a00:1::]:443", false, true},
		{"169.254.169.254:80", false, false},
		{"[::ffff:169.254.169.254]:80", false, false},
		{"[fe80::1%eth0]:443", false, false},
		{"0.0.0.0:443", false, false},
		{"0.1.2.3:443", false, true},
		{"[::]:443", false, false},
		{"224.0.0.1:443", false, false},
		{"255.255.255.255:443", false, true},
		{"no address", false, false},
		{"name:443", false, false},
	} {
		if err := checkPublic(c.address); (err == nil) != c.public {
			t.Errorf("%s on the internet: %v", c.address, err)
		}
		if err := checkNamed(c.address); (err == nil) != c.named {
			t.Errorf("%s of a listed host: %v", c.address, err)
		}
	}
}

// fetcher is one that is closed when the test ends.
func fetcher(t *testing.T, places ...string) *Fetcher {
	t.Helper()
	f, err := New(places, func(string, error) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// server serves schemas, and counts how often each is asked for.
type server struct {
	*httptest.Server
	asked sync.Map
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{}
	mux := http.NewServeMux()
	mux.HandleFunc("/a.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"type":"string"}`) })
	mux.HandleFunc("/full", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", maxBytes)) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", maxBytes+1)) })
	mux.HandleFunc("/to/{n}", func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"1": "/a.json", "2": "/to/1", "3": "/to/2", "4": "/to/3", "5": "/to/5"}[r.PathValue("n")]
		http.Redirect(w, r, next, http.StatusFound)
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)+"/a.json", http.StatusFound)
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count, _ := s.asked.LoadOrStore(r.URL.Path, new(atomic.Int32))
		count.(*atomic.Int32).Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) count(path string) int32 {
	count, ok := s.asked.Load(path)
	if !ok {
		return 0
	}
	return count.(*atomic.Int32).Load()
}

func TestFetch(t *testing.T) {
	t.Parallel()
	s := serve(t)
	f := fetcher(t, s.URL)
	for _, c := range []struct {
		path string
		want string
		err  error
	}{
		{"/a.json", `{"type":"string"}`, nil},
		{"/a.json?v=1", `{"type":"string"}`, nil},
		{"/to/1", `{"type":"string"}`, nil},
		{"/to/3", `{"type":"string"}`, nil},
		{"/to/4", "", errRedirects},
		{"/to/5", "", errRedirects},
		{"/full", strings.Repeat(" ", maxBytes), nil},
		{"/large", "", errTooLarge},
		{"/missing", "", errStatus},
		{"/away", "", errNotAllowed},
		{"/slow", "", errNoAnswer},
	} {
		t.Run(c.path, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			text, err := f.Fetch(t.Context(), s.URL+c.path)
			if text != c.want || !errors.Is(err, c.err) {
				t.Errorf("%.40q, %v; want %v", text, err, c.err)
			}
			if took := time.Since(start); took > 10*timeout {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// What points to a place that isn't allowed is never asked there.
func TestRedirectsStayInside(t *testing.T) {
	t.Parallel()
	s := serve(t)
	f := fetcher(t, s.URL+"/to")
	for _, path := range []string{"/a.json", "/to/1", "/to/3"} {
		if _, err := f.Fetch(t.Context(), s.URL+path); !errors.Is(err, errNotAllowed) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := s.count("/a.json"); n != 0 {
		t.Errorf("it was asked %d times", n)
	}
}

// With *, a name of this machine leads nowhere; nobody is told why.
func TestPublicOnly(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var cause error
	f, err := New([]string{anywhere}, func(_ string, err error) { cause = err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	for _, host := range []string{u.Hostname(), "localhost", "[::1]", "169.254.169.254"} {
		cause = nil
		if _, err := f.Fetch(t.Context(), "https://"+host+"/a"); !errors.Is(err, errNoAnswer) || !errors.Is(cause, errAddress) {
			t.Errorf("%s: %v, because of %v", host, err, cause)
		}
	}
}

// A text is asked for once in a while, however many want it; a failure is forgotten sooner.
func TestKeeping(t *testing.T) {
	t.Parallel()
	s := serve(t)
	f := fetcher(t, s.URL)
	var mu sync.Mutex
	now := time.Now()
	f.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	later := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }
	ask := func(path string, times int) {
		var all sync.WaitGroup
		for range times {
			all.Go(func() { _, _ = f.Fetch(t.Context(), s.URL+path) })
		}
		all.Wait()
	}
	want := func(path string, n int32) {
		t.Helper()
		if got := s.count(path); got != n {
			t.Errorf("%s was asked for %d times, want %d", path, got, n)
		}
	}
	ask("/a.json", 20)
	ask("/missing", 20)
	want("/a.json", 1)
	want("/missing", 1)
	later(keepFailure)
	ask("/a.json", 1)
	ask("/missing", 1)
	want("/a.json", 1)
	want("/missing", 2)
	later(keepText)
	ask("/a.json", 1)
	want("/a.json", 2)
}

// Texts are kept up to a size.
func TestKeepingIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	f := fetcher(t, s.URL)
	for i := range 2 * maxKept / maxBytes {
		if _, err := f.Fetch(t.Context(), fmt.Sprintf("%s/full?%d", s.URL, i)); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for address, k := range f.kept {
			sum += sizeOf(address, k)
		}
		if sum != f.bytes || sum > maxKept {
			t.Fatalf("%d bytes are kept, %d counted", sum, f.bytes)
		}
	}
}

// Whoever loses patience doesn't end it for others.
func TestPatience(t *testing.T) {
	t.Parallel()
	s := serve(t)
	f := fetcher(t, s.URL)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Fetch(ctx, s.URL+"/slow"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if text, err := f.Fetch(t.Context(), s.URL+"/a.json"); err != nil || text == "" {
		t.Errorf("%q, %v", text, err)
	}
}
