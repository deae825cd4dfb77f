// Package jsontree holds a JSON text as a tree that prints as the reference server's JSON library prints it. Members
// stay in the order of the text. What a number prints as is up to the schema language.
package jsontree

import (
	"slices"

	"schemaside/backend/schema/javaorder"
)

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds; those that hold other values come last.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

// Value is a JSON value that remembers the order of its members.
type Value struct {
	Kind Kind
	// Text is the content of a string, or how a number prints.
	Text string
	// List holds the elements of an array (without keys) or the members of an object.
	List []Member
}

// Member is a value with its key in an object, or without one in an array.
type Member struct {
	Key   string
	Value *Value
}

// Get finds a member of an object; nil if there is none or v is no object.
func (v *Value) Get(key string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := range v.List {
		if v.List[i].Key == key {
			return v.List[i].Value
		}
	}
	return nil
}

// Sorted is the tree with the keys of every object in Java's order. It may share parts with v.
func (v *Value) Sorted() *Value {
	if len(v.List) == 0 {
		return v
	}
	out := &Value{Kind: v.Kind, Text: v.Text, List: slices.Clone(v.List)}
	if v.Kind == Object {
		out.List = SortedMembers(out.List)
	}
	for i := range out.List {
		out.List[i].Value = out.List[i].Value.Sorted()
	}
	return out
}

// SortedMembers are members in Java's order of their keys, but not what is inside them: list itself if it is in order,
// a new one otherwise.
func SortedMembers(list []Member) []Member {
	less := func(a, b Member) int { return javaorder.Compare(a.Key, b.Key) }
	if slices.IsSortedFunc(list, less) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, less)
	return list
}
