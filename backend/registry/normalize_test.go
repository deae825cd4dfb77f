package registry

import (
	"slices"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// What normalize asks for, in the request or by a config, is what is stored, found and compared.
func TestNormalize(t *testing.T) {
	t.Parallel()
	on := true
	config := func(subject string) func(*testing.T, caller) {
		return func(t *testing.T, r caller) {
			t.Helper()
			r.config(t, subject, wire.ConfigUpdate{Normalize: wire.Patch[*bool]{Set: true, Value: &on}})
		}
	}
	for _, by := range []struct {
		name    string
		config  func(*testing.T, caller)
		request bool
	}{
		{"the request", func(*testing.T, caller) {}, true},
		{"the config of the subject", config("s"), false},
		{"the config of the context", config(""), false},
		{"the global config", config(":.__GLOBAL:"), false},
	} {
		for _, c := range []struct{ language, text, normal string }{
			{
				"AVRO", `{"type":"record","name":"a.R","fields":[{"name":"f","type":"double","default":1}],"b":1,"a":2}`,
				`{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":"double","default":1.0}],"a":2,"b":1}`,
			},
			{"JSON", `{"type":"object","properties":{"b":{},"a":{}}}`, `{"properties":{"a":{},"b":{}},"type":"object"}`},
			{
				"PROTOBUF", "syntax = \"proto3\";\nmessage M { M b = 2; int32 a = 1; }",
				"syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n  .M b = 2;\n}\n",
			},
		} {
			t.Run(by.name+"/"+c.language, func(t *testing.T) {
				t.Parallel()
				r := newCaller(Options{})
				by.config(t, r)
				in := input(c.language, c.text)
				register := func(in wire.SchemaInput) wire.Schema {
					out, _, err := r.Register(t.Context(), backend.Register{Target: r.target("s"), Input: in, Normalize: by.request})
					if err != nil {
						t.Fatal(err)
					}
					return out
				}
				first := register(in)
				if first.Text != c.normal {
					t.Errorf("stored\n%s, want\n%s", first.Text, c.normal)
				}
				if again := register(input(c.language, c.normal)); again.ID != first.ID {
					t.Errorf("the normalised text has ID %d, not %d", again.ID, first.ID)
				}
				found, _, err := r.Lookup(t.Context(), backend.Lookup{Target: r.target("s"), Input: in, Normalize: by.request})
				if err != nil || found.ID != first.ID {
					t.Errorf("looked up: %d, %v", found.ID, err)
				}
				out, err := r.Check(t.Context(), backend.Check{Target: r.target("s"), Input: in, Normalize: by.request})
				if err != nil || !out.Compatible {
					t.Errorf("checked: %t, %v", out.Compatible, err)
				}
			})
		}
	}
}

// Normalising sorts references and drops repeated ones; without it they stay as they were sent.
func TestNormalizedReferences(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		for _, c := range []struct {
			normalize bool
			want      []string
		}{{false, []string{"B", "A", "B"}}, {true, []string{"A", "B"}}} {
			r := newCaller(Options{})
			for _, name := range []string{"A", "B"} {
				r.mustRegister(t, name, d.using(name))
			}
			in := d.using("M", "B", "A")
			in.References = append(in.References, in.References[0])
			out, _, err := r.Register(t.Context(), backend.Register{Target: r.target("s"), Input: in, Normalize: c.normalize})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ref := range out.References {
				got = append(got, ref.Subject)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, normalize=%t: %q, want %q", d.language.Name(), c.normalize, got, c.want)
			}
		}
	}
}
