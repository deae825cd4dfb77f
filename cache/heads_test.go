package cache

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"schemaside/storage"
)

func TestAsOf(t *testing.T) {
	t.Parallel()
	var k *known
	for i, revision := range []storage.Revision{10, 11, 20, 21, 30, 40} {
		k = k.advance(sighting{epoch: 1, revision: revision}, uint64(10*(i+1)))
		if i == 1 {
			if got := k.asOf(9); got != 0 {
				t.Errorf("before anything was known: %d", got)
			}
		}
	}
	f := func(moves uint64, want storage.Revision) {
		t.Helper()
		if got := k.asOf(moves); got != want {
			t.Errorf("asOf(%d) = %d, want %d", moves, got, want)
		}
	}
	f(99, 40)
	f(60, 40)
	f(59, 30)
	f(50, 30)
	f(30, 20)
	f(29, 19) // forgotten: it was below 20
	f(0, 19)
}

func TestObserve(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Unix(int64(1000+second), 0) }
	f := func(seen []sighting, want string) {
		t.Helper()
		h := newHeads(Options{})
		st := h.state(".a", true)
		for _, s := range seen {
			h.observe(st, s)
		}
		k := h.known(st)
		got := "nothing"
		if k != nil {
			got = fmt.Sprintf("%d/%d-%d", k.epoch, k.revision, k.removal)
			if !k.confirmed.IsZero() {
				got += fmt.Sprintf(" at %d", k.confirmed.Unix()-1000)
			}
		}
		if got != want {
			t.Errorf("%+v: got %s, want %s", seen, got, want)
		}
	}
	f(nil, "nothing")
	f([]sighting{{1, 5, 3, at(1)}}, "1/5-3 at 1")
	f([]sighting{{1, 5, 3, time.Time{}}}, "1/5-3")
	f([]sighting{{1, 5, 3, at(1)}, {1, 5, 3, at(2)}}, "1/5-3 at 2")
	f([]sighting{{1, 5, 3, at(2)}, {1, 5, 3, at(1)}}, "1/5-3 at 2")
	f([]sighting{{1, 5, 3, at(1)}, {1, 4, 3, at(2)}}, "1/5-3 at 1")
	f([]sighting{{1, 5, 3, at(1)}, {1, 6, 0, at(2)}}, "1/6-3 at 2")
	f([]sighting{{1, 5, 3, at(1)}, {1, 6, 0, at(2)}, {1, 6, 6, time.Time{}}}, "1/6-6 at 2")
	f([]sighting{{1, 5, 3, at(1)}, {1, 6, 6, time.Time{}}}, "1/6-6 at 1")
	f([]sighting{{1, 5, 3, at(1)}, {2, 1, 0, at(2)}}, "2/1-0 at 2")
	f([]sighting{{1, 5, 3, at(2)}, {2, 1, 0, at(1)}}, "1/5-3 at 2")
	f([]sighting{{1, 5, 3, at(2)}, {2, 1, 0, time.Time{}}}, "2/1-0")
	f([]sighting{{0, 1, 0, at(1)}, {9, 1, 0, at(2)}}, "9/1-0 at 2")
}

func TestIdleContextsAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHeads(Options{})
	see := func(name string, revision storage.Revision) *contextState {
		h.learn(name, sighting{epoch: 1, revision: revision})
		return h.state(name, false)
	}
	moved, unmoved, used := see(".moved", 1), see(".unmoved", 0), see(".used", 0)
	e := &entry{stamps: []stamp{{state: used}}, payer: used}
	if !h.hold(e) {
		t.Fatal("can't hold")
	}
	now := time.Now()
	f := func(after time.Duration, want ...*contextState) {
		t.Helper()
		h.forget(now.Add(after))
		idle := int64(0)
		for _, st := range []*contextState{moved, unmoved, used} {
			if kept := slices.Contains(want, st); kept == st.forgotten.Load() || kept != (h.states[st.name] == st) {
				t.Errorf("%s after %v: forgotten %t", st.name, after, st.forgotten.Load())
			} else if kept && st.entries.Load() == 0 {
				idle += st.cost()
			}
		}
		if got := h.idle.Load(); got != idle {
			t.Errorf("after %v: idle contexts take %d bytes, want %d", after, got, idle)
		}
	}
	f(0, moved, unmoved, used)
	f(2*forgetUnmoved, moved, used)
	f(time.Hour, used)
	if h.known(moved) != nil || h.hold(&entry{stamps: []stamp{{state: used}, {state: moved}}, payer: used}) {
		t.Error("an entry may rest on a forgotten context")
	}
	h.release(e)
	f(2 * time.Hour)
}

func TestIdleContextsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHeads(Options{})
	name := func(i int) string { return fmt.Sprintf(".%d%s", i, strings.Repeat("x", 7000)) }
	for i := range 2000 {
		h.learn(name(i), sighting{epoch: 1})
	}
	if got := h.idle.Load(); got > h.maxIdle/2 || got < h.maxIdle/2-10_000 {
		t.Errorf("contexts without a commit take %d bytes of %d", got, h.maxIdle)
	}
	for i := range 2000 {
		h.learn(name(i), sighting{epoch: 1, revision: 1})
	}
	if got := h.idle.Load(); got > h.maxIdle || got < h.maxIdle-10_000 {
		t.Errorf("contexts take %d bytes of %d", got, h.maxIdle)
	}
	for _, st := range h.states {
		st.usedAt.Add(-int64(h.forgetEarly))
	}
	h.swept = 0
	if h.state(".new", false).forgotten.Load() || len(h.states) != 1 {
		t.Errorf("%d contexts are left after a while of idleness", len(h.states))
	}
}

func FuzzObserve(f *testing.F) {
	f.Add([]byte{1, 5, 3, 1, 1, 6, 6, 0, 2, 1, 0, 3})
	f.Fuzz(func(t *testing.T, steps []byte) {
		h := newHeads(Options{})
		st := h.state(".a", true)
		for ; len(steps) >= 4; steps = steps[4:] {
			before := h.known(st)
			s := sighting{epoch: uint64(steps[0] % 3), revision: storage.Revision(steps[1]), removal: storage.Revision(steps[2])}
			if steps[3] > 0 {
				s.began = time.Unix(int64(steps[3]), 0)
			}
			h.observe(st, s)
			after := h.known(st)
			if after == nil {
				t.Fatal("knows nothing after a sighting")
			}
			if before != nil && after.epoch == before.epoch &&
				(after.revision < before.revision || after.removal < before.removal || after.confirmed.Before(before.confirmed)) {
				t.Fatalf("moved backward: %+v, then %+v", before, after)
			}
			for i := 1; i < rememberedMoves; i++ {
				if m := after.moves; m[i].at >= m[i-1].at && m[i].at > 0 || m[i].revision > m[i-1].revision {
					t.Fatalf("moves out of order: %+v", m)
				}
			}
		}
	})
}
