package cache

import "sync/atomic"

// Stats are plain numbers for metrics. Counts are since the cache was made; the others are of now.
type Stats struct {
	// Hits were answered from what was kept, Misses by a fill of their own, Coalesced by the fill of another request.
	Hits, Misses, Coalesced uint64
	// Stale answers were served because storage was away. They are Hits, too.
	Stale uint64
	// Evictions are answers that had to go, or were not taken in, for want of room.
	Evictions uint64
	// Entries are the answers kept, and Bytes what they take.
	Entries, Bytes int64
	// Instances are the parts that the room is split into; Contexts are those that something is known of.
	Instances, Contexts int
}

// counters are spread over cache lines where requests on many cores count at once.
type counters struct {
	hits      [16]paddedCounter
	misses    atomic.Uint64
	coalesced atomic.Uint64
	stale     atomic.Uint64
	evictions atomic.Uint64
	entries   atomic.Int64
	bytes     atomic.Int64
	instances atomic.Int64
}

type paddedCounter struct {
	n atomic.Uint64
	_ [56]byte
}

func (c *counters) hit(hash uint64) { c.hits[hash%16].n.Add(1) }

// Stats returns the numbers of now.
func (c *Cache) Stats() Stats {
	s := Stats{
		Misses:    c.counters.misses.Load(),
		Coalesced: c.counters.coalesced.Load(),
		Stale:     c.counters.stale.Load(),
		Evictions: c.counters.evictions.Load(),
		Entries:   c.counters.entries.Load(),
		Bytes:     c.counters.bytes.Load(),
		Instances: int(c.counters.instances.Load()),
		Contexts:  c.heads.count(),
	}
	for i := range c.counters.hits {
		s.Hits += c.counters.hits[i].n.Load()
	}
	return s
}
