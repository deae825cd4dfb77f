package registry

import (
	"slices"
	"strings"
	"testing"

	"schemaside/backend/wire"
)

const (
	reservedRecord  = `{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}`
	reservedObject  = `{"type":"object","properties":{"a":{"type":"string"}}}`
	reservedMessage = `syntax = "proto3"; message M { int32 a = 1; oneof o { int32 c = 2; } message N { int32 d = 1; } } message O { int32 e = 1; }`
)

func TestReservedFields(t *testing.T) {
	t.Parallel()
	removed := func(name string) string {
		return "The new schema has reserved field " + name + " removed from its metadata which is present in the old schema's metadata."
	}
	used := func(name string) string {
		return "The new schema has field that conflicts with the reserved field " + name + "."
	}
	for _, c := range []struct {
		name, language, text string
		// old and own are what the newest version and the candidate reserve; - is no metadata, and no version.
		old, own string
		level    string
		want     []string
	}{
		{"nothing reserved", "AVRO", reservedRecord, "-", "-", "BACKWARD", nil},
		{"another name", "AVRO", reservedRecord, "-", "x", "BACKWARD", nil},
		{"a field", "AVRO", reservedRecord, "-", "b", "BACKWARD", []string{used("b")}},
		{"blanks around names", "AVRO", reservedRecord, "-", " x , a,, ", "BACKWARD", []string{used("a")}},
		{"a name is not a part of one", "AVRO", reservedRecord, "-", "ab", "BACKWARD", nil},
		{"kept", "AVRO", reservedRecord, "x,y", "y,x", "BACKWARD", nil},
		{"removed", "AVRO", reservedRecord, "x,y,z", "y", "BACKWARD", []string{removed("x"), removed("z")}},
		{"removed comes first", "AVRO", reservedRecord, "x", "a", "BACKWARD", []string{removed("x"), used("a")}},
		{"removed altogether", "AVRO", reservedRecord, "x", "-", "BACKWARD", []string{removed("x")}},
		{"whatever the level", "AVRO", reservedRecord, "x", "a", "NONE", []string{removed("x"), used("a")}},
		{"no record", "AVRO", `"string"`, "-", "a", "BACKWARD", nil},
		{"a property", "JSON", reservedObject, "-", "a,b", "BACKWARD", []string{used("a")}},
		{"no object", "JSON", `{"type":"array"}`, "-", "a", "BACKWARD", nil},
		{"true", "JSON", `true`, "-", "a", "BACKWARD", nil},
		{"members of the first message", "PROTOBUF", reservedMessage, "-", "a,c,d,e", "BACKWARD", []string{used("a"), used("c")}},
		{"a group", "PROTOBUF", `syntax = "proto2"; message M { optional group G = 1 { optional int32 x = 1; } }`, "-", "G,g,x", "BACKWARD", []string{used("g")}},
		{"no message", "PROTOBUF", `syntax = "proto3"; enum E { A = 0; }`, "-", "A,E", "BACKWARD", nil},
	} {
		t.Run(c.language+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			r := newCaller(Options{})
			in := input(c.language, c.text)
			if c.old != "-" {
				in.Metadata = reserving(c.old)
				r.mustRegister(t, "s", in)
			}
			yes := true
			r.level(t, "s", c.level)
			r.config(t, "s", wire.ConfigUpdate{ValidateFields: wire.Patch[*bool]{Set: true, Value: &yes}})
			if in.Metadata = nil; c.own != "-" {
				in.Metadata = reserving(c.own)
			}
			if c.want != nil {
				c.want = append(c.want, "{validateFields: 'true', compatibility: '"+c.level+"'}")
			}
			if got := r.check(t, "s", in); !slices.Equal(got, c.want) {
				t.Errorf("messages %q\nwant %q", got, c.want)
			}
		})
	}
}

func reserving(names string) *wire.Metadata {
	return &wire.Metadata{Properties: map[string]string{reservedProperty: names}}
}

// What is wrong with reserved fields stands before what is wrong with the fields, and nothing is said unless asked for.
func TestReservedFieldsBesideDifferences(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	old := input("AVRO", textA)
	old.Metadata = reserving("x")
	r.mustRegister(t, "s", old)
	in := input("AVRO", strings.Replace(reservedRecord, `"name":"a"`, `"name":"fresh"`, 1))
	in.Metadata = reserving("fresh")
	if got := r.check(t, "s", in); len(got) != 4 || strings.Contains(got[0], "reserved") {
		t.Errorf("without validateFields: %q", got)
	}
	yes := true
	r.config(t, "s", wire.ConfigUpdate{ValidateFields: wire.Patch[*bool]{Set: true, Value: &yes}})
	got := r.check(t, "s", in)
	for i, want := range []string{"reserved field x removed", "reserved field fresh.", "READER_FIELD_MISSING_DEFAULT_VALUE", "{oldSchemaVersion: 1}", "{oldSchema: ", "{validateFields: 'true', "} {
		if len(got) != 6 || !strings.Contains(got[i], want) {
			t.Fatalf("messages %q\nwant %q as number %d", got, want, i)
		}
	}
	_, err := r.register(t, "s", in)
	if code, text := refusalOf(err); code != 40901 || !strings.Contains(text, "reserved field x removed") {
		t.Errorf("register: %v", err)
	}
}

// The newest version's reserved fields count, even where its compatibility group is another.
func TestReservedFieldsIgnoreGroups(t *testing.T) {
	t.Parallel()
	r := newCaller(Options{})
	yes := true
	r.config(t, "s", wire.ConfigUpdate{
		ValidateFields: wire.Patch[*bool]{Set: true, Value: &yes}, CompatibilityGroup: wire.Patch[string]{Set: true, Value: "g"},
	})
	grouped := func(text, group, reserved string) wire.SchemaInput {
		in := input("AVRO", text)
		in.Metadata = &wire.Metadata{Properties: map[string]string{"g": group, reservedProperty: reserved}}
		return in
	}
	r.mustRegister(t, "s", grouped(textA, "1", "x"))
	r.mustRegister(t, "s", grouped(`"int"`, "2", "x,y"))
	if got := r.check(t, "s", grouped(textB, "1", "x")); len(got) != 2 || !strings.Contains(got[0], "reserved field y removed") {
		t.Errorf("messages %q", got)
	}
}
