package proxy

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"schemaside/backend/registry"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/cache"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/memory"
)

// The contexts of the tests against hostile and broken requests.
const (
	tenantContext = ".tenant"
	victimContext = ".victim"
)

// watched is a store that remembers which contexts it was asked about, and what was committed.
type watched struct {
	storage.Store

	mu      sync.Mutex
	asked   map[string]bool
	commits []commit
}

// commit is a write that a store has taken.
type commit struct {
	context string
	changes []storage.Change
}

// everyContext stands for a call that asks about all contexts at once.
const everyContext = "every context"

func watch(s storage.Store) *watched { return &watched{Store: s, asked: map[string]bool{}} }

func (w *watched) note(registryCtx string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[registryCtx] = true
}

// forget begins anew.
func (w *watched) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.asked)
	w.commits = nil
}

// outside lists what was asked about beside the contexts named.
func (w *watched) outside(contexts ...string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for c := range w.asked {
		if !slices.Contains(contexts, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

func (w *watched) committed() []commit {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.commits)
}

func (w *watched) Head(ctx context.Context, c string) (storage.Head, error) {
	w.note(c)
	return w.Store.Head(ctx, c)
}

func (w *watched) Heads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	for _, c := range contexts {
		w.note(c)
	}
	return w.Store.Heads(ctx, contexts)
}

func (w *watched) ListContexts(ctx context.Context) ([]string, error) {
	w.note(everyContext)
	return w.Store.ListContexts(ctx)
}

func (w *watched) Schema(ctx context.Context, c string, id int32) (storage.Schema, storage.Head, error) {
	w.note(c)
	return w.Store.Schema(ctx, c, id)
}

func (w *watched) SchemaByFingerprint(ctx context.Context, c string, fp storage.Fingerprint) (storage.Schema, storage.Head, error) {
	w.note(c)
	return w.Store.SchemaByFingerprint(ctx, c, fp)
}

func (w *watched) Versions(ctx context.Context, c, subject string) ([]storage.Version, storage.Head, error) {
	w.note(c)
	return w.Store.Versions(ctx, c, subject)
}

func (w *watched) VersionsOfID(ctx context.Context, c string, id int32) ([]storage.Version, storage.Head, error) {
	w.note(c)
	return w.Store.VersionsOfID(ctx, c, id)
}

func (w *watched) SchemaAndVersions(ctx context.Context, c string, id int32) (storage.Schema, []storage.Version, storage.Head, error) {
	w.note(c)
	return w.Store.SchemaAndVersions(ctx, c, id)
}

func (w *watched) Subjects(ctx context.Context, c string, scan storage.Scan) ([]storage.Subject, storage.Head, error) {
	w.note(c)
	return w.Store.Subjects(ctx, c, scan)
}

func (w *watched) BackReferences(ctx context.Context, c, subject string) ([]storage.BackReference, storage.Head, error) {
	w.note(c)
	return w.Store.BackReferences(ctx, c, subject)
}

func (w *watched) Settings(ctx context.Context, c, subject string) (storage.Settings, storage.Head, error) {
	w.note(c)
	return w.Store.Settings(ctx, c, subject)
}

func (w *watched) ScanSettings(ctx context.Context, c string, scan storage.Scan) ([]storage.Settings, storage.Head, error) {
	w.note(c)
	return w.Store.ScanSettings(ctx, c, scan)
}

func (w *watched) ContextsOfSubject(ctx context.Context, subject string) ([]string, error) {
	w.note(everyContext)
	return w.Store.ContextsOfSubject(ctx, subject)
}

func (w *watched) ContextsOfFingerprint(ctx context.Context, fp storage.Fingerprint) ([]string, error) {
	w.note(everyContext)
	return w.Store.ContextsOfFingerprint(ctx, fp)
}

func (w *watched) Commit(ctx context.Context, c string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	w.note(c)
	head, err := w.Store.Commit(ctx, c, base, changes...)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.commits = append(w.commits, commit{c, slices.Clone(changes)})
	}
	return head, err
}

// worldOptions tell how a world is looked at.
type worldOptions struct {
	// without leaves out the data of these contexts.
	without []string
	cached  bool
	// isolated shuts these contexts off.
	isolated []string
	// hosts ties hosts to contexts.
	hosts     map[string]string
	bodyLimit int
}

// world is a real registry over a store that was filled by replaying commits.
type world struct {
	*Proxy
	store *watched
	open  fasthttp.RequestHandler
}

// newWorld replays commits into a new store and puts a registry over it. Each context keeps its revisions, whatever is
// left out.
func newWorld(tb testing.TB, commits []commit, o worldOptions) *world {
	tb.Helper()
	inner := memory.New()
	revisions := map[string]storage.Revision{}
	for _, c := range commits {
		head, err := inner.Commit(tb.Context(), c.context, revisions[c.context], without(c, o.without)...)
		if err != nil {
			tb.Fatal(err)
		}
		revisions[c.context] = head.Revision
	}
	w := &world{store: watch(inner)}
	rules, err := resolver.NewRules(resolver.RulesOptions{Hosts: o.hosts})
	if err != nil {
		tb.Fatal(err)
	}
	var answers *cache.Cache
	options := registry.Options{
		Languages: []schema.Language{avro.Language{}, protobuf.Language{}, jsonschema.Language{}},
		SplitName: resolver.SplitName,
		Now:       func() time.Time { return time.UnixMilli(1_700_000_000_000) },
		Isolated:  o.isolated,
	}
	if o.cached {
		// The cache asks for heads by itself, so it asks the store behind the watched one.
		answers = cache.New(cache.Options{Heads: inner.Heads, Freshness: time.Hour, StaleIfError: time.Hour, MaxContexts: 2})
		tb.Cleanup(answers.Close)
		options.Learn = answers.Learn
	}
	w.Proxy = newTestProxy(tb, registry.New(w.store, options), false, func(p *Options) {
		p.Cache, p.Rules, p.BodyLimit, p.Version = answers, rules, o.bodyLimit, "1.0"
	})
	w.open = w.Handler(Listener{})
	if len(o.hosts) == 0 {
		return w
	}
	// Where hosts are listed, the open view needs a door of its own.
	everybody := w.o
	if everybody.Rules, err = resolver.NewRules(resolver.RulesOptions{}); err != nil {
		tb.Fatal(err)
	}
	w.open = New(everybody).Handler(Listener{})
	return w
}

// without is what is left of a commit when contexts are left out: nothing of theirs, and no trace of their references.
func without(c commit, contexts []string) []storage.Change {
	if slices.Contains(contexts, c.context) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.changes), func(change storage.Change) bool {
		put, ok := change.(storage.PutBackReference)
		return ok && slices.Contains(contexts, put.BackReference.ReferrerContext)
	})
}

// step is a request of a history.
type step struct{ method, target, body string }

// recorded makes the requests, none of which may fail, through the open view of an empty registry and returns the commits that they made.
func recorded(tb testing.TB, steps []step) []commit {
	tb.Helper()
	w := newWorld(tb, nil, worldOptions{})
	for _, s := range steps {
		if x := ask(w.open, s.method, s.target, s.body); x.status() >= 400 {
			tb.Fatalf("%s %s %s: %d %s", s.method, s.target, s.body, x.status(), x.body())
		}
	}
	return w.store.committed()
}
