// Package jsonschema is the language JSON: JSON Schema in drafts 4, 6, 7, 2019-09 and 2020-12.
//
// A text is read as plain JSON (tree.go) and printed again (print.go). Only validation and comparison look at it as a
// schema: loaders for the classic and the modern drafts make nodes of it (node.go), which compare.go walks in pairs.
package jsonschema

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// Language is the schema language JSON.
type Language struct{}

var _ schema.Language = Language{}

// Name implements schema.Language.
func (Language) Name() string { return "JSON" }

// refusal is an error with the reference server's words, which hide the cause.
type refusal struct {
	text  string
	cause error
}

func (r *refusal) Error() string { return r.text }

func (r *refusal) Unwrap() error { return r.cause }

var errRoot = errors.New("root is neither an object nor a boolean")

// Parse implements schema.Language. Any JSON value will do: whether it is a schema is told by Validate.
func (Language) Parse(text string, o schema.ParseOptions) (schema.Schema, error) {
	root, err := readTree(text, o.Limits)
	if err != nil {
		return nil, &refusal{"Invalid JSON schema", err}
	}
	return &parsed{canonical: root.String(), root: root, options: o}, nil
}

// Check implements schema.Language.
func (Language) Check(reader, writer schema.Schema, o schema.CheckOptions) []string {
	newer, err := modelOf(reader)
	if err != nil {
		return []string{err.Error()}
	}
	older, err := modelOf(writer)
	if err != nil {
		return []string{err.Error()}
	}
	c := comparison{lenient: o.Lenient}
	return c.messages(older, newer, o.ReaderIsNew)
}

var errForeign = errors.New("schema of another language")

func modelOf(s schema.Schema) (*node, error) {
	p, ok := s.(*parsed)
	if !ok {
		return nil, errForeign
	}
	return p.model()
}

// parsed is a text of this language. The schema in it is built when first asked for.
type parsed struct {
	canonical string
	root      *jsontree.Value
	options   schema.ParseOptions

	// built is what building it came to, once that can't change any more; building is held meanwhile.
	built    atomic.Pointer[built]
	building sync.Mutex
}

// built is a schema, or why there is none.
type built struct {
	schema *node
	err    error
	// fetched is the size of the texts that were fetched for it.
	fetched int
}

func (p *parsed) Canonical() string { return p.canonical }

// Format knows no format: JSON has none (spec 4.9).
func (p *parsed) Format(string) string { return p.canonical }

func (p *parsed) Normalized() (schema.Schema, error) {
	sorted := p.root.Sorted()
	return &parsed{canonical: sorted.String(), root: sorted, options: p.options}, nil
}

func (p *parsed) Equal(other schema.Schema) bool {
	o, ok := other.(*parsed)
	return ok && o.canonical == p.canonical
}

// Validate implements schema.Schema.
func (p *parsed) Validate(fields bool) error {
	root, err := p.model()
	if err != nil {
		return err
	}
	return validate(root, fields)
}

// ValidateKnown implements schema.Drawing.
func (p *parsed) ValidateKnown(fields bool) error {
	b := p.built.Load()
	if b == nil {
		b, _ = p.build(true)
	}
	if b.err != nil {
		return b.err
	}
	return validate(b.schema, fields)
}

// Blocked implements schema.Drawing.
func (p *parsed) Blocked() error {
	if p.options.Fetch != nil {
		return nil
	}
	if _, err := p.model(); errors.Is(err, errRemote) {
		return err
	}
	return nil
}

// Weight implements schema.Weighted: what was fetched isn't in the text.
func (p *parsed) Weight() int {
	if b := p.built.Load(); b != nil {
		return bytesPerByte * b.fetched
	}
	return 0
}

// bytesPerByte is the memory that a byte of a fetched text takes at most once it is read.
const bytesPerByte = 40

func validate(root *node, fields bool) error {
	if object, ok := root.body.(*objectBody); ok && fields {
		for _, name := range object.names {
			if strings.HasPrefix(name, "$$") {
				return errors.New("Field names cannot start with $$ prefix") //nolint:staticcheck // the reference server's words
			}
		}
	}
	return nil
}

// model is the schema that the text stands for. What depends on a text that can't be fetched now is tried again next time.
func (p *parsed) model() (*node, error) {
	if b := p.built.Load(); b != nil {
		return b.schema, b.err
	}
	p.building.Lock()
	defer p.building.Unlock()
	if b := p.built.Load(); b != nil {
		return b.schema, b.err
	}
	b, final := p.build(false)
	if final {
		p.built.Store(b)
	}
	return b.schema, b.err
}

// build makes the schema; with standIns, from what is at hand. final tells that it would come out the same next time.
func (p *parsed) build(standIns bool) (b *built, final bool) {
	switch p.root.Kind {
	case jsontree.Object, jsontree.True, jsontree.False:
	default:
		err := &refusal{"Invalid JSON schema: expected an object or boolean at the root, found " + nameOf(p.root.Kind), errRoot}
		return &built{err: err}, true
	}
	far, done := newRemote(p.options.Fetch, standIns)
	defer done()
	n, err := load(p.root, p.options, far)
	if err != nil {
		return &built{err: &refusal{refusedText(err), err}}, !errors.Is(err, errFetch)
	}
	return &built{schema: n, fetched: far.bytes}, !far.stoodIn
}

// refusedText words why no schema can be built. The reference server tells no reason; what it wouldn't say at all, because
// it concerns what was fetched, is told.
func refusedText(err error) string {
	if errors.Is(err, errFetch) {
		return "Invalid JSON: " + err.Error()
	}
	return "Invalid JSON"
}

// nameOf is what a message calls a kind.
func nameOf(k jsontree.Kind) string {
	switch k {
	case jsontree.Null:
		return "NULL"
	case jsontree.String:
		return "STRING"
	case jsontree.Number:
		return "NUMBER"
	case jsontree.Array:
		return "ARRAY"
	case jsontree.Object:
		return "OBJECT"
	default:
		return "BOOLEAN"
	}
}
