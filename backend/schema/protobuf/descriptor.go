package protobuf

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// builder makes the descriptor of a text (spec/schema-languages.md 3.4). The first thing that a descriptor may not say
// stays in err.
type builder struct {
	names   *resolver
	normal  *normalizer
	visible map[string]bool // files whose types may be named; the text itself is ""
	proto3  bool
	err     error
}

// serialized is the descriptor in base64.
func (s *parsed) serialized() (string, error) {
	d, err := s.descriptor()
	if err != nil {
		return "", err
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("descriptor: %w", err)
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// descriptor builds the descriptor. Error: what keeps a Protobuf runtime from using it.
func (s *parsed) descriptor() (*descriptorpb.FileDescriptorProto, error) {
	b := &builder{names: s.resolver(), visible: map[string]bool{"": true}, proto3: s.tree.syntax == "proto3"}
	b.normal = &normalizer{names: b.names}
	d := b.file(s)
	if b.err == nil {
		b.err = checkDescriptor(d)
	}
	if b.err == nil && b.names.exhausted() {
		b.err = errTooManyNames
	}
	if b.err != nil {
		return nil, b.err
	}
	return d, nil
}

// failf records what is wrong with a name of a package or message.
func (b *builder) failf(prefix, name, format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("%s: %s", dotted(prefix, name), fmt.Sprintf(format, args...))
	}
}

func (b *builder) file(s *parsed) *descriptorpb.FileDescriptorProto {
	f := s.tree
	d := &descriptorpb.FileDescriptorProto{Name: new("default")}
	if f.pkg != "" {
		d.Package = new(f.pkg)
	}
	if f.syntax != "" {
		d.Syntax = new(f.syntax)
	}
	b.dependencies(s, d)
	sc := b.names.scope(f.pkg)
	for _, m := range f.messages {
		d.MessageType = append(d.MessageType, b.message(sc, f.pkg, m))
	}
	for _, e := range f.enums {
		d.EnumType = append(d.EnumType, b.enum(sc, e))
	}
	d.Extension = b.extends(sc, f.pkg, f.extends)
	for _, srv := range f.services {
		d.Service = append(d.Service, b.service(sc, f.pkg, srv))
	}
	if o := (&descriptorpb.FileOptions{}); b.setOptions(o, sc, f.options, fileMeta) {
		d.Options = o
	}
	return d
}

// dependencies lists the imports that are known and finds the files whose types may be named.
func (b *builder) dependencies(s *parsed, d *descriptorpb.FileDescriptorProto) {
	known := func(name string) *file {
		for _, r := range s.sources {
			if r.name == name {
				return r.tree
			}
		}
		if builtin, ok := builtins().files[name]; ok {
			return builtin.tree
		}
		return nil
	}
	var see func(name string, tree *file)
	see = func(name string, tree *file) {
		if tree == nil || b.visible[name] {
			return
		}
		b.visible[name] = true
		for _, public := range tree.publicImports {
			see(public, known(public))
		}
	}
	for i, list := range [][]string{s.tree.imports, s.tree.publicImports} {
		for _, name := range list {
			tree := known(name)
			if tree == nil {
				continue
			}
			if i == 1 {
				d.PublicDependency = append(d.PublicDependency, int32(len(d.Dependency))) //nolint:gosec // bounded by schema.Limits
			}
			d.Dependency = append(d.Dependency, name)
			see(name, tree)
		}
	}
}

func (b *builder) message(around *scope, prefix string, m *message) *descriptorpb.DescriptorProto {
	sc, full := b.names.enter(around, m.name), dotted(prefix, m.name)
	d := &descriptorpb.DescriptorProto{Name: new(m.name)}
	entries := b.members(sc, full, m, d)
	for _, nested := range m.messages {
		d.NestedType = append(d.NestedType, b.message(sc, full, nested))
	}
	d.NestedType = append(d.NestedType, entries...)
	for _, e := range m.enums {
		d.EnumType = append(d.EnumType, b.enum(sc, e))
	}
	d.Extension = b.extends(sc, full, m.extends)
	for _, e := range m.extensions {
		for _, r := range e.ranges {
			o := &descriptorpb.ExtensionRangeOptions{}
			b.setOptions(o, sc, e.options, "")
			d.ExtensionRange = append(d.ExtensionRange, &descriptorpb.DescriptorProto_ExtensionRange{
				Start: new(r.start), End: new(after(r.end)), Options: o,
			})
		}
	}
	for _, r := range m.reserved {
		for _, v := range r.values {
			if v.isName {
				d.ReservedName = append(d.ReservedName, strings.ToValidUTF8(v.name, "?"))
				continue
			}
			d.ReservedRange = append(d.ReservedRange, &descriptorpb.DescriptorProto_ReservedRange{
				Start: new(v.tags.start), End: new(after(v.tags.end)),
			})
		}
	}
	if o := (&descriptorpb.MessageOptions{}); b.setOptions(o, sc, m.options, messageMeta) {
		d.Options = o
	}
	return d
}

// after is the number behind a range, as far as numbers go.
func after(end int32) int32 {
	if end == math.MaxInt32 {
		return end
	}
	return end + 1
}

// members adds the members of the oneofs, then the fields, then a oneof for each optional field of proto3. It returns
// the messages for the entries of maps.
func (b *builder) members(sc *scope, full string, m *message, d *descriptorpb.DescriptorProto) []*descriptorpb.DescriptorProto {
	var entries []*descriptorpb.DescriptorProto
	add := func(f *field) *descriptorpb.FieldDescriptorProto {
		fd := b.field(sc, full, f)
		d.Field = append(d.Field, fd)
		if f.typ.isMap() {
			entries = append(entries, b.entry(sc, full, f))
		}
		return fd
	}
	for i, o := range m.oneofs {
		options := &descriptorpb.OneofOptions{}
		b.setOptions(options, sc, o.options, "")
		d.OneofDecl = append(d.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: new(o.name), Options: options})
		for j := range o.fields {
			fd := add(&o.fields[j])
			fd.OneofIndex = new(int32(i))
			if !o.fields[j].typ.isMap() {
				fd.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
			}
		}
	}
	for i := range m.fields {
		f := &m.fields[i]
		fd := add(f)
		if b.proto3 && f.label == optional {
			fd.Proto3Optional = new(true)
			fd.OneofIndex = new(int32(len(d.OneofDecl))) //nolint:gosec // bounded by schema.Limits
			d.OneofDecl = append(d.OneofDecl, &descriptorpb.OneofDescriptorProto{
				Name: new("_" + f.name), Options: &descriptorpb.OneofOptions{},
			})
		}
	}
	return entries
}

func (b *builder) field(sc *scope, full string, f *field) *descriptorpb.FieldDescriptorProto {
	d := &descriptorpb.FieldDescriptorProto{Name: new(f.name), Number: new(f.tag)}
	switch f.label {
	case optional:
		d.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	case required:
		d.Label = descriptorpb.FieldDescriptorProto_LABEL_REQUIRED.Enum()
	case repeated:
		d.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	case unlabelled:
	}
	if f.typ.isMap() {
		d.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		d.TypeName = new(entryName(f.name))
	} else {
		b.setType(sc, full, f.name, f.typ.name, d)
	}
	if f.def != nil && f.def.kind <= wordValue {
		text := f.def.text
		if f.typ.name == "bytes" {
			text = escape(text)
		}
		d.DefaultValue = new(strings.ToValidUTF8(text, "?"))
	}
	if f.jsonName != nil {
		d.JsonName = new(strings.ToValidUTF8(*f.jsonName, "?"))
	}
	if o := (&descriptorpb.FieldOptions{}); b.setOptions(o, sc, f.options, fieldMeta) {
		d.Options = o
	}
	return d
}

// setType sets the type of a field of a package or message.
func (b *builder) setType(sc *scope, prefix, fieldName, name string, d *descriptorpb.FieldDescriptorProto) {
	if isScalar(name) {
		number := descriptorpb.FieldDescriptorProto_Type_value["TYPE_"+strings.ToUpper(name)]
		d.Type = descriptorpb.FieldDescriptorProto_Type(number).Enum()
		return
	}
	d.TypeName = new(name)
	def := b.defined(sc, prefix, fieldName, name)
	switch {
	case def == nil:
	case def.message == nil:
		d.Type = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum()
	default:
		d.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	}
}

// defined finds a type that a member of a package or message names, in the files that may be named.
func (b *builder) defined(sc *scope, prefix, member, name string) *definition {
	def := b.names.typ(sc, name)
	if def == nil || !b.visible[def.source.name] {
		b.failf(prefix, member, `"%s" is not defined.`, name)
		return nil
	}
	return def
}

// entry is the message for the entries of a map field.
func (b *builder) entry(sc *scope, full string, f *field) *descriptorpb.DescriptorProto {
	name := entryName(f.name)
	key := &descriptorpb.FieldDescriptorProto{Name: new("key"), Number: new(int32(entryKey))}
	val := &descriptorpb.FieldDescriptorProto{Name: new("value"), Number: new(int32(entryValue))}
	b.setType(sc, full, name+".key", f.typ.key, key)
	b.setType(sc, full, name+".value", f.typ.name, val)
	return &descriptorpb.DescriptorProto{
		Name:    new(name),
		Field:   []*descriptorpb.FieldDescriptorProto{key, val},
		Options: &descriptorpb.MessageOptions{MapEntry: new(true)},
	}
}

func (b *builder) extends(sc *scope, full string, list []*extend) []*descriptorpb.FieldDescriptorProto {
	var out []*descriptorpb.FieldDescriptorProto
	for _, e := range list {
		for i := range e.fields {
			f := &e.fields[i]
			d := b.field(sc, full, f)
			d.Extendee = new(e.name)
			if def := b.defined(sc, full, f.name, e.name); def != nil && def.message == nil {
				b.failf(full, f.name, `"%s" is not a message type.`, e.name)
			}
			out = append(out, d)
		}
	}
	return out
}

func (b *builder) enum(sc *scope, e *enum) *descriptorpb.EnumDescriptorProto {
	d := &descriptorpb.EnumDescriptorProto{Name: new(e.name)}
	for _, c := range e.constants {
		v := &descriptorpb.EnumValueDescriptorProto{Name: new(c.name), Number: new(c.tag)}
		if o := (&descriptorpb.EnumValueOptions{}); b.setOptions(o, sc, c.options, constantMeta) {
			v.Options = o
		}
		d.Value = append(d.Value, v)
	}
	for _, r := range e.reserved {
		for _, v := range r.values {
			if v.isName {
				d.ReservedName = append(d.ReservedName, strings.ToValidUTF8(v.name, "?"))
				continue
			}
			d.ReservedRange = append(d.ReservedRange, &descriptorpb.EnumDescriptorProto_EnumReservedRange{
				Start: new(v.tags.start), End: new(v.tags.end),
			})
		}
	}
	if o := (&descriptorpb.EnumOptions{}); b.setOptions(o, sc, e.options, enumMeta) {
		d.Options = o
	}
	return d
}

func (b *builder) service(sc *scope, prefix string, s *service) *descriptorpb.ServiceDescriptorProto {
	full := dotted(prefix, s.name)
	d := &descriptorpb.ServiceDescriptorProto{Name: new(s.name)}
	for _, r := range s.rpcs {
		for _, name := range []string{r.request, r.response} {
			if def := b.defined(sc, full, r.name, name); def != nil && def.message == nil {
				b.failf(full, r.name, `"%s" is not a message type.`, name)
			}
		}
		m := &descriptorpb.MethodDescriptorProto{
			Name:            new(r.name),
			InputType:       new(r.request),
			OutputType:      new(r.response),
			ClientStreaming: new(r.streamRequest),
			ServerStreaming: new(r.streamResponse),
		}
		if o := (&descriptorpb.MethodOptions{}); b.setOptions(o, sc, r.options, "") {
			m.Options = o
		}
		d.Method = append(d.Method, m)
	}
	if o := (&descriptorpb.ServiceOptions{}); b.setOptions(o, sc, s.options, "") {
		d.Options = o
	}
	return d
}
