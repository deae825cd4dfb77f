package cache

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"schemaside/storage"
)

// TestFlights holds one case for each promise about fills that several requests share.
func TestFlights(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		f    func(r *rig)
	}{
		{"a herd costs one fill, its latecomers none", func(r *rig) {
			for _, a := range []ask{latest, byID} {
				r.set(func(d *database) { d.slow, d.fills = 100*time.Millisecond, 0 })
				var herd sync.WaitGroup
				for range 10_000 {
					herd.Go(func() {
						r.want(a, a.key+"@0")
						r.want(a, a.key+"@0")
					})
				}
				herd.Wait()
				r.wantCounts(1, 0)
			}
		}},
		{"a landed flight answers until it is settled", func(r *rig) {
			f := &flight{key: ".a/latest", payer: r.cache.heads.state(".a", false), done: make(chan struct{}), began: time.Now()}
			filled, err := r.fill(latest)(context.Background())
			if err != nil {
				r.t.Fatal(err)
			}
			f.hash = r.cache.hash([]byte(f.key))
			f.entry, _ = r.cache.newEntry(f, filled)
			r.cache.flights.byKey[f.key] = f
			close(f.done)
			r.want(latest, "latest@0")
			r.wantCounts(1, 0)
			r.cache.keeper.offer(f)
			synctest.Wait()
			if len(r.cache.flights.byKey) != 0 {
				r.t.Error("still there after it was settled")
			}
			r.wantGet(latest, "latest@0")
		}},
		{"who looked a moment too early finds the entry of a flight that left", func(r *rig) {
			r.want(latest, "latest@0")
			synctest.Wait()
			q := latest.request()
			_, e, _ := r.cache.board(boarding{
				request: q, hash: r.cache.hash(q.Key), payer: r.cache.heads.state(".a", false), fill: r.fill(latest),
			})
			if e == nil {
				r.t.Error("began another flight")
			}
		}},
		{"a writer doesn't get an answer from before its commit", func(r *rig) {
			r.want(ask{context: ".a", key: "other"}, "other@0")
			began, release := make(chan struct{}), make(chan struct{})
			old := r.fill(latest)
			var before sync.WaitGroup
			before.Go(func() {
				s, err := r.cache.Do(context.Background(), latest.request(), func(ctx context.Context) (Filled, error) {
					f, err := old(ctx)
					close(began)
					<-release
					return f, err
				})
				if err != nil || string(s.Answer.Body) != "latest@0" {
					r.t.Errorf("who asked before: %v", err)
				}
			})
			<-began
			r.cache.Learn(".a", r.commit(".a", false))
			r.want(latest, "latest@1")
			close(release)
			before.Wait()
			synctest.Wait()
			r.want(latest, "latest@1")
			r.wantCounts(3, 0)
		}},
		{"nor where nothing was known when the fill began, nor in an inherited context", func(r *rig) {
			for _, written := range []string{".a", ".__GLOBAL"} {
				a := ask{context: ".a", key: "config of " + written, also: []string{".__GLOBAL"}}
				read := make(chan struct{})
				old := r.fill(a)
				var before sync.WaitGroup
				before.Go(func() {
					_, err := r.cache.Do(context.Background(), a.request(), func(ctx context.Context) (Filled, error) {
						f, err := old(ctx)
						close(read)
						time.Sleep(100 * time.Millisecond)
						return f, err
					})
					if err != nil {
						r.t.Error(err)
					}
				})
				<-read
				r.cache.Learn(written, r.commit(written, false))
				r.set(func(d *database) { d.fills = 0 })
				r.want(a, a.key+"@1")
				r.wantCounts(1, 0)
				before.Wait()
			}
		}},
		{"what a lagging database says is not served, and asked again", func(r *rig) {
			r.cache.Learn(".a", r.commit(".a", false))
			lagging := 3
			s, err := r.cache.Do(context.Background(), latest.request(), func(ctx context.Context) (Filled, error) {
				f, err := r.fill(latest)(ctx)
				if lagging--; lagging >= 0 {
					f.Stamps[0].Revision--
				}
				return f, err
			})
			if err != nil || s.Answer.Status != 200 || lagging != -1 {
				r.t.Errorf("%+v, %v, %d", s, err, lagging)
			}
			r.wantCounts(4, 0)
		}},
		{"a database that lags for good is away", func(r *rig) {
			r.cache.Learn(".a", storage.Head{Epoch: 1, Revision: 9})
			for i, a := range []ask{latest, byID} {
				if _, err := r.do(a); !errors.Is(err, storage.ErrUnavailable) {
					r.t.Errorf("%s: got %v", a.key, err)
				}
				r.wantCounts((i+1)*maxTries, 0)
				synctest.Wait()
				r.wantGet(a, "")
			}
		}},
		{"a head that moves during a fill is no error", func(r *rig) {
			s, err := r.cache.Do(context.Background(), latest.request(), func(ctx context.Context) (Filled, error) {
				f, err := r.fill(latest)(ctx)
				for range 3 * rememberedMoves {
					r.cache.Learn(".a", r.commit(".a", false))
					if len(f.Stamps) > 0 && f.Stamps[0].Revision < 2*rememberedMoves {
						f.Stamps[0].Revision++
					}
				}
				return f, err
			})
			if err != nil || string(s.Answer.Body) != "latest@0" {
				r.t.Errorf("%+v, %v", s, err)
			}
			synctest.Wait()
			r.wantGet(latest, "")
		}},
		{"a waiter leaves when its context ends, the fill goes on", func(r *rig) {
			r.set(func(d *database) { d.slow = 4 * time.Second })
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			began := time.Now()
			_, err := r.cache.Do(ctx, latest.request(), r.fill(latest))
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, storage.ErrUnavailable) {
				r.t.Errorf("got %v", err)
			}
			if took := time.Since(began); took != time.Second {
				r.t.Errorf("left after %v", took)
			}
			time.Sleep(3 * time.Second)
			synctest.Wait()
			r.want(latest, "latest@0")
			if fills, _ := r.counts(); fills != 1 {
				r.t.Errorf("%d fills", fills)
			}
		}},
		{"a fill has its own deadline", func(r *rig) {
			r.set(func(d *database) { d.hangs = true })
			began := time.Now()
			_, err := r.do(latest)
			if took := time.Since(began); !errors.Is(err, storage.ErrUnavailable) || took != 5*time.Second {
				r.t.Errorf("got %v after %v", err, took)
			}
		}},
		{"a deadline counts as away whatever it is called", func(r *rig) {
			_, err := r.cache.Do(context.Background(), latest.request(), func(ctx context.Context) (Filled, error) {
				<-ctx.Done()
				return Filled{}, ctx.Err()
			})
			if !errors.Is(err, storage.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				r.t.Errorf("got %v", err)
			}
		}},
		{"a panic in a fill is an error", func(r *rig) {
			_, err := r.cache.Do(context.Background(), latest.request(), func(context.Context) (Filled, error) {
				panic("surprise")
			})
			if err == nil || !strings.Contains(err.Error(), "surprise") {
				r.t.Errorf("got %v", err)
			}
			r.want(latest, "latest@0")
		}},
		{"a volatile answer is shared only while nothing was learnt since its fill began", func(r *rig) {
			a := ask{context: ".a", key: "all", volatile: true}
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var all sync.WaitGroup
			all.Go(func() { r.want(a, "all@0") })
			synctest.Wait()
			all.Go(func() { r.want(a, "all@0") })
			synctest.Wait()
			r.wantCounts(1, 0)
			r.cache.Learn(".b", r.commit(".b", false))
			for range 100 {
				all.Go(func() { r.want(a, "all@0") })
			}
			all.Wait()
			r.wantCounts(2, 0)
		}},
		{"who may not share a volatile answer shares the next, though heads move on", func(r *rig) {
			a := ask{context: ".a", key: "all", volatile: true}
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var all sync.WaitGroup
			for range 5 {
				for range 10 {
					all.Go(func() { r.want(a, "all@0") })
				}
				synctest.Wait()
				r.cache.Learn(".b", r.commit(".b", false))
			}
			all.Wait()
			r.wantCounts(2, 0)
		}},
		{"who joins the fill of a refusal has it confirmed", func(r *rig) {
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var all sync.WaitGroup
			all.Go(func() { r.want(absent, "absent@0") })
			time.Sleep(time.Millisecond)
			for range 100 {
				all.Go(func() { r.want(absent, "absent@0") })
			}
			all.Wait()
			r.wantCounts(1, 1)
		}},
		{"who joins a fill that began too long ago has it confirmed", func(r *rig) {
			r.set(func(d *database) { d.slow = 4 * time.Second })
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() { r.want(latest, "latest@0") })
				time.Sleep(600 * time.Millisecond)
			}
			r.set(func(d *database) { d.slow = 0 })
			all.Wait()
			r.wantCounts(1, 1)
		}},
		{"many who need a head share the read of it", func(r *rig) {
			for _, a := range []ask{latest, {context: ".b", key: "latest"}} {
				r.want(a, "latest@0")
			}
			time.Sleep(time.Minute)
			_, before := r.counts()
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var all sync.WaitGroup
			for range 1000 {
				all.Go(func() { r.want(latest, "latest@0") })
				all.Go(func() { r.want(ask{context: ".b", key: "latest"}, "latest@0") })
			}
			all.Wait()
			r.wantCounts(2, before+2)
		}},
		{"no-cache doesn't share a read that began before it", func(r *rig) {
			fresh := latest
			fresh.noCache = true
			r.want(latest, "latest@0")
			time.Sleep(time.Minute)
			_, before := r.counts()
			r.set(func(d *database) { d.slow = 100 * time.Millisecond })
			var all sync.WaitGroup
			all.Go(func() { r.want(fresh, "latest@0") })
			time.Sleep(time.Millisecond)
			all.Go(func() { r.want(fresh, "latest@0") })
			all.Go(func() { r.want(fresh, "latest@0") })
			all.Wait()
			r.wantCounts(1, before+2)
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tc.f(newRig(t, nil)) })
		})
	}
}

func TestFreshnessZeroConfirmsEachMutableAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.Freshness = 0 })
		r.want(latest, "latest@0")
		for i := range 3 {
			time.Sleep(time.Millisecond)
			r.wantGet(latest, "")
			r.want(latest, "latest@0")
			r.wantCounts(1, i+1)
		}
	})
}
