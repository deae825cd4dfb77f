package protobuf

import (
	"fmt"
	"strconv"
)

// parser reads declarations. It is as lenient as the reference's: it knows the grammar and no more.
type parser struct {
	reader
	syntax string
	prefix int // bytes of the names of the messages around
	types  int // that were declared so far, extension fields included
}

// parseFile reads a text, and takes what it holds from what is left.
func parseFile(text string, left *budget) (*file, error) {
	p := &parser{reader: reader{text: text, left: left}}
	f := p.file()
	p.countNames(p.types * (len(f.pkg) + 1))
	if p.err != nil {
		return nil, p.err
	}
	return f, nil
}

func (p *parser) file() *file {
	f := &file{}
	types, services := map[string]int{}, map[string]int{}
	for first := true; ; first = false {
		p.skip()
		if p.err != nil || p.pos == len(p.text) {
			return f
		}
		if p.take(';') {
			continue
		}
		p.count()
		start := p.pos
		switch word := p.word(); word {
		case "message":
			m := p.message()
			p.declare(types, m.name, start)
			f.messages = append(f.messages, m)
		case "enum":
			e := p.enum()
			p.declare(types, e.name, start)
			f.enums = append(f.enums, e)
		case "service":
			s := p.service()
			p.declare(services, s.name, start)
			f.services = append(f.services, s)
		case "extend":
			f.extends = append(f.extends, p.extend())
		default:
			p.fileLine(f, word, start, first)
		}
	}
}

// fileLine reads the declarations of a file that have no block.
func (p *parser) fileLine(f *file, word string, start int, first bool) {
	switch word {
	case "syntax":
		f.syntax = p.syntaxLine(start, first)
	case "edition":
		p.failAtf(start, "edition is not currently supported")
	case "package":
		f.pkg = p.word()
		p.require(';')
	case "import":
		p.importLine(f)
	case "option":
		f.options = append(f.options, p.optionLine())
	default:
		p.failAtf(start, "unexpected label: %s", word)
	}
}

func (p *parser) declare(names map[string]int, name string, pos int) {
	if before, ok := names[name]; ok && p.err == nil {
		p.err = fmt.Errorf("%s (%s) is already defined at %s", name, p.location(pos), p.location(before))
	}
	names[name] = pos
}

func (p *parser) syntaxLine(start int, first bool) string {
	if p.syntax != "" {
		p.failAtf(start, "too many syntax definitions")
	}
	p.require('=')
	if !first {
		p.failAtf(start, "'syntax' element must be the first declaration in a file")
	}
	if !p.peekQuote() {
		p.failf("expected a quoted string")
	}
	s := p.quoted()
	if s != "proto2" && s != "proto3" {
		p.failAtf(start, "unexpected syntax: %s", s)
	}
	p.require(';')
	p.syntax = s
	return s
}

func (p *parser) importLine(f *file) {
	list := &f.imports
	if !p.peekQuote() {
		switch w := p.word(); w {
		case "public":
			list = &f.publicImports
		case "weak":
			list = &f.weakImports
		default:
			*list = append(*list, w)
			p.require(';')
			return
		}
	}
	if p.peekQuote() {
		*list = append(*list, p.quoted())
	} else {
		*list = append(*list, p.word())
	}
	p.require(';')
}

// block reads what stands in braces, one declaration a call. Stray semicolons are left out.
func (p *parser) block(declaration func()) {
	p.enter()
	defer p.leave()
	p.require('{')
	for p.err == nil && !p.take('}') {
		if p.take(';') {
			continue
		}
		p.count()
		declaration()
	}
}

func (p *parser) message() *message {
	m := &message{name: p.name()}
	p.named(m.name)
	p.prefix += len(m.name) + 1
	p.block(func() { p.member(m) })
	p.prefix -= len(m.name) + 1
	return m
}

// named counts a type or an extension field.
func (p *parser) named(name string) {
	p.types++
	p.countNames(p.prefix + len(name))
}

func (p *parser) member(m *message) {
	p.skip()
	start := p.pos
	switch word := p.word(); word {
	case "message":
		m.messages = append(m.messages, p.message())
	case "enum":
		m.enums = append(m.enums, p.enum())
	case "extend":
		m.extends = append(m.extends, p.extend())
	case "oneof":
		m.oneofs = append(m.oneofs, p.oneof())
	case "option":
		m.options = append(m.options, p.optionLine())
	case "reserved":
		m.reserved = append(m.reserved, p.reserved())
	case "extensions":
		m.extensions = append(m.extensions, p.extensions())
	default:
		p.fieldOrGroup(word, start, &m.fields, &m.groups)
	}
}

// fieldOrGroup reads a field whose first word has been read at start.
func (p *parser) fieldOrGroup(word string, start int, fields *[]field, groups *[]*group) {
	l, t := p.labelAndType(word, start)
	if p.err != nil {
		return
	}
	if t.name == "group" && !t.isMap() {
		*groups = append(*groups, p.group(l))
		return
	}
	*fields = append(*fields, p.field(l, t))
}

func (p *parser) labelAndType(word string, start int) (label, typeName) {
	l := unlabelled
	switch word {
	case "optional":
		l = optional
	case "repeated":
		l = repeated
	case "required":
		l = required
		if p.syntax == "proto3" {
			p.failAtf(start, "'required' label forbidden in proto3 field declarations")
		}
	default:
		if p.syntax != "proto3" && (word != "map" || p.peek() != '<') {
			p.failAtf(start, "unexpected label: %s", word)
		}
		return l, p.dataTypeAfter(word)
	}
	t := p.dataType()
	if t.isMap() {
		p.failAtf(start, "'map' type cannot have label")
	}
	return l, t
}

// field reads a field whose label and type have been read.
func (p *parser) field(l label, t typeName) field {
	f := field{label: l, typ: t, name: p.memberName()}
	p.require('=')
	f.tag = p.int()
	for _, o := range p.options() {
		switch {
		case o.name == "default" && len(o.sub) == 0:
			def := o.value
			f.def = &def
		case o.name == "json_name" && len(o.sub) == 0 && o.value.kind <= wordValue:
			name := o.value.text
			f.jsonName = &name
		default:
			f.options = append(f.options, o)
		}
	}
	p.require(';')
	p.trailingComment()
	return f
}

func (p *parser) group(l label) *group {
	g := &group{label: l, name: p.word()}
	p.require('=')
	g.tag = p.int()
	p.block(func() {
		p.skip()
		start := p.pos
		var inner []*group
		p.fieldOrGroup(p.word(), start, &g.fields, &inner)
		if len(inner) > 0 {
			p.failAtf(start, "expected field declaration, was a group")
		}
	})
	return g
}

func (p *parser) oneof() *oneof {
	o := &oneof{name: p.name()}
	p.block(func() {
		t := p.dataType()
		switch {
		case t.isMap():
			o.fields = append(o.fields, p.field(unlabelled, t))
		case t.name == "group":
			o.groups = append(o.groups, p.group(unlabelled))
		case t.name == "option":
			o.options = append(o.options, p.optionLine())
		default:
			o.fields = append(o.fields, p.field(unlabelled, t))
		}
	})
	return o
}

func (p *parser) extend() *extend {
	e := &extend{name: p.name()}
	p.block(func() {
		p.skip()
		start := p.pos
		p.fieldOrGroup(p.word(), start, &e.fields, &e.groups)
	})
	for i := range e.fields {
		p.named(e.fields[i].name)
	}
	return e
}

func (p *parser) enum() *enum {
	e := &enum{name: p.name()}
	p.named(e.name)
	p.block(func() {
		p.skip()
		start := p.pos
		switch word := p.word(); {
		case word == "option":
			e.options = append(e.options, p.optionLine())
		case word == "reserved":
			e.reserved = append(e.reserved, p.reserved())
		case word != "" && isDigit(word[0]):
			p.failAtf(start, "field and constant names cannot start with a digit")
		default:
			e.constants = append(e.constants, p.constant(word))
		}
	})
	return e
}

func (p *parser) constant(name string) constant {
	p.require('=')
	c := constant{name: name, tag: p.int(), options: p.options()}
	p.require(';')
	p.trailingComment()
	return c
}

func (p *parser) reserved() reserved {
	var r reserved
	for p.err == nil {
		p.count()
		if p.peekQuote() {
			r.values = append(r.values, reservedValue{name: p.quoted(), isName: true})
		} else {
			r.values = append(r.values, reservedValue{tags: p.tags()})
		}
		if p.take(';') {
			return r
		}
		if !p.take(',') {
			p.failf("expected ',' or ';'")
		}
	}
	return r
}

// tags reads a number or a range of them.
func (p *parser) tags() tagRange {
	start := p.int()
	switch p.peek() {
	case ',', ';', '[':
		return tagRange{start: start, end: start, single: true}
	}
	if w := p.word(); w != "to" {
		p.failf("expected ',', ';', or 'to'")
	}
	p.skip()
	end := p.pos
	if p.word() == "max" {
		return tagRange{start: start, end: maxTag}
	}
	n, err := strconv.ParseInt(p.text[end:p.pos], 10, 32)
	if err != nil {
		p.failf("expected an integer but was %s", p.text[end:p.pos])
	}
	return tagRange{start: start, end: int32(n)}
}

func (p *parser) extensions() extensions {
	var e extensions
	for p.err == nil {
		p.count()
		e.ranges = append(e.ranges, p.tags())
		if p.peek() == '[' {
			e.options = p.options()
			p.require(';')
			return e
		}
		if p.take(';') {
			return e
		}
		if !p.take(',') {
			p.failf("expected ',', ';' or '['")
		}
	}
	return e
}

func (p *parser) service() *service {
	s := &service{name: p.name()}
	p.block(func() {
		p.skip()
		start := p.pos
		switch word := p.word(); word {
		case "option":
			s.options = append(s.options, p.optionLine())
		case "rpc":
			s.rpcs = append(s.rpcs, p.rpc())
		default:
			p.failAtf(start, "unexpected label: %s", word)
		}
	})
	return s
}

func (p *parser) rpc() rpc {
	r := rpc{name: p.name()}
	r.request, r.streamRequest = p.rpcType()
	if p.word() != "returns" {
		p.failf("expected 'returns'")
	}
	r.response, r.streamResponse = p.rpcType()
	if p.peek() != '{' {
		p.require(';')
		return r
	}
	p.block(func() {
		p.skip()
		start := p.pos
		if word := p.word(); word != "option" {
			p.failAtf(start, "unexpected label: %s", word)
			return
		}
		r.options = append(r.options, p.optionLine())
	})
	return r
}

func (p *parser) rpcType() (name string, stream bool) {
	p.require('(')
	word := p.word()
	if word == "stream" {
		stream = true
		word = p.word()
	}
	t := p.dataTypeAfter(word)
	p.require(')')
	return t.String(), stream
}
