package cache

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"schemaside/storage"
)

const (
	// maxStates is the number of contexts beyond which idle ones that no entry refers to are forgotten early.
	maxStates = 1 << 16
	// forgetAfter and forgetEarly are how long such a context is idle, at least, before it is forgotten.
	forgetAfter = 15 * time.Minute
	forgetEarly = 20 * time.Second
	// rememberedMoves is how many moves of a head are remembered, to tell what was known when a request began.
	rememberedMoves = 4
)

// heads is what is known of the contexts' heads. Reading it takes no lock.
type heads struct {
	mu     sync.RWMutex
	states map[string]*contextState

	// learning orders all changes of what is known.
	learning sync.Mutex
	epoch    atomic.Uint64
	// epochBegan is when the read began that showed the epoch. Guarded by learning.
	epochBegan time.Time
	// moves counts the changes of any head. It tells what was known before a request from what came later.
	moves atomic.Uint64

	forgetEarly, forgetAfter time.Duration
}

// contextState is what is known of one context.
type contextState struct {
	name string
	head atomic.Pointer[known]
	// touched asks the refresher to read the head again.
	touched atomic.Bool
	// entries counts the kept entries that rest on this context.
	entries atomic.Int64
	// usedAt is when somebody last asked for the state, in nanoseconds since the Unix epoch.
	usedAt atomic.Int64
	// forgotten states are no longer learnt about, so nothing new may rest on them. Guarded by heads.mu.
	forgotten bool
}

// known is an immutable snapshot of a head.
type known struct {
	epoch    uint64
	revision storage.Revision
	// removal may lag behind where only the revision was seen; touching the context puts that right.
	removal storage.Revision
	// confirmed is a time at or after which the head was still the current one: when a read of it began.
	// The zero time means that no such read is known.
	confirmed time.Time
	// moves are the latest moves of the head, newest first.
	moves [rememberedMoves]move
}

// move tells that a head came to revision as the at-th change of any head. The zero move means that nothing was known.
type move struct {
	at       uint64
	revision storage.Revision
}

// sighting is what a read or a commit showed of a head.
type sighting struct {
	epoch    uint64
	revision storage.Revision
	// removal is 0 where only the revision was seen.
	removal storage.Revision
	// began is when the read began; zero when that is not known, so that nothing is confirmed.
	began time.Time
}

func sightingOf(head storage.Head, began time.Time) sighting {
	return sighting{epoch: head.Epoch, revision: head.Revision, removal: head.Removal, began: began}
}

// newHeads keeps what it knows for longer than any request takes, so that what a writer has shown isn't forgotten
// while a fill from before that write is under way.
func newHeads(fillTimeout time.Duration) *heads {
	early := max(forgetEarly, 2*fillTimeout)
	return &heads{states: make(map[string]*contextState), forgetEarly: early, forgetAfter: max(forgetAfter, early)}
}

// state returns the state of a context. The name is only borrowed.
func (h *heads) state(registryCtx string) *contextState {
	now := time.Now().UnixNano()
	h.mu.RLock()
	st := h.states[registryCtx]
	if st != nil {
		st.usedAt.Store(now)
	}
	h.mu.RUnlock()
	if st != nil {
		return st
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if st = h.states[registryCtx]; st == nil {
		name := strings.Clone(registryCtx)
		st = &contextState{name: name}
		h.states[name] = st
	}
	st.usedAt.Store(now)
	return st
}

// known returns what is known of a context under the current epoch, or nil.
func (h *heads) known(st *contextState) *known {
	k := st.head.Load()
	if k == nil || k.epoch != h.epoch.Load() {
		return nil
	}
	return k
}

// observe takes in a sighting. Heads move forward only; another epoch makes everything known worthless, unless the
// sighting began before the read that showed the present one.
func (h *heads) observe(st *contextState, s sighting) {
	if k := h.known(st); k != nil && !k.learns(s) {
		return
	}
	h.learning.Lock()
	defer h.learning.Unlock()
	if h.moves.Load() == 0 || s.epoch != h.epoch.Load() {
		if !s.began.IsZero() {
			if s.began.Before(h.epochBegan) {
				return
			}
			h.epochBegan = s.began
		}
		h.epoch.Store(s.epoch)
	}
	k := h.known(st)
	if k != nil && !k.learns(s) {
		return
	}
	next := k.advance(s, h.moves.Load()+1)
	st.head.Store(next)
	if k == nil || next.revision != k.revision {
		h.moves.Add(1)
	}
}

// learns tells whether a sighting says anything new.
func (k *known) learns(s sighting) bool {
	if s.epoch != k.epoch {
		return true
	}
	if s.revision != k.revision {
		return s.revision > k.revision
	}
	return s.removal > k.removal || s.began.After(k.confirmed)
}

// advance returns what is known after a sighting of the same epoch that is not older. A nil k knows nothing.
func (k *known) advance(s sighting, at uint64) *known {
	next := &known{epoch: s.epoch, revision: s.revision, removal: s.removal, confirmed: s.began}
	if k == nil {
		next.moves[0] = move{at: at, revision: s.revision}
		return next
	}
	next.removal = max(k.removal, s.removal)
	if k.confirmed.After(s.began) {
		next.confirmed = k.confirmed
	}
	next.moves = k.moves
	if s.revision > k.revision {
		copy(next.moves[1:], k.moves[:])
		next.moves[0] = move{at: at, revision: s.revision}
	}
	return next
}

// asOf returns the revision that was known after so many moves, or 0. Where that is forgotten, it returns the highest
// that it can have been.
func (k *known) asOf(moves uint64) storage.Revision {
	for _, m := range k.moves {
		if m.at <= moves {
			return m.revision
		}
	}
	return k.moves[rememberedMoves-1].revision - 1
}

// hold counts entries that rest on a state. It fails for a state that was forgotten meanwhile.
func (h *heads) hold(stamps []stamp) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range stamps {
		if s.state.forgotten {
			return false
		}
	}
	for _, s := range stamps {
		s.state.entries.Add(1)
	}
	return true
}

func release(stamps []stamp) {
	for _, s := range stamps {
		s.state.entries.Add(-1)
	}
}

// forget drops the states that no entry rests on and that nobody asked for lately.
func (h *heads) forget(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	idle := h.forgetAfter
	if len(h.states) > maxStates {
		idle = h.forgetEarly
	}
	before := now.Add(-idle).UnixNano()
	for name, st := range h.states {
		if st.entries.Load() == 0 && st.usedAt.Load() < before {
			st.forgotten = true
			delete(h.states, name)
		}
	}
}

// takeTouched returns the states that were touched since it was last called.
func (h *heads) takeTouched() []*contextState {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var touched []*contextState
	for _, st := range h.states {
		if st.touched.Load() && st.touched.Swap(false) {
			touched = append(touched, st)
		}
	}
	return touched
}

// touch asks for the head to be read again soon.
func (st *contextState) touch() {
	if !st.touched.Load() {
		st.touched.Store(true)
	}
}

func (h *heads) count() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.states)
}
