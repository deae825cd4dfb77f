package avro_test

import (
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// TestEqual has the list of spec/schema-languages.md 1.4.
func TestEqual(t *testing.T) {
	t.Parallel()
	f := func(a, b string, want bool) {
		t.Helper()
		x, y := parse(t, a), parse(t, b)
		if x.Equal(y) != want || y.Equal(x) != want {
			t.Errorf("want equal %v:\n%s\n%s", want, a, b)
		}
	}
	fixed := func(more string) string { return `{"type":"fixed","name":"n.F","size":1` + more + `}` }
	enum := func(more string) string { return `{"type":"enum","name":"E",` + more + `}` }

	f(`"int"`, `{"type":"int"}`, true)
	f(`"int"`, `"long"`, false)
	f(fixed(``), `{"namespace":"n","size":1,"type":"fixed","name":"F"}`, true)
	f(fixed(``), `{"type":"fixed","name":"m.F","size":1}`, false)
	f(fixed(``), `{"type":"fixed","name":"n.F","size":2}`, false)
	f(`{"type":"error","name":"R","fields":[]}`, record(``), true)
	f(`{"type":"int","a":1,"b":{"c":1,"d":2}}`, `{"type":"int","b":{"d":2,"c":1},"a":1}`, true)
	f(`{"type":"int","a":1}`, `{"type":"int","a":1.0}`, false)
	f(`{"type":"int","a":[1,2]}`, `{"type":"int","a":[2,1]}`, false)
	f(`{"type":"int","a":"1"}`, `{"type":"int","a":1}`, false)
	f(`{"type":"int","a":1}`, `{"type":"int","b":1}`, false)
	f(fixed(`,"doc":"d"`), fixed(``), false)
	f(fixed(`,"doc":""`), fixed(``), false)
	f(fixed(`,"aliases":["a","b"]`), fixed(`,"aliases":["n.b","a"]`), true)
	f(fixed(`,"aliases":["a"]`), fixed(`,"aliases":["b"]`), false)
	f(enum(`"symbols":["A","B"]`), enum(`"symbols":["B","A"]`), false)
	f(enum(`"symbols":["A","B"],"default":"A"`), enum(`"symbols":["A","B"]`), false)
	f(`["null","int"]`, `["int","null"]`, false)
	f(`["null","int"]`, `["null"]`, false)
	f(`{"type":"array","items":"int"}`, `{"type":"array","items":"long"}`, false)
	f(`{"type":"map","values":["int"]}`, `{"type":"map","values":"int"}`, false)

	f(record(`{"name":"a","type":"int"},{"name":"b","type":"int"}`), record(`{"name":"b","type":"int"},{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":"int"}`), record(``), false)
	f(record(`{"name":"a","type":"int"}`), record(`{"name":"a","type":"long"}`), false)
	f(record(`{"name":"a","type":"double","default":1}`), record(`{"name":"a","type":"double","default":1.0}`), false)
	f(record(`{"name":"a","type":"int","default":1}`), record(`{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":"int","order":"ignore"}`), record(`{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":"int","order":"ascending"}`), record(`{"name":"a","type":"int"}`), true)
	f(record(`{"name":"a","type":"int","doc":"d"}`), record(`{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":"int","aliases":["b","c"]}`), record(`{"name":"a","type":"int","aliases":["c","b"]}`), true)
	f(record(`{"name":"a","type":"int","aliases":["b"]}`), record(`{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":"int","x":1}`), record(`{"name":"a","type":"int"}`), false)
	f(record(`{"name":"a","type":["null","R"]}`), record(`{"name":"a","type":["null","R"]}`), true)
}

func TestEqualAcrossReferences(t *testing.T) {
	t.Parallel()
	const inner = `{"type":"fixed","name":"I","namespace":"x","size":1}`
	inlined := parse(t, record(`{"name":"a","type":`+inner+`}`))
	referring := parse(t, record(`{"name":"a","type":"x.I"}`), inner)
	if inlined.Canonical() == referring.Canonical() || !inlined.Equal(referring) {
		t.Error("a reference and the same type written out must be equal, but print apart")
	}
	if other := parse(t, record(`{"name":"a","type":"x.I"}`), `{"type":"fixed","name":"x.I","size":2}`); other.Equal(referring) {
		t.Error("references to different types must not be equal")
	}
	if inlined.Equal(otherLanguage{inlined}) {
		t.Error("a schema of another language must not be equal")
	}
	if got := (avro.Language{}).Check(inlined, otherLanguage{inlined}, schema.CheckOptions{}); len(got) != 1 {
		t.Errorf("checked against another language: got %q", got)
	}
}

type otherLanguage struct{ schema.Schema }
