package jsonschema

import (
	"errors"

	"schemaside/backend/schema/jsontree"
)

var (
	errZero    = errors.New("multipleOf is 0")
	errPattern = errors.New("not a regular expression")
)

// stringFamily are the keywords of strings; nil without any.
func (s *source) stringFamily() *node {
	if s.has&familyString == 0 {
		return nil
	}
	b := stringBody{minimum: s.count("minLength"), maximum: s.count("maxLength"), pattern: s.pattern()}
	if !s.l.dialect.modern() {
		if format := s.take("format"); format != nil && format.Kind == jsontree.String {
			b.format = format.Text
		}
	}
	if b == (stringBody{}) {
		return nil
	}
	return &node{kind: kindString, body: &b}
}

func (s *source) pattern() *string {
	p := s.text("pattern")
	if p != nil && checkPattern(*p) != nil {
		s.fail("pattern", errPattern)
	}
	return p
}

// numberFamily are the keywords of numbers; nil without any.
func (s *source) numberFamily() *node {
	if s.has&familyNumber == 0 {
		return nil
	}
	b := numberBody{minimum: s.number("minimum"), maximum: s.number("maximum"), multipleOf: s.number("multipleOf")}
	known := b != (numberBody{})
	if s.l.dialect == draft4 {
		var low, high bool
		b.minimumFlag, low = s.flag("exclusiveMinimum")
		b.maximumFlag, high = s.flag("exclusiveMaximum")
		known = known || low || high
	} else {
		b.exclusiveMinimum, b.exclusiveMaximum = s.number("exclusiveMinimum"), s.number("exclusiveMaximum")
		known = b != (numberBody{})
	}
	if b.multipleOf != "" && !s.l.dialect.modern() && isZero(b.multipleOf) {
		s.fail("multipleOf", errZero)
	}
	if !known {
		return nil
	}
	return &node{kind: kindNumber, body: &b}
}

// properties reads the keyword properties into b.
func (s *source) properties(b *objectBody) (known bool) {
	v := s.of("properties", jsontree.Object)
	if v == nil {
		return false
	}
	b.properties = make(map[string]*node, len(v.List))
	for _, m := range v.List {
		if !s.l.dialect.modern() && m.Key == s.l.dialect.idKeyword() && m.Value.Kind != jsontree.Object {
			continue
		}
		b.properties[m.Key] = s.build("properties", m.Value)
		b.names = append(b.names, m.Key)
	}
	return true
}

// patternProperties reads the keyword of that name into b.
func (s *source) patternProperties(b *objectBody) (known bool) {
	v := s.of("patternProperties", jsontree.Object)
	if v == nil {
		return false
	}
	for _, m := range v.List {
		if checkPattern(m.Key) != nil {
			s.fail("patternProperties", errPattern)
		}
		b.patterns = append(b.patterns, patternProperty{m.Key, s.build("patternProperties", m.Value)})
	}
	return true
}

// required reads the keyword required into b.
func (s *source) required(b *objectBody) (known bool) {
	v := s.list("required")
	if v == nil {
		return false
	}
	b.required = s.names("required", v)
	return true
}

// sizes reads the limits of the number of properties into b.
func (s *source) sizes(b *objectBody) (known bool) {
	b.minimum, b.maximum = s.count("minProperties"), s.count("maxProperties")
	return b.minimum != "" || b.maximum != ""
}

// enumOf is the keyword enum; nil without one.
func (s *source) enumOf() *node {
	if v := s.list("enum"); v != nil {
		return &node{kind: kindEnum, body: &enumBody{v.List}}
	}
	return nil
}

// constOf is the keyword const; nil without one.
func (s *source) constOf() *node {
	if v := s.take("const"); v != nil {
		return &node{kind: kindConst, body: &constBody{v}}
	}
	return nil
}

// notOf is the keyword not; nil without one.
func (s *source) notOf() *node {
	if inner := s.schema("not"); inner != nil {
		return &node{kind: kindNot, body: &notBody{inner}}
	}
	return nil
}

// conditionalOf are the keywords if, then and else; nil without any.
func (s *source) conditionalOf() *node {
	b := conditionalBody{s.schema("if"), s.schema("then"), s.schema("else")}
	if b == (conditionalBody{}) {
		return nil
	}
	return &node{kind: kindConditional, body: &b}
}

func combine(c criterion, members []*node) *node {
	return &node{kind: kindCombined, body: &combinedBody{c, members}}
}

// some drops what is absent.
func some(nodes ...*node) []*node {
	var out []*node
	for _, n := range nodes {
		if n != nil {
			out = append(out, n)
		}
	}
	return out
}
