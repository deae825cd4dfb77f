package jsonschema

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"

	"schemaside/backend/schema/jsontree"
)

// digest stands for how a schema is printed: two schemas with the same digest are the same but for what their
// references mean.
type digest [sha256.Size]byte

// digest computes the digest of a schema, each once.
func (c *comparison) digest(n *node) digest {
	if d, ok := c.digests[n]; ok {
		return d
	}
	if c.digests == nil {
		c.digests = map[*node]digest{}
	}
	p := printer{c: c, hash: sha256.New()}
	p.number(int(n.kind))
	p.notes(n.notes)
	p.body(n.body)
	var d digest
	p.hash.Sum(d[:0])
	c.digests[n] = d
	return d
}

// printer feeds a hash with parts that can't run into each other.
type printer struct {
	c    *comparison
	hash hash.Hash
}

func (p printer) number(n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // any bijection will do
	p.hash.Write(b[:])
}

func (p printer) flags(flags ...bool) {
	for _, f := range flags {
		p.number(boolean(f))
	}
}

func (p printer) text(s string) {
	p.number(len(s))
	p.hash.Write([]byte(s))
}

func (p printer) texts(list ...string) {
	for _, s := range list {
		p.text(s)
	}
}

func (p printer) set(names map[string]struct{}) {
	p.number(len(names))
	p.texts(slices.Sorted(maps.Keys(names))...)
}

func (p printer) value(v *jsontree.Value) {
	if v == nil {
		p.number(-1)
		return
	}
	p.text(normalized(v))
}

func (p printer) node(n *node) {
	if n == nil {
		p.number(-1)
		return
	}
	d := p.c.digest(n)
	p.hash.Write(d[:])
}

func (p printer) nodes(list ...*node) {
	p.number(len(list))
	for _, n := range list {
		p.node(n)
	}
}

func (p printer) notes(n *notes) {
	if n == nil {
		p.number(-1)
		return
	}
	p.texts(n.id, n.title, n.description)
	p.value(n.fallback)
	extra := jsontree.SortedMembers(n.extra)
	p.number(len(extra))
	for _, m := range extra {
		p.text(m.Key)
		p.value(m.Value)
	}
}

func (p printer) body(b body) {
	switch b := b.(type) {
	case *objectBody:
		p.object(b)
	case *arrayBody:
		p.flags(b.typed, b.isTuple, b.additional.forbidden, b.unique)
		p.nodes(b.items, b.additional.schema, b.contains)
		p.nodes(b.tuple...)
		p.texts(b.minimum, b.maximum, b.minimumContains, b.maxContains)
	case *stringBody:
		p.flags(b.typed, b.pattern != nil)
		p.texts(b.minimum, b.maximum, b.format)
		if b.pattern != nil {
			p.text(*b.pattern)
		}
	case *numberBody:
		p.flags(b.typed, b.integer, b.minimumFlag, b.maximumFlag)
		p.texts(b.minimum, b.maximum, b.exclusiveMinimum, b.exclusiveMaximum, b.multipleOf)
	case *combinedBody:
		p.number(int(b.criterion))
		p.nodes(b.members...)
	case *notBody:
		p.node(b.inner)
	case *constBody:
		p.value(b.value)
	case *enumBody:
		p.set(p.c.enumeration(b))
	case *conditionalBody:
		p.nodes(b.condition, b.then, b.otherwise)
	case *referenceBody:
		p.text(b.text)
	case *metaBody:
		p.text(b.uri)
	}
}

func (p printer) object(b *objectBody) {
	p.flags(b.typed, b.additional.forbidden)
	p.texts(b.minimum, b.maximum)
	p.nodes(b.additional.schema, b.propertyNames)
	p.number(len(b.names))
	for _, name := range slices.Sorted(slices.Values(b.names)) {
		p.text(name)
		p.node(b.properties[name])
	}
	p.set(b.required)
	p.number(len(b.patterns))
	for _, pattern := range b.patterns {
		p.text(pattern.pattern)
		p.node(pattern.schema)
	}
	p.number(len(b.arrayDependencies))
	for _, d := range b.arrayDependencies {
		p.text(d.name)
		p.set(d.needs)
	}
	p.number(len(b.schemaDependencies))
	for _, d := range b.schemaDependencies {
		p.text(d.name)
		p.node(d.needs)
	}
}
