// Package recordings reads the answers that were recorded from the reference server, for tests. They lie beside the
// repository, and not everybody has them.
package recordings

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// maxRow is the length of the longest row.
const maxRow = 64 << 20

// Rows reads a recording. It skips the test where there is none.
func Rows[R any](t testing.TB, name string) []R {
	t.Helper()
	path := filepath.Join(Folder(t), name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recordings of the reference server are not beside this repository: " + name)
	}
	return RowsOf[R](t, path)
}

// Folder is where the recordings lie, if there are any.
func Folder(t testing.TB) string {
	t.Helper()
	return filepath.Join(root(t), "..", "shared", "reference")
}

// RowsOf reads a file with a JSON value in each line. It fails the test where there is none.
func RowsOf[R any](t testing.TB, path string) []R {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var rows []R
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxRow)
	for lines.Scan() {
		var row R
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s:%d: %v", path, len(rows)+1, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", path)
	}
	return rows
}

// root is the repository's folder, seen from the one that the test runs in.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = above
	}
}
