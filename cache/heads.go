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
	// forgetAfter and forgetEarly are how long such a context is idle before it is forgotten. Even the shorter one
	// outlives each request, which may hold a state without being counted.
	forgetAfter = 15 * time.Minute
	forgetEarly = time.Minute
	// rememberedMoves is how many moves of a head are remembered, to tell what was known when a request began.
	rememberedMoves = 8
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
	head storage.Head
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
	head storage.Head
	// partial sightings tell epoch and revision only.
	partial bool
	// began is when the read began; zero when that is not known, so that nothing is confirmed.
	began time.Time
}

func newHeads() *heads { return &heads{states: make(map[string]*contextState)} }

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
	if k == nil || k.head.Epoch != h.epoch.Load() {
		return nil
	}
	return k
}

// observe takes in a sighting. Heads move forward only; another epoch makes everything known worthless, unless the
// sighting began before the read that showed the present one.
func (h *heads) observe(st *contextState, s sighting) {
	h.learning.Lock()
	defer h.learning.Unlock()
	if h.moves.Load() == 0 || s.head.Epoch != h.epoch.Load() {
		if !s.began.IsZero() {
			if s.began.Before(h.epochBegan) {
				return
			}
			h.epochBegan = s.began
		}
		h.epoch.Store(s.head.Epoch)
	}
	old := h.known(st)
	next, moved := old.advance(s, h.moves.Load()+1)
	if next == old {
		return
	}
	st.head.Store(next)
	if moved {
		h.moves.Add(1)
	}
}

// advance returns what is known after a sighting of the same epoch, and whether the revision moved. It returns k
// itself when the sighting tells nothing new. A nil k knows nothing.
func (k *known) advance(s sighting, at uint64) (next *known, moved bool) {
	if k == nil {
		next = &known{head: s.head, confirmed: s.began}
		next.moves[0] = move{at: at, revision: s.head.Revision}
		return next, true
	}
	if s.head.Revision < k.head.Revision {
		return k, false
	}
	n := *k
	if s.head.Revision > k.head.Revision {
		moved = true
		copy(n.moves[1:], k.moves[:])
		n.moves[0] = move{at: at, revision: s.head.Revision}
	}
	n.head = s.head
	if s.partial {
		n.head.NextID, n.head.Known = k.head.NextID, k.head.Known
	}
	n.head.Removal = max(k.head.Removal, s.head.Removal)
	if s.began.After(n.confirmed) {
		n.confirmed = s.began
	}
	if n == *k {
		return k, false
	}
	return &n, moved
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
	idle := forgetAfter
	if len(h.states) > maxStates {
		idle = forgetEarly
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
