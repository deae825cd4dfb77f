package registry

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// dialect writes schemas that refer to others, in one language.
type dialect struct {
	language schema.Language
	// file is the reference name of the schema called name.
	file func(name string) string
	// text is a schema called name whose fields have the types of others.
	text func(name string, others ...string) string
}

func dialects() []dialect {
	return []dialect{
		{avro.Language{}, func(name string) string { return name }, avroUsing},
		{jsonschema.Language{}, func(name string) string { return name + ".json" }, jsonUsing},
		{protobuf.Language{}, func(name string) string { return name + ".proto" }, protoUsing},
	}
}

func avroUsing(name string, others ...string) string {
	fields := make([]string, len(others))
	for i, o := range others {
		fields[i] = fmt.Sprintf(`{"name":"f%d","type":"%s"}`, i, o)
	}
	return fmt.Sprintf(`{"type":"record","name":"%s","fields":[%s]}`, name, strings.Join(fields, ","))
}

func jsonUsing(name string, others ...string) string {
	properties := make([]string, len(others))
	for i, o := range others {
		properties[i] = fmt.Sprintf(`"f%d":{"$ref":"%s.json"}`, i, o)
	}
	return fmt.Sprintf(`{"type":"object","title":"%s","properties":{%s}}`, name, strings.Join(properties, ","))
}

func protoUsing(name string, others ...string) string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\n")
	for _, o := range others {
		fmt.Fprintf(&b, "import \"%s.proto\";\n", o)
	}
	fmt.Fprintf(&b, "message %s {\n", name)
	for i, o := range others {
		fmt.Fprintf(&b, "  %s f%d = %d;\n", o, i, i+1)
	}
	b.WriteString("}\n")
	return b.String()
}

// using is a schema that refers to others, each registered under its own name as version 1.
func (d dialect) using(name string, others ...string) wire.SchemaInput {
	references := make([]wire.Reference, len(others))
	for i, o := range others {
		references[i] = wire.Reference{Name: d.file(o), Subject: o, Version: 1}
	}
	return input(d.language.Name(), d.text(name, others...), references...)
}

// registry is one that knows only this language, which counts.
func (d dialect) registry() (caller, *counting) {
	l := &counting{Language: d.language}
	return newCaller(Options{Languages: []schema.Language{l}}), l
}

func TestReferenceLevels(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, l := d.registry()
			r.mustRegister(t, "L0", d.using("L0"))
			for i := 1; i <= 10; i++ {
				r.mustRegister(t, fmt.Sprintf("L%d", i), d.using(fmt.Sprintf("L%d", i), fmt.Sprintf("L%d", i-1)))
				if drawn := l.drawn[len(l.drawn)-1]; drawn != i {
					t.Fatalf("level %d came with %d texts", i, drawn)
				}
			}
			if got := r.check(t, "L10", d.using("L10", "L9")); len(got) != 0 {
				t.Errorf("against itself: %q", got)
			}
		})
	}
}

// Two schemas on each of 30 levels refer to both of the level below: 2^30 ways lead down, 60 texts are read.
func TestReferenceDiamonds(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, l := d.registry()
			r.mustRegister(t, "A0", d.using("A0"))
			r.mustRegister(t, "B0", d.using("B0"))
			for i := 1; i <= 30; i++ {
				below := []string{fmt.Sprintf("A%d", i-1), fmt.Sprintf("B%d", i-1)}
				for _, letter := range []string{"A", "B"} {
					name := fmt.Sprintf("%s%d", letter, i)
					r.mustRegister(t, name, d.using(name, below...))
				}
			}
			if drawn := l.drawn[len(l.drawn)-1]; drawn != 60 {
				t.Errorf("the top came with %d texts", drawn)
			}
			top := d.using("A30", "A29", "B29")
			if got := r.check(t, "A30", top); len(got) != 0 {
				t.Errorf("against itself: %q", got)
			}
			for _, format := range []string{"resolved", "serialized", "ignore_extensions"} {
				out, _, err := r.Version(t.Context(), backend.Version{Target: r.target("A30"), Version: 1, Format: format})
				if err != nil || len(out.Text) > 1<<16 {
					t.Errorf("format %s: %d bytes, %v", format, len(out.Text), err)
				}
			}
		})
	}
}

// Only an import that overwrites a version could close a circle. It is refused.
func TestReferenceCirclesAreRefused(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, _ := d.registry()
			r.mode(t, "", modeImport)
			r.mustRegister(t, "A", imported(d.using("A"), 1))
			r.mustRegister(t, "B", imported(d.using("B", "A"), 2))
			r.mustRegister(t, "C", imported(d.using("C", "B", "A"), 3))
			for _, others := range [][]string{{"A"}, {"B"}, {"C"}, {"C", "B"}} {
				_, err := r.register(t, "A", imported(d.using("A", others...), 4))
				code, text := refusalOf(err)
				want := `form a circle through subject "A" and version 1`
				if code != wire.CodeInvalidSchema || !strings.Contains(text, want) {
					t.Errorf("A that refers to %q: %v", others, err)
				}
			}
			r.mustRegister(t, "C", imported(d.using("C", "B"), 5))
		})
	}
}

// imported is an input for version 1 under an ID.
func imported(in wire.SchemaInput, id int32) wire.SchemaInput {
	in.ID, in.Version = id, 1
	return in
}

// What refers to a circle that was stored somehow is refused; the circle itself is read, or refused in words.
func TestStoredReferenceCircles(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, _ := d.registry()
			r.mustRegister(t, "A", d.using("A"))
			r.mustRegister(t, "B", d.using("B", "A"))
			r.overwrite(t, "A", 3, d.using("A", "B"))
			_, err := r.register(t, "C", d.using("C", "A"))
			if code, text := refusalOf(err); code != wire.CodeInvalidSchema || !strings.Contains(text, "form a circle") {
				t.Errorf("referring to the circle: %v", err)
			}
			for _, name := range []string{"A", "B"} {
				_, _, err := r.Version(t.Context(), backend.Version{Target: r.target(name), Version: 1, Format: "resolved"})
				readable(t, "reading "+name, err)
				_, err = r.Check(t.Context(), backend.Check{Target: r.target(name), Input: d.using(name)})
				readable(t, "checking "+name, err)
				_, _, err = r.Lookup(t.Context(), backend.Lookup{Target: r.target(name), Input: d.using(name)})
				readable(t, "looking up "+name, err)
			}
		})
	}
}

// overwrite stores a schema as version 1 of a subject, whatever the rules say.
func (c caller) overwrite(t *testing.T, subject string, id int32, in wire.SchemaInput) {
	t.Helper()
	d := details{References: in.References}
	encoded, err := d.encode()
	if err != nil {
		t.Fatal(err)
	}
	head, err := c.store.Head(t.Context(), defaultContext)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.Commit(t.Context(), defaultContext, head.Revision,
		storage.PutSchema{Schema: storage.Schema{ID: id, Fingerprint: fingerprint(in.Text, d), Type: in.Type, Text: in.Text, Details: encoded}},
		storage.PutVersion{Version: storage.Version{Subject: subject, Version: 1, SchemaID: id}},
		storage.Removal{},
	); err != nil {
		t.Fatal(err)
	}
}

// readable fails unless a call went well or refused a schema in words.
func readable(t *testing.T, what string, err error) {
	t.Helper()
	code, text := refusalOf(err)
	if err != nil && (code != wire.CodeInvalidSchema || !strings.Contains(text, "details: ")) && code != 40403 {
		t.Errorf("%s: %v", what, err)
	}
}

func TestReferenceRefusals(t *testing.T) {
	t.Parallel()
	const missing = `No schema reference found for subject "%s" and version %d`
	for _, c := range []struct {
		name      string
		reference wire.Reference
		want      string
	}{
		{"no such subject", wire.Reference{Name: "A", Subject: "x", Version: 1}, fmt.Sprintf(missing, "x", 1)},
		{"no such version", wire.Reference{Name: "A", Subject: "A", Version: 3}, fmt.Sprintf(missing, "A", 3)},
		{"a version below 0", wire.Reference{Name: "A", Subject: "A", Version: -7}, fmt.Sprintf(missing, "A", -7)},
		{"the newest of nothing", wire.Reference{Name: "A", Subject: "x", Version: -1}, fmt.Sprintf(missing, "x", -1)},
		{"soft-deleted", wire.Reference{Name: "A", Subject: "gone", Version: 1}, fmt.Sprintf(missing, "gone", 1)},
		{"the newest of what is soft-deleted", wire.Reference{Name: "A", Subject: "gone", Version: -1}, fmt.Sprintf(missing, "gone", -1)},
		{"in another context", wire.Reference{Name: "A", Subject: ":.c:A", Version: 1}, fmt.Sprintf(missing, ":.c:A", 1)},
		{"no name", wire.Reference{Subject: "A", Version: 1}, "Invalid reference: {name='null', subject='A', version=1}"},
		{"no subject", wire.Reference{Name: "A", Version: 1}, "Invalid reference: {name='A', subject='null', version=1}"},
		{"no version", wire.Reference{Name: "A", Subject: "A"}, "Invalid reference: {name='A', subject='A', version=null}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, d := range dialects() {
				r := newCaller(Options{})
				for _, subject := range []string{"A", "gone"} {
					r.mustRegister(t, subject, d.using("A"))
				}
				if _, err := r.DeleteSubject(t.Context(), backend.DeleteSubject{Target: r.target("gone")}); err != nil {
					t.Fatal(err)
				}
				_, err := r.register(t, "s", input(d.language.Name(), d.text("B", "A"), c.reference))
				if code, text := refusalOf(err); code != wire.CodeInvalidSchema || !strings.HasSuffix(text, c.want) {
					t.Errorf("%s: %v\nwant %s", d.language.Name(), err, c.want)
				}
			}
		})
	}
}

// What was stored goes on being read through versions that were deleted since, and -1 was made a number.
func TestReferenceOutlivesItsTarget(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, _ := d.registry()
			r.mustRegister(t, "A", d.using("A"))
			in := d.using("B", "A")
			in.References[0].Version = backend.Latest
			if out := r.mustRegister(t, "B", in); out.References[0].Version != 1 {
				t.Errorf("stored as %v", out.References)
			}
			r.mustRegister(t, "C", d.using("C", "B"))
			for _, subject := range []string{"C", "B", "A"} {
				if _, err := r.DeleteSubject(t.Context(), backend.DeleteSubject{Target: r.target(subject)}); err != nil {
					t.Fatalf("delete %s: %v", subject, err)
				}
			}
			_, _, err := r.Version(t.Context(), backend.Version{Target: r.target("C"), Version: 1, Deleted: true, Format: "resolved"})
			if err != nil {
				t.Errorf("read: %v", err)
			}
			_, _, err = r.Lookup(t.Context(), backend.Lookup{Target: r.target("C"), Input: d.using("C", "B"), Deleted: true})
			if err != nil {
				t.Errorf("look-up: %v", err)
			}
			if _, err := r.register(t, "D", d.using("D", "B")); err == nil {
				t.Error("a new schema refers to a deleted version")
			}
		})
	}
}

func TestReferencesAcrossContexts(t *testing.T) {
	t.Parallel()
	to := func(subject string) wire.Reference { return wire.Reference{Name: "A", Subject: subject, Version: 1} }
	for _, c := range []struct {
		name, subject string
		reference     wire.Reference
		// bound ties the caller to the subject's context.
		bound bool
		// code of the refusal; 0 when it is accepted.
		code int
	}{
		{"a plain name is of the referrer's context", ":.c:s", to("A"), false, 0},
		{"and of no other", ":.empty:s", to("A"), false, wire.CodeInvalidSchema},
		{"a qualified name goes where it says", "s", to(":.c:A"), false, 0},
		{"from a context to another", ":.empty:s", to(":.c:A"), false, 0},
		{"its own references are of its context", ":.empty:s", wire.Reference{Name: "B", Subject: ":.c:B", Version: 1}, false, 0},
		{"the default context can't be named", ":.empty:s", to(":.:A"), false, wire.CodeInvalidSchema},
		{"into an isolated context", "s", to(":.isolated:A"), false, wire.CodeInvalidSchema},
		{"out of an isolated context", ":.isolated:s", to(":.c:A"), false, wire.CodeInvalidSchema},
		{"inside an isolated context", ":.isolated:s", to(":.isolated:A"), false, 0},
		{"a bound caller, plain", ":.isolated:s", to("A"), true, 0},
		{"a bound caller, its own context", ":.isolated:s", to(":.isolated:A"), true, 0},
		{"a bound caller, another context", ":.isolated:s", to(":.c:A"), true, 40301},
		{"a bound caller, a context that isn't there", ":.isolated:s", to(":.nowhere:A"), true, 40301},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newCaller(Options{Isolated: []string{".isolated"}})
			for _, subject := range []string{"A", ":.c:A", ":.isolated:A"} {
				r.mustRegister(t, subject, input("AVRO", avroUsing("A")))
			}
			r.mustRegister(t, ":.c:B", input("AVRO", avroUsing("B", "A"), to("A")))
			r.bound = c.bound
			in := input("AVRO", avroUsing("R", c.reference.Name), c.reference)
			_, err := r.register(t, c.subject, in)
			if code, _ := refusalOf(err); code != c.code || (err == nil) != (c.code == 0) {
				t.Fatalf("register: %v, want %d", err, c.code)
			}
			if c.code != 0 {
				return
			}
			if got := r.check(t, c.subject, in); len(got) != 0 {
				t.Errorf("against itself: %q", got)
			}
		})
	}
}
