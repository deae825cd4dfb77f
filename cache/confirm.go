package cache

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"schemaside/storage"
)

// confirmer reads heads, as few times as will do: while one read is under way, whoever needs another gathers in the
// next one.
type confirmer struct {
	heads   *heads
	read    func(ctx context.Context, contexts []string) ([]storage.Head, error)
	life    context.Context
	timeout time.Duration
	// away tells that the last read of heads failed.
	away atomic.Bool

	mu      sync.Mutex
	current *round
	next    *round
}

// round is one read of heads that several requests wait for.
type round struct {
	states map[*contextState]struct{}
	began  time.Time
	done   chan struct{}
	err    error
}

// confirm waits for a read of the heads that stamps rest on, one that begins after since.
// Errors: that of the read; storage.ErrUnavailable when ctx ends first.
func (c *confirmer) confirm(ctx context.Context, stamps []stamp, since time.Time) error {
	r := c.join(stamps, since)
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return left(ctx)
	}
}

// left is the error of a request that doesn't wait any longer.
func left(ctx context.Context) error {
	return fmt.Errorf("cache: gave up waiting: %w: %w", storage.ErrUnavailable, context.Cause(ctx))
}

func (c *confirmer) join(stamps []stamp, since time.Time) *round {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.current; r != nil && r.began.After(since) && r.covers(stamps) {
		return r
	}
	if c.next == nil {
		c.next = &round{states: make(map[*contextState]struct{}), done: make(chan struct{})}
	}
	r := c.next
	for _, s := range stamps {
		r.states[s.state] = struct{}{}
	}
	if c.current == nil {
		c.start()
	}
	return r
}

func (r *round) covers(stamps []stamp) bool {
	for _, s := range stamps {
		if _, ok := r.states[s.state]; !ok {
			return false
		}
	}
	return true
}

// start begins the next round. c.mu is held.
func (c *confirmer) start() {
	r := c.next
	c.current, c.next = r, nil
	r.began = time.Now()
	go func() {
		states := make([]*contextState, 0, len(r.states))
		for st := range r.states {
			states = append(states, st)
		}
		r.err = c.observe(states, r.began)
		c.mu.Lock()
		c.current = nil
		if c.next != nil {
			c.start()
		}
		c.mu.Unlock()
		close(r.done)
	}()
}

// observe reads the heads of states and takes them in.
func (c *confirmer) observe(states []*contextState, began time.Time) error {
	ctx, cancel := context.WithTimeout(c.life, c.timeout)
	defer cancel()
	names := make([]string, len(states))
	for i, st := range states {
		names[i] = st.name
	}
	found, err := guard(ctx, func(ctx context.Context) ([]storage.Head, error) { return c.read(ctx, names) })
	if err == nil && len(found) != len(names) {
		err = fmt.Errorf("asked for %d, got %d", len(names), len(found))
	}
	c.away.Store(err != nil)
	if err != nil {
		return fmt.Errorf("cache: read heads: %w", err)
	}
	for i, st := range states {
		c.heads.observe(st, sightingOf(found[i], began))
	}
	return nil
}

// refresh keeps busy contexts confirmed: twice in each freshness it reads the heads of those touched since.
func (c *confirmer) refresh(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-tick.C:
		}
		touched := c.heads.takeTouched()
		if len(touched) == 0 {
			continue
		}
		if c.observe(touched, time.Now()) != nil {
			// What was touched is still in use: it is asked for again in the next round.
			for _, st := range touched {
				st.touch()
			}
		}
	}
}
