package avro

import (
	"fmt"
	"testing"

	"schemaside/backend/schema"
)

const taggable = `{"type":"record","name":"R","namespace":"n","fields":[` +
	`{"name":"f","type":"string","confluent:tags":["old"]},` +
	`{"name":"u","type":["null",{"type":"record","name":"In","fields":[{"name":"g","type":"int"}]}]},` +
	`{"name":"l","type":{"type":"array","items":{"type":"map","values":{"type":"record","name":"M","namespace":"o","fields":[{"name":"h","type":"int"}]}}}},` +
	`{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]}`

func TestTags(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got := fmt.Sprint(mustParse(t, text).Tags()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f(`"string"`, `[]`)
	f(taggable, `[{n.R.f true [old]}]`)
	f(`{"type":"record","name":"R","confluent:tags":["a","b"],"fields":[{"name":"r","type":["null","R"],"confluent:tags":["c"]},{"name":"x","type":{"type":"record","name":"X","confluent:tags":["d"],"fields":[]}}]}`,
		`[{R false [a b]} {R.r true [c]} {X false [d]}]`)
	f(`{"type":"record","name":"R","confluent:tags":"a","fields":[{"name":"r","type":"int","confluent:tags":{"a":1}}]}`, `[]`)
}

func TestRetagged(t *testing.T) {
	t.Parallel()
	root := mustParse(t, taggable)
	f := func(path string, field bool, want string) {
		t.Helper()
		s, err := root.Retagged(schema.TagChange{Add: []schema.Tagged{{Path: path, Field: field, Tags: []string{"x"}}}})
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
	missing := func(path string, field bool) {
		t.Helper()
		f(path, field, "No matching path '"+path+"' found in the schema")
	}
	f("R", false, `[{n.R false [x]} {n.R.f true [old]}]`)
	f("n.R", false, `[{n.R false [x]} {n.R.f true [old]}]`)
	f("R.f", true, `[{n.R.f true [old x]}]`)
	f("n.R.l", true, `[{n.R.f true [old]} {n.R.l true [x]}]`)
	f("In", false, `[{n.R.f true [old]} {n.In false [x]}]`)
	f("n.In.g", true, `[{n.R.f true [old]} {n.In.g true [x]}]`)
	f("o.M.h", true, `[{n.R.f true [old]} {o.M.h true [x]}]`)
	missing("m.R", false)
	missing("n.M", false)
	missing("R.nope", true)
	missing("R.u.In.g", true)
	missing("n.E", false)
	missing("", false)
	f("f", true, "0 > -1")

	s, err := root.Retagged(schema.TagChange{Remove: []schema.Tagged{{Path: "R.f", Field: true, Tags: []string{"old"}}}})
	if want := mustParse(t, taggable).Canonical(); err != nil || len(s.Canonical()) != len(want)-len(`,"confluent:tags":["old"]`) {
		t.Errorf("removed: %v, %v", s, err)
	}
	if got := root.Canonical(); got != taggable {
		t.Errorf("the schema itself changed to %s", got)
	}
}

func mustParse(t testing.TB, text string) *parsed {
	t.Helper()
	s, err := Language{}.Parse(text, schema.ParseOptions{})
	p, ok := s.(*parsed)
	if err != nil || !ok {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}
