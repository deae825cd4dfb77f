package jsonschema

import (
	"errors"
	"fmt"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsontree"
)

// dialect is a draft of JSON Schema.
type dialect uint8

const (
	draft4 dialect = iota
	draft6
	draft7
	draft2019
	draft2020
)

// modern tells whether a dialect belongs to the second of the two families that are read alike.
func (d dialect) modern() bool { return d >= draft2019 }

// idKeyword is the name of the keyword that names a schema.
func (d dialect) idKeyword() string {
	if d == draft4 {
		return "id"
	}
	return "$id"
}

var (
	errDialect   = errors.New("$schema is no text")
	errReference = errors.New("unresolved $ref")
	errRemote    = errors.New("Remote schema reference fetching over HTTP(S) is disabled") //nolint:staticcheck // the reference server's words
	errSchema    = errors.New("not a schema")
)

// dialectOf reads $schema (spec/schema-languages.md 2.1.1).
func dialectOf(root *jsontree.Value) (dialect, error) {
	v := root.Get("$schema")
	if v == nil {
		return draft7, nil
	}
	if v.Kind != jsontree.String {
		return draft7, errDialect
	}
	if d, ok := draftOf(strings.TrimSuffix(v.Text, "#")); ok {
		return d, nil
	}
	return draft7, nil
}

// draftOf tells which draft the meta-schema at a URI describes.
func draftOf(uri string) (dialect, bool) {
	scheme, name, _ := strings.Cut(uri, "://")
	if scheme != "http" && scheme != "https" {
		return draft7, false
	}
	switch name {
	case "json-schema.org/draft-04/schema", "json-schema.org/schema":
		return draft4, true
	case "json-schema.org/draft-06/schema":
		return draft6, true
	case "json-schema.org/draft-07/schema":
		return draft7, true
	case "json-schema.org/draft/2019-09/schema":
		return draft2019, true
	case "json-schema.org/draft/2020-12/schema":
		return draft2020, true
	default:
		return draft7, false
	}
}

// document is a text: the one being loaded or one that it refers to.
type document struct {
	root *jsontree.Value
	// base is the URI against which its root resolves references.
	base string
}

// scope is where a schema stands.
type scope struct {
	document *document
	base     string
}

// place is a JSON value with its scope.
type place struct {
	value *jsontree.Value
	scope
}

// loader makes nodes of the values of one root and of all that it refers to. A value becomes one node, however many
// refer to it; targets of references are looked up after the walk, so that its depth is that of the text.
type loader struct {
	dialect dialect
	nodes   map[*jsontree.Value]*node
	pending []pending
	targets targets

	always, never, empty *node
}

// pending is a reference whose target is not yet known.
type pending struct {
	reference *referenceBody
	scope     scope
}

// newLoader returns a loader for a root and what it may refer to, and the scope of the root.
func newLoader(root *jsontree.Value, o schema.ParseOptions, far *remote) (*loader, scope, error) {
	d, err := dialectOf(root)
	if err != nil {
		return nil, scope{}, err
	}
	l := &loader{
		dialect: d, nodes: map[*jsontree.Value]*node{},
		always: &node{kind: kindTrue}, never: &node{kind: kindFalse}, empty: &node{kind: kindEmpty},
	}
	main, err := l.targets.open(d, root, o, far)
	if err != nil {
		return nil, scope{}, err
	}
	return l, scope{main, main.base}, nil
}

// load builds the schema of a root. far has what its references to URLs mean.
func load(root *jsontree.Value, o schema.ParseOptions, far *remote) (*node, error) {
	l, at, err := newLoader(root, o, far)
	if err != nil {
		return nil, err
	}
	n, err := l.load(root, at)
	if err != nil {
		return nil, err
	}
	for len(l.pending) > 0 {
		last := l.pending[len(l.pending)-1]
		l.pending = l.pending[:len(l.pending)-1]
		if last.reference.target, err = l.target(last); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// target is the schema that a reference means.
func (l *loader) target(p pending) (*node, error) {
	found, err := l.targets.find(l.dialect, p.reference.text, p.scope)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", p.reference.text, err)
	}
	if found.value == nil {
		return &node{kind: kindMeta, body: &metaBody{p.reference.text}}, nil
	}
	return l.load(found.value, found.scope)
}

// load builds the schema of a value. The base in at is that of what encloses the value.
func (l *loader) load(v *jsontree.Value, at scope) (*node, error) {
	switch {
	case v.Kind == jsontree.True:
		return l.always, nil
	case v.Kind == jsontree.False:
		return l.never, nil
	case v.Kind != jsontree.Object:
		return nil, fmt.Errorf("%w: %s", errSchema, nameOf(v.Kind))
	case len(v.List) == 0:
		return l.empty, nil
	}
	if n, ok := l.nodes[v]; ok {
		return n, nil
	}
	s := newSource(l, v, at)
	var n *node
	if l.dialect.modern() {
		n = s.modern()
	} else {
		n = s.classic()
	}
	if s.err != nil {
		return nil, s.err
	}
	l.nodes[v] = n
	return n, nil
}

// reference makes a node for a $ref and leaves its target for later.
func (l *loader) reference(text string, at scope) *node {
	body := &referenceBody{text: text}
	l.pending = append(l.pending, pending{body, at})
	return &node{kind: kindReference, body: body}
}
