package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"schemaside/storage"
)

// commit is a call of Commit that waits for its turn, or has had it.
type commit struct {
	registryCtx string
	base        storage.Revision
	changes     []storage.Change
	// head and err are the outcome once done is closed.
	head storage.Head
	err  error
	done chan struct{}
}

// queue holds the commits that nobody has taken yet.
type queue struct {
	mu      sync.Mutex
	waiting []*commit
	// closed is why none can wait any more.
	closed error
}

func (q *queue) add(c *commit) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed == nil {
		q.waiting = append(q.waiting, c)
	}
	return q.closed
}

// withdraw tells whether the commit was still waiting. If so, it never happens.
func (q *queue) withdraw(c *commit) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, c)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// take returns the commits that have waited longest.
func (q *queue) take(most int) []*commit {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.waiting))
	taken := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return taken
}

// close fails the commits that wait, and those to come.
func (q *queue) close(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range q.waiting {
		c.err = err
		close(c.done)
	}
	q.waiting, q.closed = nil, err
}

// batch is how many commits share a transaction at most: they wait for one disk together.
const batch = 64

// Commit implements storage.Store. Commits that come while another one is written are written together afterwards.
func (s *Store) Commit(ctx context.Context, registryCtx string, base storage.Revision, changes ...storage.Change) (storage.Head, error) {
	if err := s.usable(ctx); err != nil {
		return storage.Head{}, err
	}
	if err := storage.CheckNames(registryCtx, changes); err != nil {
		return storage.Head{}, err
	}
	c := &commit{registryCtx: registryCtx, base: base, changes: changes, done: make(chan struct{})}
	if err := s.queue.add(c); err != nil {
		return storage.Head{}, err
	}
	select {
	case s.writing <- struct{}{}:
		s.lead(c)
		<-s.writing
	case <-c.done:
	case <-ctx.Done():
		if s.queue.withdraw(c) {
			return storage.Head{}, s.unavailable(ctx.Err())
		}
		<-c.done
	}
	return c.head, c.err
}

// lead writes what waits, until the leader's own commit is done.
func (s *Store) lead(own *commit) {
	for {
		select {
		case <-own.done:
			return
		default:
		}
		taken := s.queue.take(batch)
		s.write(taken)
		for _, c := range taken {
			close(c.done)
		}
	}
}

// errNothing ends a transaction in which nothing was written.
var errNothing = errors.New("nothing was written")

// write gives each of the commits its outcome.
func (s *Store) write(commits []*commit) {
	applied := false
	err := guarded(s.path, func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			err := s.applyAll(tx, commits)
			applied = err == nil
			return err
		})
	})
	switch {
	case err == nil, errors.Is(err, errNothing):
		// The outcomes stand already.
	case !applied && len(commits) > 1:
		// What is wrong with one context is not the others' fault.
		for _, c := range commits {
			s.write([]*commit{c})
		}
	default:
		s.settle(commits, err)
	}
}

// applyAll applies commits in a transaction, each with its outcome. Errors: errNothing when all are in conflict; what is
// wrong with the file.
func (s *Store) applyAll(tx *bbolt.Tx, commits []*commit) error {
	err := errNothing
	for _, c := range commits {
		c.head, c.err = s.apply(tx, c)
		switch {
		case c.err == nil:
			err = nil
		case !errors.Is(c.err, storage.ErrConflict):
			return c.err
		}
	}
	return err
}

// settle tells what became of commits whose transaction failed. Nothing counts until the last page is written, and nobody
// else writes: if the file doesn't show it, it didn't happen. If it does, the disk may still forget it.
func (s *Store) settle(commits []*commit, cause error) {
	for _, c := range commits {
		if errors.Is(c.err, storage.ErrConflict) {
			continue
		}
		c.head, c.err = storage.Head{}, s.unavailable(cause)
		if at, err := s.revision(c.registryCtx); err != nil || at != c.base {
			c.err = fmt.Errorf("%s: commit to context %s: %w: %w", s.path, c.registryCtx, storage.ErrOutcomeUnknown, cause)
		}
	}
}

// revision reads where a context is, whether or not the store is about to close.
func (s *Store) revision(registryCtx string) (at storage.Revision, err error) {
	err = guarded(s.path, func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			rows, err := s.open(tx, registryCtx)
			at = rows.head.Revision
			return err
		})
	})
	return at, err
}

// apply applies a commit in a transaction, all or nothing, unless the file is damaged.
func (s *Store) apply(tx *bbolt.Tx, c *commit) (storage.Head, error) {
	rows, err := s.open(tx, c.registryCtx)
	if err != nil {
		return storage.Head{}, err
	}
	if rows.head.Revision != c.base {
		return storage.Head{}, fmt.Errorf("commit to context %s at revision %d, decided on %d: %w",
			c.registryCtx, rows.head.Revision, c.base, storage.ErrConflict)
	}
	if rows.bucket == nil {
		if rows.bucket, err = tx.Bucket(s.buckets.contexts).CreateBucket([]byte(c.registryCtx)); err != nil {
			return storage.Head{}, s.unavailable(err)
		}
	}
	w := writer{
		registryCtx: c.registryCtx, rows: rows,
		subjects: tx.Bucket(s.buckets.subjects), fingerprints: tx.Bucket(s.buckets.fingerprints), known: tx.Bucket(s.buckets.known),
	}
	w.rows.head.Revision++
	for _, change := range c.changes {
		w.apply(change)
	}
	w.put(rows.bucket, headKey(), encode(w.rows.head))
	if w.err != nil {
		return storage.Head{}, fmt.Errorf("commit to context %s: %w", c.registryCtx, w.err)
	}
	return w.rows.head, nil
}
