package registry

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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

// pair is two texts that a registry was seen to compare.
type pair struct {
	SchemaType string `json:"schemaType"`
	Old        string `json:"old"`
	New        string `json:"new"`
}

func pairs(t testing.TB) []pair {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", "pairs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
		var p pair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// TestLevels holds what the levels promise of each other, for each recorded pair and the other way round.
func TestLevels(t *testing.T) {
	t.Parallel()
	known := pairs(t)
	if len(known) < 40 {
		t.Fatalf("only %d pairs", len(known))
	}
	compatible := 0
	for _, p := range known {
		for _, p := range []pair{p, {p.SchemaType, p.New, p.Old}} {
			backward, ok := p.holdLevels(t)
			if !ok {
				t.Errorf("%s: %s isn't registered", p.SchemaType, p.Old)
			}
			if backward {
				compatible++
			}
		}
	}
	if compatible == 0 || compatible == 2*len(known) {
		t.Errorf("%d of %d pairs are compatible: they test nothing", compatible, 2*len(known))
	}
}

// FuzzLevels holds what the levels promise of each other for any two texts.
func FuzzLevels(f *testing.F) {
	languages := []string{"AVRO", "JSON", "PROTOBUF"}
	for _, p := range pairs(f) {
		f.Add(byte(slices.Index(languages, p.SchemaType)), p.Old, p.New)
	}
	f.Fuzz(func(t *testing.T, language byte, older, newer string) {
		pair{languages[int(language)%len(languages)], older, newer}.holdLevels(t)
	})
}

// holdLevels fails unless FULL is BACKWARD and FORWARD, NONE compares nothing, and the old schema is compatible with itself.
// ok tells whether the old one could be registered; backward whether the new one can follow it by BACKWARD.
func (p pair) holdLevels(t *testing.T) (backward, ok bool) {
	t.Helper()
	l := &counting{}
	switch p.SchemaType {
	case "AVRO":
		l.Language = avro.Language{}
	case "JSON":
		l.Language = jsonschema.Language{}
	case "PROTOBUF":
		l.Language = protobuf.Language{}
	default:
		t.Fatalf("language %q", p.SchemaType)
	}
	r := newCaller(Options{Languages: []schema.Language{l}})
	if _, err := r.register(t, "s", input(p.SchemaType, p.Old)); err != nil {
		return false, false
	}
	verdict := func(text, level string) bool {
		r.level(t, "s", level)
		out, err := r.Check(t.Context(), backend.Check{Target: r.target("s"), Input: input(p.SchemaType, text)})
		if code, _ := refusalOf(err); err != nil && code != wire.CodeInvalidSchema {
			t.Fatalf("%s: %v", level, err)
		}
		return out.Compatible
	}
	backward = verdict(p.New, levelBackward)
	forward := verdict(p.New, levelForward)
	if full := verdict(p.New, levelFull); full != (backward && forward) {
		t.Errorf("%s and %s: BACKWARD %t, FORWARD %t, FULL %t", p.Old, p.New, backward, forward, full)
	}
	for level, want := range map[string]bool{
		levelBackwardTransitive: backward, levelForwardTransitive: forward, levelFullTransitive: backward && forward,
	} {
		if got := verdict(p.New, level); got != want {
			t.Errorf("%s and %s: %s %t after one version, want %t", p.Old, p.New, level, got, want)
		}
	}
	l.reset()
	verdict(p.New, levelNone)
	if _, checks := l.reset(); checks != 0 {
		t.Errorf("NONE compares %d times", checks)
	}
	// A field whose alias is another field reads two fields, even of its own schema.
	if !verdict(p.Old, levelFull) && !(p.SchemaType == "AVRO" && strings.Contains(p.Old, "aliases")) {
		t.Errorf("%s can't follow itself", p.Old)
	}
	return backward, true
}
