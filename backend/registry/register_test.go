package registry

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// outcome is what a call answered: an error code, or "ok".
func outcome(err error) string {
	if e := (*wire.Error)(nil); errors.As(err, &e) {
		return fmt.Sprint(e.Code)
	}
	if err != nil {
		return err.Error()
	}
	return "ok"
}

func TestNamesOfRegistrations(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	alias := func(from, to string) {
		_, err := r.PutConfig(t.Context(), backend.Settings{Target: backend.Target{Context: ".c", Subject: from}},
			wire.ConfigUpdate{Alias: wire.Patch[string]{Set: true, Value: to}})
		if err != nil {
			t.Fatal(err)
		}
	}
	f := func(registryCtx, subject, want string) {
		t.Helper()
		_, _, err := r.Register(t.Context(), backend.Register{Target: backend.Target{Context: registryCtx, Subject: subject}, Input: input("AVRO", textA)})
		if got := outcome(err); got != want {
			t.Errorf("%s %q: %s, want %s", registryCtx, subject, got, want)
		}
	}
	f(".c", "s", "ok")
	f(".c", "", "ok")
	f(".", "", "42208")
	f(".", "a\x01b", "42208")
	f(".c", "__GLOBAL", "42208")
	f(".c", "__EMPTY", "42208")
	f(".__GLOBAL", "s", "42208")
	f("*", "nowhere", "42208")
	f("*", "s", "ok") // registered in .c already
	f(".", strings.Repeat("é", 512), "ok")
	f(".", strings.Repeat("é", 512)+"e", "42208")
	f("."+strings.Repeat("c", 255), "s", "42208")
	alias("to-global", ":.__GLOBAL:x")
	alias("to-control", "a\x01b")
	alias("to-wildcard", ":*:nowhere")
	alias("to-long", strings.Repeat("x", 1025))
	alias("to-other", ":.d:x")
	f(".c", "to-global", "42208")
	f(".c", "to-control", "42208")
	f(".c", "to-wildcard", "42208")
	f(".c", "to-long", "42208")
	f(".c", "to-other", "ok")
	contexts, _, err := r.Contexts(t.Context(), backend.Contexts{Page: backend.Page{Limit: -1}})
	if want := []string{".", ".c", ".d"}; err != nil || !slices.Equal(contexts, want) {
		t.Errorf("contexts %v, %v, want %v", contexts, err, want)
	}
}

// What was imported with the highest numbers leaves none for what comes after; nothing may wrap around.
func TestNumbersRunOut(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	target := backend.Target{Context: ".c", Subject: "s"}
	setMode := func(mode string) {
		if err := r.PutMode(t.Context(), backend.Settings{Target: backend.Target{Context: ".c"}}, &mode, true); err != nil {
			t.Fatal(err)
		}
	}
	f := func(subject string, id, version int32, text, want string) {
		t.Helper()
		in := input("AVRO", text)
		in.ID, in.Version = id, version
		_, _, err := r.Register(t.Context(), backend.Register{Target: backend.Target{Context: ".c", Subject: subject}, Input: in, Force: true})
		if got := outcome(err); got != want {
			t.Errorf("id %d version %d: %s, want %s", id, version, got, want)
		}
	}
	setMode("IMPORT")
	f("s", math.MaxInt32, 1, textA, "42205")
	f("s", math.MaxInt32-1, math.MaxInt32, textA, "ok")
	setMode("READWRITE")
	f("s", -1, 0, textB, "42205")
	f("t", -1, 0, textA, "ok")
	f("t", -1, 0, textB, "42205")
	versions, _, err := r.Versions(t.Context(), backend.Versions{Target: target, Page: backend.Page{Limit: -1}})
	if err != nil || !slices.Equal(versions, []int32{math.MaxInt32}) {
		t.Errorf("versions %v, %v", versions, err)
	}
}

// Which version is shown with an ID may change while the schema stays, so only some answers are good for long.
func TestWhatIsImmutable(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	s, other := backend.Target{Context: ".c", Subject: "s"}, backend.Target{Context: ".c", Subject: "t", Bound: true}
	f := func(p backend.SchemaByID, wantSubject string, wantImmutable bool) {
		t.Helper()
		p.ID = 1
		out, basis, err := r.SchemaByID(t.Context(), p)
		if err != nil || out.Subject.Subject != wantSubject || basis.Immutable != wantImmutable {
			t.Errorf("%+v: subject %q, immutable %t, %v; want %q, %t", p, out.Subject.Subject, basis.Immutable, err, wantSubject, wantImmutable)
		}
	}
	r.mustRegister(t, ":.c:s", input("AVRO", textA))
	f(backend.SchemaByID{Target: backend.Target{Context: ".c"}}, "s", true)
	f(backend.SchemaByID{Target: s}, "s", true)
	f(backend.SchemaByID{Target: other}, "s", false) // until t registers it, too
	f(backend.SchemaByID{Target: s, FetchMaxID: true}, "s", false)
	if _, err := r.DeleteSubject(t.Context(), backend.DeleteSubject{Target: s}); err != nil {
		t.Fatal(err)
	}
	f(backend.SchemaByID{Target: backend.Target{Context: ".c"}}, "s", false) // until it is live somewhere
	r.mustRegister(t, ":.c:t", input("AVRO", textA))
	f(backend.SchemaByID{Target: backend.Target{Context: ".c"}}, "t", true)
	f(backend.SchemaByID{Target: other}, "t", true)
}

// An alias ends at the border of a bound caller's context, whichever way it is written, and doesn't show what lies beyond.
func TestAliasesOfABoundCaller(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	open, bound := backend.Target{Context: ".t1", Subject: "al"}, backend.Target{Context: ".t1", Subject: "al", Bound: true}
	f := func(by backend.Target, alias, want, wantShown string) {
		t.Helper()
		_, err := r.PutConfig(t.Context(), backend.Settings{Target: by}, wire.ConfigUpdate{Alias: wire.Patch[string]{Set: true, Value: alias}})
		if got := outcome(err); got != want {
			t.Errorf("%s: %s, want %s", alias, got, want)
		}
		config, _, err := r.Config(t.Context(), backend.Settings{Target: bound})
		if err == nil && config.Alias != wantShown {
			t.Errorf("%s is shown as %q, want %q", alias, config.Alias, wantShown)
		}
	}
	f(bound, ":.t2:secret", "40301", "")
	f(bound, "orders", "ok", "orders")
	f(bound, ":.t1:orders", "ok", "orders")
	f(bound, ":.:orders", "ok", "orders")
	f(bound, ":*:orders", "ok", "orders")
	f(open, ":.t1:orders", "ok", "orders")
	f(open, ":.t2:secret", "ok", hiddenSubject)
	r.mustRegister(t, ":.t2:secret", input("AVRO", textA))
	if _, _, err := r.Version(t.Context(), backend.Version{Target: bound, Version: 1}); outcome(err) != "40401" {
		t.Errorf("the alias leads out: %v", err)
	}
}

// A bound caller may name its root in a reference; what others stored shows no foreign name and leads nowhere.
func TestReferencesOfABoundCaller(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	bound := caller{Registry: r.Registry, bound: true}
	const outer = `{"type":"record","name":"Outer","fields":[{"name":"r","type":"R"}]}`
	r.mustRegister(t, ":.t1:orders", input("AVRO", textA))
	r.mustRegister(t, ":.t2:secret", input("AVRO", textA))
	f := func(subject, want, wantShown string) {
		t.Helper()
		out, err := bound.register(t, ":.t1:"+fmt.Sprint("by", subject), input("AVRO", outer, wire.Reference{Name: "R", Subject: subject, Version: 1}))
		if got := outcome(err); got != want || err == nil && out.References[0].Subject != wantShown {
			t.Errorf("%s: %s %+v, want %s %s", subject, got, out.References, want, wantShown)
		}
	}
	f("orders", "ok", "orders")
	f(":.t1:orders", "ok", "orders")
	f(":.:orders", "ok", "orders")
	f(":*:orders", "ok", "orders")
	f(":.t2:secret", "40301", "")
	r.mustRegister(t, ":.t1:foreign", input("AVRO", outer, wire.Reference{Name: "R", Subject: ":.t2:secret", Version: 1}))
	asked := backend.Version{Target: bound.target(":.t1:foreign"), Version: 1}
	out, _, err := bound.Version(t.Context(), asked)
	if err != nil || out.References[0].Subject != hiddenSubject {
		t.Errorf("shown as %+v, %v", out.References, err)
	}
	asked.Format = "resolved"
	if _, _, err := bound.Version(t.Context(), asked); outcome(err) != "42201" {
		t.Errorf("resolved: %v", err)
	}
}

// A body may name as many references as it likes: they are refused before they are read.
func TestTooManyReferences(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	r.mustRegister(t, "ref", input("AVRO", textA))
	many := slices.Repeat([]wire.Reference{{Name: "R", Subject: "ref", Version: 1}}, defaultReferences+1)
	f := func(references []wire.Reference, want string) {
		t.Helper()
		_, err := r.register(t, "s", input("AVRO", `{"type":"record","name":"Outer","fields":[{"name":"r","type":"R"}]}`, references...))
		if got := outcome(err); got != want {
			t.Errorf("%d references: %s, want %s", len(references), got, want)
		}
	}
	f(many, "42201")
	f(many[1:], "ok")
}

func TestIsolated(t *testing.T) {
	t.Parallel()
	f := func(registryCtx string, want bool, patterns ...string) {
		t.Helper()
		if got := newCaller(Options{Isolated: patterns}).isolated(registryCtx); got != want {
			t.Errorf("%s in %v: %t, want %t", registryCtx, patterns, got, want)
		}
	}
	f(".a", false)
	f(".a", true, ".b", ".a")
	f(".a", false, ".ab")
	f(".team-a", true, ".team-*")
	f(".tea", false, ".team-*")
	f(".a", true, ".*")
	f(".", false, ".*")
	f(".", true, ".", ".*")
}

func TestFormatOfRegistrations(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	f := func(format, want string) {
		t.Helper()
		_, _, err := r.Register(t.Context(), backend.Register{Target: r.target("s"), Input: input("AVRO", textA), Format: format})
		if got := outcome(err); got != want {
			t.Errorf("%q: %s, want %s", format, got, want)
		}
	}
	f("logical", "42201")
	f("LOGICAL", "42201")
	f("logical ", "ok")
	f("resolved", "ok")
	f("whatever", "ok")
	f("", "ok")
	f("logical", "42201") // registered or not
}
