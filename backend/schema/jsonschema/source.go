package jsonschema

import (
	"errors"
	"fmt"

	"schemaside/backend/schema/jsontree"
)

var errKeyword = errors.New("keyword of a wrong type")

// source is an object being read as a schema. It remembers which keywords were understood, and the first error.
type source struct {
	l  *loader
	v  *jsontree.Value
	at scope
	// has are the families of which there is a keyword.
	has   family
	used  bitset
	about notes
	err   error
}

func newSource(l *loader, v *jsontree.Value, at scope) *source {
	s := &source{l: l, v: v, at: at}
	for i := range v.List {
		s.has |= familyOf(v.List[i].Key)
	}
	return s
}

// family is a set of groups of keywords that are read together.
type family uint8

const (
	familyNotes family = 1 << iota
	familyString
	familyNumber
	familyArray
	// familyContains are minContains and maxContains.
	familyContains
	familyObject
	familyOther
)

// familyOf is the group of a keyword of any dialect; empty for one that none knows.
func familyOf(keyword string) family {
	switch keyword {
	case "id", "$id", "title", "description", "default":
		return familyNotes
	case "minLength", "maxLength", "pattern", "format":
		return familyString
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		return familyNumber
	case "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains":
		return familyArray
	case "minContains", "maxContains":
		return familyContains
	case "properties", "required", "minProperties", "maxProperties", "patternProperties", "additionalProperties", "propertyNames",
		"dependencies", "dependentRequired", "dependentSchemas":
		return familyObject
	case "$ref", "$dynamicRef", "type", "enum", "const", "not", "if", "then", "else", "allOf", "anyOf", "oneOf":
		return familyOther
	default:
		return 0
	}
}

// bitset is a set of small numbers.
type bitset struct {
	low  uint64
	high map[int]struct{}
}

func (b *bitset) add(i int) {
	if i < 64 {
		b.low |= 1 << i
		return
	}
	if b.high == nil {
		b.high = map[int]struct{}{}
	}
	b.high[i] = struct{}{}
}

func (b *bitset) has(i int) bool {
	if i < 64 {
		return b.low&(1<<i) != 0
	}
	_, ok := b.high[i]
	return ok
}

func (s *source) fail(key string, err error) {
	if s.err == nil {
		s.err = fmt.Errorf("%s: %w", key, err)
	}
}

// take finds a keyword and marks it as understood; nil without one.
func (s *source) take(key string) *jsontree.Value {
	for i := range s.v.List {
		if s.v.List[i].Key == key {
			s.used.add(i)
			return s.v.List[i].Value
		}
	}
	return nil
}

// of is a keyword that must have a kind; nil without one.
func (s *source) of(key string, want jsontree.Kind) *jsontree.Value {
	v := s.take(key)
	if v != nil && v.Kind != want {
		s.fail(key, errKeyword)
		return nil
	}
	return v
}

func (s *source) text(key string) *string {
	if v := s.of(key, jsontree.String); v != nil {
		return &v.Text
	}
	return nil
}

func (s *source) number(key string) limit {
	if v := s.of(key, jsontree.Number); v != nil {
		return v.Text
	}
	return ""
}

// count is a number of characters, items or properties: in the classic dialects it must be an integer.
func (s *source) count(key string) limit {
	n := s.number(key)
	if n != "" && !s.l.dialect.modern() && !isInteger(n) {
		s.fail(key, errKeyword)
	}
	return n
}

// flag is a boolean keyword; known is false without one.
func (s *source) flag(key string) (set, known bool) {
	v := s.take(key)
	if v == nil {
		return false, false
	}
	if v.Kind != jsontree.True && v.Kind != jsontree.False {
		s.fail(key, errKeyword)
	}
	return v.Kind == jsontree.True, true
}

// list is an array keyword; nil without one.
func (s *source) list(key string) *jsontree.Value { return s.of(key, jsontree.Array) }

// names is an array of texts as a set.
func (s *source) names(key string, v *jsontree.Value) map[string]struct{} {
	names := make(map[string]struct{}, len(v.List))
	for _, m := range v.List {
		if m.Value.Kind != jsontree.String {
			s.fail(key, errKeyword)
			return names
		}
		names[m.Value.Text] = struct{}{}
	}
	return names
}

// build makes a schema of a value below this one. After an error it is a stand-in that nobody will see.
func (s *source) build(key string, v *jsontree.Value) *node {
	if s.err != nil {
		return s.l.empty
	}
	n, err := s.l.load(v, s.at)
	if err != nil {
		s.fail(key, err)
		return s.l.empty
	}
	return n
}

// schema is a keyword that holds a schema; nil without one.
func (s *source) schema(key string) *node {
	if v := s.take(key); v != nil {
		return s.build(key, v)
	}
	return nil
}

// schemas is a keyword that holds an array of schemas; known is false without one.
func (s *source) schemas(key string) (members []*node, known bool) {
	v := s.list(key)
	if v == nil {
		return nil, false
	}
	members = make([]*node, len(v.List))
	for i, m := range v.List {
		members[i] = s.build(key, m.Value)
	}
	return members, true
}

// enter reads what names and describes the schema, and moves the scope to its id.
func (s *source) enter() {
	if s.has&familyNotes == 0 {
		return
	}
	if id := s.text(s.l.dialect.idKeyword()); id != nil {
		s.about.id = *id
		s.at.base = s.l.targets.baseInside(s.v, s.at.base)
	}
	if title := s.text("title"); title != nil {
		s.about.title = *title
	}
	if description := s.text("description"); description != nil {
		s.about.description = *description
	}
	s.about.fallback = s.take("default")
	if v := s.about.fallback; v != nil && v.Kind == jsontree.Null && s.l.dialect.modern() {
		s.about.fallback = nil
	}
}

// annotate puts the notes, completed by the keywords that nothing took, on a schema that was just made.
func (s *source) annotate(n *node) *node {
	unused := 0
	for i := range s.v.List {
		if !s.used.has(i) {
			unused++
		}
	}
	about := s.about
	if about.id == "" && about.title == "" && about.description == "" && about.fallback == nil && unused == 0 {
		return n
	}
	if unused > 0 {
		about.extra = make([]jsontree.Member, 0, unused)
		for i := range s.v.List {
			if !s.used.has(i) {
				about.extra = append(about.extra, s.v.List[i])
			}
		}
	}
	if n == s.l.empty {
		n = &node{kind: kindEmpty}
	}
	n.notes = &about
	return n
}

// typeWords reads the keyword type: a word or several.
func (s *source) typeWords() (words []string, several bool) {
	v := s.take("type")
	if v == nil {
		return nil, false
	}
	several = v.Kind == jsontree.Array
	list := []jsontree.Member{{Value: v}}
	if several {
		list = v.List
	}
	for _, m := range list {
		if m.Value.Kind != jsontree.String || !isTypeWord(m.Value.Text) {
			s.fail("type", errKeyword)
			return nil, several
		}
		words = append(words, m.Value.Text)
	}
	return words, several
}

func isTypeWord(word string) bool {
	switch word {
	case "string", "number", "integer", "boolean", "null", "array", "object":
		return true
	default:
		return false
	}
}

// kindOfWord is the kind of a known type word.
func kindOfWord(word string) kind {
	switch word {
	case "string":
		return kindString
	case "number", "integer":
		return kindNumber
	case "boolean":
		return kindBoolean
	case "null":
		return kindNull
	case "array":
		return kindArray
	default:
		return kindObject
	}
}
