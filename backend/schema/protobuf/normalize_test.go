package protobuf

import (
	"testing"

	"schemaside/backend/schema"
)

func normalized(tb testing.TB, s *parsed) *parsed {
	tb.Helper()
	n, err := s.Normalized()
	if err != nil {
		tb.Fatalf("%s: %v", s.Canonical(), err)
	}
	return n.(*parsed)
}

func TestNormalNumber(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		if got := normalNumber(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	f("1e3", "1000")
	f("1.50", "1.5")
	f("1.5e-3", "0.0015") // the reference rounds to 0.002
	f("007", "7")
	f("010", "8")
	f("08", "08")
	f("0x10", "16")
	f("-0XfF", "-255")
	f("0x", "0x")
	f("123456789.123456", "123456789.123456") // the reference rounds to three decimals
	f("0", "0")
	f("0.0", "0")
	f("-0.5", "-0.5")
	f("1.", "1")
	f("5L", "5")
	f("1.5f", "1.5")
	f("1ff", "1ff")
	f("18446744073709551615", "18446744073709551615")
	f("-inf", "-inf")
	f("-", "-")
	f("1e", "1e")
	f("1e99999", "1e99999")
	f("1-2", "1-2")
}

func TestNormalizedTexts(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		n := normalized(t, parse(t, text))
		if n.Canonical() != want {
			t.Errorf("%s\ngot  %q\nwant %q", text, n.Canonical(), want)
		}
		if again := normalized(t, n); again.Canonical() != want {
			t.Errorf("%s\nnormalised twice %q", text, again.Canonical())
		}
	}
	f(`syntax = "proto2";`, "")
	f(`syntax = "proto3";`, "syntax = \"proto3\";\n")
	f(`import "b"; import public "d"; import "a"; import "b"; import public "c"; import weak "e";`,
		"\nimport \"a\";\nimport \"b\";\nimport public \"c\";\nimport public \"d\";\nimport weak \"e\";\n")
	f(`message B { reserved "b", 5 to 5; reserved 7 to 9, 1, "a"; extensions 200 to max, 100; }`,
		"\nmessage B {\n  reserved 1;\n  reserved 5;\n  reserved 7 to 9;\n  reserved \"a\";\n  reserved \"b\";\n\n  extensions 100;\n  extensions 200 to max;\n}\n")
	f(`enum E { B = 1; A = 1; C = 0; }`, "\nenum E {\n  C = 0;\n  A = 1;\n  B = 1;\n}\n")
	f(`message M { oneof b { string x = 4; string y = 2; } oneof e {} oneof a { string z = 3; } optional M m = 1; }`,
		"\nmessage M {\n  optional .M m = 1;\n\n  oneof b {\n    string y = 2;\n    string x = 4;\n  }\n  oneof a {\n    string z = 3;\n  }\n}\n")
	f(`message M { repeated EEntry e = 2; message EEntry { option map_entry = true; optional string key = 1; optional M value = 2; } }`,
		"\nmessage M {\n  map<string, .M> e = 2;\n}\n")
	f(`message M { map<string, Unknown> a = 1; map<string, M> b = 2; }`,
		"\nmessage M {\n  map<string, Unknown> a = 1;\n  map<string, .M> b = 2;\n}\n")
	f(`message M { optional double d = 1 [json_name = "x", default = 1e1, (a) = 0x1]; }`,
		"\nmessage M {\n  optional double d = 1 [\n    (a) = 1,\n    default = 10,\n    json_name = \"x\"\n  ];\n}\n")
	f(`message M { optional string d = 1 [default = "0x10"]; optional bytes b = 2 [default = "x\"y"]; }`,
		"\nmessage M {\n  optional string d = 1 [default = \"0x10\"];\n  optional bytes b = 2 [default = \"x\\\"y\"];\n}\n")
	f(`extend M { optional int32 b = 2; } message M { extensions 1 to 9; } extend N {} extend .M { optional M a = 1; } message N {}`,
		"\nmessage M {\n  extensions 1 to 9;\n}\nmessage N {}\n\nextend .M {\n  optional .M a = 1;\n  optional int32 b = 2;\n}\n")
	f(`package p.q; message M { optional group G = 2 { optional M b = 2; optional q.M a = 1; } } service S { rpc A (M) returns (stream p.q.M); }`,
		"package p.q;\n\nmessage M {\n  optional group G = 2 {\n    optional .p.q.M a = 1;\n    optional .p.q.M b = 2;\n  }\n}\n\nservice S {\n  rpc A (.p.q.M) returns (stream .p.q.M);\n}\n")
}

func TestNormalizedOptions(t *testing.T) {
	t.Parallel()
	const declared = `package p; import "google/protobuf/descriptor.proto";
		message O { optional string s = 1; repeated string r = 2; optional O o = 3; map<string, string> m = 4; oneof x { int32 i = 5; } }
		extend google.protobuf.FileOptions { optional O one = 5000; repeated O many = 5001; optional int32 n = 5002; }
		`
	rest := normalized(t, parse(t, declared)).Canonical()[len("package p;\n\nimport \"google/protobuf/descriptor.proto\";\n"):]
	f := func(options, want string) {
		t.Helper()
		n := normalized(t, parse(t, declared+options))
		got := n.Canonical()[len("package p;\n\nimport \"google/protobuf/descriptor.proto\";\n\n"):]
		if want += rest; got != want {
			t.Errorf("%s\ngot  %q\nwant %q", options, got, want)
		}
	}
	f(`option (one).s = "a";`, "option (p.one) = {\n  s: \"a\"\n};\n")
	f(`option (.p.one).o.s = "a";`, "option (p.one) = {\n  o: {\n    s: \"a\"\n  }\n};\n")
	f(`option (unknown).s = "a"; option b = 1; option (a) = 010;`, "option (a) = 8;\noption b = 1;\noption (unknown).s = \"a\";\n")
	f(`option (one).s = "a"; option (p.one).s = "b"; option (one).r = "c"; option (one).r = "d"; option (one).r = "c";`,
		"option (p.one) = {\n  r: [\n    \"c\",\n    \"d\"\n  ],\n  s: \"b\"\n};\n")
	f(`option (one).o.s = "a"; option (one).o.i = 1; option (one).o.i = 2; option (one).z = 1; option (one).z = 2;`,
		"option (p.one) = {\n  o: {\n    i: 2,\n    s: \"a\"\n  },\n  z: [\n    1,\n    2\n  ]\n};\n")
	f(`option (one) = {s: "a" r: ["b"] m: []}; option (one) = {m {key: "k"}};`,
		"option (p.one) = {\n  m: {\n    key: \"k\"\n  },\n  r: \"b\",\n  s: \"a\"\n};\n")
	f(`option (many).s = "a"; option (many).s = "b";`, "option (p.many) = {\n  s: \"a\"\n};\noption (p.many) = {\n  s: \"b\"\n};\n")
	f(`option (n) = 1; option (n) = 2;`, "option (p.n) = 2;\n")
	f(`option (x) = {[one]: 1, [other.y]: 2};`, "option (x) = {\n  [other.y]: 2,\n  [p.one]: 1\n};\n")
	f(`option (one).(n) = 1;`, "option (p.one) = {\n  [p.n]: 1\n};\n")
	f(`option (one).r = ["b"];`, "option (p.one) = {\n  r: \"b\"\n};\n")
	f(`option (confluent.file_meta).tags = "X";`, "option (confluent.file_meta) = {\n  tags: \"X\"\n};\n")
}

func TestResolution(t *testing.T) {
	t.Parallel()
	common := schema.Reference{Name: "common.proto", Text: `package c; message A { message B {} } enum E { Z = 0; }`}
	money := schema.Reference{Name: "google/type/money.proto", Text: `package google.type; message Coins {}`}
	f := func(text, want string, references ...schema.Reference) {
		t.Helper()
		err := parse(t, text, references...).Validate(false)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != "Could not resolve type: "+want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	f(`message M { optional X x = 1; }`, "X")
	f(`message M { optional .M x = 1; }`, "")
	f(`message M { optional . x = 1; }`, ".")
	f(`message M { map<string, X> x = 1; }`, "")
	f(`message M { oneof o { X x = 1; } }`, "X")
	f(`message M { optional group G = 1 { optional X x = 1; } }`, "X")
	f(`extend X { optional int32 a = 1; }`, "X")
	f(`message M { extend M { optional X a = 1; } }`, "X")
	f(`service S { rpc A (X) returns (Y); }`, "X")
	f(`message M { optional N.O x = 1; message N { message O {} } }`, "")
	f(`message M { optional O x = 1; message N { message O {} } }`, "O")
	f(`package a.b; message M { optional b.M x = 1; optional a.b.M y = 2; optional M z = 3; }`, "")
	// The whole dotted name must exist, so p.N is found outside though p.p exists inside.
	f(`package p; message N {} message p { optional p.N x = 1; }`, "")
	f(`message M { optional c.A.B x = 1; optional c.E e = 2; }`, "", common)
	f(`message M { optional c.A.B x = 1; }`, "c.A.B")
	f(`package c; message M { optional A x = 1; }`, "", common)
	f(`message M { optional google.protobuf.Timestamp a = 1; optional google.type.Money b = 2; optional confluent.type.Decimal c = 3; optional confluent.type.Variant d = 4; }`, "")
	f(`message M { optional google.type.Coins a = 1; }`, "", money)
	f(`message M { optional google.type.Money a = 1; }`, "google.type.Money", money)
}
