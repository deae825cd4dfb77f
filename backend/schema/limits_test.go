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
		{"AVRO, elements by default", avro.Language{}, avroSymbols, schema.Limits{}, 240_000, 250_000},
		{"JSON, depth", jsonschema.Language{}, jsonItems, deep, 50, 51},
		{"JSON, depth by default", jsonschema.Language{}, jsonItems, schema.Limits{}, 1000, 1001},
		{"JSON, the greatest depth", jsonschema.Language{}, jsonItems, schema.Limits{Depth: 1 << 30}, 2000, 20_000},
		{"JSON, elements", jsonschema.Language{}, jsonEnum, many, 48, 49},
		{"JSON, elements by default", jsonschema.Language{}, jsonEnum, schema.Limits{}, 240_000, 250_000},
		{"PROTOBUF, depth", protobuf.Language{}, messages, deep, 50, 51},
		{"PROTOBUF, depth by default", protobuf.Language{}, messages, schema.Limits{}, 1000, 1001},
		{"PROTOBUF, the greatest depth", protobuf.Language{}, messages, schema.Limits{Depth: 1 << 30}, 2000, 20_000},
		{"PROTOBUF, elements", protobuf.Language{}, constants, many, 49, 51},
		{"PROTOBUF, elements by default", protobuf.Language{}, constants, schema.Limits{}, 240_000, 250_001},
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
