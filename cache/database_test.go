package cache

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"schemaside/storage"
)

// database stands for storage: heads that move, answers that tell the revision they were read at.
type database struct {
	mu     sync.Mutex
	epoch  uint64
	heads  map[string]storage.Head
	failed error
	// hangs lets reads wait for the end of their context.
	hangs bool
	// slow is how long a read takes before it looks.
	slow time.Duration
	// reads are the contexts of each call of Heads; fills counts the fills.
	reads [][]string
	fills int
}

func newDatabase() *database { return &database{epoch: 1, heads: make(map[string]storage.Head)} }

func (d *database) head(registryCtx string) storage.Head {
	h := d.heads[registryCtx]
	h.Epoch = d.epoch
	return h
}

// enter begins a read: it waits and fails as it is told to.
func (d *database) enter(ctx context.Context) error {
	d.mu.Lock()
	hangs, slow, failed := d.hangs, d.slow, d.failed
	d.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, ctx.Err())
	}
	time.Sleep(slow)
	return failed
}

func (d *database) readHeads(ctx context.Context, contexts []string) ([]storage.Head, error) {
	d.mu.Lock()
	d.reads = append(d.reads, append([]string(nil), contexts...))
	d.mu.Unlock()
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var hs []storage.Head
	for _, name := range contexts {
		hs = append(hs, d.head(name))
	}
	return hs, nil
}

// commit moves a head, as another process would.
func (d *database) commit(registryCtx string, removal bool) storage.Head {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.head(registryCtx)
	h.Revision++
	if removal {
		h.Removal = h.Revision
	}
	d.heads[registryCtx] = h
	return h
}

func (d *database) set(change func(d *database)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *database) counts() (fills, reads int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fills, len(d.reads)
}

// ask is a request of a test.
type ask struct {
	context   string
	key       string
	also      []string // further contexts that the answer rests on
	immutable bool
	volatile  bool
	status    int
	noCache   bool
	size      int
}

func (a ask) request() Request {
	return Request{Context: a.context, Key: []byte(a.context + "/" + a.key), NoCache: a.noCache, Now: time.Now()}
}

// fill answers "key@revision", of the first context, padded to size.
func (d *database) fill(a ask) Fill {
	return func(ctx context.Context) (Filled, error) {
		d.mu.Lock()
		d.fills++
		d.mu.Unlock()
		if err := d.enter(ctx); err != nil {
			return Filled{}, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		f := Filled{Immutable: a.immutable, Volatile: a.volatile, Answer: Answer{Status: max(a.status, 200)}}
		f.Answer.Body = make([]byte, 0, max(a.size, 32))
		f.Answer.Body = fmt.Appendf(f.Answer.Body, "%s@%d", a.key, d.head(a.context).Revision)
		for _, name := range append([]string{a.context}, a.also...) {
			f.Stamps = append(f.Stamps, storage.StampOf(name, d.head(name)))
		}
		return f, nil
	}
}

func testOptions(d *database) Options {
	return Options{
		MaxBytes: 1 << 20, MaxContexts: 8, Freshness: time.Second, StaleIfError: time.Minute,
		FillTimeout: 5 * time.Second, Heads: d.readHeads,
	}
}

// rig is a cache over a database.
type rig struct {
	t *testing.T
	*database
	cache *Cache
}

func newRig(t *testing.T, change func(o *Options)) *rig {
	t.Helper()
	d := newDatabase()
	o := testOptions(d)
	if change != nil {
		change(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return &rig{t: t, database: d, cache: c}
}

func (r *rig) do(a ask) (Served, error) {
	return r.cache.Do(context.Background(), a.request(), r.fill(a))
}

// want asks and expects a body that is not stale.
func (r *rig) want(a ask, body string) {
	r.t.Helper()
	s, err := r.do(a)
	switch {
	case err != nil:
		r.t.Errorf("%s: %v", a.key, err)
	case string(s.Answer.Body) != body:
		r.t.Errorf("%s: got %s, want %s", a.key, s.Answer.Body, body)
	case s.Stale:
		r.t.Errorf("%s: stale", a.key)
	}
}

// get returns the body of a hit, or "".
func (r *rig) get(a ask) string {
	q := a.request()
	answer := get(r.cache, q.Key, q.Now)
	if answer == nil {
		return ""
	}
	return string(answer.Body)
}

func (r *rig) wantGet(a ask, body string) {
	r.t.Helper()
	if got := r.get(a); got != body {
		r.t.Errorf("Get %s: got %q, want %q", a.key, got, body)
	}
}

func (r *rig) wantCounts(fills, reads int) {
	r.t.Helper()
	if f, h := r.counts(); f != fills || h != reads {
		r.t.Errorf("got %d fills and %d reads of heads, want %d and %d", f, h, fills, reads)
	}
}
