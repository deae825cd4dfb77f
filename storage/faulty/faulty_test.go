package faulty_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

func TestPassesOn(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store { return faulty.Wrap(memory.New()) })
}

func TestFail(t *testing.T) {
	t.Parallel()
	s := faulty.Wrap(memory.New())
	f := func(what string, wantHead, wantCommit error) {
		t.Helper()
		head, err := s.Head(t.Context(), ".")
		if !errors.Is(err, wantHead) {
			t.Errorf("%s: Head: error %v, want %v", what, err, wantHead)
		}
		if _, err := s.Commit(t.Context(), ".", head.Revision); !errors.Is(err, wantCommit) {
			t.Errorf("%s: Commit: error %v, want %v", what, err, wantCommit)
		}
	}
	f("healthy", nil, nil)
	s.Fail(storage.ErrUnavailable)
	f("away", storage.ErrUnavailable, storage.ErrUnavailable)
	s.Fail(storage.ErrOutcomeUnknown, "Commit")
	f("commits fail", nil, storage.ErrOutcomeUnknown)
	s.Heal()
	f("healed", nil, nil)
	if head, err := s.Head(t.Context(), "."); err != nil || head.Revision != 2 {
		t.Errorf("%d commits reached the store, want 2 (%v)", head.Revision, err)
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := faulty.Wrap(memory.New())
		release := s.Hold("Head")
		cancelled, cancel := context.WithCancel(t.Context())
		held, gaveUp := make(chan error, 1), make(chan error, 1)
		go func() { _, err := s.Head(t.Context(), "."); held <- err }()
		go func() { _, err := s.Head(cancelled, "."); gaveUp <- err }()
		synctest.Wait()
		if len(held) != 0 || s.Calls("Head") != 2 {
			t.Fatalf("%d of %d calls of Head went on", len(held), s.Calls("Head"))
		}
		if _, err := s.ListContexts(t.Context()); err != nil {
			t.Errorf("a call that isn't held: error %v", err)
		}
		cancel()
		if err := <-gaveUp; !errors.Is(err, storage.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled call: error %v", err)
		}
		s.Fail(storage.ErrUnavailable)
		release()
		release()
		if err := <-held; !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("a call that was held until calls fail: error %v", err)
		}
		s.Heal()
		if _, err := s.Head(t.Context(), "."); err != nil {
			t.Errorf("a call after the release: error %v", err)
		}
	})
}

func TestCalls(t *testing.T) {
	t.Parallel()
	s := faulty.Wrap(memory.New())
	f := func(head, total int) {
		t.Helper()
		if s.Calls("Head") != head || s.TotalCalls() != total {
			t.Errorf("%d calls of Head of %d, want %d of %d", s.Calls("Head"), s.TotalCalls(), head, total)
		}
	}
	f(0, 0)
	_, _ = s.Head(t.Context(), ".")
	_, _ = s.ListContexts(t.Context())
	f(1, 2)
	s.Fail(storage.ErrUnavailable)
	_, _ = s.Head(t.Context(), ".")
	f(2, 3)
	s.ResetCalls()
	f(0, 0)
}
