package protobuf

import (
	"slices"
	"strings"
)

// HasField tells whether the first message has a field of a name, be it in a oneof. A group's field has the group's
// name in small letters.
func (s *parsed) HasField(name string) bool {
	if len(s.tree.messages) == 0 {
		return false
	}
	first := s.tree.messages[0]
	if hasMember(first.fields, first.groups, name) {
		return true
	}
	return slices.ContainsFunc(first.oneofs, func(o *oneof) bool { return hasMember(o.fields, o.groups, name) })
}

func hasMember(fields []field, groups []*group, name string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) ||
		slices.ContainsFunc(groups, func(g *group) bool { return g.fieldName() == name })
}

// fieldName is the name of the field that a group declares.
func (g *group) fieldName() string { return strings.ToLower(g.name) }
