package resolver

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"schemaside/conformance/recordings"
)

// recorded is an answer of the reference server.
type recorded struct {
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Request string          `json:"request"`
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
}

// eachRecorded calls visit for the recorded HTTP answers of some files.
func eachRecorded(t *testing.T, visit func(r recorded), files ...string) {
	t.Helper()
	for _, name := range files {
		for _, r := range recordings.Rows[recorded](t, name) {
			if r.Path != "" {
				r.Path, _, _ = strings.Cut(r.Path, "?")
				visit(r)
			}
		}
	}
}

// We refuse the paths that the reference's HTTP layer refuses, and no others.
func TestSplitPathAsRecorded(t *testing.T) {
	t.Parallel()
	rows, refused := 0, 0
	eachRecorded(t, func(r recorded) {
		rows++
		// A refusal of the HTTP layer is a page, or nothing; one of the registry is a JSON object.
		want := r.Status == 400 && !strings.HasPrefix(string(r.Body), "{")
		if want {
			refused++
		}
		if _, _, err := SplitPath(nil, nil, []byte(r.Path)); (err != nil) != want {
			t.Errorf("%s fails with %v, status %d", r.Path, err, r.Status)
		}
	}, "http-odd-names.jsonl", "http-malformed.jsonl", "http-random.jsonl")
	if rows == 0 || refused == 0 {
		t.Errorf("%d rows, %d refused: nothing was compared", rows, refused)
	}
}

// nameIn finds the subject that a recorded answer names.
func nameIn(r recorded, named *regexp.Regexp) (string, bool) {
	var body struct {
		Subject string `json:"subject"`
		Message string `json:"message"`
	}
	if json.Unmarshal(r.Body, &body) != nil {
		return "", false
	}
	if m := named.FindStringSubmatch(body.Message); m != nil {
		return m[1], true
	}
	return body.Subject, body.Subject != ""
}

// pathTarget resolves the subject of a recorded path.
func pathTarget(r recorded) (Target, bool) {
	segments, _, err := SplitPath(nil, nil, []byte(r.Path))
	if err != nil {
		return Target{}, false
	}
	d, segments, err := Door{}.TrimContext(segments)
	if err == nil && len(segments) > 0 && segments[0] == "compatibility" {
		segments = segments[1:]
	}
	if err != nil || len(segments) < 2 || segments[0] == "schemas" {
		return Target{}, false
	}
	t, err := d.Subject(segments[1])
	return t, err == nil
}

// The names in recorded answers are the normal forms of the names in their paths.
func TestSubjectAsRecorded(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`^Subject '(.*)' (not found\.|does not have|was soft|was not)`)
	aliased := map[Target]bool{}
	rows := 0
	eachRecorded(t, func(r recorded) {
		target, ok := pathTarget(r)
		if strings.Contains(r.Request, `"alias"`) {
			aliased[target] = true
		}
		want, names := nameIn(r, named)
		if !ok || !names || aliased[target] || target.Context == Wildcard {
			return
		}
		rows++
		// A name that yields nothing in the default context may be found in another one (spec 2.6).
		elsewhere := target.Context == DefaultContext && strings.HasSuffix(want, ":"+target.Subject)
		if got := (View{}).Subject(target.Context, target.Subject); got != want && !elsewhere {
			t.Errorf("%s %s is written %q, want %q", r.Method, r.Path, got, want)
		}
	}, "http-odd-names.jsonl", "http-random.jsonl")
	if rows == 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d names compared", rows)
}
