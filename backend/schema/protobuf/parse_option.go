package protobuf

import "strings"

// optionLine reads an option statement after its keyword.
func (p *parser) optionLine() option {
	o := p.option('=')
	p.require(';')
	return o
}

// options reads the options of a field, constant or range, if there are any.
func (p *parser) options() []option {
	if !p.take('[') {
		return nil
	}
	var list []option
	for p.err == nil {
		list = append(list, p.option('='))
		if p.take(']') {
			return list
		}
		if !p.take(',') {
			p.failf("Expected ',' or ']'")
		}
	}
	return list
}

// option reads a name and a value; the separator is ':' inside a map.
func (p *parser) option(separator byte) option {
	p.count()
	o := option{parenthesised: p.peek() == '('}
	isExtension := p.peek() == '['
	o.name = p.name()
	if isExtension {
		o.name = "[" + o.name + "]"
	}
	for p.err == nil && p.take('.') {
		o.sub = append(o.sub, p.subNames()...)
	}
	if separator == ':' && p.peek() == '{' {
		o.value = p.value()
		return o
	}
	if p.peek() != separator {
		p.failAtf(p.pos+1, "expected '%c' in option", separator)
		return o
	}
	p.pos++
	o.value = p.value()
	return o
}

// subNames reads what stands behind the dot of (a.b).c.d: an extension in parentheses, or names joined by dots.
func (p *parser) subNames() []string {
	if p.peek() == '(' {
		return []string{"(" + p.wrapped(')') + ")"}
	}
	return []string{p.word()}
}

func (p *parser) value() value {
	p.count()
	p.enter()
	defer p.leave()
	switch c := p.peek(); {
	case p.err != nil:
		return value{}
	case c == '{':
		return p.mapValue()
	case c == '[':
		return p.listValue()
	case c == '"' || c == '\'':
		return value{kind: stringValue, text: p.quoted()}
	case isDigit(c) || c == '-':
		return value{kind: numberValue, text: p.word()}
	default:
		return value{kind: wordValue, text: p.word()}
	}
}

func (p *parser) listValue() value {
	v := value{kind: listValue}
	p.pos++
	for p.err == nil && !p.take(']') {
		v.list = append(v.list, p.value())
		if !p.take(',') && p.peek() != ']' {
			p.failf("expected ',' or ']'")
		}
	}
	return v
}

// mapValue reads the entries of a map. A key that comes again makes a list of its values.
func (p *parser) mapValue() value {
	v := value{kind: mapValue}
	p.pos++
	index := map[string]int{}
	for p.err == nil && !p.take('}') {
		o := p.option(':')
		key := strings.Join(append([]string{o.name}, o.sub...), ".")
		if at, ok := index[key]; ok {
			v.entries[at].value = joined(v.entries[at].value, o.value)
		} else {
			index[key] = len(v.entries)
			v.entries = append(v.entries, entry{key, o.value})
		}
		if !p.take(',') {
			p.take(';')
		}
	}
	return v
}

// joined is the list of two values, either of which may be a list itself.
func joined(before, after value) value {
	if before.kind != listValue {
		before = value{kind: listValue, list: []value{before}}
	}
	if after.kind == listValue {
		before.list = append(before.list, after.list...)
	} else {
		before.list = append(before.list, after)
	}
	return before
}
