package registry

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// candidate is a schema that a caller hands in, made ready to be compared with what is stored.
type candidate struct {
	language schema.Language
	parsed   schema.Schema
	details
}

func (c candidate) text() string { return c.parsed.Canonical() }

func (c candidate) fingerprint() storage.Fingerprint { return fingerprint(c.text(), c.details) }

// with returns the candidate with other metadata and another rule set.
func (c candidate) with(m *wire.Metadata, rs *wire.RuleSet) candidate {
	c.Metadata, c.RuleSet = m, rs
	return c
}

// reading tells how a candidate's text is read.
type reading struct {
	// fresh texts are new ones: they can't refer to soft-deleted versions (spec 2.9).
	fresh bool
	// strict asks for the rules of a new text.
	strict bool
	// normalize asks for the normalised text.
	normalize bool
	// validate asks for what a language checks after parsing, imported for what it checks even in mode IMPORT.
	validate, imported bool
	// known texts may be registered already: nothing is fetched to judge them, and no circle of references refused.
	known bool
	// fields is validateFields of the config in scope.
	fields bool
}

// blank tells whether an input has no schema text.
func blank(in wire.SchemaInput) bool { return strings.TrimSpace(in.Text) == "" }

// prepare reads an input for a target. Errors: InvalidSchema, Forbidden.
func (s *session) prepare(t backend.Target, in wire.SchemaInput, how reading) (candidate, error) {
	language, ok := s.r.languages[in.Type]
	if !ok {
		return candidate{}, wire.InvalidSchema(wire.Textf("Invalid schema type %s", in.Type))
	}
	references, texts, err := s.resolve(t, in, how)
	if err != nil {
		return candidate{}, refusal(t, in, err)
	}
	c := candidate{language: language, details: details{References: references, Metadata: in.Metadata, RuleSet: in.RuleSet}}
	read, err := s.r.read(language, in.Text, texts, how)
	if err != nil {
		return candidate{}, refusal(t, in, err)
	}
	c.parsed = read.schema
	if err := how.judge(c.parsed); err != nil {
		shown := printed(t, in, strconv.Itoa(int(in.Version)), strconv.Itoa(int(in.ID)))
		return candidate{}, wire.InvalidSchema(wire.Textf("Invalid schema %s, details: %s", shown, err.Error()))
	}
	if how.normalize {
		if c.parsed, err = s.r.parsed.normalized(read); err != nil {
			return candidate{}, refusal(t, in, err)
		}
		c.References = normalizeReferences(c.References)
	}
	return c, nil
}

// judge tells what a language has against a text that it could read.
func (how reading) judge(s schema.Schema) error {
	drawing, draws := s.(schema.Drawing)
	switch {
	case how.imported && draws:
		return drawing.Blocked()
	case how.validate && how.known && draws:
		return drawing.ValidateKnown(how.fields)
	case how.validate:
		return s.Validate(how.fields)
	default:
		return nil
	}
}

func (r *Registry) read(l schema.Language, text string, references []schema.Reference, how reading) (parsedEntry, error) {
	if how.strict || how.normalize {
		return r.parsed.parse(l, text, schema.ParseOptions{References: references, Strict: how.strict})
	}
	return r.parsed.parseWidely(l, text, references)
}

// recognise reads an input that may be registered already. The rules of new texts come first: what isn't registered has to
// obey them, and so is read once. What they refuse may have been stored by wider ones.
func (s *session) recognise(t backend.Target, in wire.SchemaInput, how reading) (candidate, error) {
	c, err := s.prepare(t, in, how)
	if how.strict && isInvalidSchema(err) {
		how.strict = false
		return s.prepare(t, in, how)
	}
	return c, err
}

func isInvalidSchema(err error) bool {
	e := (*wire.Error)(nil)
	return errors.As(err, &e) && e.Code == wire.CodeInvalidSchema
}

// normalizeReferences sorts references and drops repeats (spec/schema-languages.md 4.2).
func normalizeReferences(references []wire.Reference) []wire.Reference {
	sorted := slices.Clone(references)
	slices.SortStableFunc(sorted, func(a, b wire.Reference) int {
		return cmp.Or(strings.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
	})
	return slices.Compact(sorted)
}

// refusal words why a text can't be read (spec 4.10). An answer stays what it is.
func refusal(t backend.Target, in wire.SchemaInput, err error) error {
	var worded interface{ text() wire.Text }
	var details any
	switch {
	case errors.As(err, &worded):
		details = worded.text()
	case errors.Is(err, errMoved), errors.Is(err, storage.ErrUnavailable), errors.As(err, new(*wire.Error)):
		return err
	default:
		details = err.Error()
	}
	prefix := wire.Textf("Invalid schema of type %s, details: ", in.Type)
	if in.Type == "AVRO" {
		return wire.InvalidSchema(wire.Textf("%sInvalid schema %s with refs %s of type %s, details: %s",
			prefix, printed(t, in, "null", "null"), printedReferences(t, in.References), in.Type, details))
	}
	return wire.InvalidSchema(wire.Textf("%s%s%s", prefix, prefix, details))
}

// printed is how the reference server's messages show a schema.
func printed(t backend.Target, in wire.SchemaInput, version, id string) wire.Text {
	d := details{References: in.References, Metadata: in.Metadata, RuleSet: in.RuleSet}
	return wire.Textf("{subject=%s,version=%s,id=%s,guid=%s,schemaType=%s,references=%s,metadata=%s,ruleSet=%s,schema=%s,schemaTags=null,ts=null,deleted=null}",
		t.Name(), version, id, guid(fingerprint(in.Text, d)), in.Type, printedReferences(t, in.References), printedMetadata(in.Metadata), printedRuleSet(in.RuleSet), in.Text)
}

// printedReferences shows references as the caller may see them: a schema of its own may lead out of its context since
// before that was shut off.
func printedReferences(t backend.Target, references []wire.Reference) string {
	parts := make([]string, len(references))
	for i, ref := range shownReferences(t, references, false) {
		parts[i] = printedReference(ref)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func printedReference(ref wire.Reference) string {
	version := "null"
	if ref.Version != 0 {
		version = strconv.Itoa(int(ref.Version))
	}
	return fmt.Sprintf("{name='%s', subject='%s', version=%s}", orNull(ref.Name), orNull(ref.Subject), version)
}

// orNull is how the reference server prints a text that may be missing.
func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

func printedMetadata(m *wire.Metadata) string {
	if m == nil {
		return "null"
	}
	return fmt.Sprintf("Metadata{tags={%s}, properties={%s}, sensitive=[%s]}",
		printedMap(m.Tags, func(v []string) string { return "[" + strings.Join(v, ", ") + "]" }),
		printedMap(m.Properties, func(v string) string { return v }),
		strings.Join(m.Sensitive, ", "))
}

func printedMap[V any](m map[string]V, value func(V) string) string {
	var parts []string
	for k, v := range m {
		parts = append(parts, k+"="+value(v))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
