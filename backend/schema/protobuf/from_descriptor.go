package protobuf

import (
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// importer turns a descriptor into the tree of a text. Custom options other than Confluent's are lost: a descriptor
// doesn't tell their names.
type importer struct {
	proto3 bool
}

func fromDescriptor(d *descriptorpb.FileDescriptorProto) *file {
	im := importer{proto3: d.GetSyntax() == "proto3"}
	f := &file{syntax: d.GetSyntax(), pkg: d.GetPackage(), options: optionsFrom(d.GetOptions(), fileMeta)}
	public, weak := indexes(d.GetPublicDependency()), indexes(d.GetWeakDependency())
	for i, path := range d.GetDependency() {
		switch {
		case public[i]:
			f.publicImports = append(f.publicImports, path)
		case weak[i]:
			f.weakImports = append(f.weakImports, path)
		default:
			f.imports = append(f.imports, path)
		}
	}
	for _, m := range d.GetMessageType() {
		f.messages = append(f.messages, im.message(m))
	}
	for _, e := range d.GetEnumType() {
		f.enums = append(f.enums, im.enum(e))
	}
	f.extends = im.extends(d.GetExtension())
	for _, s := range d.GetService() {
		f.services = append(f.services, im.service(s))
	}
	return f
}

func indexes(list []int32) map[int]bool {
	m := make(map[int]bool, len(list))
	for _, i := range list {
		m[int(i)] = true
	}
	return m
}

func (im importer) message(d *descriptorpb.DescriptorProto) *message {
	m := &message{name: d.GetName(), options: optionsFrom(d.GetOptions(), messageMeta)}
	for _, r := range d.GetReservedRange() {
		m.reserved = append(m.reserved, reservedTags(r.GetStart(), r.GetEnd()-1))
	}
	m.reserved = append(m.reserved, reservedNames(d.GetReservedName())...)
	oneofs := make([]*oneof, len(d.GetOneofDecl()))
	for i, o := range d.GetOneofDecl() {
		oneofs[i] = &oneof{name: o.GetName(), options: optionsFrom(o.GetOptions(), "")}
	}
	for _, f := range d.GetField() {
		index := int(f.GetOneofIndex())
		if f.OneofIndex != nil && !f.GetProto3Optional() && index >= 0 && index < len(oneofs) {
			member := im.field(f)
			member.label = unlabelled
			oneofs[index].fields = append(oneofs[index].fields, member)
			continue
		}
		m.fields = append(m.fields, im.field(f))
	}
	for _, o := range oneofs {
		if len(o.fields) > 0 {
			m.oneofs = append(m.oneofs, o)
		}
	}
	for _, r := range d.GetExtensionRange() {
		m.extensions = append(m.extensions, extensions{
			ranges:  []tagRange{rangeOf(r.GetStart(), r.GetEnd()-1)},
			options: optionsFrom(r.GetOptions(), ""),
		})
	}
	m.extends = im.extends(d.GetExtension())
	for _, n := range d.GetNestedType() {
		m.messages = append(m.messages, im.message(n))
	}
	for _, e := range d.GetEnumType() {
		m.enums = append(m.enums, im.enum(e))
	}
	return m
}

func rangeOf(start, end int32) tagRange {
	return tagRange{start: start, end: end, single: start == end}
}

func reservedTags(start, end int32) reserved {
	return reserved{values: []reservedValue{{tags: rangeOf(start, end)}}}
}

func reservedNames(names []string) []reserved {
	var list []reserved
	for _, name := range names {
		list = append(list, reserved{values: []reservedValue{{name: name, isName: true}}})
	}
	return list
}

func (im importer) field(d *descriptorpb.FieldDescriptorProto) field {
	f := field{
		name:     d.GetName(),
		tag:      d.GetNumber(),
		typ:      typeName{name: d.GetTypeName()},
		options:  optionsFrom(d.GetOptions(), fieldMeta),
		jsonName: d.JsonName,
	}
	if d.TypeName == nil {
		f.typ.name = strings.ToLower(strings.TrimPrefix(d.GetType().String(), "TYPE_"))
	}
	switch d.GetLabel() {
	case descriptorpb.FieldDescriptorProto_LABEL_REPEATED:
		f.label = repeated
	case descriptorpb.FieldDescriptorProto_LABEL_REQUIRED:
		f.label = required
	case descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL:
		if !im.proto3 || d.GetProto3Optional() {
			f.label = optional
		}
	}
	if d.DefaultValue != nil {
		f.def = defaultFrom(d)
	}
	return f
}

func defaultFrom(d *descriptorpb.FieldDescriptorProto) *value {
	text := d.GetDefaultValue()
	switch d.GetType() {
	case descriptorpb.FieldDescriptorProto_TYPE_STRING:
		return &value{kind: stringValue, text: text}
	case descriptorpb.FieldDescriptorProto_TYPE_BYTES:
		return &value{kind: stringValue, text: unescape(text)}
	}
	if text != "" && (isDigit(text[0]) || text[0] == '-') {
		return &value{kind: numberValue, text: text}
	}
	return &value{kind: wordValue, text: text}
}

// unescape reads the escapes of a default of bytes.
func unescape(text string) string {
	var b strings.Builder
	r := &reader{text: text}
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		r.pos++
		if c == '\\' {
			r.escape(&b)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// extends puts neighbours of one extendee into one block.
func (im importer) extends(list []*descriptorpb.FieldDescriptorProto) []*extend {
	var out []*extend
	for _, d := range list {
		if len(out) == 0 || out[len(out)-1].name != d.GetExtendee() {
			out = append(out, &extend{name: d.GetExtendee()})
		}
		last := out[len(out)-1]
		last.fields = append(last.fields, im.field(d))
	}
	return out
}

func (im importer) enum(d *descriptorpb.EnumDescriptorProto) *enum {
	e := &enum{name: d.GetName(), options: optionsFrom(d.GetOptions(), enumMeta)}
	for _, r := range d.GetReservedRange() {
		e.reserved = append(e.reserved, reservedTags(r.GetStart(), r.GetEnd()))
	}
	e.reserved = append(e.reserved, reservedNames(d.GetReservedName())...)
	for _, v := range d.GetValue() {
		e.constants = append(e.constants, constant{
			name:    v.GetName(),
			tag:     v.GetNumber(),
			options: optionsFrom(v.GetOptions(), constantMeta),
		})
	}
	return e
}

func (im importer) service(d *descriptorpb.ServiceDescriptorProto) *service {
	s := &service{name: d.GetName(), options: optionsFrom(d.GetOptions(), "")}
	for _, m := range d.GetMethod() {
		s.rpcs = append(s.rpcs, rpc{
			name:           m.GetName(),
			request:        m.GetInputType(),
			response:       m.GetOutputType(),
			streamRequest:  m.GetClientStreaming(),
			streamResponse: m.GetServerStreaming(),
			options:        optionsFrom(m.GetOptions(), ""),
		})
	}
	return s
}

func numberText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
