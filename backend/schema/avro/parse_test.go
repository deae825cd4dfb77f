package avro_test

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

func parse(t *testing.T, text string, refs ...string) schema.Schema {
	t.Helper()
	s, err := avro.Language{}.Parse(text, options(true, refs))
	if err != nil {
		t.Fatalf("%s\nrefused with %v", text, err)
	}
	return s
}

func options(strict bool, refs []string) schema.ParseOptions {
	o := schema.ParseOptions{Strict: strict}
	for _, ref := range refs {
		o.References = append(o.References, schema.Reference{Name: ref, Text: ref})
	}
	return o
}

func record(fields string) string {
	return `{"type":"record","name":"R","fields":[` + fields + `]}`
}

// TestRefused has the table of spec/schema-languages.md 1.1.2, row by row.
func TestRefused(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		_, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if err == nil {
			t.Errorf("%s\naccepted, want %s", text, want)
		} else if err.Error() != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, err, want)
		}
	}
	f(``, `Cannot parse <null> schema`)
	f(" \n", `Cannot parse <null> schema`)
	f(`12`, `Schema not yet supported: 12`)
	f(`null`, `Schema not yet supported: null`)
	f(`[true]`, `Schema not yet supported: true`)
	f(`"int" "long" `, `dangling content after end of schema: "long"`)
	f(`"int" // why`, `dangling content after end of schema: // why`)
	f(`{ }`, `No type: {}`)
	f(`{"type":["null","int"]}`, `No type: {"type":["null","int"]}`)
	f(`{"type":"array","items":{"type":{"type":"int"}}}`, `No type: {"type":{"type":"int"}}`)
	f(`{"type":"record","name":"R"}`, `Record has no fields: {"type":"record","name":"R"}`)
	f(`{"type":"record","name":"R","fields":{}}`, `Record has no fields: {"type":"record","name":"R","fields":{}}`)
	f(record(`{"name":1,"type":"int"}`), `No field name: {"name":1,"type":"int"}`)
	f(record(`{"name":"a"}`), `No field type: {"name":"a"}`)
	f(`{"type":"fixed","size":1}`, `No name in schema: {"type":"fixed","size":1}`)
	f(`{"type":"enum","name":"E"}`, `Enum has no symbols: {"type":"enum","name":"E"}`)
	f(`{"type":"array"}`, `Array has no items type: {"type":"array"}`)
	f(`{"type":"map"}`, `Map has no values type: {"type":"map"}`)

	f(`{"type":"fixed","name":"F","size":1.0}`, `Invalid or no size: {"type":"fixed","name":"F","size":1.0}`)
	f(`{"type":"fixed","name":"F","size":"1"}`, `Invalid or no size: {"type":"fixed","name":"F","size":"1"}`)
	f(`{"type":"fixed","name":"F","size":2147483648}`, `Invalid or no size: {"type":"fixed","name":"F","size":2147483648}`)
	f(`{"type":"fixed","name":"F"}`, `Invalid or no size: {"type":"fixed","name":"F"}`)
	f(`{"type":"fixed","name":"F","size":-1}`, `Malformed data. Length is negative: -1`)
	f(`{"type":"fixed","name":"F","size":2147483640}`, `Cannot read arrays longer than 2147483639 bytes in Java library`)

	f(`{"type":"fixed","name":"","size":1}`, `Empty name`)
	f(`{"type":"fixed","name":"1a","size":1}`, `Illegal initial character: 1a`)
	f(`{"type":"fixed","name":"a-b","size":1}`, `Illegal character in: a-b`)
	f(`{"type":"fixed","name":"é","size":1}`, `Illegal initial character: é`)
	f(`{"type":"fixed","name":"x..y","size":1}`, `Namespace part "" is invalid: Empty name`)
	f(`{"type":"fixed","name":"F","namespace":"x.","size":1}`, `Namespace part "" is invalid: Empty name`)
	f(`{"type":"fixed","name":"F","namespace":"a.1b","size":1}`, `Namespace part "1b" is invalid: Illegal initial character: 1b`)
	f(`{"type":"record","name":"-.R","fields":[{"name":"a b","type":"int"}]}`, `Illegal character in: a b`)
	f(`{"type":"fixed","name":"int","size":1}`, `Schemas may not be named after primitives: int`)
	f(record(`{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":{"type":"fixed","name":"F","size":2}}`),
		`Can't redefine: F`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"record","name":"R","fields":[]}}]}`, `Can't redefine: n.R`)

	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"},{"name":"a","type":["int"]}]}`,
		`Duplicate field a in record n.R: a type:UNION pos:2 and a type:INT pos:0.`)
	f(`{"type":"enum","name":"E","symbols":["A","A"]}`, `Duplicate enum symbol: A`)
	f(`{"type":"enum","name":"E","symbols":["A",1]}`, `Null name`)
	f(`{"type":"enum","name":"E","symbols":["A-"]}`, `Illegal character in: A-`)
	f(`{"type":"enum","name":"E","symbols":["A","C"],"default":"B"}`, `The Enum Default: B is not in the enum symbol set: [A, C]`)
	f(`["null",["int"]]`, `Nested union: ["null",["int"]]`)
	f(`["string",{"type":"string"}]`, `Duplicate in union:string`)
	f(`[{"type":"array","items":"int"},{"type":"array","items":"long"}]`, `Duplicate in union:array`)
	f(`[{"type":"record","name":"n.R","fields":[]},"n.R"]`, `Duplicate in union:n.R`)
	f(record(`{"name":"a","type":["F","F"]},{"name":"b","type":{"type":"fixed","name":"F","size":2}}`), `Duplicate in union:F`)
	f(record(`{"name":"a","type":"int","order":"up"}`), `No enum constant org.apache.avro.Schema.Field.Order.UP`)
	f(record(`{"name":"a","type":"int","aliases":"b"}`), `aliases not an array: "b"`)
	f(record(`{"name":"a","type":"int","aliases":[1]}`), `alias not a string: 1`)
	f(`{"type":"fixed","name":"F","size":1,"aliases":["a.b-"]}`, `Illegal character in: b-`)
	f(record(`{"name":"a","type":{"type":"array","items":"int"},"default":[1, "x"]}`),
		`Invalid default for field a: [1,"x"] not a {"type":"array","items":"int"}`)
	f(record(`{"name":"a","type":"double","default":"x"}`), `For input string: "x"`)
	f(record(`{"name":"a","type":"float","default":"1_0"}`), `For input string: "1_0"`)
	f(record(`{"name":"a","type":"float","default":"--1"}`), `For input string: "--1"`)
	f(record(`{"name":"a","type":"float","default":" "}`), `empty String`)
	f(record(`{"name":"a","type":"float","default":"inf"}`), `For input string: "inf"`)
	f(`{"type":"fixed","name":"F","size":1,"x":9223372036854775808}`, `Can't set a property to null: x`)

	f(record(`{"name":"a","type":"n.S"}`), `Undefined schema: n.S`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":"S"}]}`, `Undefined schema: n.S`)
	f(`{"type":"union"}`, `Unknown schema: org.apache.avro.compiler.UnresolvedSchema_1`)
	f(`["Bogus"]`, `Undefined schema: Bogus`)
}

func TestRefusedInFreeWords(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		_, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.100s\ngot  %v\nwant %s...", text, err, want)
		}
	}
	const broken = `com.fasterxml.jackson.core.JsonParseException: `
	f(`{"type":"int"`, broken)
	f(`{"type":"int",}`, broken)
	f(`["int",]`, broken)
	f(`{'type':'int'}`, broken)
	f(`{type:"int"}`, broken)
	f(`{"type":"int","x":NaN}`, broken)
	f(`{"type":"int","x":01}`, broken)
	f("{\"type\":\"int\",\"x\":\"\t\"}", broken)
	f(`{"type":"int" /* open`, broken)
	f(`/`, broken)
	f("\uFEFF\"int\"", broken)
	f(record(`{"name":"a","type":"int","order":1}`), `Cannot invoke "String.toUpperCase`)
	f(strings.Repeat(`[`, maxDepth+1), broken)
}

// maxDepth is how deep the JSON of a text may nest.
const maxDepth = 1000

// TestAccepted has what the table of spec/schema-languages.md 1.1.2 allows; the canonical text tells how it was read.
func TestAccepted(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if err != nil {
			t.Errorf("%s\nrefused with %v", text, err)
		} else if got := s.Canonical(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	same := func(text string) { t.Helper(); f(text, text) }
	f(`/* a */{"type"/**/:"int" // b`+"\n"+`}`, `"int"`)
	f(`{"type":"int","x":"/* no */ // comment"}`, `{"type":"int","x":"/* no */ // comment"}`)
	f(`{"type":"int","x":"\"//"}`, `{"type":"int","x":"\"//"}`)
	f(`{"x":1,"type":"long","y":2,"x":3,"type":"int"}`, `{"type":"int","x":3,"y":2}`)
	same(`[]`)
	same(`{"type":"fixed","name":"F","size":0}`)
	same(`{"type":"fixed","name":"F","size":2147483639}`)
	same(`{"type":"fixed","name":"int","namespace":"a","size":1}`)
	same(`{"type":"enum","name":"E","symbols":[]}`)
	f(`{"type":"enum","name":"E","symbols":["A"],"default":1}`, `{"type":"enum","name":"E","symbols":["A"]}`)
	f(record(`{"name":"a","type":"int","order":"ASCending"},{"name":"b","type":"int","order":"Ignore"}`),
		record(`{"name":"a","type":"int"},{"name":"b","type":"int","order":"ignore"}`))
	same(record(`{"name":"a","type":"int","aliases":["b-","","1"]}`))
	same(`{"type":"fixed","name":"F","size":1,"aliases":["-.b"]}`)
	f(`{"type":"fixed","name":"F","size":1,"doc":2,"namespace":3}`, `{"type":"fixed","name":"F","size":1}`)
	same(record(`{"name":"a","type":"int","x":9223372036854775808}`))
	same(`{"type":"int","x":123456789012345678901234567890}`)
	f(record(`{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":{"type":"fixed","name":"F","size":1,"doc":"d"}}`),
		record(`{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"}`))
	f(record(`{"name":"a","type":{"type":"record","name":"L","fields":[{"name":"l","type":["null","L"]}]}},`+
		`{"name":"b","type":{"type":"record","name":"L","fields":[{"name":"l","type":["null","L"]}]}}`),
		record(`{"name":"a","type":{"type":"record","name":"L","fields":[{"name":"l","type":["null","L"]}]}},{"name":"b","type":"L"}`))
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	f := func(typ, fallback string, want bool) {
		t.Helper()
		text := record(`{"name":"a","type":` + typ + `,"default":` + fallback + `}`)
		_, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if (err == nil) != want {
			t.Errorf("default %s of %s: got %v, want accepted %v", fallback, typ, err, want)
		}
		if _, err := (avro.Language{}).Parse(text, schema.ParseOptions{}); err != nil {
			t.Errorf("default %s of %s: refused in a stored text: %v", fallback, typ, err)
		}
	}
	f(`"null"`, `null`, true)
	f(`"null"`, `"null"`, false)
	f(`"boolean"`, `false`, true)
	f(`"boolean"`, `0`, false)
	f(`"int"`, `2147483647`, true)
	f(`"int"`, `2147483648`, false)
	f(`"int"`, `1.0`, false)
	f(`"long"`, `-9223372036854775808`, true)
	f(`"long"`, `9223372036854775808`, false)
	f(`"float"`, `1`, true)
	f(`"double"`, `1e400`, true)
	f(`"double"`, `123456789012345678901234567890`, true)
	f(`"string"`, `1`, false)
	f(`"bytes"`, `"\u0100"`, true)
	f(`{"type":"enum","name":"E","symbols":["A"]}`, `"B"`, true)
	f(`{"type":"fixed","name":"F","size":2}`, `"x"`, true)
	f(`{"type":"fixed","name":"F","size":2}`, `1`, false)
	f(`{"type":"array","items":"int"}`, `[1,2]`, true)
	f(`{"type":"array","items":"int"}`, `{}`, false)
	f(`{"type":"map","values":"int"}`, `{"a":1}`, true)
	f(`{"type":"map","values":"int"}`, `{"a":"1"}`, false)
	f(`["null","int"]`, `1`, true)
	f(`["null","int"]`, `"1"`, false)
	f(`{"type":"record","name":"S","fields":[{"name":"b","type":"int"}]}`, `{"b":1,"c":2}`, true)
	f(`{"type":"record","name":"S","fields":[{"name":"b","type":"int"}]}`, `{}`, false)
	f(`{"type":"record","name":"S","fields":[{"name":"b","type":"int","default":1}]}`, `{}`, true)
	f(`["null","R"]`, `null`, true)
	f(`["null","R"]`, `{"a":null}`, true)
	f(`["null","R"]`, `{"a":1}`, false)
	f(`"R"`, `{}`, false)
}

// TestLateDefaults has defaults of types that are defined further down.
func TestLateDefaults(t *testing.T) {
	t.Parallel()
	f := func(fallback, want string) {
		t.Helper()
		text := record(`{"name":"a","type":"S","default":` + fallback + `},` +
			`{"name":"b","type":{"type":"record","name":"S","fields":[{"name":"c","type":"int"}]}}`)
		_, err := avro.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if got := errorText(err); got != want {
			t.Errorf("default %s: got %q, want %q", fallback, got, want)
		}
	}
	f(`{"c":1}`, ``)
	f(`{"c":"x"}`, `Invalid default for field a: {"c":"x"} not a {"type":"record","name":"S","fields":[{"name":"c","type":"int"}]}`)
	f(`1`, `Invalid default for field a: 1 not a {"type":"record","name":"S","fields":[{"name":"c","type":"int"}]}`)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFloatTexts(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s := parse(t, record(`{"name":"a","type":"double","default":"`+text+`"}`))
		if got := s.Canonical(); got != record(`{"name":"a","type":"double","default":`+want+`}`) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	f(`1.5`, `1.5`)
	f(` 2 `, `2.0`)
	f(`-1.5d`, `-1.5`)
	f(`1F`, `1.0`)
	f(`+.5`, `0.5`)
	f(`0x1p3`, `8.0`)
	f(`1e400`, `"Infinity"`)
	f(`NaN`, `"NaN"`)
	f(`-Infinity`, `"-Infinity"`)
}

// TestStoredText has the wide rules of spec/schema-languages.md 1.1.3.
func TestStoredText(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		_, err := avro.Language{}.Parse(text, schema.ParseOptions{})
		if got := errorText(err); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	f(`{"type":"record","name":"é1","namespace":"1-.","fields":[{"name":"ü","type":"int","default":"x"}]}`, ``)
	f(`{"type":"enum","name":"E","symbols":["Ä_1"]}`, ``)
	f(`{"type":"fixed","name":"F","size":1,"aliases":["b-"]}`, ``)
	f(`{"type":"fixed","name":"1F","size":1}`, `Illegal initial character: 1F`)
	f(`{"type":"fixed","name":"","size":1}`, `Empty name`)
	f(record(`{"name":"a-","type":"int"}`), `Illegal character in: a-`)
	f(`{"type":"enum","name":"E","symbols":["A B"]}`, `Illegal character in: A B`)
	f(`{"type":"fixed","name":"int","size":1}`, `Schemas may not be named after primitives: int`)
	f(`["int","int"]`, `Duplicate in union:int`)
}

func TestForwardNames(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got := parse(t, text).Canonical(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	// The definition moves to the first use.
	f(record(`{"name":"a","type":"F"},{"name":"b","type":{"type":"fixed","name":"F","size":2}}`),
		record(`{"name":"a","type":{"type":"fixed","name":"F","size":2}},{"name":"b","type":"F"}`))
	f(`[{"type":"record","name":"n.A","fields":[{"name":"b","type":["null","B"]}]},{"type":"fixed","name":"n.B","size":1}]`,
		`[{"type":"record","name":"A","namespace":"n","fields":[{"name":"b","type":["null",{"type":"fixed","name":"B","size":1}]}]},"n.B"]`)
	f(`{"type":"record","name":"A","fields":[{"name":"b","type":["null","A"]}]}`,
		`{"type":"record","name":"A","fields":[{"name":"b","type":["null","A"]}]}`)
	// A primitive word is the primitive, even beside a type of that name.
	f(`[{"type":"fixed","name":"n.int","size":1},{"type":"record","name":"n.R","fields":[{"name":"a","type":"int"}]}]`,
		`[{"type":"fixed","name":"int","namespace":"n","size":1},{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"}]}]`)
	// The enclosing namespace comes first, then none.
	f(`[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"n.F","size":2},{"type":"record","name":"n.R","fields":[{"name":"a","type":"F"}]}]`,
		`[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","namespace":"n","size":2},{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"F"}]}]`)
	f(`[{"type":"fixed","name":"F","size":1},{"type":"record","name":"n.R","fields":[{"name":"a","type":"F"}]}]`,
		`[{"type":"fixed","name":"F","size":1},{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"F"}]}]`)
	f(`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"n.S","fields":[{"name":"r","type":["null","R"]}]}}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"S","namespace":"n","fields":[{"name":"r","type":["null","R"]}]}}]}`)
}
