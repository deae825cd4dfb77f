package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"schemaside/storage"
)

const (
	// maxTries is how often a request is answered from before what was known when it came, until it gives up.
	maxTries = 6
	// firstPause is how long a request waits after its second such answer; it doubles from there on.
	firstPause = 4 * time.Millisecond
	// awayGrace is how long a request that could be served a stale answer waits for storage, once a read of heads
	// has failed.
	awayGrace = 50 * time.Millisecond
)

// Get returns a kept answer that may be served at once, or nil: ask Do then. It takes no lock and allocates nothing.
// It must not be asked on behalf of a request that wants no cached answer.
func (c *Cache) Get(key *Key, now time.Time) *Answer {
	e := c.lookUp(key.hash, key.text)
	if e == nil || e.refusal() || !c.heads.valid(e) {
		return nil
	}
	if !e.lasting() && !c.heads.confirmedAfter(e, now.Add(-c.options.Freshness)) {
		return nil
	}
	c.use(e)
	return &e.answer
}

// Key is a key that is ready to be asked for. It is good only for the cache that made it.
type Key struct {
	text []byte
	hash uint64
}

// Key readies a key. It borrows text.
func (c *Cache) Key(text []byte) Key { return Key{text: text, hash: c.hash(text)} }

// Clone returns a key that borrows nothing.
func (k *Key) Clone() Key { return Key{text: bytes.Clone(k.text), hash: k.hash} }

// KeepPacked keeps the body of a kept answer in another form, too. It soon comes with the answer, unless there is no room for
// it, or another answer has taken its place.
func (c *Cache) KeepPacked(key *Key, kept *Answer, packed []byte) {
	e := c.lookUp(key.hash, key.text)
	if e == nil || &e.answer != kept || !e.packing.CompareAndSwap(false, true) {
		return
	}
	next := e.copied()
	next.answer.Packed, next.instead = packed, e
	next.cost = next.weigh()
	if !c.keeper.offer(&flight{key: next.key, entry: next}) {
		e.packing.Store(false)
	}
}

// lookUp finds the entry of a key, good or not.
func (c *Cache) lookUp(hash uint64, key []byte) *entry {
	e, ok := c.index.Load(hash)
	if !ok || e.key != string(key) {
		return nil
	}
	return e
}

// use notes a hit: for the counters, for the refresher, and now and then for the keeper.
func (c *Cache) use(e *entry) {
	c.counters.hit(e.hash)
	for i := range e.stamps {
		e.stamps[i].state.touch()
	}
	c.keeper.use(e)
}

// Do answers a request: from what is kept, after confirming it where that is due, or by a fill that all who ask the
// same share. A fill goes on when its requests have left.
//
// Errors: that of the fill; that of reading heads; storage.ErrUnavailable when ctx ends first, when the cache is
// closed, or when storage goes on answering from before what is already known.
func (c *Cache) Do(ctx context.Context, r Request, fill Fill) (Served, error) {
	if c.options.Disabled {
		return c.fillOnly(ctx, fill)
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	b := boarding{
		request: r, hash: c.hash(r.Key), payer: c.heads.state(r.Context, false),
		moves: c.heads.moves.Load(), fill: fill,
	}
	for try := range maxTries {
		if err := pause(ctx, try); err != nil {
			return Served{}, err
		}
		e := c.lookUp(b.hash, r.Key)
		var f *flight
		var began bool
		if e == nil || !c.heads.valid(e) {
			f, e, began = c.board(b)
		}
		var served Served
		var ok bool
		var err error
		if f == nil {
			served, ok, err = c.serveKept(ctx, e, r)
		} else {
			served, ok, err = c.serveFilled(ctx, f, b, began)
		}
		if ok || err != nil {
			return served, err
		}
	}
	return Served{}, fmt.Errorf("cache: storage answers from before what is known: %w", storage.ErrUnavailable)
}

func (c *Cache) fillOnly(ctx context.Context, fill Fill) (Served, error) {
	c.counters.misses.Add(1)
	ctx, cancel := context.WithTimeout(ctx, c.options.FillTimeout)
	defer cancel()
	filled, err := guard(ctx, fill)
	if err != nil {
		return Served{}, err
	}
	return Served{Answer: &filled.Answer}, nil
}

// pause waits before the third and later tries, so that a lagging database can catch up.
func pause(ctx context.Context, try int) error {
	if try < 2 {
		return nil
	}
	t := time.NewTimer(firstPause << (try - 2))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return left(ctx)
	}
}

// serveKept serves an entry, once it is confirmed as the request needs. It returns false without an error when
// the entry turns out not to be good any more.
func (c *Cache) serveKept(ctx context.Context, e *entry, r Request) (Served, bool, error) {
	since, due := c.confirmationDue(e, r)
	if due && !c.heads.confirmedAfter(e, since) {
		if err := c.confirm(ctx, e, r, since); err != nil {
			served, ok := c.stale(e, r, err)
			if ok {
				err = nil
			}
			return served, ok, err
		}
	}
	if !c.heads.valid(e) {
		return Served{}, false, nil
	}
	c.use(e)
	return Served{Answer: &e.answer}, true, nil
}

// confirmationDue tells whether the heads of an entry must have been confirmed, and after when.
func (c *Cache) confirmationDue(e *entry, r Request) (since time.Time, due bool) {
	if r.NoCache || e.refusal() {
		return r.Now, true
	}
	if e.lasting() {
		return time.Time{}, false
	}
	return r.Now.Add(-c.options.Freshness), true
}

// confirm reads the heads of an entry again. A request waits for one read that is under way and then for its own, but for
// both no longer than one may take. While storage is away, one that may be served a stale answer doesn't wait for that.
func (c *Cache) confirm(ctx context.Context, e *entry, r Request, since time.Time) error {
	patience := c.options.FillTimeout
	if c.confirmer.away.Load() && c.mayBeStale(e, r) {
		patience = awayGrace
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.confirmer.confirm(ctx, e.stamps, since)
}

// stale serves an entry whose heads could not be read because storage is away.
func (c *Cache) stale(e *entry, r Request, err error) (Served, bool) {
	if !errors.Is(err, storage.ErrUnavailable) || !c.mayBeStale(e, r) || !c.heads.valid(e) {
		return Served{}, false
	}
	c.use(e)
	c.counters.stale.Add(1)
	return Served{Answer: &e.answer, Stale: true, Age: max(0, r.Now.Sub(c.heads.confirmedAt(e)))}, true
}

// mayBeStale tells whether an unconfirmed entry is better than an error.
func (c *Cache) mayBeStale(e *entry, r Request) bool {
	return !r.NoCache && !e.refusal() && r.Now.Sub(c.heads.confirmedAt(e)) <= c.options.StaleIfError
}

// serveFilled waits for a flight. It returns false without an error when the flight's answer is no good for this
// request: it is from before what was known when the request came, or it may not be shared.
func (c *Cache) serveFilled(ctx context.Context, f *flight, b boarding, began bool) (Served, bool, error) {
	if began {
		c.counters.misses.Add(1)
	} else {
		c.counters.coalesced.Add(1)
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return Served{}, false, left(ctx)
	}
	if f.err != nil {
		return Served{}, false, f.err
	}
	e := f.entry
	// In this order: a state that is forgotten in between is not taken for one of which nothing was known.
	if !c.heads.current(e.stamps, b.moves) || f.moves < b.moves && (f.volatile || !c.heads.remembers(e, f.moves)) {
		return Served{}, false, nil
	}
	if since, due := c.confirmationDue(e, b.request); !began && due && !f.began.After(since) {
		if f.volatile {
			return Served{}, false, nil
		}
		return c.serveKept(ctx, e, b.request)
	}
	return Served{Answer: &e.answer}, true, nil
}
