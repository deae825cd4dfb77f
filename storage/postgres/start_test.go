package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"schemaside/conformance/services"
	"schemaside/storage"
	"schemaside/storage/postgres"
)

// run runs a statement on a connection of its own.
func run(t *testing.T, dsn, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// with returns a DSN with one more parameter.
func with(t *testing.T, dsn, parameter, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(parameter, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// tryOpen opens a store for a moment.
func tryOpen(ctx context.Context, o postgres.Options) error {
	s, err := postgres.Open(ctx, o)
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

// TestStartTogether: of processes that start at once on an empty database one migrates, and all serve the same registry.
func TestStartTogether(t *testing.T) {
	t.Parallel()
	dsn := services.Postgres(t)
	stores := make([]storage.Store, 6)
	var all sync.WaitGroup
	for i := range stores {
		all.Go(func() { stores[i] = open(t, postgres.Options{DSN: dsn, Namespace: "one"}) })
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
	listed, err := postgres.Migrations(t.Context(), postgres.Options{DSN: dsn})
	if err != nil || len(listed) == 0 || listed[0].Applied.IsZero() {
		t.Errorf("migrations: %+v, %v", listed, err)
	}
	if done, err := postgres.Migrate(t.Context(), postgres.Options{DSN: dsn}); err != nil || len(done) != 0 {
		t.Errorf("applied again: %+v, %v", done, err)
	}
}

// TestStartWritesNothing starts on an up-to-date database with an account that can't write; a commit then changes nothing
// and says so.
func TestStartWritesNothing(t *testing.T) {
	t.Parallel()
	dsn := services.Postgres(t)
	if err := tryOpen(t.Context(), postgres.Options{DSN: dsn}); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Open(t.Context(), postgres.Options{DSN: with(t, dsn, "default_transaction_read_only", "on")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Commit(t.Context(), ".a", 0); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a commit on a read-only server: %v", err)
	}
	if head, err := s.Head(t.Context(), ".a"); err != nil || head.Revision != 0 {
		t.Errorf("head %+v, %v", head, err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), services.Postgres(t)
	o := postgres.Options{DSN: dsn}
	refused(t, tryOpen(ctx, postgres.Options{DSN: dsn, NoMigrations: true}), "run `schemaside migrate`")
	if pending, err := postgres.Migrations(ctx, o); err != nil || len(pending) == 0 || !pending[0].Applied.IsZero() {
		t.Errorf("migrations of an empty database: %+v, %v", pending, err)
	}
	if done, err := postgres.Migrate(ctx, o); err != nil || len(done) == 0 {
		t.Fatalf("migrate: %+v, %v", done, err)
	}
	if err := tryOpen(ctx, postgres.Options{DSN: dsn, NoMigrations: true}); err != nil {
		t.Error(err)
	}
	const later = `INSERT INTO schemaside_migrations VALUES (2, 'later', 'x', 1, now())`
	run(t, dsn, later)
	if err := tryOpen(ctx, o); err != nil {
		t.Errorf("after a rollback within what the database tolerates: %v", err)
	}
	run(t, dsn, `UPDATE schemaside_migrations SET oldest = 2 WHERE number = 2`)
	refused(t, tryOpen(ctx, o), "use a newer schemaside")
	run(t, dsn, `DELETE FROM schemaside_migrations WHERE number = 2`)
	run(t, dsn, `UPDATE schemaside_migrations SET checksum = 'x'`)
	refused(t, tryOpen(ctx, o), "another text of this migration")

	refused(t, tryOpen(ctx, postgres.Options{DSN: dsn, Namespace: strings.Repeat("x", 65)}), "at most 64 bytes")
	refused(t, tryOpen(ctx, postgres.Options{DSN: "postgres://a:se%cret@x/y"}), "neither a URL nor")
	refused(t, tryOpen(ctx, postgres.Options{DSN: strings.Replace(dsn, "schemaside:schemaside@", "schemaside:wrong@", 1)}), "password authentication failed")
	if err := tryOpen(ctx, postgres.Options{DSN: "postgres://a:se%cret@x/y"}); strings.Contains(err.Error(), "cret") {
		t.Errorf("%v shows the password", err)
	}
}

// TestPasswords: any password will do, in a URL and in key/value pairs.
func TestPasswords(t *testing.T) {
	t.Parallel()
	const password = `p@ss/w:o'r"d #?%é\`
	dsn, role := services.Postgres(t), "role_"+strings.ToLower(rand.Text())
	quoted := "'" + strings.ReplaceAll(password, "'", "''") + "'"
	run(t, dsn, "CREATE ROLE "+role+" LOGIN SUPERUSER PASSWORD "+quoted)
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), dsn)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, password)
	escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password)
	pairs := "host=" + u.Hostname() + " port=" + u.Port() + " dbname=" + strings.TrimPrefix(u.Path, "/") + " user=" + role + " password='" + escaped + "' sslmode=disable"
	for _, dsn := range []string{u.String(), pairs} {
		if err := tryOpen(t.Context(), postgres.Options{DSN: dsn}); err != nil {
			t.Errorf("%v", err)
		}
	}
}
