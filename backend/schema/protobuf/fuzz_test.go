package protobuf

import (
	"os"
	"testing"

	"schemaside/backend/schema"
)

// seed gives a fuzz target the texts of testdata and some odd ones.
func seed(f *testing.F, add func(text string)) {
	f.Helper()
	for _, path := range texts(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(string(text))
	}
	for _, text := range []string{
		"",
		`option (a.b).c.(d).e = {x: 1 [y.z].w {v: -0x1F} l: [{}, [1e3]]; s: "\xff\u00e9\n" 'x'};`,
		`message M { optional map m = 1; extensions 1 to 5, 7 [a = b]; reserved 1 to max, "x\"y"; }`,
		`syntax="proto3"; message a.b { map<map<a,b>,map<c,d>> x = 1; .a.b.c y = 2; message c { option map_entry = true; c key = 1; c value = 2; } c z = 3; }`,
		"CgdkZWZhdWx0EgFwIgMKAU0=",
	} {
		add(text)
	}
}

// FuzzParse wants the canonical text to be read as itself. No format may panic, and validation and normalisation must
// agree. (A normalised text needn't be its own normalised text: option names lose their leading dot.)
func FuzzParse(f *testing.F) {
	seed(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			return
		}
		again, err := Language{}.Parse(s.Canonical(), schema.ParseOptions{})
		if err != nil || again.Canonical() != s.Canonical() || !again.Equal(s) {
			t.Fatalf("canonical text %q reads as %v, %v", s.Canonical(), again, err)
		}
		s.Format("ignore_extensions")
		s.Format("serialized")
		invalid := s.Validate(false)
		_ = s.Validate(true)
		n, err := s.Normalized()
		if (err == nil) != (invalid == nil) {
			t.Fatalf("normalised: %v, validated: %v", err, invalid)
		}
		if err == nil {
			_, _ = n.Normalized()
		}
	})
}

// FuzzCheck wants a schema to be compatible with itself, read once or twice, and a comparison to be no matter of the
// direction's words.
func FuzzCheck(f *testing.F) {
	seed(f, func(text string) { f.Add(text, "message M { optional int32 a = 1; }") })
	f.Fuzz(func(t *testing.T, a, b string) {
		first, err := Language{}.Parse(a, schema.ParseOptions{})
		if err != nil {
			return
		}
		again, err := Language{}.Parse(a, schema.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []schema.Schema{first, again} {
			if got := (Language{}).Check(first, other, schema.CheckOptions{}); len(got) > 0 {
				t.Fatalf("%q is incompatible with itself: %q", a, got)
			}
		}
		second, err := Language{}.Parse(b, schema.ParseOptions{References: []schema.Reference{{Name: "a", Text: a}}})
		if err != nil {
			return
		}
		forth := Language{}.Check(first, second, schema.CheckOptions{ReaderIsNew: true})
		if back := (Language{}).Check(first, second, schema.CheckOptions{}); len(back) != len(forth) {
			t.Fatalf("%q and %q: %d differences or %d", a, b, len(forth), len(back))
		}
	})
}
