package registry

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// sample is a schema of the size of a large real one: version 1, and what is checked against it.
type sample struct {
	name     string
	old, new wire.SchemaInput
}

func samples() []sample {
	return []sample{
		{"avro-200-fields", input("AVRO", wideRecord(200)), input("AVRO", wideRecord(201))},
		{"protobuf-100-messages", input("PROTOBUF", messagesFile(100)), input("PROTOBUF", messagesFile(101))},
		{"json-500-properties", input("JSON", wideObject(500)), input("JSON", wideObject(501))},
	}
}

func wideRecord(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"record","name":"Order","namespace":"com.acme","fields":[`)
	for i := range n {
		types := []string{`"string"`, `["null","long"]`, `{"type":"array","items":"double"}`, `{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`}
		fallbacks := []string{`"x"`, `null`, `[]`, `""`}
		fmt.Fprintf(&b, `{"name":"field_%d","type":%s,"default":%s,"doc":"What field %d is about."},`, i, types[i%4], fallbacks[i%4], i)
	}
	return strings.TrimSuffix(b.String(), ",") + `]}`
}

func messagesFile(n int) string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\npackage com.acme;\nimport \"google/protobuf/timestamp.proto\";\n")
	for i := range n {
		fmt.Fprintf(&b, "message Event%d {\n  string id = 1;\n  int64 count = 2;\n  google.protobuf.Timestamp at = 3;\n  Event%d cause = 4;\n", i, i/2)
		b.WriteString("  map<string, string> labels = 5;\n  oneof outcome {\n    string done = 6;\n    string failed = 7;\n  }\n}\n")
	}
	return b.String()
}

func wideObject(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"object","title":"Order","additionalProperties":false,"properties":{`)
	for i := range n {
		types := []string{`{"type":"string","maxLength":80}`, `{"type":["integer","null"]}`, `{"type":"array","items":{"type":"number"}}`, `{"enum":["a","b"]}`}
		fmt.Fprintf(&b, `"property_%d":%s,`, i, types[i%4])
	}
	return strings.TrimSuffix(b.String(), ",") + `}}`
}

// TestSamples has the benchmarks measure what they say: each new schema may follow its old one.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		r := newCaller(Options{})
		r.mustRegister(t, "s", s.old)
		if got := r.check(t, "s", s.new); len(got) != 0 {
			t.Errorf("%s: %.300q", s.name, got)
		}
		if out := r.mustRegister(t, "s", s.new); out.Version != 2 {
			t.Errorf("%s: version %d", s.name, out.Version)
		}
	}
}

func BenchmarkRegister(b *testing.B) {
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newCaller(Options{}).mustRegister(b, "s", s.old)
			}
		})
	}
}

// BenchmarkCheckCold checks with a registry that has read neither text before.
func BenchmarkCheckCold(b *testing.B) {
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			r := newCaller(Options{})
			r.mustRegister(b, "s", s.old)
			b.ReportAllocs()
			for b.Loop() {
				caller{Registry: New(r.store, r.o)}.mustPass(b, s)
			}
		})
	}
}

// BenchmarkCheckWarm checks what was checked before.
func BenchmarkCheckWarm(b *testing.B) {
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			r := newCaller(Options{})
			r.mustRegister(b, "s", s.old)
			r.mustPass(b, s)
			b.ReportAllocs()
			for b.Loop() {
				r.mustPass(b, s)
			}
		})
	}
}

func (c caller) mustPass(b *testing.B, s sample) {
	b.Helper()
	out, err := c.Check(b.Context(), backend.Check{Target: c.target("s"), Input: s.new})
	if err != nil || !out.Compatible {
		b.Fatalf("%t, %v", out.Compatible, err)
	}
}
