package cache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"schemaside/storage"
)

// flights are the fills under way, and those done whose entries are not in the index yet.
type flights struct {
	mu    sync.Mutex
	byKey map[string]*flight
}

// flight is one fill that several requests may wait for.
type flight struct {
	key   string
	hash  uint64
	payer *contextState
	// from is what was known of the payer when the fill began; nil when nothing was.
	from *known
	// moves and began are the moment at which the fill began.
	moves uint64
	began time.Time

	done chan struct{}
	// What follows is set before done is closed. entry is nil when err isn't.
	entry    *entry
	volatile bool
	err      error
}

// landed tells whether the fill is done.
func (f *flight) landed() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// remove forgets a flight, unless a later one of the same key has taken its place.
func (t *flights) remove(f *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byKey[f.key] == f {
		delete(t.byKey, f.key)
	}
}

// boarding is what a request needs to join a flight, or to begin one.
type boarding struct {
	request Request
	hash    uint64
	payer   *contextState
	// moves is how many moves of heads were known when the request began.
	moves uint64
	fill  Fill
}

// board returns the flight to wait for, and whether it began just now. It returns an entry instead when one turned up.
//
// A flight is joined only when it began at what is now known of the payer, so that a writer doesn't wait for a fill
// from before the write. One that began when nothing was known is joined too: it may have shown the head itself.
func (c *Cache) board(b boarding) (f *flight, e *entry, began bool) {
	now := c.heads.known(b.payer)
	c.flights.mu.Lock()
	defer c.flights.mu.Unlock()
	f = c.flights.byKey[string(b.request.Key)]
	if f != nil {
		if !f.landed() && (f.from == nil || sameRevision(f.from, now)) {
			return f, nil, false
		}
		if f.landed() && f.entry != nil && c.heads.valid(f.entry) {
			return nil, f.entry, false
		}
	}
	// A flight leaves only after its entry went into the index, so what was missed there a moment ago is found now.
	if e = c.lookUp(b.hash, b.request.Key); e != nil && c.heads.valid(e) {
		return nil, e, false
	}
	f = &flight{
		key: string(b.request.Key), hash: b.hash, payer: b.payer,
		from: now, moves: c.heads.moves.Load(), began: time.Now(), done: make(chan struct{}),
	}
	c.flights.byKey[f.key] = f
	go c.fly(f, b.fill)
	return f, nil, true
}

func sameRevision(a, b *known) bool {
	return b != nil && a.epoch == b.epoch && a.revision == b.revision
}

// fly fills, and hands what is worth keeping to the keeper. Until the keeper has settled it, the flight answers.
func (c *Cache) fly(f *flight, fill Fill) {
	ctx, cancel := context.WithTimeout(c.life, c.options.FillTimeout)
	defer cancel()
	filled, err := guard(ctx, fill)
	keep := false
	if err != nil {
		f.err = err
	} else {
		f.entry, f.volatile = c.newEntry(f, filled)
		keep = !f.volatile && c.heads.current(f.entry.stamps, f.moves) && c.heads.valid(f.entry)
	}
	if !keep {
		c.flights.remove(f)
	}
	close(f.done)
	if keep && !c.keeper.offer(f) {
		c.flights.remove(f)
	}
}

// guard runs what was handed in by a caller: a panic becomes an error, for the goroutine is ours; and running out of
// time is a failure of storage whatever it is called.
func guard[T any](ctx context.Context, call func(ctx context.Context) (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cache: panic: %v\n%s", p, debug.Stack())
		}
	}()
	result, err = call(ctx)
	if err != nil && ctx.Err() != nil && !errors.Is(err, storage.ErrUnavailable) {
		err = fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return result, err
}

// newEntry makes an entry of what a fill found, and learns the heads that it shows. It is volatile when it can't be kept:
// it was called so, it is a mutable answer that rests on nothing known, or something it rests on isn't tracked.
func (c *Cache) newEntry(f *flight, filled Filled) (e *entry, volatile bool) {
	e = &entry{
		key: f.key, hash: f.hash, payer: f.payer,
		answer: filled.Answer, immutable: filled.Immutable,
		stamps: make([]stamp, len(filled.Stamps)),
	}
	for i, s := range filled.Stamps {
		st := c.heads.state(s.Context, s.Revision > 0)
		c.heads.observe(st, sighting{epoch: s.Epoch, revision: s.Revision, began: f.began})
		st.touch()
		e.stamps[i] = stamp{state: st, epoch: s.Epoch, revision: s.Revision}
	}
	if f.payer.forgotten.Load() {
		// The fill may have shown that it has seen commits, for which there is more room.
		e.payer = c.heads.state(f.payer.name, false)
	}
	e.cost = e.weigh()
	return e, filled.Volatile || len(e.stamps) == 0 && !e.lasting() || !c.heads.remembers(e, f.moves)
}
