package protobuf

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"schemaside/backend/schema"
	"schemaside/conformance/recordings"
)

type textRow struct {
	Schema         string  `json:"schema"`
	Status         int     `json:"status"`
	Message        string  `json:"message"`
	Stored         string  `json:"stored"`
	GUID           string  `json:"guid"`
	Normalized     string  `json:"normalized"`
	NormalizedGUID string  `json:"normalized_guid"`
	Serialized     *string `json:"serialized"`
}

func guid(text string) string {
	sum := md5.Sum([]byte(text))
	h := hex.EncodeToString(sum[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func TestRecordedTexts(t *testing.T) {
	t.Parallel()
	for i, row := range recordings.Rows[textRow](t, "text-protobuf.jsonl") {
		line := i + 1
		s, err := Language{}.Parse(row.Schema, schema.ParseOptions{Strict: true})
		if err == nil {
			err = s.Validate(false)
		}
		if row.Status != 200 {
			if err == nil || !strings.HasSuffix(row.Message, "details: "+err.Error()) {
				t.Errorf("line %d: refused with %v, want the end of %s", line, err, row.Message)
			}
			continue
		}
		if err != nil {
			t.Errorf("line %d: %v", line, err)
			continue
		}
		if s.Canonical() != row.Stored || guid(s.Canonical()) != row.GUID {
			t.Errorf("line %d: canonical text\n%s\nwant\n%s", line, s.Canonical(), row.Stored)
		}
		n, err := s.Normalized()
		if err != nil || n.Canonical() != row.Normalized || guid(n.Canonical()) != row.NormalizedGUID {
			t.Errorf("line %d: normalised text (%v)\n%v\nwant\n%s", line, err, n, row.Normalized)
		}
		if got := s.Format("serialized"); row.Serialized == nil {
			if got != s.Canonical() {
				t.Errorf("line %d: serialized though the reference can't", line)
			}
		} else if !sameDescriptor(t, got, *row.Serialized) {
			t.Errorf("line %d: descriptor of\n%s", line, row.Schema)
		}
	}
}

func sameDescriptor(t *testing.T, got, want string) bool {
	t.Helper()
	var d [2]descriptorpb.FileDescriptorProto
	for i, encoded := range []string{got, want} {
		data, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Error(err)
			return false
		}
		if err := proto.Unmarshal(data, &d[i]); err != nil {
			t.Error(err)
			return false
		}
	}
	if proto.Equal(&d[0], &d[1]) {
		return true
	}
	t.Logf("got  %v\nwant %v", &d[0], &d[1])
	return false
}

type comparedRow struct {
	Old     string `json:"old"`
	New     string `json:"new"`
	Answers map[string]struct {
		Compatible bool     `json:"is_compatible"`
		Messages   []string `json:"messages"`
	} `json:"answers"`
}

func TestRecordedComparisons(t *testing.T) {
	t.Parallel()
	for i, row := range recordings.Rows[comparedRow](t, "compat-protobuf.jsonl") {
		line := i + 1
		old, err := Language{}.Parse(row.Old, schema.ParseOptions{})
		if err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		updated, err := Language{}.Parse(row.New, schema.ParseOptions{Strict: true})
		if err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		if err := updated.Validate(false); err != nil {
			if want := row.Answers["BACKWARD"].Messages; len(want) != 1 || !strings.HasSuffix(want[0], "details: "+err.Error()) {
				t.Errorf("line %d: %v, want %q", line, err, want)
			}
			continue
		}
		backward := Language{}.Check(updated, old, schema.CheckOptions{ReaderIsNew: true})
		forward := Language{}.Check(old, updated, schema.CheckOptions{})
		for level, got := range map[string][]string{
			"BACKWARD": backward, "FORWARD": forward, "FULL": append(slices.Clone(forward), backward...),
		} {
			answer := row.Answers[level]
			want := slices.DeleteFunc(slices.Clone(answer.Messages), func(m string) bool {
				return !strings.HasPrefix(m, "{errorType:")
			})
			if (len(got) == 0) != answer.Compatible || !slices.Equal(got, want) {
				t.Errorf("line %d, %s:\n%s\nwant\n%s", line, level, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}
