package registry

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
	"schemaside/backend/wire"
)

// A check against the newest version reads each text at most once; the next one reads none.
func TestCheckParsesOnce(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.language.Name(), func(t *testing.T) {
			t.Parallel()
			r, l := d.registry()
			r.level(t, "", levelFullTransitive)
			r.mustRegister(t, "A", d.using("A"))
			r.mustRegister(t, "s", d.using("M", "A"))
			// A registry that starts anew knows no parsed text.
			fresh := caller{Registry: New(r.store, r.o)}
			candidate := d.using("N", "A")
			l.reset()
			fresh.check(t, "s", candidate)
			texts, checks := l.reset()
			if distinct := slices.Compact(slices.Clone(texts)); len(texts) != 2 || len(distinct) != 2 || checks != 2 {
				t.Errorf("the first check read %q and compared %d times", texts, checks)
			}
			fresh.check(t, "s", candidate)
			if texts, checks := l.reset(); len(texts) != 0 || checks != 2 {
				t.Errorf("the second check read %q and compared %d times", texts, checks)
			}
		})
	}
}

// A registration reads a new text once, also where it is normalised; a text that is registered, not at all.
func TestRegisterParsesOnce(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		for _, normalize := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, normalize=%t", d.language.Name(), normalize), func(t *testing.T) {
				t.Parallel()
				r, l := d.registry()
				in := d.using("M")
				for i, want := range []int{1, 0} {
					p := backend.Register{Target: r.target("s"), Input: in, Normalize: normalize}
					if _, _, err := r.Register(t.Context(), p); err != nil {
						t.Fatal(err)
					}
					if texts, _ := l.reset(); len(texts) != want {
						t.Errorf("registration %d read %q", i, texts)
					}
				}
			})
		}
	}
}

// What was let in by wider rules is found again by a registration under narrower ones; a new version is not let in.
func TestRegisterAgainWhatIsNoLongerAllowed(t *testing.T) {
	t.Parallel()
	loose := input("AVRO", `{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}`)
	looser := input("AVRO", `{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"},{"name":"g","type":"int","default":"x"}]}`)
	for _, normalize := range []bool{false, true} {
		r := newCaller(Options{})
		validate := func(on bool) {
			r.config(t, "s", wire.ConfigUpdate{ValidateNewSchemas: wire.Patch[*bool]{Set: true, Value: &on}})
		}
		register := func(in wire.SchemaInput) (wire.Schema, error) {
			out, _, err := r.Register(t.Context(), backend.Register{Target: r.target("s"), Input: in, Normalize: normalize})
			return out, err
		}
		validate(false)
		first, err := register(loose)
		if err != nil {
			t.Fatal(err)
		}
		validate(true)
		if again, err := register(loose); err != nil || again.ID != first.ID {
			t.Errorf("normalize=%t: registered again as %d, %v", normalize, again.ID, err)
		}
		if _, err := register(looser); !isInvalidSchema(err) {
			t.Errorf("normalize=%t: a new text with a bad default: %v", normalize, err)
		}
	}
}

// What refers to another version is another schema, whatever its own text.
func TestParsedWithItsReferences(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	r.level(t, "", levelNone)
	r.mustRegister(t, "A", input("AVRO", avroUsing("A")))
	r.mustRegister(t, "A", input("AVRO", `{"type":"enum","name":"A","symbols":["X"]}`))
	in := input("AVRO", avroUsing("M", "A"), wire.Reference{Name: "A", Subject: "A", Version: 1})
	r.mustRegister(t, "s", in)
	r.level(t, "", levelBackward)
	in.References = []wire.Reference{{Name: "A", Subject: "A", Version: 2}}
	if got := r.check(t, "s", in); len(got) == 0 {
		t.Error("an enum in place of a record is compatible")
	}
}

// heavy is a schema that says how much it weighs.
type heavy struct {
	schema.Schema
	weight int
}

func (h heavy) Weight() int { return h.weight }

func (l heavyLanguage) Parse(text string, _ schema.ParseOptions) (schema.Schema, error) {
	if l.refuses {
		return nil, fmt.Errorf("no %s", text)
	}
	return heavy{weight: l.weight}, nil
}

// heavyLanguage reads every text as a schema of one weight.
type heavyLanguage struct {
	avro.Language
	weight  int
	refuses bool
}

func TestParsedCacheIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		language heavyLanguage
		// kept is how many of 100 texts of 100 bytes are kept.
		kept int
	}{
		{"light", heavyLanguage{}, 100},
		{"heavy", heavyLanguage{weight: parsedBytes / 10}, 9},
		{"too heavy to be kept", heavyLanguage{weight: parsedBytes / 4}, 0},
		{"refused", heavyLanguage{refuses: true}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cache := newParsedCache(schema.Limits{}, nil)
			text := func(i int) string { return fmt.Sprintf("%0100d", i) }
			for i := range 100 {
				_, err := cache.parse(c.language, text(i), schema.ParseOptions{})
				if (err != nil) != c.language.refuses {
					t.Fatal(err)
				}
			}
			if len(cache.byKey) != c.kept || cache.recent.Len() != c.kept || cache.bytes > parsedBytes {
				t.Fatalf("%d are kept, in %d bytes; want %d", len(cache.byKey), cache.bytes, c.kept)
			}
			for i := range 100 {
				key, _ := keyOf(c.language, text(i), schema.ParseOptions{})
				if _, ok := cache.byKey[key]; ok != (i >= 100-c.kept) {
					t.Errorf("text %d is kept: %t", i, ok)
				}
			}
		})
	}
}

// What is used stays, what isn't goes.
func TestParsedCacheKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	cache := newParsedCache(schema.Limits{}, nil)
	language := heavyLanguage{weight: parsedBytes / 10}
	for i := range 100 {
		for _, text := range []string{"used", fmt.Sprint(i)} {
			if _, err := cache.parse(language, text, schema.ParseOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	key, _ := keyOf(language, "used", schema.ParseOptions{})
	if _, kept := cache.get(key); !kept {
		t.Error("it is gone")
	}
}

// TestParsedWeight compares the estimate with the memory that dense texts really take. It runs alone.
func TestParsedWeight(t *testing.T) {
	filled := func(open, part, sep, end string) string {
		return open + strings.Repeat(part+sep, 200_000/len(part+sep)) + part + end
	}
	named := func(open, part, sep, end string, n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = strings.ReplaceAll(part, "#", fmt.Sprint(i))
		}
		return open + strings.Join(parts, sep) + end
	}
	for _, c := range []struct {
		name     string
		language schema.Language
		text     string
	}{
		{"numbers in an attribute", avro.Language{}, filled(`{"type":"int","a":[`, `1`, `,`, `]}`)},
		{"records", avro.Language{}, named(`[`, `{"type":"record","name":"R#","fields":[{"name":"a","type":["null","int"]}]}`, `,`, `]`, 3000)},
		{"numbers", jsonschema.Language{}, filled(`{"enum":[`, `1`, `,`, `]}`)},
		{"schemas", jsonschema.Language{}, filled(`{"allOf":[`, `{"a":{}}`, `,`, `]}`)},
		{"modern schemas", jsonschema.Language{}, filled(`{"$schema":"https://json-schema.org/draft/2020-12/schema","allOf":[`, `{"a":{}}`, `,`, `]}`)},
		{"lists of numbers", protobuf.Language{}, filled(`option a=[`, `1`, `,`, `];`)},
		{"messages", protobuf.Language{}, named(``, `message M#{message M{}}`, ``, ``, 8000)},
		{"a long package", protobuf.Language{}, named(`package `+strings.Repeat("p", 10_000)+`;`, `message M#{}`, ``, ``, 3000)},
		{"a long name", protobuf.Language{}, named(`message `+strings.Repeat("m", 10_000)+`{`, `message M#{}`, ``, `}`, 3000)},
	} {
		before := heap()
		s, err := c.language.Parse(c.text, schema.ParseOptions{Limits: schema.Limits{Elements: 250_000}})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err := s.Validate(false); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		c.language.Check(s, s, schema.CheckOptions{})
		took, estimate := heap()-before, weight(s, len(c.text))
		if took > estimate*5/4 {
			t.Errorf("%s, %s: %d bytes of text take %d, by the estimate %d", c.language.Name(), c.name, len(c.text), took, estimate)
		}
		runtime.KeepAlive(s)
		runtime.KeepAlive(c.text)
	}
}

// heap is the memory in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
