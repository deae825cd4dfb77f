package avro

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"schemaside/backend/schema/jsontree"
)

// normalizer writes the text whose canonical text is the normalised one (spec/schema-languages.md 1.3). Reading and
// printing it puts most attributes in their place, so only what changes is done here.
//
// The reference server writes every name in full. Inside its own namespace a short one is read the same, and keeps a
// long namespace from being repeated for each type.
type normalizer struct {
	printer
	err error
}

func normalText(t *typ, known []fullName) (string, error) {
	n := &normalizer{printer: *newPrinter(known)}
	n.typ(t, noSpace())
	if n.err != nil {
		return "", n.err
	}
	return string(n.buf), nil
}

func (n *normalizer) fail(text string) {
	if n.err == nil {
		n.err = refusal(text)
	}
}

// typ writes a type. in is the namespace that the text will be read in: a type without namespace is then read in
// the one around it, which renames it, as in the reference server.
func (n *normalizer) typ(t *typ, in space) {
	switch t.kind {
	case kindRecord, kindEnum, kindFixed:
		n.namedType(t, in)
	case kindUnion:
		n.text("[")
		for i, b := range t.branches {
			if i > 0 {
				n.text(",")
			}
			n.typ(b, in)
		}
		n.text("]")
	case kindArray, kindMap:
		n.text(`{"type":`)
		n.quoted(t.kind.String())
		if t.kind == kindArray {
			n.key("items")
		} else {
			n.key("values")
		}
		n.typ(t.items, in)
		n.typeAttributes(t)
		n.text("}")
	default:
		n.text(`{"type":`)
		n.quoted(t.kind.String())
		n.typeAttributes(t)
		n.text("}")
	}
}

func (n *normalizer) namedType(t *typ, in space) {
	if _, again := n.printed[t.name]; again {
		n.quoted(t.name.from(in))
		return
	}
	n.printed[t.name] = struct{}{}
	n.text(`{"type":`)
	n.quoted(t.kind.String())
	n.key("name")
	n.quoted(t.name.last)
	if t.name.space != in && !t.name.bare() {
		n.key("namespace")
		n.quoted(t.name.space.Value())
		in = t.name.space
	}
	if t.doc != nil && *t.doc != "" {
		n.doc(t.doc)
	}
	switch t.kind {
	case kindRecord:
		n.fields(t, in)
	case kindEnum:
		n.symbols(t)
	default:
		n.key("size")
		n.text(strconv.Itoa(t.size))
	}
	n.aliases(t)
	n.typeAttributes(t)
	n.text("}")
}

func (n *normalizer) aliases(t *typ) {
	if len(t.aliases) == 0 {
		return
	}
	sorted := slices.Clone(t.aliases)
	slices.SortFunc(sorted, t.name.compareAliases)
	texts := make([]string, 0, len(sorted))
	for _, a := range sorted {
		if a.space == t.name.space {
			texts = append(texts, a.last)
		} else {
			texts = append(texts, t.name.alias(a))
		}
	}
	n.key("aliases")
	n.list(texts)
}

func (n *normalizer) fields(t *typ, in space) {
	n.key("fields")
	n.text("[")
	for i, f := range t.fields {
		if i > 0 {
			n.text(",")
		}
		n.field(f, in)
	}
	n.text("]")
}

func (n *normalizer) field(f *field, in space) {
	n.text(`{"name":`)
	n.quoted(f.name)
	n.key("type")
	n.typ(f.typ, in)
	if f.order != "" {
		n.key("order")
		n.quoted(f.order)
	}
	n.doc(f.doc)
	if len(f.aliases) > 0 {
		n.key("aliases")
		n.list(sortedTexts(f.aliases))
	}
	if f.fallback != nil {
		if v := n.defaultOf(f.fallback, f.typ); v != nil {
			n.key("default")
			n.buf = v.AppendSorted(n.buf)
		}
	}
	n.sortedAttributes(f.attributes)
	n.text("}")
}

// typeAttributes writes those of a fitting logical type first.
func (n *normalizer) typeAttributes(t *typ) {
	first := t.logicalAttributes()
	for _, key := range first {
		n.key(key)
		n.buf = t.attribute(key).Append(n.buf)
	}
	n.sortedAttributes(pick(t.attributes, func(key string) bool { return !slices.Contains(first, key) }))
}

// sortedAttributes fails where the reference server does: it writes keys as they are, and knows no integer beyond
// 64 bits.
func (n *normalizer) sortedAttributes(attributes []jsontree.Member) {
	for _, a := range attributes {
		if strings.ContainsFunc(a.Key, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
			n.fail(jsonError + "the name of an attribute can't be normalised: " + a.Key)
		}
		if hasBigInteger(a.Value) {
			n.fail("Can't set a property to null: " + a.Key)
		}
	}
	for _, a := range jsontree.SortedMembers(attributes) {
		n.text(",")
		n.quoted(a.Key)
		n.text(":")
		n.buf = a.Value.AppendSorted(n.buf)
	}
}

func hasBigInteger(v *jsontree.Value) bool {
	if isInteger(v) {
		_, fits := int64Of(v)
		return !fits
	}
	return slices.ContainsFunc(v.List, func(m jsontree.Member) bool { return hasBigInteger(m.Value) })
}

// defaultOf is a default as its type has it, nil if the type can't have it. The first branch stands for a union.
// Null, true and false are never asked for their type.
func (n *normalizer) defaultOf(v *jsontree.Value, t *typ) *jsontree.Value {
	if t != nil && t.kind == kindUnion {
		if len(t.branches) == 0 {
			n.fail("Index 0 out of bounds for length 0")
			return nil
		}
		t = t.branches[0]
	}
	switch v.Kind {
	case jsontree.Null, jsontree.True, jsontree.False:
		return v
	case jsontree.Number:
		return numberOf(v, t)
	case jsontree.String:
		return textOf(v, t)
	case jsontree.Array:
		return n.arrayOf(v, t)
	default:
		return n.objectOf(v, t)
	}
}

// numberOf gives a number the form of its type; t is nil where no type is known.
func numberOf(v *jsontree.Value, t *typ) *jsontree.Value {
	if isInteger(v) {
		whole, fits := int64Of(v)
		if !fits {
			return nil
		}
		if t == nil || t.kind == kindLong || t.kind == kindInt && whole >= math.MinInt32 && whole <= math.MaxInt32 {
			return v
		}
	} else if t == nil {
		return v
	}
	switch t.kind {
	case kindDouble:
		return doubleOf(float64Of(v), 64)
	case kindFloat:
		return doubleOf(float64(float32(float64Of(v))), 32)
	}
	return nil
}

func textOf(v *jsontree.Value, t *typ) *jsontree.Value {
	switch {
	case t == nil || t.kind == kindString || t.kind == kindEnum:
		return v
	case t.kind == kindBytes || t.kind == kindFixed:
		return &jsontree.Value{Kind: jsontree.String, Text: latin1(v.Text)}
	}
	return nil
}

// latin1 replaces what the bytes of a default can't hold with "?".
func latin1(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFF {
			return '?'
		}
		return r
	}, s)
}

func (n *normalizer) arrayOf(v *jsontree.Value, t *typ) *jsontree.Value {
	var items *typ
	if t != nil && len(v.List) > 0 {
		if t.kind != kindArray {
			n.fail("Not an array: " + printAlone(t))
			return nil
		}
		items = t.items
	}
	out := &jsontree.Value{Kind: jsontree.Array}
	for _, item := range v.List {
		out.List = append(out.List, jsontree.Member{Value: orNull(n.defaultOf(item.Value, items))})
	}
	return out
}

func (n *normalizer) objectOf(v *jsontree.Value, t *typ) *jsontree.Value {
	out := &jsontree.Value{Kind: jsontree.Object}
	for _, m := range v.List {
		var inner *typ
		switch {
		case t != nil && t.kind == kindMap:
			inner = t.items
		case t != nil && t.kind == kindRecord:
			place, known := t.fieldPlaces[m.Key]
			if !known {
				n.fail("the default of a record has an unknown field: " + m.Key)
				return nil
			}
			inner = t.fields[place].typ
		}
		out.List = append(out.List, jsontree.Member{Key: m.Key, Value: orNull(n.defaultOf(m.Value, inner))})
	}
	return out
}

// orNull stands in for a value inside a default that its type can't have.
func orNull(v *jsontree.Value) *jsontree.Value {
	if v == nil {
		return &jsontree.Value{Kind: jsontree.Null}
	}
	return v
}
