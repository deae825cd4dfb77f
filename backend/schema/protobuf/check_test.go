package protobuf

import (
	"slices"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

// differences compares two schemas and gives each difference as "errorType path".
func differences(tb testing.TB, old, updated *parsed) []string {
	tb.Helper()
	var list []string
	for _, d := range compare(old, updated) {
		name, _, _ := d.kind.words()
		list = append(list, name+" "+d.path)
	}
	return list
}

func TestComparison(t *testing.T) {
	t.Parallel()
	f := func(old, updated string, want ...string) {
		t.Helper()
		const syntax = `syntax = "proto3"; `
		got := differences(t, parse(t, syntax+old), parse(t, syntax+updated))
		if !slices.Equal(got, want) {
			t.Errorf("%s -> %s\ngot  %q\nwant %q", old, updated, got, want)
		}
	}
	f(`package a;`, `package b;`, "PACKAGE_CHANGED #/")
	f(`package a;`, ``, "PACKAGE_CHANGED #/")
	f(`message M {}`, ``, "MESSAGE_REMOVED #/M")
	f(``, `message M {}`)
	f(`message M { message N {} }`, `message M {}`, "MESSAGE_REMOVED #/M/N")
	f(`message M { message N { option map_entry = true; } }`, `message M {}`)
	f(`message M {}`, `enum M { A = 0; }`, "MESSAGE_REMOVED #/M")
	f(`enum E { A = 0; B = 1; }`, `enum E { A = 0; }`)
	f(`message A {} message B {}`, `message B {} message A {}`)

	in := func(old, updated string, want ...string) {
		t.Helper()
		const around = "enum E { Z = 0; } enum F { Z = 0; } message N {} message O {} message M { "
		for i, w := range want {
			kind, path, _ := strings.Cut(w, " ")
			want[i] = kind + " #/M/" + path
		}
		f(around+old+" }", around+updated+" }", want...)
	}
	in(`int32 a = 1;`, `int32 b = 1;`)
	in(`int32 a = 1;`, `int64 a = 1;`)
	in(`int32 a = 1;`, `bool a = 1;`)
	in(`int32 a = 1;`, `E a = 1;`)
	in(`F a = 1;`, `E a = 1;`)
	in(`int32 a = 1;`, `sint32 a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1")
	in(`E a = 1;`, `string a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1")
	in(`string a = 1;`, `bytes a = 1;`)
	in(`fixed32 a = 1;`, `sfixed32 a = 1;`)
	in(`fixed32 a = 1;`, `float a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1")
	in(`float a = 1;`, `double a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1")
	in(`int32 a = 1;`, `N a = 1;`, "FIELD_KIND_CHANGED 1")
	in(`N a = 1;`, `map<string, N> a = 1;`, "FIELD_KIND_CHANGED 1")
	in(`N a = 1;`, `O a = 1;`, "FIELD_NAMED_TYPE_CHANGED 1")
	in(`N a = 1;`, `.N a = 1;`)
	in(`X a = 1;`, `Y a = 1;`, "FIELD_NAMED_TYPE_CHANGED 1")
	in(`X a = 1;`, `X a = 1;`)
	in(`map<string, N> a = 1;`, `map<string, O> a = 1;`, "FIELD_NAMED_TYPE_CHANGED 1")
	in(`map<string, int32> a = 1;`, `map<bytes, sint32> a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1")
	in(`map<string, E> a = 1;`, `map<int32, N> a = 1;`, "FIELD_SCALAR_KIND_CHANGED 1", "FIELD_KIND_CHANGED 1")
	in(`map<string, int32> a = 1;`, `repeated AEntry a = 1; message AEntry { option map_entry = true; string key = 1; int64 value = 2; }`)
	in(`int32 a = 1;`, `repeated int32 a = 1;`)
	in(`optional int32 a = 1;`, `repeated int32 a = 1;`, "FIELD_NUMERIC_LABEL_CHANGED 1")
	in(`optional E a = 1;`, `repeated E a = 1;`, "FIELD_NUMERIC_LABEL_CHANGED 1")
	in(`optional string a = 1;`, `repeated string a = 1;`)
	in(`optional N a = 1;`, `repeated N a = 1;`)
	in(`int32 a = 1;`, ``)
	in(``, `int32 a = 1;`)

	in(`oneof o { int32 a = 1; int32 b = 2; }`, `oneof o { int32 a = 1; }`, "ONEOF_FIELD_REMOVED o/2")
	in(`oneof o { int32 a = 1; int32 b = 2; }`, ``)
	in(`oneof o { int32 a = 1; int32 b = 2; }`, `int32 a = 1;`, "ONEOF_FIELD_REMOVED o/2")
	in(`oneof o { int32 a = 1; int32 b = 2; }`, `oneof p { int32 a = 1; int32 b = 2; }`)
	in(`oneof o { int32 a = 1; }`, `int32 a = 1;`)
	in(`oneof o { int32 a = 1; }`, `oneof o { string a = 1; }`, "FIELD_SCALAR_KIND_CHANGED o/1")
	in(`int32 a = 1;`, `oneof o { int32 a = 1; }`)
	in(`int32 a = 1;`, `oneof o { int32 a = 1; int32 b = 2; }`)
	in(`int32 a = 1; int32 b = 2;`, `oneof o { int32 a = 1; int32 b = 2; }`, "MULTIPLE_FIELDS_MOVED_TO_ONEOF o")
	in(`int32 a = 1; oneof o { int32 b = 2; }`, `oneof o { int32 a = 1; int32 b = 2; }`, "FIELD_MOVED_TO_EXISTING_ONEOF o")
	in(`oneof p { int32 a = 1; } oneof o { int32 b = 2; }`, `oneof o { int32 a = 1; int32 b = 2; }`, "FIELD_MOVED_TO_EXISTING_ONEOF o")
	in(`int32 a = 1; string a = 1;`, `string a = 1;`)
	in(`int32 a = 2; int32 b = 10; int32 c = 1;`, `N a = 2; N b = 10; N c = 1;`,
		"FIELD_KIND_CHANGED 1", "FIELD_KIND_CHANGED 2", "FIELD_KIND_CHANGED 10")
}

func TestComparisonOfRequired(t *testing.T) {
	t.Parallel()
	f := func(old, updated string, want ...string) {
		t.Helper()
		got := differences(t, parse(t, "message M { "+old+" }"), parse(t, "message M { "+updated+" }"))
		if !slices.Equal(got, want) {
			t.Errorf("%s -> %s: %q, want %q", old, updated, got, want)
		}
	}
	f(`required int32 a = 1;`, ``, "REQUIRED_FIELD_REMOVED #/M/1")
	f(``, `required int32 a = 1;`, "REQUIRED_FIELD_ADDED #/M/1")
	f(`optional int32 a = 1;`, `required int32 a = 1;`, "FIELD_NUMERIC_LABEL_CHANGED #/M/1")
	f(`optional string a = 1;`, `required string a = 1;`)
	f(`extensions 1 to 9; optional group G = 1 {} extend M { optional int32 x = 2; } reserved 5;`, ``)
}

func TestComparisonOfReferences(t *testing.T) {
	t.Parallel()
	const text = `syntax = "proto3"; package p; import "r.proto"; message M { r.A a = 1; r.A b = 2; }`
	with := func(text, reference string) *parsed {
		return parse(t, text, schema.Reference{Name: "r.proto", Text: `syntax = "proto3"; package r; ` + reference})
	}
	f := func(old, updated string, want ...string) {
		t.Helper()
		if got := differences(t, with(text, old), with(text, updated)); !slices.Equal(got, want) {
			t.Errorf("%s -> %s\ngot  %q\nwant %q", old, updated, got, want)
		}
	}
	f(`message A { int32 x = 1; }`, `message A { int32 x = 1; }`)
	f(`message A { int32 x = 1; }`, `message A { int64 x = 1; }`)
	f(`message A { int32 x = 1; }`, `message A { string x = 1; }`,
		"FIELD_SCALAR_KIND_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/1",
		"FIELD_SCALAR_KIND_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/2")
	f(`message A { A x = 1; B y = 2; } message B { A z = 1; }`, `message A { A x = 1; B y = 2; } message B { A z = 1; }`)
	f(`message A { B b = 1; } message B { int32 x = 1; }`, `message A { B b = 1; } message B { N x = 1; message N {} }`,
		"FIELD_KIND_CHANGED #/B/1", "FIELD_NAMED_TYPE_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/1",
		"FIELD_KIND_CHANGED #/B/1", "FIELD_NAMED_TYPE_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/2")

	// A type that moves from a reference into the text itself is compared too, by its name within its package.
	local := parse(t, `syntax = "proto3"; package p; message M { A a = 1; A b = 2; } message A { string x = 1; }`)
	want := []string{
		"FIELD_SCALAR_KIND_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/1",
		"FIELD_SCALAR_KIND_CHANGED #/A/1", "FIELD_NAMED_TYPE_CHANGED #/M/2",
	}
	if got := differences(t, with(text, `message A { int32 x = 1; }`), local); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMessagesOfDifferences holds the words of each difference, in both directions.
func TestMessagesOfDifferences(t *testing.T) {
	t.Parallel()
	f := func(kind differenceKind, want string) {
		t.Helper()
		d := []difference{{kind, "#/M/1"}}
		if got := messages(d, true)[0]; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		swapped := strings.NewReplacer("new", "old", "old", "new").Replace(want)
		if got := messages(d, false)[0]; got != swapped {
			t.Errorf("got %s\nwant %s", got, swapped)
		}
	}
	f(packageChanged, `{errorType:"PACKAGE_CHANGED", description:"The package at '#/M/1' in the new schema does not match the package in the old schema"}`)
	f(messageRemoved, `{errorType:"MESSAGE_REMOVED", description:"The new schema is missing a MESSAGE type at path '#/M/1' in the old schema"}`)
	f(fieldKindChanged, `{errorType:"FIELD_KIND_CHANGED", description:"The type of a field at path '#/M/1' in the new schema does not match the old schema"}`)
	f(fieldScalarKindChanged, `{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in the old schema"}`)
	f(fieldNamedTypeChanged, `{errorType:"FIELD_NAMED_TYPE_CHANGED", description:"The type of a MESSAGE field at path '#/M/1' in the new schema does not match its type in the old schema"}`)
	f(fieldNumericLabelChanged, `{errorType:"FIELD_NUMERIC_LABEL_CHANGED", description:"The label for a NUMERIC field at path '#/M/1' in the new schema does not match its label in the old schema"}`)
	f(requiredFieldAdded, `{errorType:"REQUIRED_FIELD_ADDED", description:"A required field  at path '#/M/1' in the new schema is missing in the old schema"}`)
	f(requiredFieldRemoved, `{errorType:"REQUIRED_FIELD_REMOVED", description:"The new schema is missing a required field at path: '#/M/1' in the old schema"}`)
	f(oneofFieldRemoved, `{errorType:"ONEOF_FIELD_REMOVED", description:"The new schema is missing a oneof field at path '#/M/1' in the old schema"}`)
	f(multipleFieldsMovedToOneof, `{errorType:"MULTIPLE_FIELDS_MOVED_TO_ONEOF", description:"Multiple fields in the oneof at path '#/M/1' in the new schema are outside a oneof in the old schema"}`)
	f(fieldMovedToExistingOneof, `{errorType:"FIELD_MOVED_TO_EXISTING_ONEOF", description:"A field in the oneof at path '#/M/1' in the new schema is outside an existing oneof in the old schema"}`)
}
