package protobuf

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

const taggable = `syntax = "proto3"; package p;
message M { string a = 1; In b = 2; oneof o { int32 c = 3; } message In { string x = 1; } }
enum E { Z = 0; }`

func readTagged(t testing.TB, text string) *parsed {
	t.Helper()
	s, err := Language{}.Parse(text, schema.ParseOptions{})
	p, ok := s.(*parsed)
	if err != nil || !ok {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestTags(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got := fmt.Sprint(readTagged(t, text).Tags()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f(taggable, `[]`)
	f(`syntax = "proto3"; message M { option (confluent.message_meta) = { tags: ["a", "b"] }; string f = 1 [(confluent.field_meta).tags = "c"];
		oneof o { int32 g = 2 [(.confluent.field_meta) = { doc: "x" tags: "d" }]; } message In { option (confluent.message_meta).tags = "e"; } }`,
		`[{M false [a b]} {M.g true [d]} {M.f true [c]} {M.In false [e]}]`)
	f(`syntax = "proto3"; message M { option (other.message_meta) = { tags: ["a"] }; string f = 1 [(confluent.field_meta) = { tags: { a: 1 } }]; }`, `[]`)
}

func TestRetagged(t *testing.T) {
	t.Parallel()
	root := readTagged(t, taggable)
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
	f("M", false, `[{M false [x]}]`)
	f(".M.In", false, `[{M.In false [x]}]`)
	f("M.a", true, `[{M.a true [x]}]`)
	f("M.c", true, `[{M.c true [x]}]`)
	f("M.o.c", true, `[{M.c true [x]}]`)
	f("M.In.x", true, `[{M.In.x true [x]}]`)
	f("p.M", false, `No matching Message with name 'p' found in the schema`)
	f("E", false, `No matching Message with name 'E' found in the schema`)
	f("", false, `No matching Message with name '' found in the schema`)
	f("nope", true, `No matching Field with name 'nope' found in the schema`)
	f("M.nope", true, `No matching Field with name 'nope' found in the schema`)
	f("E.Z", true, `No matching Message with name 'E' found in the schema`)
	if got := root.Canonical(); strings.Contains(got, "tags") {
		t.Errorf("the schema itself changed to %s", got)
	}
}

// TestRetaggedOptions sees the options around tags: each name once, in the order of a Java map.
func TestRetaggedOptions(t *testing.T) {
	t.Parallel()
	f := func(options string, add, remove []string, want string) {
		t.Helper()
		at := func(tags []string) []schema.Tagged { return []schema.Tagged{{Path: "M.a", Field: true, Tags: tags}} }
		s, err := readTagged(t, `syntax = "proto3"; message M { string a = 1 `+options+`; }`).Retagged(schema.TagChange{Add: at(add), Remove: at(remove)})
		if err != nil {
			t.Fatalf("%s: %v", options, err)
		}
		got := strings.Join(strings.Fields(s.Canonical()), " ")
		if want = `syntax = "proto3"; message M { string a = 1` + want + `; }`; got != want {
			t.Errorf("%s: %s, want %s", options, got, want)
		}
	}
	f(``, []string{"x"}, nil, ` [(confluent.field_meta) = { tags: [ "x" ] }]`)
	f(``, nil, []string{"x"}, ``)
	f(`[deprecated = true]`, []string{"x"}, nil, ` [ (confluent.field_meta) = { tags: [ "x" ] }, deprecated = true ]`)
	f(`[(confluent.field_meta).doc = "d", (confluent.field_meta).tags = "o"]`, []string{"x", "o"}, nil, ` [(confluent.field_meta) = { doc: "d", tags: [ "o", "x" ] }]`)
	f(`[(confluent.field_meta) = { tags: ["o", "x"] doc: "d" }]`, nil, []string{"o"}, ` [(confluent.field_meta) = { tags: [ "x" ], doc: "d" }]`)
	f(`[(confluent.field_meta) = { tags: ["o"] doc: "d" }]`, nil, []string{"o"}, ` [(confluent.field_meta) = { doc: "d" }]`)
	f(`[(confluent.field_meta).tags = ["o"]]`, nil, []string{"o"}, ``)
}
