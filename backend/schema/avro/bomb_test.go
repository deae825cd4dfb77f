package avro_test

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// These texts are made to be expensive. Whatever is said about them, it must be said soon: go test's own time limit
// stops what blows up.

func TestDeepNesting(t *testing.T) {
	t.Parallel()
	nest := func(depth int) string {
		return strings.Repeat(`{"type":"array","items":`, depth) + `"int"` + strings.Repeat(`}`, depth)
	}
	if got := parse(t, nest(1000)).Canonical(); got != nest(1000) {
		t.Error("1,000 levels must be read and printed")
	}
	for _, text := range []string{
		nest(1001), nest(100_000), strings.Repeat(`[`, 100_000), strings.Repeat(`{"type":`, 100_000),
		strings.Repeat(`{"x":[`, 100_000), `{"type":"int","x":` + strings.Repeat(`[`, 1000) + strings.Repeat(`]`, 1000) + `}`,
	} {
		if _, err := (avro.Language{}).Parse(text, schema.ParseOptions{}); err == nil {
			t.Errorf("%.40s... must be refused", text)
		}
	}
}

// TestDeepChain has records that are flat as written, but each holds the next, and a definition moves to its first use.
func TestDeepChain(t *testing.T) {
	t.Parallel()
	if _, err := (avro.Language{}).Parse(chain(5_000, false), schema.ParseOptions{Strict: true}); err == nil {
		t.Error("a text that prints too deep to be read again must be refused")
	}
	s := parse(t, chain(5_000, true))
	if got := (avro.Language{}).Check(s, parse(t, chain(5_000, true)), schema.CheckOptions{}); len(got) != 0 {
		t.Errorf("a long chain must read itself, got %.200q", got)
	}
	if !s.Equal(parse(t, chain(5_000, true))) {
		t.Error("a long chain must be equal to itself")
	}
}

// chain makes n records, each with a field of the next. Backwards, each is defined after the one that it holds, so that
// the print is flat.
func chain(n int, backwards bool) string {
	texts := make([]string, 0, n)
	for i := range n {
		place, next := i, fmt.Sprintf("C%d", i+1)
		if backwards {
			place = n - 1 - i
			next = fmt.Sprintf("C%d", place+1)
		}
		if place == n-1 {
			next = "int"
		}
		texts = append(texts, fmt.Sprintf(`{"type":"record","name":"C%d","fields":[{"name":"f","type":%q}]}`, place, next))
	}
	if !backwards {
		return `[` + strings.Join(texts, ",") + `]`
	}
	return record(`{"name":"all","type":[` + strings.Join(texts, ",") + `]},{"name":"first","type":"C0"}`)
}

// TestDiamonds has types that each use the next one twice.
func TestDiamonds(t *testing.T) {
	t.Parallel()
	diamond := func(last, fallback string) schema.Schema {
		text := `"` + last + `"`
		for i := range 60 {
			name := fmt.Sprintf("D%d", i)
			text = `{"type":"record","name":"` + name + `","fields":[{"name":"a","type":` + text + fallback + `},` +
				`{"name":"b","type":` + lastName(i, last) + fallback + `}]}`
		}
		s, err := avro.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b := diamond("int", ``), diamond("int", ``)
	if !a.Equal(b) || len(avro.Language{}.Check(a, b, schema.CheckOptions{})) != 0 {
		t.Error("must be equal and compatible")
	}
	// Each difference is told again wherever its pair is met: 2^60 messages, had the list no end.
	got := avro.Language{}.Check(a, diamond("null", ``), schema.CheckOptions{})
	if len(got) == 0 || len(got) > 10_000 {
		t.Errorf("got %d messages", len(got))
	}
	if _, err := a.Normalized(); err != nil {
		t.Error(err)
	}
}

func lastName(i int, last string) string {
	if i == 0 {
		return `"` + last + `"`
	}
	return fmt.Sprintf(`"D%d"`, i-1)
}

// TestExpensiveDefaults has defaults that ask for the defaults of fields, again and again.
func TestExpensiveDefaults(t *testing.T) {
	t.Parallel()
	text := `{"type":"record","name":"D0","fields":[]}`
	for i := 1; i < 60; i++ {
		text = fmt.Sprintf(`{"type":"record","name":"D%d","fields":[{"name":"a","type":%s,"default":{}},`+
			`{"name":"b","type":"D%d","default":{}}]}`, i, text, i-1)
	}
	parse(t, text)
}

// A type with very many aliases isn't compared with very many others.
func TestManyAliases(t *testing.T) {
	t.Parallel()
	read := func(text string) schema.Schema {
		s, err := avro.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	branches := func(n int, part string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = strings.ReplaceAll(part, "#", fmt.Sprint(i))
		}
		return `[` + strings.Join(parts, `,`) + `]`
	}
	aliased := func(n int) schema.Schema {
		return read(`[{"type":"record","name":"Z","fields":[],"aliases":` + branches(n, `"r.R#"`) + `}]`)
	}
	others := read(branches(10_000, `{"type":"record","name":"s.R#","fields":[]}`))
	for _, c := range []struct {
		aliases int
		tooMany bool
	}{{10, false}, {60_000, true}} {
		got := avro.Language{}.Check(aliased(c.aliases), others, schema.CheckOptions{})
		if tooMany := len(got) == 1 && strings.Contains(got[0], "too large"); len(got) == 0 || tooMany != c.tooMany {
			t.Errorf("%d aliases: %d messages, %.200q", c.aliases, len(got), got[:min(len(got), 1)])
		}
	}
}

// TestCircles has circles of different lengths: the pairs of their types are as many as the product.
func TestCircles(t *testing.T) {
	t.Parallel()
	circle := func(n int) schema.Schema {
		var texts []string
		for i := n - 1; i >= 0; i-- {
			texts = append(texts, fmt.Sprintf(`{"type":"record","name":"C","namespace":"n%d","fields":[{"name":"f","type":["null","n%d.C"]}]}`,
				i, (i+1)%n))
		}
		s, err := avro.Language{}.Parse(`[`+strings.Join(texts, ",")+`]`, schema.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	got := avro.Language{}.Check(circle(200), circle(199), schema.CheckOptions{})
	if len(got) != 1 || !strings.HasPrefix(got[0], "Unexpected exception during compatibility check: ") {
		t.Errorf("a comparison without end in sight must be told as one message, got %.200q", got)
	}
}

// TestManyPairs has unions of all the types of a schema in each of them.
func TestManyPairs(t *testing.T) {
	t.Parallel()
	every := func(prefix string) string {
		var names, texts []string
		for i := range 200 {
			names = append(names, fmt.Sprintf(`"%s%d"`, prefix, i))
		}
		for i := range 200 {
			texts = append(texts, fmt.Sprintf(`{"type":"record","name":"%s%d","fields":[{"name":"f","type":[%s]}]}`,
				prefix, i, strings.Join(names[:i], ",")))
		}
		return `[` + strings.Join(texts, ",") + `]`
	}
	got := avro.Language{}.Check(parse(t, every("A")), parse(t, every("B")), schema.CheckOptions{})
	if len(got) != 1 || !strings.HasPrefix(got[0], "Unexpected exception during compatibility check: ") {
		t.Errorf("a comparison of too many pairs must be told as one message, got %d: %.200q", len(got), got)
	}
}

func TestMutualRecursion(t *testing.T) {
	t.Parallel()
	text := func(typ string) string {
		return record(`{"name":"a","type":{"type":"record","name":"S","fields":[{"name":"r","type":["null","R"]},{"name":"t","type":"T"}]}},` +
			`{"name":"b","type":["null",{"type":"record","name":"T","fields":[{"name":"s","type":["null","S"]},{"name":"x","type":` + typ + `}]}]}`)
	}
	a, b := parse(t, text(`"int"`)), parse(t, text(`"int"`))
	if !a.Equal(b) || len(avro.Language{}.Check(a, b, schema.CheckOptions{})) != 0 {
		t.Error("must be equal and compatible")
	}
	if c := parse(t, text(`"string"`)); a.Equal(c) || len(avro.Language{}.Check(a, c, schema.CheckOptions{})) == 0 {
		t.Error("must be told apart")
	}
}

func TestHugeUnion(t *testing.T) {
	t.Parallel()
	var branches []string
	for i := range 10_000 {
		branches = append(branches, fmt.Sprintf(`{"type":"record","name":"B%d","fields":[{"name":"f","type":"int"}]}`, i))
	}
	text := `[` + strings.Join(branches, ",") + `]`
	a, b := parse(t, text), parse(t, text)
	if a.Canonical() != text || !a.Equal(b) {
		t.Error("must print as it is and be equal to itself")
	}
	if got := (avro.Language{}).Check(a, b, schema.CheckOptions{}); len(got) != 0 {
		t.Errorf("must read itself, got %.200q", got)
	}
}

func TestHugeNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 1<<20)
	var fields []string
	for i := range 1000 {
		fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":{"type":"fixed","name":"F%d","size":1,"aliases":["A","b.A"]}}`, i, i))
	}
	text := `{"type":"record","name":"` + long + `","namespace":"` + long + `","fields":[` + strings.Join(fields, ",") + `]}`
	s := parse(t, text)
	if s.Canonical() != text {
		t.Error("must print as it is")
	}
	if !s.Equal(parse(t, text)) || len(avro.Language{}.Check(s, parse(t, text), schema.CheckOptions{})) != 0 {
		t.Error("must be equal to itself and read itself")
	}
	n, err := s.Normalized()
	if err != nil || len(n.Canonical()) != len(text) {
		t.Errorf("normalising: %v", err)
	}
}
