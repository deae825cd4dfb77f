package avro_test

import (
	"crypto/md5"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/conformance/recordings"
)

func guid(text string) string { return uuid.UUID(md5.Sum([]byte(text))).String() }

func TestRecordedTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, recordings.Rows[textRow](t, "text-avro.jsonl"))
}

func TestRecordedComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, recordings.Rows[compatRow](t, "compat-avro.jsonl"))
}

// TestTypedTexts and TestTypedComparisons replay a few rows that were typed from the rules, in the form of recordings.
func TestTypedTexts(t *testing.T) {
	t.Parallel()
	replayTexts(t, recordings.RowsOf[textRow](t, "testdata/text-avro.jsonl"))
}

func TestTypedComparisons(t *testing.T) {
	t.Parallel()
	replayComparisons(t, recordings.RowsOf[compatRow](t, "testdata/compat-avro.jsonl"))
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

func replayTexts(t *testing.T, rows []textRow) {
	t.Helper()
	refused := 0
	for _, row := range rows {
		if row.Status != http.StatusOK {
			refused++
		}
		row.replay(t)
	}
	t.Logf("%d texts, %d of them refused", len(rows), refused)
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

func replayComparisons(t *testing.T, rows []compatRow) {
	t.Helper()
	for _, row := range rows {
		row.replay(t)
	}
	t.Logf("%d pairs", len(rows))
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
