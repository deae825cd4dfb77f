package jsonschema_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// limitBytes is the size of the largest body that the registry takes by default.
const limitBytes = 10 << 20

// filled repeats a part, joined by commas, up to a number of bytes.
func filled(size int, open, part, end string) string {
	n := (size - len(open) - len(end)) / (len(part) + 1)
	return open + strings.Repeat(part+",", n-1) + part + end
}

// numbered is like filled, with a number in place of each #.
func numbered(open, part, end string, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(part, "#", strconv.Itoa(i))
	}
	return open + strings.Join(parts, ",") + end
}

// bombs are texts that are cheap to write and dear to read or to compare with one another. Their full size is the limit
// of a body or near to a limit of the package; they shrink by a factor.
func bombs(shrink int) map[string][2]string {
	same := func(text string) [2]string { return [2]string{text, text} }
	return map[string][2]string{
		"many schemas":               same(numbered(`{"allOf":[`, `{"a":{}}`, `]}`, 250_000/shrink)),
		"many objects":               same(numbered(`{"definitions":{`, `"#":{"x":0,"y":"a"}`, `}}`, 170_000/shrink)),
		"many properties":            {numbered(`{"properties":{`, `"p#":{"type":"string"}`, `}}`, 200_000/shrink), numbered(`{"properties":{`, `"p#":{"type":"null"}`, `}}`, 200_000/shrink)},
		"many branches":              same(numbered(`{"anyOf":[`, `{"minLength":#}`, `]}`, 250_000/shrink)),
		"many enum values":           {numbered(`{"enum":[`, `#`, `]}`, 500_000/shrink), numbered(`{"enum":[`, `1#`, `]}`, 500_000/shrink)},
		"many references":            same(numbered(`{"$id":"http://e.com/`+strings.Repeat("a/", 900)+`","definitions":{"A":{}},"allOf":[`, `{"$ref":"#/definitions/A?#"}`, `]}`, 100_000/shrink)),
		"many ids":                   same(numbered(`{"$id":"http://e.com/`+strings.Repeat("a/", 900)+`","allOf":[`, `{"$id":"b#/"}`, `]}`, 200_000/shrink)),
		"empty arrays":               same(filled(limitBytes/shrink, `{"enum":[`, `[]`, `]}`)),
		"empty schemas to the limit": same(filled(limitBytes/shrink, `{"allOf":[`, `{}`, `]}`)),
		"equal branches":             same(filled(limitBytes/shrink, `{"anyOf":[`, `{"type":"string"}`, `]}`)),
		"one name":                   same(`{"properties":{"` + strings.Repeat("a", 1<<20) + `":{"type":"string"}}}`),
		"unions":                     {union(10_000/shrink, 0), union(10_000/shrink, 1)},
		"unions of objects":          {numbered(`{"oneOf":[`, `{"properties":{"a#":{"type":"string"}},"additionalProperties":false}`, `]}`, 3000/shrink), numbered(`{"oneOf":[`, `{"properties":{"b#":{"type":"string"}},"additionalProperties":false}`, `]}`, 3000/shrink)},
		"allOf of doubles":           {doubling("allOf", 60, "string"), doubling("allOf", 60, "null")},
		"properties doubled":         {fields(40, "string"), fields(40, "null")},
		"chain of $ref":              {refChain(50_000/shrink, "string"), refChain(50_000/shrink, "null")},
		"pointers into one":          same(numbered(`{"definitions":{"A":{"allOf":[`+strings.Repeat(`{"type":"object"},`, 20_000/shrink)+`{}]}},"allOf":[`, `{"$ref":"#/definitions/A/allOf/#"}`, `]}`, 20_000/shrink)),
		"repeated keys":              same(numbered(`{`, `"k#":1`, `}`, 300_000/shrink)),
		"patterns": {
			numbered(`{"patternProperties":{`, `"^(a|b)*#x{9}":{"type":"string"}`, `}}`, 3000/shrink),
			numbered(`{"properties":{`, `"aaaaaaaaaaaaaaaaaaaaaaaa#":{"type":"string"}`, `}}`, 3000/shrink),
		},
		"backtracking": {
			numbered(`{"patternProperties":{`, `"^(?=(a+)+#$)(a+)+$":{"type":"string"}`, `}}`, 100/shrink),
			numbered(`{"properties":{`, `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!#":{"type":"string"}`, `}}`, 100/shrink),
		},
		"big repetition": {`{"patternProperties":{"((a{1000}){1000}){1000}":{"type":"string"}}}`, `{"properties":{"a":{"type":"string"}}}`},
		"long base":      same(`{"$id":"http://e.com/` + strings.Repeat("a/", 900) + `","allOf":[` + strings.Repeat(`{"$id":"b/"},`, 100_000/shrink) + `{}]}`),
		"exponents":      same(`{"multipleOf":1e2147483647,"enum":[1e-2147483647,1e2147483647]}`),
		"deep":           {strings.Repeat(`{"items":`, 999/shrink) + `{"type":"string"}` + strings.Repeat("}", 999), strings.Repeat(`{"items":`, 999/shrink) + `{"type":"null"}` + strings.Repeat("}", 999)},
		"deep combined":  {strings.Repeat(`{"anyOf":[{"type":"null"},`, 300/shrink) + `{"type":"string"}` + strings.Repeat("]}", 300), strings.Repeat(`{"oneOf":[{"type":"null"},`, 300/shrink) + `{"type":"string"}` + strings.Repeat("]}", 300)},
	}
}

// union has branches that differ in one number.
func union(n, shift int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`{"type":"string","minLength":%d}`, i+shift)
	}
	return `{"oneOf":[` + strings.Join(parts, ",") + `]}`
}

// doubling has definitions that each refer to the next one twice: 2^n paths.
func doubling(keyword string, n int, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{%q:[{"$ref":"#/definitions/d%d"},{"title":"x","allOf":[{"$ref":"#/definitions/d%d"}]}]},`, i, keyword, i+1, i+1)
	}
	return fmt.Sprintf(`{"definitions":{%s"d%d":{"type":%q}},"properties":{"a":{"$ref":"#/definitions/d0"}}}`, b.String(), n, last)
}

// fields is like doubling with properties, whose differences are reported at each path.
func fields(n int, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"properties":{"a":{"$ref":"#/definitions/d%d"},"b":{"$ref":"#/definitions/d%d"}}},`, i, i+1, i+1)
	}
	return fmt.Sprintf(`{"definitions":{%s"d%d":{"type":%q}},"properties":{"a":{"$ref":"#/definitions/d0"}}}`, b.String(), n, last)
}

// refChain has definitions that each refer to the next one.
func refChain(n int, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"items":{"$ref":"#/definitions/d%d"}},`, i, i+1)
	}
	return fmt.Sprintf(`{"definitions":{%s"d%d":{"type":%q}},"items":{"$ref":"#/definitions/d0"}}`, b.String(), n, last)
}

// TestBombs reads and compares each bomb, in both families of dialects. Whether the answer is right doesn't matter
// here; that there is one, does. BenchmarkBombs takes them in full size, which the race detector makes too slow.
func TestBombs(t *testing.T) {
	t.Parallel()
	for name, pair := range bombs(20) {
		for _, dialect := range []string{"", draft2020 + ","} {
			t.Run(name+" "+dialect, func(t *testing.T) {
				t.Parallel()
				explode(pair[0], pair[1], dialect)
			})
		}
	}
}

// explode does all that the registry does with two texts, and tells what it found.
func explode(older, newer, dialect string) (messages []string, refused error) {
	var parsed [2]schema.Schema
	for i, text := range []string{older, newer} {
		s, err := jsonschema.Language{}.Parse("{"+dialect+text[1:], schema.ParseOptions{Strict: true, Limits: schema.Limits{Elements: 250_000}})
		if err != nil {
			return nil, err
		}
		if err := s.Validate(true); err != nil {
			return nil, err
		}
		if s, err = s.Normalized(); err != nil {
			return nil, err
		}
		parsed[i] = s
	}
	return jsonschema.Language{}.Check(parsed[1], parsed[0], schema.CheckOptions{ReaderIsNew: true}), nil
}

// TestBoundedMessages has more differences than anybody wants to read.
func TestBoundedMessages(t *testing.T) {
	t.Parallel()
	messages, refused := explode(fields(40, "string"), fields(40, "null"), "")
	size := len(strings.Join(messages, ""))
	if refused != nil || len(messages) < 1000 || len(messages) > 10_000 || size > 5<<20 {
		t.Errorf("%d messages of %d bytes, %v", len(messages), size, refused)
	}
}

// TestTooComplex gives up on a comparison, which is then incompatible.
func TestTooComplex(t *testing.T) {
	t.Parallel()
	messages, refused := explode(refChain(11_000, "string"), refChain(11_000, "null"), "")
	if refused != nil || len(messages) != 1 || messages[0] != "The schemas are too complex to be compared" {
		t.Errorf("%d messages, %v", len(messages), refused)
	}
}

// TestLargeUnion compares 10,000 branches with the same in another order, and with one branch more.
func TestLargeUnion(t *testing.T) {
	t.Parallel()
	older := parse(t, union(10_000, 0))
	if got := check(older, parse(t, union(10_000, 0)), false); got != "" {
		t.Errorf("with itself: %s", got)
	}
	if got := check(older, parse(t, union(10_001, 0)), false); got != "" {
		t.Errorf("with one branch more: %s", got)
	}
	if got := check(older, parse(t, union(9_999, 0)), false); got != "SUM_TYPE_NARROWED #/" {
		t.Errorf("with one branch less: %s", got)
	}
}

func BenchmarkBombs(b *testing.B) {
	for name, pair := range bombs(1) {
		for _, dialect := range []string{"", draft2020 + ","} {
			b.Run(strings.ReplaceAll(name, " ", "_")+"/"+strconv.FormatBool(dialect != ""), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					explode(pair[0], pair[1], dialect)
				}
			})
		}
	}
}
