package protobuf

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected texts of testdata anew")

// TestTexts reads each text of testdata and prints it in every form. A new case needs a file, and -update.
func TestTexts(t *testing.T) {
	t.Parallel()
	for _, path := range texts(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := parse(t, string(text))
		if err := s.Validate(true); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		base := strings.TrimSuffix(path, ".proto")
		golden(t, base+".canonical", s.Canonical())
		golden(t, base+".normalized", normalized(t, s).Canonical())
		golden(t, base+".ignore_extensions", s.Format("ignore_extensions"))
		golden(t, base+".descriptor", serializedText(t, s))
	}
}

func texts(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/texts/*.proto")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no texts in testdata: %v", err)
	}
	return paths
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s", path, got)
	}
}
