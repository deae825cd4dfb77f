package jsonschema_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
	"schemaside/conformance/recordings"
)

// requestRow is a request of a recorded conversation, or the header that begins one.
type requestRow struct {
	Conversation *int            `json:"conversation"`
	Path         string          `json:"path"`
	Request      json.RawMessage `json:"request"`
	Status       int             `json:"status"`
	Body         json.RawMessage `json:"body"`
}

// registration is the body of a request that hands in a schema.
type registration struct {
	Type       string         `json:"schemaType"`
	Text       string         `json:"schema"`
	References []referenceRow `json:"references"`
}

type referenceRow struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// versionKey is a version of a subject with its context in front.
type versionKey struct {
	subject string
	version int
}

// TestReplayReferences reads each recorded text with its references, as the registry would hand them over, and
// compares with whether the reference server could build the schema.
func TestReplayReferences(t *testing.T) {
	t.Parallel()
	stored := map[versionKey]registration{}
	read := 0
	for i, row := range recordings.Rows[requestRow](t, "http-references.jsonl") {
		if row.Conversation != nil {
			stored = map[versionKey]registration{}
			continue
		}
		subject, in, ok := jsonRegistration(row)
		if !ok || strings.Contains(string(row.Body), "No schema reference found") {
			continue
		}
		references, ok := resolve(stored, subject, in.References, map[string]bool{})
		if !ok {
			continue
		}
		read++
		s, err := jsonschema.Language{}.Parse(in.Text, schema.ParseOptions{References: references, Strict: true})
		if err == nil {
			err = s.Validate(false)
		}
		if refused := row.Status == 422; refused != (err != nil) {
			t.Errorf("line %d: status %d %s, got %v for %s with %v", i+1, row.Status, row.Body, err, in.Text, in.References)
		}
		remember(stored, subject, in, row.Body)
	}
	t.Logf("%d texts", read)
}

// jsonRegistration tells under which subject a request hands in a JSON schema.
func jsonRegistration(row requestRow) (subject string, in registration, ok bool) {
	text := row.Request
	var quoted string
	if json.Unmarshal(text, &quoted) == nil {
		text = json.RawMessage(quoted)
	}
	m := regexp.MustCompile(`^/subjects/([^/?]+)(/versions)?(\?.*)?$`).FindStringSubmatch(row.Path)
	if m == nil || json.Unmarshal(text, &in) != nil || in.Type != "JSON" {
		return "", in, false
	}
	subject, err := url.PathUnescape(m[1])
	return subject, in, err == nil
}

// resolve collects texts, each after those it refers to.
func resolve(stored map[versionKey]registration, from string, list []referenceRow, seen map[string]bool) ([]schema.Reference, bool) {
	var out []schema.Reference
	for _, r := range list {
		if seen[r.Name] {
			continue
		}
		seen[r.Name] = true
		subject := r.Subject
		if !strings.HasPrefix(subject, ":") && strings.HasPrefix(from, ":") {
			subject = from[:strings.LastIndex(from, ":")+1] + subject
		}
		target, ok := stored[versionKey{subject, r.Version}]
		if !ok {
			return nil, false
		}
		inner, ok := resolve(stored, subject, target.References, seen)
		if !ok {
			return nil, false
		}
		out = append(append(out, inner...), schema.Reference{Name: r.Name, Text: target.Text})
	}
	return out, true
}

// remember keeps a version that was registered; as -1, too.
func remember(stored map[versionKey]registration, subject string, in registration, body json.RawMessage) {
	var answer struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(body, &answer) == nil && answer.Version > 0 {
		stored[versionKey{subject, answer.Version}] = in
		stored[versionKey{subject, -1}] = in
	}
}
