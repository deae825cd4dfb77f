package resolver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Spec 2.1, and what is written back for each of its rows.
func TestSubjectOpen(t *testing.T) {
	t.Parallel()
	f := func(text, context, subject, normal string) {
		t.Helper()
		got, err := Door{}.Subject(text)
		if want := (Target{Context: context, Subject: subject}); err != nil || got != want {
			t.Errorf("Subject(%q) = %+v, %v, want %+v", text, got, err, want)
		}
		if written := (View{}).Subject(got.Context, got.Subject); written != normal {
			t.Errorf("%q is written %q, want %q", text, written, normal)
		}
		if c, s := SplitName(text); c != context || s != subject {
			t.Errorf("SplitName(%q) = %q, %q, want %q, %q", text, c, s, context, subject)
		}
	}
	f("s", ".", "s", "s")
	f(":.ctx:s", ".ctx", "s", ":.ctx:s")
	f(":.ctx:a:b", ".ctx", "a:b", ":.ctx:a:b")
	f(":.:s", ".", "s", "s")
	f(":.:", ".", "", "")
	f(":.", ".", "", "")
	f(":.ctx:", ".ctx", "", ":.ctx:")
	f(":.ctx", ".ctx", "", ":.ctx:")
	f(":*:", "*", "", ":*:")
	f(":*:s", "*", "s", ":*:s")
	f(":.__GLOBAL:", ".__GLOBAL", "", ":.__GLOBAL:")
	f(":.__GLOBAL", ".__GLOBAL", "", ":.__GLOBAL:")
	f(":.__GLOBAL:s", ".__GLOBAL", "s", ":.__GLOBAL:s")
	f(":ctx1:s", ".", ":ctx1:s", ":ctx1:s")
	f("::s", ".", "::s", "::s")
	f("::", ".", "::", "::")
	f("a:.ctx:b", ".", "a:.ctx:b", "a:.ctx:b")
	f("", ".", "", "")
	f(":*", ".", ":*", ":*")
	f("*", ".", "*", "*")
	f("..", ".", "..", "..")
	f(":.Ctx:S", ".Ctx", "S", ":.Ctx:S")
	f(":.c.d-e_f:s", ".c.d-e_f", "s", ":.c.d-e_f:s")
	f(":.c::s", ".c", ":s", ":.c::s")
	f(":.c::.d:s", ".c", ":.d:s", ":.c::.d:s")
	f("a/b c\"d'", ".", "a/b c\"d'", "a/b c\"d'")
	// The normal form of these is a name of another context.
	f(":.::.c:s", ".c", "s", ":.c:s")
	f(":.::.:s", ".", "s", "s")
	f(":.::*:s", "*", "s", ":*:s")
	f(":.::c:s", ".", ":c:s", ":c:s")
}

// Spec 2.2: the context of the URL prefix, or of a header that selects.
func TestSubjectUnderContext(t *testing.T) {
	t.Parallel()
	f := func(base, text, context, subject string) {
		t.Helper()
		got, err := Door{Base: base}.Subject(text)
		if want := (Target{Context: context, Subject: subject}); err != nil || got != want {
			t.Errorf("Subject(%q) under %q = %+v, %v, want %+v", text, base, got, err, want)
		}
	}
	f(".c", "s", ".c", "s")
	f(".c", ":.b:s", ".b", "s")
	f(".c", ":.c:s", ".c", "s")
	f(".c", ":.:s", ".", "s")
	f(".c", ":*:s", "*", "s")
	f(".c", ":c1:s", ".c", ":c1:s")
	f(".c", "", ".c", "")
	f(".c", "subjects", ".c", "subjects")
	f(".c", "slash/in/middle", ".c", "slash/in/middle")
	f(".", "s", ".", "s")
	f(".", ":.b:s", ".b", "s")
	f(".__GLOBAL", "s", ".__GLOBAL", "s")
}

func TestSubjectBound(t *testing.T) {
	t.Parallel()
	f := func(bound, text, subject, written string) {
		t.Helper()
		for _, base := range []string{"", ".other"} {
			got, err := Door{View: Bound(bound), Base: base}.Subject(text)
			if want := (Target{Context: bound, Subject: subject, Bound: true}); err != nil || got != want {
				t.Errorf("Subject(%q) bound to %q = %+v, %v, want %+v", text, bound, got, err, want)
			}
			if got := Bound(bound).Subject(got.Context, got.Subject); got != written {
				t.Errorf("%q bound to %q is written %q, want %q", text, bound, got, written)
			}
		}
	}
	f(".a", "s", "s", "s")
	f(".a", "", "", "")
	f(".a", ":.", "", "")
	f(".a", ":.:", "", "")
	f(".a", ":.:s", "s", "s")
	f(".a", ":*:", "", "")
	f(".a", ":*:s", "s", "s")
	f(".a", ":.a", "", "")
	f(".a", ":.a:", "", "")
	f(".a", ":.a:s", "s", "s")
	f(".a", ":.a:b:c", "b:c", "b:c")
	f(".a", ":a:x", ":a:x", ":a:x")
	f(".a", ":team-b:x", ":team-b:x", ":team-b:x")
	f(".a", "x:.b:s", "x:.b:s", "x:.b:s")
	f(".a", ":.::.a:s", "s", "s")
	f(".a", ":*::*:s", "s", "s")
	f(".a", ":.a::.b:s", ":.b:s", ":.a::.b:s")
	f(".", "s", "s", "s")
	f(".", ":.:s", "s", "s")
	f(".", ":*:s", "s", "s")
	f(".", ":.", "", "")
	f(".", ":a:s", ":a:s", ":a:s")
}

func TestSubjectLeavesContext(t *testing.T) {
	t.Parallel()
	f := func(bound, text string) {
		t.Helper()
		d := Door{View: Bound(bound)}
		_, err := d.Subject(text)
		wantRefusal(t, fmt.Sprintf("Subject(%q) bound to %q", text, bound), err, ErrLeavesContext, text)
		_, err = d.Settings(text, true)
		wantRefusal(t, fmt.Sprintf("Settings(%q) bound to %q", text, bound), err, ErrLeavesContext, text)
		_, err = d.SchemaID(text, true)
		wantRefusal(t, fmt.Sprintf("SchemaID(%q) bound to %q", text, bound), err, ErrLeavesContext, text)
	}
	f(".a", ":.b:s")
	f(".a", ":.b:")
	f(".a", ":.b")
	f(".a", ":.A:s")
	f(".a", ":.ab:s")
	f(".a", ":.__GLOBAL:")
	f(".a", ":.__GLOBAL:s")
	f(".a", ":..:s")
	f(".a", ":.::.b:s")
	f(".a", ":*::.b:s")
	f(".a", ":.::*::.b:s")
	f(".a", hiddenName)
	f(".", ":.a:s")
	f(".", ":.__GLOBAL:")
	f(".", ":.::.a:s")
	f("", ":.a:s")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	f := func(d Door, text string, given bool, want Target) {
		t.Helper()
		if got, err := d.Settings(text, given); err != nil || got != want {
			t.Errorf("%+v.Settings(%q, %v) = %+v, %v, want %+v", d, text, given, got, err, want)
		}
	}
	open, under, bound := Door{}, Door{Base: ".c"}, Door{View: Bound(".a")}
	f(open, "", false, Target{Context: "."})
	f(open, "s", true, Target{Context: ".", Subject: "s"})
	f(open, ":.:", true, Target{Context: "."})
	f(open, ":.c:", true, Target{Context: ".c"})
	f(open, ":.__GLOBAL:", true, Target{Context: ".__GLOBAL"})
	f(under, "", false, Target{Context: ".c"})
	f(under, "s", true, Target{Context: ".c", Subject: "s"})
	f(under, ":.:", true, Target{Context: "."})
	f(Door{Base: "."}, "", false, Target{Context: "."})
	f(bound, "", false, Target{Context: ".a", Bound: true})
	f(bound, "s", true, Target{Context: ".a", Subject: "s", Bound: true})
	f(bound, ":.:", true, Target{Context: ".a", Bound: true})
	f(Door{View: Bound(".a"), Base: ".c"}, "", false, Target{Context: ".a", Bound: true})
}

// Spec 2.5 and the query rewriting of 2.2.
func TestSchemaID(t *testing.T) {
	t.Parallel()
	f := func(d Door, subject string, given bool, want Target) {
		t.Helper()
		if got, err := d.SchemaID(subject, given); err != nil || got != want {
			t.Errorf("%+v.SchemaID(%q, %v) = %+v, %v, want %+v", d, subject, given, got, err, want)
		}
	}
	open, under, bound := Door{}, Door{Base: ".c"}, Door{View: Bound(".a")}
	f(open, "", false, Target{Context: "."})
	f(open, "", true, Target{Context: "."})
	f(open, "s", true, Target{Context: ".", Subject: "s"})
	f(open, ":.c1:s", true, Target{Context: ".c1", Subject: "s"})
	f(open, ":.c1:", true, Target{Context: ".c1"})
	f(open, ":.c1", true, Target{Context: ".c1"})
	f(open, ":.:", true, Target{Context: "."})
	f(open, ":.", true, Target{Context: "."})
	f(open, ":.:s", true, Target{Context: ".", Subject: ":.:s"})
	f(open, ":.::.c1:s", true, Target{Context: ".", Subject: ":.::.c1:s"})
	f(open, ":*:", true, Target{Context: "*"})
	f(open, ":*:x", true, Target{Context: "*", Subject: "x"})
	f(open, ":c1:s", true, Target{Context: ".", Subject: ":c1:s"})
	f(under, "", false, Target{Context: ".c"})
	f(under, "", true, Target{Context: ".c"})
	f(under, "s", true, Target{Context: ".c", Subject: "s"})
	f(under, ":.b:s", true, Target{Context: ".b", Subject: "s"})
	f(under, ":.:s", true, Target{Context: ".", Subject: ":.:s"})
	f(Door{Base: "."}, "", false, Target{Context: "."})
	f(bound, "", false, Target{Context: ".a", Bound: true})
	f(bound, "s", true, Target{Context: ".a", Subject: "s", Bound: true})
	f(bound, ":.:s", true, Target{Context: ".a", Subject: "s", Bound: true})
	f(bound, ":.a:s", true, Target{Context: ".a", Subject: "s", Bound: true})
}

func TestContextName(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got, err := ContextName(text); err != nil || got != want {
			t.Errorf("ContextName(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	f("ctx", ".ctx")
	f(".ctx", ".ctx")
	f(":.ctx:", ".ctx")
	f(":ctx:", ".ctx")
	f(":.ctx", ".ctx")
	f(".ctx:", ".ctx")
	f(".", ".")
	f(":.:", ".")
	f("", ".")
	f(":", ".")
	f("::", ".")
	f("..", "..")
	f("*", ".*")
	f(":*:", ".*")
	f(".__GLOBAL", ".__GLOBAL")
	f("__GLOBAL", ".__GLOBAL")
	f("a b/c", ".a b/c")

	bad := func(text string, reason error, name string) {
		t.Helper()
		_, err := ContextName(text)
		wantRefusal(t, fmt.Sprintf("ContextName(%q)", text), err, reason, name)
	}
	bad("foo:bar", ErrColonInContext, "foo:bar")
	bad(":.foo:bar:", ErrColonInContext, ".foo:bar")
	bad("::a", ErrColonInContext, ":a")
	bad(":::", ErrColonInContext, ":")
	bad("a\tb", ErrBadContext, "a\tb")
	bad("a\u0085b", ErrBadContext, "a\u0085b")
}

func TestColonMessage(t *testing.T) {
	t.Parallel()
	_, err := ContextName("foo:bar")
	if want := "Context name 'foo:bar' cannot contain a colon"; err == nil || err.Error() != want {
		t.Errorf("the message is %q, want %q", err, want)
	}
}

// What a caller reads about a refusal names what it wrote, never the context that it is bound to.
func TestRefusalsDontTellTheContext(t *testing.T) {
	t.Parallel()
	_, err1 := Door{View: Bound(".secret")}.Subject(":.b:s")
	_, err2 := Door{View: Bound(".secret")}.Listing(":.b", true, true)
	_, _, err3 := Door{View: Bound(".secret")}.TrimContext([]string{"contexts", "b", "mode"})
	_, err4 := newRules(t, nil).Door(Listener{Context: ".secret"}, "host", "b", true)
	_, err5 := newRules(t, map[string]string{"host": "secret"}).Door(Listener{Context: ".b"}, "host", "", false)
	for i, err := range []error{err1, err2, err3, err4, err5} {
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("refusal %d says %v", i+1, err)
		}
	}
}

func TestBindingName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a": ".a", ":.a:": ".a", ".": ".", ":.:": "."} {
		if got, err := BindingName(text); err != nil || got != want {
			t.Errorf("BindingName(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", ":", "::", ".__GLOBAL", "__GLOBAL", ":.__GLOBAL:", "a\x00"} {
		_, err := BindingName(text)
		wantRefusal(t, fmt.Sprintf("BindingName(%q)", text), err, ErrBadContext, text)
	}
}

// The examples of spec 2.2: path and query in, what the routes see out.
func TestTrimContext(t *testing.T) {
	t.Parallel()
	f := func(path, base, rest string) {
		t.Helper()
		segments, _, err := SplitPath(nil, nil, []byte(path))
		if err != nil {
			t.Fatal(err)
		}
		d, segments, err := Door{}.TrimContext(segments)
		if err != nil || d.View.IsBound() || d.Base != base || !slices.Equal(segments, strings.Split(rest, " ")) {
			t.Errorf("TrimContext(%q) = %+v, %q, %v, want %q, %q", path, d, segments, err, base, rest)
		}
	}
	f("/contexts/.test-ctx/subjects/test-subject/versions", ".test-ctx", "subjects test-subject versions")
	f("/contexts/test-ctx/subjects/test-subject/versions", ".test-ctx", "subjects test-subject versions")
	f("/contexts/:.test-ctx:/subjects", ".test-ctx", "subjects")
	f("/contexts/%3A.test-ctx%3A/subjects", ".test-ctx", "subjects")
	f("/contexts/:.:/subjects/test-subject/versions", ".", "subjects test-subject versions")
	f("/contexts/./subjects", ".", "subjects")
	f("/contexts/../subjects", "..", "subjects")
	f("/contexts/.test-ctx/subjects/slash%2Fin%2Fmiddle/", ".test-ctx", "subjects slash/in/middle")
	f("/contexts/.test-ctx/subjects/%3A.test-ctx%3Atest-subject/versions", ".test-ctx", "subjects :.test-ctx:test-subject versions")
	f("/contexts/.test-ctx/schemas/ids/1/", ".test-ctx", "schemas ids 1")
	f("/contexts/.test-ctx/config", ".test-ctx", "config")
	f("/contexts/:.:/mode", ".", "mode")
	f("/contexts/:.:/schemas/", ".", "schemas")
	f("/contexts/.test-ctx/dek-registry/v1/keks/k/deks/s", ".test-ctx", "dek-registry v1 keks k deks s")
	f("/contexts/c/contexts", ".c", "contexts")
	f("/contexts/c/contexts/d/subjects", ".c", "contexts d subjects")
	f("/contexts/contexts/subjects/contexts/versions", ".contexts", "subjects contexts versions")
	f("/contexts/subjects/subjects/s", ".subjects", "subjects s")
	f("/contexts", "", "contexts")
	f("/contexts/", "", "contexts")
	f("/contexts/c", "", "contexts .c")
	f("/contexts/:.c:/", "", "contexts :.c:")
	f("/subjects/contexts/versions", "", "subjects contexts versions")

	segments, _, err := SplitPath(nil, nil, []byte("/contexts/foo:bar/subjects"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Door{}.TrimContext(segments)
	wantRefusal(t, "TrimContext(/contexts/foo:bar/subjects)", err, ErrColonInContext, "foo:bar")
}

func TestTrimContextBeatsHeader(t *testing.T) {
	t.Parallel()
	d, _, err := Door{Base: ".header"}.TrimContext([]string{"contexts", "path", "subjects"})
	if err != nil || d.Base != ".path" {
		t.Errorf("the base is %q, %v, want .path", d.Base, err)
	}
	d, _, err = Door{Base: ".header"}.TrimContext([]string{"subjects"})
	if err != nil || d.Base != ".header" {
		t.Errorf("the base is %q, %v, want .header", d.Base, err)
	}
}

func TestTrimContextBound(t *testing.T) {
	t.Parallel()
	f := func(bound, context string, fine bool) {
		t.Helper()
		d, rest, err := Door{View: Bound(bound)}.TrimContext([]string{"contexts", context, "subjects", "s"})
		switch {
		case !fine:
			wantRefusal(t, fmt.Sprintf("TrimContext(%q) bound to %q", context, bound), err, ErrLeavesContext, context)
		case err != nil || d != Door{View: Bound(bound)} || !slices.Equal(rest, []string{"subjects", "s"}):
			t.Errorf("TrimContext(%q) bound to %q = %+v, %q, %v", context, bound, d, rest, err)
		}
	}
	f(".a", "a", true)
	f(".a", ".a", true)
	f(".a", ":.a:", true)
	f(".a", ".", true)
	f(".a", ":.:", true)
	f(".a", "b", false)
	f(".a", ".A", false)
	f(".a", ":*:", false)
	f(".a", ".__GLOBAL", false)
	f(".", ":.:", true)
	f(".", "a", false)
}

// FuzzSubject: parsing and writing are inverse, and nobody who is bound gets out.
func FuzzSubject(f *testing.F) {
	for _, text := range []string{"s", ":.c:s", ":.:s", ":*:s", ":.::.c:s", ":.c", ":.a::.b:s", "::", ":.", ":*::.b:"} {
		f.Add(text, ".a", ".b")
	}
	f.Fuzz(func(t *testing.T, text, own, other string) {
		open, err := Door{}.Subject(text)
		if err != nil || open.Bound {
			t.Fatalf("Subject(%q) = %+v, %v", text, open, err)
		}
		written := View{}.Subject(open.Context, open.Subject)
		if again, err := (Door{}).Subject(written); err != nil || again != open {
			t.Errorf("%q is %+v, written %q, which is %+v, %v", text, open, written, again, err)
		}
		wantAppended(t, View{}, open.Context, open.Subject)
		if !strings.HasPrefix(own, ".") || strings.Contains(own, ":") || other == own {
			return
		}
		d := Door{View: Bound(own), Base: other}
		for _, resolve := range []func() (Target, error){
			func() (Target, error) { return d.Subject(text) },
			func() (Target, error) { return d.Settings(text, text != "") },
			func() (Target, error) { return d.SchemaID(text, text != "") },
		} {
			got, err := resolve()
			if err != nil {
				continue
			}
			if !got.Bound || got.Context != own {
				t.Errorf("%q bound to %q is %+v", text, own, got)
			}
			if again, err := d.Subject(d.View.Subject(got.Context, got.Subject)); err != nil || again != got {
				t.Errorf("%q bound to %q is %+v, which comes back as %+v, %v", text, own, got, again, err)
			}
			wantAppended(t, d.View, got.Context, got.Subject)
		}
		if hidden := d.View.Subject(other, text) + d.View.Context(other); hidden != hiddenName+hiddenName {
			t.Errorf("bound to %q, %q of %q is written %q", own, text, other, hidden)
		}
		wantAppended(t, d.View, other, text)
	})
}

// wantAppended checks that AppendSubject and Subject write the same.
func wantAppended(t *testing.T, v View, context, subject string) {
	t.Helper()
	if got, want := string(v.AppendSubject([]byte("x"), context, subject)), "x"+v.Subject(context, subject); got != want {
		t.Errorf("AppendSubject(%q, %q) writes %q, want %q", context, subject, got, want)
	}
}
