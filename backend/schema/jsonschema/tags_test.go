package jsonschema

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

func retaggable(t testing.TB, text string) *parsed {
	t.Helper()
	s, err := Language{}.Parse(text, schema.ParseOptions{})
	p, ok := s.(*parsed)
	if err != nil || !ok {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// TestRetagged puts a tag at a path and reads it back.
func TestRetagged(t *testing.T) {
	t.Parallel()
	f := func(text, path string, field bool, want string) {
		t.Helper()
		s, err := retaggable(t, text).Retagged(schema.TagChange{Add: []schema.Tagged{{Path: path, Field: field, Tags: []string{"x"}}}})
		got := ""
		if err != nil {
			got = err.Error()
		} else if holder, ok := s.(schema.TagHolder); ok {
			got = fmt.Sprint(holder.Tags())
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	field := func(text, path string) { t.Helper(); f(text, path, true, "[{"+path+" true [x]}]") }
	record := func(text, path string) { t.Helper(); f(text, path, false, "[{"+path+" false [x]}]") }
	missing := func(text, path string, field bool) {
		t.Helper()
		f(text, path, field, "No matching path '"+path+"' found in the schema")
	}
	const object = `{"type":"object","properties":{"a":{"type":"string"},"a.b":{"type":"string"},"o":{"type":"object","properties":{"x":{}}},` +
		`"l":{"type":"array","items":{"type":"object","properties":{"y":{"type":"string"}}}}},` +
		`"definitions":{"d":{"type":"object","properties":{"z":{"type":"string"}}}},"$defs":{"e":{"type":"object"}}}`
	record(object, "object")
	field(object, "object.a")
	field(object, "object.a.b")
	field(object, "object.o.object.x")
	field(object, "object.l.array.object.y")
	record(object, "object.l.array.object")
	field(object, "object.definitions.d.object.z")
	record(object, "object.$defs.e.object")
	f(object, "object.definitions.d", false, "[{object.definitions.d.object false [x]}]")
	f(object, "object.o.object", false, "[{object.o true [x]}]")
	f(object, "object.a.object", false, "[{object.a true [x]}]")
	missing(object, "object.nope", true)
	missing(object, "object", true)
	missing(object, "object.a", false)
	missing(object, "", false)
	missing(object, "object.l.object.y", true)
	missing(`true`, "object", false)
	missing(`[1]`, "object", false)

	const nullable = `{"type":"object","properties":{"n":{"type":["null","object"],"properties":{"z":{"type":"string"}}}}}`
	field(nullable, "object.n.anyof.1.object.z")
	missing(nullable, "object.n.anyof.0.object.z", true)
	const combined = `{"oneOf":[{"type":"string"},{"type":"object","properties":{"b":{"type":"null"},"c":{"type":"null"}}},{"type":"object","title":"T","properties":{"q":{"type":"null"}}},{"type":"array","items":{"type":"object"}}]}`
	field(combined, "oneof.1.object.b")
	field(combined, "oneof.2.object.q")
	record(combined, "oneof.0.array.object")
	record(`{"not":{"type":"object"}}`, "not.object")
	record(`{"if":{"type":"object"},"then":{"type":"object","properties":{}},"else":true}`, "conditional.then.object")
	field(`{"type":"object","properties":{"p":{"type":"string"}},"if":{"required":["p"]},"then":{"required":["q"]}}`, "allof.1.object.p")
	field(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"p":{"type":"string"}}}`, "object.p")
}

func TestTags(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got := fmt.Sprint(retaggable(t, text).Tags()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f(`{}`, `[]`)
	f(`7`, `[]`)
	f(`{"type":"object","properties":{"p":{"$ref":"#/nowhere","confluent:tags":["x"]}}}`, `[{object.p true [x]}]`)
	f(`{"type":"object","properties":7}`, `[]`)
	f(`{"type":"object","confluent:tags":["b","a"],"properties":{"b":{"type":"object","confluent:tags":["x"],"properties":{"c":{"confluent:tags":["y"]}}},"a":{"type":"array","confluent:tags":["z"]}}}`,
		`[{object false [b a]} {object.a true [z]} {object.b true [x]} {object.b.object.c true [y]}]`)
	f(`{"type":"object","confluent:tags":"x"}`, `[]`)
}

func TestRetaggedText(t *testing.T) {
	t.Parallel()
	root := retaggable(t, `{"type":"object","confluent:tags":["old"],"properties":{"a":{"type":"string"}},"title":"T"}`)
	before := root.Canonical()
	s, err := root.Retagged(schema.TagChange{
		Add:    []schema.Tagged{{Path: "object", Tags: []string{"new"}}, {Path: "object.a", Field: true, Tags: []string{"x"}}},
		Remove: []schema.Tagged{{Path: "object.a", Field: true, Tags: []string{"x"}}},
	})
	const want = `{"type":"object","confluent:tags":["old","new"],"properties":{"a":{"type":"string"}},"title":"T"}`
	if err != nil || s.Canonical() != want {
		t.Errorf("%v, %v", s, err)
	}
	if root.Canonical() != before || root.root.String() != before {
		t.Error("the schema itself changed")
	}
}

// TestDeepTags holds that a deep text with long names costs no more than its size.
func TestDeepTags(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 2000)
	text := strings.Repeat(`{"type":"object","confluent:tags":["x"],"properties":{"`+name+`":`, 150) + `{}` + strings.Repeat(`}}`, 150)
	size := 0
	for _, tag := range retaggable(t, text).Tags() {
		size += len(tag.Path)
	}
	if size < 100_000 || size > 2<<20 {
		t.Errorf("%d bytes of paths", size)
	}
}
