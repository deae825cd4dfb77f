package jsonschema_test

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
	"schemaside/conformance/recordings"
)

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
	replayTexts(t, recordings.Rows[textRow](t, "text-json.jsonl"))
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
	replayComparisons(t, recordings.Rows[compatRow](t, "compat-json.jsonl"))
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
