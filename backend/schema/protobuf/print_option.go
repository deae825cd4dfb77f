package protobuf

import (
	"strings"
	"unicode/utf8"
)

func (p *printer) optionLines(b *block, options []option) {
	if !b.section(len(options)) {
		return
	}
	for i := range options {
		p.optionLine(&options[i])
	}
}

func (p *printer) optionLine(o *option) {
	p.pad()
	p.put("option ")
	p.option(o)
	p.put(";\n")
}

// options prints the options behind a field, constant or range.
func (p *printer) options(list []option) {
	if len(list) == 0 {
		return
	}
	p.put(" ")
	if len(list) == 1 {
		p.put("[")
		p.option(&list[0])
		p.put("]")
		return
	}
	p.put("[\n")
	p.depth++
	for i := range list {
		p.pad()
		p.option(&list[i])
		p.endOfItem(i, len(list))
	}
	p.depth--
	p.pad()
	p.put("]")
}

func (p *printer) endOfItem(i, n int) {
	if i < n-1 {
		p.put(",")
	}
	p.put("\n")
}

func (p *printer) option(o *option) {
	if o.parenthesised {
		p.put("(", o.name, ")")
	} else {
		p.put(o.name)
	}
	for _, s := range o.sub {
		p.put(".", s)
	}
	p.put(" = ")
	if o.value.kind == listValue && len(o.value.list) == 1 {
		p.put("[")
		p.value(&o.value.list[0])
		p.put("]")
		return
	}
	p.value(&o.value)
}

func (p *printer) value(v *value) {
	switch v.kind {
	case stringValue:
		p.put(`"`, escape(v.text), `"`)
	case numberValue, wordValue:
		p.put(v.text)
	case mapValue:
		p.put("{\n")
		p.depth++
		for i := range v.entries {
			p.pad()
			p.put(v.entries[i].key, ": ")
			p.value(&v.entries[i].value)
			p.endOfItem(i, len(v.entries))
		}
		p.depth--
		p.pad()
		p.put("}")
	case listValue:
		p.put("[\n")
		p.depth++
		for i := range v.list {
			p.pad()
			p.value(&v.list[i])
			p.endOfItem(i, len(v.list))
		}
		p.depth--
		p.pad()
		p.put("]")
	}
}

// allOptions is what stands in the brackets behind a field: the options as written, the default, the JSON name.
func (f *field) allOptions() []option {
	if f.def == nil && f.jsonName == nil {
		return f.options
	}
	all := append(make([]option, 0, len(f.options)+2), f.options...)
	if f.def != nil {
		all = append(all, option{name: "default", value: defaultValue(f.typ, *f.def)})
	}
	if f.jsonName != nil {
		all = append(all, option{name: "json_name", value: value{kind: stringValue, text: *f.jsonName}})
	}
	return all
}

// defaultValue is a default as it is printed: quoted for strings, bare for all other types but bytes. What can't
// stand bare keeps its quotes.
func defaultValue(t typeName, v value) value {
	switch {
	case v.kind > wordValue:
	case t.name == "string" && !t.isMap():
		v.kind = stringValue
	case t.name == "bytes" && !t.isMap():
	case v.kind == stringValue && isWord(v.text):
		v.kind = wordValue
		if v.text[0] == '-' || isDigit(v.text[0]) {
			v.kind = numberValue
		}
	}
	return v
}

func validUTF8(s string) bool { return utf8.ValidString(s) }

const (
	escaped = "\a\b\f\n\r\t\v\\'\""
	escapes = `abfnrtv\'"`
)

// escape writes the text of a string. Bytes that aren't UTF-8 become hexadecimal escapes.
func escape(s string) string {
	if !strings.ContainsAny(s, escaped) && utf8.ValidString(s) {
		return s
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		at := strings.IndexRune(escaped, c)
		switch {
		case c == utf8.RuneError && size == 1:
			b.WriteString(`\x`)
			b.WriteByte(hex[s[i]>>4])
			b.WriteByte(hex[s[i]&15])
		case at >= 0:
			b.WriteByte('\\')
			b.WriteByte(escapes[at])
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}
