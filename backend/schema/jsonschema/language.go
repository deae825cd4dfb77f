// Package jsonschema is the language JSON: JSON Schema in drafts 4, 6, 7, 2019-09 and 2020-12.
//
// A text is read as plain JSON (tree.go) and printed again (print.go). Only validation and comparison look at it as a
// schema: loaders for the classic and the modern drafts make nodes of it (node.go), which compare.go walks in pairs.
package jsonschema

import (
	"errors"
	"strings"
	"sync"

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

	once     sync.Once
	schema   *node
	refusing error
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

func (p *parsed) Validate(fields bool) error {
	root, err := p.model()
	if err != nil {
		return err
	}
	if object, ok := root.body.(*objectBody); ok && fields {
		for _, name := range object.names {
			if strings.HasPrefix(name, "$$") {
				return errors.New("Field names cannot start with $$ prefix") //nolint:staticcheck // the reference server's words
			}
		}
	}
	return nil
}

// model is the schema that the text stands for.
func (p *parsed) model() (*node, error) {
	p.once.Do(func() {
		switch p.root.Kind {
		case jsontree.Object, jsontree.True, jsontree.False:
			node, err := load(p.root, p.options)
			if err != nil {
				p.refusing = &refusal{"Invalid JSON", err}
				return
			}
			p.schema = node
		default:
			p.refusing = &refusal{"Invalid JSON schema: expected an object or boolean at the root, found " + nameOf(p.root.Kind), errRoot}
		}
	})
	return p.schema, p.refusing
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
