package protobuf

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"schemaside/backend/schema/javaorder"
)

// comparison walks an old and a new schema side by side (spec/schema-languages.md 3.7).
type comparison struct {
	oldNames, newNames *resolver
	walks              map[pair]*walk
	depth              int // of messages entered through fields

	differences []difference
	found       int // differences, reported or not
	bytes       int // of the paths reported
}

// pair is two messages that are compared.
type pair struct{ old, new *message }

// walk is what comparing two messages that fields refer to came to.
type walk struct {
	done       bool
	found      int
	start, end int // of its differences
}

// path is where a walk stands.
type path struct {
	parent *path
	name   string
}

func (p *path) at(name string) *path { return &path{p, name} }

func (p *path) String() string {
	if p == nil {
		return "#/"
	}
	parts := []string{}
	for ; p != nil; p = p.parent {
		parts = append(parts, p.name)
	}
	slices.Reverse(parts)
	return "#/" + strings.Join(parts, "/")
}

func (c *comparison) add(kind differenceKind, p *path) {
	c.found++
	if len(c.differences) >= maxDifferences || c.bytes > maxDifferenceBytes {
		return
	}
	d := difference{kind, p.String()}
	c.bytes += len(d.path)
	c.differences = append(c.differences, d)
}

// compare tells what keeps a reader with the new schema from reading what was written with the old one.
func compare(old, updated *parsed) []difference {
	oldNames, newNames := old.resolver(), updated.resolver()
	c := &comparison{oldNames: oldNames, newNames: newNames, walks: map[pair]*walk{}}
	if old.tree.pkg != updated.tree.pkg {
		c.add(packageChanged, nil)
	}
	at := place{oldScope: oldNames.scope(old.tree.pkg), newScope: newNames.scope(updated.tree.pkg)}
	c.types(at, old.tree.messages, updated.tree.messages)
	if oldNames.exhausted() || newNames.exhausted() {
		// Names left unresolved may hide a difference.
		c.add(fieldNamedTypeChanged, nil)
	}
	return c.differences
}

// place is where both walks stand: the path and the scope of each side.
type place struct {
	path               *path
	oldScope, newScope *scope
}

func (c *comparison) enter(at place, name string) place {
	return place{at.path.at(name), c.oldNames.enter(at.oldScope, name), c.newNames.enter(at.newScope, name)}
}

func (c *comparison) types(at place, old, updated []*message) {
	before, after := byName(old), byName(updated)
	for _, name := range javaorder.HashSet(namesIn(old), namesIn(updated)) {
		o, n := before[name], after[name]
		switch {
		case n == nil && o.isMapEntry():
		case n == nil:
			c.add(messageRemoved, at.path.at(name))
		case o != nil:
			inside := c.enter(at, name)
			c.fields(inside, o, n)
			c.types(inside, o.messages, n.messages)
		}
	}
}

func byName(list []*message) map[string]*message {
	m := make(map[string]*message, len(list))
	for _, msg := range list {
		m[msg.name] = msg
	}
	return m
}

func namesIn(list []*message) []string {
	all := make([]string, 0, len(list))
	for _, m := range list {
		all = append(all, m.name)
	}
	return all
}

// member is a field and the oneof that it stands in, if any.
type member struct {
	*field
	oneof string
}

func (m member) path(at *path) *path {
	if m.oneof != "" {
		at = at.at(m.oneof)
	}
	return at.at(strconv.Itoa(int(m.tag)))
}

// members are the fields of a message, sorted by tag, one a tag.
type members []member

// membersOf collects the members of a message. Of several with one tag the last counts, those of oneofs last.
func membersOf(m *message) members {
	n := len(m.fields)
	for _, o := range m.oneofs {
		n += len(o.fields)
	}
	all := make(members, 0, n)
	for i := range m.fields {
		all = append(all, member{&m.fields[i], ""})
	}
	for _, o := range m.oneofs {
		for i := range o.fields {
			all = append(all, member{&o.fields[i], o.name})
		}
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(a.tag, b.tag) })
	kept := all[:0]
	for i, f := range all {
		if i == len(all)-1 || all[i+1].tag != f.tag {
			kept = append(kept, f)
		}
	}
	return kept
}

func (m members) find(tag int32) (member, bool) {
	i, ok := slices.BinarySearchFunc(m, tag, func(f member, tag int32) int { return cmp.Compare(f.tag, tag) })
	if !ok {
		return member{}, false
	}
	return m[i], true
}

// fields compares the fields of two messages.
func (c *comparison) fields(at place, old, updated *message) {
	before, all := membersOf(old), membersOf(updated)
	c.movedToOneofs(at.path, before, updated)
	deleted := sync.OnceValue(func() map[string]bool { return deletedOneofs(old, updated, all) })
	after := all
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].tag < after[0].tag:
			c.removed(at.path, before[0], deleted)
			before = before[1:]
		case len(before) == 0 || after[0].tag < before[0].tag:
			if after[0].oneof == "" && after[0].label == required {
				c.add(requiredFieldAdded, after[0].path(at.path))
			}
			after = after[1:]
		default:
			c.field(at, before[0].field, after[0])
			before, after = before[1:], after[1:]
		}
	}
}

func (c *comparison) removed(at *path, m member, deletedOneofs func() map[string]bool) {
	switch {
	case m.oneof != "":
		if !deletedOneofs()[m.oneof] {
			c.add(oneofFieldRemoved, m.path(at))
		}
	case m.label == required:
		c.add(requiredFieldRemoved, m.path(at))
	}
}

// movedToOneofs finds fields that could be set together before and exclude each other now.
func (c *comparison) movedToOneofs(at *path, before members, updated *message) {
	for _, o := range updated.oneofs {
		if len(o.fields) < 2 {
			continue
		}
		plain, oneofs := map[int32]bool{}, map[string]bool{}
		for i := range o.fields {
			was, ok := before.find(o.fields[i].tag)
			switch {
			case !ok:
			case was.oneof == "":
				plain[was.tag] = true
			default:
				oneofs[was.oneof] = true
			}
		}
		switch {
		case len(plain)+len(oneofs) < 2:
		case len(plain) > 1:
			c.add(multipleFieldsMovedToOneof, at.at(o.name))
		default:
			c.add(fieldMovedToExistingOneof, at.at(o.name))
		}
	}
}

// deletedOneofs are the oneofs of the old message that are gone with all their members.
func deletedOneofs(old, updated *message, after members) map[string]bool {
	deleted := map[string]bool{}
	for _, o := range old.oneofs {
		deleted[o.name] = !slices.ContainsFunc(o.fields, func(f field) bool {
			_, survives := after.find(f.tag)
			return survives
		})
	}
	for _, o := range updated.oneofs {
		delete(deleted, o.name)
	}
	return deleted
}
