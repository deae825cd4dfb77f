package protobuf

import "strings"

type formatKind uint8

const (
	formatDefault formatKind = iota
	formatIgnoreExtensions
	formatSerialized
)

func formatOf(name string) formatKind {
	switch strings.ToLower(name) {
	case "ignore_extensions":
		return formatIgnoreExtensions
	case "serialized":
		return formatSerialized
	}
	return formatDefault
}

// withoutExtensions is a tree without extension ranges, extend blocks and custom options but Confluent's own.
func withoutExtensions(f *file) *file {
	out := *f
	out.extends = nil
	out.options = ownOptions(f.options)
	out.messages = messagesWithoutExtensions(f.messages)
	out.enums = enumsWithoutExtensions(f.enums)
	out.services = nil
	for _, s := range f.services {
		service := *s
		service.options = ownOptions(s.options)
		service.rpcs = nil
		for _, r := range s.rpcs {
			r.options = ownOptions(r.options)
			service.rpcs = append(service.rpcs, r)
		}
		out.services = append(out.services, &service)
	}
	return &out
}

func ownOptions(list []option) []option {
	var out []option
	for _, o := range list {
		if !o.parenthesised || strings.HasPrefix(o.name, "confluent.") {
			out = append(out, o)
		}
	}
	return out
}

func messagesWithoutExtensions(list []*message) []*message {
	var out []*message
	for _, m := range list {
		msg := *m
		msg.extensions, msg.extends = nil, nil
		msg.options = ownOptions(m.options)
		msg.fields = fieldsWithoutExtensions(m.fields)
		msg.groups = groupsWithoutExtensions(m.groups)
		msg.oneofs = nil
		for _, o := range m.oneofs {
			msg.oneofs = append(msg.oneofs, &oneof{
				name:    o.name,
				options: ownOptions(o.options),
				fields:  fieldsWithoutExtensions(o.fields),
				groups:  groupsWithoutExtensions(o.groups),
			})
		}
		msg.messages = messagesWithoutExtensions(m.messages)
		msg.enums = enumsWithoutExtensions(m.enums)
		out = append(out, &msg)
	}
	return out
}

func fieldsWithoutExtensions(list []field) []field {
	var out []field
	for _, f := range list {
		f.options = ownOptions(f.options)
		out = append(out, f)
	}
	return out
}

func groupsWithoutExtensions(list []*group) []*group {
	var out []*group
	for _, g := range list {
		stripped := *g
		stripped.fields = fieldsWithoutExtensions(g.fields)
		out = append(out, &stripped)
	}
	return out
}

func enumsWithoutExtensions(list []*enum) []*enum {
	var out []*enum
	for _, e := range list {
		stripped := *e
		stripped.options = ownOptions(e.options)
		stripped.constants = nil
		for _, c := range e.constants {
			c.options = ownOptions(c.options)
			stripped.constants = append(stripped.constants, c)
		}
		out = append(out, &stripped)
	}
	return out
}
