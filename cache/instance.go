package cache

import (
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"
)

const (
	// giveBackAfter is how long a context is idle before its instance goes back.
	giveBackAfter = 5 * time.Minute
	// relieveAfter is the part of the shared instance that is filled anew before a context is moved out of it.
	relieveAfter = 256
	// bytesPerCounter: ristretto likes ten counters an entry, and entries of about 1 KiB are the rule.
	bytesPerCounter = 100
	minCounters     = 1 << 10
	maxCounters     = 1 << 20
	ringItems       = 64
)

// instance is one ristretto cache with its part of MaxBytes.
type instance struct {
	store *ristretto.Cache[uint64, *entry]
	max   int64
	// bytes is what its entries take.
	bytes atomic.Int64
	// evicted counts entries that had to go, or weren't let in, for want of room.
	evicted atomic.Uint64
	// closing instances let their entries go for another reason.
	closing atomic.Bool
}

// tenant is what one context holds.
type tenant struct {
	state *contextState
	bytes atomic.Int64
	// filled is how much it has put in lately; it is halved now and then.
	filled int64
	usedAt time.Time
	// own is nil while the context is in the shared instance.
	own *instance
}

func (k *keeper) newInstance(maxBytes int64) *instance {
	i := &instance{max: maxBytes}
	lost := func(*ristretto.Item[*entry]) {
		if !i.closing.Load() {
			i.evicted.Add(1)
			k.counters.evictions.Add(1)
		}
	}
	store, err := ristretto.NewCache(&ristretto.Config[uint64, *entry]{
		NumCounters:        min(max(maxBytes/bytesPerCounter, minCounters), maxCounters),
		MaxCost:            maxBytes,
		BufferItems:        ringItems,
		IgnoreInternalCost: true,
		OnEvict:            lost,
		OnReject:           lost,
		OnExit:             k.letGo,
	})
	if err != nil {
		// It refuses sizes that aren't positive, and nothing else.
		panic(fmt.Sprintf("cache: an instance of %d bytes: %v", maxBytes, err))
	}
	i.store = store
	k.counters.instances.Add(1)
	return i
}

func (i *instance) close() {
	i.closing.Store(true)
	i.store.Close()
}

func (i *instance) entries(of *tenant) []*entry {
	var es []*entry
	i.store.IterValues(func(e *entry) bool {
		if of == nil || e.tenant == of {
			es = append(es, e)
		}
		return false
	})
	return es
}

// resize gives an instance another part. What doesn't fit leaves at once, the longest unused first.
func (i *instance) resize(maxBytes int64) {
	i.max = maxBytes
	i.store.UpdateMaxCost(maxBytes)
	if i.bytes.Load() <= maxBytes {
		return
	}
	es := i.entries(nil)
	slices.SortFunc(es, func(a, b *entry) int { return cmp.Compare(a.usedIn.Load(), b.usedIn.Load()) })
	for _, e := range es {
		if i.bytes.Load() <= maxBytes {
			break
		}
		i.store.Del(e.hash)
	}
	i.store.Wait()
}

func (k *keeper) tenantOf(payer *contextState) *tenant {
	t := k.tenants[payer]
	if t == nil {
		t = &tenant{state: payer}
		k.tenants[payer] = t
	}
	t.usedAt = time.Now()
	return t
}

// dropEmptied forgets the tenants that hold nothing, so that they are never more than the entries kept.
func (k *keeper) dropEmptied() {
	k.emptying.Lock()
	emptied := k.emptied
	k.emptied = nil
	k.emptying.Unlock()
	for _, t := range emptied {
		if t.own == nil && t.bytes.Load() <= 0 && k.tenants[t.state] == t {
			delete(k.tenants, t.state)
		}
	}
}

// holding counts the contexts that something is kept for.
func (k *keeper) holding() int {
	n := 0
	for _, t := range k.tenants {
		if t.bytes.Load() > 0 {
			n++
		}
	}
	return n
}

// share is the part of a context that has an instance of its own.
func (k *keeper) share() int64 {
	return k.options.MaxBytes / int64(min(max(k.holding(), 2), max(k.options.MaxContexts, 2)))
}

// relieve gives the context that fills most an instance of its own, once the shared one had to let something go and
// others are there to suffer from it.
func (k *keeper) relieve() {
	evicted := k.shared.evicted.Load()
	if evicted == k.seenEvicted || k.filled < k.shared.max/relieveAfter {
		return
	}
	k.seenEvicted, k.filled = evicted, 0
	if int(k.counters.instances.Load()) >= k.options.MaxContexts {
		return
	}
	var most *tenant
	sharing := 0
	for _, t := range k.tenants {
		if t.own != nil || t.bytes.Load() == 0 {
			continue
		}
		sharing++
		if most == nil || t.filled > most.filled {
			most = t
		}
	}
	if share := min(k.share(), k.shared.max/2); sharing >= 2 && most.filled >= share/2 {
		k.promote(most, share)
	}
}

// promote moves a context from the shared instance into one of its own.
func (k *keeper) promote(t *tenant, share int64) {
	moving := k.shared.entries(t)
	for _, e := range moving {
		k.shared.store.Del(e.hash)
	}
	k.shared.resize(k.shared.max - share)
	t.own = k.newInstance(share)
	for _, e := range moving {
		k.keep(e.copied())
	}
	k.publish()
}

// copied returns an entry of the same answer that is not yet kept.
func (e *entry) copied() *entry {
	return &entry{
		key: e.key, hash: e.hash, answer: e.answer, stamps: e.stamps,
		immutable: e.immutable, cost: e.cost, payer: e.payer,
	}
}

// reclaim closes the instances of idle contexts. What they held goes into the shared instance, as far as it fits.
func (k *keeper) reclaim(now time.Time) {
	for st, t := range k.tenants {
		if t.own == nil || now.Sub(t.usedAt) < giveBackAfter {
			continue
		}
		own := t.own
		t.own = nil
		moving := own.entries(nil)
		own.close()
		k.counters.instances.Add(-1)
		k.shared.resize(k.shared.max + own.max)
		for _, e := range moving {
			k.keep(e.copied())
		}
		k.publish()
		if t.bytes.Load() <= 0 {
			delete(k.tenants, st)
		}
	}
}

// balance brings the parts of own instances near the share of now: those far above shrink, those far below grow.
func (k *keeper) balance() {
	if k.counters.instances.Load() == 1 {
		return
	}
	share := k.share()
	for _, t := range k.tenants {
		if t.own != nil && t.own.max > 2*share {
			k.shared.max += t.own.max - share
			t.own.resize(share)
		}
	}
	k.shared.resize(k.shared.max)
	for _, t := range k.tenants {
		if t.own == nil || t.own.max >= share/2 {
			continue
		}
		if left := k.shared.max - (share - t.own.max); left >= max(share, k.shared.bytes.Load()) {
			k.shared.resize(left)
			t.own.resize(share)
		}
	}
}

// ageFills halves what contexts have filled, so that it tells of the last while.
func (k *keeper) ageFills() {
	for _, t := range k.tenants {
		t.filled /= 2
	}
}
