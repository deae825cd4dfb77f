// Package protobuf reads, prints and compares Protobuf schemas as Confluent's registry does.
//
// Texts are read by a lenient parser of our own, because the stored text is printed from what it saw: a full compiler
// refuses texts that the registry accepts, and forgets how they were written.
package protobuf

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"schemaside/backend/schema"
)

// Language is the schema language PROTOBUF.
type Language struct{}

var _ schema.Language = Language{}

// Name is the schemaType of the REST API.
func (Language) Name() string { return "PROTOBUF" }

// Parse reads a text, or a descriptor in base64. New and stored texts are read by the same rules.
func (Language) Parse(text string, o schema.ParseOptions) (schema.Schema, error) {
	left := newBudget(o.Limits)
	tree, err := readText(text, left)
	if err != nil {
		return nil, parseError(err)
	}
	canonical, err := printFile(tree)
	if err != nil {
		return nil, parseError(err)
	}
	s := &parsed{tree: tree, canonical: canonical, references: o.References, limits: o.Limits}
	for _, r := range o.References {
		t, err := readText(r.Text, left)
		if err != nil {
			return nil, parseError(err)
		}
		s.sources = append(s.sources, &source{name: r.Name, tree: t})
	}
	s.nameBytes = maxNames - left.names
	s.prepare()
	return s, nil
}

// Check compares the writer's schema, the old one, with the reader's, the new one.
func (Language) Check(reader, writer schema.Schema, o schema.CheckOptions) []string {
	r, ok := reader.(*parsed)
	if !ok {
		return nil
	}
	w, ok := writer.(*parsed)
	if !ok {
		return nil
	}
	return messages(compare(w, r), o.ReaderIsNew)
}

// readText reads what was sent as a schema.
func readText(text string, left *budget) (*file, error) {
	before := *left
	f, err := parseFile(text, left)
	if err == nil {
		return f, nil
	}
	*left = before
	if f, ok := readBase64(text, left); ok {
		return f, nil
	}
	return nil, err
}

func parseError(err error) error {
	return fmt.Errorf("Could not parse Protobuf - %w", err) //nolint:staticcheck // the reference's words
}

// parsed is a text that was read.
type parsed struct {
	tree       *file
	canonical  string
	references []schema.Reference
	sources    []*source // of the references
	limits     schema.Limits
	nameBytes  int // of all full names

	// names are those of the text and its references.
	names func() *names
}

func (s *parsed) prepare() {
	s.names = sync.OnceValue(func() *names {
		return namesOf(append([]*source{{tree: s.tree}}, s.sources...)...)
	})
}

func (s *parsed) resolver() *resolver {
	replaced := map[string]bool{}
	for _, r := range s.references {
		replaced[r.Name] = true
	}
	return &resolver{own: s.names(), builtin: builtins().names, replaced: replaced, limit: s.limits.OrDefaults().Steps}
}

// Weight is the size of the full names, which may be much longer than the text.
func (s *parsed) Weight() int { return s.nameBytes }

// Canonical is the text as it is stored without normalisation.
func (s *parsed) Canonical() string { return s.canonical }

// Normalized is the schema of the text with resolved names and sorted declarations.
func (s *parsed) Normalized() (schema.Schema, error) {
	tree, err := s.normalize()
	if err != nil {
		return nil, err
	}
	text, err := printFile(tree)
	if err != nil {
		return nil, parseError(err)
	}
	left := newBudget(s.limits)
	again, err := parseFile(text, left)
	if err != nil {
		return nil, parseError(err)
	}
	n := &parsed{tree: again, canonical: text, references: s.references, sources: s.sources, limits: s.limits}
	n.prepare()
	return n, nil
}

// Format knows ignore_extensions and serialized, in any letter case. A text whose descriptor can't be built is
// answered as it is.
func (s *parsed) Format(format string) string {
	switch formatOf(format) {
	case formatIgnoreExtensions:
		text, err := printFile(withoutExtensions(s.tree))
		if err == nil {
			return text
		}
	case formatSerialized:
		if encoded, err := s.serialized(); err == nil {
			return encoded
		}
	case formatDefault:
	}
	return s.canonical
}

// Equal tells whether the canonical texts and the texts referred to are the same.
func (s *parsed) Equal(other schema.Schema) bool {
	o, ok := other.(*parsed)
	return ok && s.canonical == o.canonical && slices.Equal(s.references, o.references)
}

// Validate resolves all type names. With fields it also builds the descriptor.
func (s *parsed) Validate(fields bool) error {
	if _, err := s.normalize(); err != nil {
		return err
	}
	if !fields {
		return nil
	}
	if _, err := s.descriptor(); err != nil {
		return fmt.Errorf("Invalid protobuf schema definition: %w", err) //nolint:staticcheck // the reference's words
	}
	return nil
}

// errTooManyNames is the answer to a text whose names take too long to resolve.
var errTooManyNames = errors.New("too many names to resolve")
