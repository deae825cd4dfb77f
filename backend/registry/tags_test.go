package registry

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

func tagsFor(path string, names ...string) []wire.SchemaTags {
	return []wire.SchemaTags{{Path: path, Field: strings.Contains(path, "."), Tags: names}}
}

// tagged shows the version of an answer and its tags, or the refusal.
func (c caller) tagged(t testing.TB, subject string, out wire.Schema, err error) string {
	t.Helper()
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return e.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	shown, _, err := c.Version(t.Context(), backend.Version{Target: c.target(subject), Version: out.Version, FindTags: []string{"*"}})
	if err != nil || shown.ID != out.ID || shown.Text != out.Text {
		t.Fatalf("version %d: %+v, %v", out.Version, shown, err)
	}
	return fmt.Sprint(out.Version, confluentVersion(out.Metadata), shown.Tags)
}

func TestRegisterTags(t *testing.T) {
	t.Parallel()
	c := newCaller(Options{})
	f := func(change func(in *wire.SchemaInput), want string) {
		t.Helper()
		in := input("AVRO", textA)
		change(&in)
		out, err := c.register(t, "s", in)
		if got := c.tagged(t, "s", out, err); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f(func(*wire.SchemaInput) {}, "1 0 []")
	f(func(in *wire.SchemaInput) { in.PropagateTags = true }, "1 0 []")
	f(func(in *wire.SchemaInput) { in.TagsToAdd = tagsFor("R.f1", "b", "a") }, "2 2 [{R.f1 true [b a]}]")
	f(func(*wire.SchemaInput) {}, "1 0 []")
	f(func(in *wire.SchemaInput) { in.PropagateTags = true }, "3 3 [{R.f1 true [b a]}]")
	f(func(in *wire.SchemaInput) { in.Text, in.PropagateTags = textB, true }, "4 4 [{R.f1 true [b a]}]")
	f(func(in *wire.SchemaInput) {
		in.TagsToAdd, in.TagsToRemove, in.PropagateTags = tagsFor("R", "r"), tagsFor("R.f1", "a"), true
	}, "5 5 [{R false [r]} {R.f1 true [b a]}]")
	f(func(in *wire.SchemaInput) { in.TagsToAdd, in.Version = tagsFor("R", "r"), 9 }, "42201: Version is not one more than previous version")
	f(func(in *wire.SchemaInput) { in.TagsToAdd, in.Version = tagsFor("R", "q"), 6 }, "6 6 [{R false [q]}]")
	f(func(in *wire.SchemaInput) { in.TagsToAdd = tagsFor("R.nope", "r") }, "42201: java.lang.IllegalArgumentException: No matching path 'R.nope' found in the schema")
	f(func(in *wire.SchemaInput) { in.TagsToRemove = tagsFor("R.nope", "r") }, "42201: java.lang.IllegalArgumentException: No matching path 'R.nope' found in the schema")
	f(func(in *wire.SchemaInput) { in.TagsToAdd, in.Text, in.Type = tagsFor("object.x", "r"), "", "JSON" }, "42201: java.lang.IllegalArgumentException: No matching path 'object.x' found in the schema")
	if _, err := c.register(t, "s", wire.SchemaInput{ID: -1, Type: "AVRO", TagsToAdd: tagsFor("R", "r")}); err == nil || !strings.Contains(err.Error(), "Cannot parse <null> schema") {
		t.Errorf("no text: %v", err)
	}
}

func TestTag(t *testing.T) {
	t.Parallel()
	c := newCaller(Options{})
	f := func(p backend.Tag, want string) wire.Schema {
		t.Helper()
		p.Target = c.target("s")
		out, err := c.Tag(t.Context(), p)
		if got := c.tagged(t, "s", out, err); got != want {
			t.Errorf("%+v: %s, want %s", p, got, want)
		}
		return out
	}
	f(backend.Tag{Version: 1}, "40401: Subject 's' not found.")
	in := input("AVRO", textA)
	in.RuleSet = rules(t, `{"domainRules":[{"name":"a","type":"T"},{"name":"b","type":"T"}]}`)
	c.mustRegister(t, "s", in)
	f(backend.Tag{Version: 2}, "40402: Version 2 not found.")
	f(backend.Tag{Version: 1}, "2 2 []")
	f(backend.Tag{Version: 1, NewVersion: 3, Add: tagsFor("R.f1", "x", "y")}, "3 3 [{R.f1 true [x y]}]")
	f(backend.Tag{Version: backend.Latest, NewVersion: backend.Latest, Add: tagsFor("R", "z"), Remove: tagsFor("R.f1", "x")}, "4 4 [{R false [z]} {R.f1 true [y]}]")
	f(backend.Tag{Version: 1, NewVersion: 2}, "42201: Version is not one more than previous version")
	f(backend.Tag{Version: 1, Add: tagsFor("nope", "x")}, "42201: java.lang.IllegalArgumentException: No matching path 'nope' found in the schema")

	out := f(backend.Tag{Version: 3, Metadata: &wire.Metadata{Properties: map[string]string{"o": "1"}}}, "5 5 [{R.f1 true [x y]}]")
	if out.Metadata.Properties["o"] != "1" || !equalRuleSets(out.RuleSet, in.RuleSet) {
		t.Errorf("metadata %+v, rules %+v", out.Metadata, out.RuleSet)
	}
	out = f(backend.Tag{Version: 1, RulesToMerge: rules(t, `{"domainRules":[{"name":"c","type":"T"}]}`), RulesToRemove: []string{"a"}}, "6 6 []")
	if want := rules(t, `{"domainRules":[{"name":"b","type":"T"},{"name":"c","type":"T"}]}`); !equalRuleSets(out.RuleSet, want) {
		t.Errorf("rules %+v", out.RuleSet)
	}
	out = f(backend.Tag{Version: 1, RuleSet: rules(t, `{}`)}, "7 7 []")
	if !equalRuleSets(out.RuleSet, rules(t, `{}`)) {
		t.Errorf("rules %+v", out.RuleSet)
	}
	f(backend.Tag{Version: 1, RuleSet: rules(t, `{}`), RulesToRemove: []string{"a"}}, "42210: ruleSet should be omitted if specifying rulesToMerge or rulesToRemove")
	f(backend.Tag{Version: 1, RulesToMerge: rules(t, `{"domainRules":[{}]}`)}, "42210: Empty rule name")

	if err := c.PutMode(t.Context(), backend.Settings{Target: c.target("s")}, new("READONLY"), false); err != nil {
		t.Fatal(err)
	}
	f(backend.Tag{Version: 1}, "42205: Subject s in context  is in read-only mode")
}

// A subject of the default context is looked for in others (spec 2.6), and tagged where it is found.
func TestTagElsewhere(t *testing.T) {
	t.Parallel()
	c := newCaller(Options{})
	c.mustRegister(t, ":.c:s", input("AVRO", textA))
	out, err := c.Tag(t.Context(), backend.Tag{Target: c.target("s"), Version: 1, Add: tagsFor("R", "x")})
	if got := c.tagged(t, ":.c:s", out, err); got != "2 2 [{R false [x]}]" || out.Subject.Context != ".c" {
		t.Errorf("%s in %s", got, out.Subject.Context)
	}
	c.bound = true
	if _, err := c.Tag(t.Context(), backend.Tag{Target: c.target("s"), Version: 1}); err == nil {
		t.Error("a bound caller tags a version of another context")
	}
}

func TestFindTags(t *testing.T) {
	t.Parallel()
	c := newCaller(Options{})
	in := input("AVRO", textB)
	in.TagsToAdd = append(tagsFor("R.f1", "x", "y"), tagsFor("R.f2", "z")...)
	c.mustRegister(t, "s", in)
	f := func(want string, asked ...string) {
		t.Helper()
		out, _, err := c.SchemaByID(t.Context(), backend.SchemaByID{Target: backend.Target{Context: "."}, ID: 1, FindTags: asked})
		if got := fmt.Sprint(out.Tags); err != nil || got != want {
			t.Errorf("%v: %s, %v, want %s", asked, got, err, want)
		}
	}
	f("[]")
	f("[{R.f1 true [x y]} {R.f2 true [z]}]", "*")
	f("[{R.f1 true [x y]}]", "y", "nope")
	f("[]", "nope", "")
}
