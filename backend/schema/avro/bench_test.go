package avro_test

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
	"schemaside/backend/schema/avro"
)

// wideRecord has n fields of the usual types.
func wideRecord(n int) string {
	fields := make([]string, 0, n)
	types := []string{
		`"string"`, `["null","long"],"default":null`, `{"type":"array","items":"int"}`, `{"type":"long","logicalType":"timestamp-millis"}`,
		`"double","default":1.5,"doc":"a number"`,
	}
	for i := range n {
		fields = append(fields, fmt.Sprintf(`{"name":"field_%d","type":%s}`, i, types[i%len(types)]))
	}
	return `{"type":"record","name":"Wide","namespace":"com.example","fields":[` + strings.Join(fields, ",") + `]}`
}

func BenchmarkParse(b *testing.B) {
	text := wideRecord(200)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := (avro.Language{}).Parse(text, schema.ParseOptions{Strict: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalized(b *testing.B) {
	s, err := avro.Language{}.Parse(wideRecord(200), schema.ParseOptions{Strict: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Normalized(); err != nil {
			b.Fatal(err)
		}
	}
}

func twoWide(tb testing.TB) (reader, writer schema.Schema) {
	tb.Helper()
	for _, s := range []*schema.Schema{&reader, &writer} {
		var err error
		if *s, err = (avro.Language{}).Parse(wideRecord(200), schema.ParseOptions{}); err != nil {
			tb.Fatal(err)
		}
	}
	return reader, writer
}

func BenchmarkCheck(b *testing.B) {
	reader, writer := twoWide(b)
	b.ReportAllocs()
	for b.Loop() {
		if got := (avro.Language{}).Check(reader, writer, schema.CheckOptions{}); len(got) > 0 {
			b.Fatal(got)
		}
	}
}

// TestCheckAllocations bounds what a comparison costs that finds nothing.
func TestCheckAllocations(t *testing.T) {
	reader, writer := twoWide(t)
	const budget = 3 * 200
	if got := testing.AllocsPerRun(100, func() { avro.Language{}.Check(reader, writer, schema.CheckOptions{}) }); got > budget {
		t.Errorf("%v allocations for 200 fields, want at most %d", got, budget)
	}
}

func BenchmarkEqual(b *testing.B) {
	reader, writer := twoWide(b)
	b.ReportAllocs()
	for b.Loop() {
		if !reader.Equal(writer) {
			b.Fatal("must be equal")
		}
	}
}
