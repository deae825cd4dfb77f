package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/jsonschema"
)

// properties is an object with n properties of several kinds; extra ones make it longer.
func properties(n, extra int) string {
	parts := make([]string, n+extra)
	for i := range parts {
		switch i % 4 {
		case 0:
			parts[i] = fmt.Sprintf(`"name_%d":{"type":"string","minLength":1,"maxLength":%d}`, i, i+1)
		case 1:
			parts[i] = fmt.Sprintf(`"count_%d":{"type":["integer","null"],"minimum":0}`, i)
		case 2:
			parts[i] = fmt.Sprintf(`"list_%d":{"type":"array","items":{"$ref":"#/definitions/item"}}`, i)
		default:
			parts[i] = fmt.Sprintf(`"kind_%d":{"enum":["a","b","c"],"description":"what it is"}`, i)
		}
	}
	return `{"type":"object","additionalProperties":false,"definitions":{"item":{"type":"object","properties":{"id":{"type":"string"}}}},"properties":{` +
		strings.Join(parts, ",") + `}}`
}

// BenchmarkRegister reads, validates and normalises a schema of 500 properties.
func BenchmarkRegister(b *testing.B) {
	text := properties(500, 0)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{Strict: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Validate(false); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Normalized(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck compares two schemas of 500 properties: cold from their texts, warm from what was read before.
func BenchmarkCheck(b *testing.B) {
	older, newer := properties(500, 0), properties(500, 1)
	read := func(text string) schema.Schema {
		s, err := jsonschema.Language{}.Parse(text, schema.ParseOptions{})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	check := func(b *testing.B, o, n schema.Schema) {
		b.Helper()
		if found := (jsonschema.Language{}).Check(n, o, schema.CheckOptions{ReaderIsNew: true}); len(found) != 0 {
			b.Fatal(found)
		}
	}
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			check(b, read(older), read(newer))
		}
	})
	b.Run("warm", func(b *testing.B) {
		o, n := read(older), read(newer)
		b.ReportAllocs()
		for b.Loop() {
			check(b, o, n)
		}
	})
}
