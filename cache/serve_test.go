package cache

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"schemaside/storage"
)

var (
	latest = ask{context: ".a", key: "latest"}
	byID   = ask{context: ".a", key: "id", immutable: true}
	absent = ask{context: ".a", key: "absent", status: 404}
)

// TestServe holds one case for each thing that the cache promises about what is served when.
func TestServe(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		f    func(r *rig)
	}{
		{"a mutable answer is served from memory while its head is confirmed", func(r *rig) {
			r.want(latest, "latest@0")
			synctest.Wait()
			r.wantGet(latest, "latest@0")
			r.want(latest, "latest@0")
			r.wantCounts(1, 0)
		}},
		{"a mutable answer is confirmed once its head is older than freshness", func(r *rig) {
			r.want(latest, "latest@0")
			time.Sleep(10 * time.Second)
			_, before := r.counts()
			r.wantGet(latest, "")
			r.want(latest, "latest@0")
			r.wantCounts(1, before+1)
			r.wantGet(latest, "latest@0")
		}},
		{"a commit elsewhere is seen within freshness", func(r *rig) {
			r.want(latest, "latest@0")
			synctest.Wait()
			r.commit(".a", false)
			for range 100 {
				time.Sleep(10 * time.Millisecond)
				r.get(latest)
			}
			time.Sleep(10 * time.Millisecond)
			r.wantGet(latest, "")
			r.want(latest, "latest@1")
		}},
		{"a commit of this process is seen at once", func(r *rig) {
			r.want(latest, "latest@0")
			synctest.Wait()
			r.cache.Learn(".a", r.commit(".a", false))
			r.wantGet(latest, "")
			r.want(latest, "latest@1")
			r.wantCounts(2, 0)
		}},
		{"heads only move forward", func(r *rig) {
			old := r.commit(".a", false)
			r.cache.Learn(".a", r.commit(".a", false))
			r.cache.Learn(".a", old)
			r.want(latest, "latest@2")
			synctest.Wait()
			r.wantGet(latest, "latest@2")
		}},
		{"a busy context stays confirmed", func(r *rig) {
			r.want(latest, "latest@0")
			synctest.Wait()
			for range 1000 {
				time.Sleep(50 * time.Millisecond)
				r.wantGet(latest, "latest@0")
			}
			if f, h := r.counts(); f != 1 || h > 101 {
				r.t.Errorf("%d fills, %d reads of heads in 50 s", f, h)
			}
		}},
		{"nothing is read when nothing is asked", func(r *rig) {
			r.want(latest, "latest@0")
			time.Sleep(time.Second)
			_, before := r.counts()
			time.Sleep(time.Minute)
			r.wantCounts(1, before)
		}},
		{"an immutable answer never waits, and is looked at behind it", func(r *rig) {
			r.want(byID, "id@0")
			time.Sleep(time.Minute)
			r.commit(".a", false)
			_, before := r.counts()
			r.wantGet(byID, "id@0")
			r.wantCounts(1, before)
			time.Sleep(time.Second)
			r.wantCounts(1, before+1)
			r.wantGet(byID, "id@0")
		}},
		{"an immutable answer goes when something is taken away", func(r *rig) {
			r.want(byID, "id@0")
			time.Sleep(time.Minute)
			r.commit(".a", true)
			r.wantGet(byID, "id@0")
			time.Sleep(time.Second)
			r.wantGet(byID, "")
			r.want(byID, "id@1")
		}},
		{"an immutable answer is not served past a removal of this process", func(r *rig) {
			r.want(byID, "id@0")
			synctest.Wait()
			r.cache.Learn(".a", r.commit(".a", true))
			r.wantGet(byID, "")
			r.want(byID, "id@1")
		}},
		{"a removal hidden behind a newer read is found out", func(r *rig) {
			r.want(byID, "id@0")
			r.commit(".a", true)
			r.commit(".a", false)
			r.want(ask{context: ".a", key: "other"}, "other@2")
			time.Sleep(time.Second)
			r.wantGet(byID, "")
		}},
		{"an answer rests on each of its contexts", func(r *rig) {
			config := ask{context: ".a", key: "config", also: []string{".", ".__GLOBAL"}}
			r.want(config, "config@0")
			synctest.Wait()
			r.wantGet(config, "config@0")
			r.cache.Learn(".__GLOBAL", r.commit(".__GLOBAL", false))
			r.wantGet(config, "")
			r.want(config, "config@0")
			r.wantCounts(2, 0)
		}},
		{"all contexts of an answer are confirmed in one read", func(r *rig) {
			config := ask{context: ".a", key: "config", also: []string{".", ".__GLOBAL"}}
			r.want(config, "config@0")
			time.Sleep(time.Minute)
			_, before := r.counts()
			r.want(config, "config@0")
			r.wantCounts(1, before+1)
		}},
		{"a volatile answer is not kept", func(r *rig) {
			a := ask{context: ".a", key: "volatile", volatile: true}
			r.want(a, "volatile@0")
			synctest.Wait()
			r.wantGet(a, "")
			r.want(a, "volatile@0")
			r.wantCounts(2, 0)
		}},
		{"a refusal is served only after a head read of its own", func(r *rig) {
			r.want(absent, "absent@0")
			time.Sleep(time.Millisecond)
			r.wantGet(absent, "")
			r.want(absent, "absent@0")
			r.wantCounts(1, 1)
			r.commit(".a", false)
			time.Sleep(time.Millisecond)
			r.want(absent, "absent@1")
			r.wantCounts(2, 2)
		}},
		{"no-cache reads the head again", func(r *rig) {
			for _, a := range []ask{latest, byID} {
				r.want(a, a.key+"@0")
				time.Sleep(time.Millisecond)
				_, before := r.counts()
				fresh := a
				fresh.noCache = true
				r.want(fresh, a.key+"@0")
				r.wantCounts(1, before+1)
				r.set(func(d *database) { d.fills = 0 })
			}
			r.commit(".a", false)
			fresh := latest
			fresh.noCache = true
			time.Sleep(time.Millisecond)
			r.want(fresh, "latest@1")
		}},
		{"another epoch kills what is kept, of all contexts", func(r *rig) {
			other := ask{context: ".b", key: "id", immutable: true}
			r.want(latest, "latest@0")
			r.want(byID, "id@0")
			r.want(other, "id@0")
			synctest.Wait()
			r.set(func(d *database) { d.epoch = 7 })
			r.cache.Learn(".a", r.head(".a"))
			for _, a := range []ask{latest, byID, other} {
				r.wantGet(a, "")
				r.want(a, a.key+"@0")
			}
			r.wantCounts(6, 0)
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tc.f(newRig(t, nil)) })
		})
	}
}

var errAway = errors.Join(storage.ErrUnavailable, errors.New("connection refused"))

// TestStorageAway holds the promises for the time in which storage doesn't answer.
func TestStorageAway(t *testing.T) {
	t.Parallel()
	away := func(d *database) { d.failed = errAway }
	wantError := func(r *rig, a ask) {
		r.t.Helper()
		if s, err := r.do(a); !errors.Is(err, storage.ErrUnavailable) {
			r.t.Errorf("%s: got %+v, %v, want an error", a.key, s, err)
		}
	}
	wantStale := func(r *rig, a ask, least, most time.Duration) {
		r.t.Helper()
		s, err := r.do(a)
		if err != nil || !s.Stale || s.Age < least || s.Age > most {
			r.t.Errorf("%s: got %+v, %v, want an age of %v to %v", a.key, s, err, least, most)
		}
	}
	cases := []struct {
		name string
		f    func(r *rig)
	}{
		{"a mutable answer is served stale, with its age, for a time", func(r *rig) {
			r.want(latest, "latest@0")
			r.set(away)
			time.Sleep(30 * time.Second)
			wantStale(r, latest, 30*time.Second, 30*time.Second)
			time.Sleep(29 * time.Second)
			wantStale(r, latest, 59*time.Second, 59*time.Second)
			time.Sleep(2 * time.Second)
			wantError(r, latest)
			if s := r.cache.Stats(); s.Stale != 2 {
				r.t.Errorf("%d stale", s.Stale)
			}
		}},
		{"an immutable answer is served without limit", func(r *rig) {
			r.want(byID, "id@0")
			r.set(away)
			time.Sleep(3 * time.Minute)
			r.want(byID, "id@0")
			r.wantGet(byID, "id@0")
		}},
		{"a refusal is never served stale", func(r *rig) {
			r.want(absent, "absent@0")
			r.set(away)
			time.Sleep(time.Millisecond)
			wantError(r, absent)
		}},
		{"no-cache gets the error", func(r *rig) {
			r.want(byID, "id@0")
			r.set(away)
			time.Sleep(time.Millisecond)
			fresh := byID
			fresh.noCache = true
			wantError(r, fresh)
		}},
		{"an answer older than a known head is not served stale", func(r *rig) {
			r.want(latest, "latest@0")
			r.cache.Learn(".a", r.commit(".a", false))
			r.set(away)
			wantError(r, latest)
		}},
		{"without an entry there is an error, and no memory of it", func(r *rig) {
			r.set(away)
			wantError(r, latest)
			r.set(func(d *database) { d.failed = nil })
			r.want(latest, "latest@0")
		}},
		{"other errors don't count as away", func(r *rig) {
			r.want(latest, "latest@0")
			broken := errors.New("broken")
			r.set(func(d *database) { d.failed = broken })
			time.Sleep(30 * time.Second)
			if s, err := r.do(latest); !errors.Is(err, broken) {
				r.t.Errorf("got %+v, %v", s, err)
			}
		}},
		{"storage that is back is asked at once", func(r *rig) {
			r.want(latest, "latest@0")
			r.set(away)
			time.Sleep(30 * time.Second)
			wantStale(r, latest, 30*time.Second, 30*time.Second)
			r.set(func(d *database) { d.failed = nil })
			r.commit(".a", false)
			r.want(latest, "latest@1")
		}},
		{"storage that hangs is waited for no longer by who comes while others wait", func(r *rig) {
			r.want(byID, "id@0")
			r.set(func(d *database) { d.hangs = true })
			time.Sleep(time.Second)
			fresh := byID
			fresh.noCache = true
			var waiting sync.WaitGroup
			for range 2 {
				waiting.Go(func() {
					start := time.Now()
					wantError(r, fresh)
					if waited := time.Since(start); waited > 5*time.Second {
						r.t.Errorf("waited for %v", waited)
					}
				})
				time.Sleep(time.Second)
			}
			waiting.Wait()
		}},
		{"storage that hangs is waited for once, not by each request", func(r *rig) {
			r.want(latest, "latest@0")
			r.set(func(d *database) { d.hangs = true })
			time.Sleep(20 * time.Second)
			began := time.Now()
			wantStale(r, latest, 19*time.Second, 20*time.Second)
			if took := time.Since(began); took > 5*time.Second {
				r.t.Errorf("the first waited %v", took)
			}
			began = time.Now()
			wantStale(r, latest, 19*time.Second, 30*time.Second)
			if took := time.Since(began); took > awayGrace {
				r.t.Errorf("the second waited %v", took)
			}
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tc.f(newRig(t, nil)) })
		})
	}
}

func TestDisabledJustFills(t *testing.T) {
	t.Parallel()
	d := newDatabase()
	c := New(Options{Disabled: true})
	defer c.Close()
	r := &rig{t: t, database: d, cache: c}
	c.Learn(".a", d.commit(".a", false))
	for range 3 {
		r.want(latest, "latest@1")
		r.wantGet(latest, "")
	}
	r.wantCounts(3, 0)
	if s := c.Stats(); s.Misses != 3 || s.Entries != 0 {
		t.Errorf("%+v", s)
	}
}

func TestAfterClose(t *testing.T) {
	t.Parallel()
	d := newDatabase()
	c := New(testOptions(d))
	r := &rig{t: t, database: d, cache: c}
	r.want(latest, "latest@0")
	c.Close()
	d.set(func(d *database) { d.hangs = true })
	if _, err := r.do(ask{context: ".a", key: "new"}); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if s := c.Stats(); s.Entries != 0 || s.Bytes != 0 {
		t.Errorf("still kept: %+v", s)
	}
	c.Close()
}

func TestKeysAreCopied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		q := latest.request()
		borrowed := append([]byte(nil), q.Key...)
		q.Key = borrowed
		if _, err := r.cache.Do(context.Background(), q, r.fill(latest)); err != nil {
			t.Fatal(err)
		}
		copy(borrowed, "XXXXXXXX")
		synctest.Wait()
		r.wantGet(latest, "latest@0")
	})
}

// get asks for a kept answer.
func get(c *Cache, text []byte, now time.Time) *Answer {
	key := c.Key(text)
	return c.Get(&key, now)
}
