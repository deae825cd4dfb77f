package protobuf

import (
	"strings"
	"testing"

	"schemaside/backend/schema"
)

// parse reads a text as a new one.
func parse(tb testing.TB, text string, references ...schema.Reference) *parsed {
	tb.Helper()
	s, err := Language{}.Parse(text, schema.ParseOptions{References: references, Strict: true})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return s.(*parsed)
}

func TestRefusedTexts(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		_, err := Language{}.Parse(text, schema.ParseOptions{})
		if want = "Could not parse Protobuf - " + want; err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
	f(`message M {} syntax = "proto3";`, "Syntax error in :1:14: 'syntax' element must be the first declaration in a file")
	f(`; syntax = "proto3";`, "Syntax error in :1:3: 'syntax' element must be the first declaration in a file")
	f(`syntax = "proto3"; syntax = "proto3";`, "Syntax error in :1:20: too many syntax definitions")
	f(`syntax = "proto4";`, "Syntax error in :1:1: unexpected syntax: proto4")
	f(`edition = "2023";`, "Syntax error in :1:1: edition is not currently supported")
	f("message M {\n  int32 a = 1;\n}", "Syntax error in :2:3: unexpected label: int32")
	f(`syntax = "proto2"; message M { int32 a = 1; }`, "Syntax error in :1:32: unexpected label: int32")
	f(`syntax = "proto3"; message M { required int32 a = 1; }`, "Syntax error in :1:32: 'required' label forbidden in proto3 field declarations")
	f(`message M { optional map<string, string> a = 1; }`, "Syntax error in :1:13: 'map' type cannot have label")
	f(`foo bar;`, "Syntax error in :1:1: unexpected label: foo")
	f(`message M { optional int32 1a = 1; }`, "Syntax error in :1:28: field and constant names cannot start with a digit")
	f(`enum E { 1A = 1; }`, "Syntax error in :1:10: field and constant names cannot start with a digit")
	f(`message M { optional int32 a = x; }`, "Syntax error in :1:33: expected an integer but was x")
	f(`message M { optional int32 a = 2147483648; }`, "Syntax error in :1:42: expected an integer but was 2147483648")
	f(`message M { optional int32 a = 0xfffffffff; }`, "Syntax error in :1:43: expected an integer but was 0xfffffffff")
	f(`message M {} enum M {}`, "M (:1:14) is already defined at :1:1")
	f("service S {}\n service S {}", "S (:2:2) is already defined at :1:1")
	f(`message M {`, "Syntax error in :1:12: unexpected end of file")
	f(`message`, "Syntax error in :1:8: unexpected end of file")
	f(`{"type": "string"}`, "Syntax error in :1:1: expected a word")
	f(`package p`, "Syntax error in :1:10: unexpected end of file")
	f(`package p x`, "Syntax error in :1:12: expected ';' but was 'x'")
	f(`import "a`, "Syntax error in :1:10: unterminated string")
	f(`/* a`, "Syntax error in :1:5: unterminated comment")
	f(`enum E { A = 1 [deprecated = true deprecated = false]; }`, "Syntax error in :1:35: Expected ',' or ']'")
	f(`option a;`, "Syntax error in :1:10: expected '=' in option")
	f("enum E { A = 1; /* a */ B = 2; }", "Syntax error in :1:26: no syntax may follow trailing comment")
	f("enum E { A = 1; / B = 2; }", "Syntax error in :1:17: expected '//' or '/*'")
	f(`syntax = "proto3"; message M { message m = 1; }`, "Syntax error in :1:43: expected '{' but was '='")
	f("option a = \"é\" x;", "Syntax error in :1:17: expected ';' but was 'x'")
	f(`service S { rpc A (B) C (D); }`, "Syntax error in :1:24: expected 'returns'")
	f(`message M { reserved 1 2; }`, "Syntax error in :1:25: expected ',', ';', or 'to'")
	f("option a = \"\\x\x10\";", "Syntax error in :1:15: expected a digit after \\x or \\X")
	f("not base64 ÿ", "Syntax error in :1:1: unexpected label: not")
}

// TestCanonicalTexts has texts that print as one line, or as the message M with one line in it.
func TestCanonicalTexts(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s := parse(t, text)
		if s.Canonical() != want {
			t.Errorf("%s\ngot  %q\nwant %q", text, s.Canonical(), want)
		}
		if again := parse(t, s.Canonical()); again.Canonical() != want {
			t.Errorf("%s\nthe canonical text reads as %q", text, again.Canonical())
		}
	}
	member := func(text, want string) {
		t.Helper()
		f("message M { "+text+" }", "\nmessage M {\n  "+want+"\n}\n")
	}
	f("", "")
	f("// nothing\n/* at all */ ; ", "")
	f(`syntax = 'proto' "3";`, "syntax = \"proto3\";\n")
	f(`package a.b;`, "package a.b;\n")
	f(`;;message M {;}`, "\nmessage M {}\n")
	f(`import "./a\\b.proto"; import public "c"; import weak "d"; import 'e';`,
		"\nimport \"a/b.proto\";\nimport \"e\";\nimport public \"c\";\nimport weak \"d\";\n")
	f(`enum E {} message M {}`, "\nmessage M {}\nenum E {}\n")
	f(`service S {}`, "\nservice S {}\n")
	f(`extend M {}`, "\nextend M {}\n")

	member(`optional int32 a = 0x10;`, `optional int32 a = 16;`)
	member(`optional int32 a = -1;`, `optional int32 a = -1;`)
	member(`map<string,.p.V> a = 1;`, `map<string, .p.V> a = 1;`)
	member(`optional int32 (a) = 1;`, `optional int32 a = 1;`)
	member("optional int32 a = 1; /* b\n */ \n // c\n", `optional int32 a = 1;`)
	member("optional int32 a = 1; // b\n", `optional int32 a = 1;`)
	member(`reserved 1, 2 to 3, "a", 5 to max, 6 to 6;`, `reserved 1, 2 to 3, "a", 5 to max, 6 to 6;`)
	member(`reserved 7 to 600000000;`, `reserved 7 to max;`)
	member(`reserved "it's";`, `reserved "it's";`)
	member(`reserved "a\"b";`, `reserved "a\"b";`)
	member(`extensions 4, 100 to max [verification = UNVERIFIED];`, `extensions 4, 100 to max [verification = UNVERIFIED];`)
	member(`optional group G = 1 { optional int32 a = 2; }`, "optional group G = 1 {\n    optional int32 a = 2;\n  }")
	member(`extend N { optional int32 a = 2; }`, "extend N {\n    optional int32 a = 2;\n  }")
	member(`oneof o {; option (x) = 1;; int32 a = 1; group G = 2 {} }`,
		"oneof o {\n    option (x) = 1;\n  \n    int32 a = 1;\n  \n    group G = 2 {}\n  }")
	member(`enum E { A = 0; option allow_alias = true; reserved 5; }`,
		"enum E {\n    reserved 5;\n    option allow_alias = true;\n    A = 0;\n  }")
	member(`message N { optional N n = 1; message O { optional N n = 1; reserved 2; } }`,
		"message N {\n    optional N n = 1;\n  \n    message O {\n      reserved 2;\n    \n      optional N n = 1;\n    }\n  }")
}

func TestCanonicalOptions(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s := parse(t, "option "+text+";")
		if want = "\noption " + want + ";\n"; s.Canonical() != want {
			t.Errorf("%s\ngot  %q\nwant %q", text, s.Canonical(), want)
		}
		if again := parse(t, s.Canonical()); again.Canonical() != want {
			t.Errorf("%s\nthe canonical text reads as %q", text, again.Canonical())
		}
	}
	f(`a = 'b' "c"`, `a = "bc"`)
	f(`a.b = 0x10`, `a.b = 0x10`)
	f(`(a.b) .c.d = -inf`, `(a.b).c.d = -inf`)
	f(`(a).(b.c).d = X`, `(a).(b.c).d = X`)
	f(`a = "\a\b\f\n\r\t\v\\\'\"\?"`, `a = "\a\b\f\n\r\t\v\\\'\"?"`)
	f(`a = "\x41\101\u00e9\u00zz"`, `a = "AAéu00zz"`)
	f(`a = "\xc3\xa9\xff\x01"`, "a = \"é\\xff\x01\"")
	f(`a = {}`, "a = {\n}")
	f(`a = {b: 1; c {d: true} [e.f]: "x"}`, "a = {\n  b: 1,\n  c: {\n    d: true\n  },\n  [e.f]: \"x\"\n}")
	f(`a = {b: 1 b: 2, c: 3 b: [4, 5]}`, "a = {\n  b: [\n    1,\n    2,\n    4,\n    5\n  ],\n  c: 3\n}")
	f(`a = ["x"]`, `a = ["x"]`)
	f(`a = ["x", [y]]`, "a = [\n  \"x\",\n  [\n    y\n  ]\n]")
	f(`a = {b: ["x"]}`, "a = {\n  b: [\n    \"x\"\n  ]\n}")
}

func TestFieldOptions(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		s := parse(t, "message M { optional "+text+"; }")
		if want = "\nmessage M {\n  optional " + want + ";\n}\n"; s.Canonical() != want {
			t.Errorf("%s\ngot  %q\nwant %q", text, s.Canonical(), want)
		}
		if again := parse(t, s.Canonical()); again.Canonical() != want {
			t.Errorf("%s\nthe canonical text reads as %q", text, again.Canonical())
		}
	}
	f(`int32 a = 1 [default = 007]`, `int32 a = 1 [default = 007]`)
	f(`int32 a = 1 [default = "7"]`, `int32 a = 1 [default = 7]`)
	f(`int32 a = 1 [default = 1, (default) = 2]`, `int32 a = 1 [default = 2]`)
	f(`E a = 1 [default = "X"]`, `E a = 1 [default = X]`)
	f(`E a = 1 [default = "X Y"]`, `E a = 1 [default = "X Y"]`)
	f(`string a = 1 [default = X]`, `string a = 1 [default = "X"]`)
	f(`string a = 1 [default = 'it\'s']`, `string a = 1 [default = "it\'s"]`)
	f(`bytes a = 1 [default = "\000\377x"]`, "bytes a = 1 [default = \"\x00\\xffx\"]")
	f(`int32 a = 1 [json_name = a]`, `int32 a = 1 [json_name = "a"]`)
	f(`int32 a = 1 [json_name = "b", default = 1, deprecated = true]`,
		"int32 a = 1 [\n    deprecated = true,\n    default = 1,\n    json_name = \"b\"\n  ]")
	f(`int32 a = 1 [(a.b) = {x: 1 y: [1, 2]}, c = ["d", "e"]]`,
		"int32 a = 1 [\n    (a.b) = {\n      x: 1,\n      y: [\n        1,\n        2\n      ]\n    },\n    c = [\n      \"d\",\n      \"e\"\n    ]\n  ]")
}

func TestRpcs(t *testing.T) {
	t.Parallel()
	s := parse(t, `service S {
		option deprecated = true;
		rpc A (stream .p.M) returns (stream N) { option idempotency_level = IDEMPOTENT; }
		rpc B (M) returns (N) {}
	}`)
	want := strings.Join([]string{
		"", "service S {",
		"  option deprecated = true;",
		"",
		"  rpc A (stream .p.M) returns (stream N) {",
		"    option idempotency_level = IDEMPOTENT;",
		"  };",
		"  rpc B (M) returns (N);",
		"}", "",
	}, "\n")
	if s.Canonical() != want {
		t.Errorf("got\n%s\nwant\n%s", s.Canonical(), want)
	}
}
