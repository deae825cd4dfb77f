package avro_test

import (
	"testing"

	"schemaside/backend/schema/avro"
)

// TestCanonical has the rules of spec/schema-languages.md 1.2.
func TestCanonical(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		got := parse(t, text).Canonical()
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
		if again := parse(t, got).Canonical(); again != got {
			t.Errorf("not stable:\n%s\n%s", got, again)
		}
	}
	// Order of attributes.
	f(`{ "type" : "int" }`, `"int"`)
	f(`{"z":1,"type":"int","a":2}`, `{"type":"int","z":1,"a":2}`)
	f(`{"z":1,"items":"int","type":"array","name":"x","doc":"d","default":[]}`, `{"type":"array","items":"int","z":1,"default":[]}`)
	f(`{"z":1,"values":"int","type":"map","aliases":["x"]}`, `{"type":"map","values":"int","z":1}`)
	f(`{"aliases":["A"],"z":1,"default":2,"fields":[],"doc":"","namespace":"n","name":"R","type":"error"}`,
		`{"type":"error","name":"R","namespace":"n","doc":"","fields":[],"z":1,"default":2,"aliases":["A"]}`)
	f(record(`{"z":1,"aliases":["b"],"order":"descending","default":1,"doc":"","type":"int","name":"a","namespace":"n"}`),
		record(`{"name":"a","type":"int","doc":"","default":1,"order":"descending","aliases":["b"],"z":1,"namespace":"n"}`))
	f(`{"aliases":["A"],"z":1,"default":"B","symbols":["B"],"doc":"d","name":"E","type":"enum"}`,
		`{"type":"enum","name":"E","doc":"d","symbols":["B"],"default":"B","z":1,"aliases":["A"]}`)
	f(`{"aliases":["A"],"z":1,"size":3,"doc":"d","name":"F","type":"fixed"}`,
		`{"type":"fixed","name":"F","doc":"d","size":3,"z":1,"aliases":["A"]}`)

	// Names and namespaces.
	f(`{"type":"fixed","name":"a.b.C","namespace":"x","size":1}`, `{"type":"fixed","name":"C","namespace":"a.b","size":1}`)
	f(`{"type":"fixed","name":"C","namespace":"","size":1}`, `{"type":"fixed","name":"C","size":1}`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}}]}`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"m.F","size":1}},{"name":"b","type":"m.F"}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"m","size":1}},{"name":"b","type":"m.F"}]}`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":["null","n.R"]}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":["null","R"]}]}`)
	f(`{"type":"record","name":"n.record","fields":[{"name":"a","type":["null","n.record"]}]}`,
		`{"type":"record","name":"record","namespace":"n","fields":[{"name":"a","type":["null","n.record"]}]}`)

	// Aliases.
	f(`{"type":"fixed","name":"n.F","size":1,"aliases":["a","n.a","m.b","a"]}`,
		`{"type":"fixed","name":"F","namespace":"n","size":1,"aliases":["a","m.b"]}`)
	f(record(`{"name":"a","type":"int","aliases":["c","b","c"]}`), record(`{"name":"a","type":"int","aliases":["c","b"]}`))
	f(record(`{"name":"a","type":"int","aliases":[]}`), record(`{"name":"a","type":"int"}`))

	// Defaults and numbers.
	f(record(`{"name":"a","type":"double","default":1}`), record(`{"name":"a","type":"double","default":1}`))
	f(record(`{"name":"a","type":"double","default":1.50}`), record(`{"name":"a","type":"double","default":1.5}`))
	f(record(`{"name":"a","type":{"type":"map","values":"int"},"default":{"b":1, "a":2}}`),
		record(`{"name":"a","type":{"type":"map","values":"int"},"default":{"b":1,"a":2}}`))
	f(record(`{"name":"a","type":"bytes","default":"\u00ff"}`), record(`{"name":"a","type":"bytes","default":"ÿ"}`))

	// Strings.
	f(`{"type":"int","x":"\"\\\/\b\f\n\r\t\u0001\u001f\u007f\u2028<>&'é\uD83D\uDE00"}`,
		`{"type":"int","x":"\"\\/\b\f\n\r\t\u0001\u001F`+"\u007f\u2028"+`<>&'é😀"}`)
	f(`{"type":"int","x":"a\ud83db\ude00\ud83d\ud83d\ude00"}`, `{"type":"int","x":"a?b??😀"}`)
}

func TestCanonicalNumbers(t *testing.T) {
	t.Parallel()
	f := func(number, want string) {
		t.Helper()
		if got := parse(t, `{"type":"int","x":`+number+`}`).Canonical(); got != `{"type":"int","x":`+want+`}` {
			t.Errorf("%s: got %s, want %s", number, got, want)
		}
	}
	f(`0`, `0`)
	f(`-0`, `0`)
	f(`123456789012345678901234567890`, `123456789012345678901234567890`)
	f(`1.50`, `1.5`)
	f(`1e2`, `100.0`)
	f(`0.001`, `0.001`)
	f(`0.00099`, `9.9E-4`)
	f(`9999999.0`, `9999999.0`)
	f(`1e7`, `1.0E7`)
	f(`1e10`, `1.0E10`)
	f(`1e-7`, `1.0E-7`)
	f(`123e18`, `1.23E20`)
	f(`-0.0`, `-0.0`)
	f(`0e5`, `0.0`)
	f(`123456.789`, `123456.789`)
	f(`-2.5`, `-2.5`)
	f(`4.9e-324`, `4.9E-324`)
	f(`1.7976931348623157e308`, `1.7976931348623157E308`)
	f(`0.1`, `0.1`)
	f(`2e23`, `2.0E23`)
	f(`1e400`, `"Infinity"`)
	f(`-1e400`, `"-Infinity"`)
}

// TestGolden has the guids of spec/rest-api.md 6.
func TestGolden(t *testing.T) {
	t.Parallel()
	f := func(fields, want string) {
		t.Helper()
		if got := guid(parse(t, record(fields)).Canonical()); got != want {
			t.Errorf("%s: got %s, want %s", fields, got, want)
		}
	}
	f(`{"name":"f1","type":"string"}`, `acb9a771-413f-2f1c-6a25-9db09a05dd82`)
	f(`{"name":"f1","type":"string"},{"name":"f2","type":"string","default":"x"}`, `218c320e-18fb-36b7-d25e-843519a59ddc`)
	f(`{"name":"f1","type":"string"},{"name":"f2","type":"string"}`, `8e822fad-521e-f197-1a9d-88a639d6ab8c`)
}

// TestReferences has the rules of spec/schema-languages.md 1.5, and what 1.2 and 1.3 say about references.
func TestReferences(t *testing.T) {
	t.Parallel()
	f := func(text, canonical, resolved string, refs ...string) {
		t.Helper()
		s := parse(t, text, refs...)
		if got := s.Canonical(); got != canonical {
			t.Errorf("canonical\ngot  %s\nwant %s", got, canonical)
		}
		if got := s.Format("resolved"); got != resolved {
			t.Errorf("resolved\ngot  %s\nwant %s", got, resolved)
		}
		if got := s.Format("serialized"); got != canonical {
			t.Errorf("other format\ngot  %s\nwant %s", got, canonical)
		}
	}
	const (
		inner = `{"type":"fixed","name":"I","namespace":"x","size":1}`
		outer = `{"type":"record","name":"S","namespace":"x","fields":[{"name":"i","type":` +
			`{"type":"fixed","name":"I","size":1}}]}`
		named = `{"type":"record","name":"S","namespace":"x","fields":[{"name":"i","type":"I"}]}`
	)
	f(`"x.S"`, `"x.S"`, outer, outer)
	f(`["null","x.S"]`, `["null","x.S"]`, `["null",`+outer+`]`, outer)
	// A reference may need one before it.
	f(`["x.S","x.I"]`, `["x.S","x.I"]`, `[`+outer+`,"x.I"]`, inner, named)
	// Types inside a referenced text don't count as printed.
	f(`"x.I"`, inner, inner, outer)
	f(`["x.I","x.S"]`, `[`+inner+`,"x.S"]`, `[`+inner+`,`+named+`]`, outer)
	// Nor does anything of a union.
	f(`["x.I","null"]`, `[`+inner+`,"null"]`, `[`+inner+`,"null"]`, `["int",`+inner+`]`)
	// Defining the same again is fine.
	f(inner, `"x.I"`, inner, inner)
	// A referenced text is a stored one.
	f(`"x.B"`, `"x.B"`, `{"type":"record","name":"B","namespace":"x","fields":[{"name":"a","type":"int","default":"no"}]}`,
		`{"type":"record","name":"x.B","fields":[{"name":"a","type":"int","default":"no"}]}`)
}

func TestRefusedReferences(t *testing.T) {
	t.Parallel()
	f := func(text, want string, refs ...string) {
		t.Helper()
		_, err := avro.Language{}.Parse(text, options(true, refs))
		if got := errorText(err); got != want {
			t.Errorf("%s with %q\ngot  %s\nwant %s", text, refs, got, want)
		}
	}
	// A referenced text must be complete with those before it.
	f(`"x.S"`, `Undefined schema: x.I`, `{"type":"record","name":"x.S","fields":[{"name":"i","type":"I"}]}`,
		`{"type":"fixed","name":"x.I","size":1}`)
	f(`{"type":"fixed","name":"x.I","size":1}`, `Can't redefine: x.I`, `{"type":"fixed","name":"x.I","size":2}`)
	f(`"int"`, `Cannot parse <null> schema`, ` `)
}

func TestNameAndValidate(t *testing.T) {
	t.Parallel()
	if got := (avro.Language{}).Name(); got != "AVRO" {
		t.Errorf("got %s", got)
	}
	if err := parse(t, `"int"`).Validate(true); err != nil {
		t.Error(err)
	}
}
