package jsonschema

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"schemaside/backend/schema/javaorder"
	"schemaside/backend/schema/jsontree"
)

// maxOrderDepth is how deep the order of members looks into items of arrays.
const maxOrderDepth = 8

// sortedMembers are the places of members in the order in which the paths of tags count them
// (spec/schema-languages.md 2.7).
func sortedMembers(members []*node) []int {
	places := make([]int, len(members))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return compareMembers(members[a], members[b], 0) })
	return places
}

// memberRank orders the kinds by their names.
func memberRank(k kind) int {
	return slices.Index([]kind{
		kindArray, kindBoolean, kindCombined, kindConditional, kindConst, kindEmpty, kindEnum, kindFalse, kindNot, kindNull, kindNumber,
		kindObject, kindReference, kindString, kindTrue,
	}, k)
}

func compareMembers(a, b *node, depth int) int {
	if c := cmp.Compare(memberRank(a.kind), memberRank(b.kind)); c != 0 {
		return c
	}
	if c := compareNotes(a.notesOrNone(), b.notesOrNone()); c != 0 {
		return c
	}
	switch x := a.body.(type) {
	case *constBody:
		if y, ok := b.body.(*constBody); ok {
			return javaorder.Compare(x.value.String(), y.value.String())
		}
	case *enumBody:
		if y, ok := b.body.(*enumBody); ok {
			return javaorder.Compare(printedValues(x.values), printedValues(y.values))
		}
	case *combinedBody:
		if y, ok := b.body.(*combinedBody); ok {
			return cmp.Or(cmp.Compare(x.criterion, y.criterion), cmp.Compare(len(x.members), len(y.members)))
		}
	case *objectBody:
		if y, ok := b.body.(*objectBody); ok {
			return cmp.Or(
				cmp.Compare(len(x.names), len(y.names)),
				slices.CompareFunc(sortedTexts(x.names), sortedTexts(y.names), javaorder.Compare),
				slices.Compare(slices.Sorted(maps.Keys(x.required)), slices.Sorted(maps.Keys(y.required))),
			)
		}
	case *arrayBody:
		if y, ok := b.body.(*arrayBody); ok && x.items != nil && y.items != nil && depth < maxOrderDepth {
			return compareMembers(x.items, y.items, depth+1)
		}
	}
	return 0
}

func (n *node) notesOrNone() notes {
	if n.notes == nil {
		return notes{}
	}
	return *n.notes
}

func compareNotes(a, b notes) int {
	return cmp.Or(
		javaorder.Compare(a.title, b.title),
		javaorder.Compare(a.description, b.description),
		javaorder.Compare(printedDefault(a.fallback), printedDefault(b.fallback)),
	)
}

func printedDefault(v *jsontree.Value) string {
	if v == nil {
		return ""
	}
	return v.String()
}

func printedValues(values []jsontree.Member) string {
	parts := make([]string, len(values))
	for i, m := range values {
		parts[i] = m.Value.String()
	}
	return strings.Join(parts, ",")
}

func sortedTexts(names []string) []string {
	return slices.SortedFunc(slices.Values(names), javaorder.Compare)
}
