package jsonschema_test

import (
	"bufio"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// rows reads a recording, or skips the test where there is none.
func rows[R any](t *testing.T, name string) []R {
	t.Helper()
	return rowsOf[R](t, recording(t, name))
}

// rowsOf reads a file of one JSON value a line.
func rowsOf[R any](t testing.TB, path string) []R {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []R
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var r R
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatalf("%s line %d: %v", path, len(out)+1, err)
		}
		out = append(out, r)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// recording finds a file of recorded answers beside the repository.
func recording(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "reference", name)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		t.Skipf("the recorded answers are not here: %v", fs.ErrNotExist)
	}
	return path
}

// textRow is a recorded registration of a text.
type textRow struct {
	Schema         string `json:"schema"`
	Status         int    `json:"status"`
	Stored         string `json:"stored"`
	GUID           string `json:"guid"`
	Normalized     string `json:"normalized"`
	NormalizedGUID string `json:"normalized_guid"`
}

func guid(text string) string {
	sum := md5.Sum([]byte(text))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:])
}

func TestReplayTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, rows[textRow](t, "text-json.jsonl"))
}

func replayTexts(t *testing.T, recorded []textRow) {
	t.Helper()
	for i, row := range recorded {
		s, err := jsonschema.Language{}.Parse(row.Schema, schema.ParseOptions{Strict: true})
		if err == nil {
			err = s.Validate(false)
		}
		if (err == nil) != (row.Status == 200) {
			t.Errorf("line %d: status %d, got %v for %s", i+1, row.Status, err, row.Schema)
		}
		if err != nil || row.Status != 200 {
			continue
		}
		normalized, err := s.Normalized()
		if err != nil {
			t.Errorf("line %d: %v", i+1, err)
			continue
		}
		want := []string{row.Stored, row.GUID, row.Normalized, row.NormalizedGUID}
		got := []string{s.Canonical(), guid(s.Canonical()), normalized.Canonical(), guid(normalized.Canonical())}
		if !slices.Equal(got, want) {
			t.Errorf("line %d:\n got %q\nwant %q", i+1, got, want)
		}
	}
}

// compatRow is a pair of texts with the recorded answers by level.
type compatRow struct {
	Edits   []string                `json:"edits"`
	Old     string                  `json:"old"`
	New     string                  `json:"new"`
	Answers map[string]compatAnswer `json:"answers"`
}

type compatAnswer struct {
	Status     int      `json:"status"`
	Compatible bool     `json:"is_compatible"`
	Messages   []string `json:"messages"`
}

func TestReplayComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, rows[compatRow](t, "compat-json.jsonl"))
}

// replayComparisons compares verdicts and messages, but for the lines that the registry adds.
func replayComparisons(t *testing.T, recorded []compatRow) {
	t.Helper()
	answers, failed := 0, 0
	for i, row := range recorded {
		older, newer := parse(t, row.Old), parse(t, row.New)
		for level, want := range row.Answers {
			got := answer(older, newer, level)
			answers++
			if want.Status != 200 {
				failed++
				continue
			}
			if recorded := differences(want.Messages); !slices.Equal(got, recorded) || want.Compatible != (len(got) == 0) {
				t.Errorf("line %d %s %v\n old %s\n new %s\n got %q\nwant %q", i+1, level, row.Edits, row.Old, row.New, got, recorded)
			}
		}
	}
	t.Logf("%d answers, %d of them errors of the reference server that are not copied", answers, failed)
}

// answer is what a level finds, in the order of the messages of the registry.
func answer(older, newer schema.Schema, level string) []string {
	level, policy, _ := strings.Cut(level, "/")
	o := schema.CheckOptions{Lenient: policy == "LENIENT"}
	var out []string
	if level == "FORWARD" || level == "FULL" {
		out = append(out, jsonschema.Language{}.Check(older, newer, o)...)
	}
	if level == "BACKWARD" || level == "FULL" {
		o.ReaderIsNew = true
		out = append(out, jsonschema.Language{}.Check(newer, older, o)...)
	}
	return out
}

// differences drops the lines of the registry.
func differences(messages []string) []string {
	var out []string
	for _, m := range messages {
		if strings.HasPrefix(m, "{errorType:") {
			out = append(out, m)
		}
	}
	return out
}

func parse(t *testing.T, text string, references ...schema.Reference) schema.Schema {
	t.Helper()
	s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{References: references, Strict: true})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := s.Validate(false); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}
