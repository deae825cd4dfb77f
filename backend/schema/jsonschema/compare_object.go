package jsonschema

import "schemaside/backend/schema/javaorder"

const (
	// objectSteps is what comparing two objects costs, beside their names.
	objectSteps = 10
	// nameSteps is what each of their names costs: it is hashed and sorted.
	nameSteps = 3
)

// objects compares the keywords of objects in the order of the reference server.
func (c *comparison) objects(f *findings, older, newer *objectBody) {
	if !c.spend(objectSteps + nameSteps*(len(older.names)+len(newer.names)) + len(older.required) + len(newer.required)) {
		return
	}
	c.required(f, older, newer)
	c.properties(f, older, newer)
	c.dependencies(f, older, newer)
	c.extensions(f, older.additional, newer.additional, "additionalProperties", "ADDITIONAL_PROPERTIES")
	bounds{"maxProperties", "MAX_PROPERTIES", true}.compare(f, older.maximum, newer.maximum)
	bounds{"minProperties", "MIN_PROPERTIES", false}.compare(f, older.minimum, newer.minimum)
}

// required looks at properties that both have; names without a property are not looked at.
func (c *comparison) required(f *findings, older, newer *objectBody) {
	var added []string
	for _, name := range older.names {
		if _, before := older.required[name]; before {
			continue
		}
		if _, now := newer.required[name]; !now {
			continue
		}
		if p, ok := newer.properties[name]; ok && !p.hasDefault() {
			added = append(added, name)
		}
	}
	if len(added) == 0 {
		return
	}
	report := setOf(added)
	for _, name := range javaorder.HashSet(older.names, nil) {
		if _, ok := report[name]; ok {
			f.add("REQUIRED_ATTRIBUTE_ADDED", wordKeyword, "required/"+name)
		}
	}
}

func setOf(names []string) map[string]struct{} {
	set := make(map[string]struct{}, len(names))
	for _, name := range names {
		set[name] = struct{}{}
	}
	return set
}

func (c *comparison) properties(f *findings, older, newer *objectBody) {
	for _, name := range javaorder.HashSet(older.names, newer.names) {
		o, n := older.properties[name], newer.properties[name]
		path := "properties/" + name
		switch {
		case o != nil && n != nil:
			f.nest(path, c.compare(o, n))
		case n == nil:
			c.propertyRemoved(f, newer, o, name, path)
		default:
			c.propertyAdded(f, older, newer, name, path)
		}
	}
}

// open tells whether an object may have any property beside those declared.
func (b *objectBody) open() bool { return b.additional == (extension{}) && len(b.patterns) == 0 }

// propertyRemoved judges a property that only the older schema has, on what the newer one admits.
func (c *comparison) propertyRemoved(f *findings, newer *objectBody, o *node, name, path string) {
	if newer.open() {
		return
	}
	cover, sure := c.cover(newer, name)
	if cover == nil {
		if o.kind != kindFalse {
			f.add("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", wordClosed, path)
		}
		return
	}
	if inner := c.compare(o, cover); !inner.compatible() || !sure {
		f.nest(path, inner)
		f.add("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", wordRemovedCover, path)
	}
}

// propertyAdded judges a property that only the newer schema has, on what the older one admitted.
func (c *comparison) propertyAdded(f *findings, older, newer *objectBody, name, path string) {
	n := newer.properties[name]
	_, required := newer.required[name]
	if older.open() {
		switch {
		case n.matchesAll():
		case !required:
			f.add("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", wordOpen, path)
		case n.hasDefault():
			f.add("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", wordOpen, path)
		default:
			f.add("REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", wordOpen, path)
		}
		return
	}
	if cover, sure := c.cover(older, name); cover != nil {
		if inner := c.compare(cover, n); !inner.compatible() || !sure {
			f.nest(path, inner)
			f.add("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", wordAddedCover, path)
		}
	}
	if required && !n.hasDefault() {
		f.add("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", wordUnopen, path)
	}
}

// cover is the schema that holds for an undeclared property; nil in a closed model. It is not sure when a pattern
// could not be tried.
func (c *comparison) cover(b *objectBody, name string) (schema *node, sure bool) {
	sure = true
	for _, p := range b.patterns {
		switch c.match(p.pattern, name) {
		case matchYes:
			return p.schema, sure
		case matchUnknown:
			sure = false
		case matchNo:
		}
	}
	return b.additional.schema, sure
}

// extensions compares what may come beside the declared properties or items.
func (c *comparison) extensions(f *findings, older, newer extension, keyword, prefix string) {
	switch {
	case newer.forbidden:
		if !older.forbidden {
			f.add(difference(prefix+"_REMOVED"), wordKeyword, keyword)
		}
	case older.forbidden, newer.schema == nil:
	case older.schema == nil:
		f.add(difference(prefix+"_NARROWED"), wordFewer, keyword)
	default:
		f.nest(keyword, c.compare(older.schema, newer.schema))
	}
}

func (c *comparison) dependencies(f *findings, older, newer *objectBody) {
	c.arrayDependencies(f, older.arrayDependencies, newer.arrayDependencies)
	c.schemaDependencies(f, older.schemaDependencies, newer.schemaDependencies)
}

func (c *comparison) arrayDependencies(f *findings, older, newer []dependency[map[string]struct{}]) {
	if len(newer) == 0 || !c.spend(len(older)+len(newer)) {
		return
	}
	o, oldNames := dependenciesByName(older)
	n, newNames := dependenciesByName(newer)
	for _, name := range javaorder.HashSet(oldNames, newNames) {
		before, had := o[name]
		now, has := n[name]
		path := "dependencies/" + name
		if !has || !c.spend(len(before)+len(now)) {
			continue
		}
		if !had {
			f.add("DEPENDENCY_ARRAY_ADDED", wordKeyword, path)
			continue
		}
		lost, won := without(before, now), without(now, before)
		switch {
		case won > 0 && lost > 0:
			f.add("DEPENDENCY_ARRAY_CHANGED", wordDifferent, path)
		case won > 0:
			f.add("DEPENDENCY_ARRAY_EXTENDED", wordLonger, path)
		}
	}
}

func dependenciesByName[T any](list []dependency[T]) (byName map[string]T, names []string) {
	byName = make(map[string]T, len(list))
	for _, d := range list {
		byName[d.name] = d.needs
		names = append(names, d.name)
	}
	return byName, names
}

func (c *comparison) schemaDependencies(f *findings, older, newer []dependency[*node]) {
	if len(newer) == 0 || !c.spend(len(older)+len(newer)) {
		return
	}
	o, oldNames := dependenciesByName(older)
	n, newNames := dependenciesByName(newer)
	for _, name := range javaorder.HashSet(oldNames, newNames) {
		path := "dependencies/" + name
		switch {
		case n[name] == nil:
		case o[name] == nil:
			f.add("DEPENDENCY_SCHEMA_ADDED", wordKeyword, path)
		default:
			f.nest(path, c.compare(o[name], n[name]))
		}
	}
}
