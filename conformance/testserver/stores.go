package testserver

import (
	"crypto/rand"
	"path/filepath"
	"testing"

	"schemaside/conformance/services"
	"schemaside/storage"
	"schemaside/storage/embedded"
	"schemaside/storage/memory"
	"schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

// StoreKind is a store that the tests of whole registries run on.
type StoreKind struct {
	Name string
	// Prepare makes a database of the test's own and returns what opens empty stores in it, each until its test ends. It
	// skips the test where the database can't be had.
	Prepare func(t testing.TB) (open func(t testing.TB) storage.Store)
}

// Stores are all kinds of stores.
func Stores() []StoreKind {
	return []StoreKind{
		{"memory", func(testing.TB) func(testing.TB) storage.Store {
			return func(testing.TB) storage.Store { return memory.New() }
		}},
		{"embedded", func(testing.TB) func(testing.TB) storage.Store { return openEmbedded }},
		{"PostgreSQL", preparePostgres},
		{"MySQL", func(t testing.TB) func(testing.TB) storage.Store {
			t.Helper()
			return openMySQL(services.MySQL(t))
		}},
		{"MariaDB", func(t testing.TB) func(testing.TB) storage.Store {
			t.Helper()
			return openMySQL(services.MariaDB(t))
		}},
	}
}

func openEmbedded(t testing.TB) storage.Store {
	t.Helper()
	s, err := embedded.Open(embedded.Options{Path: filepath.Join(t.TempDir(), "schemaside.db")})
	return untilEnd(t, s, err)
}

// connections bounds the pool of a store: many tests share a server.
const connections = 4

func preparePostgres(t testing.TB) func(testing.TB) storage.Store {
	t.Helper()
	dsn := services.Postgres(t)
	return func(t testing.TB) storage.Store {
		t.Helper()
		s, err := postgres.Open(t.Context(), postgres.Options{DSN: dsn, Namespace: rand.Text(), Connections: connections})
		return untilEnd(t, s, err)
	}
}

func openMySQL(dsn string) func(testing.TB) storage.Store {
	return func(t testing.TB) storage.Store {
		t.Helper()
		s, err := mysql.Open(t.Context(), mysql.Options{DSN: dsn, Namespace: rand.Text(), Connections: connections})
		return untilEnd(t, s, err)
	}
}

// untilEnd closes a store when the test ends.
func untilEnd(t testing.TB, s storage.Store, err error) storage.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}
