package cache

import (
	"iter"
	"sync/atomic"
	"time"

	"schemaside/storage"
)

// entry is a kept answer. All but its marks is immutable.
type entry struct {
	key       string
	hash      uint64
	answer    Answer
	stamps    []stamp
	immutable bool
	cost      int64
	payer     *contextState

	// instead is the entry that this one may take the place of, and no other; nil: any. It is the keeper's.
	instead *entry
	// packing tells that somebody packs the answer.
	packing atomic.Bool

	// stage is where the entry is on its way through an instance.
	stage atomic.Uint32
	// usedIn is the keeper's round in which a hit was last told.
	usedIn atomic.Uint32

	// tenant and home belong to the keeper; they are set before the entry is shown to anyone.
	tenant *tenant
	home   *instance
}

// The stages of an entry. A gone entry has left its instance, or wasn't let in, and never comes back.
const (
	arriving uint32 = iota
	listed
	gone
)

// stamp is a revision that an answer rests on.
type stamp struct {
	state    *contextState
	epoch    uint64
	revision storage.Revision
}

const (
	// entryOverhead is about what an entry takes beside its key and body: itself, and its places in the index, in
	// ristretto's map and in ristretto's policy.
	entryOverhead = 448
	stampOverhead = 32
)

// weigh counts the names of contexts with each entry that needs them: no context is known by a long name for nothing.
func (e *entry) weigh() int64 {
	n := len(e.key) + cap(e.answer.Body) + cap(e.answer.Packed) + stampOverhead*len(e.stamps) + entryOverhead
	for st := range e.states() {
		n += len(st.name)
	}
	return int64(n)
}

// states yields the states that the entry needs: those of its stamps, and its payer's.
func (e *entry) states() iter.Seq[*contextState] {
	return func(yield func(*contextState) bool) {
		for i := range e.stamps {
			if !yield(e.stamps[i].state) {
				return
			}
		}
		yield(e.payer)
	}
}

// untracked tells whether the entry needs a state that nothing is learnt about.
func (e *entry) untracked() bool {
	for st := range e.states() {
		if st.forgotten.Load() {
			return true
		}
	}
	return false
}

// refusal tells whether the answer says no. Such an answer is never served on old knowledge.
func (e *entry) refusal() bool { return e.answer.Status >= 400 }

// lasting answers need no confirmation of their heads.
func (e *entry) lasting() bool { return e.immutable && !e.refusal() }

// valid tells whether nothing that is known speaks against the entry, however old that knowledge is.
func (h *heads) valid(e *entry) bool {
	for i := range e.stamps {
		s := &e.stamps[i]
		k := h.known(s.state)
		if k == nil || k.epoch != s.epoch {
			return false
		}
		if e.lasting() {
			if k.removal > s.revision {
				return false
			}
		} else if k.revision != s.revision {
			return false
		}
	}
	return true
}

// confirmedAt is the earliest time at which a head of the entry was confirmed.
func (h *heads) confirmedAt(e *entry) time.Time {
	var at time.Time
	for i := range e.stamps {
		k := h.known(e.stamps[i].state)
		if k == nil {
			return time.Time{}
		}
		if i == 0 || k.confirmed.Before(at) {
			at = k.confirmed
		}
	}
	return at
}

// confirmedAfter tells whether each head of the entry was confirmed after since.
func (h *heads) confirmedAfter(e *entry, since time.Time) bool {
	for i := range e.stamps {
		k := h.known(e.stamps[i].state)
		if k == nil || !k.confirmed.After(since) {
			return false
		}
	}
	return true
}

// current tells whether no stamp is older than what was known of its context after so many moves. Of a forgotten state
// nothing was.
func (h *heads) current(stamps []stamp, moves uint64) bool {
	for _, s := range stamps {
		if s.state.forgotten.Load() {
			continue
		}
		k := h.known(s.state)
		if k == nil || k.epoch != s.epoch || s.revision < k.asOf(moves) {
			return false
		}
	}
	return true
}
