package postgres_test

import (
	"crypto/rand"
	"testing"

	"schemaside/conformance/services"
	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/postgres"
)

// open opens a store of a fresh namespace.
func open(t *testing.T, o postgres.Options) *postgres.Store {
	t.Helper()
	if o.Namespace == "" {
		o.Namespace = rand.Text()
	}
	s, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// opener opens stores of fresh namespaces in a database of the test's own.
func opener(t *testing.T, connections int) func(t *testing.T) storage.Store {
	t.Helper()
	dsn := services.Postgres(t)
	return func(t *testing.T) storage.Store {
		t.Helper()
		return open(t, postgres.Options{DSN: dsn, Connections: connections})
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, opener(t, 8))
}

// TestPoolOfOne runs the suite with a single connection: no call may hold one while it asks for another.
func TestPoolOfOne(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, opener(t, 1))
}
