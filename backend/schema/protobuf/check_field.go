package protobuf

// scalarKind is a group of scalar types that read each other's values.
type scalarKind uint8

const (
	notScalar scalarKind = iota
	varints
	zigzags
	lengthDelimited
	fixed32s
	fixed64s
	floats
	doubles
)

func scalarGroup(name string) scalarKind {
	switch name {
	case "int32", "int64", "uint32", "uint64", "bool":
		return varints
	case "sint32", "sint64":
		return zigzags
	case "string", "bytes":
		return lengthDelimited
	case "fixed32", "sfixed32":
		return fixed32s
	case "fixed64", "sfixed64":
		return fixed64s
	case "float":
		return floats
	case "double":
		return doubles
	}
	return notScalar
}

// shape is a type as the comparison sees it: a scalar (enums are some), a map, or a message that needn't be known.
type shape struct {
	scalar scalarKind
	entry  typeName // of a map
	scope  *scope   // in which the types of the map are resolved
	name   string   // as written
	typ    *definition
}

type shapeKind uint8

const (
	scalarShape shapeKind = iota
	mapShape
	messageShape
)

func (s *shape) kind() shapeKind {
	switch {
	case s.scalar != notScalar:
		return scalarShape
	case s.entry.isMap():
		return mapShape
	}
	return messageShape
}

func (r *resolver) shape(s *scope, t typeName) shape {
	if t.isMap() {
		return shape{entry: t, scope: s}
	}
	if g := scalarGroup(t.name); g != notScalar {
		return shape{scalar: g}
	}
	d := r.typ(s, t.name)
	switch {
	case d == nil:
	case d.message == nil:
		return shape{scalar: varints}
	default:
		if entry, ok := d.message.mapType(); ok {
			return shape{entry: entry, scope: r.scope(d.full)}
		}
	}
	return shape{name: t.name, typ: d}
}

// field compares two fields of one tag. Its path is only made when there is something to tell.
func (c *comparison) field(at place, old *field, updated member) {
	o := c.oldNames.shape(at.oldScope, old.typ)
	n := c.newNames.shape(at.newScope, updated.typ)
	relabelled := old.label != updated.label && old.label != unlabelled && updated.label != unlabelled
	if !relabelled && o.scalar == n.scalar && o.scalar != notScalar {
		return
	}
	c.shapes(updated.path(at.path), &o, &n, relabelled)
}

func (c *comparison) shapes(at *path, old, updated *shape, relabelled bool) {
	if old.kind() != updated.kind() {
		c.add(fieldKindChanged, at)
		return
	}
	switch old.kind() {
	case scalarShape:
		switch {
		case old.scalar != updated.scalar:
			c.add(fieldScalarKindChanged, at)
		case relabelled && old.scalar != lengthDelimited:
			c.add(fieldNumericLabelChanged, at)
		}
	case mapShape:
		c.mapPart(at, old, updated, old.entry.key, updated.entry.key)
		c.mapPart(at, old, updated, old.entry.name, updated.entry.name)
	case messageShape:
		c.named(at, old, updated)
	}
}

// mapPart compares the types of the keys or values of two maps.
func (c *comparison) mapPart(at *path, old, updated *shape, oldName, newName string) {
	o := c.oldNames.shape(old.scope, typeName{name: oldName})
	n := c.newNames.shape(updated.scope, typeName{name: newName})
	// A map-entry message as a part of a map would lead back here without end.
	if o.kind() == mapShape || n.kind() == mapShape {
		if o.kind() != n.kind() || o.entry != n.entry {
			c.add(fieldKindChanged, at)
		}
		return
	}
	c.shapes(at, &o, &n, false)
}

// named compares two message types that a field refers to.
func (c *comparison) named(at *path, old, updated *shape) {
	switch {
	case old.typ == nil || updated.typ == nil:
		if old.name != updated.name {
			c.add(fieldNamedTypeChanged, at)
		}
	case old.typ.local() != updated.typ.local():
		c.add(fieldNamedTypeChanged, at)
	case old.typ.source.name == "" && updated.typ.source.name == "":
	case old.typ == updated.typ:
	case c.referred(old.typ, updated.typ):
		c.add(fieldNamedTypeChanged, at)
	}
}

// referred compares two messages of which one at least comes from another file, and tells whether they differ. The
// differences are worded from the message on. A message within itself is not entered again.
func (c *comparison) referred(old, updated *definition) bool {
	key := pair{old.message, updated.message}
	if w, ok := c.walks[key]; ok {
		if w.done && w.found > 0 {
			c.repeat(w)
		}
		return w.found > 0
	}
	if c.depth >= maxChain {
		c.found++
		return true
	}
	w := &walk{start: len(c.differences)}
	c.walks[key] = w
	c.depth++
	before := c.found
	at := place{(*path)(nil).at(old.local()), c.oldNames.scope(old.full), c.newNames.scope(updated.full)}
	c.fields(at, old.message, updated.message)
	c.types(at, old.message.messages, updated.message.messages)
	c.depth--
	w.done, w.found, w.end = true, c.found-before, len(c.differences)
	return w.found > 0
}

// repeat reports the differences of a walk again, as far as there is room.
func (c *comparison) repeat(w *walk) {
	c.found += w.found
	for _, d := range c.differences[w.start:w.end] {
		if len(c.differences) >= maxDifferences || c.bytes > maxDifferenceBytes {
			return
		}
		c.bytes += len(d.path)
		c.differences = append(c.differences, d)
	}
}
