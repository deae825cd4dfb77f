package jsonschema

import (
	"slices"

	"schemaside/backend/schema/jsontree"
)

// modern reads an object as a schema of draft 2019-09 or 2020-12 (spec/schema-languages.md 2.5.2): each keyword is a
// schema of its own, and what is of one kind is put together again.
func (s *source) modern() *node {
	s.enter()
	var f fold
	if s.has&familyOther != 0 {
		s.foldTypes(&f)
	}
	s.foldFamilies(&f)
	if s.has&familyOther != 0 {
		s.foldOthers(&f)
	}
	if s.has&familyObject != 0 {
		s.foldProperties(&f)
	}
	return s.annotate(f.result(s.l.empty))
}

// foldOthers adds the keywords that stand alone.
func (s *source) foldOthers(f *fold) {
	for _, ref := range []string{"$ref", "$dynamicRef"} {
		if text := s.text(ref); text != nil {
			f.add(s.l.reference(*text, s.at))
		}
	}
	for _, n := range some(s.enumOf(), s.constOf(), s.notOf(), s.modernConditional()) {
		f.add(n)
	}
	for c := allOf; c <= oneOf; c++ {
		if members, known := s.schemas(c.keyword()); known {
			f.add(combine(c, taken(members)))
		}
	}
}

// foldProperties adds the keywords that come last.
func (s *source) foldProperties(f *fold) {
	var b, patterns objectBody
	if s.properties(&b) {
		f.add(&node{kind: kindObject, body: &b})
	}
	if s.patternProperties(&patterns) {
		f.add(&node{kind: kindObject, body: &patterns})
	}
}

// taken replaces members that came out as a generated allOf by its parts, as the reference server does.
func taken(members []*node) []*node {
	var out []*node
	for _, m := range members {
		if b, ok := m.body.(*combinedBody); ok && m.generated && b.criterion == allOf {
			out = append(out, b.members...)
		} else {
			out = append(out, m)
		}
	}
	return out
}

// fold collects the schemas of single keywords.
type fold struct {
	parts []*node
	// types is the generated anyOf of a type array, while it is the only part.
	types *combinedBody
}

// add joins a schema with those so far.
func (f *fold) add(n *node) {
	if f.types != nil {
		if i := indexOfKind(f.types.members, n.kind); i >= 0 {
			f.types.members[i] = merge(f.types.members[i], n)
			return
		}
		f.types = nil
	}
	if i := indexOfKind(f.parts, n.kind); i >= 0 {
		f.parts[i] = merge(f.parts[i], n)
		return
	}
	f.parts = append(f.parts, n)
}

// indexOfKind finds a part that a schema of this kind is merged into.
func indexOfKind(parts []*node, k kind) int {
	switch k {
	case kindObject, kindArray, kindString, kindNumber:
		return slices.IndexFunc(parts, func(p *node) bool { return p.kind == k })
	default:
		return -1
	}
}

// result is the schema that all parts make.
func (f *fold) result(empty *node) *node {
	switch len(f.parts) {
	case 0:
		return empty
	case 1:
		return f.parts[0]
	default:
		all := combine(allOf, f.parts)
		all.generated = true
		return all
	}
}

// foldTypes begins with the keyword type.
func (s *source) foldTypes(f *fold) {
	words, several := s.typeWords()
	nodes := make([]*node, len(words))
	for i, word := range words {
		nodes[i] = typedNode(word, nil)
	}
	if several {
		types := combine(anyOf, nodes)
		types.generated = true
		f.parts = append(f.parts, types)
		f.types, _ = types.body.(*combinedBody)
		return
	}
	for _, n := range nodes {
		f.add(n)
	}
}

// foldFamilies adds the keywords of strings, numbers, arrays and objects, those first that a type array has a member
// for: the order of the reference server is that of hash values.
func (s *source) foldFamilies(f *fold) {
	nodes := some(s.stringFamily(), s.numberFamily(), s.modernArray(), s.modernObject())
	if f.types != nil {
		members := f.types.members
		slices.SortStableFunc(nodes, func(a, b *node) int {
			return boolean(indexOfKind(members, a.kind) < 0) - boolean(indexOfKind(members, b.kind) < 0)
		})
	}
	for _, n := range nodes {
		f.add(n)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// modernConditional is nil without if.
func (s *source) modernConditional() *node {
	if n := s.conditionalOf(); n != nil {
		if b, ok := n.body.(*conditionalBody); ok && b.condition != nil {
			return n
		}
	}
	return nil
}

// modernObject are the keywords of objects but for properties and patternProperties, which come last.
func (s *source) modernObject() *node {
	if s.has&familyObject == 0 {
		return nil
	}
	var b objectBody
	known := s.required(&b)
	known = s.sizes(&b) || known
	known = s.dependentRequired(&b) || known
	known = s.dependentSchemas(&b) || known
	b.additional = s.modernExtension("additionalProperties")
	b.propertyNames = s.schema("propertyNames")
	if !known && b.additional == (extension{}) && b.propertyNames == nil {
		return nil
	}
	return &node{kind: kindObject, body: &b}
}

// modernExtension is an extension of which true is the same as none.
func (s *source) modernExtension(key string) extension {
	e, _ := s.extension(key)
	return e
}

func (s *source) dependentRequired(b *objectBody) (known bool) {
	v := s.of("dependentRequired", jsontree.Object)
	if v == nil {
		return false
	}
	for _, m := range v.List {
		if m.Value.Kind != jsontree.Array {
			s.fail("dependentRequired", errKeyword)
			return true
		}
		b.arrayDependencies = append(b.arrayDependencies, dependency[map[string]struct{}]{m.Key, s.names("dependentRequired", m.Value)})
	}
	return true
}

func (s *source) dependentSchemas(b *objectBody) (known bool) {
	v := s.of("dependentSchemas", jsontree.Object)
	if v == nil {
		return false
	}
	for _, m := range v.List {
		b.schemaDependencies = append(b.schemaDependencies, dependency[*node]{m.Key, s.build("dependentSchemas", m.Value)})
	}
	return true
}

func (s *source) modernArray() *node {
	if s.has&familyArray == 0 {
		return nil
	}
	b := arrayBody{minimum: s.count("minItems"), maximum: s.count("maxItems")}
	known := b.minimum != "" || b.maximum != ""
	unique, isUnique := s.flag("uniqueItems")
	b.unique = unique
	known = known || isUnique
	known = s.modernItems(&b) || known
	known = s.contains(&b) || known
	if !known {
		return nil
	}
	return &node{kind: kindArray, body: &b}
}

// modernItems reads prefixItems and items into b; in 2019-09 also a tuple in items, with additionalItems beside it.
func (s *source) modernItems(b *arrayBody) (known bool) {
	if prefix := s.list("prefixItems"); prefix != nil {
		s.tupleItems("prefixItems", prefix, b)
	}
	if v := s.take("items"); v != nil {
		switch {
		case v.Kind == jsontree.Array && s.l.dialect == draft2019:
			s.tupleItems("items", v, b)
			b.additional = s.modernExtension("additionalItems")
		case v.Kind == jsontree.False:
			b.additional.forbidden = true
		case v.Kind == jsontree.True:
		case b.isTuple:
			b.additional.schema = s.build("items", v)
		default:
			b.items = s.build("items", v)
		}
		return true
	}
	return b.isTuple
}

func (s *source) contains(b *arrayBody) (known bool) {
	if b.contains = s.schema("contains"); b.contains == nil {
		return false
	}
	if b.minimumContains = s.number("minContains"); b.minimumContains == "" {
		b.minimumContains = "1"
	}
	b.maxContains = s.number("maxContains")
	return true
}
