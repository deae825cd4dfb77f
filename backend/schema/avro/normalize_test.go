package avro_test

import (
	"strings"
	"testing"
)

// TestNormalized has the consequences listed in spec/schema-languages.md 1.3.
func TestNormalized(t *testing.T) {
	t.Parallel()
	f := func(text, want string, refs ...string) {
		t.Helper()
		s, err := parse(t, text, refs...).Normalized()
		if err != nil {
			t.Errorf("%s\nnot normalised: %v", text, err)
		} else if got := s.Canonical(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	same := func(text string) { t.Helper(); f(text, text) }

	// 1: custom attributes and the keys of objects in order, a fitting logical type first.
	f(`{"type":"int","b":{"d":[{"f":1,"e":2}],"c":3},"a":1}`, `{"type":"int","a":1,"b":{"c":3,"d":[{"e":2,"f":1}]}}`)
	f(`{"type":"int","a":1,"logicalType":"date"}`, `{"type":"int","logicalType":"date","a":1}`)
	f(`{"type":"long","z":1,"logicalType":"date","a":1}`, `{"type":"long","a":1,"logicalType":"date","z":1}`)
	f(`{"type":"bytes","a":1,"scale":2,"precision":4,"logicalType":"decimal"}`,
		`{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":1}`)
	f(`{"type":"bytes","scale":0,"a":1,"precision":4,"logicalType":"decimal"}`,
		`{"type":"bytes","logicalType":"decimal","precision":4,"a":1,"scale":0}`)
	f(`{"type":"int","😀":1,"\uFF61":2}`, `{"type":"int","😀":1,"`+"\uFF61"+`":2}`)
	f(record(`{"name":"a","type":{"type":"map","values":"int"},"default":{"b":1,"a":2},"z":1,"y":2}`),
		record(`{"name":"a","type":{"type":"map","values":"int"},"default":{"a":2,"b":1},"y":2,"z":1}`))
	// 2: aliases in order, no empty doc on a type.
	f(`{"type":"record","name":"n.R","doc":"","aliases":["n.b","z.a","n.a","x"],"fields":[{"name":"a","type":"int","doc":"","aliases":["c","b"]}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int","doc":"","aliases":["b","c"]}],"aliases":["a","b","x","z.a"]}`)
	f(`{"type":"fixed","name":"n.F","size":1,"aliases":["a.z",".e"]}`,
		`{"type":"fixed","name":"F","namespace":"n","size":1,"aliases":["e","a.z"]}`)
	// 3: numbers take the type of the field.
	f(record(`{"name":"a","type":"double","default":1}`), record(`{"name":"a","type":"double","default":1.0}`))
	f(record(`{"name":"a","type":"float","default":0.10000000149011612}`), record(`{"name":"a","type":"float","default":0.1}`))
	f(record(`{"name":"a","type":"float","default":16777217}`), record(`{"name":"a","type":"float","default":1.6777216E7}`))
	f(record(`{"name":"a","type":["double","int"],"default":1}`), record(`{"name":"a","type":["double","int"],"default":1.0}`))
	f(record(`{"name":"a","type":{"type":"array","items":"double"},"default":[1]}`),
		record(`{"name":"a","type":{"type":"array","items":"double"},"default":[1.0]}`))
	f(record(`{"name":"a","type":{"type":"map","values":"double"},"default":{"k":1}}`),
		record(`{"name":"a","type":{"type":"map","values":"double"},"default":{"k":1.0}}`))
	f(record(`{"name":"a","type":{"type":"record","name":"S","fields":[{"name":"d","type":"double"}]},"default":{"d":1}}`),
		record(`{"name":"a","type":{"type":"record","name":"S","fields":[{"name":"d","type":"double"}]},"default":{"d":1.0}}`))
	same(record(`{"name":"a","type":"long","default":9007199254740993}`))
	same(record(`{"name":"a","type":"double","default":"NaN"}`))
	// 4: what the first branch of a union can't have is dropped.
	f(record(`{"name":"a","type":["null","int"],"default":1}`), record(`{"name":"a","type":["null","int"]}`))
	f(record(`{"name":"a","type":["double","string"],"default":"NaN"}`), record(`{"name":"a","type":["double","string"]}`))
	f(record(`{"name":"a","type":"double","default":12345678901234567890}`), record(`{"name":"a","type":"double"}`))
	same(record(`{"name":"a","type":["null","int"],"default":null}`))
	f(record(`{"name":"a","type":{"type":"map","values":["null","int"]},"default":{"k":1}}`),
		record(`{"name":"a","type":{"type":"map","values":["null","int"]},"default":{"k":null}}`))
	// Null, true and false aren't asked for their type, nor is what is inside an object of no map or record.
	same(record(`{"name":"a","type":["int","null"],"default":null}`))
	same(record(`{"name":"a","type":["int","boolean"],"default":true}`))
	same(record(`{"name":"a","type":["null",{"type":"map","values":"double"}],"default":{"k":1,"l":1.5}}`))
	same(record(`{"name":"a","type":["null",{"type":"array","items":"int"}],"default":[]}`))
	// 5 and 6.
	f(`{"type":"error","name":"R","fields":[]}`, `{"type":"record","name":"R","fields":[]}`)
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"b","type":"F"}]}`,
		`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"}]}`)
	// 7: a bytes default holds bytes.
	f(record(`{"name":"a","type":"bytes","default":"ÿĀ😀"}`), record(`{"name":"a","type":"bytes","default":"ÿ??"}`))

	// Everything else stays.
	same(record(`{"name":"a","type":["null","R"],"order":"ignore"},{"name":"b","type":{"type":"enum","name":"E","doc":"d","symbols":["B","A"],"default":"A"}}`))
	same(`["null",{"type":"map","values":{"type":"array","items":"bytes"}}]`)
	same(`{"type":"record","name":"record","namespace":"n","fields":[{"name":"a","type":["null","n.record"]}]}`)
	f(`["x.S",{"type":"array","items":"x.S"}]`, `["x.S",{"type":"array","items":"x.S"}]`,
		`{"type":"record","name":"x.S","fields":[{"name":"d","type":"double","default":1}]}`)
}

func TestLogicalTypes(t *testing.T) {
	t.Parallel()
	// A fitting logical type comes before an attribute that sorts before it.
	f := func(typ, attributes string, fits bool) {
		t.Helper()
		s, err := parse(t, `{"type":`+typ+`,`+attributes+`,"a":1}`).Normalized()
		if err != nil {
			t.Error(err)
		} else if got := strings.Index(s.Canonical(), `"logicalType"`) < strings.Index(s.Canonical(), `"a"`); got != fits {
			t.Errorf("%s %s: fits is %v", typ, attributes, got)
		}
	}
	l := func(name string) string { return `"logicalType":"` + name + `"` }
	f(`"int"`, l("date"), true)
	f(`"int"`, l("time-millis"), true)
	f(`"int"`, l("time-micros"), false)
	f(`"int"`, l("unknown"), false)
	f(`"int"`, `"logicalType":1`, false)
	f(`"long"`, l("time-micros"), true)
	f(`"long"`, l("timestamp-nanos"), true)
	f(`"long"`, l("local-timestamp-millis"), true)
	f(`"string"`, l("uuid"), true)
	f(`"fixed","name":"F","size":16`, l("uuid"), true)
	f(`"fixed","name":"F","size":15`, l("uuid"), false)
	f(`"fixed","name":"F","size":12`, l("duration"), true)
	f(`"bytes"`, l("big-decimal"), true)
	f(`"bytes"`, l("decimal"), false)
	f(`"bytes"`, l("decimal")+`,"precision":0`, false)
	f(`"bytes"`, l("decimal")+`,"precision":2,"scale":3`, false)
	f(`"bytes"`, l("decimal")+`,"precision":2,"scale":-1`, false)
	f(`"bytes"`, l("decimal")+`,"precision":2,"scale":"1"`, false)
	f(`"bytes"`, l("decimal")+`,"precision":2,"scale":2`, true)
	f(`"string"`, l("decimal")+`,"precision":2`, false)
	f(`"fixed","name":"F","size":4`, l("decimal")+`,"precision":9`, true)
	f(`"fixed","name":"F","size":4`, l("decimal")+`,"precision":10`, false)
}

func TestNotNormalized(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if _, err := parse(t, text).Normalized(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s...", text, err, want)
		}
	}
	const broken = `com.fasterxml.jackson.core.JsonParseException: `
	f(record(`{"name":"a","type":{"type":"record","name":"S","fields":[]},"default":{"x":1}}`), `the default of a record`)
	f(`{"type":"int","x":{"y":[9223372036854775808]}}`, `Can't set a property to null: x`)
	f(`{"type":"int","a\"b":1}`, broken)
	f(`{"type":"array","items":"int","a\\b":1}`, broken)
	f(record(`{"name":"a","type":"int","a\nb":1}`), broken)
	f(record(`{"name":"a","type":["string",{"type":"array","items":"int"}],"default":[1]}`), `Not an array: "string"`)
	// Renaming makes two definitions of one name.
	f(`{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},`+
		`{"name":"b","type":{"type":"fixed","name":"F","namespace":"","size":2}}]}`, `Can't redefine: n.F`)
}
