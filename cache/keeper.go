package cache

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"
)

const (
	// maxSettling bounds the flights that wait for the keeper. What comes on top is served but not kept.
	maxSettling = 1024
	// roundEvery is how often the keeper tells ristretto which entries were hit, and looks after the instances.
	roundEvery = 250 * time.Millisecond
	// maxHits is how many different entries' hits are told in a round; of more, the latest.
	maxHits = 1 << 12
	// forgetEvery is how many rounds pass between clearing out contexts.
	forgetEvery = 40
)

// keeper decides what stays in memory. It is the only one that changes the instances, from one goroutine.
//
// An answer goes into an instance first, and into the index, where requests find it, only once ristretto has taken
// it in; it leaves the index when ristretto lets it go. So the index never holds more than the instances do.
type keeper struct {
	index    *xsync.Map[uint64, *entry]
	heads    *heads
	counters *counters
	options  Options

	queue    chan *flight
	settling atomic.Int64 // bytes in queue
	landed   func(*flight)

	// hits is a ring of hashes of entries that were hit in this round, overwritten when it is full.
	hits     [maxHits]atomic.Uint64
	nextHit  atomic.Uint64
	round    atomic.Uint32
	toldHits uint64

	// mu guards what follows. Only the keeper's goroutine takes it, and tests that look inside.
	mu     sync.Mutex
	shared *instance
	// seenEvicted is how much the shared instance had evicted when that was last looked at.
	seenEvicted uint64
	// filled is how many bytes were put in since relieve last counted.
	filled  int64
	tenants map[*contextState]*tenant
	// batch holds what was put into instances and is not in the index yet.
	batch map[uint64]*entry
	// touched are the instances that batch went into.
	touched map[*instance]struct{}
	stopped chan struct{}

	// emptied are tenants that held nothing when an entry of theirs left.
	emptying sync.Mutex
	emptied  []*tenant
}

func newKeeper(c *Cache) *keeper {
	k := &keeper{
		index: c.index, heads: c.heads, counters: &c.counters, options: c.options,
		queue:   make(chan *flight, maxSettling),
		landed:  c.flights.remove,
		tenants: make(map[*contextState]*tenant),
		batch:   make(map[uint64]*entry),
		touched: make(map[*instance]struct{}),
		stopped: make(chan struct{}),
	}
	k.round.Store(1)
	if !c.options.Disabled {
		k.shared = k.newInstance(c.options.MaxBytes)
	}
	return k
}

// offer hands a flight's entry over to be kept. It returns false when there is too much to do, or the cache is closed.
func (k *keeper) offer(f *flight) bool {
	if k.settling.Add(f.entry.cost) > max(k.options.MaxBytes/4, f.entry.cost) {
		k.settling.Add(-f.entry.cost)
		return false
	}
	select {
	case <-k.stopped:
	case k.queue <- f:
		return true
	default:
	}
	k.settling.Add(-f.entry.cost)
	return false
}

// use tells that an entry was hit, at most once a round.
func (k *keeper) use(e *entry) {
	round := k.round.Load()
	if last := e.usedIn.Load(); last != round && e.usedIn.CompareAndSwap(last, round) {
		k.hits[k.nextHit.Add(1)%maxHits].Store(e.hash)
	}
}

func (k *keeper) run(ctx context.Context) {
	defer close(k.stopped)
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			k.close()
			return
		case f := <-k.queue:
			k.settle(f)
		case <-tick.C:
			k.look()
		}
	}
}

// settle keeps the entries of a flight and of those that wait behind it, and ends the flights.
func (k *keeper) settle(first *flight) {
	fs := []*flight{first}
	for more := true; more && len(fs) < maxSettling; {
		select {
		case f := <-k.queue:
			fs = append(fs, f)
		default:
			more = false
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range fs {
		k.keep(f.entry)
	}
	k.publish()
	for _, f := range fs {
		k.landed(f)
		k.settling.Add(-f.entry.cost)
	}
	k.relieve()
	k.dropEmptied()
}

// keep puts an entry into the instance of its payer, in the place of what has the same hash.
func (k *keeper) keep(e *entry) {
	if _, twice := k.batch[e.hash]; twice {
		k.publish()
	}
	old, ok := k.index.Load(e.hash)
	if e.instead != nil && e.instead != old {
		return
	}
	e.instead = nil
	if !k.heads.hold(e) {
		return
	}
	if ok {
		old.home.store.Del(old.hash)
	}
	t := k.tenantOf(e.payer)
	t.filled += e.cost
	k.filled += e.cost
	e.tenant, e.home = t, k.shared
	if t.own != nil {
		e.home = t.own
	}
	// The read counts the demand: an answer asked for again and again is taken in where a new one isn't.
	e.home.store.Get(e.hash)
	if !e.home.store.Set(e.hash, e, e.cost) {
		k.letGo(e)
		return
	}
	k.batch[e.hash] = e
	k.touched[e.home] = struct{}{}
}

// publish waits until ristretto has decided on the batch, and shows what it took in.
func (k *keeper) publish() {
	for i := range k.touched {
		i.store.Wait()
	}
	for hash, e := range k.batch {
		if !e.stage.CompareAndSwap(arriving, listed) {
			continue
		}
		k.count(e, 1)
		k.index.Store(hash, e)
		// If it went between these two steps, nobody else has taken it out of the index.
		if e.stage.Load() == gone {
			k.unlist(e)
		}
	}
	clear(k.batch)
	clear(k.touched)
}

// letGo takes an entry out of the books. ristretto calls it for whatever leaves an instance or was not let in.
func (k *keeper) letGo(e *entry) {
	if e == nil {
		return
	}
	stage := e.stage.Swap(gone)
	if stage == gone {
		return
	}
	if stage == listed {
		k.unlist(e)
		k.count(e, -1)
	}
	k.heads.release(e)
	if e.tenant.bytes.Load() <= 0 {
		k.emptying.Lock()
		k.emptied = append(k.emptied, e.tenant)
		k.emptying.Unlock()
	}
}

func (k *keeper) count(e *entry, n int64) {
	k.counters.entries.Add(n)
	k.counters.bytes.Add(n * e.cost)
	e.home.bytes.Add(n * e.cost)
	e.tenant.bytes.Add(n * e.cost)
}

// unlist takes an entry out of the index, if it is still there.
func (k *keeper) unlist(e *entry) {
	k.index.Compute(e.hash, func(there *entry, _ bool) (*entry, xsync.ComputeOp) {
		if there == e {
			return nil, xsync.DeleteOp
		}
		return there, xsync.CancelOp
	})
}

// look does what is due in a round.
func (k *keeper) look() {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	k.tellHits(now)
	k.reclaim(now)
	k.balance()
	k.dropEmptied()
	if round := k.round.Add(1); round%forgetEvery == 0 {
		k.heads.forget(now)
		k.ageFills()
	}
}

// tellHits passes the hits of the last round on to ristretto.
func (k *keeper) tellHits(now time.Time) {
	last := k.nextHit.Load()
	for n := max(k.toldHits, last-min(last, maxHits)) + 1; n <= last; n++ {
		e, ok := k.index.Load(k.hits[n%maxHits].Load())
		if ok {
			e.home.store.Get(e.hash)
			e.tenant.usedAt = now
		}
	}
	k.toldHits = last
}

func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.tenants {
		if t.own != nil {
			t.own.close()
		}
	}
	k.shared.close()
	for {
		select {
		case f := <-k.queue:
			k.landed(f)
		default:
			return
		}
	}
}
