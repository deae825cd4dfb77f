package cache

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"schemaside/storage"
)

const (
	// minIdleBytes is the least that idle contexts may take, however small the cache is.
	minIdleBytes = 4 << 20
	// stateOverhead is about what a state takes beside its name: itself, what is known, and its place in the map.
	stateOverhead = 320
	// forgetAfter and forgetEarly are how long an idle context is left alone, the second when idle ones take much.
	forgetAfter = 15 * time.Minute
	forgetEarly = 20 * time.Second
	// forgetUnmoved is the same for a context that no commit is known of. It is also the time between two looks for
	// room.
	forgetUnmoved = time.Second
	// rememberedMoves is how many moves of a head are remembered, to tell what was known when a request began.
	rememberedMoves = 4
)

// heads is what is known of the contexts' heads. Reading it takes no lock.
//
// A context is idle when no kept entry rests on it. Whoever can name contexts can make idle ones, so they have a bound
// of their own: beyond it a context has a state that is forgotten from the start. Nothing is learnt about it, and what
// rests on it isn't kept.
type heads struct {
	mu     sync.RWMutex
	states map[string]*contextState
	// idle is what the states of idle contexts take; maxIdle bounds it. Half of the room is for those that a commit is
	// known of.
	idle    atomic.Int64
	maxIdle int64
	// swept is when idle contexts were last looked through, in nanoseconds since the Unix epoch.
	swept int64

	// learning orders all changes of what is known.
	learning sync.Mutex
	epoch    atomic.Uint64
	// epochBegan is when the read began that showed the epoch. Guarded by learning.
	epochBegan time.Time
	// moves counts the changes of any head. It tells what was known before a request from what came later.
	moves atomic.Uint64
	// lost is the latest move that was noticed but isn't remembered, for it was one of a forgotten state.
	lost atomic.Uint64

	forgetEarly, forgetAfter time.Duration
}

// contextState is what is known of one context.
type contextState struct {
	name string
	head atomic.Pointer[known]
	// touched asks the refresher to read the head again.
	touched atomic.Bool
	// entries counts the kept entries that rest on this context or are paid for by it.
	entries atomic.Int64
	// usedAt is when somebody last asked for the state, in nanoseconds since the Unix epoch.
	usedAt atomic.Int64
	// forgotten states are no longer learnt about and know nothing, so no entry may rest on them. It is set with
	// heads.mu and heads.learning held, or before anyone else sees the state.
	forgotten atomic.Bool
}

// cost is about what a state takes.
func (st *contextState) cost() int64 { return int64(len(st.name)) + stateOverhead }

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
func newHeads(o Options) *heads {
	early := max(forgetEarly, 2*o.FillTimeout)
	return &heads{
		states: make(map[string]*contextState), maxIdle: max(o.MaxBytes/4, minIdleBytes),
		forgetEarly: early, forgetAfter: max(forgetAfter, early),
	}
}

// state returns the state of a context; moved tells that it surely has seen a commit. The name is only borrowed.
func (h *heads) state(registryCtx string, moved bool) *contextState {
	now := time.Now().UnixNano()
	if st := h.tracked(registryCtx, now); st != nil {
		return st
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	st := h.states[registryCtx]
	if st == nil {
		st = &contextState{name: strings.Clone(registryCtx)}
		if h.hasRoom(st.cost(), moved, now) {
			h.states[st.name] = st
			h.idle.Add(st.cost())
		} else {
			st.forgotten.Store(true)
		}
	}
	st.usedAt.Store(now)
	return st
}

// tracked returns the state of a context that has one, or nil, and notes the use.
func (h *heads) tracked(registryCtx string, now int64) *contextState {
	h.mu.RLock()
	defer h.mu.RUnlock()
	st := h.states[registryCtx]
	if st != nil {
		st.usedAt.Store(now)
	}
	return st
}

// hasRoom tells whether one more idle context may be tracked. h.mu is held.
func (h *heads) hasRoom(cost int64, moved bool, now int64) bool {
	room := h.maxIdle
	if !moved {
		room /= 2
	}
	if h.idle.Load()+cost > room && now-h.swept >= int64(forgetUnmoved) {
		h.sweep(now, h.forgetEarly)
	}
	return h.idle.Load()+cost <= room
}

// known returns what is known of a context under the current epoch, or nil.
func (h *heads) known(st *contextState) *known {
	k := st.head.Load()
	if k == nil || k.epoch != h.epoch.Load() {
		return nil
	}
	return k
}

// learn takes in a sighting of a context.
func (h *heads) learn(registryCtx string, s sighting) {
	st := h.state(registryCtx, s.revision > 0)
	for !h.observe(st, s) {
		// A fill that saw the context before this sighting either makes its state first, so that it is found here, or
		// sees afterwards that something is lost.
		if st = h.tracked(registryCtx, time.Now().UnixNano()); st == nil {
			return
		}
	}
}

// observe takes in a sighting. Heads move forward only; another epoch makes everything known worthless, unless the
// sighting began before the read that showed the present one. It returns false for a forgotten state.
func (h *heads) observe(st *contextState, s sighting) bool {
	if k := h.known(st); k != nil && !k.learns(s) {
		return true
	}
	h.learning.Lock()
	defer h.learning.Unlock()
	if h.moves.Load() == 0 || s.epoch != h.epoch.Load() {
		if !s.began.IsZero() {
			if s.began.Before(h.epochBegan) {
				return true
			}
			h.epochBegan = s.began
		}
		h.epoch.Store(s.epoch)
	}
	if st.forgotten.Load() {
		if s.revision > 0 {
			h.lost.Store(h.moves.Add(1))
		}
		return false
	}
	k := h.known(st)
	if k != nil && !k.learns(s) {
		return true
	}
	next := k.advance(s, h.moves.Load()+1)
	st.head.Store(next)
	if k == nil || next.revision != k.revision {
		h.moves.Add(1)
	}
	return true
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

// hold counts an entry with the states that it needs. It fails for a state that was forgotten meanwhile.
func (h *heads) hold(e *entry) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if e.untracked() {
		return false
	}
	for st := range e.states() {
		if st.entries.Add(1) == 1 {
			h.idle.Add(-st.cost())
		}
	}
	return true
}

func (h *heads) release(e *entry) {
	for st := range e.states() {
		if st.entries.Add(-1) == 0 {
			h.idle.Add(st.cost())
		}
	}
}

// remembers tells whether what was learnt since so many moves, of what the entry rests on, is still known.
func (h *heads) remembers(e *entry, moves uint64) bool {
	return h.lost.Load() <= moves && !e.untracked()
}

// forget drops what is known of contexts that have been idle for long.
func (h *heads) forget(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	patience := h.forgetAfter
	if h.idle.Load() > h.maxIdle/2 {
		patience = h.forgetEarly
	}
	h.sweep(now.UnixNano(), patience)
}

// sweep drops the idle contexts that nobody asked for lately. To know of one that no commit is known of is to know
// nothing, so those go soon. h.mu is held.
func (h *heads) sweep(now int64, patience time.Duration) {
	h.swept = now
	h.learning.Lock()
	defer h.learning.Unlock()
	for name, st := range h.states {
		idle := time.Duration(now - st.usedAt.Load())
		if st.entries.Load() > 0 || idle < forgetUnmoved {
			continue
		}
		if k := h.known(st); k == nil || k.revision == 0 || idle >= patience {
			st.forgotten.Store(true)
			st.head.Store(nil)
			delete(h.states, name)
			h.idle.Add(-st.cost())
		}
	}
}

// takeTouched returns the states that entries rest on and that were touched since it was last called.
func (h *heads) takeTouched() []*contextState {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var touched []*contextState
	for _, st := range h.states {
		if st.entries.Load() > 0 && st.touched.Load() && st.touched.Swap(false) {
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
