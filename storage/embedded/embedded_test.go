package embedded_test

import (
	"path/filepath"
	"testing"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/embedded"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T) storage.Store {
		t.Helper()
		return open(t, filepath.Join(t.TempDir(), "schemaside.db"))
	})
}

func open(t testing.TB, path string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(embedded.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
