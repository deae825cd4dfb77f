package schema_test

import (
	"strconv"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
	"schemaside/backend/schema/jsonschema"
	"schemaside/backend/schema/protobuf"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	avroArrays := func(depth int) string {
		return strings.Repeat(`{"type":"array","items":`, depth) + `"int"` + strings.Repeat(`}`, depth)
	}
	avroSymbols := func(n int) string {
		return `{"type":"enum","name":"E","symbols":["A` + strings.Join(numbers(n), `","A`) + `"]}`
	}
	jsonItems := func(depth int) string {
		return strings.Repeat(`{"items":`, depth) + `true` + strings.Repeat(`}`, depth)
	}
	jsonEnum := func(n int) string { return `{"enum":[` + strings.Join(numbers(n), `,`) + `]}` }
	messages := func(depth int) string { return strings.Repeat(`message M{`, depth) + strings.Repeat(`}`, depth) }
	constants := func(n int) string { return `enum E { A` + strings.Join(numbers(n), `=1; A`) + `=1; }` }
	deep := schema.Limits{Depth: 50}
	many := schema.Limits{Elements: 50}
	for _, c := range []struct {
		name     string
		language schema.Language
		text     func(n int) string
		limits   schema.Limits
		fits     int
		not      int
	}{
		{"AVRO, depth", avro.Language{}, avroArrays, deep, 50, 51},
		{"AVRO, depth by default", avro.Language{}, avroArrays, schema.Limits{}, 1000, 1001},
		{"AVRO, the greatest depth", avro.Language{}, avroArrays, schema.Limits{Depth: 1 << 30}, 2000, 20_000},
		{"AVRO, elements", avro.Language{}, avroSymbols, many, 46, 47},
		{"AVRO, elements by default", avro.Language{}, avroSymbols, schema.Limits{}, 96_000, 100_000},
		{"JSON, depth", jsonschema.Language{}, jsonItems, deep, 50, 51},
		{"JSON, depth by default", jsonschema.Language{}, jsonItems, schema.Limits{}, 1000, 1001},
		{"JSON, the greatest depth", jsonschema.Language{}, jsonItems, schema.Limits{Depth: 1 << 30}, 2000, 20_000},
		{"JSON, elements", jsonschema.Language{}, jsonEnum, many, 48, 49},
		{"JSON, elements by default", jsonschema.Language{}, jsonEnum, schema.Limits{}, 96_000, 100_000},
		{"PROTOBUF, depth", protobuf.Language{}, messages, deep, 50, 51},
		{"PROTOBUF, depth by default", protobuf.Language{}, messages, schema.Limits{}, 1000, 1001},
		{"PROTOBUF, the greatest depth", protobuf.Language{}, messages, schema.Limits{Depth: 1 << 30}, 2000, 20_000},
		{"PROTOBUF, elements", protobuf.Language{}, constants, many, 49, 51},
		{"PROTOBUF, elements by default", protobuf.Language{}, constants, schema.Limits{}, 96_000, 100_001},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := c.language.Parse(c.text(c.fits), schema.ParseOptions{Limits: c.limits}); err != nil {
				t.Errorf("%d: %v", c.fits, err)
			}
			if _, err := c.language.Parse(c.text(c.not), schema.ParseOptions{Limits: c.limits}); err == nil {
				t.Errorf("%d is accepted", c.not)
			}
		})
	}
}

// TestSteps has work bounded that elements don't tell: n values of defaults, names to resolve, URIs. A bomb of each language
// that has few elements and asks for more than there is by default is refused.
func TestSteps(t *testing.T) {
	t.Parallel()
	few := schema.Limits{Steps: 200}
	ints := func(n int) string {
		return `{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"array","items":"int"},"default":[` + strings.Join(numbers(n), `,`) + `]}]}`
	}
	// Each value suits the last branch only.
	branches := func(n int) string {
		records := `{"type":"record","name":"B` + strings.Join(numbers(2000), `","fields":[{"name":"a","type":"int"}]},{"type":"record","name":"B`) + `","fields":[]}`
		return `{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"array","items":[` + records + `]},"default":[{}` + strings.Repeat(`,{}`, n-1) + `]}]}`
	}
	refs := func(n int) string {
		return `{"definitions":{"A":{}},"allOf":[` + strings.Repeat(`{"$ref":"#/definitions/A"},`, n) + `{}]}`
	}
	ids := func(n int) string {
		return `{"$id":"http://e.com/` + strings.Repeat("a/", 900) + `","allOf":[{"$id":"b` + strings.Join(numbers(n), `/"},{"$id":"b`) + `/"}]}`
	}
	fields := func(n int) string {
		return `syntax = "proto3"; message M { M a` + strings.Join(numbers(n), ` = 1; M a`) + ` = 1; }`
	}
	// Each name is looked for in all messages around.
	scopes := func(n int) string {
		return `syntax = "proto3"; message Z {}` + strings.Repeat(`message M{`, 900) + `Z a` + strings.Join(numbers(n), ` = 1; Z a`) + ` = 1;` + strings.Repeat(`}`, 900)
	}
	for _, c := range []struct {
		name     string
		language schema.Language
		text     func(n int) string
		limits   schema.Limits
		fits     int
		not      int
	}{
		{"AVRO", avro.Language{}, ints, few, 190, 200},
		{"AVRO by default", avro.Language{}, branches, schema.Limits{}, 100, 5000},
		{"JSON", jsonschema.Language{}, refs, few, 100, 200},
		{"JSON by default", jsonschema.Language{}, ids, schema.Limits{}, 1000, 10_000},
		{"PROTOBUF", protobuf.Language{}, fields, few, 20, 200},
		{"PROTOBUF by default", protobuf.Language{}, scopes, schema.Limits{}, 100, 20_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			read := func(n int) error {
				s, err := c.language.Parse(c.text(n), schema.ParseOptions{Strict: true, Limits: c.limits})
				if err == nil {
					err = s.Validate(false)
				}
				return err
			}
			if err := read(c.fits); err != nil {
				t.Errorf("%d: %v", c.fits, err)
			}
			if err := read(c.not); err == nil {
				t.Errorf("%d is accepted", c.not)
			}
		})
	}
}

// TestLimitsOfReferences has the limits hold for the texts that are referred to.
func TestLimitsOfReferences(t *testing.T) {
	t.Parallel()
	limits := schema.Limits{Elements: 50}
	for _, c := range []struct {
		language             schema.Language
		text, small, tooMany string
	}{
		{avro.Language{}, `"E"`, `{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"enum","name":"E","symbols":["A` + strings.Join(numbers(60), `","A`) + `"]}`},
		{jsonschema.Language{}, `{"$ref":"E"}`, `{"enum":[1]}`, `{"enum":[` + strings.Join(numbers(60), `,`) + `]}`},
		{protobuf.Language{}, `message M {}`, `enum E { A = 0; }`, `enum E { A` + strings.Join(numbers(60), `=1; A`) + `=1; }`},
	} {
		read := func(reference string) error {
			s, err := c.language.Parse(c.text, schema.ParseOptions{References: []schema.Reference{{Name: "E", Text: reference}}, Limits: limits})
			if err == nil {
				err = s.Validate(false)
			}
			return err
		}
		if err := read(c.small); err != nil {
			t.Errorf("%s: %v", c.language.Name(), err)
		}
		if err := read(c.tooMany); err == nil {
			t.Errorf("%s: a large reference is accepted", c.language.Name())
		}
	}
}

// numbers are n numbers from 0, as texts.
func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}
