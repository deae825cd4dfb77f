package recordings_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"schemaside/conformance/recordings"
)

func TestRowsOf(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(path, []byte("{\"id\":1}\n{\"id\":2}"), 0o600); err != nil {
		t.Fatal(err)
	}
	type row struct{ ID int }
	if got := recordings.RowsOf[row](t, path); !slices.Equal(got, []row{{1}, {2}}) {
		t.Errorf("got %v", got)
	}
}

func TestNoRecording(t *testing.T) {
	t.Parallel()
	t.Run("skipped", func(t *testing.T) {
		t.Parallel()
		t.Cleanup(func() {
			if !t.Skipped() {
				t.Error("a recording that isn't there skips no test")
			}
		})
		recordings.Rows[any](t, "nothing.jsonl")
	})
}
