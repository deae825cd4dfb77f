package avro

import (
	"strings"

	"schemaside/backend/schema/jsontree"
)

type kind uint8

const (
	noKind kind = iota
	kindNull
	kindBoolean
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindRecord
	kindEnum
	kindArray
	kindMap
	kindUnion
	kindFixed
	// kindReference is a name whose definition hasn't been met yet. None is left once a text has been read.
	kindReference
)

// kindOf is the kind that a type word stands for, noKind for another word.
func kindOf(word string) kind {
	switch word {
	case "null":
		return kindNull
	case "boolean":
		return kindBoolean
	case "int":
		return kindInt
	case "long":
		return kindLong
	case "float":
		return kindFloat
	case "double":
		return kindDouble
	case "bytes":
		return kindBytes
	case "string":
		return kindString
	case "record":
		return kindRecord
	case "enum":
		return kindEnum
	case "array":
		return kindArray
	case "map":
		return kindMap
	case "union":
		return kindUnion
	case "fixed":
		return kindFixed
	}
	return noKind
}

func (k kind) String() string {
	switch k {
	case kindNull:
		return "null"
	case kindBoolean:
		return "boolean"
	case kindInt:
		return "int"
	case kindLong:
		return "long"
	case kindFloat:
		return "float"
	case kindDouble:
		return "double"
	case kindBytes:
		return "bytes"
	case kindString:
		return "string"
	case kindEnum:
		return "enum"
	case kindArray:
		return "array"
	case kindMap:
		return "map"
	case kindUnion:
		return "union"
	case kindFixed:
		return "fixed"
	default:
		// A name that isn't known yet counts as a record, as it does in the reference server's messages.
		return "record"
	}
}

func (k kind) upper() string { return strings.ToUpper(k.String()) }

func (k kind) primitive() bool { return k >= kindNull && k <= kindString }

// typ is one place of a schema. Every use of a named type is the same *typ, so a schema may hold circles.
// It never changes once its text has been read.
type typ struct {
	kind kind
	// name is of records, enums, fixed types and references.
	name    fullName
	isError bool
	doc     *string
	aliases []fullName
	// attributes are the custom ones, in the order of the text.
	attributes []jsontree.Member

	fields      []*field
	fieldPlaces map[string]int
	symbols     []string
	symbolSet   map[string]struct{}
	enumDefault *string
	size        int
	items       *typ // of an array or a map
	branches    []*typ
}

type field struct {
	name string
	pos  int
	typ  *typ
	doc  *string
	// fallback is the default, nil if there is none.
	fallback *jsontree.Value
	// order is empty for ascending.
	order      string
	aliases    []string
	attributes []jsontree.Member
}

// String is the field as messages show it.
func (f *field) String() string {
	return f.name + " type:" + f.typ.kind.upper() + " pos:" + itoa(f.pos)
}

func (t *typ) named() bool {
	return t.kind == kindRecord || t.kind == kindEnum || t.kind == kindFixed
}

// branchName is what may appear only once in a union. Unnamed types are called by their kind.
func (t *typ) branchName() fullName {
	if t.named() || t.kind == kindReference {
		return t.name
	}
	return fullName{noSpace(), t.kind.String()}
}

// attribute is the value of a custom attribute, nil if there is none.
func (t *typ) attribute(key string) *jsontree.Value {
	for _, a := range t.attributes {
		if a.Key == key {
			return a.Value
		}
	}
	return nil
}
