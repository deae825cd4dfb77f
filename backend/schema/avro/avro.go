// Package avro is the schema language AVRO.
//
// A JSON library reads the text into a tree that keeps the order of attributes; reading Avro from that tree, printing
// and comparing are our own. Go's Avro libraries forget the order and the custom attributes that the stored text must
// show, refuse a name that is used before its definition, and tell only the first difference of two schemas.
package avro

import (
	"fmt"

	"schemaside/backend/schema"
)

// Language reads and compares Avro schemas (spec/schema-languages.md 1). It has no state.
type Language struct{}

var _ schema.Language = Language{}

// Name is the schemaType of the REST API.
func (Language) Name() string { return "AVRO" }

// Parse reads a text. References are read by the wide rules whatever o says, for they are stored texts.
// A text is refused if it, or its canonical text, nests too deep.
func (Language) Parse(text string, o schema.ParseOptions) (schema.Schema, error) {
	limits := o.Limits.OrDefaults()
	names := nameTable{}
	known := make([]fullName, 0, len(o.References))
	for _, ref := range o.References {
		root, err := parseReference(ref.Text, names, limits)
		if err != nil {
			return nil, err
		}
		if root.named() {
			known = append(known, root.name)
		}
	}
	root, err := parseMain(text, names, o.Strict, limits)
	if err != nil {
		return nil, err
	}
	canonical, err := printCanonical(root, known, limits)
	if err != nil {
		return nil, err
	}
	return &parsed{root: root, canonical: canonical, known: known, options: o}, nil
}

// Check walks reader and writer together (spec/schema-languages.md 1.6). Avro knows no lenient comparison.
func (Language) Check(reader, writer schema.Schema, o schema.CheckOptions) []string {
	r, isAvro := reader.(*parsed)
	w, alsoAvro := writer.(*parsed)
	if !isAvro || !alsoAvro {
		return []string{"Incompatible because of different schema type"}
	}
	return check(r.root, w.root, o)
}

type parsed struct {
	root      *typ
	canonical string
	// known are the names that print as names even at their first use: the outermost types of the references.
	known   []fullName
	options schema.ParseOptions
}

func (s *parsed) Canonical() string { return s.canonical }

func (s *parsed) Normalized() (schema.Schema, error) {
	text, err := normalText(s.root, s.known)
	if err != nil {
		return nil, err
	}
	return Language{}.Parse(text, s.options)
}

func (s *parsed) Format(format string) string {
	if format == "resolved" {
		return printResolved(s.root)
	}
	return s.canonical
}

func (s *parsed) Equal(other schema.Schema) bool {
	o, isAvro := other.(*parsed)
	return isAvro && sameTypes(s.root, o.root, withDocs)
}

// Validate finds nothing: an Avro text is judged when it is parsed.
func (s *parsed) Validate(bool) error { return nil }

// refusal tells in the reference server's words why a text isn't accepted.
type refusal string

func (r refusal) Error() string { return string(r) }

func tooDeep(limits schema.Limits) refusal {
	return refusal(fmt.Sprintf(jsonError+"the schema nests deeper than %d levels", limits.Depth))
}
