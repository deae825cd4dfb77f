package embedded

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"schemaside/storage"
)

func text(id int32, size int) storage.Change {
	return storage.PutSchema{Schema: storage.Schema{ID: id, Type: "AVRO", Text: strings.Repeat("x", size)}}
}

// TestDiskFull: what finds no room surely didn't happen, small commits and reads go on, and so does all once there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s, err := Open(Options{Path: filepath.Join(t.TempDir(), "schemaside.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	head, err := s.Commit(t.Context(), ".a", 0, text(1, 100))
	if err != nil {
		t.Fatal(err)
	}
	// Nobody is writing, so the limit may change.
	s.db.MaxSize = 1 << 16
	for range 3 {
		if _, err := s.Commit(t.Context(), ".a", head.Revision, text(2, 1<<20)); !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrOutcomeUnknown) {
			t.Errorf("Commit without room: %v", err)
		}
		if _, at, err := s.Schema(t.Context(), ".a", 2); !errors.Is(err, storage.ErrNotFound) || at != head {
			t.Errorf("the schema that found no room: %v, at %+v", err, at)
		}
	}
	s.db.MaxSize = 0
	if head, err = s.Commit(t.Context(), ".a", head.Revision, text(2, 1<<20)); err != nil || head.Revision != 2 {
		t.Errorf("Commit with room again: %+v, %v", head, err)
	}
}

// TestQueue: commits that wait for the writer end with their deadline, or with the store, and then never happen.
func TestQueue(t *testing.T) {
	t.Parallel()
	s, err := Open(Options{Path: filepath.Join(t.TempDir(), "schemaside.db")})
	if err != nil {
		t.Fatal(err)
	}
	s.writing <- struct{}{} // the test is the one who writes
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Commit(ctx, ".a", 0); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a commit whose deadline passed while it waited: %v", err)
	}
	if n := len(s.queue.waiting); n != 0 {
		t.Errorf("%d commits wait", n)
	}
	var all sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		all.Go(func() { _, errs[i] = s.Commit(t.Context(), ".a", 0) })
	}
	for waiting := 0; waiting < len(errs); {
		s.queue.mu.Lock()
		waiting = len(s.queue.waiting)
		s.queue.mu.Unlock()
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for !s.closed.Load() {
		time.Sleep(time.Millisecond)
	}
	<-s.writing
	all.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	// One of them may have taken the token before Close did, and then all were written together: one, and nine conflicts.
	for _, err := range errs {
		if err != nil && !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, storage.ErrConflict) {
			t.Errorf("a commit that waited when the store was closed: %v", err)
		}
	}
	// So does one that had asked whether the store is open just before.
	if err := s.queue.add(&commit{}); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a commit that comes to the queue of a closed store: %v", err)
	}
}
