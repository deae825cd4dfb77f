package jsonschema

import (
	"slices"

	"schemaside/backend/schema/jsontree"
)

// classic reads an object as a schema of draft 4, 6 or 7 (spec/schema-languages.md 2.5.1).
func (s *source) classic() *node {
	s.enter()
	var parts []*node
	if s.has&familyOther != 0 {
		if ref := s.text("$ref"); ref != nil {
			return s.annotate(s.l.reference(*ref, s.at))
		}
		parts = s.classicOthers()
	}
	parts = append(parts, s.classicKinds()...)
	if s.l.dialect == draft7 && s.has&familyOther != 0 {
		parts = append(parts, some(s.conditionalOf())...)
	}
	switch len(parts) {
	case 0:
		return s.annotate(s.l.empty)
	case 1:
		return s.annotate(parts[0])
	default:
		all := combine(allOf, parts)
		all.generated = true
		return s.annotate(all)
	}
}

// classicOthers are the schemas of keywords that stand alone.
func (s *source) classicOthers() []*node {
	parts := some(s.enumOf())
	for c := allOf; c <= oneOf; c++ {
		if members, known := s.schemas(c.keyword()); known {
			parts = append(parts, combine(c, members))
		}
	}
	parts = append(parts, some(s.notOf())...)
	if s.l.dialect >= draft6 {
		parts = append(parts, some(s.constOf())...)
	}
	return parts
}

// classicKinds are the schemas that type and the families of keywords give.
func (s *source) classicKinds() []*node {
	words, several := s.typeWords()
	families := some(s.classicArray(), s.classicObject(), s.numberFamily(), s.stringFamily())
	var parts []*node
	for _, word := range words {
		var family *node
		if i := indexOfKind(families, kindOfWord(word)); i >= 0 {
			family = families[i]
		}
		parts = append(parts, typedNode(word, family))
	}
	if several {
		types := combine(anyOf, parts)
		types.generated = true
		parts = []*node{types}
	}
	for _, f := range families {
		stray := f.kind == kindArray && s.has&familyArray == 0
		if !stray && !slices.ContainsFunc(words, func(word string) bool { return kindOfWord(word) == f.kind }) {
			parts = append(parts, f)
		}
	}
	return parts
}

// typedNode is the schema of a type word with the keywords of its family, if there are any.
func typedNode(word string, family *node) *node {
	n := &node{kind: kindOfWord(word)}
	switch n.kind {
	case kindObject:
		b := bodyOr[objectBody](family)
		b.typed, n.body = true, b
	case kindArray:
		b := bodyOr[arrayBody](family)
		b.typed, n.body = true, b
	case kindString:
		b := bodyOr[stringBody](family)
		b.typed, n.body = true, b
	case kindNumber:
		b := bodyOr[numberBody](family)
		b.typed, b.integer, n.body = true, word == "integer", b
	}
	return n
}

// bodyOr is a copy of the body of a family's node, or an empty one.
func bodyOr[B any, P interface {
	*B
	body
}](family *node) *B {
	if family == nil {
		return new(B)
	}
	b, ok := family.body.(P)
	if !ok {
		return new(B)
	}
	copied := *b
	return &copied
}

// classicObject are the keywords of objects; nil without any.
func (s *source) classicObject() *node {
	if s.has&familyObject == 0 {
		return nil
	}
	b := &objectBody{}
	known := s.properties(b)
	known = s.required(b) || known
	known = s.sizes(b) || known
	known = s.patternProperties(b) || known
	known = s.dependencies(b) || known
	var extended bool
	b.additional, extended = s.extension("additionalProperties")
	if s.l.dialect >= draft6 {
		b.propertyNames = s.schema("propertyNames")
	}
	if !known && !extended && b.propertyNames == nil {
		return nil
	}
	return &node{kind: kindObject, body: b}
}

// extension reads additionalProperties or additionalItems.
func (s *source) extension(key string) (e extension, known bool) {
	v := s.take(key)
	if v == nil {
		return e, false
	}
	switch v.Kind {
	case jsontree.False:
		e.forbidden = true
	case jsontree.True:
	default:
		e.schema = s.build(key, v)
	}
	return e, true
}

func (s *source) dependencies(b *objectBody) (known bool) {
	v := s.of("dependencies", jsontree.Object)
	if v == nil {
		return false
	}
	for _, m := range v.List {
		if m.Value.Kind == jsontree.Array {
			b.arrayDependencies = append(b.arrayDependencies, dependency[map[string]struct{}]{m.Key, s.names("dependencies", m.Value)})
			continue
		}
		s.refuseBoolean("dependencies", m.Value)
		b.schemaDependencies = append(b.schemaDependencies, dependency[*node]{m.Key, s.build("dependencies", m.Value)})
	}
	return true
}

// refuseBoolean keeps booleans from the places where draft 4 wants an object.
func (s *source) refuseBoolean(key string, v *jsontree.Value) {
	if s.l.dialect == draft4 && v.Kind != jsontree.Object {
		s.fail(key, errKeyword)
	}
}

// classicArray are the keywords of arrays; nil without any. minContains and maxContains belong to none of these dialects,
// and yet are compared, but make no array of what isn't one.
func (s *source) classicArray() *node {
	if s.has&(familyArray|familyContains) == 0 {
		return nil
	}
	b := &arrayBody{
		minimum: s.count("minItems"), maximum: s.count("maxItems"),
		minimumContains: s.peekNumber("minContains"), maxContains: s.peekNumber("maxContains"),
	}
	b.unique, _ = s.flag("uniqueItems")
	b.additional, _ = s.extension("additionalItems")
	s.classicItems(b)
	if s.l.dialect >= draft6 {
		b.contains = s.schema("contains")
	}
	return &node{kind: kindArray, body: b}
}

// peekNumber is a number that stays a keyword that nothing understood.
func (s *source) peekNumber(key string) limit {
	if v := s.v.Get(key); v != nil && v.Kind == jsontree.Number {
		return v.Text
	}
	return ""
}

func (s *source) classicItems(b *arrayBody) {
	v := s.take("items")
	if v == nil {
		return
	}
	if v.Kind == jsontree.Array {
		s.tupleItems("items", v, b)
		return
	}
	s.refuseBoolean("items", v)
	b.items = s.build("items", v)
}

// tupleItems reads schemas of items by position into b.
func (s *source) tupleItems(key string, v *jsontree.Value, b *arrayBody) {
	b.isTuple = true
	b.tuple = make([]*node, len(v.List))
	for i, m := range v.List {
		b.tuple[i] = s.build(key, m.Value)
	}
}
