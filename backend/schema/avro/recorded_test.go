package avro_test

import (
	"bufio"
	"crypto/md5"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// recordings opens a file of answers recorded from the reference server, beside the project.
func recordings(t *testing.T, name string) *bufio.Scanner {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("no go.mod above this test: can't find the recordings")
		}
		dir = parent
	}
	path := filepath.Join(dir, "..", "shared", "reference", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the recordings of the reference server aren't here: %v", err)
	}
	return linesOf(t, path)
}

func linesOf(t *testing.T, path string) *bufio.Scanner {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	return lines
}

func guid(text string) string { return uuid.UUID(md5.Sum([]byte(text))).String() }

func TestRecordedTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, recordings(t, "text-avro.jsonl"))
}

func TestRecordedComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, recordings(t, "compat-avro.jsonl"))
}

// TestTypedTexts and TestTypedComparisons replay a few rows that were typed from the rules, in the form of recordings.
func TestTypedTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, linesOf(t, "testdata/text-avro.jsonl"))
}

func TestTypedComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, linesOf(t, "testdata/compat-avro.jsonl"))
}

type textRow struct {
	Schema         string `json:"schema"`
	Status         int    `json:"status"`
	Message        string `json:"message"`
	Stored         string `json:"stored"`
	GUID           string `json:"guid"`
	Normalized     string `json:"normalized"`
	NormalizedGUID string `json:"normalized_guid"`
}

func replayTexts(t *testing.T, lines *bufio.Scanner) {
	t.Helper()
	rows, refused := 0, 0
	for ; lines.Scan(); rows++ {
		var row textRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Status != http.StatusOK {
			refused++
		}
		row.replay(t)
	}
	t.Logf("%d texts, %d of them refused", rows, refused)
	if rows == 0 || lines.Err() != nil {
		t.Errorf("read %d rows: %v", rows, lines.Err())
	}
}

func (row textRow) replay(t *testing.T) {
	t.Helper()
	s, err := avro.Language{}.Parse(row.Schema, schema.ParseOptions{Strict: true})
	if row.Status != http.StatusOK {
		want := row.Message[strings.LastIndex(row.Message, "details: ")+len("details: "):]
		if err == nil || err.Error() != want {
			t.Errorf("%s\nrefused with %v\nwant %s", row.Schema, err, want)
		}
		return
	}
	if err != nil {
		t.Errorf("%s\nrefused with %v", row.Schema, err)
		return
	}
	if got := s.Canonical(); got != row.Stored || guid(got) != row.GUID {
		t.Errorf("canonical %s\nwant %s", got, row.Stored)
	}
	n, err := s.Normalized()
	if err != nil {
		t.Errorf("%s\nnot normalised: %v", row.Schema, err)
		return
	}
	if got := n.Canonical(); got != row.Normalized || guid(got) != row.NormalizedGUID {
		t.Errorf("normalised %s\nwant %s", got, row.Normalized)
	}
}

type compatRow struct {
	Old     string `json:"old"`
	New     string `json:"new"`
	Answers map[string]struct {
		IsCompatible bool     `json:"is_compatible"`
		Messages     []string `json:"messages"`
	} `json:"answers"`
}

func replayComparisons(t *testing.T, lines *bufio.Scanner) {
	t.Helper()
	rows := 0
	for ; lines.Scan(); rows++ {
		var row compatRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		row.replay(t)
	}
	t.Logf("%d pairs", rows)
	if rows == 0 || lines.Err() != nil {
		t.Errorf("read %d rows: %v", rows, lines.Err())
	}
}

func (row compatRow) replay(t *testing.T) {
	t.Helper()
	before, err := avro.Language{}.Parse(row.Old, schema.ParseOptions{})
	if err != nil {
		t.Fatalf("%s\nrefused with %v", row.Old, err)
	}
	after, err := avro.Language{}.Parse(row.New, schema.ParseOptions{Strict: true})
	if err != nil {
		m := comparedMessages(row.Answers["BACKWARD"].Messages)
		if len(m) != 1 || !strings.HasSuffix(m[0], err.Error()) {
			t.Errorf("%s\nrefused with %v\nrecorded %q", row.New, err, m)
		}
		return
	}
	backward := avro.Language{}.Check(after, before, schema.CheckOptions{ReaderIsNew: true})
	forward := avro.Language{}.Check(before, after, schema.CheckOptions{})
	for level, got := range map[string][]string{
		"BACKWARD": backward, "FORWARD": forward, "FULL": append(slices.Clone(forward), backward...),
	} {
		want := row.Answers[level]
		if (len(got) == 0) != want.IsCompatible || !slices.Equal(got, comparedMessages(want.Messages)) {
			t.Errorf("%s\nold %s\nnew %s\ngot  %q\nwant %q", level, row.Old, row.New, got, want.Messages)
		}
	}
}

// comparedMessages are the recorded messages without the lines that the registry adds.
func comparedMessages(messages []string) []string {
	return slices.DeleteFunc(slices.Clone(messages), func(m string) bool {
		return strings.HasPrefix(m, "{oldSchema") || strings.HasPrefix(m, "{validateFields")
	})
}
