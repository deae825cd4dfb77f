package avro_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// differences checks a new reader and shortens each message to "TYPE path info".
func differences(t *testing.T, reader, writer string) string {
	t.Helper()
	messages := avro.Language{}.Check(parse(t, reader), parse(t, writer), schema.CheckOptions{ReaderIsNew: true})
	short := make([]string, 0, len(messages))
	for _, m := range messages {
		_, typ, _ := strings.Cut(m, "errorType:'")
		typ, rest, _ := strings.Cut(typ, "'")
		_, path, _ := strings.Cut(rest, "path '")
		path, rest, _ = strings.Cut(path, "'")
		_, info, _ := strings.Cut(rest, "additionalInfo:'")
		short = append(short, typ+" "+path+" "+strings.TrimSuffix(info, "'}"))
	}
	return strings.Join(short, "; ")
}

// TestCheck has the rules of spec/schema-languages.md 1.6.
func TestCheck(t *testing.T) {
	t.Parallel()
	f := func(reader, writer, want string) {
		t.Helper()
		if got := differences(t, reader, writer); got != want {
			t.Errorf("reader %s\nwriter %s\ngot  %s\nwant %s", reader, writer, got, want)
		}
	}
	array := func(items string) string { return `{"type":"array","items":` + items + `}` }
	fixed := func(name, more string) string { return `{"type":"fixed","name":"` + name + `","size":1` + more + `}` }
	field := func(typ string) string { return record(`{"name":"a","type":` + typ + `}`) }

	f(`"int"`, `{"type":"int","logicalType":"date"}`, ``)
	f(`"int"`, `"null"`, `TYPE_MISMATCH / reader type: INT not compatible with writer type: NULL`)
	f(array(`"int"`), array(`"string"`), `TYPE_MISMATCH /items reader type: INT not compatible with writer type: STRING`)
	f(`{"type":"map","values":"int"}`, `{"type":"map","values":`+array(`"int"`)+`}`,
		`TYPE_MISMATCH /values reader type: INT not compatible with writer type: ARRAY`)

	// Names.
	f(fixed("n.F", ``), fixed("m.F", ``), ``)
	f(fixed("n.F", ``), fixed("m.G", ``), `NAME_MISMATCH /name expected: m.G`)
	f(fixed("n.F", `,"aliases":["m.G"]`), fixed("m.G", ``), ``)
	f(fixed("n.F", `,"aliases":["G"]`), fixed("m.G", ``), `NAME_MISMATCH /name expected: m.G`)
	f(fixed("n.F", `,"aliases":["G"]`), fixed("n.G", ``), ``)
	f(fixed("n.F", `,"aliases":[".G"]`), fixed("G", ``), `NAME_MISMATCH /name expected: G`)
	f(fixed("F", `,"aliases":["G"]`), fixed("G", ``), ``)
	f(field(fixed("F", ``)), field(`{"type":"fixed","name":"G","size":2}`),
		`NAME_MISMATCH /fields/0/type/name expected: G; FIXED_SIZE_MISMATCH /fields/0/type/size expected: 2, found: 1`)
	f(`{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]}`, field(`"null"`),
		`NAME_MISMATCH /name expected: R; TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: NULL`)

	// Enums.
	enum := func(more string) string { return `{"type":"enum","name":"E",` + more + `}` }
	f(enum(`"symbols":["A","B"]`), enum(`"symbols":["B"]`), ``)
	f(enum(`"symbols":["A"]`), enum(`"symbols":["C","A","B"]`), `MISSING_ENUM_SYMBOLS /symbols [B, C]`)
	f(enum(`"symbols":["A"],"default":"A"`), enum(`"symbols":["C","A","B"]`), ``)

	// Fields.
	f(record(`{"name":"a","type":"int"}`), record(`{"name":"b","type":"int"}`), `READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a`)
	f(record(`{"name":"a","type":"int","default":1}`), record(``), ``)
	f(record(``), record(`{"name":"a","type":"int"}`), ``)
	f(record(`{"name":"a","type":"long","aliases":["b"]}`), record(`{"name":"b","type":"int"}`), ``)
	f(record(`{"name":"a","type":"long","aliases":["a"]}`), record(`{"name":"a","type":"int"}`), ``)
	f(field(enum(`"symbols":["A"],"default":"A"`)), record(``),
		`TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: RECORD`)
	f(record(`{"name":"x","type":"int"},{"name":"y","type":"int"}`), record(``),
		`READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 x; READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 y`)

	// Unions.
	f(`["null","long"]`, `"int"`, ``)
	f(`["null","int"]`, `"string"`, `MISSING_UNION_BRANCH / reader union lacking writer type: STRING`)
	f(`[]`, `"int"`, `MISSING_UNION_BRANCH / reader union lacking writer type: INT`)
	f(`["string","null"]`, `["null","bytes"]`, ``)
	f(`["null","int"]`, `["null","string","int","bytes"]`,
		`MISSING_UNION_BRANCH /1 reader union lacking writer type: STRING; MISSING_UNION_BRANCH /3 reader union lacking writer type: BYTES`)
	f(`"long"`, `["int","string"]`, `TYPE_MISMATCH /1 reader type: LONG not compatible with writer type: STRING`)
	f(`"long"`, `["int"]`, ``)
	f(field(array(`["null","int"]`)), field(array(`["string"]`)),
		`MISSING_UNION_BRANCH /fields/0/type/items/0 reader union lacking writer type: STRING`)
	f(`["null",`+fixed("F", ``)+`]`, fixed("G", ``), `MISSING_UNION_BRANCH / reader union lacking writer type: FIXED`)
}

func TestPromotions(t *testing.T) {
	t.Parallel()
	primitives := []string{"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
	readers := map[string][]string{
		"int": {"long", "float", "double"}, "long": {"float", "double"}, "float": {"double"},
		"string": {"bytes"}, "bytes": {"string"},
	}
	for _, writer := range primitives {
		for _, reader := range primitives {
			want := reader == writer || slices.Contains(readers[writer], reader)
			if got := differences(t, `"`+reader+`"`, `"`+writer+`"`) == ""; got != want {
				t.Errorf("%s reads %s: got %v", reader, writer, got)
			}
		}
	}
}

// TestCheckTwice has pairs that are met again: their differences are told again, with the first places.
func TestCheckTwice(t *testing.T) {
	t.Parallel()
	f := func(reader, writer, want string) {
		t.Helper()
		if got := differences(t, reader, writer); got != want {
			t.Errorf("reader %s\nwriter %s\ngot  %s\nwant %s", reader, writer, got, want)
		}
	}
	inner := func(typ string) string {
		return `{"type":"record","name":"I","fields":[{"name":"x","type":"` + typ + `"}]}`
	}
	f(record(`{"name":"a","type":`+inner("int")+`},{"name":"b","type":"I"}`),
		record(`{"name":"a","type":`+inner("null")+`},{"name":"b","type":"I"}`),
		`TYPE_MISMATCH /fields/0/type/fields/0/type reader type: INT not compatible with writer type: NULL; `+
			`TYPE_MISMATCH /fields/0/type/fields/0/type reader type: INT not compatible with writer type: NULL`)
	// First met inside a union, where places begin anew.
	f(record(`{"name":"a","type":["null",`+inner("int")+`]},{"name":"b","type":"I"}`),
		record(`{"name":"a","type":["null",`+inner("null")+`]},{"name":"b","type":"I"}`),
		`MISSING_UNION_BRANCH /fields/0/type/1 reader union lacking writer type: RECORD; `+
			`TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: NULL`)
	// A pair in progress counts as compatible.
	f(record(`{"name":"a","type":["null","R"]},{"name":"b","type":"int"}`), record(`{"name":"a","type":["null","R"]},{"name":"b","type":"null"}`),
		`TYPE_MISMATCH /fields/1/type reader type: INT not compatible with writer type: NULL`)
}

func TestMessages(t *testing.T) {
	t.Parallel()
	f := func(reader, writer, want string) {
		t.Helper()
		for _, readerIsNew := range []bool{true, false} {
			r, w := "old", "new"
			if readerIsNew {
				r, w = w, r
			}
			got := avro.Language{}.Check(parse(t, reader), parse(t, writer), schema.CheckOptions{ReaderIsNew: readerIsNew})
			if want := strings.NewReplacer("{R}", r, "{W}", w).Replace(want); len(got) != 1 || got[0] != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
	}
	f(`{"type":"fixed","name":"F","size":1}`, `{"type":"fixed","name":"F","size":2}`,
		`{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path '/size' in the {R} schema does not match with the {W} schema', additionalInfo:'expected: 2, found: 1'}`)
	f(`"int"`, `"null"`,
		`{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the {R} schema does not match with the {W} schema', additionalInfo:'reader type: INT not compatible with writer type: NULL'}`)
	f(`{"type":"fixed","name":"F","size":1}`, `{"type":"fixed","name":"n.G","size":1}`,
		`{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: n.G'}`)
	f(`{"type":"enum","name":"E","symbols":[]}`, `{"type":"enum","name":"E","symbols":["B","A"]}`,
		`{errorType:'MISSING_ENUM_SYMBOLS', description:'The {R} schema is missing enum symbols '[A, B]' at path '/symbols' in the {W} schema', additionalInfo:'[A, B]'}`)
	f(`["int"]`, `["null"]`,
		`{errorType:'MISSING_UNION_BRANCH', description:'The {R} schema is missing a type inside a union field at path '/0' in the {W} schema', additionalInfo:'reader union lacking writer type: NULL'}`)
	f(record(`{"name":"f2","type":"int"}`), record(``),
		`{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/0' in the {R} schema has no default value and is missing in the {W} schema', additionalInfo:'f2'}`)
	f(record(`{"name":"x","type":"null"},{"name":"a","type":"int","aliases":["b","c"]}`),
		record(`{"name":"c","type":"int"},{"name":"b","type":"int"}`),
		`Unexpected exception during compatibility check: Reader record field a type:INT pos:1 matches multiple fields in writer record schema {"type":"record","name":"R","fields":[{"name":"c","type":"int"},{"name":"b","type":"int"}]}`)
}

// TestBigUnion has a union so big that only branches which may fit are tried.
func TestBigUnion(t *testing.T) {
	t.Parallel()
	var branches []string
	for i := range 300 {
		branches = append(branches, `{"type":"fixed","name":"n.F`+strconv.Itoa(i)+`","size":1,"aliases":["m.G`+strconv.Itoa(i)+`"]}`)
	}
	union := `["long",` + strings.Join(branches, ",") + `]`
	f := func(writer, want string) {
		t.Helper()
		if got := differences(t, union, writer); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", writer, got, want)
		}
	}
	f(union, ``)
	f(`"int"`, ``)
	f(`"string"`, `MISSING_UNION_BRANCH / reader union lacking writer type: STRING`)
	f(`{"type":"fixed","name":"o.F299","size":1}`, ``)
	f(`{"type":"fixed","name":"F1","size":2}`, `MISSING_UNION_BRANCH / reader union lacking writer type: FIXED`)
	f(`{"type":"fixed","name":"m.G7","size":1}`, ``)
	f(`{"type":"fixed","name":"n.G7","size":1}`, `MISSING_UNION_BRANCH / reader union lacking writer type: FIXED`)
}
