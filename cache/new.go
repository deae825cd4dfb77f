package cache

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/puzpuzpuz/xsync/v4"

	"schemaside/storage"
)

// Cache keeps rendered answers. All of its methods are safe for concurrent use.
//
// What callers may rely on: an answer is never served that is older than a head known when the request came in; a
// mutable one was current within Options.Freshness, or is marked stale; nothing is promised about what is kept.
type Cache struct {
	options   Options
	seed      maphash.Seed
	hashMask  uint64
	index     *xsync.Map[uint64, *entry]
	heads     *heads
	confirmer *confirmer
	flights   flights
	keeper    *keeper
	counters  counters

	life    context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
}

// slowestRefresh bounds how long touched heads wait to be read again, whatever Freshness is.
const slowestRefresh = 30 * time.Second

// New returns a cache that runs until Close.
func New(o Options) *Cache { return newCache(o, ^uint64(0)) }

// newCache lets tests have hashes that collide: only the bits of hashMask count.
func newCache(o Options, hashMask uint64) *Cache {
	o = o.withDefaults()
	life, stop := context.WithCancel(context.Background())
	c := &Cache{
		options: o, seed: maphash.MakeSeed(), hashMask: hashMask,
		index: xsync.NewMap[uint64, *entry](), heads: newHeads(o),
		flights: flights{byKey: make(map[string]*flight)},
		life:    life, stop: stop,
	}
	c.confirmer = &confirmer{heads: c.heads, read: o.Heads, life: life, timeout: o.FillTimeout}
	c.keeper = newKeeper(c)
	if o.Disabled {
		return c
	}
	c.running.Go(func() { c.keeper.run(life) })
	c.running.Go(func() { c.confirmer.refresh(refreshEvery(o.Freshness)) })
	return c
}

func refreshEvery(freshness time.Duration) time.Duration {
	if freshness <= 0 {
		return time.Second / 2
	}
	return min(max(freshness/2, 5*time.Millisecond), slowestRefresh)
}

// Close stops the fills under way and frees what is kept. What is asked afterwards fails.
func (c *Cache) Close() {
	c.stop()
	c.running.Wait()
}

// Learn takes in a head that a commit or a read of this process has seen: what is older is not served any more. Heads
// only move forward within an epoch; another epoch replaces everything known.
func (c *Cache) Learn(registryCtx string, head storage.Head) {
	if c.options.Disabled {
		return
	}
	c.heads.learn(registryCtx, sightingOf(head, time.Time{}))
}

func (c *Cache) hash(key []byte) uint64 { return maphash.Bytes(c.seed, key) & c.hashMask }
