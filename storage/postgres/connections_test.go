package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"schemaside/conformance/services"
	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/postgres"
)

// TestReplicas opens two stores on one registry, as two processes have them.
func TestReplicas(t *testing.T) {
	t.Parallel()
	dsn := services.Postgres(t)
	storagetest.RunReplicas(t, func(t *testing.T) (one, other storage.Store) {
		t.Helper()
		o := postgres.Options{DSN: dsn, Namespace: "of " + t.Name()[len("TestReplicas/"):], Connections: 8}
		return open(t, o), open(t, o)
	})
}

// endSessions ends all sessions of a database but the one that asks.
const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

// TestDeadConnections: connections that died while they lay idle cost neither a read nor a commit.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	dsn := services.Postgres(t)
	s := open(t, postgres.Options{DSN: dsn, Connections: 3})
	defer s.Close()
	for n := range storage.Revision(3) {
		run(t, dsn, endSessions)
		if head, err := s.Head(t.Context(), ".a"); err != nil || head.Revision != n {
			t.Errorf("a read after the connections died: %+v, %v", head, err)
		}
		run(t, dsn, endSessions)
		if head, err := s.Commit(t.Context(), ".a", n); err != nil || head.Revision != n+1 {
			t.Errorf("a commit after the connections died: %+v, %v", head, err)
		}
	}
}

// TestWaiting: whoever waits for a row or for a connection waits no longer than its deadline.
func TestWaiting(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), services.Postgres(t)
	s := open(t, postgres.Options{DSN: dsn, Connections: 1})
	defer s.Close()
	if _, err := s.Commit(ctx, ".a", 0); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{`BEGIN`, `SELECT 1 FROM schemaside_heads FOR UPDATE`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	committed := make(chan error)
	go func() {
		_, err := s.Commit(short, ".a", 1)
		committed <- err
	}()
	for waits := false; !waits; {
		const waiting = `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
		if err := conn.QueryRow(ctx, waiting).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	shorter, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := s.Head(shorter, ".a"); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a read without a free connection: %v", err)
	}
	if err := <-committed; !errors.Is(err, storage.ErrOutcomeUnknown) {
		t.Errorf("a commit that was left waiting: %v", err)
	}
	if _, err := conn.Exec(ctx, `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if head, err := s.Head(ctx, ".a"); err != nil || head.Revision > 2 {
		t.Errorf("head afterwards: %+v, %v", head, err)
	}
}

// TestWipedRegistry: what is gone as a whole isn't "not found".
func TestWipedRegistry(t *testing.T) {
	t.Parallel()
	dsn := services.Postgres(t)
	s := open(t, postgres.Options{DSN: dsn, Connections: 2})
	defer s.Close()
	for _, wipe := range []string{`DELETE FROM schemaside_registries`, `DROP TABLE schemaside_registries`} {
		run(t, dsn, wipe)
		if _, _, err := s.Schema(t.Context(), ".a", 1); !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: Schema: %v", wipe, err)
		}
		if _, err := s.ListContexts(t.Context()); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s: ListContexts: %v", wipe, err)
		}
		if _, err := s.Heads(t.Context(), []string{".a"}); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s: Heads: %v", wipe, err)
		}
		if _, err := s.Commit(t.Context(), ".a", 0); err == nil {
			t.Errorf("%s: a commit succeeds", wipe)
		}
	}
}

// TestNotifications: a store hears of the contexts that another one has moved, of none that it has moved itself, nor of
// other registries; and of all of them once it listens again.
func TestNotifications(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), services.Postgres(t)
	hears := open(t, postgres.Options{DSN: dsn, Namespace: "one"})
	moves := open(t, postgres.Options{DSN: dsn, Namespace: "one"})
	stranger := open(t, postgres.Options{DSN: dsn, Namespace: "two"})
	for _, s := range []storage.Store{hears, moves, stranger} {
		defer s.Close()
	}
	hints := make(chan string, 100)
	hears.Notify(func(registryCtx string) { hints <- registryCtx })
	next := func(want string) {
		t.Helper()
		select {
		case got := <-hints:
			if got != want {
				t.Errorf("a hint at %q, want %q", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no hint at %q", want)
		}
	}
	commit := func(s storage.Store, registryCtx string) {
		t.Helper()
		if _, err := s.Commit(ctx, registryCtx, 0); err != nil {
			t.Fatal(err)
		}
	}
	next("")
	commit(hears, ".own")
	commit(stranger, ".strange")
	commit(moves, ".a ß\n\"")
	next(".a ß\n\"")
	run(t, dsn, endSessions)
	next("")
	commit(moves, ".b")
	next(".b")
}
