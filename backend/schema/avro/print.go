package avro

import (
	"slices"
	"strconv"
	"strings"

	"schemaside/backend/schema"
	"schemaside/backend/schema/javaorder"
	"schemaside/backend/schema/jsontree"
)

// printer writes the canonical text (spec/schema-languages.md 1.2).
type printer struct {
	buf []byte
	// printed are the types that from now on are written as names.
	printed map[fullName]struct{}
	// limit bounds how deep types may nest, 0 for no limit. A definition moves to the first use of its name, so the
	// print can be deeper than what was read.
	limit, depth int
	tooDeep      bool
}

func newPrinter(known []fullName) *printer {
	p := &printer{printed: make(map[fullName]struct{}, len(known))}
	for _, name := range known {
		p.printed[name] = struct{}{}
	}
	return p
}

// printCanonical refuses what the reader wouldn't read again.
func printCanonical(t *typ, known []fullName, limits schema.Limits) (string, error) {
	p := newPrinter(known)
	p.limit = limits.Depth
	p.typ(t, noSpace())
	if p.tooDeep || nesting(p.buf) > limits.Depth {
		return "", tooDeep(limits)
	}
	return string(p.buf), nil
}

// printResolved writes references out at their first use.
func printResolved(t *typ) string { return printAlone(t) }

// printAlone writes a type as if it were a whole schema.
func printAlone(t *typ) string {
	p := newPrinter(nil)
	p.typ(t, noSpace())
	return string(p.buf)
}

// nesting is how deep the arrays and objects of a JSON text nest.
func nesting(text []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	return deepest
}

func (p *printer) text(s string) { p.buf = append(p.buf, s...) }

func (p *printer) quoted(s string) { p.buf = jsontree.AppendString(p.buf, s) }

// key begins an attribute that isn't the first of its object. The key needs no escapes.
func (p *printer) key(key string) {
	p.text(`,"`)
	p.text(key)
	p.text(`":`)
}

func (p *printer) typ(t *typ, in space) {
	if p.limit > 0 && p.depth > p.limit {
		p.tooDeep = true
		return
	}
	p.depth++
	switch t.kind {
	case kindRecord, kindEnum, kindFixed, kindReference:
		p.namedType(t, in)
	case kindUnion:
		p.union(t, in)
	case kindArray:
		p.items(`{"type":"array","items":`, t, in)
	case kindMap:
		p.items(`{"type":"map","values":`, t, in)
	default:
		p.primitive(t)
	}
	p.depth--
}

func (p *printer) primitive(t *typ) {
	if len(t.attributes) == 0 {
		p.quoted(t.kind.String())
		return
	}
	p.text(`{"type":`)
	p.quoted(t.kind.String())
	p.attributes(t.attributes)
	p.text("}")
}

// items writes an array or a map, both begin alike.
func (p *printer) items(begin string, t *typ, in space) {
	p.text(begin)
	p.typ(t.items, in)
	p.attributes(t.attributes)
	p.text("}")
}

func (p *printer) union(t *typ, in space) {
	p.text("[")
	for i, b := range t.branches {
		if i > 0 {
			p.text(",")
		}
		p.typ(b, in)
	}
	p.text("]")
}

func (p *printer) namedType(t *typ, in space) {
	if _, again := p.printed[t.name]; again || t.kind == kindReference {
		p.quoted(t.name.from(in))
		return
	}
	p.printed[t.name] = struct{}{}
	p.text(`{"type":`)
	p.quoted(t.word())
	p.key("name")
	p.quoted(t.name.last)
	if t.name.space != in {
		p.key("namespace")
		p.quoted(t.name.space.Value())
	}
	p.doc(t.doc)
	switch t.kind {
	case kindRecord:
		p.fields(t)
	case kindEnum:
		p.symbols(t)
	default:
		p.key("size")
		p.text(strconv.Itoa(t.size))
	}
	p.attributes(t.attributes)
	p.typeAliases(t)
	p.text("}")
}

// word is the type attribute of a definition.
func (t *typ) word() string {
	if t.isError {
		return "error"
	}
	return t.kind.String()
}

// from is how a name is written inside a namespace: short in its own, unless it then were a word of the language.
func (n fullName) from(in space) string {
	if n.space == in && kindOf(n.last) == noKind {
		return n.last
	}
	return n.String()
}

func (p *printer) doc(doc *string) {
	if doc != nil {
		p.key("doc")
		p.quoted(*doc)
	}
}

func (p *printer) symbols(t *typ) {
	p.key("symbols")
	p.list(t.symbols)
	if t.enumDefault != nil {
		p.key("default")
		p.quoted(*t.enumDefault)
	}
}

func (p *printer) fields(t *typ) {
	p.key("fields")
	p.text("[")
	for i, f := range t.fields {
		if i > 0 {
			p.text(",")
		}
		p.field(f, t.name.space)
	}
	p.text("]")
}

func (p *printer) field(f *field, in space) {
	p.text(`{"name":`)
	p.quoted(f.name)
	p.key("type")
	p.typ(f.typ, in)
	p.doc(f.doc)
	if f.fallback != nil {
		p.key("default")
		p.buf = f.fallback.Append(p.buf)
	}
	if f.order != "" {
		p.key("order")
		p.quoted(f.order)
	}
	if len(f.aliases) > 0 {
		p.key("aliases")
		p.list(f.aliases)
	}
	p.attributes(f.attributes)
	p.text("}")
}

func (p *printer) typeAliases(t *typ) {
	if len(t.aliases) == 0 {
		return
	}
	short := make([]string, 0, len(t.aliases))
	for _, a := range t.aliases {
		if a.space == t.name.space {
			short = append(short, a.last)
		} else {
			short = append(short, a.String())
		}
	}
	p.key("aliases")
	p.list(short)
}

func (p *printer) list(texts []string) {
	p.text("[")
	for i, s := range texts {
		if i > 0 {
			p.text(",")
		}
		p.quoted(s)
	}
	p.text("]")
}

func (p *printer) attributes(attributes []jsontree.Member) {
	for _, a := range attributes {
		p.text(",")
		p.quoted(a.Key)
		p.text(":")
		p.buf = a.Value.Append(p.buf)
	}
}

// listText is a list as Java shows it.
func listText(texts []string) string { return "[" + strings.Join(texts, ", ") + "]" }

// sortedTexts is a sorted copy.
func sortedTexts(texts []string) []string {
	out := slices.Clone(texts)
	slices.SortFunc(out, javaorder.Compare)
	return out
}
