package avro_test

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// TestLogicalPolicy: under LOGICAL, what is read has to mean what was written; under the other policies nothing is said.
func TestLogicalPolicy(t *testing.T) {
	t.Parallel()
	f := func(reader, writer, want string) {
		t.Helper()
		r, w := parse(t, reader), parse(t, writer)
		if got := (avro.Language{}).Check(r, w, schema.CheckOptions{ReaderIsNew: true, Logical: true}); strings.Join(got, "; ") != want {
			t.Errorf("reader %s\nwriter %s\ngot  %s\nwant %s", reader, writer, strings.Join(got, "; "), want)
		}
		for _, other := range []schema.CheckOptions{{}, {Lenient: true}} {
			if got := (avro.Language{}).Check(r, w, other); strings.Contains(strings.Join(got, ""), "LOGICAL") {
				t.Errorf("%+v: %s", other, got)
			}
		}
	}
	mismatch := func(path, reader, writer string) string {
		return "{errorType:'LOGICAL_TYPE_MISMATCH', description:'The logical type (path '" + path + "') of a field in the new schema " +
			"does not match with the old schema', additionalInfo:'reader logical type: " + reader + " not compatible with writer logical type: " + writer + "'}"
	}
	of := func(kind, logical string) string { return `{"type":"` + kind + `","logicalType":"` + logical + `"}` }
	decimal := func(precision, scale string) string {
		return `{"type":"bytes","logicalType":"decimal","precision":` + precision + `,"scale":` + scale + `}`
	}
	field := func(typ string) string { return record(`{"name":"a","type":` + typ + `}`) }
	fixed := func(logical string) string { return `{"type":"fixed","name":"F","size":16` + logical + `}` }

	f(`"int"`, `"int"`, ``)
	f(of("int", "date"), of("int", "date"), ``)
	f(of("int", "date"), `"int"`, mismatch("/", "date", "none"))
	f(`"int"`, of("int", "date"), mismatch("/", "none", "date"))
	f(of("long", "timestamp-millis"), of("long", "timestamp-micros"), mismatch("/", "timestamp-millis", "timestamp-micros"))
	f(field(of("long", "timestamp-millis")), field(of("long", "timestamp-micros")), mismatch("/fields/0/type", "timestamp-millis", "timestamp-micros"))
	f(field(of("string", "uuid")), field(of("string", "uuid")), ``)
	f(`"long"`, `"int"`, ``)
	f(of("long", "timestamp-millis"), of("int", "date"), mismatch("/", "timestamp-millis", "date"))
	f(decimal("4", "2"), decimal("4", "2"), ``)
	f(decimal("4", "2"), decimal("4", "1"), mismatch("/", "decimal(4,2)", "decimal(4,1)"))
	f(decimal("5", "2"), decimal("4", "2"), mismatch("/", "decimal(5,2)", "decimal(4,2)"))
	f(decimal("4", "0"), `{"type":"bytes","logicalType":"decimal","precision":4}`, ``)
	f(fixed(`,"logicalType":"uuid"`), fixed(``), mismatch("/", "uuid", "none"))
	f(`{"type":"array","items":`+of("int", "date")+`}`, `{"type":"array","items":"int"}`, mismatch("/items", "date", "none"))
	// One that doesn't fit its type, or is unknown, is none.
	f(of("string", "date"), `"string"`, ``)
	f(of("int", "mine"), of("int", "yours"), ``)
	// In unions a branch has to fit as a whole.
	f(`["null",`+of("int", "date")+`]`, of("int", "date"), ``)
	f(`["null",`+of("int", "date")+`]`, `"int"`, "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside a union "+
		"field at path '/' in the old schema', additionalInfo:'reader union lacking writer type: INT'}")
	f(of("int", "date"), `[`+of("int", "date")+`]`, ``)
	f(of("int", "date"), `["int"]`, mismatch("/0", "date", "none"))
	f(`["null",`+of("int", "date")+`]`, `["null",`+of("int", "date")+`]`, ``)
	// What differs more is told as ever.
	f(of("int", "date"), of("string", "uuid"), "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema "+
		"does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}")
}
