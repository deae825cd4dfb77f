package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"schemaside/backend/registry"
	"schemaside/conformance/testserver"
)

const (
	// bodyLimit is the size of the largest body that a registry takes by default.
	bodyLimit = 10 << 20
	// soon is how long a request may take on a busy machine, with the race detector on; a machine that has nothing else to
	// do wants less than 2 s.
	soon = time.Minute
)

// bomb is a schema that is made to be expensive, and another one that is compared with it: the same if empty.
type bomb struct {
	name, text, other string
}

// repeated repeats a part, joined by sep, with its number in place of each #, up to n times and to what a body holds.
func repeated(n int, open, part, sep, end string) string {
	var b strings.Builder
	b.WriteString(open)
	room := bodyLimit - 1024 - escaped(open+end)
	pieces := strings.Split(part, "#")
	for i := range scaled(n) {
		piece := strings.Join(pieces, strconv.Itoa(i))
		if room -= escaped(piece + sep); room < 0 {
			break
		}
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(piece)
	}
	b.WriteString(end)
	return b.String()
}

// scaled is a size, or a part of it where the race detector makes everything slow.
func scaled(n int) int {
	if raceEnabled && n > 1000 {
		return n / 20
	}
	return n
}

// long is a text, a million times.
func long(text string) string { return strings.Repeat(text, scaled(1<<20)) }

// escaped is the size of a text inside a JSON string.
func escaped(text string) int {
	return len(text) + strings.Count(text, `"`) + strings.Count(text, "\n") + strings.Count(text, `\`)
}

// nested wraps the inner text n times.
func nested(n int, open, inner, end string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
}

// lots is more than any body holds. Numbers of parts are near to schema.Limits.Elements elsewhere.
const lots = 1 << 30

func avroBombs() []bomb {
	name := long("n")
	union := func(part string) string { return repeated(10_000, `[`, part, `,`, `]`) }
	return []bomb{
		{name: "deep arrays", text: nested(100_000, `{"type":"array","items":`, `"int"`, `}`)},
		{name: "deep unions", text: nested(100_000, `[`, `"int"`, `]`)},
		{name: "deep records", text: nested(100_000, `{"type":"record","name":"R","fields":[{"name":"f","type":`, `"int"`, `}]}`)},
		{name: "deep attribute", text: `{"type":"int","a":` + nested(100_000, `[`, ``, `]`) + `}`},
		{name: "deep default", text: `{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":` + nested(100_000, `{"a":`, `1`, `}`) + `}]}`},
		{name: "branches", text: union(`{"type":"record","name":"R#","fields":[{"name":"f","type":"int"}]}`)},
		{
			name:  "branches that differ",
			text:  union(`{"type":"record","name":"R#","fields":[{"name":"f","type":"int"}]}`),
			other: union(`{"type":"record","name":"R#","fields":[{"name":"f","type":"string"}]}`),
		},
		{name: "branches of one last name", text: union(`{"type":"record","name":"n#.R","fields":[{"name":"f","type":["null","int"]}]}`), other: union(`{"type":"record","name":"m#.R","fields":[{"name":"f","type":["null","string"]}]}`)},
		{name: "branches of branches", text: repeated(100, `{"type":"record","name":"S","fields":[`, `{"name":"f#","type":`+repeated(500, `[`, `{"type":"fixed","size":1,"name":"n.X##"}`, `,`, `]`)+`}`, `,`, `]}`)},
		{name: "long name", text: `{"type":"record","name":"` + name + `","fields":[{"name":"` + name + `","type":"int"}]}`},
		{name: "long namespace", text: `{"type":"record","name":"R","namespace":"` + name + `","fields":[` + repeated(10_000, ``, `{"name":"f#","type":{"type":"enum","name":"E#","symbols":["A"]}}`, `,`, `]}`)},
		{name: "long namespace named", text: `{"type":"record","name":"R","namespace":"` + name + `","fields":[` + repeated(20_000, ``, `{"name":"f#","type":["null","R"]}`, `,`, `]}`)},
		{name: "long aliases", text: `{"type":"record","name":"R","namespace":"` + name + `","fields":[],"aliases":[` + repeated(20_000, ``, `"A#"`, `,`, `]}`)},
		{name: "fields", text: repeated(30_000, `{"type":"record","name":"R","fields":[`, `{"name":"f#","type":"int"}`, `,`, `]}`), other: repeated(30_000, `{"type":"record","name":"R","fields":[`, `{"name":"g#","type":"int"}`, `,`, `]}`)},
		{name: "symbols", text: repeated(96_000, `{"type":"enum","name":"E","symbols":[`, `"A#"`, `,`, `]}`), other: repeated(96_000, `{"type":"enum","name":"E","symbols":[`, `"B#"`, `,`, `]}`)},
		{name: "attributes", text: repeated(48_000, `{"type":"int",`, `"a#":[1]`, `,`, `}`)},
		{name: "more attributes than allowed", text: repeated(lots, `{"type":"int",`, `"a#":[1]`, `,`, `}`)},
		{name: "field aliases", text: repeated(96_000, `{"type":"record","name":"R","fields":[{"name":"f","type":"int","aliases":[`, `"a#"`, `,`, `]}]}`)},
		{name: "doubled records", text: doubledRecords(200, `"int"`), other: doubledRecords(200, `"string"`)},
		{name: "doubled defaults", text: doubledDefaults(60)},
		{name: "big numbers", text: `{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":1e` + long("9") + `}]}`},
		{name: "no JSON", text: strings.Repeat(`{`, scaled(bodyLimit)-1024)},
		{name: "comments", text: strings.Repeat(`/**/`, scaled(bodyLimit)/4-1024) + `"int"`},
	}
}

// doubledRecords is a record whose fields both have the type of the next one: 2^n ways lead to the last.
func doubledRecords(n int, last string) string {
	text := last
	for i := range n {
		inner := text
		text = fmt.Sprintf(`{"type":"record","name":"D%d","fields":[{"name":"a","type":%s},{"name":"b","type":%s}]}`, i, inner, lastRecord(i, last))
	}
	return text
}

func lastRecord(i int, last string) string {
	if i == 0 {
		return last
	}
	return fmt.Sprintf(`"D%d"`, i-1)
}

// doubledDefaults is like doubledRecords; each field's default asks for those of the record below.
func doubledDefaults(n int) string {
	text := `{"type":"record","name":"D0","fields":[]}`
	for i := 1; i <= n; i++ {
		text = fmt.Sprintf(`{"type":"record","name":"D%d","fields":[{"name":"a","type":%s,"default":{}},{"name":"b","type":"D%d","default":{}}]}`, i, text, i-1)
	}
	return text
}

func jsonBombs() []bomb {
	name := long("n")
	return []bomb{
		{name: "deep items", text: nested(100_000, `{"items":`, `{}`, `}`)},
		{name: "deep arrays", text: nested(100_000, `[`, ``, `]`)},
		{name: "deep, but allowed", text: nested(490, `{"allOf":[{"type":"object","properties":{"a":`, `{}`, `}}]}`)},
		{name: "branches", text: repeated(10_000, `{"oneOf":[`, `{"type":"string","minLength":#}`, `,`, `]}`), other: repeated(10_000, `{"oneOf":[`, `{"type":"string","minLength":1#}`, `,`, `]}`)},
		{name: "branches of objects", text: repeated(10_000, `{"anyOf":[`, `{"type":"object","properties":{"a#":{"type":"string"}},"additionalProperties":false}`, `,`, `]}`), other: repeated(10_000, `{"anyOf":[`, `{"type":"object","properties":{"b#":{"type":"string"}},"additionalProperties":false}`, `,`, `]}`)},
		{name: "allOf of allOf", text: doubledRefs(200, "allOf", "string"), other: doubledRefs(200, "allOf", "null")},
		{name: "oneOf of oneOf", text: doubledRefs(200, "oneOf", "string"), other: doubledRefs(200, "oneOf", "null")},
		{name: "allOf of allOf, modern", text: modern(doubledRefs(200, "allOf", "string")), other: modern(doubledRefs(200, "allOf", "null"))},
		{name: "$ref to itself", text: `{"$ref":"#"}`},
		{name: "$ref in a ring", text: repeated(45_000, `{"definitions":{"d0":{"$ref":"#/definitions/d1"},`, `"d1#":{"$ref":"#/definitions/d1#"}`, `,`, `},"$ref":"#/definitions/d0"}`)},
		{name: "long name", text: `{"title":"` + name + `","properties":{"` + name + `":{"type":"string"}}}`, other: `{"properties":{"` + name + `":{"type":"null"}}}`},
		{name: "long $id", text: repeated(20_000, `{"$id":"http://e.com/`+name+`/","allOf":[`, `{"$id":"b#/"}`, `,`, `]}`)},
		{name: "long pointers", text: repeated(5000, `{"definitions":{"`+strings.Repeat("d", 1000)+`":{}},"allOf":[`, `{"$ref":"#/definitions/`+strings.Repeat("d", 1000)+`"}`, `,`, `]}`)},
		{name: "$defs beside many keys", text: repeated(38_000, `{"definitions":{"a":{"b":{}}},`, `"k#":1`, `,`, `,`) + repeated(20_000, `"allOf":[`, `{"$ref":"\u0023/$defs/a/b"}`, `,`, `]}`)},
		{name: "properties", text: repeated(48_000, `{"properties":{`, `"p#":{"type":"string"}`, `,`, `}}`), other: repeated(48_000, `{"properties":{`, `"p#":{"type":"null"}`, `,`, `}}`)},
		{name: "backtracking", text: repeated(100, `{"type":"object","patternProperties":{`, `"^(a+)+$#":{"type":"string"}`, `,`, `}}`), other: `{"type":"object","properties":{"` + strings.Repeat("a", 5000) + `!":{"type":"string"}}}`},
		{name: "look-around", text: repeated(100, `{"type":"object","patternProperties":{`, `"^(?=(a+)+#$)(a+)+$":{"type":"string"}`, `,`, `}}`), other: `{"type":"object","properties":{"` + strings.Repeat("a", 5000) + `!":{"type":"string"}}}`},
		{name: "repetitions", text: `{"type":"string","pattern":"((a{1000}){1000}){1000}"}`},
		{name: "long pattern", text: `{"type":"string","pattern":"` + strings.Repeat("(a|b)*", scaled(1<<19)) + `"}`},
		{name: "deep pattern", text: `{"type":"string","pattern":"` + nested(100_000, "(", "a", ")") + `"}`},
		{name: "enum", text: repeated(96_000, `{"enum":[`, `#`, `,`, `]}`), other: repeated(96_000, `{"enum":[`, `1#`, `,`, `]}`)},
		{name: "exponents", text: `{"multipleOf":1e2147483647,"maximum":1e999999999}`},
		{name: "more properties than allowed", text: repeated(lots, `{"properties":{`, `"p#":{"type":"string"}`, `,`, `}}`)},
		{name: "dependencies", text: repeated(48_000, `{"dependencies":{`, `"a#":["b#"]`, `,`, `}}`)},
		{name: "required", text: repeated(96_000, `{"type":"object","required":[`, `"a#"`, `,`, `]}`)},
	}
}

// doubledRefs has definitions that each refer to the next one twice: 2^n ways lead to the last.
func doubledRefs(n int, keyword, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{%q:[{"$ref":"#/definitions/d%d"},{"title":"x",%[2]q:[{"$ref":"#/definitions/d%[3]d"}]}]},`, i, keyword, i+1)
	}
	return fmt.Sprintf(`{"definitions":{%s"d%d":{"type":%q}},"properties":{"a":{"$ref":"#/definitions/d0"}}}`, b.String(), n, last)
}

func modern(text string) string {
	return `{"$schema":"https://json-schema.org/draft/2020-12/schema",` + text[1:]
}

func protoBombs() []bomb {
	name := long("n")
	proto3 := "syntax = \"proto3\";\n"
	return []bomb{
		{name: "deep messages", text: nested(100_000, `message M{`, ``, `}`)},
		{name: "deep maps", text: `message M{` + strings.Repeat(`map<string,`, 100_000)},
		{name: "deep options", text: `option a = ` + long(`{b:`)},
		{name: "deep, but allowed", text: proto3 + nested(900, `message M{`, repeated(5000, ``, `M a#=#;`, ``, ``), `}`)},
		{name: "oneof", text: repeated(10_000, proto3+`message M{oneof o{`, `int32 a#=1#;`, ``, `}}`), other: repeated(10_000, proto3+`message M{oneof o{`, `string a#=2#;`, ``, `}}`)},
		{name: "oneofs", text: repeated(10_000, proto3+`message M{`, `oneof o#{int32 a#=1#;}`, ``, `}`), other: repeated(10_000, proto3+`message M{`, `oneof p#{int32 a#=1#;}`, ``, `}`)},
		{name: "fields", text: repeated(96_000, proto3+`message M{`, `int32 a#=1#;`, ``, `}`), other: proto3 + `message M{}`},
		{name: "messages", text: repeated(30_000, proto3, `message M#{M# a=1;}`, ``, ``), other: repeated(30_000, proto3, `message M1#{M1# a=1;}`, ``, ``)},
		{name: "long name", text: proto3 + `message ` + name + `{` + name + ` ` + name + `=1;}`, other: proto3 + `message M{}`},
		{name: "long package", text: proto3 + `package ` + name + `;` + repeated(30_000, ``, `message M#{M# a=1;}`, ``, ``)},
		{name: "long names nested", text: proto3 + `message ` + name + `{message ` + name + `{` + repeated(30_000, ``, `message M#{}`, ``, `}}`)},
		{name: "parts of names", text: proto3 + `message M{` + long("a.") + `b c=1;}`},
		{name: "doubled messages", text: doubledMessages(60, "int32"), other: doubledMessages(60, "string")},
		{name: "imports", text: repeated(96_000, proto3, `import "a#.proto";`, ``, ``)},
		{name: "more fields than allowed", text: repeated(lots, proto3+`message M{`, `int32 a#=1#;`, ``, `}`)},
		{name: "reserved", text: repeated(96_000, `message M{`, `reserved #;`, ``, `}`)},
		{name: "strings", text: `option a = ` + long(`''`) + `;`},
		{name: "base64", text: long(`EgAA`)},
		{name: "number", text: `option a = ` + long(`7`) + `;`},
	}
}

// doubledMessages has messages whose fields both have the type of the next one.
func doubledMessages(n int, last string) string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\n")
	for i := range n {
		fmt.Fprintf(&b, "message D%d { D%d a = 1; D%[2]d b = 2; }\n", i, i+1)
	}
	fmt.Fprintf(&b, "message D%d { %s a = 1; }\n", n, last)
	return b.String()
}

// TestBombs sends every bomb through a whole registry: it is registered, looked up, compared, read in every format. It may
// be accepted or refused, but soon, and never with the excuse that something went wrong inside.
func TestBombs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language string
		bombs    []bomb
	}{{"AVRO", avroBombs()}, {"JSON", jsonBombs()}, {"PROTOBUF", protoBombs()}} {
		for _, b := range c.bombs {
			t.Run(c.language+"/"+b.name, func(t *testing.T) {
				t.Parallel()
				// Without a cache, no request fails because the machine is too busy to fill it in time.
				s := testserver.Start(t, testserver.Options{NoCache: true, Registry: registry.Options{Deadline: soon}})
				b.explode(t, s.URL, c.language)
			})
		}
	}
}

func (b bomb) explode(t *testing.T, url, language string) {
	t.Helper()
	send := func(method, path, text string) {
		t.Helper()
		var body []byte
		if text != "" {
			body = schemaBody(t, language, text)
		}
		start := time.Now()
		if status, answer := ask(t, method, url+path, body); status >= 500 {
			t.Errorf("%s %s: %d %.300s", method, path, status, answer)
		}
		t.Logf("%s %s: %s", method, path, time.Since(start).Round(time.Millisecond))
	}
	other := b.other
	if other == "" {
		other = b.text
	}
	send(http.MethodPost, "/subjects/s/versions", b.text)
	send(http.MethodPost, "/subjects/s?normalize=true", b.text)
	send(http.MethodPost, "/compatibility/subjects/s/versions?verbose=true&normalize=true", other)
	send(http.MethodPost, "/subjects/t/versions?normalize=true", other)
	for _, format := range []string{"resolved", "serialized", "ignore_extensions"} {
		send(http.MethodGet, "/subjects/s/versions/1?format="+format, "")
	}
}

func schemaBody(t *testing.T, language, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]string{"schemaType": language, "schema": text}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > bodyLimit {
		t.Fatalf("the body has %d bytes", b.Len())
	}
	return b.Bytes()
}

// ask sends one request, which must be answered soon.
func ask(t *testing.T, method, url string, body []byte) (status int, answer []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// TestManyReferences has as many references as a body holds.
func TestManyReferences(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	for _, language := range []string{"AVRO", "JSON", "PROTOBUF"} {
		body := repeated(lots, `{"schemaType":"`+language+`","schema":"{}","references":[`, `{"name":"n#","subject":"s#","version":1}`, `,`, `]}`)
		if status, answer := ask(t, http.MethodPost, s.URL+"/subjects/s/versions", []byte(body)); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %.300s", language, status, answer)
		}
	}
}
