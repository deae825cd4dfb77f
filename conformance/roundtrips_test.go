package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"schemaside/backend"
	"schemaside/backend/registry"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/wire"
	"schemaside/conformance/services"
	"schemaside/resolver"
	"schemaside/storage"
	"schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

// exchanges counts what goes to a database and is waited for.
type exchanges struct{ n atomic.Int64 }

func (e *exchanges) count(what string) {
	// Notifications are sent aside, after the answer.
	if !strings.Contains(what, "pg_notify") {
		e.n.Add(1)
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (e *exchanges) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	e.count(q.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*exchanges) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestRoundTrips holds how often an answer that isn't kept in memory goes to the database. Statements are prepared once a
// connection, which isn't counted.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		open func(t *testing.T, e *exchanges) (storage.Store, error)
		// The counts: a registration of the first version, of it again, of the second version, of a known schema under another
		// subject; a schema by ID; the list of versions; a version.
		want string
	}{
		{"PostgreSQL", func(t *testing.T, e *exchanges) (storage.Store, error) {
			t.Helper()
			return postgres.Open(t.Context(), postgres.Options{DSN: services.Postgres(t), Namespace: rand.Text(), Connections: 1, Tracer: e})
		}, "3 2 4 3 1 1 2"},
		{"MySQL", func(t *testing.T, e *exchanges) (storage.Store, error) {
			t.Helper()
			return mysql.Open(t.Context(), mysql.Options{DSN: services.MySQL(t), Namespace: rand.Text(), Connections: 1, Trace: e.count})
		}, "9 2 10 8 1 1 2"},
		{"MariaDB", func(t *testing.T, e *exchanges) (storage.Store, error) {
			t.Helper()
			return mysql.Open(t.Context(), mysql.Options{DSN: services.MariaDB(t), Namespace: rand.Text(), Connections: 1, Trace: e.count})
		}, "9 2 10 8 1 1 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e exchanges
			store, err := c.open(t, &e)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			r := registry.New(store, registry.Options{
				Languages: []schema.Language{avro.Language{}}, SplitName: resolver.SplitName, Deadline: time.Minute,
			})
			// The first round has all statements prepared.
			roundTrips(t, r, &e, ".warm")
			for _, registryCtx := range []string{".", ".team"} {
				if got := roundTrips(t, r, &e, registryCtx); got != c.want {
					t.Errorf("round trips in context %s: %s, want %s", registryCtx, got, c.want)
				}
			}
		})
	}
}

// roundTrips returns the counts of TestRoundTrips.
func roundTrips(t *testing.T, r *registry.Registry, e *exchanges, registryCtx string) string {
	t.Helper()
	var counts []string
	count := func(call func() error) {
		t.Helper()
		before := e.n.Load()
		if err := call(); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, fmt.Sprint(e.n.Load()-before))
	}
	orders := backend.Target{Context: registryCtx, Subject: "orders"}
	register := func(subject, text string) {
		t.Helper()
		count(func() error {
			at := backend.Target{Context: registryCtx, Subject: subject}
			_, _, err := r.Register(t.Context(), backend.Register{Target: at, Input: wire.SchemaInput{Type: "AVRO", Text: text, ID: -1}})
			return err
		})
	}
	register("orders", `"string"`)
	register("orders", `"string"`)
	register("orders", `["string","int"]`)
	register("bills", `["string","int"]`)
	count(func() error {
		_, _, err := r.SchemaByID(t.Context(), backend.SchemaByID{Target: backend.Target{Context: registryCtx}, ID: 1})
		return err
	})
	count(func() error {
		_, _, err := r.Versions(t.Context(), backend.Versions{Target: orders})
		return err
	})
	count(func() error {
		_, _, err := r.Version(t.Context(), backend.Version{Target: orders, Version: 1})
		return err
	})
	return strings.Join(counts, " ")
}
