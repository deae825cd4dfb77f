package avro

import (
	"slices"

	"schemaside/backend/schema/jsontree"
)

// comparison tells how much of two schemas must be the same.
type comparison bool

const (
	// withoutDocs is what two definitions of one name are compared by.
	withoutDocs comparison = false
	// withDocs adds docs, aliases and the defaults of enums.
	withDocs comparison = true
)

type pair struct{ a, b *typ }

// sameTypes compares two schemas (spec/schema-languages.md 1.4). It works off a list, not by recursion, and looks at
// a pair of named types once.
func sameTypes(a, b *typ, how comparison) bool {
	work := []pair{{a, b}}
	seen := map[pair]struct{}{}
	for len(work) > 0 {
		next := work[len(work)-1]
		work = work[:len(work)-1]
		if next.a == next.b {
			continue
		}
		if next.a.named() {
			if _, again := seen[next]; again {
				continue
			}
			seen[next] = struct{}{}
		}
		if !how.sameType(next.a, next.b) {
			return false
		}
		work = appendInner(work, next)
	}
	return true
}

// appendInner adds the types inside two types that are the same themselves.
func appendInner(work []pair, outer pair) []pair {
	for i, f := range outer.a.fields {
		work = append(work, pair{f.typ, outer.b.fields[i].typ})
	}
	for i, branch := range outer.a.branches {
		work = append(work, pair{branch, outer.b.branches[i]})
	}
	if outer.a.items != nil {
		work = append(work, pair{outer.a.items, outer.b.items})
	}
	return work
}

// sameType compares two types without those inside them.
func (how comparison) sameType(a, b *typ) bool {
	if a.kind != b.kind || a.size != b.size || a.name != b.name ||
		len(a.fields) != len(b.fields) || len(a.branches) != len(b.branches) ||
		!slices.Equal(a.symbols, b.symbols) || !sameMembers(a.attributes, b.attributes) {
		return false
	}
	for i, f := range a.fields {
		if !how.sameField(f, b.fields[i]) {
			return false
		}
	}
	if how == withoutDocs {
		return true
	}
	return sameText(a.doc, b.doc) && sameText(a.enumDefault, b.enumDefault) && sameSet(a.aliases, b.aliases)
}

func (how comparison) sameField(a, b *field) bool {
	if a.name != b.name || a.order != b.order || (a.fallback == nil) != (b.fallback == nil) ||
		!sameMembers(a.attributes, b.attributes) {
		return false
	}
	if a.fallback != nil && !sameValue(a.fallback, b.fallback) {
		return false
	}
	return how == withoutDocs || sameText(a.doc, b.doc) && sameSet(a.aliases, b.aliases)
}

func sameText(a, b *string) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// sameSet compares two lists without repeats whatever their order.
func sameSet[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	if slices.Equal(a, b) {
		return true
	}
	set := make(map[T]struct{}, len(a))
	for _, x := range a {
		set[x] = struct{}{}
	}
	for _, x := range b {
		if _, both := set[x]; !both {
			return false
		}
	}
	return true
}

func sameMembers(a, b []jsontree.Member) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 {
		return true
	}
	values := make(map[string]*jsontree.Value, len(a))
	for _, m := range a {
		values[m.Key] = m.Value
	}
	for _, m := range b {
		if other := values[m.Key]; other == nil || !sameValue(other, m.Value) {
			return false
		}
	}
	return true
}

// sameValue compares JSON values: 1 is not 1.0, the order of keys doesn't count.
func sameValue(a, b *jsontree.Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text {
		return false
	}
	if a.Kind == jsontree.Object {
		return sameMembers(a.List, b.List)
	}
	return slices.EqualFunc(a.List, b.List, func(x, y jsontree.Member) bool { return sameValue(x.Value, y.Value) })
}
