package protobuf

import (
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/schema"
)

// hundredMessages is a file of 100 messages with 10 fields each. extra is one more field of the last.
func hundredMessages(extra string) string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\npackage bench;\nimport \"google/protobuf/timestamp.proto\";\n")
	for i := range 100 {
		fmt.Fprintf(&b, `message Message%d {
  string id = 1;
  int64 count = 2;
  repeated double values = 3;
  google.protobuf.Timestamp at = 4;
  map<string, Message%d> children = 5;
  Message%d next = 6 [deprecated = true];
  oneof choice {
    string text = 7;
    bytes data = 8;
  }
  State state = 9;
  optional bool flag = 10;
  enum State {
    UNKNOWN = 0;
    KNOWN = 1;
  }
}
`, i, i, (i+1)%100)
	}
	return strings.TrimSuffix(b.String(), "}\n") + extra + "}\n"
}

func BenchmarkParse(b *testing.B) {
	text := hundredMessages("")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		parse(b, text)
	}
}

// BenchmarkRegister reads a text and validates it, as for a new version.
func BenchmarkRegister(b *testing.B) {
	text := hundredMessages("")
	b.ReportAllocs()
	for b.Loop() {
		if err := parse(b, text).Validate(false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalized(b *testing.B) {
	s := parse(b, hundredMessages(""))
	b.ReportAllocs()
	for b.Loop() {
		normalized(b, s)
	}
}

// BenchmarkColdCheck reads both sides.
func BenchmarkColdCheck(b *testing.B) {
	old, updated := hundredMessages(""), hundredMessages("int32 more = 11;\n")
	b.ReportAllocs()
	for b.Loop() {
		if got := compare(parse(b, old), parse(b, updated)); len(got) > 0 {
			b.Fatal(got)
		}
	}
}

// BenchmarkWarmCheck compares what has been read before.
func BenchmarkWarmCheck(b *testing.B) {
	old, updated := parse(b, hundredMessages("")), parse(b, hundredMessages("int32 more = 11;\n"))
	b.ReportAllocs()
	for b.Loop() {
		if got := (Language{}).Check(updated, old, schema.CheckOptions{ReaderIsNew: true}); len(got) > 0 {
			b.Fatal(got)
		}
	}
}

func BenchmarkSerialized(b *testing.B) {
	s := parse(b, hundredMessages(""))
	b.ReportAllocs()
	for b.Loop() {
		if s.Format("serialized") == s.Canonical() {
			b.Fatal("no descriptor")
		}
	}
}

// TestAllocations holds what reading and comparing 100 messages may allocate.
func TestAllocations(t *testing.T) {
	text := hundredMessages("")
	old, updated := parse(t, text), parse(t, hundredMessages("int32 more = 11;\n"))
	f := func(name string, want float64, run func()) {
		t.Helper()
		if got := testing.AllocsPerRun(5, run); got > want {
			t.Errorf("%s: %v allocations, want at most %v", name, got, want)
		}
	}
	f("parse", 2000, func() { parse(t, text) })
	f("warm check", 1500, func() { compare(old, updated) })
}
