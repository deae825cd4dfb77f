package registry

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"schemaside/storage"
)

// commitAttempts bounds how often a write is decided anew because another process was faster.
const commitAttempts = 40

// queue lets the writers of one context in this process wait for each other rather than race.
type queue struct {
	// context is the registry's own copy of the name: a caller's is only borrowed.
	context string
	// turn holds one token: whoever has taken it writes.
	turn chan struct{}
	// users counts who holds or waits; guarded by Registry.queuesMu.
	users int
}

// enter waits for the caller's turn to write to a context, and tells whether there was somebody to wait for. Errors wrap
// storage.ErrUnavailable.
func (r *Registry) enter(ctx context.Context, registryCtx string) (leave func(), waited bool, err error) {
	r.queuesMu.Lock()
	q := r.queues[registryCtx]
	if q == nil {
		q = &queue{context: strings.Clone(registryCtx), turn: make(chan struct{}, 1)}
		r.queues[q.context] = q
	}
	q.users++
	r.queuesMu.Unlock()

	forget := func() {
		r.queuesMu.Lock()
		if q.users--; q.users == 0 {
			delete(r.queues, q.context)
		}
		r.queuesMu.Unlock()
	}
	leave = func() { <-q.turn; forget() }
	select {
	case q.turn <- struct{}{}:
		return leave, false, nil
	default:
	}
	select {
	case q.turn <- struct{}{}:
		return leave, true, nil
	case <-ctx.Done():
		forget()
		return nil, true, errors.Join(storage.ErrUnavailable, ctx.Err())
	}
}

// decision reads what it needs and returns what to commit. No changes: nothing is to be written.
type decision[T any] func(s *session) (T, []storage.Change, error)

// write decides and commits in one context, again from fresh rows when the context moved meanwhile.
func write[T any](ctx context.Context, r *Registry, registryCtx string, decide decision[T]) (T, error) {
	return writeOn(ctx, r, registryCtx, nil, decide)
}

// writeOn is write for a caller that has just read: the first decision rests on what that session has seen, if nobody
// else's turn came in between. Whether it still holds is found out by the commit, as always.
func writeOn[T any](ctx context.Context, r *Registry, registryCtx string, seen *session, decide decision[T]) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	leave, waited, err := r.enter(ctx, registryCtx)
	if err != nil {
		return none, answerable(err)
	}
	defer leave()
	for attempt := 1; ; attempt++ {
		s := r.begin(ctx)
		if attempt == 1 && seen != nil && !waited {
			s = seen.on(ctx)
		}
		v, err := decideAndCommit(s, registryCtx, decide)
		moved := errors.Is(err, storage.ErrConflict) || errors.Is(err, errMoved)
		if !moved || attempt == commitAttempts {
			return v, answerable(err)
		}
		if err := pause(ctx, attempt); err != nil {
			return none, answerable(err)
		}
	}
}

func decideAndCommit[T any](s *session, registryCtx string, decide decision[T]) (T, error) {
	v, changes, err := decide(s)
	if err != nil || len(changes) == 0 {
		return v, err
	}
	_, err = s.commit(registryCtx, changes...)
	return v, err
}

// commit applies changes to a context if it is still at the revision that the session has seen, and tells the new head.
func (s *session) commit(registryCtx string, changes ...storage.Change) (storage.Head, error) {
	seen, err := s.head(registryCtx)
	if err != nil {
		return seen, err
	}
	head, err := s.r.store.Commit(s.ctx, registryCtx, seen.Revision, changes...)
	if err != nil {
		return head, err
	}
	s.r.o.Learn(registryCtx, head)
	// What was read may read otherwise now.
	s.rows = rows{}
	return head, nil
}

// pause waits before the next attempt: longer each time, with jitter, so that processes don't meet again.
func pause(ctx context.Context, attempt int) error {
	t := time.NewTimer(rand.N(time.Duration(min(attempt, 10)) * 4 * time.Millisecond)) //nolint:gosec // jitter is no secret
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errors.Join(storage.ErrUnavailable, ctx.Err())
	}
}
