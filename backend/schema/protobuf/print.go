package protobuf

import (
	"strconv"
	"strings"
)

// printer writes a tree as the reference does. It stops growing beyond maxPrinted.
type printer struct {
	out   strings.Builder
	depth int
}

// printFile is the canonical text of a tree.
func printFile(f *file) (string, error) {
	p := &printer{}
	p.file(f)
	if p.full() {
		return "", errTooLarge
	}
	return p.out.String(), nil
}

func (p *printer) full() bool { return p.out.Len() > maxPrinted }

func (p *printer) put(parts ...string) {
	for _, s := range parts {
		if p.full() {
			return
		}
		p.out.WriteString(s)
	}
}

// pad begins a line.
func (p *printer) pad() {
	for range p.depth {
		p.put("  ")
	}
}

func (p *printer) line(parts ...string) {
	p.pad()
	p.put(parts...)
	p.put("\n")
}

func (p *printer) file(f *file) {
	if f.syntax != "" {
		p.line(`syntax = "`, f.syntax, `";`)
	}
	if f.pkg != "" {
		p.line("package ", f.pkg, ";")
	}
	p.imports(f)
	p.gap(len(f.options))
	for i := range f.options {
		p.optionLine(&f.options[i])
	}
	p.gap(len(f.messages) + len(f.enums))
	p.types(f.messages, f.enums)
	p.gap(len(f.extends))
	for _, e := range f.extends {
		p.extend(e)
	}
	p.gap(len(f.services))
	for _, s := range f.services {
		p.service(s)
	}
}

// gap writes an empty line before a section that has something in it.
func (p *printer) gap(n int) {
	if n > 0 {
		p.put("\n")
	}
}

func (p *printer) imports(f *file) {
	p.gap(len(f.imports) + len(f.publicImports) + len(f.weakImports))
	for _, path := range f.imports {
		p.line(`import "`, importPath(path), `";`)
	}
	for _, path := range f.publicImports {
		p.line(`import public "`, importPath(path), `";`)
	}
	for _, path := range f.weakImports {
		p.line(`import weak "`, importPath(path), `";`)
	}
}

// importPath writes a path as the reference does, which escapes nothing. Only what would end the string too early or
// stand for something else is escaped.
func importPath(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	for strings.HasPrefix(path, "./") {
		path = path[len("./"):]
	}
	return protect(path)
}

func protect(s string) string {
	if strings.ContainsAny(s, "\"\\\n") || !validUTF8(s) {
		return escape(s)
	}
	return s
}

func (p *printer) types(messages []*message, enums []*enum) {
	for _, m := range messages {
		p.message(m)
	}
	for _, e := range enums {
		p.enum(e)
	}
}

// block is a pair of braces with sections between them.
type block struct {
	p       *printer
	started bool
	// tight leaves out the empty lines between sections.
	tight bool
}

func (p *printer) open(head ...string) block {
	p.pad()
	p.put(head...)
	p.put(" {")
	return block{p: p}
}

// section begins a section of n things and tells whether there are any. The first one ends the line of the head.
func (b *block) section(n int) bool {
	if n == 0 {
		return false
	}
	switch {
	case !b.started:
		b.started = true
		b.p.put("\n")
		b.p.depth++
	case !b.tight:
		b.p.depth--
		b.p.line()
		b.p.depth++
	}
	return true
}

func (b *block) close() {
	if b.started {
		b.p.depth--
		b.p.pad()
	}
	b.p.put("}\n")
}

func (p *printer) message(m *message) {
	b := p.open("message ", m.name)
	p.reserved(&b, m.reserved)
	p.optionLines(&b, m.options)
	p.fields(&b, m.fields)
	if b.section(len(m.oneofs)) {
		for _, o := range m.oneofs {
			p.oneof(o)
		}
	}
	p.groups(&b, m.groups)
	if b.section(len(m.extensions)) {
		for i := range m.extensions {
			p.extensions(&m.extensions[i])
		}
	}
	if b.section(len(m.extends)) {
		for _, e := range m.extends {
			p.extend(e)
		}
	}
	if b.section(len(m.messages) + len(m.enums)) {
		p.types(m.messages, m.enums)
	}
	b.close()
}

func (p *printer) reserved(b *block, list []reserved) {
	if !b.section(len(list)) {
		return
	}
	for _, r := range list {
		p.pad()
		p.put("reserved ")
		for i, v := range r.values {
			if i > 0 {
				p.put(", ")
			}
			if v.isName {
				p.put(`"`, protect(v.name), `"`)
			} else {
				p.put(v.tags.String())
			}
		}
		p.put(";\n")
	}
}

func (t tagRange) String() string {
	start := strconv.Itoa(int(t.start))
	switch {
	case t.single:
		return start
	case t.end >= maxTag:
		return start + " to max"
	}
	return start + " to " + strconv.Itoa(int(t.end))
}

func (p *printer) fields(b *block, fields []field) {
	if !b.section(len(fields)) {
		return
	}
	for i := range fields {
		p.field(&fields[i])
	}
}

func (p *printer) field(f *field) {
	p.pad()
	p.label(f.label)
	if f.typ.isMap() {
		p.put("map<", f.typ.key, ", ", f.typ.name, ">")
	} else {
		p.put(f.typ.name)
	}
	p.put(" ", f.name, " = ", strconv.Itoa(int(f.tag)))
	p.options(f.allOptions())
	p.put(";\n")
}

func (p *printer) label(l label) {
	if l != unlabelled {
		p.put(l.String(), " ")
	}
}

func (p *printer) groups(b *block, groups []*group) {
	if !b.section(len(groups)) {
		return
	}
	for _, g := range groups {
		p.group(g)
	}
}

func (p *printer) group(g *group) {
	p.pad()
	p.label(g.label)
	p.put("group ", g.name, " = ", strconv.Itoa(int(g.tag)), " {")
	b := block{p: p}
	p.fields(&b, g.fields)
	b.close()
}

func (p *printer) oneof(o *oneof) {
	b := p.open("oneof ", o.name)
	p.optionLines(&b, o.options)
	p.fields(&b, o.fields)
	p.groups(&b, o.groups)
	b.close()
}

func (p *printer) extensions(e *extensions) {
	p.pad()
	p.put("extensions ")
	for i, r := range e.ranges {
		if i > 0 {
			p.put(", ")
		}
		p.put(r.String())
	}
	p.options(e.options)
	p.put(";\n")
}

func (p *printer) extend(e *extend) {
	b := p.open("extend ", e.name)
	p.fields(&b, e.fields)
	p.groups(&b, e.groups)
	b.close()
}

func (p *printer) enum(e *enum) {
	b := p.open("enum ", e.name)
	b.tight = true
	p.reserved(&b, e.reserved)
	p.optionLines(&b, e.options)
	if b.section(len(e.constants)) {
		for i := range e.constants {
			c := &e.constants[i]
			p.pad()
			p.put(c.name, " = ", strconv.Itoa(int(c.tag)))
			p.options(c.options)
			p.put(";\n")
		}
	}
	b.close()
}

func (p *printer) service(s *service) {
	b := p.open("service ", s.name)
	p.optionLines(&b, s.options)
	if b.section(len(s.rpcs)) {
		for i := range s.rpcs {
			p.rpc(&s.rpcs[i])
		}
	}
	b.close()
}

func (p *printer) rpc(r *rpc) {
	p.pad()
	p.put("rpc ", r.name, " (", streamed(r.streamRequest), r.request, ") returns (", streamed(r.streamResponse), r.response, ")")
	if len(r.options) == 0 {
		p.put(";\n")
		return
	}
	p.put(" {\n")
	p.depth++
	for i := range r.options {
		p.optionLine(&r.options[i])
	}
	p.depth--
	p.line("};")
}

func streamed(stream bool) string {
	if stream {
		return "stream "
	}
	return ""
}
