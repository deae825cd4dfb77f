package proxy

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/registry"
	"schemaside/backend/wire"
	"schemaside/cache"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

// fillStore commits subjects of one version each; each third of a context is soft-deleted.
func fillStore(tb testing.TB, store storage.Store, contexts map[string][]string) {
	tb.Helper()
	for registryCtx, subjects := range contexts {
		changes := []storage.Change{storage.SetKnown{Known: true}, storage.PutSchema{Schema: storage.Schema{ID: 1, Type: "AVRO", Text: `"int"`}}}
		for i, s := range subjects {
			changes = append(changes, storage.PutVersion{Version: storage.Version{Subject: s, Version: 1, SchemaID: 1, Deleted: i%3 == 2}})
		}
		head, err := store.Head(tb.Context(), registryCtx)
		if err == nil {
			_, err = store.Commit(tb.Context(), registryCtx, head.Revision, changes...)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// overStore is a proxy over a store, with a cache or without.
func overStore(tb testing.TB, store storage.Store, cached bool) *Proxy {
	tb.Helper()
	o := registry.Options{SplitName: resolver.SplitName}
	if !cached {
		return newTestProxy(tb, registry.New(store, o), false, nil)
	}
	c := cache.New(cache.Options{Heads: store.Heads, Freshness: time.Hour})
	tb.Cleanup(c.Close)
	o.Learn = c.Learn
	return newTestProxy(tb, registry.New(store, o), false, func(o *Options) { o.Cache = c })
}

// manyContexts are contexts of equally many subjects.
func manyContexts(contexts, subjects int) map[string][]string {
	all := map[string][]string{}
	for c := range contexts {
		names := make([]string, subjects)
		for i := range names {
			names[i] = fmt.Sprintf("orders-%05d-value", i)
		}
		all[fmt.Sprintf(".team-%04d", c)] = names
	}
	return all
}

// TestAcrossIsWhatPagesAre: a list that is put together from those of each context has the names and the order of the pages
// that the registry reads.
func TestAcrossIsWhatPagesAre(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	name := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteByte("!.-ab~\"\\"[random.IntN(8)])
		}
		return b.String()
	}
	for range 15 {
		contexts := map[string][]string{".": {name(), "!", "~"}}
		for range random.IntN(40) {
			var subjects []string
			for range random.IntN(6) {
				subjects = append(subjects, name())
			}
			slices.Sort(subjects)
			contexts["."+name()] = slices.Compact(subjects)
		}
		store := memory.New()
		fillStore(t, store, contexts)
		for _, cached := range []bool{false, true} {
			h := overStore(t, store, cached).Handler(Listener{})
			for _, query := range []string{"", "&deleted=true", "&deletedOnly=true", "&subjectPrefix=:.a", "&subjectPrefix=:*:a", "&offset=3", "&offset=7&deleted=true"} {
				whole, page := ask(h, "GET", "/subjects?"+query, ""), ask(h, "GET", "/subjects?limit=900"+query, "")
				if whole.status() != 200 || whole.body() != page.body() {
					t.Fatalf("%q of %q: %d %s\nwant %s", query, contexts, whole.status(), whole.body(), page.body())
				}
			}
			all := ask(h, "GET", "/subjects?limit=5000", "").body()
			if page := ask(h, "GET", "/subjects?limit=900", "").body(); all != page {
				t.Fatalf("large page: %s, want %s", all, page)
			}
		}
	}
}

// TestAcrossCost: which contexts there are is asked every time; of their lists, those that changed.
func TestAcrossCost(t *testing.T) {
	t.Parallel()
	store := faulty.Wrap(memory.New())
	fillStore(t, store, manyContexts(50, 2))
	h := overStore(t, store, true).Handler(Listener{})
	f := func(what, target string, lists, subjects, heads int) {
		t.Helper()
		store.ResetCalls()
		if x := ask(h, "GET", target, ""); x.status() != 200 {
			t.Errorf("%s: %d %s", what, x.status(), x.body())
		}
		if l, s, hs := store.Calls("ListContexts"), store.Calls("Subjects"), store.Calls("Heads"); l != lists || s != subjects || hs != heads {
			t.Errorf("%s: %d lists of contexts, %d of subjects, %d of heads; want %d, %d, %d", what, l, s, hs, lists, subjects, heads)
		}
	}
	f("cold", "/subjects", 1, 51, 0)
	f("warm", "/subjects", 1, 0, 0)
	f("another page", "/subjects?offset=20", 1, 0, 0)
	f("some contexts", "/subjects?subjectPrefix=:.team-001", 1, 0, 0)
	f("others", "/subjects?deleted=true", 1, 51, 0)
	// The registry's own commits move the heads that the cache knows.
	if x := ask(h, "DELETE", "/subjects/:.team-0007:orders-00000-value", ""); x.status() != 200 {
		t.Fatal(x.body())
	}
	f("after a commit", "/subjects", 1, 1, 0)
	f("warm again", "/subjects", 1, 0, 0)
}

// listOver is what a server answers to GET /subjects. The error is that of reading the body.
func listOver(t *testing.T, p *Proxy, version string, headers ...string) (answer *http.Response, body string, err error) {
	t.Helper()
	s := start(p, Listener{})
	defer stop(t, s)
	conn := s.connect(t)
	if _, err := io.WriteString(conn, "GET /subjects "+version+"\r\nHost: h\r\n"+strings.Join(headers, "")+"\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err = http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadAll(answer.Body)
	return answer, string(read), errors.Join(err, conn.Close())
}

// TestLongListsAreStreamed: a long list comes in chunks, a short one and one for HTTP/1.0 with their length.
func TestLongListsAreStreamed(t *testing.T) {
	t.Parallel()
	f := func(contexts int, version string, length bool) {
		t.Helper()
		store := memory.New()
		fillStore(t, store, manyContexts(contexts, 30))
		for _, cached := range []bool{false, true} {
			answer, body, err := listOver(t, overStore(t, store, cached), version)
			if n := strings.Count(body, `"`) / 2; err != nil || n != contexts*20 || body[0] != '[' || body[len(body)-1] != ']' {
				t.Errorf("%d contexts, %s: %d names, %v", contexts, version, n, err)
			}
			if got := answer.ContentLength == int64(len(body)); got != length {
				t.Errorf("%d contexts, %s: length %d of %d", contexts, version, answer.ContentLength, len(body))
			}
			if got := answer.Header.Get("Content-Type"); got != "application/vnd.schemaregistry.v1+json" {
				t.Errorf("type %s", got)
			}
		}
	}
	f(10, "HTTP/1.1", true)
	f(200, "HTTP/1.1", false)
	f(200, "HTTP/1.0", true)
}

// TestHeadOfLongLists: it has no body, and the connection goes on.
func TestHeadOfLongLists(t *testing.T) {
	t.Parallel()
	store := memory.New()
	fillStore(t, store, manyContexts(200, 30))
	s := start(overStore(t, store, true), Listener{})
	defer stop(t, s)
	conn := s.connect(t)
	r := bufio.NewReader(conn)
	for range 2 {
		if _, err := io.WriteString(conn, "HEAD /subjects HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(r, &http.Request{Method: http.MethodHead})
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", answer, err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if answer, body := send(t, conn, r, "GET /subjects?limit=1 HTTP/1.1\r\nHost: h\r\n\r\n"); body != `[":.team-0000:orders-00000-value"]` {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// TestLongListsArePacked: what is sent while it is made is packed for who takes it.
func TestLongListsArePacked(t *testing.T) {
	t.Parallel()
	store := memory.New()
	fillStore(t, store, manyContexts(200, 30))
	p := overStore(t, store, true)
	_, want, err := listOver(t, p, "HTTP/1.1")
	if err != nil {
		t.Fatal(err)
	}
	answer, body, err := listOver(t, overStore(t, store, true), "HTTP/1.1", "Accept-Encoding: gzip\r\n")
	if err != nil || len(body) > len(want)/3 || answer.Header.Get("Content-Encoding") != "gzip" || answer.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("%d of %d bytes, %v, %v", len(body), len(want), answer.Header, err)
	}
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != want {
		t.Errorf("%d bytes, %v, want %d", len(got), err, len(want))
	}
}

// failingIn fails to list the subjects of one context.
type failingIn struct {
	storage.Store
	registryCtx string
}

func (s failingIn) Subjects(ctx context.Context, registryCtx string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	if registryCtx == s.registryCtx {
		return nil, storage.Head{}, fmt.Errorf("subjects: %w", storage.ErrUnavailable)
	}
	return s.Store.Subjects(ctx, registryCtx, scan)
}

// TestBrokenListsDontLookWhole: a failure is an error as long as nothing was sent; afterwards the answer breaks off.
func TestBrokenListsDontLookWhole(t *testing.T) {
	t.Parallel()
	f := func(registryCtx string, status int, whole bool) {
		t.Helper()
		store := memory.New()
		fillStore(t, store, manyContexts(200, 30))
		for _, cached := range []bool{false, true} {
			answer, body, err := listOver(t, overStore(t, failingIn{store, registryCtx}, cached), "HTTP/1.1")
			if answer.StatusCode != status || (err == nil) != whole {
				t.Errorf("%s fails: %d, %d bytes, %v", registryCtx, answer.StatusCode, len(body), err)
			}
		}
	}
	f(".team-0001", http.StatusInternalServerError, true)
	f(".team-0199", http.StatusOK, false)
	f(".elsewhere", http.StatusOK, true)
}

// TestListsLetGo: who hangs up in the middle of a list leaves nothing behind.
func TestListsLetGo(t *testing.T) {
	store := memory.New()
	fillStore(t, store, manyContexts(300, 30))
	h := overStore(t, store, false).Handler(Listener{})
	before := runtime.NumGoroutine()
	for range 20 {
		x := ask(h, "GET", "/healthless", "")
		x.ctx.Request.SetRequestURI("/subjects")
		h(&x.ctx)
		if !x.ctx.Response.IsBodyStream() {
			t.Fatal("no stream")
		}
		if _, err := io.CopyN(io.Discard, x.ctx.Response.BodyStream(), 70<<10); err != nil {
			t.Fatal(err)
		}
		if err := x.ctx.Response.CloseBodyStream(); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left, there were %d", after, before)
	}
}

// TestListsAllocateLittle: 100,000 subjects in 1,000 contexts are listed in a third of the memory that the list alone takes.
func TestListsAllocateLittle(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes memory")
	}
	store := memory.New()
	fillStore(t, store, manyContexts(1000, 100))
	h := overStore(t, store, false).Handler(Listener{})
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, target := range []string{"/subjects?deleted=true", "/subjects?deleted=true&offset=1500", "/subjects?deleted=true&limit=99000"} {
		x := ask(h, "GET", "/healthless", "")
		before := heap()
		x.ctx.Request.SetRequestURI(target)
		h(&x.ctx)
		stream := x.ctx.Response.BodyStream()
		size, most := int64(0), int64(0)
		for {
			n, err := io.CopyN(io.Discard, stream, 256<<10)
			size += n
			most = max(most, heap()-before)
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: %d KiB, heap grew by %d KiB", target, size>>10, most>>10)
		if most > 1<<20 {
			t.Errorf("%s: heap grew by %d KiB", target, most>>10)
		}
	}
}

// TestAcrossRefusals: what the registry refuses is refused as elsewhere.
func TestAcrossRefusals(t *testing.T) {
	t.Parallel()
	for _, cached := range []bool{false, true} {
		r := &fakeRegistry{err: wire.Unavailable(storage.ErrUnavailable)}
		x := ask(newTestProxy(t, r, cached, nil).Handler(Listener{}), "GET", "/subjects", "")
		if x.status() != fasthttp.StatusInternalServerError || !strings.Contains(x.body(), "50002") {
			t.Errorf("cached %t: %d %s", cached, x.status(), x.body())
		}
	}
}
