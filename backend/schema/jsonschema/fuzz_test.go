package jsonschema_test

import (
	"path/filepath"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
	"schemaside/conformance/recordings"
)

// FuzzParse reads any text: no panic, and the canonical text is read again as itself, plain and normalised.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0,1.50,1e400,"\ud800\u0041",null,true],"a":{}}`, `"\ud83d\ude00"`, `{"$schema":"http://json-schema.org/draft-04/schema#","id":"#a"}`,
		`{"type":["string","null"],"pattern":"[a-z&&[^b]]{2,}+","$ref":"#/definitions/a~1b%20"}`,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://e.com/a/","$defs":{"a":{"$anchor":"x"}},"$ref":"#x"}`,
	} {
		f.Add(text)
	}
	for _, row := range recordings.RowsOf[textRow](f, filepath.Join("testdata", "texts.jsonl")) {
		f.Add(row.Schema)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if err != nil {
			return
		}
		valid := s.Validate(true) == nil
		normalized, err := s.Normalized()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{s.Canonical(), normalized.Canonical()} {
			again, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{Strict: true})
			if err != nil || again.Canonical() != text {
				t.Fatalf("%s is read as %v (%v)", text, again, err)
			}
			if valid && text == s.Canonical() && again.Validate(true) != nil {
				t.Fatalf("%s was valid before it was printed", text)
			}
		}
	})
}

// FuzzCheck compares any two texts: no panic, a schema is compatible with itself, and LENIENT finds no more than STRICT.
func FuzzCheck(f *testing.F) {
	for _, row := range recordings.RowsOf[compatRow](f, filepath.Join("testdata", "compat.jsonl")) {
		f.Add(row.Old, row.New)
	}
	f.Add(`{"properties":{"a":{"$ref":"#"}},"not":{"$ref":"#"}}`, `{"anyOf":[{"$ref":"#"},{"$ref":"#/anyOf/0"}]}`)
	f.Fuzz(func(t *testing.T, older, newer string) {
		o, errOld := jsonschema.Language{}.Parse(older, schema.ParseOptions{})
		n, errNew := jsonschema.Language{}.Parse(newer, schema.ParseOptions{})
		if errOld != nil || errNew != nil || o.Validate(false) != nil || n.Validate(false) != nil {
			return
		}
		for _, s := range []schema.Schema{o, n} {
			if found := (jsonschema.Language{}).Check(s, s, schema.CheckOptions{}); len(found) > 0 {
				t.Fatalf("%s with itself: %q", s.Canonical(), found)
			}
		}
		strict := jsonschema.Language{}.Check(n, o, schema.CheckOptions{ReaderIsNew: true})
		lenient := jsonschema.Language{}.Check(n, o, schema.CheckOptions{ReaderIsNew: true, Lenient: true})
		if len(strict) == 0 && len(lenient) > 0 {
			t.Fatalf("%s -> %s: only LENIENT minds %q", older, newer, lenient)
		}
	})
}
