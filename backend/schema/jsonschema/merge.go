package jsonschema

import "cmp"

// merge joins two schemas of one kind whose keywords don't overlap, apart from type.
func merge(a, b *node) *node {
	switch first := a.body.(type) {
	case *objectBody:
		if second, ok := b.body.(*objectBody); ok {
			return &node{kind: a.kind, body: mergeObjects(*first, second)}
		}
	case *arrayBody:
		if second, ok := b.body.(*arrayBody); ok {
			return &node{kind: a.kind, body: mergeArrays(*first, second)}
		}
	case *stringBody:
		if second, ok := b.body.(*stringBody); ok {
			return &node{kind: a.kind, body: mergeStrings(*first, second)}
		}
	case *numberBody:
		if second, ok := b.body.(*numberBody); ok {
			return &node{kind: a.kind, body: mergeNumbers(*first, second)}
		}
	}
	return a
}

func mergeObjects(a objectBody, b *objectBody) *objectBody {
	a.typed = a.typed || b.typed
	if b.properties != nil {
		a.properties, a.names = b.properties, b.names
	}
	if b.required != nil {
		a.required = b.required
	}
	a.minimum, a.maximum = cmp.Or(b.minimum, a.minimum), cmp.Or(b.maximum, a.maximum)
	a.additional = cmp.Or(b.additional, a.additional)
	a.propertyNames = cmp.Or(b.propertyNames, a.propertyNames)
	a.patterns = append(a.patterns, b.patterns...)
	a.arrayDependencies = append(a.arrayDependencies, b.arrayDependencies...)
	a.schemaDependencies = append(a.schemaDependencies, b.schemaDependencies...)
	return &a
}

func mergeArrays(a arrayBody, b *arrayBody) *arrayBody {
	a.typed = a.typed || b.typed
	if b.isTuple {
		a.tuple, a.isTuple = b.tuple, true
	}
	a.items, a.additional = cmp.Or(b.items, a.items), cmp.Or(b.additional, a.additional)
	a.minimum, a.maximum = cmp.Or(b.minimum, a.minimum), cmp.Or(b.maximum, a.maximum)
	a.unique = a.unique || b.unique
	a.contains = cmp.Or(b.contains, a.contains)
	a.minimumContains = cmp.Or(b.minimumContains, a.minimumContains)
	a.maxContains = cmp.Or(b.maxContains, a.maxContains)
	return &a
}

func mergeStrings(a stringBody, b *stringBody) *stringBody {
	a.typed = a.typed || b.typed
	a.minimum, a.maximum = cmp.Or(b.minimum, a.minimum), cmp.Or(b.maximum, a.maximum)
	a.pattern = cmp.Or(b.pattern, a.pattern)
	return &a
}

func mergeNumbers(a numberBody, b *numberBody) *numberBody {
	a.typed, a.integer = a.typed || b.typed, a.integer || b.integer
	a.minimum, a.maximum = cmp.Or(b.minimum, a.minimum), cmp.Or(b.maximum, a.maximum)
	a.exclusiveMinimum = cmp.Or(b.exclusiveMinimum, a.exclusiveMinimum)
	a.exclusiveMaximum = cmp.Or(b.exclusiveMaximum, a.exclusiveMaximum)
	a.multipleOf = cmp.Or(b.multipleOf, a.multipleOf)
	return &a
}
