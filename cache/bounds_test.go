package cache

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// held adds up what can be found in the index, by context.
func held(c *Cache) (total int64, byContext map[string]int64) {
	byContext = make(map[string]int64)
	for _, e := range c.index.All() {
		total += e.cost
		byContext[e.payer.name] += e.cost
	}
	return total, byContext
}

// checkBooks tells whether counters, instances and index agree, once all is settled.
func checkBooks(t *testing.T, c *Cache) {
	t.Helper()
	synctest.Wait()
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	total, byContext := held(c)
	s := c.Stats()
	if s.Bytes != total || int(s.Entries) != c.index.Size() || s.Bytes > c.options.MaxBytes {
		t.Errorf("counted %d bytes in %d entries, found %d in %d, bound %d",
			s.Bytes, s.Entries, total, c.index.Size(), c.options.MaxBytes)
	}
	room, instances := c.keeper.shared.max, 1
	for st, tenant := range c.keeper.tenants {
		if tenant.bytes.Load() != byContext[st.name] {
			t.Errorf("%s: counted %d bytes, found %d", st.name, tenant.bytes.Load(), byContext[st.name])
		}
		if tenant.own == nil {
			continue
		}
		room += tenant.own.max
		instances++
		if used := tenant.own.max - tenant.own.store.RemainingCost(); used != tenant.own.bytes.Load() || used > tenant.own.max {
			t.Errorf("%s: ristretto counts %d bytes, we %d, bound %d", st.name, used, tenant.own.bytes.Load(), tenant.own.max)
		}
	}
	if room > c.options.MaxBytes || instances != s.Instances || instances > c.options.MaxContexts {
		t.Errorf("%d instances (counted %d) with room for %d", instances, s.Instances, room)
	}
	if used := c.keeper.shared.max - c.keeper.shared.store.RemainingCost(); used != c.keeper.shared.bytes.Load() {
		t.Errorf("shared: ristretto counts %d bytes, we %d", used, c.keeper.shared.bytes.Load())
	}
	c.heads.mu.RLock()
	defer c.heads.mu.RUnlock()
	for _, st := range c.heads.states {
		if st.entries.Load() < 0 {
			t.Errorf("%s: %d entries rest on it", st.name, st.entries.Load())
		}
	}
}

func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		const size = 2000
		for i := range 3 * int(r.cache.options.MaxBytes) / size {
			a := ask{context: fmt.Sprintf(".%d", i%5), key: fmt.Sprint(i), immutable: i%2 == 0, size: size}
			r.want(a, a.key+"@0")
			if i%50 == 0 {
				synctest.Wait()
				if total, _ := held(r.cache); total > r.cache.options.MaxBytes {
					t.Fatalf("%d bytes in the index", total)
				}
			}
			if i%500 == 0 {
				time.Sleep(time.Second)
			}
		}
		checkBooks(t, r.cache)
		s := r.cache.Stats()
		if s.Evictions == 0 || s.Bytes < r.cache.options.MaxBytes/2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestOneContextUsesTheWholeRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		for i := range 1000 {
			a := ask{context: ".", key: fmt.Sprint(i), immutable: true, size: 2000}
			r.want(a, a.key+"@0")
			synctest.Wait()
		}
		checkBooks(t, r.cache)
		if s := r.cache.Stats(); s.Instances != 1 || s.Bytes < r.cache.options.MaxBytes*9/10 {
			t.Errorf("%+v", s)
		}
	})
}

func TestReplacedAnswersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		for i := range 500 {
			a := ask{context: ".a", key: "latest", size: 1000 + 100*(i%7)}
			r.cache.Learn(".a", r.commit(".a", false))
			r.want(a, fmt.Sprintf("latest@%d", i+1))
			synctest.Wait()
			r.wantGet(a, fmt.Sprintf("latest@%d", i+1))
		}
		checkBooks(t, r.cache)
		if s := r.cache.Stats(); s.Entries != 1 || s.Evictions != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnswersThatGrowStayBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		for revision, size := range []int{500, 5000, 50_000} {
			for i := range 100 {
				a := ask{context: ".a", key: fmt.Sprint(i), size: size}
				r.want(a, fmt.Sprintf("%d@%d", i, revision))
				synctest.Wait()
			}
			checkBooks(t, r.cache)
			r.cache.Learn(".a", r.commit(".a", false))
		}
	})
}

func TestTooLargeAnswersAreServedNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		a := ask{context: ".a", key: "huge", size: 2 << 20, immutable: true}
		r.want(a, "huge@0")
		checkBooks(t, r.cache)
		r.wantGet(a, "")
		r.want(a, "huge@0")
		r.wantCounts(2, 0)
	})
}

func TestNoisyTenantEvictsItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		var quiet []ask
		for i := range 50 {
			quiet = append(quiet, ask{context: ".quiet", key: fmt.Sprint(i), immutable: true, size: 1000})
		}
		noise := func(n int) {
			for i := range n {
				r.want(ask{context: ".noisy", key: fmt.Sprint(i), immutable: true, size: 2000}, fmt.Sprintf("%d@0", i))
				synctest.Wait()
			}
		}
		noise(700)
		if r.cache.Stats().Instances != 1 {
			t.Error("a context alone needs no instance of its own")
		}
		for range 2 {
			for _, a := range quiet {
				r.want(a, a.key+"@0")
				synctest.Wait()
			}
		}
		noise(100)
		if got := r.cache.Stats().Instances; got != 2 {
			t.Fatalf("%d instances", got)
		}
		for _, a := range quiet {
			r.want(a, a.key+"@0")
			synctest.Wait()
		}
		checkBooks(t, r.cache)
		r.set(func(d *database) { d.fills = 0 })
		noise(5000)
		checkBooks(t, r.cache)
		for _, a := range quiet {
			r.wantGet(a, a.key+"@0")
		}
		stayWhileHit(r)
		giveBack(r, quiet[0])
	})
}

// stayWhileHit expects that a context that is only read keeps its instance.
func stayWhileHit(r *rig) {
	r.t.Helper()
	var kept *entry
	for _, e := range r.cache.index.All() {
		if e.payer.name == ".noisy" {
			kept = e
		}
	}
	for range 2 * giveBackAfter / time.Second {
		time.Sleep(time.Second)
		if get(r.cache, []byte(kept.key), time.Now()) == nil {
			r.t.Fatalf("%s is gone", kept.key)
		}
	}
	if got := r.cache.Stats().Instances; got != 2 {
		r.t.Errorf("%d instances while both contexts are in use", got)
	}
}

// giveBack lets all contexts but that of busy idle, and expects one instance with all of the room.
func giveBack(r *rig, busy ask) {
	r.t.Helper()
	for range 2 * giveBackAfter / time.Second {
		time.Sleep(time.Second)
		r.wantGet(busy, busy.key+"@0")
	}
	checkBooks(r.t, r.cache)
	room := r.cache.keeper.shared.store.MaxCost()
	if s := r.cache.Stats(); s.Instances != 1 || room != r.cache.options.MaxBytes {
		r.t.Errorf("%+v, room for %d", s, room)
	}
	if _, byContext := held(r.cache); byContext[".noisy"] == 0 {
		r.t.Error("what the instance held is lost")
	}
}

func TestPartsFollowTheNumberOfContexts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		fill := func(contexts int) {
			for i := range 400 {
				for n := range contexts {
					r.want(ask{context: fmt.Sprintf(".%d", n), key: fmt.Sprint(i), immutable: true, size: 2000}, fmt.Sprintf("%d@0", i))
				}
				if i%100 == 0 {
					time.Sleep(roundEvery)
				}
				synctest.Wait()
			}
		}
		fill(2)
		checkBooks(t, r.cache)
		two := r.cache.Stats().Instances
		fill(20)
		checkBooks(t, r.cache)
		if many := r.cache.Stats().Instances; two != 2 || many <= two {
			t.Errorf("%d instances for two contexts, %d for twenty", two, many)
		}
		r.cache.keeper.mu.Lock()
		defer r.cache.keeper.mu.Unlock()
		for _, tenant := range r.cache.keeper.tenants {
			if tenant.own != nil && tenant.own.max > 2*r.cache.options.MaxBytes/8 {
				t.Errorf("%s still has room for %d", tenant.state.name, tenant.own.max)
			}
		}
	})
}

func TestHotEntriesSurvive(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector sync.Pool forgets at random, and with it ristretto what was hit")
	}
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		hot := make([]ask, 100)
		for i := range hot {
			hot[i] = ask{context: ".a", key: fmt.Sprintf("hot%d", i), immutable: true, size: 1000}
			r.want(hot[i], hot[i].key+"@0")
		}
		for round := range 50 {
			for i := range 40 {
				r.want(ask{context: ".a", key: fmt.Sprintf("%d-%d", round, i), immutable: true, size: 2000}, fmt.Sprintf("%d-%d@0", round, i))
			}
			for _, a := range hot {
				r.get(a)
			}
			time.Sleep(roundEvery)
		}
		kept := 0
		for _, a := range hot {
			if r.get(a) != "" {
				kept++
			}
		}
		if kept < 90 {
			t.Errorf("%d of 100 hot answers are left", kept)
		}
		checkBooks(t, r.cache)
	})
}

func TestCollisionsNeverServeAnotherKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		c := newCache(testOptions(d), 3)
		defer c.Close()
		r := &rig{t: t, database: d, cache: c}
		for i := range 500 {
			a := ask{context: ".a", key: fmt.Sprint(i % 50), immutable: i%2 == 0}
			if got := r.get(a); got != "" && got != a.key+"@0" {
				t.Errorf("Get %s: %s", a.key, got)
			}
			r.want(a, a.key+"@0")
			if i%7 == 0 {
				synctest.Wait()
				r.wantGet(a, a.key+"@0")
			}
		}
		checkBooks(t, c)
		if s := c.Stats(); s.Entries > 4 {
			t.Errorf("%d entries under 4 hashes", s.Entries)
		}
	})
}

func TestManyContexts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.MaxBytes = 32 << 20 })
		for i := range 10_000 {
			a := ask{context: fmt.Sprintf(".%d", i), key: "latest"}
			r.want(a, "latest@0")
			if i%512 == 0 {
				synctest.Wait()
			}
		}
		checkBooks(t, r.cache)
		if s := r.cache.Stats(); s.Entries != 10_000 || s.Instances != 1 || s.Contexts != 10_000 {
			t.Errorf("%+v", s)
		}
		time.Sleep(1100 * time.Millisecond)
		r.set(func(d *database) { d.reads = nil })
		for i := range 10_000 {
			r.get(ask{context: fmt.Sprintf(".%d", i), key: "latest"})
		}
		time.Sleep(r.cache.options.Freshness / 2)
		synctest.Wait()
		r.wantCounts(10_000, 1)
	})
}

func TestHitsDontAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	d := newDatabase()
	o := testOptions(d)
	o.Freshness = time.Hour
	c := New(o)
	defer c.Close()
	for _, a := range []ask{latest, byID, {context: ".a", key: "config", also: []string{".", ".__GLOBAL"}}} {
		q := a.request()
		if _, err := c.Do(context.Background(), q, d.fill(a)); err != nil {
			t.Fatal(err)
		}
		for get(c, q.Key, q.Now) == nil {
			runtime.Gosched()
		}
		// The keeper and the runtime allocate now and then; a run that neither falls into must count nothing at all.
		least := ^uint64(0)
		for range 20 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 100_000 {
				if get(c, q.Key, time.Now()) == nil {
					t.Fatal("missed")
				}
			}
			runtime.ReadMemStats(&after)
			least = min(least, after.Mallocs-before.Mallocs)
		}
		if least != 0 {
			t.Errorf("%s: %d allocations in 100,000 hits", a.key, least)
		}
	}
}

// TestEverythingAtOnce is there for the race detector; what it asks for is checked by the revisions in the bodies.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase()
	o := testOptions(d)
	o.MaxBytes, o.Freshness, o.MaxContexts = 200_000, 20*time.Millisecond, 4
	c := New(o)
	defer c.Close()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			own := fmt.Sprintf(".%d", worker)
			for i := range 1500 {
				a := ask{context: own, key: fmt.Sprint(i % 40), immutable: i%3 == 0, size: 1500, noCache: i%50 == 0}
				if i%5 == 0 {
					a.context = ".shared"
				}
				var least string
				if i%20 == 0 {
					h := d.commit(own, i%40 == 0)
					c.Learn(own, h)
					a.context, a.immutable = own, false
					least = fmt.Sprintf("%s@%d", a.key, h.Revision)
				}
				r := &rig{t: t, database: d, cache: c}
				body := r.get(a)
				if body == "" {
					s, err := r.do(a)
					if err != nil {
						t.Error(err)
						return
					}
					body = string(s.Answer.Body)
				}
				// Only this worker writes to its context, so the answer is of its last commit exactly.
				if least != "" && body != least {
					t.Errorf("after a commit: got %s, want %s", body, least)
				}
			}
		})
	}
	all.Wait()
	if s := c.Stats(); s.Bytes > o.MaxBytes || s.Hits == 0 || s.Misses == 0 {
		t.Errorf("%+v", s)
	}
}
