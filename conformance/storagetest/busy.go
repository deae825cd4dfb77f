package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"schemaside/storage"
)

func busyCases() []testCase {
	return []testCase{
		{"a deadline that passes under way leaves a commit whole or undone", deadlinesUnderWay},
		{"closing while calls are under way fails them and no more", closedWhileBusy},
		{"a scan is continued over very many rows", veryManyRows},
	}
}

// deadlinesUnderWay commits again and again with deadlines that are about as long as a commit, several at a time.
func deadlinesUnderWay(e *env) {
	const writers, tries = 4, 30
	c := e.context()
	var acknowledged, unknown atomic.Int32
	errs := together(writers, func(writer int32) error {
		for try := range tries {
			head, err := e.store.Head(e.Context(), c)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(e.Context(), time.Duration(try)*200*time.Microsecond)
			_, err = e.store.Commit(ctx, c, head.Revision, version("orders", head.NextID, writer), schema(head.NextID, "x"), storage.RaiseNextID{To: head.NextID + 1})
			cancel()
			switch {
			case err == nil:
				acknowledged.Add(1)
			case errors.Is(err, storage.ErrOutcomeUnknown):
				unknown.Add(1)
			case !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnavailable):
				return err
			}
		}
		return nil
	})
	e.ok("Commit", errors.Join(errs...))
	// The deadline of the last one may have ended while the database was still at work: it is over once another commit is in.
	for {
		head, err := e.store.Commit(e.Context(), c, e.head(c).Revision)
		if err == nil {
			applied := int32(head.Revision) - 1 //nolint:gosec // small
			if applied < acknowledged.Load() || applied > acknowledged.Load()+unknown.Load() {
				e.Errorf("%d commits are applied, %d were acknowledged and %d unknown", applied, acknowledged.Load(), unknown.Load())
			}
			equal(e, "NextID", head.NextID, applied+1)
			equal(e, "versions", len(e.versions(c, "orders")), int(applied))
			return
		}
		e.fails("Commit", err, storage.ErrConflict)
	}
}

// closedWhileBusy closes a store in the middle of reads and commits.
func closedWhileBusy(e *env) {
	const workers = 8
	s, c := e.fresh(), e.context()
	head, err := s.Commit(e.Context(), c, 0, everything(e.fingerprint())...)
	e.ok("Commit", err)
	var calls atomic.Int32
	busy, closed := make(chan struct{}), make(chan error, 1)
	go func() {
		<-busy
		closed <- s.Close()
	}()
	errs := together(workers, func(worker int32) error {
		own := c + "-" + strconv.Itoa(int(worker))
		for revision := storage.Revision(0); ; revision++ {
			if calls.Add(1) == 10*workers {
				close(busy)
			}
			row, got, err := s.Schema(e.Context(), c, 1)
			if err == nil && (row.Type != "AVRO" || got != head) {
				return fmt.Errorf("the schema reads %+v, %+v", row, got)
			}
			if err == nil {
				_, err = s.Commit(e.Context(), own, revision, version("orders", 1, worker))
			}
			switch {
			case errors.Is(err, storage.ErrUnavailable), errors.Is(err, storage.ErrOutcomeUnknown):
				return nil
			case err != nil:
				return err
			}
		}
	})
	e.ok("calls on a store that is closed meanwhile", errors.Join(errs...))
	e.ok("Close", <-closed)
	failing(e.Context(), e, s, c, 1)
}

// veryManyRows lists subjects and settings page by page.
func veryManyRows(e *env) {
	const together = 2000
	c := e.context()
	names := make([]string, e.many)
	for i := range names {
		names[i] = fmt.Sprintf("orders-%07d", i)
	}
	for part := range slices.Chunk(names, together) {
		changes := make([]storage.Change, 0, together)
		for i, name := range part {
			changes = append(changes, version(name, 1, int32(i+1)))
		}
		e.commit(c, changes...)
	}
	page := e.many/10 - 1
	scan := storage.Scan{Prefix: "orders-", Limit: page}
	list := e.subjectNames(c)
	for rest := names; ; rest = rest[page:] {
		got, want := list(scan), rest[:min(page, len(rest))]
		if !slices.Equal(got, want) {
			e.Errorf("the page behind %q has %d names, want %d, or others", scan.After, len(got), len(want))
			return
		}
		if len(got) < page {
			break
		}
		scan.After = got[page-1]
	}
	equal(e, "all at once", len(list(storage.Scan{})), e.many)
	equalRows(e, "one", e.versions(c, names[len(names)/2])[:1], e.versions(c, names[len(names)/2])...)
}
