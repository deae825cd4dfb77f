package protobuf

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Names and number of Confluent's own options.
const (
	fileMeta     = "confluent.file_meta"
	messageMeta  = "confluent.message_meta"
	fieldMeta    = "confluent.field_meta"
	enumMeta     = "confluent.enum_meta"
	constantMeta = "confluent.enum_value_meta"

	metaNumber = 1088
)

// Fields of confluent.Meta and of the entries of its params.
const (
	metaDoc    = 1
	metaParams = 2
	metaTags   = 3

	entryKey   = 1
	entryValue = 2
)

// optionsFrom are the options that a message of options holds. meta is the name of Confluent's option there.
func optionsFrom(m proto.Message, meta string) []option {
	r := m.ProtoReflect()
	if !r.IsValid() {
		return nil
	}
	var list []option
	fields := r.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if !r.Has(fd) || fd.Kind() == protoreflect.MessageKind {
			continue
		}
		name := string(fd.Name())
		if !fd.IsList() {
			list = append(list, option{name: name, value: valueFrom(fd, r.Get(fd))})
			continue
		}
		for j := range r.Get(fd).List().Len() {
			list = append(list, option{name: name, value: valueFrom(fd, r.Get(fd).List().Get(j))})
		}
	}
	if v, ok := metaFrom(r.GetUnknown()); ok && meta != "" {
		list = append(list, option{name: meta, parenthesised: true, value: v})
	}
	return list
}

func valueFrom(fd protoreflect.FieldDescriptor, v protoreflect.Value) value {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return value{kind: wordValue, text: strconv.FormatBool(v.Bool())}
	case protoreflect.EnumKind:
		if d := fd.Enum().Values().ByNumber(v.Enum()); d != nil {
			return value{kind: wordValue, text: string(d.Name())}
		}
		return value{kind: numberValue, text: strconv.Itoa(int(v.Enum()))}
	case protoreflect.StringKind:
		return value{kind: stringValue, text: v.String()}
	case protoreflect.BytesKind:
		return value{kind: stringValue, text: string(v.Bytes())}
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return value{kind: numberValue, text: numberText(v.Float())}
	default:
		return value{kind: numberValue, text: v.String()}
	}
}

// metaFrom finds Confluent's option among the fields that the library doesn't know.
func metaFrom(unknown []byte) (value, bool) {
	v := value{kind: mapValue}
	found := false
	eachBytes(unknown, func(number protowire.Number, data []byte) {
		if number != metaNumber {
			return
		}
		found = true
		v = metaValue(data)
	})
	return v, found
}

func metaValue(data []byte) value {
	v := value{kind: mapValue}
	params, tags := value{kind: listValue}, value{kind: listValue}
	eachBytes(data, func(number protowire.Number, data []byte) {
		switch number {
		case metaDoc:
			v.entries = []entry{{"doc", value{text: string(data)}}}
		case metaParams:
			param := value{kind: mapValue, entries: []entry{{"key", value{}}, {"value", value{}}}}
			eachBytes(data, func(number protowire.Number, data []byte) {
				if number == entryKey || number == entryValue {
					param.entries[number-1].value.text = string(data)
				}
			})
			params.list = append(params.list, param)
		case metaTags:
			tags.list = append(tags.list, value{text: string(data)})
		}
	})
	if len(params.list) > 0 {
		v.entries = append(v.entries, entry{"params", params})
	}
	if len(tags.list) > 0 {
		v.entries = append(v.entries, entry{"tags", tags})
	}
	return v
}

// eachBytes calls back for each length-delimited field, until something can't be read.
func eachBytes(data []byte, f func(protowire.Number, []byte)) {
	for len(data) > 0 {
		number, typ, n := protowire.ConsumeTag(data)
		if n < 0 {
			return
		}
		data = data[n:]
		n = protowire.ConsumeFieldValue(number, typ, data)
		if n < 0 {
			return
		}
		if typ == protowire.BytesType {
			if content, m := protowire.ConsumeBytes(data); m > 0 {
				f(number, content)
			}
		}
		data = data[n:]
	}
}

// setOptions fills a message of options from the options of a place and tells whether there were any. Custom options
// other than meta are left out, as the reference does.
func (b *builder) setOptions(m proto.Message, sc *scope, list []option, meta string) bool {
	if len(list) == 0 {
		return false
	}
	r := m.ProtoReflect()
	found := false
	for _, o := range b.normal.options(sc, list) {
		if o.parenthesised {
			if o.name == meta {
				data := protowire.AppendTag(nil, metaNumber, protowire.BytesType)
				r.SetUnknown(append(r.GetUnknown(), protowire.AppendBytes(data, metaBytes(o.value))...))
				found = true
			}
			continue
		}
		fd := r.Descriptor().Fields().ByName(protoreflect.Name(o.name))
		if fd != nil && len(o.sub) == 0 {
			found = setField(r, fd, o.value) || found
		}
	}
	return found
}

// setField sets a field from a value as written, and tells whether the value suits it.
func setField(m protoreflect.Message, fd protoreflect.FieldDescriptor, v value) bool {
	if fd.IsList() {
		items := v.list
		if v.kind != listValue {
			items = []value{v}
		}
		for _, item := range items {
			val, ok := protoValue(m.NewField(fd).List().NewElement(), fd, item)
			if !ok {
				return false
			}
			m.Mutable(fd).List().Append(val)
		}
		return true
	}
	val, ok := protoValue(m.NewField(fd), fd, v)
	if ok {
		m.Set(fd, val)
	}
	return ok
}

func protoValue(empty protoreflect.Value, fd protoreflect.FieldDescriptor, v value) (protoreflect.Value, bool) {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(v.text == "true"), v.text == "true" || v.text == "false"
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(v.text), v.kind <= wordValue && validUTF8(v.text)
	case protoreflect.EnumKind:
		if d := fd.Enum().Values().ByName(protoreflect.Name(v.text)); d != nil {
			return protoreflect.ValueOfEnum(d.Number()), true
		}
		return empty, false
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(v.text, 0, 32)
		return protoreflect.ValueOfInt32(int32(n)), err == nil
	case protoreflect.MessageKind:
		fields := fd.Message().Fields()
		for _, e := range v.entries {
			inner := fields.ByName(protoreflect.Name(e.key))
			if inner == nil || !setField(empty.Message(), inner, e.value) {
				return empty, false
			}
		}
		return empty, v.kind == mapValue
	default:
		return empty, false
	}
}

// metaBytes encodes the value of one of Confluent's options.
func metaBytes(v value) []byte {
	var data []byte
	add := func(number protowire.Number, content string) {
		data = protowire.AppendString(protowire.AppendTag(data, number, protowire.BytesType), content)
	}
	for _, e := range v.entries {
		items := []value{e.value}
		if e.value.kind == listValue {
			items = e.value.list
		}
		for _, item := range items {
			switch e.key {
			case "doc":
				add(metaDoc, item.text)
			case "tags":
				add(metaTags, item.text)
			case "params":
				add(metaParams, paramBytes(item))
			}
		}
	}
	return data
}

func paramBytes(v value) string {
	var data []byte
	for i, name := range []string{"key", "value"} {
		for _, e := range v.entries {
			if e.key == name {
				number := protowire.Number(i + 1)
				data = protowire.AppendString(protowire.AppendTag(data, number, protowire.BytesType), e.value.text)
			}
		}
	}
	return string(data)
}

// entryName is the name of the message that holds the entries of a map field.
func entryName(field string) string {
	if !strings.Contains(field, "_") {
		return field + "Entry"
	}
	var b strings.Builder
	for part := range strings.SplitSeq(field, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + strings.ToLower(part[1:]))
		}
	}
	return b.String() + "Entry"
}
