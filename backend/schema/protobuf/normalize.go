package protobuf

import (
	"cmp"
	"fmt"
	"slices"
)

// normalizer makes the tree of the normalised text (spec/schema-languages.md 3.3). It never changes the tree it reads.
type normalizer struct {
	names *resolver
	err   error
}

// normalize is the normalised tree. Error: a type name that can't be resolved.
func (s *parsed) normalize() (*file, error) {
	n := &normalizer{names: s.resolver()}
	f := n.file(s.tree)
	if n.names.exhausted() {
		return nil, errTooManyNames
	}
	if n.err != nil {
		return nil, n.err
	}
	return f, nil
}

func (n *normalizer) file(f *file) *file {
	sc := n.names.scope(f.pkg)
	out := &file{
		pkg:           f.pkg,
		imports:       sortedSet(f.imports),
		publicImports: sortedSet(f.publicImports),
		weakImports:   sortedSet(f.weakImports),
		options:       n.options(sc, f.options),
	}
	if f.syntax == "proto3" {
		out.syntax = f.syntax
	}
	out.messages = n.messages(sc, f.messages)
	out.enums = n.enums(sc, f.enums)
	out.extends = n.extends(sc, f.extends)
	for _, s := range f.services {
		out.services = append(out.services, n.service(sc, s))
	}
	return out
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// resolved is the full name of a type, with its leading dot.
func (n *normalizer) resolved(sc *scope, name string) string {
	if isScalar(name) || n.err != nil {
		return name
	}
	d := n.names.typ(sc, name)
	if d == nil {
		n.err = fmt.Errorf("Could not resolve type: %s", name) //nolint:staticcheck // the reference's words
		return name
	}
	return "." + d.full
}

// mapType resolves the type of the values of a map if it can.
func (n *normalizer) mapType(sc *scope, t typeName) typeName {
	if !isScalar(t.name) {
		if d := n.names.typ(sc, t.name); d != nil {
			t.name = "." + d.full
		}
	}
	return t
}

func (n *normalizer) messages(sc *scope, list []*message) []*message {
	var out []*message
	for _, m := range list {
		normalized := n.message(sc, m)
		if _, isMap := m.mapType(); !isMap {
			out = append(out, normalized)
		}
	}
	return out
}

func (n *normalizer) message(around *scope, m *message) *message {
	sc := n.names.enter(around, m.name)
	out := &message{
		name:     m.name,
		reserved: normalReserved(m.reserved),
		options:  n.options(sc, m.options),
		fields:   n.fields(sc, m.fields),
	}
	for _, o := range m.oneofs {
		if normalized := n.oneof(sc, o); len(normalized.fields)+len(normalized.groups) > 0 {
			out.oneofs = append(out.oneofs, normalized)
		}
	}
	slices.SortStableFunc(out.oneofs, func(a, b *oneof) int { return cmp.Compare(a.firstTag(), b.firstTag()) })
	out.groups = n.groups(sc, m.groups)
	out.extensions = n.extensions(sc, m.extensions)
	out.extends = n.extends(sc, m.extends)
	out.messages = n.messages(sc, m.messages)
	out.enums = n.enums(sc, m.enums)
	return out
}

func (o *oneof) firstTag() int32 {
	switch {
	case len(o.fields) == 0:
		return o.groups[0].tag
	case len(o.groups) == 0:
		return o.fields[0].tag
	}
	return min(o.fields[0].tag, o.groups[0].tag)
}

// normalReserved splits the statements into one a value: numbers by their start, then names.
func normalReserved(list []reserved) []reserved {
	var out []reserved
	for _, r := range list {
		for _, v := range r.values {
			v.tags.single = v.tags.start == v.tags.end
			out = append(out, reserved{values: []reservedValue{v}})
		}
	}
	slices.SortStableFunc(out, func(a, b reserved) int {
		x, y := a.values[0], b.values[0]
		switch {
		case x.isName && y.isName:
			return cmp.Compare(x.name, y.name)
		case x.isName:
			return 1
		case y.isName:
			return -1
		}
		return cmp.Compare(x.tags.start, y.tags.start)
	})
	return out
}

func (n *normalizer) extensions(sc *scope, list []extensions) []extensions {
	var out []extensions
	for _, e := range list {
		options := n.options(sc, e.options)
		for _, r := range e.ranges {
			r.single = r.start == r.end
			out = append(out, extensions{ranges: []tagRange{r}, options: options})
		}
	}
	slices.SortStableFunc(out, func(a, b extensions) int { return cmp.Compare(a.ranges[0].start, b.ranges[0].start) })
	return out
}

func (n *normalizer) fields(sc *scope, list []field) []field {
	out := make([]field, 0, len(list))
	for i := range list {
		out = append(out, n.field(sc, &list[i]))
	}
	slices.SortStableFunc(out, func(a, b field) int { return cmp.Compare(a.tag, b.tag) })
	return out
}

// field puts the default and the JSON name among the options, where they are sorted.
func (n *normalizer) field(sc *scope, f *field) field {
	out := field{label: f.label, name: f.name, tag: f.tag, options: n.options(sc, f.allOptions())}
	switch {
	case f.typ.isMap():
		out.typ = n.mapType(sc, f.typ)
	case isScalar(f.typ.name):
		out.typ = f.typ
	default:
		d := n.names.typ(sc, f.typ.name)
		if d != nil && d.message != nil {
			if t, ok := d.message.mapType(); ok {
				out.typ, out.label = n.mapType(n.names.scope(d.full), t), unlabelled
				return out
			}
		}
		out.typ.name = n.resolved(sc, f.typ.name)
	}
	return out
}

func (n *normalizer) oneof(sc *scope, o *oneof) *oneof {
	return &oneof{
		name:    o.name,
		options: n.options(sc, o.options),
		fields:  n.fields(sc, o.fields),
		groups:  n.groups(sc, o.groups),
	}
}

func (n *normalizer) groups(sc *scope, list []*group) []*group {
	var out []*group
	for _, g := range list {
		out = append(out, &group{label: g.label, name: g.name, tag: g.tag, fields: n.fields(sc, g.fields)})
	}
	slices.SortStableFunc(out, func(a, b *group) int { return cmp.Compare(a.tag, b.tag) })
	return out
}

// extends joins the blocks of one extendee at the place of the first. Empty ones are left out.
func (n *normalizer) extends(sc *scope, list []*extend) []*extend {
	var out []*extend
	first := map[string]*extend{}
	for _, e := range list {
		name := n.resolved(sc, e.name)
		fields, groups := n.fields(sc, e.fields), n.groups(sc, e.groups)
		if len(fields)+len(groups) == 0 {
			continue
		}
		if into, ok := first[name]; ok {
			into.fields, into.groups = append(into.fields, fields...), append(into.groups, groups...)
			continue
		}
		first[name] = &extend{name: name, fields: fields, groups: groups}
		out = append(out, first[name])
	}
	for _, e := range out {
		slices.SortStableFunc(e.fields, func(a, b field) int { return cmp.Compare(a.tag, b.tag) })
		slices.SortStableFunc(e.groups, func(a, b *group) int { return cmp.Compare(a.tag, b.tag) })
	}
	return out
}

func (n *normalizer) enums(sc *scope, list []*enum) []*enum {
	var out []*enum
	for _, e := range list {
		normalized := &enum{name: e.name, reserved: normalReserved(e.reserved), options: n.options(sc, e.options)}
		for _, c := range e.constants {
			c.options = n.options(sc, c.options)
			normalized.constants = append(normalized.constants, c)
		}
		slices.SortStableFunc(normalized.constants, func(a, b constant) int {
			return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.name, b.name))
		})
		out = append(out, normalized)
	}
	return out
}

func (n *normalizer) service(sc *scope, s *service) *service {
	out := &service{name: s.name, options: n.options(sc, s.options)}
	for _, r := range s.rpcs {
		r.request, r.response = n.resolved(sc, r.request), n.resolved(sc, r.response)
		r.options = n.options(sc, r.options)
		out.rpcs = append(out.rpcs, r)
	}
	return out
}
