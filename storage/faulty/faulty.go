// Package faulty is a storage.Store for tests whose calls fail, wait and are counted as a test wants it.
package faulty

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"schemaside/storage"
)

// Store passes calls on to another Store, unless it was told otherwise. A call is first counted, then held, then
// failed. Close is counted and passed on, never held or failed.
type Store struct {
	store storage.Store

	mu    sync.Mutex
	calls map[string]int
	holds []*hold
	fault fault
}

var _ storage.Store = (*Store)(nil)

// fault fails calls of the methods named, or of all when none is named.
type fault struct {
	err     error
	methods []string
}

// hold stops calls of the methods named, or of all when none is named, until released is closed.
type hold struct {
	released chan struct{}
	methods  []string
}

func concerns(methods []string, method string) bool {
	return len(methods) == 0 || slices.Contains(methods, method)
}

// Wrap returns a Store that behaves like s until it is told otherwise.
func Wrap(s storage.Store) *Store {
	return &Store{store: s, calls: make(map[string]int)}
}

// Fail lets calls from now on return err without reaching the store, also calls that are held when they are
// released. Without methods ("Commit", "Schema", ...) it concerns all. It takes the place of an earlier Fail.
func (s *Store) Fail(err error, methods ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault{err: err, methods: methods}
}

// Heal ends what Fail began.
func (s *Store) Heal() { s.Fail(nil) }

// Hold lets calls from now on wait until release is called, or until their context ends, which gives
// storage.ErrUnavailable. Without methods it concerns all. Several holds add up. release may be called twice.
func (s *Store) Hold(methods ...string) (release func()) {
	h := &hold{released: make(chan struct{}), methods: methods}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds = append(s.holds, h)
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.holds = slices.DeleteFunc(s.holds, func(other *hold) bool { return other == h })
		close(h.released)
	})
}

// Calls tells how often a method was called, held and failed calls included.
func (s *Store) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// TotalCalls tells how often any method was called.
func (s *Store) TotalCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, n := range s.calls {
		total += n
	}
	return total
}

// ResetCalls lets counting start again from nothing.
func (s *Store) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.calls)
}

// enter does what was asked for before a call reaches the store.
func (s *Store) enter(ctx context.Context, method string) error {
	for _, h := range s.count(method) {
		select {
		case <-h.released:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: %w", method, storage.ErrUnavailable, ctx.Err())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault.err != nil && concerns(s.fault.methods, method) {
		return fmt.Errorf("%s: %w", method, s.fault.err)
	}
	return nil
}

// count counts a call and returns what holds it.
func (s *Store) count(method string) []*hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[method]++
	var holds []*hold
	for _, h := range s.holds {
		if concerns(h.methods, method) {
			holds = append(holds, h)
		}
	}
	return holds
}
