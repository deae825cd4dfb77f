package avro_test

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, text := range []string{
		`"int"`, `["null",{"type":"map","values":"bytes"}]`, `{"type":"enum","name":"a.E","symbols":["A","B"],"default":"A","doc":""}`,
		`{"type":"record","name":"n.R","aliases":["x.S","T"],"fields":[{"name":"a","type":["null","R"],"default":null},` +
			`{"name":"b","type":"F","order":"ignore"},{"name":"c","type":{"type":"fixed","name":"F","size":12,"logicalType":"duration"}},` +
			`{"name":"d","type":"double","default":"NaN","x":{"y":[1.5e300,"\ud83d\ude00",true,null]}}]}`,
		`{"type":"array","items":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}} // end`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"n.S","namespace":"","fields":[]},"default":{}}]}`,
	} {
		f.Add(text)
	}
}

// FuzzParse reads any text: no panic, and the canonical text is read as the same schema and stays as it is.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, strict := range []bool{true, false} {
			s, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: strict})
			if err != nil {
				continue
			}
			s.Format("resolved")
			if n, err := s.Normalized(); err == nil {
				n.Canonical()
			}
			if !printsFaithfully(text) {
				continue
			}
			again, err := avro.Language{}.Parse(s.Canonical(), schema.ParseOptions{Strict: strict})
			if err != nil {
				t.Fatalf("canonical text %s is refused: %v", s.Canonical(), err)
			}
			if again.Canonical() != s.Canonical() || !again.Equal(s) {
				t.Fatalf("canonical text %s is read as %s", s.Canonical(), again.Canonical())
			}
		}
	})
}

// printsFaithfully is false for texts whose canonical text may mean something else, by the reference server's rules:
// an alias without namespace prints like one of the type's own, a number that isn't finite prints as a text, and the
// name of a type without namespace may print where another one has it. It looks at the text only, so it leaves out
// more than these.
func printsFaithfully(text string) bool {
	severalSpaces := strings.Count(text, "namespace")+strings.Count(text, ".") > 1
	return !severalSpaces && !hasExponent(text) && !strings.Contains(text, `\`) && !strings.Contains(text, `".`)
}

func hasExponent(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i]|0x20 == 'e' && '0' <= text[i-1] && text[i-1] <= '9' {
			return true
		}
	}
	return false
}

// FuzzCheck compares any two schemas: no panic, and a schema reads what it has written.
func FuzzCheck(f *testing.F) {
	f.Add(`["null","long"]`, `"int"`)
	f.Add(record(`{"name":"a","type":["null","R"]}`), record(`{"name":"b","type":"int"}`))
	f.Add(`{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"enum","name":"E","symbols":["B"]}`)
	f.Add(record(`{"name":"a","type":{"type":"fixed","name":"F","size":1},"aliases":["b"]}`), record(`{"name":"b","type":["int","F"]},{"name":"c","type":{"type":"fixed","name":"F","size":2}}`))
	f.Fuzz(func(t *testing.T, reader, writer string) {
		r, err := avro.Language{}.Parse(reader, schema.ParseOptions{})
		if err != nil {
			return
		}
		if !r.Equal(r) {
			t.Fatalf("%s is not equal to itself", reader)
		}
		again, err := avro.Language{}.Parse(reader, schema.ParseOptions{})
		if err != nil || !r.Equal(again) {
			t.Fatalf("%s, read twice, is not equal to itself: %v", reader, err)
		}
		// A field whose alias is another field reads two fields, even of its own schema.
		if got := (avro.Language{}).Check(r, again, schema.CheckOptions{}); len(got) > 0 && !strings.Contains(reader, "aliases") {
			t.Fatalf("%s doesn't read itself: %q", reader, got)
		}
		w, err := avro.Language{}.Parse(writer, schema.ParseOptions{})
		if err != nil {
			return
		}
		backward := avro.Language{}.Check(r, w, schema.CheckOptions{ReaderIsNew: true})
		forward := avro.Language{}.Check(r, w, schema.CheckOptions{})
		if len(backward) != len(forward) {
			t.Fatalf("the words of a comparison depend on the direction, its findings must not: %q, %q", backward, forward)
		}
	})
}
