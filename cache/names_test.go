package cache

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLongNamesAreBounded must not run beside other tests: it looks at the heap.
func TestLongNamesAreBounded(t *testing.T) {
	d := newDatabase()
	c := New(testOptions(d))
	defer c.Close()
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const names, length = 8000, 7000
	name := func(i int) string { return fmt.Sprintf(".%d%s", i, strings.Repeat("x", length)) }
	before := heap()
	for i := range names {
		a := ask{context: name(i), key: "subjects", volatile: i%3 == 0}
		if s, err := c.Do(context.Background(), a.request(), d.fill(a)); err != nil || string(s.Answer.Body) != "subjects@0" {
			t.Fatalf("%v, %v", s, err)
		}
	}
	// Half of minIdleBytes, MaxBytes twice over (a state's name is shared, so that is generous), and as much again for
	// what Go's maps and ristretto keep.
	if grown, bound := heap()-before, int64(2*(minIdleBytes/2+2<<20)); grown > bound {
		t.Errorf("%d names of %d bytes have left %d bytes, bound %d", names, length, grown, bound)
	}
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	if n := len(c.keeper.tenants); n > maxSettling {
		t.Errorf("%d tenants, though %d entries are kept", n, c.Stats().Entries)
	}
}

func TestTenantsThatHoldNothingAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		for i := range 5000 {
			r.want(ask{context: fmt.Sprintf(".%d", i), key: "k", size: 2000}, "k@0")
		}
		time.Sleep(roundEvery)
		checkBooks(t, r.cache)
		r.cache.keeper.mu.Lock()
		defer r.cache.keeper.mu.Unlock()
		if tenants, entries := len(r.cache.keeper.tenants), r.cache.index.Size(); tenants != entries || entries == 0 {
			t.Errorf("%d tenants hold %d entries", tenants, entries)
		}
	})
}

// TestUntrackedContexts holds one case for each promise about contexts that there is no room to know of.
func TestUntrackedContexts(t *testing.T) {
	t.Parallel()
	setRoom := func(r *rig, bytes int64) {
		r.cache.heads.mu.Lock()
		defer r.cache.heads.mu.Unlock()
		r.cache.heads.maxIdle = bytes
	}
	cases := []struct {
		name string
		f    func(r *rig)
	}{
		{"are answered, and nothing is kept", func(r *rig) {
			for i := range 3 {
				r.want(byID, "id@0")
				r.want(latest, "latest@0")
				r.want(absent, "absent@0")
				r.wantCounts(3*(i+1), 0)
			}
			synctest.Wait()
			r.wantGet(byID, "")
			if s := r.cache.Stats(); s.Contexts != 0 || s.Entries != 0 {
				r.t.Errorf("%+v", s)
			}
		}},
		{"show a writer what it wrote", func(r *rig) {
			for i := range 5 {
				r.cache.Learn(".a", r.commit(".a", false))
				r.want(latest, fmt.Sprintf("latest@%d", i+1))
			}
		}},
		{"are shared by a herd", func(r *rig) {
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var herd sync.WaitGroup
			for range 1000 {
				herd.Go(func() { r.want(latest, "latest@0") })
			}
			herd.Wait()
			r.wantCounts(1, 0)
		}},
		{"don't show a writer a fill from before its commit", func(r *rig) { writeDuringFill(r, func() {}) }},
		{"nor when there is room again meanwhile", func(r *rig) {
			writeDuringFill(r, func() { setRoom(r, 1<<20) })
			synctest.Wait()
			r.wantGet(latest, "latest@1")
		}},
		{"are kept as soon as there is room", func(r *rig) {
			r.want(latest, "latest@0")
			setRoom(r, 1<<20)
			r.want(latest, "latest@0")
			synctest.Wait()
			r.wantGet(latest, "latest@0")
			r.wantCounts(2, 0)
		}},
		{"of those that have seen commits, more are kept", func(r *rig) {
			setRoom(r, 2*(stateOverhead+int64(len(".a")))+1)
			r.want(ask{context: ".b", key: "latest", volatile: true}, "latest@0")
			r.commit(".a", false)
			r.want(latest, "latest@1")
			synctest.Wait()
			r.wantGet(latest, "latest@1")
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, nil)
				setRoom(r, 0)
				tc.f(r)
			})
		})
	}
}

// writeDuringFill commits while an answer from before the commit is on its way.
func writeDuringFill(r *rig, afterCommit func()) {
	r.t.Helper()
	read := make(chan struct{})
	old := r.fill(latest)
	var before sync.WaitGroup
	before.Go(func() {
		s, err := r.cache.Do(context.Background(), latest.request(), func(ctx context.Context) (Filled, error) {
			f, err := old(ctx)
			close(read)
			time.Sleep(100 * time.Millisecond)
			return f, err
		})
		if err != nil || string(s.Answer.Body) != "latest@0" {
			r.t.Errorf("who asked before: %v", err)
		}
	})
	<-read
	r.cache.Learn(".a", r.commit(".a", false))
	afterCommit()
	r.want(latest, "latest@1")
	before.Wait()
	r.want(latest, "latest@1")
}
