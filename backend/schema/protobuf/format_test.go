package protobuf

import (
	"encoding/base64"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"schemaside/backend/schema"
)

func TestIgnoreExtensions(t *testing.T) {
	t.Parallel()
	s := parse(t, `syntax = "proto2";
		option (a.b) = 1; option (confluent.file_meta).doc = "d";
		message M {
			option (a.b) = 1;
			extensions 1 to 9;
			extend M { optional int32 x = 1; }
			optional int32 a = 10 [(a.b) = 1, deprecated = true];
			oneof o { option (a.b) = 1; int32 b = 11 [(a.b) = 1]; }
			optional group G = 12 { optional int32 c = 1 [(a.b) = 1]; }
			message N { extensions 1; }
			enum E { option (a.b) = 1; Z = 0 [(a.b) = 1]; }
		}
		extend M { optional int32 y = 2; }
		service S { option (a.b) = 1; rpc R (M) returns (M) { option (a.b) = 1; } }`)
	want := parse(t, `syntax = "proto2";
		option (confluent.file_meta).doc = "d";
		message M {
			optional int32 a = 10 [deprecated = true];
			oneof o { int32 b = 11; }
			optional group G = 12 { optional int32 c = 1; }
			message N {}
			enum E { Z = 0; }
		}
		service S { rpc R (M) returns (M); }`).Canonical()
	for _, name := range []string{"ignore_extensions", "IGNORE_extensions"} {
		if got := s.Format(name); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	for _, name := range []string{"", "default", "resolved", "nope"} {
		if got := s.Format(name); got != s.Canonical() {
			t.Errorf("format %q isn't the canonical text:\n%s", name, got)
		}
	}
}

// serializedText is the descriptor of format=serialized in the text format.
func serializedText(t *testing.T, s *parsed) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(s.Format("serialized"))
	if err != nil {
		t.Fatalf("%v of %s", err, s.Format("serialized"))
	}
	d := &descriptorpb.FileDescriptorProto{}
	if err := proto.Unmarshal(data, d); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(prototext.MarshalOptions{Multiline: true}.Format(d), ":  ", ": ")
}

func TestSerialized(t *testing.T) {
	t.Parallel()
	f := func(text, want string, references ...schema.Reference) {
		t.Helper()
		d := &descriptorpb.FileDescriptorProto{}
		if err := prototext.Unmarshal([]byte(`name: "default" `+want), d); err != nil {
			t.Fatal(err)
		}
		got := serializedText(t, parse(t, text, references...))
		if want := strings.ReplaceAll(prototext.MarshalOptions{Multiline: true}.Format(d), ":  ", ": "); got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, want)
		}
	}
	r := schema.Reference{Name: "r.proto", Text: `package r; message A {}`}
	f(``, ``)
	f(`syntax = "proto2"; package a.b;`, `package: "a.b" syntax: "proto2"`)
	f(`import "r.proto"; import "unknown.proto"; import public "google/protobuf/any.proto"; import weak "w.proto";`,
		`dependency: "r.proto" dependency: "google/protobuf/any.proto" public_dependency: 1`, r)
	f(`import "r.proto"; message M { optional .r.A a = 1; required int32 b = 2; repeated E e = 3; } enum E { Z = 0; }`,
		`dependency: "r.proto"
		message_type {
			name: "M"
			field { name: "a" number: 1 label: LABEL_OPTIONAL type: TYPE_MESSAGE type_name: ".r.A" }
			field { name: "b" number: 2 label: LABEL_REQUIRED type: TYPE_INT32 }
			field { name: "e" number: 3 label: LABEL_REPEATED type: TYPE_ENUM type_name: "E" }
		}
		enum_type { name: "E" value { name: "Z" number: 0 } }`, r)
	f(`syntax = "proto3"; message M { int32 a = 1; optional int32 b = 2; oneof o { int32 c = 3; } }`,
		`syntax: "proto3"
		message_type {
			name: "M"
			field { name: "c" number: 3 label: LABEL_OPTIONAL type: TYPE_INT32 oneof_index: 0 }
			field { name: "a" number: 1 type: TYPE_INT32 }
			field { name: "b" number: 2 label: LABEL_OPTIONAL type: TYPE_INT32 oneof_index: 1 proto3_optional: true }
			oneof_decl { name: "o" options {} }
			oneof_decl { name: "_b" options {} }
		}`)
	f(`message M { map<string, M> my_MAP = 1; map<int32, bool> n = 2; message N {} }`,
		`message_type {
			name: "M"
			field { name: "my_MAP" number: 1 label: LABEL_REPEATED type_name: "MyMapEntry" }
			field { name: "n" number: 2 label: LABEL_REPEATED type_name: "nEntry" }
			nested_type { name: "N" }
			nested_type {
				name: "MyMapEntry" options { map_entry: true }
				field { name: "key" number: 1 type: TYPE_STRING }
				field { name: "value" number: 2 type: TYPE_MESSAGE type_name: "M" }
			}
			nested_type {
				name: "nEntry" options { map_entry: true }
				field { name: "key" number: 1 type: TYPE_INT32 }
				field { name: "value" number: 2 type: TYPE_BOOL }
			}
		}`)
	f(`message M { reserved 1, 3 to 5, "x"; extensions 100 to max; } enum E { reserved 3 to 5; Z = 0; }`,
		`message_type {
			name: "M"
			extension_range { start: 100 end: 536870912 options {} }
			reserved_range { start: 1 end: 2 } reserved_range { start: 3 end: 6 } reserved_name: "x"
		}
		enum_type { name: "E" value { name: "Z" number: 0 } reserved_range { start: 3 end: 5 } }`)
	f(`message M { optional string a = 1 [default = "x", json_name = "j", deprecated = true, ctype = CORD, (own) = 1]; optional bytes b = 2 [default = "\x01é"]; }`,
		`message_type {
			name: "M"
			field { name: "a" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING default_value: "x" json_name: "j" options { deprecated: true ctype: CORD } }
			field { name: "b" number: 2 label: LABEL_OPTIONAL type: TYPE_BYTES default_value: "\x01é" }
		}`)
	f(`option java_package = "x"; option optimize_for = CODE_SIZE; option nope = 1; message M { extensions 5; extend M { optional int32 n = 5; } } extend M { optional int32 x = 5; } service S { rpc R (M) returns (stream M) { option deprecated = true; } }`,
		`message_type { name: "M" extension_range { start: 5 end: 6 options {} } extension { name: "n" number: 5 label: LABEL_OPTIONAL type: TYPE_INT32 extendee: "M" } }
		extension { name: "x" number: 5 label: LABEL_OPTIONAL type: TYPE_INT32 extendee: "M" }
		service { name: "S" method { name: "R" input_type: "M" output_type: "M" client_streaming: false server_streaming: true options { deprecated: true } } }
		options { java_package: "x" optimize_for: CODE_SIZE }`)
}

func TestValidateFields(t *testing.T) {
	t.Parallel()
	r := schema.Reference{Name: "r.proto", Text: `package r; message A {}`}
	public := schema.Reference{Name: "p.proto", Text: `import public "r.proto";`}
	f := func(text, want string) {
		t.Helper()
		s := parse(t, text, r, public)
		if err := s.Validate(false); err != nil {
			t.Errorf("%s: %v without fields", text, err)
		}
		err := s.Validate(true)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != "Invalid protobuf schema definition: "+want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
	f(`message M { optional int32 a = 1; }`, "")
	f(`message M { optional int32 a = 1; optional int32 a = 2; }`, `M.a: "a" is already defined in "M".`)
	f(`message M { message A {} enum A { Z = 0; } }`, `M.A: "A" is already defined in "M".`)
	f(`package p; message M { optional int32 a = 1; optional int32 b = 1; }`, `p.M.b: Field number 1 has already been used in "p.M" by field "a".`)
	f(`message M { optional int32 a = 0; }`, "M.a: Field numbers must be positive integers.")
	f(`enum E {}`, "E: Enums must contain at least one value.")
	f(`message M { optional int32 a-b = 1; }`, `M.a-b: "a-b" is not a valid identifier.`)
	f(`message M { map<string, X> a = 1; }`, `M.aEntry.value: "X" is not defined.`)
	f(`message M { optional r.A a = 1; }`, `M.a: "r.A" is not defined.`)
	f(`import "r.proto"; message M { optional r.A a = 1; }`, "")
	f(`import "p.proto"; message M { optional r.A a = 1; }`, "")
	f(`message M { extensions 0; }`, "M: Extension numbers must be positive integers.")
	f(`enum E { Z = 0; } extend E { optional int32 a = 1; }`, `a: "E" is not a message type.`)
	f(`enum E { Z = 0; } service S { rpc R (E) returns (E); }`, `S.R: "E" is not a message type.`)
	f(`service S {} message S {}`, `S: "S" is already defined.`)
}

// TestDescriptorsAsTexts sends what format=serialized gives.
func TestDescriptorsAsTexts(t *testing.T) {
	t.Parallel()
	f := func(text, want string) {
		t.Helper()
		encoded := parse(t, text).Format("serialized")
		for _, e := range []string{encoded, strings.TrimRight(encoded, "=")} {
			if got := parse(t, e).Canonical(); got != parse(t, want).Canonical() {
				t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, parse(t, want).Canonical())
			}
		}
	}
	same := func(text string) {
		t.Helper()
		f(text, text)
	}
	same(`syntax = "proto3"; package p; import "google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; optional int32 b = 2; repeated M m = 4; }`)
	same(`syntax = "proto2"; message M { required int32 a = 1; optional string s = 2 [deprecated = true, default = "x\"y", json_name = "j"]; }`)
	same(`syntax = "proto2"; message M { optional bytes s = 2 [default = "\x01\xff"]; optional double d = 3 [default = -1.5]; optional E e = 4 [default = Z]; } enum E { Z = 0; }`)
	same(`syntax = "proto3"; option java_package = "x"; option (confluent.file_meta) = {doc: "d", params: [{key: "k", value: "v"}], tags: ["t"]};`)
	same(`syntax = "proto3"; service S { rpc R (stream M) returns (M) { option deprecated = true; } } message M {}`)
	same(`syntax = "proto3"; message M { reserved 1; reserved 3 to max; reserved "x"; } enum E { reserved 2 to 3; option allow_alias = true; Z = 0; A = 0 [deprecated = true]; }`)
	same(`syntax = "proto2"; message M { extensions 4 to 9; extend M { optional int32 x = 4; } } extend M { optional int32 y = 5; }`)
	f(`syntax = "proto3"; enum E { Z = 0; } message M { int32 a = 1; oneof o { int32 b = 2; } map<string, M> m = 3; }`,
		`syntax = "proto3"; message M { int32 a = 1; oneof o { int32 b = 2; } repeated mEntry m = 3;
			message mEntry { option map_entry = true; string key = 1; M value = 2; } } enum E { Z = 0; }`)

	n := normalized(t, parse(t, parse(t, `syntax = "proto3"; message M { map<string, M> m = 3; }`).Format("serialized")))
	if want := "syntax = \"proto3\";\n\nmessage M {\n  map<string, .M> m = 3;\n}\n"; n.Canonical() != want {
		t.Errorf("normalised map %q, want %q", n.Canonical(), want)
	}
}

// TestForgedDescriptor has names that would print as other declarations.
func TestForgedDescriptor(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"M {} message N", "", "1\n", "M.N }"} {
		data, err := proto.Marshal(&descriptorpb.FileDescriptorProto{
			MessageType: []*descriptorpb.DescriptorProto{{Name: new(name)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Language{}.Parse(base64.StdEncoding.EncodeToString(data), schema.ParseOptions{})
		if err == nil {
			t.Errorf("name %q was read as %q", name, s.Canonical())
		}
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	r := schema.Reference{Name: "r.proto", Text: `message A {}`}
	other := schema.Reference{Name: "r.proto", Text: `message B {}`}
	f := func(a, b *parsed, want bool) {
		t.Helper()
		if a.Equal(b) != want || b.Equal(a) != want {
			t.Errorf("%q and %q: want %v", a.Canonical(), b.Canonical(), want)
		}
	}
	f(parse(t, "message M{}"), parse(t, "// M\nmessage M {}"), true)
	f(parse(t, "message M{}"), parse(t, "message N {}"), false)
	f(parse(t, "message M{}", r), parse(t, "message M {}", r), true)
	f(parse(t, "message M{}", r), parse(t, "message M {}"), false)
	f(parse(t, "message M{}", r), parse(t, "message M {}", other), false)
}

func TestReferenceThatIsNoProtobuf(t *testing.T) {
	t.Parallel()
	_, err := Language{}.Parse("message M {}", schema.ParseOptions{References: []schema.Reference{{Name: "a", Text: `"string"`}}})
	if want := "Could not parse Protobuf - Syntax error in :1:1: expected a word"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestBuiltinFiles reads all of them and builds the descriptor of each.
func TestBuiltinFiles(t *testing.T) {
	t.Parallel()
	files := builtins().files
	for _, name := range []string{"confluent/meta.proto", "google/protobuf/descriptor.proto", "google/type/timeofday.proto"} {
		if files[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if len(files) != 3+16+11 {
		t.Errorf("%d built-in files", len(files))
	}
	for name, source := range files {
		text, err := printFile(source.tree)
		if err != nil {
			t.Fatal(err)
		}
		if err := parse(t, text).Validate(true); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
