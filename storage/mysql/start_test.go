package mysql_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/mysql"
)

// client opens connections of the test's own.
func client(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// changed returns a DSN that is edited.
func changed(t *testing.T, dsn string, edit func(*driver.Config)) string {
	t.Helper()
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	edit(config)
	return config.FormatDSN()
}

// tryOpen opens a store for a moment.
func tryOpen(ctx context.Context, o mysql.Options) error {
	s, err := mysql.Open(ctx, o)
	if err != nil {
		return err
	}
	return s.Close()
}

// refused demands an error that tells what to do.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestReplicas opens two stores on one registry, as two processes have them.
func TestReplicas(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		storagetest.RunReplicas(t, func(t *testing.T) (one, other storage.Store) {
			t.Helper()
			name := t.Name()
			o := mysql.Options{DSN: dsn, Namespace: name[strings.LastIndexByte(name, '/')+1:], Connections: 8}
			return open(t, o), open(t, o)
		})
	})
}

// TestStartTogether: of processes that start at once on an empty database one migrates, and all serve the same registry.
func TestStartTogether(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		stores := make([]storage.Store, 6)
		var all sync.WaitGroup
		for i := range stores {
			all.Go(func() { stores[i] = open(t, mysql.Options{DSN: dsn, Namespace: "one"}) })
		}
		all.Wait()
		epochs := map[uint64]bool{}
		for _, s := range stores {
			head, err := s.Head(t.Context(), ".")
			if err != nil {
				t.Fatal(err)
			}
			epochs[head.Epoch] = true
			s.Close()
		}
		if len(epochs) != 1 {
			t.Errorf("%d epochs of one registry", len(epochs))
		}
		listed, err := mysql.Migrations(t.Context(), mysql.Options{DSN: dsn})
		if err != nil || len(listed) == 0 || time.Since(listed[0].Applied) > time.Hour {
			t.Errorf("migrations: %+v, %v", listed, err)
		}
		if done, err := mysql.Migrate(t.Context(), mysql.Options{DSN: dsn}); err != nil || len(done) != 0 {
			t.Errorf("applied again: %+v, %v", done, err)
		}
	})
}

// TestStartWritesNothing starts on an up-to-date database with an account that may only read; a commit then changes
// nothing and says so.
func TestStartWritesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		if err := tryOpen(t.Context(), mysql.Options{DSN: dsn}); err != nil {
			t.Fatal(err)
		}
		const password = `p@ss/w:o'r"d #?%é\)(`
		var database string
		reader := changed(t, dsn, func(c *driver.Config) { database, c.User, c.Passwd = c.DBName, c.DBName[:20], password })
		db := client(t, dsn)
		account := "'" + database[:20] + "'@'%'"
		run(t, db, "CREATE USER "+account+" IDENTIFIED BY '"+strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(password)+"'")
		t.Cleanup(func() {
			if _, err := db.ExecContext(context.Background(), "DROP USER "+account); err != nil {
				t.Error(err)
			}
		})
		run(t, db, "GRANT SELECT ON "+database+".* TO "+account) //nolint:unqueryvet // a privilege, not a query
		s, err := mysql.Open(t.Context(), mysql.Options{DSN: reader})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.Commit(t.Context(), ".a", 0); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("a commit of who may not: %v", err)
		}
		if head, err := s.Head(t.Context(), ".a"); err != nil || head.Revision != 0 {
			t.Errorf("head %+v, %v", head, err)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		ctx, o := t.Context(), mysql.Options{DSN: dsn}
		refused(t, tryOpen(ctx, mysql.Options{DSN: dsn, NoMigrations: true}), "run `schemaside migrate`")
		if pending, err := mysql.Migrations(ctx, o); err != nil || len(pending) == 0 || !pending[0].Applied.IsZero() {
			t.Errorf("migrations of an empty database: %+v, %v", pending, err)
		}
		if done, err := mysql.Migrate(ctx, o); err != nil || len(done) == 0 {
			t.Fatalf("migrate: %+v, %v", done, err)
		}
		db := client(t, dsn)
		// A migration that was left before it was recorded is applied again.
		run(t, db, `DELETE FROM schemaside_migrations`)
		if err := tryOpen(ctx, o); err != nil {
			t.Errorf("after half a migration: %v", err)
		}
		run(t, db, `INSERT INTO schemaside_migrations VALUES (2, 'later', 'x', 1, utc_timestamp())`)
		if err := tryOpen(ctx, mysql.Options{DSN: dsn, NoMigrations: true}); err != nil {
			t.Errorf("after a rollback within what the database tolerates: %v", err)
		}
		run(t, db, `UPDATE schemaside_migrations SET oldest = 2 WHERE number = 2`)
		refused(t, tryOpen(ctx, o), "use a newer schemaside")
		run(t, db, `DELETE FROM schemaside_migrations WHERE number = 2`)
		run(t, db, `UPDATE schemaside_migrations SET checksum = 'x'`)
		refused(t, tryOpen(ctx, o), "another text of this migration")

		refused(t, tryOpen(ctx, mysql.Options{DSN: dsn, Namespace: strings.Repeat("x", 65)}), "at most 64 bytes")
		refused(t, tryOpen(ctx, mysql.Options{DSN: "root:secret@nowhere"}), "the DSN isn't")
		refused(t, tryOpen(ctx, mysql.Options{DSN: changed(t, dsn, func(c *driver.Config) { c.DBName = "" })}), "names no database")
		refused(t, tryOpen(ctx, mysql.Options{DSN: changed(t, dsn, func(c *driver.Config) { c.Passwd = "wrong" })}), "Access denied")
	})
}

// endSessions ends all sessions of a database but the one that asks.
func endSessions(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		// One that has ended by itself is as good.
		_, _ = db.ExecContext(t.Context(), `KILL ?`, id)
	}
}

// TestDeadConnections: connections that died while they lay idle cost neither a read nor a commit.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		s := open(t, mysql.Options{DSN: dsn, Connections: 3})
		defer s.Close()
		db := client(t, changed(t, dsn, func(c *driver.Config) { c.InterpolateParams = true }))
		db.SetMaxOpenConns(2)
		for n := range storage.Revision(3) {
			endSessions(t, db)
			if head, err := s.Head(t.Context(), ".a"); err != nil || head.Revision != n {
				t.Errorf("a read after the connections died: %+v, %v", head, err)
			}
			endSessions(t, db)
			if head, err := s.Commit(t.Context(), ".a", n); err != nil || head.Revision != n+1 {
				t.Errorf("a commit after the connections died: %+v, %v", head, err)
			}
		}
	})
}

// TestWaiting: whoever waits for a row or for a connection waits no longer than its deadline.
func TestWaiting(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		ctx := t.Context()
		s := open(t, mysql.Options{DSN: dsn, Connections: 1})
		defer s.Close()
		if _, err := s.Commit(ctx, ".a", 0); err != nil {
			t.Fatal(err)
		}
		tx, err := client(t, dsn).BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE schemaside_heads SET next_id = next_id + 1`); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		committed := make(chan error)
		go func() {
			_, err := s.Commit(short, ".a", 1)
			committed <- err
		}()
		if err := <-committed; !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, storage.ErrConflict) {
			t.Errorf("a commit that was left waiting: %v", err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		// It was never told to commit, so nothing is left of it, and the connection is of use again.
		if head, err := s.Commit(ctx, ".a", 1); err != nil || head.Revision != 2 || head.NextID != 1 {
			t.Errorf("the same commit afterwards: %+v, %v", head, err)
		}
	})
}

// TestWipedRegistry: what is gone as a whole isn't "not found".
func TestWipedRegistry(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		t.Helper()
		s := open(t, mysql.Options{DSN: dsn, Connections: 2})
		defer s.Close()
		for _, wipe := range []string{`DELETE FROM schemaside_registries`, `DROP TABLE schemaside_registries`} {
			run(t, client(t, dsn), wipe)
			if _, _, err := s.Schema(t.Context(), ".a", 1); !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s: Schema: %v", wipe, err)
			}
			if _, err := s.Heads(t.Context(), []string{".a"}); !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("%s: Heads: %v", wipe, err)
			}
			if _, err := s.Commit(t.Context(), ".a", 0); !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("%s: Commit: %v", wipe, err)
			}
		}
	})
}
