package testserver

import (
	"path/filepath"
	"testing"

	"schemaside/storage"
	"schemaside/storage/embedded"
	"schemaside/storage/memory"
)

// StoreKind is a store that the tests of whole registries run on.
type StoreKind struct {
	Name string
	// Open opens an empty store until the test ends. It skips the test where the database can't be had.
	Open func(t testing.TB) storage.Store
}

// Stores are all kinds of stores.
func Stores() []StoreKind {
	return []StoreKind{
		{"memory", func(testing.TB) storage.Store { return memory.New() }},
		{"embedded", openEmbedded},
	}
}

func openEmbedded(t testing.TB) storage.Store {
	t.Helper()
	s, err := embedded.Open(embedded.Options{Path: filepath.Join(t.TempDir(), "schemaside.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the embedded store: %v", err)
		}
	})
	return s
}
